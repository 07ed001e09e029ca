"""Whatever callers have masks in."""

import array
import io

import numpy as np
import pytest

import maskrle

CIRCLE = (np.hypot(*np.mgrid[-6:7, -8:9]) < 5.5).astype(np.uint8)
RLE = maskrle.encode(CIRCLE)


@pytest.mark.parametrize(
    "dtype", ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", ">u2", ">i4", ">u8"]
)
def test_integers(dtype):
    assert maskrle.encode(CIRCLE.astype(dtype)) == RLE


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f2", ">f4", ">f8"])
def test_floats(dtype):
    floats = CIRCLE.astype(dtype) - 0.5
    assert maskrle.encode(floats, threshold=0.0) == RLE
    assert maskrle.encode(floats, at_least=0.5) == RLE
    assert maskrle.encode(floats, threshold=0.5)["counts"] == maskrle.encode(CIRCLE * 0)["counts"]
    with pytest.raises(TypeError, match="threshold="):
        maskrle.encode(floats)


def test_bools_of_any_byte_are_true():
    bools = (CIRCLE * 7).view(np.bool_)
    assert maskrle.encode(bools) == RLE


def test_layouts_and_read_only_arrays():
    wide = np.zeros((13, 34), np.uint8)
    wide[:, ::2] = CIRCLE
    structured = np.zeros(CIRCLE.shape, np.dtype([("pad", "u1"), ("mask", "<u4")]))
    structured["mask"] = CIRCLE
    for pixels in (
        np.asfortranarray(CIRCLE),
        CIRCLE[::-1][::-1],
        np.ascontiguousarray(CIRCLE[::-1])[::-1],
        wide[:, ::2],
        structured["mask"],
        np.frombuffer(CIRCLE.tobytes(), np.uint8).reshape(CIRCLE.shape),
    ):
        assert maskrle.encode(pixels) == RLE


def test_what_becomes_an_array():
    class Interface:
        __array_interface__ = CIRCLE.__array_interface__
        kept = CIRCLE

    class Capsule:
        def __dlpack__(self, **options):
            return CIRCLE.__dlpack__(**options)

        def __dlpack_device__(self):
            return CIRCLE.__dlpack_device__()

    assert maskrle.encode(Interface()) == RLE
    assert maskrle.encode(Capsule()) == RLE
    assert maskrle.encode(memoryview(CIRCLE)) == RLE
    assert maskrle.encode(CIRCLE.tolist()) == RLE
    row = array.array("B", [0, 1, 1])
    rows = memoryview(row).cast("B", (1, 3))
    assert maskrle.encode(rows) == maskrle.encode(np.array([[0, 1, 1]], np.uint8))
    with pytest.raises(ValueError, match="1 dimension"):
        maskrle.encode(row)


def test_results_are_nested_as_the_arrays_are():
    stack = np.stack([CIRCLE, 1 - CIRCLE])
    one, other = maskrle.encode(stack)
    assert one == RLE
    assert maskrle.encode(stack[None]) == [[one, other]]
    assert maskrle.encode(np.stack([stack, stack, stack])) == [[one, other]] * 3
    assert maskrle.encode([CIRCLE, stack, CIRCLE[:5]]) == [
        one,
        [one, other],
        maskrle.encode(CIRCLE[:5]),
    ]
    assert maskrle.encode(np.zeros((0, 3, 4), np.uint8)) == []
    assert maskrle.encode(np.zeros((2, 0, 3, 4), np.uint8)) == [[], []]
    assert maskrle.encode([]) == []


def test_classes_of_arrays(tmp_path):
    class Named(np.ndarray):
        pass

    file = np.memmap(tmp_path / "masks", np.uint8, "w+", shape=CIRCLE.shape)
    file[:] = CIRCLE
    file.flush()
    stored = np.memmap(tmp_path / "masks", np.uint8, "r", shape=CIRCLE.shape)
    for pixels in (CIRCLE.view(Named), stored, np.ma.array(CIRCLE)):
        assert maskrle.encode(pixels) == RLE
        assert maskrle.mask.encode(pixels)["counts"].decode() == RLE["counts"]
    windows = np.lib.stride_tricks.sliding_window_view(CIRCLE, (3, 3))
    assert maskrle.encode(windows) == maskrle.encode(windows.copy())


def test_lists_of_several_dtypes_and_sizes():
    stack = np.stack([CIRCLE, 1 - CIRCLE])
    wide = np.zeros((3, 20), np.int64)
    arrays = [
        CIRCLE,
        stack.astype(np.int32),
        CIRCLE.astype(bool),
        wide,
        stack[None],
        CIRCLE.tolist(),
    ]
    wanted = [maskrle.encode(array) for array in arrays]
    assert maskrle.encode(arrays) == wanted
    assert maskrle.encode(tuple(arrays), format="kaggle") == [
        maskrle.encode(array, format="kaggle") for array in arrays
    ]
    assert maskrle.instances(arrays) == [maskrle.instances(array) for array in arrays]
    parts = [maskrle.Runs.from_masks(array) for array in arrays]
    assert maskrle.Runs.from_masks(arrays) == maskrle.Runs.concat(parts)
    floats = [array.astype(dtype) for array, dtype in ((CIRCLE, "f4"), (stack, "f8"), (wide, "f2"))]
    assert maskrle.encode(floats, threshold=0.5) == [wanted[0], wanted[1], wanted[3]]
    maps = [np.array([[0, 7]], np.uint8), np.array([[300, -1]], np.int32)]
    labels = maskrle.Runs.from_masks(maps, labels=True)
    assert labels.to_numpy().tolist() == [[[0, 7]], [[300, -1]]]
    assert maskrle.encode(maps, labels=True, format="values") == labels.to_values()
    assert maskrle.Runs.from_masks([], order="row-major").order == "row-major"


def test_what_is_no_mask():
    with pytest.raises(TypeError, match="complex128"):
        maskrle.encode(np.zeros((2, 2), np.complex128))
    with pytest.raises(TypeError, match="masks are"):
        maskrle.encode(np.uint8(3))
    with pytest.raises(TypeError, match="masks are"):
        maskrle.encode(io.BytesIO())
    with pytest.raises(ValueError, match="dimensions"):
        maskrle.encode(np.zeros((1, 1, 1, 1, 1), np.uint8))
    with pytest.raises(ValueError, match="exclude"):
        maskrle.encode(CIRCLE, threshold=0.0, labels=True)
    with pytest.raises(TypeError, match="for floats"):
        maskrle.encode(CIRCLE, threshold=0.0)


def test_logits_at_full_size():
    logits = np.linspace(-1, 1, 12, dtype=np.float32).reshape(1, 3, 4)
    rles = maskrle.encode(logits, threshold=0.0, size=(6, 8))
    assert rles[0]["size"] == [6, 8]
    assert maskrle.decode(rles).sum() == 24
    half = maskrle.encode(logits.astype(np.float16), threshold=0.0, size=(6, 8))
    assert half == rles
    with pytest.raises(ValueError):
        maskrle.encode(logits, threshold=0.0, size=(0, 8))
    with pytest.raises(ValueError):
        maskrle.encode(CIRCLE, size=(6, 8))


def test_instances():
    stack = np.stack([CIRCLE, CIRCLE * 0])
    found = maskrle.instances(stack)
    assert found[0] == {"segmentation": RLE, "area": int(CIRCLE.sum()), "bbox": [3, 1, 11, 11]}
    assert found[1]["area"] == 0
    assert found[1]["bbox"] == [0, 0, 0, 0]
    assert maskrle.instances(CIRCLE) == found[0]
    assert maskrle.instances([CIRCLE, stack]) == [found[0], found]
    logits = np.array([[-2, -0.5, 0.5, 2, 3]], np.float32)
    scored = maskrle.instances(logits, threshold=0.0, stability_offset=1.0)
    assert scored["stability_score"] == 0.5
    large = maskrle.instances(logits, threshold=0.0, size=(40, 50), stability_offset=1.0)
    assert large["segmentation"] == maskrle.encode(logits, threshold=0.0, size=(40, 50))
    assert large["area"] == maskrle.decode(large["segmentation"]).sum()
    with pytest.raises(ValueError, match="stability"):
        maskrle.instances(CIRCLE, stability_offset=1.0)


def test_pasted():
    maps = np.linspace(0, 1, 2 * 4 * 4, dtype=np.float32).reshape(2, 4, 4)
    boxes = [[1, 1, 9, 9], [0, 0, 20, 10]]
    rles = maskrle.paste(maps, boxes, (12, 20))
    assert [rle["size"] for rle in rles] == [[12, 20]] * 2
    assert rles == maskrle.paste(maps[:, None], np.array(boxes, np.float64), (12, 20))
    other = maskrle.paste(maps, boxes, (12, 20), threshold=0.9, like="torchvision")
    assert maskrle.Runs.from_coco(other).areas.sum() < maskrle.Runs.from_coco(rles).areas.sum()
    with pytest.raises(ValueError, match="1 boxes for 2 masks"):
        maskrle.paste(maps, boxes[:1], (12, 20))
    with pytest.raises(ValueError, match="known"):
        maskrle.paste(maps, boxes, (12, 20), like="mmdet")
    with pytest.raises(ValueError, match="box 1"):
        maskrle.paste(maps, [boxes[0], [np.nan, 0, 1, 1]], (12, 20))


def test_formats():
    counts = maskrle.encode(CIRCLE, format="coco-counts")
    assert counts["size"] == [13, 17]
    assert sum(counts["counts"]) == CIRCLE.size
    assert maskrle.encode(np.eye(2, dtype=np.uint8), format="kaggle") == "1 1 4 1"
    pairs = maskrle.encode(np.array([[0, 1], [1, 1]]), format="kaggle", order="row-major")
    assert pairs == "2 3"
    values = maskrle.encode(np.array([[5, 5, 0]]), labels=True, format="values")
    assert values == {"size": [1, 3], "order": "column-major", "values": [5, 0], "counts": [2, 1]}
    with pytest.raises(ValueError, match="known"):
        maskrle.encode(CIRCLE, format="rle")
    with pytest.raises(ValueError, match="column-major"):
        maskrle.encode(CIRCLE, order="row-major")


def test_an_array_that_is_being_written_to():
    runs = maskrle.Runs.from_masks(CIRCLE)
    out = np.zeros((1, 13, 17), np.uint8)
    assert runs.to_numpy(out=out) is out
    assert maskrle.encode(out) == [RLE]


def test_streams():
    stacks = [np.full((2, 3, 4), index % 2, np.uint8) for index in range(7)]
    wanted = [maskrle.encode(stack) for stack in stacks]
    assert list(maskrle.stream(stacks)) == wanted
    encoder = maskrle.Encoder(threads=1, backend="cpu")
    assert list(maskrle.stream(iter(stacks), encoder=encoder, ahead=3)) == wanted

    def failing():
        yield stacks[0]
        yield stacks[1]
        raise OSError("the disk is gone")

    seen = []
    with pytest.raises(OSError, match="disk"):
        for rles in maskrle.stream(failing()):
            seen += [rles]
    assert seen == wanted[:2]


def test_decode():
    assert np.array_equal(maskrle.decode(RLE), CIRCLE)
    assert maskrle.decode([RLE, RLE]).shape == (2, 13, 17)
    assert maskrle.decode({"size": [2, 3], "counts": [1, 5]}).tolist() == [[0, 1, 1], [1, 1, 1]]
