"""Write golden_ops.json next to this file: what pycocotools gives for operations on masks that it
encoded.

    pip install -r tests/data/requirements.txt
    python tests/data/make_ops_golden.py

Every entry has a list of masks of one size as pycocotools' strings, and of these: area and box of
each, union and intersection of all, and iou of the first half with the second, which once are no
crowds and once every other is one. Boxes: the strings of boxes of floats, and iou of boxes.

The masks are drawn by splitmix64 as in make_golden.py, or stand in this folder: the horse, and the
coins.
"""

import json
from pathlib import Path

import numpy as np
import pycocotools.mask as coco
from make_golden import splitmix64

FOLDER = Path(__file__).resolve().parent


def drawn(seed, h, w, run, per_256):
    bits = (splitmix64(seed, -(-h * w // run)) >> np.uint64(56)) < per_256
    return np.repeat(bits, run)[: h * w].reshape((h, w), order="F")


def stacks():
    """(name, [masks of one size])."""
    seed = 0
    for h, w in [[1, 1], [1, 40], [40, 1], [7, 9], [64, 65], [50, 33], [130, 21]]:
        for run, per_256 in [[1, 128], [4, 60], [37, 100], [200, 40]]:
            seed += 10
            yield f"drawn {seed}", [drawn(seed + i, h, w, run, per_256) for i in range(4)]
    empty, full = np.zeros((5, 6), bool), np.ones((5, 6), bool)
    yield "empty and full", [empty, full, empty, full]
    horse = np.load(FOLDER / "horse.npy")
    yield "horses", [horse, horse[::-1], horse[:, ::-1], np.roll(horse, 40, axis=1)]
    coins = np.load(FOLDER / "coins_labels.npy")
    yield (
        "coins",
        [coins == 1, coins == 2, np.roll(coins == 1, 7, axis=0), (coins > 0) & (coins < 12)],
    )


def ascii_of(rle):
    return rle["counts"].decode("ascii")


def entry(name, masks):
    rles = [coco.encode(np.asfortranarray(mask.astype(np.uint8))) for mask in masks]
    half = len(rles) // 2
    crowd = [i % 2 for i in range(len(rles) - half)]
    return {
        "name": name,
        "size": list(masks[0].shape),
        "masks": [ascii_of(rle) for rle in rles],
        "area": coco.area(rles).tolist(),
        "bbox": coco.toBbox(rles).astype(int).tolist(),
        "union": ascii_of(coco.merge(rles)),
        "intersection": ascii_of(coco.merge(rles, intersect=True)),
        "iou": coco.iou(rles[:half], rles[half:], [0] * len(crowd)).tolist(),
        "iou_crowd": coco.iou(rles[:half], rles[half:], crowd).tolist(),
        "pixels": [int(mask.sum()) for mask in coco.decode(rles).transpose(2, 0, 1)],
    }


def boxes():
    """Boxes as masks: on the grid and off it, in the image and beyond it, and of no width."""
    random = np.random.default_rng(5)
    for i in range(120):
        h, w = int(random.integers(1, 40)), int(random.integers(1, 40))
        box = np.concatenate([random.uniform(-8, 40, 2), random.uniform(0.5, 40, 2)])
        if i % 3 == 0:
            box = np.round(box)
        elif i % 3 == 1:
            box = np.round(box, 1)
        box = [float(number) for number in box]
        [rle] = coco.frPyObjects(np.array([box]), h, w)
        yield {"size": [h, w], "box": box, "mask": ascii_of(rle)}


def box_iou():
    random = np.random.default_rng(6)
    found, truth = random.uniform(0, 20, (6, 4)).round(3), random.uniform(0, 20, (5, 4)).round(3)
    crowd = [0, 1, 0, 1, 0]
    return {
        "found": found.tolist(),
        "truth": truth.tolist(),
        "crowd": crowd,
        "iou": coco.iou(found, truth, [0] * 5).tolist(),
        "iou_crowd": coco.iou(found, truth, crowd).tolist(),
    }


def main():
    golden = {
        "stacks": [entry(*stack) for stack in stacks()],
        "boxes": list(boxes()),
        "box_iou": box_iou(),
    }
    lists = {
        name: ",\n".join(json.dumps(item) for item in golden[name]) for name in ("stacks", "boxes")
    }
    text = "{\n" + "".join(f'"{name}": [\n{items}\n],\n' for name, items in lists.items())
    text += f'"box_iou": {json.dumps(golden["box_iou"])}\n}}\n'
    (FOLDER / "golden_ops.json").write_text(text, encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
