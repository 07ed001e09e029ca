"""The functions at the package's front."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from operator import index
from typing import Any

import numpy as np

from . import _maskrle
from ._arrays import on_host
from ._maskrle import Encoder, Runs
from ._progress import Progress, reports


def encode(
    masks: Any,
    *,
    threshold: float | None = None,
    at_least: float | None = None,
    labels: bool = False,
    size: Sequence[int] | None = None,
    order: str | None = None,
    format: str = "coco",
    progress: Progress = False,
) -> Any:
    """Encode masks, on all cores, and on the GPU for large stacks where there is one.

    No pixel of a numpy array or a torch tensor in memory is copied, whatever its strides, unless
    its byte order is not this machine's. Tensors on another device are compared and packed there.

    Args:
        masks: [h, w], [n, h, w] or [b, k, h, w]: numpy arrays of bool, integers of 8 to 64 bits or
            floats of 16 to 64 bits; torch tensors, bfloat16 too; what has __dlpack__,
            __array_interface__ or the buffer protocol; or a list of such arrays, of any sizes and
            dtypes, each a stack of its own. Integers are foreground where they are not 0.
        threshold: floats above it are foreground.
        at_least: floats of at least it are foreground.
        labels: true for label maps, in format="values".
        size: (height, width) to which the floats are seen resampled, as by torch's bilinear
            interpolate of a contiguous tensor with align_corners=False, without the full-size
            array. For threshold and at_least.
        order: scan order of "kaggle" and "values": "column-major" (the default) or "row-major".
        format: "coco", {"size": [h, w], "counts": str}; "coco-counts", with a list of int;
            "kaggle", a str of pairs; "values", a dict with a list of values and one of counts.
        progress: True for tqdm's bar, where that is installed; or a function that is called with
            the number of masks that are done, and of all, now and then. What it raises ends the
            call. The masks are then encoded in parts.

    Returns:
        One item for [h, w], a list for [n, h, w], a list of lists for [b, k, h, w]; for a list, a
        list of what each array gives.

    Raises:
        ValueError: for shapes and options that are not these, and for masked arrays of which
            pixels are masked.
        TypeError: for floats without a threshold, and for dtypes that are not these.
        ImportError: for progress=True without tqdm.
        MemoryError: for masks of more than 2**32 - 1 pixels.

    >>> import maskrle, numpy as np
    >>> maskrle.encode(np.eye(3, dtype=bool))
    {'size': [3, 3], 'counts': '013000'}
    >>> logits = np.array([[[-1.0, 2.0], [-1.0, 2.0]]], np.float32)
    >>> maskrle.encode(logits, threshold=0.0, size=(3, 4))
    [{'size': [3, 4], 'counts': '66'}]
    >>> maskrle.encode(np.eye(2, dtype=bool), format="kaggle")
    '1 1 4 1'
    """
    return _maskrle.encode_masks(masks, threshold, at_least, labels, size, order, format, progress)


def instances(
    masks: Any,
    *,
    threshold: float | None = None,
    at_least: float | None = None,
    size: Sequence[int] | None = None,
    stability_offset: float | None = None,
    progress: Progress = False,
) -> Any:
    """Encode masks, each with its area and box, and its stability score if that is asked for.

    Args:
        masks: what `encode` takes, but label maps.
        threshold: floats above it are foreground.
        at_least: floats of at least it are foreground.
        size: (height, width) to which the floats are seen resampled, as in `encode`.
        stability_offset: for "stability_score", as Segment Anything computes it: the area above
            the threshold and this offset, as a share of the area above the threshold less the
            offset; nan where both are 0. Segment Anything's is 1.
        progress: as in `encode`.

    Returns:
        {"segmentation": {"size": [h, w], "counts": str}, "area": int, "bbox": [x, y, width,
        height]} for one mask, in lists as `encode` gives them: COCO's annotations without ids.

    Raises:
        ValueError: for a stability_offset without a threshold, and as `encode`.
        TypeError: as `encode`.

    >>> import maskrle, numpy as np
    >>> maskrle.instances(np.array([[0, 0, 1], [0, 1, 1]]))
    {'segmentation': {'size': [2, 3], 'counts': '33'}, 'area': 3, 'bbox': [1, 0, 2, 2]}
    """
    return _maskrle.find_instances(masks, threshold, at_least, size, stability_offset, progress)


def paste(
    masks: Any,
    boxes: Any,
    size: Sequence[int],
    *,
    threshold: float = 0.5,
    like: str = "detectron2",
) -> list[dict[str, Any]]:
    """Paste Mask R-CNN's small masks into boxes of an image, and encode them.

    Pixels are those of `paste_masks_in_image` on a CPU, and the full-size array never exists.

    Args:
        masks: probabilities [n, h, w] or [n, 1, h, w], floats of 16 or 32 bits.
        boxes: [n, 4] of x0, y0, x1, y1, in pixels of the image.
        size: (height, width) of the image.
        threshold: probabilities of at least it (like detectron2) or above it (like torchvision)
            are foreground.
        like: "detectron2", whose grid_sample makes the pixels, or "torchvision".

    Returns:
        A list of n dicts {"size": [h, w], "counts": str}.

    Raises:
        ValueError: for more or fewer boxes than masks, and for boxes that are none.
        TypeError: for masks of other dtypes.

    >>> import maskrle, numpy as np
    >>> maskrle.paste(np.ones((1, 28, 28), np.float32), [[2, 0, 4, 3]], (3, 6))
    [{'size': [3, 6], 'counts': '666'}]
    """
    return _maskrle.paste_masks(masks, on_host(boxes), size, threshold, like)


def decode(rles: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Decode COCO's dicts: [h, w] for one, [n, h, w] for a list of one size.

    Args:
        rles: {"size": [h, w], "counts": str, bytes or list of int}, or a list of such dicts.

    Returns:
        uint8 of 0 and 1, in C order.

    Raises:
        ValueError: for counts that are no mask of their size, and for masks of several sizes.
        TypeError: for what is no dict.
        MemoryError: for more pixels than there is memory for.

    >>> import maskrle
    >>> maskrle.decode({"size": [2, 3], "counts": "15"})
    array([[0, 1, 1],
           [1, 1, 1]], dtype=uint8)
    """
    pixels = Runs.from_coco(rles).to_numpy()
    return pixels[0] if isinstance(rles, Mapping) else pixels


def stream(
    stacks: Iterable[Any],
    *,
    encoder: Encoder | None = None,
    ahead: int = 1,
    progress: bool | Callable[[int, int | None], object] = False,
    **options: Any,
) -> Iterator[Any]:
    """Encode stacks one by one, while the next are loaded.

    Args:
        stacks: what `encode` takes, of which one more than ahead is in memory at a time.
        encoder: the encoder to use, None for that of `encode`.
        ahead: number of stacks that are encoded or wait for it while the caller has another.
        progress: True for tqdm's bar, where that is installed; or a function that is called with
            the number of stacks that are done, and of all, or None where stacks has no length.
        **options: other keywords of `encode`.

    Yields:
        What `encode` returns of each, in order. An error of `stacks` comes after the results of
        all stacks before it.

    Raises:
        ValueError: for ahead of less than 1, and as `encode`.
        TypeError: for stacks that are no iterable, and as `encode`.
        ImportError: for progress=True without tqdm.

    >>> import maskrle, numpy as np
    >>> stacks = (np.full((1, 2, 2), value, np.uint8) for value in range(2))
    >>> [rles[0]["counts"] for rles in maskrle.stream(stacks)]
    ['4', '04']
    """
    if index(ahead) < 1:
        raise ValueError(f"ahead={ahead}: at least one stack is encoded at a time")
    call = encode if encoder is None else encoder.encode
    results = _results(iter(stacks), lambda stack: call(stack, **options), ahead)
    if progress is None or progress is False:
        return results
    total = len(stacks) if isinstance(stacks, Sized) else None
    return _reported(results, progress, total)


def _results(source: Iterator[Any], call: Callable[[Any], Any], ahead: int) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(1, "maskrle-stream") as thread:
        failure: BaseException | None = None
        while True:
            try:
                waiting.append(thread.submit(call, next(source)))
            except StopIteration:
                break
            except Exception as error:  # noqa: BLE001 - raised when what came before is out
                failure = error
                break
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        if failure is not None:
            raise failure


def _reported(results: Iterator[Any], progress: Progress, total: int | None) -> Iterator[Any]:
    with reports(progress, total, "stack") as report:
        for done, result in enumerate(results, 1):
            report(done, total)
            yield result
