"""Runs, and the encoder."""

import copy
import pickle

import numpy as np
import pytest

import maskrle
from maskrle import Runs

rng = np.random.default_rng(16)
STACK = (rng.random((5, 9, 11)) < 0.4).astype(np.uint8)
RUNS = Runs.from_masks(STACK)


def test_measures_are_those_of_the_pixels():
    assert RUNS.areas.tolist() == STACK.sum((1, 2)).tolist()
    assert RUNS.sizes.tolist() == [[9, 11]] * 5
    for mask, box, centroid in zip(STACK, RUNS.boxes, RUNS.centroids, strict=True):
        rows, columns = np.nonzero(mask)
        left, top = columns.min(), rows.min()
        size = [np.ptp(columns) + 1, np.ptp(rows) + 1]
        assert box.tolist() == [left, top, *size]
        assert np.allclose(centroid, [columns.mean(), rows.mean()])
    empty = Runs.from_masks(np.zeros((1, 2, 2), np.uint8))
    assert empty.boxes.tolist() == [[0, 0, 0, 0]]
    assert np.isnan(empty.centroids).all()


def test_algebra_is_that_of_the_pixels():
    other_stack = (rng.random(STACK.shape) < 0.5).astype(np.uint8)
    other = Runs.from_masks(other_stack)
    assert np.array_equal((RUNS | other).to_numpy(), STACK | other_stack)
    assert np.array_equal((RUNS & other).to_numpy(), STACK & other_stack)
    assert np.array_equal((RUNS ^ other).to_numpy(), STACK ^ other_stack)
    assert np.array_equal((RUNS - other).to_numpy(), STACK & ~other_stack)
    assert np.array_equal((~RUNS).to_numpy(), 1 - STACK)
    assert np.array_equal(RUNS.merge().to_numpy()[0], STACK.max(0))
    assert np.array_equal(RUNS.merge("intersection").to_numpy()[0], STACK.min(0))
    both = (STACK[:, None] & other_stack).sum((2, 3))
    either = (STACK[:, None] | other_stack).sum((2, 3))
    assert np.allclose(RUNS.iou(other), both / either)
    assert np.allclose(RUNS.iou(other, [True] * 5), both / STACK.sum((1, 2))[:, None])


def test_shapes_are_those_of_the_pixels():
    assert np.array_equal(RUNS.crop((2, 1, 5, 4)).to_numpy(), STACK[:, 1:5, 2:7])
    padded = np.pad(STACK, ((0, 0), (3, 4), (1, 2)))
    assert np.array_equal(RUNS.pad(left=1, right=2, top=3, bottom=4).to_numpy(), padded)
    assert np.array_equal(RUNS.flip_left_right().to_numpy(), STACK[:, :, ::-1])
    assert np.array_equal(RUNS.flip_up_down().to_numpy(), STACK[:, ::-1])
    assert np.array_equal(RUNS.transpose().to_numpy(), STACK.swapaxes(1, 2))
    other_order = RUNS.to_order("row-major")
    assert other_order.order == "row-major"
    assert np.array_equal(other_order.to_numpy(), STACK)
    assert other_order.to_coco() == RUNS.to_coco()


def test_turned_tiled_and_resized_masks_are_those_of_the_pixels():
    for turns in (-1, 0, 1, 2, 7):
        turned = np.rot90(STACK, turns, axes=(1, 2))
        assert np.array_equal(RUNS.rot90(turns).to_numpy(), turned)
    assert RUNS.rot90() == RUNS.rot90(1)
    assert np.array_equal(RUNS.tile(2, 3).to_numpy(), np.tile(STACK, (1, 2, 3)))
    assert np.array_equal(RUNS.tile(across=2).to_numpy(), np.tile(STACK, (1, 1, 2)))
    rows, columns = np.arange(27) // 3, np.arange(22) // 2
    resized = STACK[:, rows][:, :, columns]
    assert np.array_equal(RUNS.resize_nearest((27, 22)).to_numpy(), resized)


def warped(stack, matrix, size):
    """By hand, from the inverse of a 3 x 3 matrix: pixels outside of the stack are 0."""
    y, x = np.mgrid[: size[0], : size[1]]
    source = np.linalg.inv(matrix) @ np.stack([x, y, np.ones_like(x)]).reshape(3, -1)
    column, row = np.floor(source[:2] / source[2] + 0.5).astype(int)
    inside = (column >= 0) & (row >= 0) & (column < stack.shape[2]) & (row < stack.shape[1])
    values = np.zeros((len(stack), inside.size), stack.dtype)
    values[:, inside] = stack[:, row[inside], column[inside]]
    return values.reshape(-1, *size)


def test_warped_masks_are_those_of_the_pixels():
    cos, sin = np.cos(0.4), np.sin(0.4)
    affine = np.array([[1.3 * cos, -sin, 4.1], [1.3 * sin, cos, -1.7], [0, 0, 1]])
    perspective = np.array([[1.1, 0.13, 1.07], [-0.21, 1.6, 2.03], [0.017, -0.011, 1]])
    for matrix in (affine, perspective):
        expected = warped(STACK, matrix, (23, 31))
        assert expected.any()
        for given in (matrix, matrix.tolist(), tuple(matrix)):
            assert np.array_equal(RUNS.warp_perspective(given, (23, 31)).to_numpy(), expected)
    expected = warped(STACK, affine, (20, 20))
    assert np.array_equal(RUNS.warp_affine(affine[:2], (20, 20)).to_numpy(), expected)
    moved = RUNS.warp_affine(np.array([[1, 0, 2], [0, 1, -3]]), STACK.shape[1:]).to_numpy()
    assert np.array_equal(moved[:, :-3, 2:], STACK[:, 3:, :-2])
    assert moved.sum() == STACK[:, 3:, :-2].sum()


def test_moments_are_sums_over_the_pixels():
    powers = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)]
    y, x = np.mgrid[:9, :11]
    expected = [[(mask * x**p * y**q).sum() for p, q in powers] for mask in STACK]
    assert RUNS.moments.tolist() == expected
    assert Runs.from_masks(np.zeros((1, 0, 3), bool)).moments.tolist() == [[0.0] * 10]


def dilated(stack, reach):
    """By hand: each pixel's footprint is all (y, x) for which reach is true."""
    padded = np.pad(stack, ((0, 0), (3, 3), (3, 3)))
    height, width = stack.shape[1:]
    steps = [(y, x) for y in range(-3, 4) for x in range(-3, 4) if reach(y, x)]
    moved = [padded[:, 3 + y : 3 + y + height, 3 + x : 3 + x + width] for y, x in steps]
    return np.max(moved, axis=0)


@pytest.mark.parametrize(
    ("footprint", "reach"),
    [
        ({"radius": 2}, lambda y, x: y * y + x * x <= 4),
        ({"box": (3, 5)}, lambda y, x: abs(y) <= 1 and abs(x) <= 2),
    ],
)
def test_footprints(footprint, reach):
    sparse = STACK & (rng.random(STACK.shape) < 0.3)
    runs = Runs.from_masks(sparse)
    grown = dilated(sparse, reach)
    assert np.array_equal(runs.dilate(**footprint).to_numpy(), grown)
    assert np.array_equal(RUNS.erode(**footprint).to_numpy(), 1 - dilated(1 - STACK, reach))
    assert RUNS.open(**footprint) == RUNS.erode(**footprint).dilate(**footprint)
    closed = runs.close(**footprint).to_numpy()
    assert (closed >= sparse).all()
    assert (closed <= grown).all()


def test_components_and_holes():
    mask = np.array([[1, 1, 1, 0, 1], [1, 0, 1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 0]], np.uint8)
    runs = Runs.from_masks(np.stack([mask, 0 * mask, mask[::-1]]))
    components, masks = runs.connected_components()
    assert (components.areas.tolist(), masks.tolist()) == ([9, 1, 9, 1], [0, 0, 2, 2])
    apart, masks = runs.connected_components(4)
    assert (sorted(apart.areas.tolist()), masks.tolist()) == ([1, 1, 1, 1, 8, 8], [0] * 3 + [2] * 3)
    assert runs.largest_component(4).areas.tolist() == [8, 0, 8]
    assert runs.remove_small_components(2, 4).areas.tolist() == [8, 0, 8]
    assert runs.remove_small_components(2).areas.tolist() == [9, 0, 9]
    assert runs.fill_holes().areas.tolist() == [11, 0, 11]
    assert runs.fill_small_holes(2).areas.tolist() == [11, 0, 11]
    assert runs.fill_small_holes(1) == runs
    none, masks = runs[[]].connected_components()
    assert (len(none), masks.tolist()) == (0, [])


def test_boundaries():
    runs = Runs.from_boxes([[0, 0, 5, 5], [1, 0, 5, 5], [0, 0, 0, 0]], (8, 8))
    assert runs.boundary().areas.tolist() == [16, 16, 0]
    iou = runs.boundary_iou(runs[:2])
    assert np.allclose(iou, [[1, 1 / 3], [1 / 3, 1], [0, 0]])


def test_indices():
    assert len(RUNS) == 5
    assert RUNS[1] == Runs.from_masks(STACK[1])
    assert RUNS[-1] == RUNS[4]
    assert RUNS[1:4:2] == Runs.from_masks(STACK[[1, 3]])
    assert RUNS[::-1] == Runs.from_masks(STACK[::-1])
    assert RUNS[np.array([4, -5])] == Runs.from_masks(STACK[[4, 0]])
    assert RUNS[[True, False, True, False, False]] == RUNS[[0, 2]]
    assert RUNS[RUNS.areas > 0] == RUNS
    assert len(RUNS[[]]) == 0
    assert [mask.areas[0] for mask in RUNS] == RUNS.areas.tolist()
    iterator = iter(RUNS)
    assert type(iterator).__module__ == "maskrle"
    assert len([*iterator]) == 5 and [*iterator] == []
    for wrong in (5, -6, [0, 5]):
        with pytest.raises(IndexError, match="of a stack of 5"):
            RUNS[wrong]
    for wrong in ("0", 1.5, None, [0.5]):
        with pytest.raises(TypeError):
            RUNS[wrong]
    with pytest.raises(ValueError):
        RUNS[[True, False]]


def test_copies_compare_equal():
    labels = Runs.from_masks(rng.integers(0, 300, (2, 6, 7)).astype(np.uint16), labels=True)
    signed = Runs.from_masks(rng.integers(-3, 3, (2, 6, 7)), labels=True)
    for runs in (RUNS, labels, signed, RUNS.to_order("row-major"), RUNS[[]]):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(runs, protocol)) == runs
        assert copy.deepcopy(runs) == runs
    assert RUNS != labels
    assert RUNS != 3
    with pytest.raises(ValueError):
        Runs._from_parts("column-major", b"12345678", b"1", b"", "binary", b"")
    rebuild, parts = RUNS.__reduce__()
    with pytest.raises(ValueError):
        rebuild(*parts[:3], parts[3][:-4], *parts[4:])


def test_other_forms():
    assert Runs.from_coco(RUNS.to_coco()) == RUNS
    assert Runs.from_coco(RUNS.to_coco(compressed=False)) == RUNS
    assert Runs.from_coco(RUNS.to_coco()[0]) == RUNS[0]
    assert Runs.from_kaggle(RUNS.to_kaggle(), (9, 11)) == RUNS
    by_rows = Runs.from_kaggle(RUNS.to_kaggle(order="row-major"), (9, 11), order="row-major")
    assert by_rows == RUNS.to_order("row-major")
    assert Runs.concat([RUNS[:2], RUNS[2:]]) == RUNS
    outlines = RUNS.to_polygons()
    assert len(outlines) == 5
    assert all(len(outline) % 2 == 0 for mask in outlines for outline in mask)
    with pytest.raises(ValueError, match="both scan orders"):
        Runs.concat([RUNS, RUNS.to_order("row-major")])
    with pytest.raises(ValueError):
        Runs.concat([])


def test_labels():
    pixels = np.array([[0, 7, 7], [300, 0, 7]], np.int32)
    maps = Runs.from_masks(pixels, labels=True)
    assert not maps.is_binary
    assert maps.to_numpy().dtype == np.int64
    assert np.array_equal(maps.to_numpy()[0], pixels)
    masks, labels, positions = maps.split_labels()
    assert labels.tolist() == [7, 300]
    assert positions.tolist() == [0, 0]
    assert masks.areas.tolist() == [3, 1]
    assert np.array_equal(masks.to_label_map(labels.tolist()).to_numpy()[0], pixels)
    assert masks.to_label_map().to_numpy().max() == 2
    with pytest.raises(ValueError):
        maps.to_numpy(out=np.zeros((1, 2, 3), np.uint8))


def test_pixels_go_where_they_are_asked_for():
    assert RUNS.to_numpy().flags.c_contiguous
    column_major = RUNS.to_numpy(order="column-major")
    assert np.array_equal(column_major, STACK)
    assert column_major.strides[1] == 1
    for dtype in ("?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"):
        wide = np.full((5, 18, 11), 1, dtype)
        out = wide[:, ::2]
        assert RUNS.to_numpy(out=out) is out
        assert np.array_equal(out, STACK.astype(dtype))
        assert wide[:, 1::2].all()
    with pytest.raises(ValueError):
        RUNS.to_numpy(out=np.zeros((4, 9, 11), np.uint8))
    read_only = np.zeros((5, 9, 11), np.uint8)
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match="out"):
        RUNS.to_numpy(out=read_only)
    for wrong in (np.zeros((5, 9, 11), np.float32), np.zeros((9, 11), np.uint8), [1]):
        with pytest.raises(TypeError, match="out is"):
            RUNS.to_numpy(out=wrong)
    mixed = Runs.concat([RUNS, Runs.from_masks(np.ones((2, 2), np.uint8))])
    with pytest.raises(ValueError):
        mixed.to_numpy()


def test_a_notebook_draws_them():
    png = RUNS._repr_png_()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = np.frombuffer(png[16:24], ">u4")
    assert 256 <= max(width, height) <= 512
    large = Runs.from_boxes([[i, i, 900, 900] for i in range(500)], (3000, 4000))
    assert len(large._repr_png_()) < 1 << 20
    assert np.frombuffer(large._repr_png_()[16:24], ">u4").max() <= 512
    labels = Runs.from_masks(np.array([[0, 3], [4, 4]]), labels=True)
    assert labels._repr_png_() is not None
    mixed = Runs.concat([RUNS, Runs.from_masks(np.ones((2, 2), np.uint8))])
    for nothing in (RUNS[[]], mixed, Runs.from_masks(np.zeros((1, 0, 3), np.uint8))):
        assert nothing._repr_png_() is None


def test_nms_keeps_the_best():
    boxes = [[0, 0, 4, 4], [0, 0, 4, 5], [5, 5, 2, 2]]
    runs = Runs.from_boxes(boxes, (9, 11))
    assert runs.nms([0.1, 0.9, 0.5], 0.5).tolist() == [1, 2]
    assert runs.nms(np.array([0.9, 0.1, 0.5], np.float32), 0.9).tolist() == [0, 2, 1]


def test_encoders():
    encoder = maskrle.Encoder(threads=2, backend="cpu")
    assert encoder.backend[0] == "cpu"
    assert encoder.encode(STACK) == maskrle.encode(STACK)
    assert encoder.runs(STACK) == RUNS
    again = pickle.loads(pickle.dumps(encoder))
    assert repr(again) == repr(encoder) == 'Encoder(threads=2, backend="cpu")'
    named = maskrle.Encoder(backend="cpu", memory=1 << 20, adapter="llvm")
    shown = 'Encoder(threads=None, backend="cpu", memory=1048576, adapter="llvm")'
    assert repr(named) == repr(pickle.loads(pickle.dumps(named))) == shown
    for wrong in ({"backend": "tpu"}, {"threads": 5000}):
        with pytest.raises(ValueError):
            maskrle.Encoder(**wrong)
    with pytest.raises(RuntimeError, match="no-such-adapter"):
        maskrle.Encoder(backend="gpu", adapter="no-such-adapter")
