"""Tensors: torch is not needed to install or test the package, and these tests are for where it is."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

import maskrle

torch = pytest.importorskip("torch")
tensors = pytest.importorskip("maskrle.torch")

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

STACK = (np.arange(4 * 37 * 53).reshape(4, 37, 53) % 11 < 5).astype(np.uint8)
RLES = maskrle.encode(STACK)


@pytest.fixture
def elsewhere(monkeypatch):
    """Treats tensors as those of another device, and counts the bytes that are copied from it."""
    copies = []

    def to_host(tensor):
        copies.append(tensor.numel() * tensor.element_size())
        return tensor.clone()

    monkeypatch.setattr(tensors, "_is_on_host", lambda tensor: False)
    monkeypatch.setattr(tensors, "_to_host", to_host)
    return copies


DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_integers(dtype):
    assert maskrle.encode(torch.from_numpy(STACK).to(getattr(torch, dtype))) == RLES


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats(dtype):
    floats = torch.from_numpy(STACK).to(getattr(torch, dtype)) - 0.5
    floats.requires_grad_(True)
    assert maskrle.encode(floats, threshold=0.0) == RLES
    assert maskrle.encode(floats, at_least=0.5) == RLES
    with pytest.raises(TypeError, match="threshold="):
        maskrle.encode(floats)


def test_tensors_on_the_host_are_not_copied():
    tensor = torch.from_numpy(STACK.copy())
    array, kind, _ = tensors._prepared_tensor(tensor, None, None, False, False)
    assert kind == ""
    assert array.ctypes.data == tensor.data_ptr()
    half = tensor.to(torch.bfloat16)
    array, kind, _ = tensors._prepared_tensor(half, 0.0, None, False, False)
    assert kind == "bfloat16"
    assert array.ctypes.data == half.data_ptr()
    assert maskrle.encode(tensor.transpose(1, 2)) == maskrle.encode(STACK.swapaxes(1, 2))
    assert maskrle.encode(tensor[:, ::2, 1:]) == maskrle.encode(STACK[:, ::2, 1:])


@pytest.mark.parametrize("dtype", DTYPES)
def test_packed_integers(dtype, elsewhere):
    tensor = torch.from_numpy(STACK).to(getattr(torch, dtype))
    assert maskrle.encode(tensor) == RLES
    assert elsewhere == [4 * 37 * 7]  # one copy, of an eighth of the pixels


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("level", [0.0, 0.1, -0.3, 1e-9, 0.5, 1e30, float("inf")])
def test_packed_floats_are_those_of_the_host(dtype, level, elsewhere, monkeypatch):
    generator = torch.Generator().manual_seed(7)
    floats = torch.randn(3, 9, 16, generator=generator, dtype=torch.float64)
    floats[0, 0, :5] = torch.tensor([level, 0.1, float("nan"), float("inf"), -0.0])
    floats = floats.to(getattr(torch, dtype))
    there = [
        maskrle.encode(floats, threshold=level),
        maskrle.encode(floats, at_least=level),
    ]
    assert elsewhere == [3 * 9 * 2] * 2
    monkeypatch.undo()
    here = [
        maskrle.encode(floats, threshold=level),
        maskrle.encode(floats, at_least=level),
    ]
    assert there == here


@pytest.mark.parametrize("width", [1, 7, 8, 9, 64])
def test_packed_widths(width, elsewhere):
    pixels = torch.from_numpy(np.random.default_rng(width).random((2, 5, width)) < 0.5)
    assert maskrle.encode(pixels) == maskrle.encode(pixels.numpy())


def test_logits_and_labels_of_another_device(elsewhere):
    logits = torch.randn(2, 6, 8)
    rles = maskrle.encode(logits, threshold=0.0, size=(20, 30))
    assert elsewhere == [2 * 6 * 8 * 4]
    assert rles == maskrle.encode(logits.numpy(), threshold=0.0, size=(20, 30))
    scored = maskrle.instances(logits, threshold=0.0, stability_offset=1.0)
    assert scored == maskrle.instances(logits.numpy(), threshold=0.0, stability_offset=1.0)
    boxes = torch.tensor([[1.0, 2.0, 9.0, 9.0], [0.0, 0.0, 20.0, 10.0]])
    pasted = maskrle.paste(logits.sigmoid(), boxes, (12, 20))
    assert pasted == maskrle.paste(logits.sigmoid().numpy(), boxes.numpy(), (12, 20))
    labels = torch.tensor([[3, 3, 0]])
    values = maskrle.encode(labels, labels=True, format="values")
    assert values["values"] == [3, 0]
    with pytest.raises(TypeError, match="threshold="):
        maskrle.encode(logits)


def test_64_masks_there_equal_those_here(elsewhere, monkeypatch):
    stack = torch.from_numpy(np.random.default_rng(1).random((64, 1024, 1024), np.float32))
    stack = torch.nn.functional.avg_pool2d(stack, 9, 1, 4) - 0.5
    there = maskrle.encode(stack, threshold=0.0)
    assert elsewhere == [64 * 1024 * 1024 // 8]
    monkeypatch.undo()
    assert there == maskrle.encode(stack, threshold=0.0)


def refusal(tensor, **options):
    with pytest.raises((TypeError, ValueError)) as caught:
        maskrle.encode(tensor, **options)
    return caught.type, str(caught.value)


@pytest.mark.parametrize(
    ("tensor", "options"),
    [
        (torch.zeros(2, 3, 5, dtype=torch.uint8), {"threshold": 0.5}),
        (torch.zeros(2, 3, 5, dtype=torch.bool), {"at_least": 0.5}),
        (torch.zeros(2, 3, 5), {}),
        (torch.zeros(2, 3, 5), {"threshold": float("nan")}),
        (torch.zeros(2, 3, 5, dtype=torch.bfloat16), {"at_least": float("nan")}),
        (torch.zeros(2, 3, 5), {"labels": True}),
        (torch.zeros(5, dtype=torch.bool), {}),
        (torch.zeros(1, 1, 1, 1, 1, dtype=torch.bool), {}),
        (torch.tensor(True), {}),
        (torch.zeros(2, 3, 5, dtype=torch.complex64), {}),
        (torch.zeros(2, 3, 5, dtype=torch.complex64), {"threshold": 0.5}),
        (torch.zeros(3, 5, dtype=torch.uint8).to_sparse(), {}),
        (torch.quantize_per_tensor(torch.zeros(3, 5), 0.1, 0, torch.quint8), {}),
    ],
)
def test_what_is_refused_there_is_refused_here(tensor, options, elsewhere, monkeypatch):
    there = refusal(tensor, **options)
    if not options.get("labels"):
        assert not elsewhere
    monkeypatch.undo()
    assert refusal(tensor, **options) == there


def test_masks_in_pycocotools_place(elsewhere):
    masks = torch.from_numpy(STACK).permute(1, 2, 0)
    wanted = maskrle.mask.encode(masks.numpy())
    assert maskrle.mask.encode(masks) == wanted
    assert maskrle.mask.encode(masks[..., 0]) == wanted[0]
    with pytest.raises(TypeError, match="floats"):
        maskrle.mask.encode(masks.to(torch.bfloat16))


def test_views_that_torch_computes():
    negative = torch._neg_view(torch.from_numpy(STACK).double())
    assert maskrle.encode(negative, at_least=-0.5) == maskrle.encode(1 - STACK)


class Devices(TorchDispatchMode):
    """Notes the devices of what each operation takes and gives, and numbers that it hands out."""

    def __init__(self):
        super().__init__()
        self.devices = set()
        self.numbers = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        given = operation(*args, **(kwargs or {}))
        self.numbers += operation is torch.ops.aten._local_scalar_dense.default
        for item in tree_flatten([args, kwargs, given])[0]:
            if isinstance(item, torch.Tensor):
                self.devices.add(item.device.type)
            elif isinstance(item, torch.device):
                self.devices.add(item.type)
        return given


@pytest.mark.parametrize("dtype", [*DTYPES, *FLOATS])
def test_nothing_waits_before_the_one_copy(dtype, monkeypatch):
    class Copied(Exception):
        pass

    def to_host(tensor):
        assert list(tensor.shape) == [3, 5, 2]
        raise Copied

    monkeypatch.setattr(tensors, "_to_host", to_host)
    there = torch.empty((3, 5, 13), dtype=getattr(torch, dtype), device="meta")
    threshold = 0.5 if there.is_floating_point() else None
    with pytest.raises(Copied), Devices() as seen:
        tensors._prepared_tensor(there, threshold, None, False, False)
    assert seen.devices == {"meta"}
    assert seen.numbers == 0


def sam2(tensor):
    """Counts in the way of SAM 2's amg.py, restated mask by mask."""
    rles = []
    for mask in tensor.permute(0, 2, 1).flatten(1).tolist():
        changes = [i for i in range(1, len(mask)) if mask[i] != mask[i - 1]]
        edges = [0, *changes, len(mask)]
        counts = [0] if mask[0] else []
        counts += [end - start for start, end in itertools.pairwise(edges)]
        rles.append({"size": list(tensor.shape[1:]), "counts": counts})
    return rles


def test_sam(elsewhere):
    masks = torch.from_numpy(STACK).bool()
    masks[1] = False
    masks[2] = True
    assert tensors.mask_to_rle(masks) == sam2(masks)
    wanted = maskrle.encode(masks.numpy())
    assert tensors.rle_encode(masks) == wanted
    with_areas = tensors.rle_encode(masks, return_areas=True)
    areas = masks.flatten(1).sum(1).tolist()
    assert with_areas == [{**rle, "area": area} for rle, area in zip(wanted, areas, strict=True)]
    assert tensors.rle_encode(masks[:0]) == []
    with pytest.raises(TypeError, match="bool"):
        tensors.rle_encode(masks.float())
    with pytest.raises(ValueError, match="shape"):
        tensors.mask_to_rle(masks[0])
    for call in (tensors.mask_to_rle, tensors.rle_encode):
        with pytest.raises(TypeError, match="a tensor, not ndarray"):
            call(masks.numpy())


def test_numbers_of_tensors():
    runs = maskrle.Runs.from_masks(torch.from_numpy(STACK))
    scores = torch.tensor([0.1, 0.4, 0.3, 0.2])
    assert runs.nms(scores, 0.9).tolist() == runs.nms(scores.tolist(), 0.9).tolist()
    labels = torch.tensor([3, 4, 5, 6])
    assert runs.to_label_map(labels) == runs.to_label_map([3, 4, 5, 6])
    assert runs[torch.tensor([2, 0])] == runs[[2, 0]]
    assert runs[torch.tensor([True, False, True, False])] == runs[[0, 2]]
    crowds = torch.tensor([True, False, True, False])
    assert runs.iou(runs, crowds).tolist() == runs.iou(runs, crowds.tolist()).tolist()


def test_torch_is_not_imported_for_others():
    code = "import maskrle, numpy, sys; maskrle.encode(numpy.eye(3, dtype=bool)); "
    code += "assert 'torch' not in sys.modules; "
    code += "assert maskrle.torch.mask_to_rle and 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
