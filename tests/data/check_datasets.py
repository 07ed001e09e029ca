"""Check with pycocotools what `maskrle encode` and `maskrle convert` write of COCO's documents. No part of the ordinary tests.

    pip install -r tests/data/requirements.txt
    cargo build --release --features cli
    python tests/data/check_datasets.py target/release/maskrle
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FOLDER = Path(__file__).resolve().parent
MASKRLE = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else "maskrle"


def maskrle(*args):
    subprocess.run([MASKRLE, *map(str, args)], check=True, stderr=subprocess.DEVNULL)


def box(mask):
    ys, xs = np.nonzero(mask)
    return [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1]


def check_masks(coco, masks):
    """The dataset's annotations are these masks, in their order: pixels, areas and boxes."""
    annotations = coco.dataset["annotations"]
    assert len(annotations) == len(masks)
    for annotation, mask in zip(annotations, masks):
        assert np.array_equal(coco.annToMask(annotation), mask)
        assert annotation["area"] == mask.sum()
        assert annotation["bbox"] == box(mask)
        image = coco.imgs[annotation["image_id"]]
        assert (image["height"], image["width"]) == mask.shape


def check_against_themselves(truth, results):
    """The results load, and COCOeval of them gives an average precision of 1."""
    loaded = truth.loadRes(str(results))
    for truth_annotation, found in zip(truth.dataset["annotations"], loaded.dataset["annotations"]):
        assert truth_annotation["area"] == found["area"]
        assert truth_annotation["bbox"] == list(found["bbox"])
    evaluation = COCOeval(truth, loaded, "segm")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert np.isclose(evaluation.stats[0], 1), evaluation.stats  # a mean, whose sum is rounded


def check_encoded(folder, name, masks, *options):
    dataset, results = folder / "dataset.json", folder / "results.json"
    maskrle("encode", FOLDER / name, *options, "--format", "coco-dataset", "-o", dataset)
    maskrle("encode", FOLDER / name, *options, "--format", "coco-results", "-o", results)
    truth = COCO(str(dataset))
    check_masks(truth, masks)
    check_against_themselves(truth, results)
    return truth


def main():
    coins = np.load(FOLDER / "coins.npy")
    labels = np.load(FOLDER / "coins_labels.npy")
    of_labels = [(labels == label).astype(np.uint8) for label in range(1, labels.max() + 1)]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        truth = check_encoded(folder, "coins.npy", coins, "--category", "3:coin")
        assert truth.dataset["images"] == [{"id": 1, "file_name": "coins.npy", "height": 152, "width": 192}]
        assert truth.dataset["categories"] == [{"id": 3, "name": "coin"}]
        truth = check_encoded(folder, "coins.npy", coins, "--stack", "images")
        assert [image["file_name"] for image in truth.dataset["images"]][-1] == "coins.npy:21"
        check_encoded(folder, "coins_labels.png", of_labels, "--labels")
        truth = check_encoded(folder, "coins_labels.png", of_labels, "--labels", "--categories", "label")
        assert [annotation["category_id"] for annotation in truth.dataset["annotations"]] == list(range(1, 23))
    print("all is as it should be")


if __name__ == "__main__":
    main()
