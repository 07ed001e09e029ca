#!/usr/bin/env python3
"""Time what users of torch do with masks on a GPU: to COCO's counts, or packed to the host.

    python3 torch_peers.py out.json    # --small: small stacks, on a CPU too

The masks are those of `maskrle bench`. Each way's result is compared with the others' before it is
timed; what counts is the least time of some calls, each with all that it waits for. The ways:
- "sam2": changes of all masks at once, then each mask's by itself, as mask_to_rle_pytorch of SAM 2.
- "sam3": changes made lengths on the device, one copy of all to the host, as rle_encode of SAM 3.
- "packed": a bit a pixel, copied to the host, as the Python package maskrle does before it encodes.
- "maskrle": that package's mask_to_rle in all, where it is installed.
The first two end with lists of counts: making strings of them would come on top.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

ELLIPSES_PER_MASK = 5
SHAPES = [(64, 1024, 1024), (1, 1024, 1024), (8, 1024, 1024), (256, 1024, 1024)]
SMALL = [(8, 256, 256), (1, 256, 256)]
SECONDS_A_WAY = 1.5
GIB = 1 << 30


# Masks


class SplitMix64:
    """Sebastiano Vigna's generator, with which `maskrle bench` makes its masks."""

    def __init__(self) -> None:
        self.state = 0

    def unit(self) -> float:
        """The next number in [0, 1)."""
        whole = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & whole
        mixed = (self.state ^ self.state >> 30) * 0xBF58476D1CE4E5B9 & whole
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & whole
        return ((mixed ^ mixed >> 31) >> 11) / (1 << 53)


def blobs(n: int, height: int, width: int) -> Tensor:
    """Bool [n, height, width] of ellipses, as the pattern of `maskrle bench`."""
    random = SplitMix64()
    masks = torch.zeros(n, height, width, dtype=torch.bool, device=DEVICE)
    for mask in masks:
        for _ in range(ELLIPSES_PER_MASK):
            x, y, a, b = (random.unit() for _ in range(4))
            half_axes = (0.04 + 0.08 * b) * height, (0.04 + 0.08 * a) * width
            ellipse(mask, (y * height, x * width), half_axes)
    return masks


def ellipse(mask: Tensor, centre: tuple[float, float], half_axes: tuple[float, float]) -> None:
    """Set the pixels of an ellipse."""
    squares, cuts = [], []
    for side, middle, half in zip(mask.shape, centre, half_axes):
        first = max(math.ceil(middle - half), 0)
        end = min(math.floor(middle + half) + 1, side)
        # In f64 on the host, which not every device has.
        places = torch.arange(first, end, dtype=torch.float64)
        squares.append(((places - middle) / half) ** 2)
        cuts.append(slice(first, end))
    inside = squares[0][:, None] + squares[1][None, :] <= 1
    mask[cuts[0], cuts[1]] |= inside.to(mask.device)


def noise(n: int, height: int, width: int) -> Tensor:
    """Bool [n, height, width], every other pixel set by chance."""
    torch.manual_seed(0)
    return torch.rand(n, height, width, device=DEVICE) < 0.5


# Ways


def sam2(masks: Tensor) -> list[list[int]]:
    """Counts, mask by mask: three waits in each, and a look at all changes."""
    columns = masks.transpose(1, 2).flatten(1)
    changes = (columns[:, 1:] ^ columns[:, :-1]).nonzero()
    pixels = columns.shape[1]
    begin = torch.zeros(1, dtype=torch.int64, device=masks.device)
    end = torch.full((1,), pixels, dtype=torch.int64, device=masks.device)
    rows = []
    for index, mask in enumerate(columns):
        places = changes[changes[:, 0] == index, 1] + 1
        counts = torch.cat([begin, places, end]).diff().tolist()
        rows.append([0, *counts] if mask[0] else counts)
    return rows


def sam3(masks: Tensor) -> list[list[int]]:
    """Counts of all masks in one tensor, which is copied to the host once."""
    columns = masks.transpose(1, 2).flatten(1)
    n, pixels = columns.shape
    marks = torch.ones(n, pixels + 1, dtype=torch.bool, device=masks.device)
    marks[:, 0] = columns[:, 0]
    marks[:, 1:-1] = columns[:, 1:] != columns[:, :-1]
    places = marks.nonzero()[:, 1]
    ends = marks.sum(1).cumsum(0).tolist()
    begins = [0, *ends[:-1]]
    counts = places.clone()
    for begin, end in zip(begins, ends):
        counts[begin + 1 : end] -= places[begin : end - 1]
    flat = counts.tolist()
    return [flat[begin:end] for begin, end in zip(begins, ends)]


def packed(masks: Tensor) -> Tensor:
    """A bit a pixel on the host, the lowest of each byte first."""
    padded = torch.nn.functional.pad(masks.to(torch.uint8), (0, -masks.shape[-1] % 8))
    places = torch.arange(8, dtype=torch.uint8, device=masks.device)
    bits = torch.bitwise_left_shift(padded.unflatten(-1, (-1, 8)), places)
    return bits.sum(-1, dtype=torch.uint8).cpu()


def unpacked(bits: Tensor, width: int) -> Tensor:
    """The masks again."""
    places = torch.arange(8, dtype=torch.uint8)
    pixels = torch.bitwise_right_shift(bits[..., None], places) & 1
    return pixels.flatten(-2)[..., :width].bool()


def ways() -> dict[str, Callable[[Tensor], object]]:
    """Ways by name; that of the Python package where it is installed."""
    found: dict[str, Callable[[Tensor], object]] = {"sam2": sam2, "sam3": sam3, "packed": packed}
    try:
        from maskrle.torch import mask_to_rle
    except ImportError:
        return found
    return {**found, "maskrle": lambda masks: [rle["counts"] for rle in mask_to_rle(masks)]}


# Timing


def wait() -> None:
    """Wait until the device has done all that it was given."""
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    elif DEVICE == "mps":
        torch.mps.synchronize()


def least_ms(call: Callable[[], object], most: float = SECONDS_A_WAY) -> float:
    """Least ms of the calls that fit in a time, of which the first does not count."""
    call()
    least, end = math.inf, time.perf_counter() + most
    while least == math.inf or time.perf_counter() < end:
        wait()
        start = time.perf_counter()
        result = call()
        wait()
        least = min(least, time.perf_counter() - start)
        del result
    return round(least * 1e3, 4)


def memory_rates() -> dict[str, float]:
    """Rates of the device's memory and of the way to it, in 10^9 bytes a second."""
    size = GIB if DEVICE == "cuda" else GIB >> 4
    one = torch.ones(size, dtype=torch.uint8, device=DEVICE)
    two = torch.empty_like(one)
    host = torch.empty(size >> 2, dtype=torch.uint8, pin_memory=DEVICE == "cuda")
    part = two[: size >> 2]
    calls = {
        # A copy both reads and writes: each byte counts once, as in `maskrle bench`.
        "copy": (lambda: two.copy_(one), size),
        "read": (lambda: one.view(torch.int32).max(), size),
        "upload": (lambda: part.copy_(host), size >> 2),
        "download": (lambda: host.copy_(part), size >> 2),
    }
    return {
        name: round(moved / least_ms(call, 0.5) / 1e6, 1) for name, (call, moved) in calls.items()
    }


def encode(pattern: str, shape: tuple[int, int, int]) -> dict:
    """Times of all ways on one stack, once their results are compared."""
    masks = {"blobs": blobs, "noise": noise}[pattern](*shape)
    counts = sam2(masks)
    assert sam3(masks) == counts, "the ways of SAM 2 and SAM 3 differ"
    assert torch.equal(unpacked(packed(masks), shape[2]), masks.cpu()), "packed bits differ"
    calls = ways()
    if "maskrle" in calls:
        assert calls["maskrle"](masks) == counts, "maskrle's counts differ"
    times = {name: least_ms(lambda call=call: call(masks)) for name, call in calls.items()}
    return {"pattern": pattern, "shape": shape, "runs": sum(map(len, counts)), "ms": times}


def main(out: Path, small: bool) -> None:
    """Do all parts, and write what is known after each."""
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE
    found: dict = {"torch": torch.__version__, "device": name, "stacks": []}
    stacks = [("blobs", shape) for shape in (SMALL if small else SHAPES)]
    stacks.insert(2, ("noise", (8, *stacks[0][1][1:])))
    failed = False
    for pattern, shape in [*stacks, ("memory", None)]:
        try:
            if shape is None:
                found["gb_per_s"] = memory_rates()
            else:
                found["stacks"].append(encode(pattern, shape))
        except (RuntimeError, AssertionError) as error:  # of memory, often
            failed = True
            found["stacks"].append({"pattern": pattern, "shape": shape, "error": str(error)})
        out.write_text(json.dumps(found, indent=1) + "\n")
    if failed:
        sys.exit("not all stacks could be timed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="the JSON to write")
    parser.add_argument("--small", action="store_true", help="small stacks, on a CPU too")
    OPTIONS = parser.parse_args()
    if torch.cuda.is_available():
        DEVICE = "cuda"
    elif torch.backends.mps.is_available():
        DEVICE = "mps"
    elif OPTIONS.small:
        DEVICE = "cpu"
    else:
        sys.exit("torch finds no GPU here")
    main(OPTIONS.out, OPTIONS.small)
