"""Writes golden_warped.json: masks that OpenCV and scipy warped to the nearest pixel.

Run by hand, with opencv-python-headless, scipy and numpy: python tests/data/make_warped.py
"""

import json
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

SIZE = (60, 80)


def turned(degrees, scale):
    return np.vstack([cv2.getRotationMatrix2D((41.3, 28.9), degrees, scale), [0, 0, 1]])


# Matrix on (x, y, 1), and size of the result.
WARPS = [
    (turned(0, 1), SIZE),
    (turned(30, 1), SIZE),
    (turned(-77, 1.7), (90, 70)),
    (turned(181, 0.4), (60, 80)),
    (np.array([[1, 0, 7.3], [0, 1, -4.6], [0, 0, 1]]), SIZE),
    (np.array([[-3, 0, 230.2], [0, 2.9, 1.1], [0, 0, 1]]), (180, 240)),
    (np.array([[0.37, 0, 0.3], [0, 0.41, 0.2], [0, 0, 1]]), (24, 30)),
    (np.array([[1, 0.8, -20.3], [0.1, 1.2, 3.4], [0, 0, 1]]), (100, 90)),
    (np.array([[0.9, 0.1, 2.1], [-0.08, 1.05, 5.2], [0.002, -0.001, 1]]), SIZE),
    (np.array([[1.9, 0.4, -12.7], [0.3, 1.7, -9.1], [0.008, 0.006, 1]]), (90, 120)),
    # Its horizon goes through the result.
    (np.array([[1.1, 0.2, 3.3], [0.4, 1.3, 2.9], [0.021, 0.017, 0.73]]), (80, 100)),
    # Its horizon goes through the mask.
    (np.array([[1.2, -0.3, 5.3], [0.2, 0.9, 4.9], [-0.021, 0.003, 1.03]]), (80, 100)),
    # Its last number is negative.
    (np.array([[-1.2, 0.3, -5.3], [-0.2, -0.9, -4.9], [-0.004, 0.003, -1]]), (60, 80)),
]


def blobs(seed):
    random, mask = np.random.default_rng(seed), np.zeros(SIZE, np.uint8)
    for value in (1, 1, 1, 1, 0, 0, 1, 0):
        centre, axes = random.integers(0, 70, 2), random.integers(2, 22, 2)
        cv2.ellipse(mask, centre.tolist(), axes.tolist(), 0, 0, 360, value, -1)
    mask[random.random(SIZE) < 0.01] ^= 1
    return mask


def counts(mask):
    """Lengths of the runs by rows, the first of background."""
    pixels = np.concatenate([[0], mask.ravel(), [1 - mask.ravel()[-1]]])
    return np.diff(np.flatnonzero(np.diff(pixels)), prepend=0).tolist()


def case(mask, matrix, size):
    is_affine = matrix[2].tolist() == [0, 0, 1]
    shape = size[::-1]
    if is_affine:
        warped = cv2.warpAffine(mask, matrix[:2], shape, flags=cv2.INTER_NEAREST)
    else:
        warped = cv2.warpPerspective(mask, matrix, shape, flags=cv2.INTER_NEAREST)
    found = {"matrix": matrix.tolist(), "size": size, "opencv": counts(warped)}
    if is_affine:
        # By rows before columns; beyond the border as if there were background.
        inverse = np.linalg.inv(matrix)[[1, 0, 2]][:, [1, 0, 2]]
        options = {"order": 0, "mode": "grid-constant", "output_shape": size}
        found["scipy"] = counts(ndimage.affine_transform(mask, inverse, **options))
    return found


if __name__ == "__main__":
    masks = [
        {
            "size": SIZE,
            "counts": counts(mask),
            "warps": [case(mask, matrix.astype(float), size) for matrix, size in WARPS],
        }
        for mask in map(blobs, range(2))
    ]
    golden = {"opencv": cv2.__version__, "masks": masks}
    path = Path(__file__).with_name("golden_warped.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
