"""Write golden_pasted.json next to this file: masks that are pasted into boxes with torch on a CPU.

    pip install torch==2.4.1 numpy
    python tests/data/make_pasted.py

Every entry has the maps' `type`, `shape` [n, height, width] and bytes in little-endian order as
hexadecimal `logits`; the n `boxes` as x0, y0, x1, y1; the target's `size`; `paste`, which is
"grid-sample" or "torchvision"; the `threshold`, and `at_least` if pixels are compared by `>=`; and
for each mask, by columns, the `counts` of its runs, background first.

The two functions are restated here, each mask by itself as both do on a CPU, from
https://github.com/facebookresearch/detectron2/blob/main/detectron2/layers/mask_ops.py
(`_do_paste_mask`) and
https://github.com/pytorch/vision/blob/main/torchvision/models/detection/roi_heads.py
(`expand_boxes`, `expand_masks`, `paste_mask_in_image`). Around the box all is background; a box in
which they fail, as it lies outside, is empty. The CPU must have FMA, which torch uses with AVX2.
"""

import json
from pathlib import Path

import numpy as np
import torch
from make_resized import TYPES, blobs, counts, noise, quarters, special
from torch.nn import functional

FOLDER = Path(__file__).resolve().parent


def by_grid_sample(mask, box, size):
    """The pixels of a mask, and their rows and columns in the image."""
    height, width = size
    x0, y0, x1, y1 = box
    left, top = torch.clamp(box.floor()[:2] - 1, min=0).to(dtype=torch.int32)
    right = torch.clamp(x1.ceil() + 1, max=width).to(dtype=torch.int32)
    bottom = torch.clamp(y1.ceil() + 1, max=height).to(dtype=torch.int32)
    y = torch.arange(top, bottom, dtype=torch.float32) + 0.5
    x = torch.arange(left, right, dtype=torch.float32) + 0.5
    y = (y - y0) / (y1 - y0) * 2 - 1
    x = (x - x0) / (x1 - x0) * 2 - 1
    grid = torch.stack([x[None, :].expand(len(y), -1), y[:, None].expand(-1, len(x))], dim=2)
    pixels = functional.grid_sample(mask[None, None], grid[None], align_corners=False)[0, 0]
    return pixels, slice(top, bottom), slice(left, right)


def as_torchvision(mask, box, size):
    scale = float(mask.shape[-1] + 2) / mask.shape[-1]
    mask = functional.pad(mask, (1,) * 4)
    half = (box[2:] - box[:2]) * 0.5
    centre = (box[2:] + box[:2]) * 0.5
    half *= scale
    x0, y0, x1, y1 = torch.cat([centre - half, centre + half]).to(dtype=torch.int64)
    w, h = max(int(x1 - x0 + 1), 1), max(int(y1 - y0 + 1), 1)
    mask = mask.expand((1, 1, -1, -1))
    mask = functional.interpolate(mask, size=(h, w), mode="bilinear", align_corners=False)[0, 0]
    left, right = max(x0, 0), min(x1 + 1, size[1])
    top, bottom = max(y0, 0), min(y1 + 1, size[0])
    if left >= right or top >= bottom:
        raise RuntimeError("outside")
    pixels = mask[top - y0 : bottom - y0, left - x0 : right - x0]
    return pixels, slice(top, bottom), slice(left, right)


PASTES = {"grid-sample": by_grid_sample, "torchvision": as_torchvision}


def entry(random, make, shape, boxes, size, paste, threshold=0.5, kind="float32", at_least=True):
    logits = make(random, shape)
    # Probabilities, but for special values.
    logits = torch.where(logits.abs() < 100, logits.sigmoid(), logits).to(TYPES[kind])
    masks = []
    for mask, box in zip(logits[:, 0].float(), torch.tensor(boxes, dtype=torch.float32)):
        pasted = torch.zeros(size, dtype=torch.bool)
        try:
            pixels, rows, columns = PASTES[paste](mask, box, size)
            pasted[rows, columns] = (pixels >= threshold) if at_least else (pixels > threshold)
        except RuntimeError:
            pass
        masks.append(counts(pasted.numpy()))
    as_bytes = logits.view(torch.int16 if kind != "float32" else torch.int32).numpy().tobytes()
    return {
        "type": kind,
        "shape": list(shape),
        "logits": as_bytes.hex(),
        "boxes": boxes,
        "size": list(size),
        "paste": paste,
        "threshold": threshold,
        "at_least": at_least,
        "counts": masks,
    }


def drawn(random, n, size, least, most):
    """Boxes of sides from `least` to `most`, some of which leave the image."""
    height, width = size
    boxes = []
    for _ in range(n):
        w, h = random.uniform(least, most, 2)
        x, y = random.uniform(-most / 4, width - least / 2), random.uniform(-most / 4, height)
        boxes.append([float(np.float32(side)) for side in (x, y, x + w, y + h)])
    return boxes


# Empty on one axis or both, thin, on whole and half pixels, outside, and around all of the image.
ODD = [
    [10, 10, 10, 40],
    [10, 10, 40, 10],
    [10, 10, 10, 10],
    [20.25, 5.5, 20.5, 90.5],
    [-3, -3, -1, -1],
    [-40, 10, -20, 30],
    [-1.5, 20, 0, 70],
    [300, 10, 340, 50],
    [138, 30, 200, 60],
    [140, 90, 150, 110],
    [0, 0, 140, 100],
    [-300, -200, 500, 400],
    [30.5, 20.5, 90.5, 80.5],
    [1e-39, 0, 2e-39, 60],
    [100.7, 50.2, 101.1, 50.4],
    [40, 20, 68, 48],
]


def entries():
    random = np.random.default_rng(28)

    def add(*arguments, **options):
        return entry(random, *arguments, **options)

    for paste in PASTES:
        size = (240, 320)
        for make in [blobs, special, quarters, noise]:
            yield add(make, (3, 28, 28), drawn(random, 3, size, 30, 250), size, paste)
            yield add(make, (2, 14, 14), drawn(random, 2, size, 2, 60), size, paste)
        for threshold, at_least in [(0.1, False), (0.9, True), (0.0, False), (0.5, False)]:
            boxes = drawn(random, 2, size, 30, 200)
            yield add(blobs, (2, 20, 20), boxes, size, paste, threshold, at_least=at_least)
        for kind in ["float16", "bfloat16"]:
            yield add(blobs, (2, 28, 28), drawn(random, 2, size, 20, 200), size, paste, kind=kind)
        yield add(blobs, (2, 28, 28), drawn(random, 2, (64, 50), 4, 60), (64, 50), paste)
        yield add(blobs, (1, 28, 28), [[3.5, 2.25, 190.75, 140.5]], (150, 200), paste)
        yield add(special, (len(ODD), 6, 6), ODD, (100, 140), paste)
        yield add(noise, (len(ODD), 1, 1), ODD, (100, 140), paste, 0.2)
        # Around the samples a pixel is 0, which is foreground within detectron2's clip.
        for threshold in [0.0, -0.5]:
            yield add(blobs, (2, 8, 8), drawn(random, 2, size, 30, 200), size, paste, threshold)
        yield add(blobs, (len(ODD), 7, 7), ODD, (100, 140), paste, 0.0)


def main():
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries())
    (FOLDER / "golden_pasted.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
