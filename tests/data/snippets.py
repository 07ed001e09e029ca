"""Nine short encoders in everyday use, with which maskrle is compared.

`make_golden.py` imports them; there is nothing to run here. Each takes one mask, a numpy array
[h, w] of u8: of 0 and 1, or of the values of classes. Row-major scans go along the rows,
column-major ones down the columns.
"""

from itertools import groupby

import numpy as np
import pycocotools.mask


def rle(mask):
    """Values and lengths of the runs, row-major: two lists, as `rle.encode` of python-rle."""
    values, lengths = [], []
    for value in mask.ravel().tolist():
        if values and values[-1] == value:
            lengths[-1] += 1
        else:
            values.append(value)
            lengths.append(1)
    return values, lengths


def coco(mask):
    """COCO's compressed counts of a mask of 0 and 1, as a string."""
    return pycocotools.mask.encode(np.asfortranarray(mask))["counts"].decode("ascii")


def kaggle_rows(mask):
    """Kaggle's pairs "start length start length ..." of a mask of 0 and 1: row-major, from 1 on."""
    # With zeros at both ends, a run at a border starts and ends too.
    pixels = np.concatenate([[0], mask.ravel(), [0]])
    runs = np.where(pixels[1:] != pixels[:-1])[0] + 1
    runs[1::2] -= runs[::2]
    return " ".join(str(number) for number in runs)


def coco_counts_groupby(mask):
    """COCO's uncompressed counts of a mask of 0 and 1: column-major, zeros first, from groups."""
    counts = []
    for i, (value, run) in enumerate(groupby(mask.ravel(order="F"))):
        if i == 0 and value == 1:
            counts.append(0)
        counts.append(len(list(run)))
    return counts


def coco_counts_loop(mask):
    """COCO's uncompressed counts, from a loop that carries the length of the run so far."""
    counts = []
    last, length = 0, 0
    for value in mask.ravel(order="F").tolist():
        if value != last:
            counts.append(length)
            last, length = value, 0
        length += 1
    counts.append(length)
    return counts


def values_rows_1(mask):
    """Values and counts of the runs of a mask of classes, row-major, appended run by run."""
    encoded = {"values": [], "counts": [], "size": list(mask.shape)}
    for value, run in groupby(np.ravel(mask)):
        encoded["values"].append(int(value))
        encoded["counts"].append(len(list(run)))
    return encoded


def values_rows_2(mask):
    """Values and counts, row-major, from comprehensions."""
    runs = [(int(value), sum(1 for _ in run)) for value, run in groupby(np.ravel(mask))]
    return {
        "values": [value for value, _ in runs],
        "counts": [count for _, count in runs],
        "size": list(mask.shape),
    }


def values_rows_3(mask):
    """Values and counts, row-major, from transposed pairs."""
    runs = [(value, len(list(run))) for value, run in groupby(np.ravel(mask).tolist())]
    values, counts = map(list, zip(*runs))
    return {"values": values, "counts": counts, "size": list(mask.shape)}


def values_columns(mask):
    """Values and counts of the runs of a mask of classes, column-major, with numpy."""
    pixels = mask.ravel(order="F").astype(np.int64)
    padded = np.concatenate([[-1], pixels, [-1]])
    edges = np.where(padded[1:] != padded[:-1])[0]
    return {
        "values": pixels[edges[:-1]].tolist(),
        "counts": np.diff(edges).tolist(),
        "size": list(mask.shape),
    }
