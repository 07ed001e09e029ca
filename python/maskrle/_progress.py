"""Reports of how far a long call is."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from ._arrays import as_array, is_list_of_arrays

# True for a bar of tqdm's, or a function of what is done and of what there is in all.
Progress: TypeAlias = bool | Callable[[int, Any], object]

# Pixels between two reports: a few milliseconds, beside which a report is nothing.
PIXELS = 1 << 25


def parts(masks: Any, size: tuple[int, int] | None, progress: Progress) -> Iterator[Any]:
    """Parts of what `encode` takes, in order; what was done is reported when the next is taken."""
    pieces = [*_pieces(masks, size)]
    total = sum(count for _, count in pieces)
    with reports(progress, total, "mask") as report:
        done = 0
        for piece, count in pieces:
            yield piece
            done += count
            report(done, total)


@contextmanager
def reports(
    progress: Progress, total: int | None, unit: str
) -> Iterator[Callable[[int, Any], object]]:
    """The function to report to."""
    if progress is not True:
        if not callable(progress):
            raise TypeError(
                f"progress={progress!r}: it is True for a bar of tqdm's, or a function of two ints"
            )
        yield progress
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError(
            "progress=True needs tqdm: install it, or pass a function of two ints"
        ) from None
    with tqdm(total=total, unit=unit) as bar:
        yield lambda done, _: bar.update(done - bar.n)


def _pieces(masks: Any, size: tuple[int, int] | None) -> Iterator[tuple[Any, int]]:
    """Each part, and the number of its masks."""
    if is_list_of_arrays(masks):
        arrays = [as_array(item) for item in masks]
        start = pixels = 0
        for end, array in enumerate(arrays, 1):
            pixels += _masks(array) * _pixels(array, size)
            if pixels >= PIXELS or end == len(arrays):
                yield arrays[start:end], sum(map(_masks, arrays[start:end]))
                start, pixels = end, 0
        if not arrays:
            yield arrays, 0
        return
    array = as_array(masks)
    if array.ndim < 3:
        yield array, 1
        return
    of_each = math.prod(array.shape[1:-2]) * _pixels(array, size)
    step = max(1, PIXELS // max(1, of_each))
    for start in range(0, max(1, array.shape[0]), step):
        piece = array[start : start + step]
        yield piece, _masks(piece)


def _masks(array: Any) -> int:
    return math.prod(array.shape[:-2])


def _pixels(array: Any, size: tuple[int, int] | None) -> int:
    return math.prod(size or array.shape[-2:])
