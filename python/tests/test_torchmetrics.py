"""torchmetrics' mean average precision is the same on maskrle.mask as on pycocotools'."""

import json
import subprocess
import sys

import pytest

CODE = """
import json
import sys

if "maskrle" in sys.argv:
    import maskrle

    maskrle.init_as_pycocotools()
import torch
from pycocotools import mask
from torchmetrics.detection import MeanAveragePrecision

torch.manual_seed(17)
y, x = torch.meshgrid(torch.arange(60), torch.arange(80), indexing="ij")


def discs(count):
    middles = torch.rand(count, 2) * torch.tensor([60, 80])
    radii = 4 + 14 * torch.rand(count)
    return torch.stack(
        [(y - m[0]) ** 2 + (x - m[1]) ** 2 < r**2 for m, r in zip(middles, radii)]
    )


metric = MeanAveragePrecision(iou_type="segm", class_metrics=True)
for _ in range(40):
    truth = discs(4)
    labels = torch.randint(2, (4,))
    found = torch.stack([mask.roll((int(torch.randint(-4, 5, ())), 2), (0, 1)) for mask in truth])
    metric.update(
        [{"masks": found, "scores": torch.rand(4), "labels": labels}],
        [{"masks": truth, "labels": labels, "iscrowd": torch.randint(2, (4,))}],
    )
results = {name: value.tolist() for name, value in metric.compute().items()}
print(json.dumps([mask.__name__, results]))
"""


def test_mean_average_precision_is_identical():
    pytest.importorskip("torchmetrics")
    pytest.importorskip("torchvision", reason="torchmetrics detects with it alone")

    def computed(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", CODE, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    (theirs_name, theirs), (ours_name, ours) = computed(), computed("maskrle")
    assert (theirs_name, ours_name) == ("pycocotools.mask", "maskrle.mask")
    assert ours == theirs
    assert 0 < ours["map"] < 1
