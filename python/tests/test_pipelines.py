"""The paragraphs of docs/python.md on datasets and loaders do what they say."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "python.md"

DATASETS = """
import numpy as np
from datasets import Dataset

stacks = [(np.arange(h * w).reshape(h, w) % 5 < 2) for h, w in [(3, 4), (5, 2), (3, 4)] * 7]
dataset = Dataset.from_dict({"id": list(range(21)), "mask": [stack.tolist() for stack in stacks]})
#
assert dataset.column_names == ["id", "rle"]
assert list(dataset["rle"]) == [maskrle.encode(stack) for stack in stacks]
decoded = maskrle.decode(dataset[1]["rle"])
assert np.array_equal(decoded, stacks[1])
"""

LOADER = """
import torch

masks = [(torch.arange(h * w).reshape(h, w) % 5 < 2) for h, w in [(3, 4), (5, 2), (3, 4)] * 7]
samples = [(torch.full((2, 2), float(index)), mask) for index, mask in enumerate(masks)]
maskrle_before = __import__("maskrle").encode(masks)  # the parent has threads already
#
batches = [*loader]
assert [len(images) for images, _ in batches] == [4, 4, 4, 4, 4, 1]
assert [rle for _, rles in batches for rle in rles] == maskrle_before
"""


def paragraph(word):
    """The block of code of the page that has a word."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (block,) = [block for block in blocks if word in block]
    return block


@pytest.mark.parametrize(
    ("package", "word", "around", "change"),
    [
        ("datasets", "dataset.map(", DATASETS, ("batched=True", "batched=True, batch_size=4")),
        ("datasets", "dataset.map(", DATASETS, ("batched=True", "batched=True, num_proc=2")),
        ("torch", "DataLoader(", LOADER, ("num_workers=2", "num_workers=0")),
        ("torch", "DataLoader(", LOADER, ("", "")),
    ],
)
def test_pipelines(package, word, around, change, tmp_path):
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    if not PAGE.exists():
        pytest.skip("the page is not in this package")
    before, after = around.split("#\n")
    script = tmp_path / "script.py"
    script.write_text(before + paragraph(word).replace(*change) + after)
    offline = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, script],
        env=os.environ | offline,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
