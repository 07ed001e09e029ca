"""Writes golden_yolo.json: masks as supervision writes them in YOLO's lines, each with pycocotools'
string of the line's own polygon.

    pip install -r tests/data/requirements_yolo.txt

A line has one outer contour, with ways to its holes and back, of as many points as supervision
keeps of it; so the string is not that of the mask, but of the text.
"""

import json
from pathlib import Path

import numpy as np
import supervision
from pycocotools import mask as coco
from supervision.dataset.formats.yolo import detections_to_yolo_annotations

DATA = Path(__file__).parent


def masks():
    """A ring with a speck, a photograph's segments, and boxes at the borders."""
    rows, columns = np.ogrid[:90, :120]
    distance = (rows - 40) ** 2 + (columns - 60) ** 2
    ring = (distance < 35**2) & (distance > 12**2)
    ring[80:88, 100:110] = True
    yield ring
    labels = np.load(DATA / "coins_labels.npy")
    for label in np.unique(labels)[1:4]:
        yield labels == label
    yield np.load(DATA / "horse.npy").astype(bool)
    box = np.zeros((40, 50), bool)
    box[:7, 30:] = True
    yield box


def rows():
    for number, mask in enumerate(masks()):
        detections = supervision.Detections(
            xyxy=supervision.mask_to_xyxy(mask[None]),
            mask=mask[None],
            class_id=np.array([number]),
        )
        for kept in (0.0, 0.75):
            lines = detections_to_yolo_annotations(
                detections, mask.shape, approximation_percentage=kept
            )
            for line in lines:
                share = np.array(line.split()[1:], float).reshape(-1, 2)
                height, width = mask.shape
                polygon = (share * [width, height]).ravel().tolist()
                (rle,) = coco.frPyObjects([polygon], height, width)
                yield {"line": line, "size": rle["size"], "counts": rle["counts"].decode()}


lines = ",\n".join(json.dumps(row) for row in rows())
(DATA / "golden_yolo.json").write_text(f"[\n{lines}\n]\n")
