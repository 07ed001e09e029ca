"""Writes golden_annotators.json, files of annotators whose masks are PNGs, as their tools write them,
and golden_label_pngs.json, PNGs of labels and pycocotools' strings of the masks in them.

Of each tool the functions that pack a mask are loaded, so that none of what it needs besides is:

    pip install --no-deps -r tests/data/requirements_annotators.txt

panopticapi, which has COCO's panoptic files, is on no index, and neither are the tools of Cityscapes
and Pascal VOC: their PNGs are made by Pillow, with the ids that their pages define.
"""

import __future__

import ast
import base64
import importlib.metadata
import io
import json
import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from PIL import Image
from pycocotools import mask as coco

DATA = Path(__file__).parent
# Types that are named are not there.
FUTURE = __future__.annotations.compiler_flag


def functions(package: str, path: str, wanted: set, names: dict) -> dict:
    """Functions of a file of an installed package, methods among them, which need these names."""
    file = Path(importlib.metadata.distribution(package).locate_file(path))
    found = [
        node
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name in wanted
    ]
    for node in found:
        node.decorator_list = []
    code = compile(ast.Module(found, []), str(file), "exec", flags=FUTURE)
    exec(code, names)  # noqa: S102 - of the installed package
    return names


IMPORTED = {
    "np": np,
    "cv2": cv2,
    "zlib": zlib,
    "base64": base64,
    "io": io,
    "Image": Image,
    "PIL": PIL,
}
supervisely = functions(
    "supervisely",
    "supervisely/geometry/bitmap.py",
    {"data_2_base64", "base64_2_data"},
    dict(IMPORTED),
)
labelme = functions(
    "labelme",
    "labelme/utils/image.py",
    {"img_arr_to_b64", "img_arr_to_data", "img_pil_to_data"},
    dict(IMPORTED),
)


def masks():
    """Masks of one pixel and more, of noise, and of photographs."""
    random = np.random.default_rng(2)
    for size in [(1, 1), (1, 9), (9, 1), (7, 13), (30, 41)]:
        for share in [0.2, 0.6, 1.0]:
            mask = random.random(size) < share
            mask[0, 0] = True
            yield mask
    yield np.load(DATA / "horse.npy")[::4, ::4]
    labels = np.load(DATA / "coins_labels.npy")
    yield from (labels == label for label in (3, 17))


def counts(mask: np.ndarray) -> str:
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


def entry(mask: np.ndarray) -> dict:
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    top, bottom, left, right = (
        int(i) for i in (rows.min(), rows.max(), columns.min(), columns.max())
    )
    part = mask[top : bottom + 1, left : right + 1]
    data = supervisely["data_2_base64"](part)
    assert (supervisely["base64_2_data"](data) == part).all()
    return {
        "size": [height, width],
        "counts": counts(mask),
        "supervisely": {
            "size": {"height": height, "width": width},
            "objects": [
                {
                    "classTitle": "thing",
                    "geometryType": "bitmap",
                    "bitmap": {"data": data, "origin": [left, top]},
                }
            ],
        },
        "labelme": {
            "imagePath": "a.jpg",
            "imageHeight": height,
            "imageWidth": width,
            "shapes": [
                {
                    "label": "thing",
                    "points": [[float(left), float(top)], [float(right), float(bottom)]],
                    "shape_type": "mask",
                    "mask": labelme["img_arr_to_b64"](part.astype(np.uint8)),
                }
            ],
        },
    }


lines = ",\n".join(json.dumps(entry(mask), separators=(",", ":")) for mask in masks())
(DATA / "golden_annotators.json").write_text(f"[\n{lines}\n]\n")


def png(pixels: np.ndarray, palette: list | None = None) -> str:
    """Base64 of a PNG."""
    image = Image.fromarray(pixels)
    if palette is not None:
        image.putpalette(palette)
    file = io.BytesIO()
    image.save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode()


def label_pngs():
    """Coins as segments, as instances and regions, and as classes."""
    coins = np.load(DATA / "coins_labels.npy")[::2, ::2].astype(np.uint32)
    # Ids of more than 16 bits.
    ids = coins * 70001
    colours = np.stack([ids % 256, ids // 256 % 256, ids // 65536], -1).astype(np.uint8)
    yield "panoptic", ids, png(colours)
    instances = np.where(coins > 0, 26000 + coins, 7).astype(np.uint16)
    instances[:9] = 24
    yield "cityscapes", instances, png(instances)
    classes = np.where(coins == 9, 255, coins % 21).astype(np.uint8)
    palette = [level for index in range(256) for level in (index, 255 - index, 7)]
    yield "voc", np.where(classes == 255, 0, classes), png(classes, palette)


def label_png(dialect: str, labels: np.ndarray, file: str) -> dict:
    masks = {int(label): counts(labels == label) for label in np.unique(labels) if label}
    return {"dialect": dialect, "size": list(labels.shape), "png": file, "masks": masks}


lines = ",\n".join(json.dumps(label_png(*of), separators=(",", ":")) for of in label_pngs())
(DATA / "golden_label_pngs.json").write_text(f"[\n{lines}\n]\n")
