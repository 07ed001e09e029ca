"""Compare maskrle's masks at full size with torch's on a CPU, pixel by pixel, by kind of logits.

    pip install torch==2.4.1 numpy ./python
    python tests/data/check_resampled.py [MILLIONS]

It goes on until so many million pixels were compared, 1000 unless told, and prints how many differ:
those whose value in torch is within 4 units in the last place of the threshold, which another
rounding may put on its other side, and others, which are wrong. It exits with 1 if any differ:
where the CPU has FMA, both round alike.
"""

import sys
from collections import Counter

import numpy as np
import torch
from make_pasted import ODD, PASTES, drawn
from make_resized import TYPES, blobs, noise, quarters, special
from torch.nn.functional import interpolate

import maskrle

MAKERS = {"blobs": blobs, "white noise": noise, "special values": special, "quarters": quarters}
THRESHOLDS = [0.0, 0.0, 0.5, -1.0, 0.1]
SIZES = [(480, 640), (1080, 1920), (3000, 4000), (130, 90), (60, 50), (777, 1333)]
SHAPES = [(256, 256), (160, 160), (96, 128), (28, 28), (300, 500)]
LIKE = {"grid-sample": "detectron2", "torchvision": "torchvision"}


def differing(values, threshold, at_least, rle, counters):
    """Count the pixels of one mask that differ, near the threshold and not."""
    expected = (values >= threshold) if at_least else (values > threshold)
    differ = expected != maskrle.decode(rle).astype(bool)
    ulp = np.spacing(np.float32(threshold)) if threshold else np.float32(1e-45)
    near = differ & (np.abs(values - np.float32(threshold)) <= 4 * ulp)
    counters["pixels"] += values.size
    counters["near the threshold"] += int(near.sum())
    counters["elsewhere"] += int((differ & ~near).sum())


def resized(random, make, threshold, counters):
    """Compare three masks that are resized."""
    shape = (3, *SHAPES[random.integers(len(SHAPES))])
    size = SIZES[random.integers(len(SIZES))]
    kind = TYPES[list(TYPES)[random.integers(len(TYPES))]]
    logits = make(random, shape).to(kind)
    values = interpolate(logits.float(), size, mode="bilinear", align_corners=False)
    rles = maskrle.encode(logits[:, 0], threshold=threshold, size=size)
    for value, rle in zip(values[:, 0].numpy(), rles):
        differing(value, threshold, False, rle, counters)


def pasted(random, make, paste, counters):
    """Compare maps that are pasted into drawn and odd boxes."""
    size, at_least = (480, 640), paste == "grid-sample"
    boxes = drawn(random, 8, size, 5, 500) + ODD
    logits = make(random, (len(boxes), 28, 28))
    maps = torch.where(logits.abs() < 100, logits.sigmoid(), logits)
    rles = maskrle.paste(maps, boxes, size, like=LIKE[paste])
    for one, box, rle in zip(maps[:, 0], torch.tensor(boxes, dtype=torch.float32), rles):
        values = np.full(size, -np.inf, np.float32)
        try:
            pixels, rows, columns = PASTES[paste](one, box, size)
            values[rows, columns] = pixels.numpy()
        except RuntimeError:
            pass  # the box lies outside
        differing(values, 0.5, at_least, rle, counters)


def main():
    wanted = (int(sys.argv[1]) if len(sys.argv) > 1 else 1000) * 1_000_000
    random, found = np.random.default_rng(1), {}
    while sum(counters["pixels"] for counters in found.values()) < wanted:
        for name, make in MAKERS.items():
            for threshold in THRESHOLDS:
                resized(random, make, threshold, found.setdefault(f"{name}, resized", Counter()))
            for paste in PASTES:
                pasted(random, make, paste, found.setdefault(f"{name}, {paste}", Counter()))
    columns = ["pixels", "near the threshold", "elsewhere"]
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}")
    print(f"{'':32}" + "".join(f"{column:>20}" for column in columns))
    for name, counters in found.items():
        print(f"{name:32}" + "".join(f"{counters[column]:>20,}" for column in columns))
    total = [sum(counters[column] for counters in found.values()) for column in columns]
    print(f"{'all':32}" + "".join(f"{number:>20,}" for number in total))
    sys.exit(any(total[1:]))


if __name__ == "__main__":
    main()
