"""pycocotools.mask 2.0.11, name for name.

Types, shapes, dtypes, memory order and values are those of pycocotools: counts are bytes, areas
uint32, boxes float64, decoded masks Fortran-ordered uint8. It takes more: C order and any strides,
bool, read-only arrays, tuples, and counts as str or as a list of int. Bytes on which pycocotools
crashes, or of which it makes what they are not, raise ValueError. All differences are listed in
docs/python.md.

>>> from maskrle import mask
>>> import numpy as np
>>> rle = mask.encode(np.asfortranarray(np.eye(3, dtype=np.uint8)))
>>> mask.decode(rle).tolist()
[[1, 0, 0], [0, 1, 0], [0, 0, 1]]
"""

import sys

from ._maskrle import (
    area,
    decode,
    encode,
    frBbox,
    frPoly,
    frPyObjects,
    frUncompressedRLE,
    iou,
    merge,
    toBbox,
)

__all__ = [
    "area",
    "decode",
    "encode",
    "frBbox",
    "frPoly",
    "frPyObjects",
    "frUncompressedRLE",
    "iou",
    "merge",
    "toBbox",
]

# pycocotools.mask has the module of its compiled functions by this name.
_mask = sys.modules[__name__]
