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

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _maskrle

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


def encode(bimask: Any) -> Any:
    """Encode masks: pixels that are not 0 are foreground.

    Args:
        bimask: one mask [h, w], or n masks [h, w, n]; bool or integers, of any strides.

    Returns:
        {"size": [h, w], "counts": bytes} for one mask, a list of n such dicts for n.

    Raises:
        ValueError: for other numbers of dimensions.
        TypeError: for floats.

    >>> import numpy as np
    >>> from maskrle import mask
    >>> mask.encode(np.eye(3, dtype=np.uint8))
    {'size': [3, 3], 'counts': b'013000'}
    """
    return _maskrle.mask_encode(bimask)


def decode(rleObjs: Any) -> NDArray[np.uint8]:
    """Decode masks.

    Args:
        rleObjs: one dict {"size": [h, w], "counts": bytes, str or list of int}, or a list of n
            dicts of one size.

    Returns:
        uint8, Fortran-ordered, of 0 and 1: [h, w] for one dict, [h, w, n] for a list.

    Raises:
        ValueError: for counts that are no mask of this size, which pycocotools takes for one; for
            masks of several sizes; for an empty list, whose size nobody knows.
        MemoryError: for a mask of more pixels than a call may make of a few bytes.

    >>> from maskrle import mask
    >>> mask.decode({"size": [2, 3], "counts": b"15"})
    array([[0, 1, 1],
           [1, 1, 1]], dtype=uint8)
    """
    return _maskrle.mask_decode(rleObjs)


def area(rleObjs: Any) -> Any:
    """Number of foreground pixels.

    Args:
        rleObjs: one dict {"size": [h, w], "counts": bytes, str or list of int}, or a list of them.

    Returns:
        uint32: a scalar for one dict, an array [n] for a list.

    Raises:
        ValueError: for counts that are no mask of this size.

    >>> from maskrle import mask
    >>> int(mask.area({"size": [2, 3], "counts": b"15"}))
    5
    """
    return _maskrle.mask_area(rleObjs)


def toBbox(rleObjs: Any) -> NDArray[np.float64]:
    """Smallest boxes around the foreground.

    Args:
        rleObjs: one dict {"size": [h, w], "counts": bytes, str or list of int}, or a list of them.

    Returns:
        float64 [x, y, width, height] in pixels, zeros for a mask without foreground: [4] for one
        dict, [n, 4] for a list.

    Raises:
        ValueError: for counts that are no mask of this size.

    >>> from maskrle import mask
    >>> mask.toBbox({"size": [3, 3], "counts": [4, 2, 1, 1, 1]}).tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    return _maskrle.mask_to_bbox(rleObjs)


def merge(rleObjs: Any, intersect: Any = 0) -> dict[str, Any]:
    """Union of masks, or their intersection.

    Args:
        rleObjs: a list of dicts {"size": [h, w], "counts": bytes, str or list of int}, of one size.
        intersect: true for the intersection.

    Returns:
        {"size": [h, w], "counts": bytes}; of an empty list {"size": [0, 0], "counts": b""}.

    Raises:
        ValueError: for masks of several sizes, for which pycocotools answers an empty mask; for
            counts that are no mask of this size.

    >>> from maskrle import mask
    >>> left, right = {"size": [1, 3], "counts": [0, 2, 1]}, {"size": [1, 3], "counts": [1, 2]}
    >>> mask.merge([left, right], intersect=True)
    {'size': [1, 3], 'counts': b'111'}
    """
    return _maskrle.mask_merge(rleObjs, bool(intersect))


def iou(dt: Any, gt: Any, pyiscrowd: Any) -> Any:
    """Intersection over union of each of dt with each of gt.

    Args:
        dt: detections: a list of dicts {"size": [h, w], "counts": bytes, str or list of int}, or
            boxes [x, y, width, height] as an array [n, 4] or a list.
        gt: ground truth, likewise.
        pyiscrowd: for each of gt, true where it is a crowd: then the intersection is divided by
            the area of the detection alone.

    Returns:
        float64 [len(dt), len(gt)], Fortran-ordered; an empty list where either is empty.

    Raises:
        ValueError: for a pyiscrowd of another length than gt; for masks of several sizes, of which
            pycocotools makes -1; for counts that are no mask of their size.

    >>> from maskrle import mask
    >>> mask.iou([[0, 0, 2, 2]], [[1, 0, 2, 2], [5, 5, 1, 1]], [False, False]).round(3).tolist()
    [[0.333, 0.0]]
    """
    return _maskrle.mask_iou(dt, gt, pyiscrowd)


def frPyObjects(pyobj: Any, h: int, w: int) -> Any:
    """Masks of polygons, of boxes, or of lists of counts.

    What pyobj is shows by its first row, as in pycocotools: rows of 4 numbers are boxes, longer
    ones are polygons, so that a polygon of two points is taken for a box.

    Args:
        pyobj: a list of polygons [x0, y0, x1, y1, ...]; a list or array [n, 4] of boxes
            [x, y, width, height]; a list of dicts {"size": [h, w], "counts": list of int}; or a
            single one of these. All in pixels.
        h: height of the masks. Dicts have their own size.
        w: width of the masks.

    Returns:
        A list of dicts {"size": [h, w], "counts": bytes}; for a single object one dict.

    Raises:
        ValueError: for coordinates that are not finite; for counts that are no mask of their
            size; for an empty list.
        TypeError: for anything else.

    >>> from maskrle import mask
    >>> mask.frPyObjects([[1, 1, 4, 1, 4, 3, 1, 3]], 3, 4)
    [{'size': [3, 4], 'counts': b'421000'}]
    """
    return _maskrle.mask_from_objects(pyobj, h, w)


def frBbox(bb: Any, h: int, w: int) -> list[dict[str, Any]]:
    """Masks of boxes.

    Args:
        bb: boxes [x, y, width, height], an array [n, 4] or a list; in pixels.
        h: height of the masks.
        w: width of the masks.

    Returns:
        A list of n dicts {"size": [h, w], "counts": bytes}.

    Raises:
        ValueError: for other shapes, and for numbers that are not finite.

    >>> from maskrle import mask
    >>> mask.frBbox([[1, 0, 2, 2]], 3, 4)
    [{'size': [3, 4], 'counts': b'32103'}]
    """
    return _maskrle.mask_from_boxes(bb, h, w)


def frPoly(poly: Any, h: int, w: int) -> list[dict[str, Any]]:
    """Masks of polygons, a mask each.

    Args:
        poly: polygons [x0, y0, x1, y1, ...], in pixels, the edges of a pixel at whole numbers. The
            last number of an odd row is dropped, as pycocotools does.
        h: height of the masks.
        w: width of the masks.

    Returns:
        A list of dicts {"size": [h, w], "counts": bytes}.

    Raises:
        ValueError: for a polygon without a point, and for coordinates that are not finite, or so
            large that pycocotools is undefined.

    >>> from maskrle import mask
    >>> mask.frPoly([[0, 0, 3, 0, 0, 3]], 3, 4)
    [{'size': [3, 4], 'counts': b'021O7'}]
    """
    return _maskrle.mask_from_polygons(poly, h, w)


def frUncompressedRLE(ucRles: Any, h: int, w: int) -> list[dict[str, Any]]:
    """Masks of lists of counts.

    Args:
        ucRles: a list of dicts {"size": [h, w], "counts": list of int, bytes or str}.
        h: not used, as in pycocotools: the dicts have their size.
        w: not used.

    Returns:
        A list of dicts {"size": [h, w], "counts": bytes}.

    Raises:
        ValueError: for counts that are no mask of their size.

    >>> from maskrle import mask
    >>> mask.frUncompressedRLE([{"size": [2, 3], "counts": [1, 5]}], 2, 3)
    [{'size': [2, 3], 'counts': b'15'}]
    """
    return _maskrle.mask_from_counts(ucRles)
