"""Writes golden_dialects.json: masks as the tools of datasets and of annotators write them.

Of each tool the one module is loaded that encodes, so that none of what it needs besides is:

    pip install --no-deps -r tests/data/requirements_dialects.txt

nuImages has a reader alone, and the encoder of Open Images stands on a page: both are COCO's string,
wrapped, and the reader is asked to read it. CVAT's XML is written by its server, which is on no
index: its dump_as_cvat_annotation is two lines on top of the SDK's points.
"""

import base64
import importlib.metadata
import importlib.util
import json
import zlib
from pathlib import Path

import numpy as np
from pycocotools import mask as coco

DATA = Path(__file__).parent


def module(package: str, path: str):
    """One file of an installed package, without the package around it."""
    found = importlib.metadata.distribution(package).locate_file(path)
    spec = importlib.util.spec_from_file_location(Path(path).stem, found)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


brush = module("label-studio-sdk", "label_studio_sdk/converter/brush.py")
cvat = module("cvat-sdk", "cvat_sdk/masks.py")


def masks():
    """Masks of one pixel and more, of noise, of bands, and of photographs."""
    random = np.random.default_rng(1)
    for size in [(1, 1), (1, 1), (1, 9), (9, 1), (4, 6), (7, 13), (30, 41)]:
        for share in [0.0, 0.1, 0.5, 1.0]:
            yield random.random(size) < share
    band = np.zeros((40, 70), bool)
    band[10:31] = True
    yield band
    # Runs of which Label Studio makes several blocks.
    long = np.zeros((300, 200), bool)
    long[100:] = True
    yield long
    yield np.load(DATA / "horse.npy")[::2, ::2]
    labels = np.load(DATA / "coins_labels.npy")
    yield from (labels == label for label in (3, 17))


def read_nuimages(mask: dict) -> np.ndarray:
    """`mask_decode` of nuimages.utils.utils, whose module needs matplotlib."""
    source = importlib.metadata.distribution("nuscenes-devkit")
    text = Path(source.locate_file("nuimages/utils/utils.py")).read_text()
    body = text[text.index("def mask_decode") : text.index("def get_font")]
    names = {"np": np, "base64": base64, "cocomask": coco}
    exec(body, names)  # noqa: S102 - a function of the installed package
    return names["mask_decode"](mask)


def entry(mask: np.ndarray) -> dict:
    rle = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    counts = rle["counts"]
    nuimages = base64.b64encode(counts).decode()
    size = list(mask.shape)
    assert (read_nuimages({"size": size, "counts": nuimages}) == mask).all()
    points = cvat.encode_mask(mask)
    height, width = size
    decoded = cvat.decode_mask(points, image_width=width, image_height=height)
    assert (decoded == mask).all()
    packed = brush.mask2rle(mask.astype(np.uint8) * 255)
    alpha = brush.decode_rle(packed).reshape(height, width, 4)[:, :, 3]
    assert ((alpha > 0) == mask).all()
    left, top, right, bottom = points[-4:]
    return {
        "size": size,
        "coco": counts.decode(),
        "nuimages": nuimages,
        "open_images": base64.b64encode(zlib.compress(counts, zlib.Z_BEST_COMPRESSION)).decode(),
        "cvat": points,
        "cvat_xml": {
            "rle": str(points[:-4])[1:-1],
            "place": [left, top, right - left + 1, bottom - top + 1],
        },
        "label_studio": packed,
    }


lines = ",\n".join(json.dumps(entry(mask), separators=(",", ":")) for mask in masks())
(DATA / "golden_dialects.json").write_text(f"[\n{lines}\n]\n")
