"""Arrays of what callers have: tensors, DLPack, buffers, lists, and numpy's rarer layouts."""

import sys
from typing import Any, TypeAlias

import numpy as np

# An array; its kind, "", "bfloat16" (bits in uint16) or "packed" (a bit a pixel, the lowest bit
# first); and the width of packed masks.
Prepared: TypeAlias = tuple[np.ndarray[Any, Any], str, int]


def prepare(
    pixels: Any, threshold: float | None, at_least: float | None, labels: bool, as_samples: bool
) -> Prepared | list[Prepared]:
    """Array of pixels as the compiled half reads it, or a list of these for a list of arrays."""
    if is_list_of_arrays(pixels):
        return [_prepared(item, threshold, at_least, labels, as_samples) for item in pixels]
    return _prepared(pixels, threshold, at_least, labels, as_samples)


def is_list_of_arrays(pixels: Any) -> bool:
    """True for a list or tuple of stacks, each an array of its own."""
    return isinstance(pixels, (list, tuple)) and (
        not pixels or any(_is_array(item) for item in pixels)
    )


def as_array(pixels: Any) -> Any:
    """Numpy's array of pixels, or torch's tensor if it is one: a copy only of lists of numbers."""
    if _is_tensor(pixels):
        return pixels
    if isinstance(pixels, np.ma.MaskedArray) and np.ma.is_masked(pixels):
        raise ValueError("pixels of a masked array are masked: .filled(0) makes them background")
    if hasattr(pixels, "__dlpack__") and not hasattr(pixels, "__array_interface__"):
        array = np.from_dlpack(pixels)
    else:
        try:
            array = np.asarray(pixels)
        except ValueError:
            if not isinstance(pixels, (list, tuple)):
                raise
            raise ValueError(
                "rows of several lengths are no mask; masks of several sizes are a list of arrays"
            ) from None
    if array.ndim == 0:
        raise TypeError("masks are arrays [h, w], [n, h, w] or [b, k, h, w], or lists of these")
    return array


def on_host(numbers: Any) -> Any:
    """Numbers that numpy can read: those of a tensor of another device in the host's memory."""
    if _is_tensor(numbers):
        return numbers.detach().cpu().numpy()
    return numbers


def _is_array(item: Any) -> bool:
    return hasattr(item, "shape") or hasattr(item, "__array_interface__")


def _is_tensor(pixels: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(pixels, torch.Tensor)


def _prepared(
    pixels: Any, threshold: float | None, at_least: float | None, labels: bool, as_samples: bool
) -> Prepared:
    array = as_array(pixels)
    if _is_tensor(array):
        from .torch import _prepared_tensor

        return _prepared_tensor(array, threshold, at_least, labels, as_samples)
    if array.dtype.name == "bfloat16":
        return _native(array.view(np.uint16)), "bfloat16", 0
    return _native(array), "", 0


def _native(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array in this machine's byte order, aligned: a copy only where it is not."""
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    return np.require(native, requirements="A")
