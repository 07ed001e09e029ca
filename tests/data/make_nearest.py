"""Writes golden_nearest.json: the columns that OpenCV's resize takes with INTER_NEAREST.

Run by hand, with opencv-python-headless and numpy: python tests/data/make_nearest.py
"""

import json
from pathlib import Path

import cv2
import numpy as np

SIDES = [
    (1, 7),
    (3, 10),
    (10, 3),
    (7, 49),
    (49, 7),
    (5, 5),
    (33, 100),
    (100, 33),
    (256, 640),
    (640, 256),
    (480, 1080),
    (1333, 427),
    (97, 970),
    (970, 97),
    (1000, 999),
    (999, 1000),
    (21, 147),
    (11, 1210),
    # x * scale is whole but for rounding.
    (2, 98),
    (2, 428),
    (60, 62),
    (60, 74),
]


def sources(source, target):
    row = np.arange(source, dtype=np.float32)[None]
    return cv2.resize(row, (target, 1), interpolation=cv2.INTER_NEAREST)[0].astype(int).tolist()


if __name__ == "__main__":
    cases = [{"from": [source], "sources": sources(source, target)} for source, target in SIDES]
    golden = {"opencv": cv2.__version__, "cases": cases}
    path = Path(__file__).with_name("golden_nearest.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
