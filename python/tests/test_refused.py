"""What is refused, with an error that says what it would have to be."""

import re

import numpy as np
import pytest

import maskrle
from maskrle import Encoder, Runs

STACK = (np.arange(5 * 9 * 11).reshape(5, 9, 11) % 7 < 3).astype(np.uint8)
RUNS = Runs.from_masks(STACK)
FLOATS = np.eye(4, dtype=np.float32)
SIZE = "(height, width), two whole numbers from 0 to 4294967295"


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        ((-1, 3), ValueError),
        ((3, 2**40), ValueError),
        ((3,), ValueError),
        ((3, 3, 3), ValueError),
        (np.array([-1, 3]), ValueError),
        ((3.5, 3), TypeError),
        ("ab", TypeError),
        (3, TypeError),
        (None, TypeError),
    ],
)
def test_sizes(size, kind):
    boxes = [[0, 0, 1, 1]]
    calls = [
        lambda: Runs.from_boxes(boxes, size),
        lambda: Runs.from_polygons([[0, 0, 1, 0, 1, 1]], size),
        lambda: Runs.from_kaggle("1 1", size),
        lambda: maskrle.paste(np.ones((1, 4, 4), np.float32), boxes, size),
    ]
    if size is not None:
        calls += [
            lambda: maskrle.encode(FLOATS, threshold=0.5, size=size),
            lambda: maskrle.instances(FLOATS, threshold=0.5, size=size),
            lambda: Runs.from_masks(FLOATS, threshold=0.5, size=size),
            lambda: Encoder(backend="cpu").runs(FLOATS, threshold=0.5, size=size),
        ]
    for call in calls:
        with pytest.raises(kind, match=rf"^size=.*: it is {re.escape(SIZE)}"):
            call()


def test_sizes_of_any_sequence():
    wanted = Runs.from_boxes([[0, 0, 1, 1]], (3, 4))
    for size in ([3, 4], np.array([3, 4]), np.array([3, 4], np.uint16)):
        assert Runs.from_boxes([[0, 0, 1, 1]], size) == wanted


@pytest.mark.parametrize("number", [-1, 2**70])
def test_numbers(number):
    for name in ("left", "right", "top", "bottom"):
        with pytest.raises(ValueError, match=f"^{name}={number}: it is .* 0 to 4294967295"):
            RUNS.pad(**{name: number})
    for name, last in (("threads", "1024"), ("memory", r"2\*\*64 - 1")):
        with pytest.raises(ValueError, match=f"^{name}={number}: it is .* 0 to {last}"):
            Encoder(**{name: number})
    with pytest.raises(ValueError, match=r"^bbox=\(.*: it is \(x, y, width, height\)"):
        RUNS.crop((0, number, 1, 1))
    with pytest.raises(TypeError, match="^left=1.5: it is a whole number"):
        RUNS.pad(left=1.5)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: RUNS.connected_components(5), ValueError, "^connectivity=5: it is 4 or 8"),
        (lambda: RUNS.fill_holes("4"), TypeError, "^connectivity='4': it is 4 or 8"),
        (lambda: RUNS.remove_small_components(-1), ValueError, "^min_area=-1: it is a whole"),
        (lambda: RUNS.dilate(-1), ValueError, "^radius=-1: it is a whole number"),
        (lambda: RUNS.dilate(box=(3, -3)), ValueError, r"^box=\(3, -3\): it is \(height, width\)"),
        (lambda: RUNS.dilate(box=(2, 3)), ValueError, "odd"),
        (lambda: RUNS.erode(), ValueError, "one of them"),
        (lambda: RUNS.erode(1, box=(3, 3)), ValueError, "one of them"),
        (lambda: RUNS.boundary(-1), ValueError, "ratio"),
        (lambda: RUNS.rot90(2**40), ValueError, r"^turns=1099511627776: it is .* -2\*\*31"),
        (lambda: RUNS.tile(-1), ValueError, "^down=-1: it is a whole number"),
        (lambda: RUNS.tile(across=2**31), MemoryError, "pixels"),
        (lambda: RUNS.resize_nearest((3, -1)), ValueError, r"^size=\(3, -1\): it is"),
        (lambda: RUNS.resize_nearest((2**20, 2**20)), MemoryError, "pixels"),
        (lambda: RUNS.warp_affine(np.eye(3), (2, 2)), ValueError, "^matrix=.* it is 2 x 3"),
        (lambda: RUNS.warp_affine(5, (2, 2)), TypeError, "^matrix=5: it is 2 x 3 numbers"),
        (lambda: RUNS.warp_perspective([[1, 2]], (2, 2)), ValueError, "it is 3 x 3 numbers"),
        (lambda: RUNS.warp_perspective(np.ones((3, 3)), (2, 2)), ValueError, "no inverse"),
        (lambda: RUNS.warp_perspective(np.eye(3) * np.nan, (2, 2)), ValueError, "finite"),
        (lambda: RUNS.warp_affine(np.eye(2, 3), (2**20, 2**20)), MemoryError, "pixels"),
        (lambda: RUNS.warp_affine(np.eye(2, 3), (2, -1)), ValueError, r"^size=\(2, -1\): it is"),
    ],
)
def test_footprints_connectivities_and_sizes(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_labels_and_scores():
    with pytest.raises(ValueError, match="^labels=.*whole numbers from"):
        RUNS.to_label_map([2**70] * 5)
    with pytest.raises(ValueError, match="^scores=.*a list of numbers"):
        RUNS.nms([10**400] * 5, 0.5)
    with pytest.raises(TypeError, match="^scores=None: it is a list of numbers"):
        RUNS.nms(None, 0.5)


def test_what_an_argument_itself_raises_stays():
    class Lost:
        def __iter__(self):
            raise OSError("the disk is gone")

    for call in (RUNS.to_label_map, lambda lost: RUNS.nms(lost, 0.5)):
        with pytest.raises(OSError, match="the disk is gone"):
            call(Lost())


def test_flags_of_crowds():
    wanted = RUNS.iou(RUNS, [True, False, False, True, False]).tolist()
    for flags in (
        [1, 0, 0, 1, 0],
        (1, 0, False, True, 0),
        np.array([1, 0, 0, 1, 0]),
        np.array([1, 0, 0, 1, 0], bool),
        np.array([1, 0, 0, 1, 0], np.uint8),
    ):
        assert RUNS.iou(RUNS, flags).tolist() == wanted
    assert RUNS.iou(RUNS, is_crowd=None).tolist() == RUNS.iou(RUNS).tolist() != wanted
    for flags, kind in (([2, 0, 0, 0, 0], ValueError), ("abcde", TypeError), (3, TypeError)):
        with pytest.raises(kind, match="^is_crowd=.*True and False, or of 1 and 0"):
            RUNS.iou(RUNS, flags)


@pytest.mark.parametrize(
    "index",
    [None, 0.5, True, False, np.bool_(True), np.array(True), "0", b"0", ..., {0}, [None], [0.5]],
    ids=repr,
)
def test_what_is_no_index(index):
    with pytest.raises(TypeError, match="picked by an int, a slice, or a list or array of ints"):
        RUNS[index]


@pytest.mark.parametrize("index", [[[0], [0, 1]], ["0"], np.array([0.0])], ids=repr)
def test_what_is_no_list_of_indices(index):
    with pytest.raises(TypeError, match="picked by"):
        RUNS[index]


def test_indices_out_of_range_or_of_other_shapes():
    for index in (2**70, -(2**70), [2**70], np.array([2**64 - 1], np.uint64)):
        with pytest.raises(IndexError, match="of a stack of 5"):
            RUNS[index]
    for index in (np.zeros((2, 2), int), np.zeros((2, 5), bool), [[0]]):
        with pytest.raises(IndexError, match="one dimension, not 2"):
            RUNS[index]
    with pytest.raises(IndexError, match="not by a tuple"):
        RUNS[0, 1]


def test_indices_of_any_stride():
    flags = np.array([True, False, False, False, True, False, False, False, True, False])[::2]
    assert RUNS[flags] == RUNS[[0, 2, 4]]
    assert RUNS[np.array([4, 0, 2, 0])[::2]] == RUNS[[4, 2]]
    assert RUNS[np.array(2)] == RUNS[np.uint64(2)] == RUNS[2]


def test_where_pixels_cannot_go():
    strided = np.lib.stride_tricks.as_strided
    wide = np.zeros(99, np.uint8)
    for strides in ((0, 11, 1), (11, 11, 1), (1, 11, 1)):
        out = strided(wide, (5, 9, 11), strides)
        with pytest.raises(ValueError, match="lie over each other"):
            RUNS.to_numpy(out=out)
    assert not wide.any()
    odd = np.zeros(5 * 9 * 11 * 2 + 1, np.uint8)[1:].view(np.uint16).reshape(5, 9, 11)
    with pytest.raises(ValueError, match="not aligned"):
        RUNS.to_numpy(out=odd)
    for shape in ((9, 11), (5, 9, 11, 1)):
        with pytest.raises(TypeError, match=r"out is \[n, h, w\], with 5 masks, not .* shape"):
            RUNS.to_numpy(out=np.zeros(shape, np.uint8))
    for out in (
        np.zeros((5, 9, 11), ">u2"),
        np.zeros((5, 9, 11), object),
        np.ma.zeros((5, 9, 11), np.uint8),
    ):
        with pytest.raises(TypeError, match="out is .* not .* of"):
            RUNS.to_numpy(out=out)
    for out in (None, np.zeros((5, 9, 11), np.uint8)):
        with pytest.raises(ValueError, match="scan order"):
            RUNS.to_numpy(order="diagonal", out=out)
    reversed_out = np.zeros((5, 9, 11), np.uint8)[::-1, ::-1, ::-1]
    assert np.array_equal(RUNS.to_numpy(out=reversed_out), STACK)


def test_dimensions():
    for wrong in (STACK[0, 0], [0, 1, 1], STACK[None, None]):
        for call in (maskrle.encode, maskrle.instances, Runs.from_masks):
            with pytest.raises(ValueError, match=r"dimensions?: masks are \[h, w\], \[n, h, w\]"):
                call(wrong)


def test_masked_arrays():
    masked = np.ma.array(STACK, mask=STACK == 1)
    for call in (maskrle.encode, maskrle.instances, Runs.from_masks):
        for pixels in (masked, [STACK, masked]):
            with pytest.raises(ValueError, match=r"\.filled\(0\)"):
                call(pixels)
    assert not Runs.from_masks(masked.filled(0)).areas.any()
    assert Runs.from_masks(np.ma.array(STACK)) == RUNS


def test_rows_of_several_lengths():
    for ragged in ([[1, 0], [1]], [[STACK[0], STACK[1]], [STACK[0]]]):
        with pytest.raises(ValueError, match="rows of several lengths"):
            maskrle.encode(ragged)


def test_texts_name_what_python_has():
    labels = np.array([[1, 2]])
    for call in (
        lambda: maskrle.encode(labels, labels=True),
        lambda: maskrle.encode(labels, labels=True, format="kaggle"),
        lambda: Runs.from_masks(labels, labels=True).to_coco(),
        lambda: Runs.from_masks(labels, labels=True).merge(),
        lambda: maskrle.encode(labels, size=(3, 3)),
        lambda: maskrle.instances(labels, stability_offset=1.0),
        lambda: RUNS.iou(RUNS.to_order("row-major")),
        lambda: Runs.from_boxes([[0, 0, 1, 1]] * 11_586, (1, 1)).iou(
            Runs.from_boxes([[0, 0, 1, 1]] * 11_586, (1, 1))
        ),
    ):
        with pytest.raises((ValueError, MemoryError)) as caught:
            call()
        assert "::" not in str(caught.value)


def test_kaggle_pairs():
    for wrong in (3, None, b"1 1", ["1 1", 3]):
        with pytest.raises(TypeError, match="pairs are a str, or a list of str"):
            Runs.from_kaggle(wrong, (3, 3))
    with pytest.raises(ValueError, match="mask 1, pair 0"):
        Runs.from_kaggle(["1 1", "\ud800"], (3, 3))


def test_streams_are_checked_at_once():
    with pytest.raises(ValueError, match="ahead=0"):
        maskrle.stream([], ahead=0)
    with pytest.raises(TypeError):
        maskrle.stream(None)
    with pytest.raises(TypeError):
        maskrle.stream([], ahead=1.5)
