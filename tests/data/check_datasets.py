"""Check with pycocotools what `maskrle encode` and `maskrle convert` write of COCO's documents. No
part of the ordinary tests.

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


def check_converted(folder):
    """Polygons and counts become the strings that pycocotools makes of them; strings become counts
    again.
    """
    rng = np.random.default_rng(6)
    images = [
        {"id": i, "file_name": f"{i}.jpg", "height": 60 + i, "width": 80} for i in range(1, 6)
    ]
    annotations = []
    for i in range(200):
        image = images[i % 5]
        polygons = [
            (rng.random(6 + 2 * (i % 9)) * 90 - 5).round(2).tolist() for _ in range(1 + i % 3)
        ]
        pixels = rng.random((image["height"], image["width"])) < 0.3
        flips = np.flatnonzero(
            np.diff(pixels.ravel(order="F"), prepend=False, append=~pixels[-1, -1])
        )
        counts = np.diff(flips, prepend=0).tolist()
        segmentation = polygons if i % 2 else {"size": list(pixels.shape), "counts": counts}
        annotations.append(
            {"id": i + 1, "image_id": image["id"], "category_id": 1, "segmentation": segmentation}
        )
    made, converted, counted, again = (
        folder / f"{name}.json" for name in ("made", "rle", "counts", "again")
    )
    # The images last: their sizes are needed before they are met.
    made.write_text(
        json.dumps(
            {"annotations": annotations, "images": images, "categories": [{"id": 1, "name": "a"}]}
        )
    )
    maskrle("convert", made, converted)
    maskrle("convert", converted, counted, "--to", "coco-counts")
    maskrle("convert", counted, again)
    assert converted.read_text() == again.read_text()
    truth, found, numbers = COCO(str(made)), COCO(str(converted)), COCO(str(counted))
    for annotation in annotations:
        expected = truth.annToRLE(truth.anns[annotation["id"]])
        for coco in found, numbers:
            rle = coco.annToRLE(coco.anns[annotation["id"]])
            assert rle["size"] == expected["size"]
            strings = [
                counts if isinstance(counts, str) else counts.decode()
                for counts in (rle["counts"], expected["counts"])
            ]
            assert strings[0] == strings[1], annotation["id"]


def main():
    coins = np.load(FOLDER / "coins.npy")
    labels = np.load(FOLDER / "coins_labels.npy")
    of_labels = [(labels == label).astype(np.uint8) for label in range(1, labels.max() + 1)]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        truth = check_encoded(folder, "coins.npy", coins, "--category", "3:coin")
        assert truth.dataset["images"] == [
            {"id": 1, "file_name": "coins.npy", "height": 152, "width": 192}
        ]
        assert truth.dataset["categories"] == [{"id": 3, "name": "coin"}]
        truth = check_encoded(folder, "coins.npy", coins, "--stack", "images")
        assert [image["file_name"] for image in truth.dataset["images"]][-1] == "coins.npy:21"
        check_encoded(folder, "coins_labels.png", of_labels, "--labels")
        truth = check_encoded(
            folder, "coins_labels.png", of_labels, "--labels", "--categories", "label"
        )
        assert [annotation["category_id"] for annotation in truth.dataset["annotations"]] == list(
            range(1, 23)
        )
        check_converted(folder)
    print("all is as it should be")


if __name__ == "__main__":
    main()
