"""Write golden_steps.json next to this file: masks that torch resamples in several steps on a CPU.

    pip install torch==2.4.1 numpy
    python tests/data/make_steps.py

Every entry has the logits' `type`, `shape` [n, height, width] and bytes in little-endian order as
hexadecimal `logits`; the `steps`, each `[height, width]` to resize to or `[[first row, end], [first
column, end]]` to crop to; the last `size`; the `threshold`, and `at_least` if pixels are compared
by `>=`; and for each mask, by columns, the `counts` of its runs, background first.

Segment Anything's `postprocess_masks` is such a list: to a square, cropped, to the image. YOLO's
masks are cropped first, and then resized. The CPU must have FMA: see make_resized.py.
"""

import json
from pathlib import Path

import numpy as np
import torch
from make_resized import TYPES, blobs, compared, noise, quarters, special
from torch.nn.functional import interpolate

FOLDER = Path(__file__).resolve().parent


def entry(random, make, shape, steps, threshold=0.0, kind="float32", at_least=False):
    logits = make(random, shape).to(TYPES[kind])
    pixels = logits.float()
    for step in steps:
        if isinstance(step[0], list):
            (top, bottom), (left, right) = step
            pixels = pixels[..., top:bottom, left:right]
        else:
            pixels = interpolate(pixels, tuple(step), mode="bilinear", align_corners=False)
    return compared(logits, kind, pixels, threshold, at_least, steps=steps)


def entries():
    random = np.random.default_rng(1024)

    def add(*arguments, **options):
        return entry(random, *arguments, **options)

    sam = [[256, 256], [[0, 171], [0, 256]], [135, 202]]
    for make in [blobs, special, quarters, noise]:
        yield add(make, (1, 24, 24), sam)
        yield add(make, (1, 24, 24), [[96, 96], [[0, 96], [0, 61]], [300, 190]])
    yield add(blobs, (2, 16, 16), [[128, 128], [[0, 80], [0, 128]], [480, 640]])
    yield add(special, (1, 16, 16), sam, 0.5, at_least=True)
    for kind in ["float16", "bfloat16"]:
        yield add(blobs, (2, 24, 24), sam, 0.1, kind)
    # Small on the way and in the end, down and up, three steps, and one to one.
    yield add(special, (1, 16, 16), [[40, 50], [[3, 37], [0, 50]], [150, 160]])
    yield add(special, (1, 40, 60), [[200, 30], [[10, 190], [5, 30]], [60, 60]])
    yield add(special, (1, 20, 20), [[100, 100], [[0, 70], [20, 100]], [90, 90], [200, 130]])
    yield add(special, (1, 40, 48), [[40, 170], [[0, 40], [0, 170]], [40, 170]])
    yield add(special, (1, 40, 48), [[170, 48], [[20, 90], [0, 48]], [70, 100]])
    # Cropped in the end, and first.
    yield add(special, (1, 24, 31), [[129, 101], [[1, 100], [64, 101]]])
    yield add(special, (1, 24, 31), [[60, 50], [[1, 59], [20, 21]]])
    yield add(blobs, (2, 40, 40), [[[5, 35], [0, 40]], [210, 280]])


def main():
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries())
    (FOLDER / "golden_steps.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
