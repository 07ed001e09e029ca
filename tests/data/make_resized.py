"""Write golden_resized.json next to this file: masks that torch resamples and thresholds on a CPU.

    pip install torch==2.4.1 numpy
    python tests/data/make_resized.py  # after make_data.py

Every entry has the logits' `type`, `shape` [n, height, width] and bytes in little-endian order as
hexadecimal `logits`; the target's `size`; the `threshold`, and `at_least` if pixels are compared by
`>=`; and for each mask, by columns, the `counts` of its runs, background first.

Pixels are `interpolate(logits.float(), size, mode="bilinear", align_corners=False)`. The CPU must
have FMA, which torch uses with AVX2: without it single pixels differ.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import interpolate

FOLDER = Path(__file__).resolve().parent
TYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-40, -1e-45, 3e38, -3e38, 1e-30]


def blobs(random, shape):
    """Smooth logits, a little noisy."""
    n, height, width = shape
    coarse = torch.from_numpy(random.standard_normal((n, 1, 5, 5)).astype(np.float32))
    smooth = interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
    noise = random.standard_normal((n, 1, height, width)).astype(np.float32)
    return smooth * 4 + torch.from_numpy(noise) * 0.1


def noise(random, shape):
    n, height, width = shape
    return torch.from_numpy(random.standard_normal((n, 1, height, width)).astype(np.float32))


def special(random, shape):
    """Blobs with numbers among them that are none, infinite, zero, tiny or huge."""
    logits = blobs(random, shape)
    places = torch.from_numpy(random.random(logits.shape))
    for index, value in enumerate(SPECIAL):
        logits[(places > index * 0.004) & (places < (index + 1) * 0.004)] = value
    return logits


def quarters(random, shape):
    """Blobs rounded so that many pixels lie at the threshold."""
    return (blobs(random, shape) * 4).round() / 4


def coins(_, shape):
    """Part of the logits of a photograph, which another script makes."""
    _, height, width = shape
    logits = np.load(FOLDER / "coins_logits.npy")[100 : 100 + height, 60 : 60 + width]
    return torch.from_numpy(np.ascontiguousarray(logits)).float()[None, None]


def counts(mask):
    """Lengths of a mask's runs by columns, background first."""
    pixels = np.concatenate([[0], mask.T.reshape(-1).astype(np.int8)])
    starts = np.flatnonzero(np.diff(pixels))
    ends = np.concatenate([starts, [mask.size]])
    return np.diff(ends, prepend=0).tolist()


def entry(random, make, shape, size, threshold=0.0, kind="float32", at_least=False):
    logits = make(random, shape).to(TYPES[kind])
    pixels = interpolate(logits.float(), size, mode="bilinear", align_corners=False)
    return compared(logits, kind, pixels, threshold, at_least)


def compared(logits, kind, pixels, threshold, at_least, **members):
    """An entry of logits whose pixels at the target's size are compared with the threshold."""
    masks = (pixels >= threshold) if at_least else (pixels > threshold)
    as_bytes = logits.view(torch.int16 if kind != "float32" else torch.int32).numpy().tobytes()
    n, _, height, width = logits.shape
    return {
        "type": kind,
        "shape": [n, height, width],
        "logits": as_bytes.hex(),
        **members,
        "size": list(pixels.shape[-2:]),
        "threshold": threshold,
        "at_least": at_least,
        "counts": [counts(mask[0]) for mask in masks.numpy()],
    }


def entries():
    random = np.random.default_rng(16)

    def add(*arguments, **options):
        return entry(random, *arguments, **options)

    for threshold in [0.0, 1.0, -1.0, 0.5, 0.1]:
        yield add(blobs, (1, 32, 32), (135, 240), threshold)
        yield add(special, (1, 24, 31), (129, 101), threshold)
        yield add(quarters, (1, 20, 20), (120, 130), threshold)
        yield add(quarters, (1, 20, 20), (120, 130), threshold, at_least=True)
        yield add(blobs, (2, 14, 14), (50, 60), threshold)
    for kind in ["float16", "bfloat16"]:
        for threshold in [0.0, 0.1]:
            yield add(blobs, (2, 24, 36), (128, 200), threshold, kind)
            yield add(special, (1, 24, 36), (128, 200), threshold, kind)
    # Down on one axis or both, one to one, and sides of 1.
    for shape, size in [
        ((1, 40, 40), (20, 130)),
        ((1, 40, 40), (130, 20)),
        ((1, 60, 90), (50, 79)),
        ((1, 40, 89), (40, 89)),
        ((1, 40, 48), (40, 170)),
        ((1, 40, 48), (170, 48)),
        ((2, 1, 1), (130, 7)),
        ((2, 1, 9), (3, 150)),
        ((2, 9, 1), (150, 3)),
        ((1, 30, 30), (1, 200)),
        ((1, 30, 30), (200, 1)),
        ((1, 20, 20), (64, 64)),
        ((1, 20, 20), (64, 65)),
        ((3, 5, 7), (1, 1)),
    ]:
        yield add(special, shape, size)
    yield add(noise, (1, 20, 20), (60, 100))
    yield add(noise, (1, 20, 20), (30, 40), 0.5)
    yield add(coins, (1, 80, 100), (303, 410), kind="float16")
    yield add(coins, (1, 80, 100), (60, 70), 0.5, kind="bfloat16")


def main():
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries())
    (FOLDER / "golden_resized.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
