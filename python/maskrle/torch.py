"""torch's tensors, on whatever device they are: imported only by those who have torch.

>>> import torch
>>> from maskrle.torch import mask_to_rle, rle_encode
>>> masks = torch.tensor([[[True, False], [True, True]]])
>>> mask_to_rle(masks)
[{'size': [2, 2], 'counts': [0, 2, 1, 1]}]
>>> rle_encode(masks, return_areas=True)
[{'size': [2, 2], 'counts': '0211', 'area': 3}]
"""

from math import isnan
from typing import Any

import numpy as np
import torch

from . import _maskrle
from ._arrays import Prepared
from ._maskrle import Runs

__all__ = ["mask_to_rle", "rle_encode"]

# Some of these came with later versions of torch.
_NAMES = "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64"
_DTYPES = {getattr(torch, name) for name in _NAMES.split() if hasattr(torch, name)}


def mask_to_rle(tensor: torch.Tensor) -> list[dict[str, Any]]:
    """Encode masks as SAM 2's `mask_to_rle_pytorch` does, to the same dicts.

    Args:
        tensor: [b, h, w] of bool or integers, on any device.

    Returns:
        A list of b dicts {"size": [h, w], "counts": list of int}: COCO's counts, not compressed.
    """
    _check_dimensions(tensor)
    encoded = _maskrle.encode_masks(tensor, None, None, False, None, None, "coco-counts")
    return list(encoded)


def rle_encode(orig_mask: torch.Tensor, return_areas: bool = False) -> list[dict[str, Any]]:
    """Encode masks as SAM 3's `rle_encode` does, to the same dicts.

    Args:
        orig_mask: [n, h, w] of bool, on any device.
        return_areas: true for the number of foreground pixels, as "area".

    Returns:
        A list of n dicts {"size": [h, w], "counts": str}; an empty one where there are no pixels.
    """
    _check_dimensions(orig_mask)
    if orig_mask.dtype != torch.bool:
        raise TypeError(f"masks are bool, not {orig_mask.dtype}: compare them first")
    if orig_mask.numel() == 0:
        return []
    if not return_areas:
        return list(_maskrle.encode_masks(orig_mask, None, None, False, None, None, "coco"))
    runs = Runs.from_masks(orig_mask)
    rles = runs.to_coco()
    for rle, area in zip(rles, runs.areas.tolist(), strict=True):
        rle["area"] = area
    return rles


def _check_dimensions(tensor: torch.Tensor) -> None:
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"masks are a tensor, not {type(tensor).__name__}")
    if tensor.ndim != 3:
        raise ValueError(f"masks are [n, h, w], not of the shape {list(tensor.shape)}")


def _prepared_tensor(
    tensor: torch.Tensor,
    threshold: float | None,
    at_least: float | None,
    labels: bool,
    as_samples: bool,
) -> Prepared:
    """Array of a tensor: of its memory, if that is the host's, or else of one copy to the host.

    Low-resolution floats and label maps are copied as they are. Masks are compared and packed on
    their device, and an eighth of the bytes is copied.
    """
    tensor = tensor.detach()
    if tensor.ndim == 0:
        raise TypeError("masks are tensors [h, w], [n, h, w] or [b, k, h, w]")
    if tensor.layout is not torch.strided:
        raise TypeError("masks are dense tensors: to_dense() makes one of a sparse one")
    if tensor.dtype not in _DTYPES:
        raise TypeError(
            f"tensors of {tensor.dtype} are no masks: bool, integers of 8 to 64 bits, float16, "
            "bfloat16, float32 and float64 are"
        )
    if _is_on_host(tensor):
        return _array(tensor)
    level = at_least if threshold is None else threshold
    if labels or as_samples:
        return _array(_to_host(tensor))
    if _is_refused(tensor, level):
        # An empty array of its type is refused as the tensor is.
        return _array(torch.empty((0,) * tensor.ndim, dtype=tensor.dtype))
    if level is None:
        foreground = tensor != 0
    else:
        foreground = tensor > level if threshold is not None else tensor >= level
    packed = _to_host(_packed(foreground))
    return packed.numpy(), "packed", tensor.shape[-1]


def _is_refused(tensor: torch.Tensor, level: float | None) -> bool:
    """True for floats without a level, integers with one, no level at all, and no masks."""
    if level is None:
        is_level_right = not tensor.is_floating_point()
    else:
        is_level_right = tensor.is_floating_point() and not isnan(level)
    return not is_level_right or tensor.ndim not in (2, 3, 4)


def _is_on_host(tensor: torch.Tensor) -> bool:
    return bool(tensor.device.type == "cpu")


def _to_host(tensor: torch.Tensor) -> torch.Tensor:
    """Copy to the host's memory: the one wait for the device."""
    return tensor.cpu()


def _array(tensor: torch.Tensor) -> Prepared:
    """The tensor's own memory as an array; bfloat16, which numpy lacks, as its bits."""
    if tensor.dtype == torch.bfloat16:
        bits = tensor.view(torch.int16).numpy().view(np.uint16)
        return bits, "bfloat16", 0
    return tensor.resolve_neg().numpy(), "", 0


def _packed(foreground: torch.Tensor) -> torch.Tensor:
    """Foreground, a bit a pixel, the lowest bit of each byte first; rows end with whole bytes."""
    width = foreground.shape[-1]
    padded = torch.nn.functional.pad(foreground.to(torch.uint8), (0, -width % 8))
    groups = padded.unflatten(-1, (padded.shape[-1] // 8, 8))
    # Made there: a copy to the device would be one more wait.
    places = torch.arange(8, dtype=torch.uint8, device=foreground.device)
    return torch.bitwise_left_shift(groups, places).sum(-1, dtype=torch.uint8)
