"""maskrle.mask beside pycocotools.mask."""

import collections
import pickle
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import _mask as theirs_inner
from pycocotools import mask as theirs

from maskrle import mask as ours

sides = st.integers(1, 40)
stacks = hnp.arrays(
    np.uint8,
    st.tuples(sides, sides, st.integers(1, 5)),
    elements=st.integers(0, 1),
)


# pycocotools 2.0.11 is built for a numpy that did not ask for a copy keyword.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def same(left, right):
    """Asserts two results alike: types, shapes, dtypes, memory order and values."""
    assert type(left) is type(right)
    if isinstance(left, dict):
        assert list(left) == list(right)
        assert left == right
        assert [type(value) for value in left.values()] == [type(v) for v in right.values()]
    elif isinstance(left, list):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            same(one, other)
    else:
        assert left.dtype == right.dtype
        assert np.shape(left) == np.shape(right)
        if isinstance(left, np.ndarray) and left.ndim > 1:
            assert left.flags.f_contiguous == right.flags.f_contiguous
        # Boxes whose areas are too small to be numbers overlap by no number.
        assert np.array_equal(left, right, equal_nan=left.dtype.kind == "f")


@settings(deadline=None)
@given(stacks)
def test_masks_there_and_back(pixels):
    pixels = np.asfortranarray(pixels)
    rles = theirs.encode(pixels)
    same(ours.encode(pixels), rles)
    same(ours.encode(pixels[:, :, 0]), theirs.encode(np.asfortranarray(pixels[:, :, 0])))
    same(ours.decode(rles), theirs.decode(rles))
    same(ours.decode(rles[0]), theirs.decode(rles[0]))
    same(ours.area(rles), theirs.area(rles))
    same(ours.area(rles[0]), theirs.area(rles[0]))
    same(ours.toBbox(rles), theirs.toBbox(rles))
    same(ours.toBbox(rles[0]), theirs.toBbox(rles[0]))
    for intersect in (0, 1, False, True):
        same(ours.merge(rles, intersect), theirs.merge(rles, intersect))
    crowd = [index % 2 for index in range(len(rles))]
    same(ours.iou(rles, rles, crowd), theirs.iou(rles, rles, crowd))


@settings(deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.bool_, np.int8, np.uint16, np.int32, np.int64, np.uint64, ">u2"]),
        st.tuples(sides, sides, st.integers(1, 3)),
        elements=st.integers(0, 1),
    ),
    st.sampled_from(["C", "F", "reversed", "every other", "transposed"]),
)
def test_any_dtype_and_layout(pixels, layout):
    wanted = theirs.encode(np.asfortranarray(pixels, np.uint8))
    if layout == "reversed":
        pixels = np.ascontiguousarray(pixels[::-1, ::-1])[::-1, ::-1]
    elif layout == "every other":
        wide = np.zeros((2 * pixels.shape[0], pixels.shape[1], pixels.shape[2]), pixels.dtype)
        wide[::2] = pixels
        pixels = wide[::2]
    elif layout == "transposed":
        pixels = np.ascontiguousarray(pixels.T).T
    else:
        pixels = np.array(pixels, order=layout)
    pixels.flags.writeable = False
    assert ours.encode(pixels) == wanted


coordinates = st.floats(-50, 90, allow_nan=False) | st.integers(-5, 45).map(float)
polygon_lists = st.lists(st.lists(coordinates, min_size=5, max_size=15), min_size=1, max_size=4)


@settings(deadline=None)
@given(polygon_lists, sides, sides)
def test_polygons(polygons, height, width):
    same(ours.frPyObjects(polygons, height, width), theirs.frPyObjects(polygons, height, width))
    same(ours.frPoly(polygons, height, width), theirs_inner.frPoly(polygons, height, width))


@settings(deadline=None)
@given(st.lists(st.lists(coordinates, min_size=2, max_size=5), min_size=1, max_size=3), sides)
def test_polygons_of_less_than_three_points(polygons, side):
    same(ours.frPoly(polygons, side, 30), theirs_inner.frPoly(polygons, side, 30))


boxes = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.just(4)),
    elements=st.floats(0, 60) | st.integers(0, 40).map(float),
)


@settings(deadline=None)
@given(boxes, boxes, sides, sides)
def test_boxes(found, truth, height, width):
    same(ours.frPyObjects(found, height, width), theirs.frPyObjects(found, height, width))
    crowd = [index % 2 == 0 for index in range(len(truth))]
    same(ours.iou(found, truth, crowd), theirs.iou(found, truth, crowd))
    lists = found.tolist(), truth.tolist()
    same(ours.iou(*lists, crowd), theirs.iou(*lists, crowd))


turned_boxes = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.just(4)),
    elements=st.floats(-60, 60) | st.integers(-40, 40).map(float),
)


@settings(deadline=None)
@given(turned_boxes, turned_boxes, sides, sides)
def test_boxes_with_negative_sides(found, truth, height, width):
    same(ours.frPyObjects(found, height, width), theirs.frPyObjects(found, height, width))
    crowd = [index % 2 for index in range(len(truth))]
    same(ours.iou(found, truth, crowd), theirs.iou(found, truth, crowd))


# Pixels [h, w] of masks of several sizes, alike often enough.
mixed = st.lists(
    st.tuples(st.sampled_from([(3, 5), (5, 3), (4, 4)]), st.integers(0, 2**15 - 1)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(mixed, mixed)
def test_iou_of_several_sizes(found, truth):
    def rles(masks):
        bits = [([number >> bit & 1 for bit in range(16)], size) for size, number in masks]
        pixels = [np.array(b[: h * w], np.uint8).reshape(w, h).T for b, (h, w) in bits]
        return [theirs.encode(mask) for mask in pixels]

    found, truth = rles(found), rles(truth)
    crowd = [index % 2 for index in range(len(truth))]
    same(ours.iou(found, truth, crowd), theirs.iou(found, truth, crowd))


@settings(deadline=None)
@given(stacks)
def test_counts(pixels):
    rles = theirs.encode(np.asfortranarray(pixels))
    objects = []
    for index, rle in enumerate(rles):
        flat = pixels[:, :, index].ravel(order="F")
        starts = np.flatnonzero(np.diff(flat, prepend=0))
        counts = np.diff(np.concatenate([[0], starts, [flat.size]]))
        objects.append({"size": rle["size"], "counts": counts.tolist()})
    same(ours.frPyObjects(objects, 0, 0), theirs.frPyObjects(objects, 0, 0))
    same(ours.frPyObjects(objects[0], 0, 0), theirs.frPyObjects(objects[0], 0, 0))
    # Counts that are not compressed are taken everywhere.
    same(ours.area(objects), theirs.area(rles))
    same(ours.decode(objects), theirs.decode(rles))


def test_what_is_empty():
    same(ours.merge([]), theirs.merge([]))
    assert ours.iou([], [], []) == theirs.iou([], [], []) == []
    rle = ours.encode(np.zeros((3, 4), np.uint8))
    same(ours.iou([rle], [], []), theirs.iou([rle], [], []))
    same(ours.area([]), theirs.area([]))
    same(ours.toBbox([]), theirs.toBbox([]))
    none = np.zeros((3, 4, 0), np.uint8, order="F")
    same(ours.encode(none), theirs.encode(none))
    for shape in ((0, 4), (3, 0), (0, 0)):
        pixels = np.zeros(shape, np.uint8, order="F")
        assert ours.encode(pixels) == theirs.encode(pixels)
    same(ours.toBbox(rle), theirs.toBbox(rle))


def test_str_tuples_and_arrays_are_taken_too():
    rle = {"size": [2, 3], "counts": b"15"}
    other = {"size": (2, 3), "counts": "15"}
    third = {"size": np.array([2, 3]), "counts": np.array([1, 5])}
    assert ours.area((rle, other, third)).tolist() == [5, 5, 5]
    assert ours.merge((rle, other)) == rle
    assert ours.iou((rle,), [other], (0,)).tolist() == [[1.0]]
    assert ours.iou([0, 0, 2, 2], np.array([0, 0, 2, 2]), [0]).tolist() == [[1.0]]
    assert ours.frPyObjects([1, 1, 4, 1, 4, 3, 1, 3], 3, 4)["size"] == [3, 4]
    assert ours.frPyObjects([1, 0, 2, 2], 3, 4) == ours.frBbox([[1, 0, 2, 2]], 3, 4)[0]


MASK = {"size": [2, 3], "counts": b"15"}
OTHER = {"size": [2, 3], "counts": b"33"}


@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.int64, np.uint8, bool])
def test_numbers_of_any_kind(kind):
    one = kind(1)
    polygon, box = [[0, 0, 4, 0, 0, 4]], np.array([[0.0, 0, 4, 4]])
    same(ours.frPyObjects(polygon, one, one), theirs.frPyObjects(polygon, one, one))
    same(ours.frPyObjects(box, one, one), theirs.frPyObjects(box, one, one))
    rle = {"size": [one, one], "counts": [0, one]}
    same(ours.frPyObjects([rle], 0, 0), theirs.frPyObjects([rle], 0, 0))
    same(ours.area({"size": [one, one], "counts": b"01"}), np.uint32(1))
    numbers = {"size": np.array([2.0, 3.0]), "counts": np.array([1.0, 5.0])}
    same(ours.frPyObjects([numbers], 0, 0), theirs.frPyObjects([numbers], 0, 0))


@pytest.mark.parametrize("side", [-1, 2**32, 2**70, 5.5, float("nan"), float("inf"), "5", None])
def test_sides_that_are_no_whole_numbers(side):
    for function, objects in (
        (ours.frPyObjects, [[0, 0, 4, 0, 0, 4]]),
        (ours.frPoly, [[0, 0, 4, 0, 0, 4]]),
        (ours.frBbox, [[0, 0, 4, 4]]),
    ):
        with pytest.raises(ValueError, match="h is a whole number from 0 to 4294967295, not "):
            function(objects, side, 5)
        with pytest.raises(ValueError, match="w is a whole number from 0 to 4294967295, not "):
            function(objects, 5, side)


def test_arrays_own_their_memory_where_theirs_do():
    for rles in ([MASK, OTHER], [], MASK):
        for name in ("area", "toBbox"):
            mine, given = getattr(ours, name)(rles), getattr(theirs, name)(rles)
            if isinstance(given, np.ndarray) and given.flags.owndata:
                assert mine.flags.owndata
                assert mine.flags.c_contiguous and mine.flags.writeable
    assert ours.decode([MASK]).flags.owndata


@pytest.mark.parametrize(
    "flags",
    [
        ["0", "1"],
        [2, 0],
        [True, False],
        [0.5, 1],
        np.array([0.5, 1.0]),
        np.array([True, False]),
        (0, 1),
        collections.deque([0, 1]),
    ],
)
def test_crowds_are_those_of_pycocotools(flags):
    found, truth = [[0, 0, 2, 2]], [[0, 0, 1, 2], [1, 0, 2, 2]]
    same(ours.iou(found, truth, flags), theirs.iou(found, truth, flags))


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        (["a", "b"], ValueError),
        ([256, 0], ValueError),
        ([-1, 0], ValueError),
        ([None, 0], TypeError),
        ([[0, 1]], ValueError),
        ({0, 1}, TypeError),
    ],
)
def test_crowds_that_are_none(flags, kind):
    with pytest.raises(kind, match="pyiscrowd is "):
        ours.iou([[0, 0, 2, 2]], [[0, 0, 1, 2], [1, 0, 2, 2]], flags)


def test_mappings_and_sequences_of_any_kind():
    class Mapped(collections.UserDict):
        pass

    for mapping in (Mapped(MASK), types.MappingProxyType(MASK)):
        same(ours.area(mapping), np.uint32(5))
        same(ours.toBbox([mapping]), theirs.toBbox([MASK]))
        same(ours.decode(mapping), theirs.decode(MASK))
        assert ours.iou([mapping], [MASK], [0]) == 1
        assert ours.frPyObjects(mapping, 0, 0) == MASK
        assert ours.frPyObjects([mapping], 0, 0) == [MASK]
    with pytest.raises(ValueError, match="the dict has no counts"):
        ours.area(Mapped({"size": [2, 3]}))
    for several in (collections.deque([MASK, OTHER]), np.array([MASK, OTHER]), (MASK, OTHER)):
        same(ours.merge(several), theirs.merge(several))
        assert ours.area(several).tolist() == [5, 3]
    same(ours.merge(np.array([])), theirs.merge(np.array([])))


@pytest.mark.parametrize("intersect", [0, 1, -1, 2, 0.5, 1.5, True, np.True_, np.int8(1)])
def test_intersect_is_a_flag_or_a_number(intersect):
    rles = [MASK, OTHER]
    same(ours.merge(rles, intersect), theirs.merge(rles, intersect))


@pytest.mark.parametrize("intersect", ["x", "", None, [], [1]])
def test_intersect_is_nothing_else(intersect):
    with pytest.raises(TypeError, match="intersect is a bool or a number"):
        ours.merge([MASK, OTHER], intersect)


def test_bytes_of_any_kind():
    for counts in (bytearray(b"15"), memoryview(b"15"), memoryview(b"1_5")[::2], np.bytes_(b"15")):
        assert ours.area([{"size": [2, 3], "counts": counts}]).tolist() == [5]
    with pytest.raises(ValueError, match="mask 1, character 1: byte 0x01"):
        ours.area([MASK, {"size": [2, 3], "counts": bytearray(b"1\x01")}])


def test_points_and_rows_that_are_missing():
    for polygon in ([], [1.0], [1.0, 1.0]):
        same(ours.frPoly([polygon], 5, 5), theirs_inner.frPoly([polygon], 5, 5))
        with pytest.raises(ValueError, match="the first row has . numbers: a box has 4"):
            ours.frPyObjects([polygon], 5, 5)
    for width in (3, 5, 6, 8):
        with pytest.raises(ValueError, match="pass polygons as a list of rows"):
            ours.frPyObjects(np.zeros((2, width)), 9, 9)


def test_it_has_the_inner_module_and_pickles():
    assert ours._mask.frPoly is ours.frPoly
    for name in ours.__all__:
        function = getattr(ours, name)
        assert pickle.loads(pickle.dumps(function)) is function
        assert function.__text_signature__.startswith("(")


@pytest.mark.parametrize(
    ("counts", "place"),
    [
        (b"1", "mask 1, counts: they sum to 1"),
        (b"16", "mask 1, count 1: "),
        (b"1P", "mask 1, character 2: the string ends within a number"),
        (b"1\xff5", "mask 1, character 1"),
        (b"\x00", "mask 1, character 0"),
        (b"ooooooooooooooooooooooo5", "mask 1, "),
        ([1, 4], "mask 1, counts: they sum to 5"),
        ([2**32 - 1, 7], "mask 1"),
        ("1\ud8005", "mask 1, character 1"),
        (b"15\0", "mask 1, character 2"),
        (["a"], "mask 1, count 0: it is a whole number from 0 to 4294967295, not 'a'"),
        ([1, -5], "mask 1, count 1: it is a whole number from 0 to 4294967295, not -5"),
        ([1.5, 4.5], "mask 1, count 0: "),
        ([1, 2**32], "mask 1, count 1: "),
        ([1, None], "mask 1, count 1: "),
        (np.array([[1, 5]]), "mask 1, count 0: "),
    ],
)
@pytest.mark.parametrize("function", ["area", "decode", "toBbox", "merge"])
def test_bytes_that_are_no_mask_raise_with_their_place(function, counts, place):
    good = {"size": [2, 3], "counts": b"15"}
    with pytest.raises(ValueError, match="mask 1") as error:
        getattr(ours, function)([good, {"size": [2, 3], "counts": counts}])
    assert place in str(error.value)


@pytest.mark.parametrize(
    "size", [[2], [2, 3, 1], [-1, 3], [2**32, 1], ["2", "3"], [2.5, 3], None, 6]
)
def test_sizes_that_are_none(size):
    with pytest.raises(ValueError, match=r"size is \[height, width\]"):
        ours.area({"size": size, "counts": b"15"})


def test_objects_that_are_no_masks():
    for wrong in (3, "15", [3], {"size": [2, 3]}, {"counts": b"15"}, [None]):
        with pytest.raises((TypeError, ValueError)):
            ours.area(wrong)
    for counts in (None, 3, {1, 5}):
        with pytest.raises(TypeError, match="counts are bytes, str, or a list"):
            ours.area({"size": [2, 3], "counts": counts})
    with pytest.raises(ValueError, match="size is not known"):
        ours.decode([])
    with pytest.raises(ValueError, match="mask 1 is of"):
        ours.decode([{"size": [2, 3], "counts": b"15"}, {"size": [3, 2], "counts": b"15"}])
    with pytest.raises(ValueError, match="pyiscrowd has 0 entries, and gt 1"):
        ours.iou([[0, 0, 1, 1]], [[0, 0, 1, 1]], [])
    with pytest.raises(TypeError, match="both masks, or both boxes"):
        ours.iou([[0, 0, 1, 1]], [{"size": [2, 3], "counts": b"15"}], [0])
    with pytest.raises(TypeError, match="floats are masks with threshold"):
        ours.encode(np.zeros((2, 3)))
    for shape in ((), (2,), (2, 3, 1, 1)):
        with pytest.raises(ValueError, match=f"not of {len(shape)} dimensions"):
            ours.encode(np.zeros(shape, np.uint8))
    with pytest.raises(MemoryError):
        ours.decode([{"size": [65535, 65535], "counts": [65535 * 65535]}] * 3000)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=30), st.integers(0, 70), st.integers(0, 70))
def test_hostile_strings_never_crash(counts, height, width):
    rle = {"size": [height, width], "counts": counts}
    try:
        area = ours.area(rle)
    except ValueError:
        return
    assert 0 <= int(area) <= height * width
    assert ours.decode(rle).sum() == area
