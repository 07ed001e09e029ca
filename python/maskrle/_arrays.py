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
    if isinstance(pixels, (list, tuple)) and (
        not pixels or any(_is_array(item) for item in pixels)
    ):
        return [_prepared(item, threshold, at_least, labels, as_samples) for item in pixels]
    return _prepared(pixels, threshold, at_least, labels, as_samples)


def on_host(numbers: Any) -> Any:
    """Numbers that numpy can read: those of a tensor of another device in the host's memory."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(numbers, torch.Tensor):
        return numbers.detach().cpu().numpy()
    return numbers


def _is_array(item: Any) -> bool:
    return hasattr(item, "shape") or hasattr(item, "__array_interface__")


def _prepared(
    pixels: Any, threshold: float | None, at_least: float | None, labels: bool, as_samples: bool
) -> Prepared:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(pixels, torch.Tensor):
        from .torch import _prepared_tensor

        return _prepared_tensor(pixels, threshold, at_least, labels, as_samples)
    if not isinstance(pixels, np.ndarray):
        if hasattr(pixels, "__dlpack__") and not hasattr(pixels, "__array_interface__"):
            pixels = np.from_dlpack(pixels)
        else:
            pixels = np.asarray(pixels)
    if pixels.ndim == 0:
        raise TypeError("masks are arrays [h, w], [n, h, w] or [b, k, h, w], or lists of these")
    if pixels.dtype.name == "bfloat16":
        return _native(pixels.view(np.uint16)), "bfloat16", 0
    return _native(pixels), "", 0


def _native(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array in this machine's byte order, aligned: a copy only where it is not."""
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    return np.require(native, requirements="A")
