#!/usr/bin/env python3
"""Time what cleans, turns and warps masks beside rlemasklib, and beside arrays: decoded by
pycocotools, changed by OpenCV or scipy, encoded again.

    python benches/regions_peers.py   # --rounds N; the table is for benches/OPS.md

Needs maskrle's Python package, rlemasklib, pycocotools, opencv-python-headless and scipy. All start
from encoded masks and end with encoded masks, or with numbers. Every result is compared with that of
the arrays first; every round, everyone takes a turn of some calls, and the least time counts.
rlemasklib warps outlines, not pixels, so that pixels beside them differ: its warps may differ from
those of the arrays in a thousandth of all pixels.
"""

import argparse
import time

import cv2
import numpy as np
import rlemasklib
from pycocotools import mask as coco
from scipy import ndimage

import maskrle

MASKS, SIDE = 16, 1024
DISK = np.array([[y * y + x * x <= 25 for x in range(-5, 6)] for y in range(-5, 6)], np.uint8)
BOX = np.ones((5, 5), np.uint8)


def blobs():
    """uint8 [n, h, w] of ellipses with holes and specks."""
    random, stack = np.random.default_rng(20), np.zeros((MASKS, SIDE, SIDE), np.uint8)
    for mask in stack:
        for _ in range(6):
            centre, axes = random.integers(0, SIDE, 2), random.integers(20, 160, 2)
            cv2.ellipse(mask, centre.tolist(), axes.tolist(), 0, 0, 360, 1, -1)
        for value in (0, 1):
            for _ in range(12):
                cv2.circle(mask, random.integers(0, SIDE, 2).tolist(), 3, value, -1)
    return stack


def through_arrays(rles, change):
    """Decodes masks, changes each, and encodes the results."""
    results = [np.asfortranarray(change(coco.decode(rle))) for rle in rles]
    return [coco.encode(result) for result in results]


def largest(mask):
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return (labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).astype(np.uint8)


def without_specks(mask):
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= 50
    keep[0] = False
    return keep[labels].astype(np.uint8)


def filled(mask):
    return ndimage.binary_fill_holes(mask).astype(np.uint8)


def moments(mask):
    found = cv2.moments(mask, True)
    keys = ("m00", "m10", "m01", "m20", "m11", "m02", "m30", "m21", "m12", "m03")
    return [found[key] for key in keys]


def half(mask):
    return cv2.resize(mask, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_NEAREST)


TURN = cv2.getRotationMatrix2D(((SIDE - 1) / 2, (SIDE - 1) / 2), 30, 1)
BEND = np.array([[0.9, 0.1, 20.4], [-0.08, 1.05, 15.7], [1e-4, -5e-5, 1]])
SIZE = (SIDE, SIDE)


def turned(mask):
    return cv2.warpAffine(mask, TURN, SIZE, flags=cv2.INTER_NEAREST)


def bent(mask):
    return cv2.warpPerspective(mask, BEND, SIZE, flags=cv2.INTER_NEAREST)


# For each operation: of maskrle's Runs; of rlemasklib's mask, or none; of an array.
OPERATIONS = {
    "largest component": (
        lambda runs: runs.largest_component(),
        lambda mask: mask.largest_connected_component(connectivity=8),
        largest,
    ),
    "specks below 50 pixels gone": (
        lambda runs: runs.remove_small_components(50),
        lambda mask: mask.remove_small_components(min_size=50, connectivity=8),
        without_specks,
    ),
    "holes filled": (lambda runs: runs.fill_holes(), None, filled),
    "dilated by a disk of radius 5": (
        lambda runs: runs.dilate(5),
        None,
        lambda mask: cv2.dilate(mask, DISK),
    ),
    "eroded by a box of 5 x 5": (
        lambda runs: runs.erode(box=(5, 5)),
        None,
        lambda mask: cv2.erode(mask, BOX),
    ),
    "turned by 90 degrees": (
        lambda runs: runs.rot90().to_order("column-major"),
        lambda mask: mask.rot90(1),
        np.rot90,
    ),
    "to half the size": (lambda runs: runs.resize_nearest((SIDE // 2, SIDE // 2)), None, half),
    "turned by 30 degrees": (
        lambda runs: runs.warp_affine(TURN, SIZE),
        lambda mask: mask.warp_affine(TURN, SIZE),
        turned,
    ),
    "warped in perspective": (
        lambda runs: runs.warp_perspective(BEND, SIZE),
        lambda mask: mask.warp_perspective(BEND, SIZE),
        bent,
    ),
}


def differing(found, expected):
    """Share of pixels in which two lists of strings differ."""
    decoded = [
        coco.decode([{"size": SIZE, "counts": counts} for counts in strings])
        for strings in (found, expected)
    ]
    return (decoded[0] != decoded[1]).mean()


def contestants(rles):
    """Calls to be timed: {operation: {name: function}}; all results are compared here."""
    runs = maskrle.Runs.from_coco(rles)
    others = [rlemasklib.RLEMask.from_dict(rle) for rle in rles]
    calls = {}
    for name, (ours, theirs, array) in OPERATIONS.items():
        expected = [rle["counts"] for rle in through_arrays(rles, array)]
        found = [rle["counts"].encode() for rle in ours(runs).to_coco()]
        assert found == expected, name
        calls[name] = {
            "maskrle": lambda ours=ours: ours(runs),
            "maskrle, from strings to strings": lambda ours=ours: ours(
                maskrle.Runs.from_coco(rles)
            ).to_coco(),
            "arrays": lambda array=array: through_arrays(rles, array),
        }
        if theirs is not None:
            found = [theirs(mask).to_dict()["counts"] for mask in others]
            most = 1e-3 if array in (turned, bent) else 0
            alike = found == expected or differing(found, expected) < most
            assert alike, f"rlemasklib: {name}"
            calls[name]["rlemasklib"] = lambda theirs=theirs: [theirs(mask) for mask in others]
    expected = [moments(coco.decode(rle)) for rle in rles]
    assert np.allclose(runs.moments, expected, rtol=1e-12), "moments"
    calls["moments"] = {
        "maskrle": lambda: runs.moments,
        "maskrle, from strings to strings": lambda: maskrle.Runs.from_coco(rles).moments,
        "rlemasklib": lambda: [mask.moments() for mask in others],
        "arrays": lambda: [moments(coco.decode(rle)) for rle in rles],
    }
    return calls


def least(calls, rounds):
    """Least milliseconds of each call: {operation: {name: ms}}."""
    times = {operation: dict.fromkeys(names, np.inf) for operation, names in calls.items()}
    for _ in range(rounds):
        for operation, names in calls.items():
            for name, call in names.items():
                start = time.perf_counter()
                call()
                taken = 1000 * (time.perf_counter() - start)
                times[operation][name] = min(times[operation][name], taken)
    return times


def table(times):
    columns = ["maskrle", "maskrle, from strings to strings", "rlemasklib", "arrays"]
    lines = ["| ms | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for operation, names in times.items():
        cells = [f"{names[column]:.2f}" if column in names else "-" for column in columns]
        lines.append(f"| {operation} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    stack = blobs()
    rles = coco.encode(np.asfortranarray(stack.transpose(1, 2, 0)))
    print(table(least(contestants(rles), arguments.rounds)))


if __name__ == "__main__":
    main()
