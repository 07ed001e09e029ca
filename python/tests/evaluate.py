"""COCOeval over a made dataset, with pycocotools' masks or maskrle's: its stats and a digest.

python evaluate.py segm|bbox [--images N] [--maskrle]
"""

import argparse
import contextlib
import hashlib
import io
import json
import time

import numpy as np


def blob(rng, height, width):
    """A mask of one random ellipse."""
    y, x = np.ogrid[:height, :width]
    middle_y, middle_x = rng.uniform(0, height), rng.uniform(0, width)
    radius_y, radius_x = rng.uniform(3, height / 3), rng.uniform(3, width / 3)
    inside = ((y - middle_y) / radius_y) ** 2 + ((x - middle_x) / radius_x) ** 2 < 1
    return np.asfortranarray(inside, np.uint8)


def ring(rng, height, width):
    """A polygon around a random middle."""
    corners = rng.integers(3, 12)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = rng.uniform(5, 60, corners)
    points = np.stack([np.cos(angles) * radius, np.sin(angles) * radius], 1)
    points += rng.uniform([0, 0], [width, height])
    return np.clip(points, 0, [width, height]).round(2).ravel().tolist()


def dataset(images, mask):
    """A dataset with crowds, polygons and masks, and results that resemble it."""
    rng = np.random.default_rng(17)
    truth = {"images": [], "annotations": [], "categories": [{"id": 1}, {"id": 2}]}
    found = []
    for image in range(1, images + 1):
        height, width = int(rng.integers(60, 200)), int(rng.integers(60, 200))
        truth["images"].append({"id": image, "height": height, "width": width})
        for _ in range(rng.integers(0, 6)):
            is_crowd = bool(rng.random() < 0.15)
            pixels = blob(rng, height, width)
            rle = mask.encode(pixels)
            counts = np.diff(np.flatnonzero(np.diff(pixels.ravel(order="F"), prepend=0, append=2)))
            first = int(np.argmax(np.append(pixels.ravel(order="F"), 1)))
            segmentation = {
                "size": [height, width],
                "counts": [first, *counts.tolist()],
            }
            if not is_crowd and rng.random() < 0.5:
                segmentation = [ring(rng, height, width) for _ in range(rng.integers(1, 3))]
            category = int(rng.integers(1, 3))
            truth["annotations"].append(
                {
                    "id": len(truth["annotations"]) + 1,
                    "image_id": image,
                    "category_id": category,
                    "iscrowd": int(is_crowd),
                    "area": float(mask.area(rle)),
                    "bbox": mask.toBbox(rle).tolist(),
                    "segmentation": segmentation,
                }
            )
            for _ in range(rng.integers(0, 3)):
                moved = np.roll(pixels, rng.integers(-6, 7, 2), (0, 1))
                rle = mask.encode(np.asfortranarray(moved))
                found.append(
                    {
                        "image_id": image,
                        "category_id": category,
                        "score": float(rng.random()),
                        "bbox": mask.toBbox(rle).tolist(),
                        "segmentation": {
                            "size": rle["size"],
                            "counts": rle["counts"].decode(),
                        },
                    }
                )
    return truth, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["segm", "bbox"])
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--maskrle", action="store_true")
    options = parser.parse_args()
    if options.maskrle:
        import maskrle

        maskrle.init_as_pycocotools()
    from pycocotools import mask
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth, found = dataset(options.images, mask)
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        start = time.perf_counter()
        results = coco.loadRes(
            [{k: v for k, v in r.items() if k in wanted(options.kind)} for r in found]
        )
        evaluation = COCOeval(coco, results, options.kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        seconds = time.perf_counter() - start
    digest = hashlib.sha256()
    for name in ("precision", "recall", "scores"):
        digest.update(np.ascontiguousarray(evaluation.eval[name]).tobytes())
    for key in sorted(evaluation.ious):
        digest.update(np.ascontiguousarray(evaluation.ious[key], np.float64).tobytes())
    print(
        json.dumps(
            {
                "module": mask.__name__,
                "stats": evaluation.stats.tolist(),
                "digest": digest.hexdigest(),
                "seconds": seconds,
            }
        )
    )


def wanted(kind):
    """Members of a result for a kind of evaluation."""
    common = {"image_id", "category_id", "score"}
    return common | ({"segmentation"} if kind == "segm" else {"bbox"})


if __name__ == "__main__":
    main()
