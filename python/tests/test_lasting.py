"""A million calls leave nothing behind."""

import gc
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import maskrle
from maskrle import Runs

DISK = (np.hypot(*np.mgrid[-14:14, -14:14]) < 9).astype(np.uint8)
STACK = np.stack([DISK, 1 - DISK])
ENCODER = maskrle.Encoder(threads=1, backend="cpu")
OUT = np.zeros((1, 28, 28), np.uint8)
RLE = maskrle.encode(DISK)
RUNS = Runs.from_coco(RLE)
OTHER = ~RUNS
MANY = [maskrle.encode(DISK) for _ in range(3)]


def resident_bytes():
    """Memory of this process, where the system tells it."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


def grows(work, rounds):
    """Python's blocks, references and bytes that come with a number of rounds."""
    for _ in range(100):
        work()
    gc.collect()
    shared = (None, DISK, OUT, RLE, RUNS)
    before = [sys.getrefcount(item) for item in shared]
    blocks, bytes_before = sys.getallocatedblocks(), resident_bytes()
    for _ in range(rounds):
        work()
    gc.collect()
    after = [sys.getrefcount(item) for item in shared]
    references = max(abs(b - a) for a, b in zip(after, before, strict=True))
    return sys.getallocatedblocks() - blocks, references, resident_bytes() - bytes_before


def ten_calls():
    rle = ENCODER.encode(DISK)
    runs = Runs.from_coco(rle)
    runs.areas  # noqa: B018
    runs[0]
    runs == RUNS  # noqa: B015
    RUNS | OTHER
    maskrle.mask.area(rle)
    runs.to_coco()
    RUNS.boxes  # noqa: B018
    runs.transpose()


def calls_of_all_kinds():
    maskrle.encode(STACK)
    maskrle.encode([DISK, STACK.astype(np.int32)], progress=lambda done, total: None)
    maskrle.encode(DISK.tolist(), format="kaggle")
    maskrle.encode(DISK - np.float32(0.5), threshold=0.0, size=(30, 20))
    maskrle.instances(STACK)
    maskrle.decode(RLE)
    maskrle.mask.decode(maskrle.mask.encode(DISK))
    RUNS.to_numpy(out=OUT)
    RUNS.iou(OTHER, [1])
    RUNS.to_polygons()
    for mask in Runs.from_coco(MANY):
        mask[[True]].to_kaggle()
    for wrong in (
        lambda: maskrle.encode(DISK[0]),
        lambda: maskrle.encode(DISK, size=(-1, 2)),
        lambda: Runs.from_coco({"size": [2, 3], "counts": "1P"}),
        lambda: RUNS[7],
        lambda: RUNS[None],
        lambda: RUNS.to_numpy(out=DISK),
    ):
        with pytest.raises((ValueError, TypeError, IndexError)):
            wrong()


# A hundredth of the memory that a leak of one small object a call would take.
@pytest.mark.parametrize(
    ("work", "rounds"),
    [(ten_calls, 100_000), (calls_of_all_kinds, 1_000)],
    ids=["a million calls", "calls of all kinds"],
)
def test_nothing_is_left_behind(work, rounds):
    blocks, references, grown = grows(work, rounds)
    assert blocks < 300
    assert references < 20
    assert grown < 4 << 20
