"""Write golden_snippets.json, golden_random.json and golden_strings.json next to this file.

    pip install -r tests/data/requirements.txt
    python tests/data/make_golden.py

golden_snippets.json: results of the encoders of snippets.py on masks of rectangles. A mask
[height, width] of zeros is filled by each [top, left, height, width, value] in order. The rle, coco
and kaggle keys are of the binary mask (value != 0), the values keys of the values themselves.

golden_random.json: pycocotools' strings, areas and boxes of masks drawn from splitmix64. With
state = seed, one draw is, in wrapping 64-bit arithmetic,

    state += 0x9e3779b97f4a7c15
    z = state
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb
    next() = z ^ (z >> 31)

Pixels are drawn in the order of `scan` ("row": along the rows, "column": down the columns). Each
draw is for `run` pixels that follow one another, the last one for those that are left; they are set
when (next() >> 56) < per_256.

golden_strings.json: uncompressed counts and their compressed string, up to counts of 2^32 - 1.
pycocotools overruns its buffer on large counts, so the strings come from the function below, which
is checked against pycocotools wherever that is safe.
"""

import json
from pathlib import Path

import numpy as np
import pycocotools.mask
import snippets

FOLDER = Path(__file__).resolve().parent
EDGES = [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129]
DENSITIES = [0, 2, 26, 128, 230, 256]
RUNS = [5, 17, 100, 1000]
SAFE = 2**24  # below this, a count or difference fits the buffer of pycocotools


def write(name, entries):
    """Write a list as JSON, one entry a line."""
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n", encoding="ascii", newline="\n")


def painted():
    """Name, size [h, w] and rectangles [[top, left, height, width, value], ...] of every mask of
    golden_snippets.json.
    """
    squares = [[100, 100, 100, 100, 1], [300, 300, 100, 100, 2], [700, 700, 100, 100, 4]]
    frame = [[0, 0, 20, 30, 3], [1, 1, 18, 28, 0]]
    return [
        ("squares", [1000, 1000], squares),
        ("top border", [7, 9], [[0, 3, 2, 4, 1]]),
        ("bottom border", [7, 9], [[5, 3, 2, 4, 2]]),
        ("left border", [7, 9], [[2, 0, 3, 4, 1]]),
        ("right border", [7, 9], [[2, 5, 3, 4, 3]]),
        ("top left corner", [40, 50], [[0, 0, 11, 13, 1]]),
        ("top right corner", [40, 50], [[0, 37, 11, 13, 2]]),
        ("bottom left corner", [40, 50], [[29, 0, 11, 13, 3]]),
        ("bottom right corner", [40, 50], [[29, 37, 11, 13, 4]]),
        (
            "all corners",
            [9, 7],
            [[0, 0, 2, 2, 1], [0, 5, 2, 2, 2], [7, 0, 2, 2, 3], [7, 5, 2, 2, 4]],
        ),
        ("frame", [20, 30], frame),
        ("frame around a square", [20, 30], frame + [[8, 10, 4, 9, 5]]),
        ("full", [12, 17], [[0, 0, 12, 17, 1]]),
        ("empty", [12, 17], []),
        ("first pixel", [7, 9], [[0, 0, 1, 1, 1]]),
        ("last pixel", [7, 9], [[6, 8, 1, 1, 1]]),
        ("first and last pixel", [7, 9], [[0, 0, 1, 1, 2], [6, 8, 1, 1, 1]]),
        ("one row", [1, 40], [[0, 0, 1, 5, 1], [0, 12, 1, 9, 2], [0, 39, 1, 1, 1]]),
        ("one row inside", [1, 40], [[0, 3, 1, 30, 1]]),
        ("one column", [40, 1], [[0, 0, 5, 1, 1], [12, 0, 9, 1, 2], [39, 0, 1, 1, 1]]),
        ("one column inside", [40, 1], [[3, 0, 30, 1, 1]]),
        ("one pixel set", [1, 1], [[0, 0, 1, 1, 1]]),
        ("one pixel unset", [1, 1], []),
        ("touching left and right", [16, 21], [[4, 3, 8, 6, 1], [4, 9, 8, 7, 2]]),
        ("touching top and bottom", [16, 21], [[2, 5, 6, 9, 2], [8, 5, 7, 9, 1]]),
        ("overlapping", [16, 21], [[1, 2, 10, 12, 1], [6, 8, 9, 12, 2], [8, 9, 3, 4, 0]]),
        (
            "four quarters",
            [16, 20],
            [[0, 0, 8, 10, 1], [0, 10, 8, 10, 2], [8, 0, 8, 10, 3], [8, 10, 8, 10, 255]],
        ),
    ]


def snippet_entry(name, size, rects):
    """Entry of golden_snippets.json for a mask: its rectangles, and the result of each encoder."""
    classes = np.zeros(size, np.uint8)
    for top, left, height, width, value in rects:
        classes[top : top + height, left : left + width] = value
    binary = (classes != 0).astype(np.uint8)
    values, lengths = snippets.rle(binary)
    return {
        "name": name,
        "size": size,
        "rects": rects,
        "rle": {"values": values, "lengths": lengths},
        "coco": snippets.coco(binary),
        "kaggle_rows": snippets.kaggle_rows(binary),
        "coco_counts_groupby": snippets.coco_counts_groupby(binary),
        "coco_counts_loop": snippets.coco_counts_loop(binary),
        "values_rows_1": snippets.values_rows_1(classes),
        "values_rows_2": snippets.values_rows_2(classes),
        "values_rows_3": snippets.values_rows_3(classes),
        "values_columns": snippets.values_columns(classes),
    }


def splitmix64(seed, count):
    """The first `count` draws from a seed: an array [count] of u64."""
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def drawn():
    """Size [h, w], density in 256ths, pixels a draw and scan of each mask of golden_random.json."""
    for side in range(1, 131):
        edge, density = EDGES[side % 11], DENSITIES[side % 6]
        yield [side, edge], density, 1, "row"
        yield [edge, side], DENSITIES[(side + 3) % 6], 1, "row"
    for i, edge in enumerate(EDGES):
        for step in range(4):
            yield [edge, EDGES[(i + step) % 11]], 128, 1, "row"
    for i in range(40):
        size = [[300, 400], [64, 256], [257, 129], [37, 300], [200, 1]][i % 5]
        yield size, [26, 128, 230][i % 3], RUNS[i % 4], "column"


def random_entry(seed, size, per_256, run, scan):
    """Entry of golden_random.json: a drawn mask, and pycocotools' string, area and box of it."""
    h, w = size
    bits = (splitmix64(seed, -(-h * w // run)) >> np.uint64(56)) < per_256
    pixels = np.repeat(bits, run)[: h * w].astype(np.uint8)
    mask = pixels.reshape(size, order="C" if scan == "row" else "F")
    encoded = pycocotools.mask.encode(np.asfortranarray(mask))
    return {
        "seed": seed,
        "size": size,
        "per_256": per_256,
        "run": run,
        "scan": scan,
        "coco": encoded["counts"].decode("ascii"),
        "area": int(pycocotools.mask.area(encoded)),
        "bbox": [int(number) for number in pycocotools.mask.toBbox(encoded)],
    }


def differences(counts):
    """Numbers that COCO's string holds: counts, from the fourth on less the count two before."""
    return [count - (counts[i - 2] if i > 2 else 0) for i, count in enumerate(counts)]


def compress(counts):
    """COCO's compressed string of uncompressed counts."""
    text = ""
    for x in differences(counts):
        more = True
        while more:
            c = x & 0x1F
            x >>= 5
            more = x != -1 if c & 0x10 else x != 0
            text += chr(c + (0x20 if more else 0) + 48)
    return text


def extreme_counts():
    """Lists of counts at whose values and differences a number takes one character more."""
    top = 2**32 - 1
    limits = [2 ** (bits - 1) for bits in (5, 10, 15, 20, 25, 30)]
    yield from ([0], [1], [0, 1], [0, 20], [8, 12, 6, 15], [3, 1, 0, 2], [5, 0, 0, 0, 5])
    for limit in limits:
        yield [limit - 1]
        yield [limit]
        yield [7, limit, 1, 2 * limit - 1]  # difference limit - 1
        yield [7, limit, 1, 2 * limit]  # difference limit
        yield [7, 2 * limit, 1, limit]  # difference -limit
        yield [7, 2 * limit, 1, limit - 1]  # difference -limit - 1
    yield from ([2**31 - 1], [2**31], [top], [0, top], [0, 0, top])
    yield from ([1, 0, 1, top], [1, top, 1, 0], [1, top, 1, top], [top, 0, 0, top, 0, 0])
    for seed in range(8):
        draws = splitmix64(seed, 24).tolist()
        yield [draw >> (40 + draw % 23) for draw in draws]
    for seed in range(8, 12):
        draws = splitmix64(seed, 24).tolist()
        yield [draw >> (32 + draw % 31) for draw in draws]


def string_entry(counts):
    """Entry of golden_strings.json: counts and their string, compared with pycocotools' if safe."""
    string = compress(counts)
    if all(abs(number) < SAFE for number in differences(counts)):
        h, w = sum(counts), 1
        expected = pycocotools.mask.frPyObjects({"size": [h, w], "counts": counts}, h, w)
        assert string == expected["counts"].decode("ascii"), counts
    return {"counts": counts, "string": string}


def main():
    write("golden_snippets.json", [snippet_entry(*mask) for mask in painted()])
    write("golden_random.json", [random_entry(seed, *mask) for seed, mask in enumerate(drawn(), 1)])
    write("golden_strings.json", [string_entry(counts) for counts in extreme_counts()])


if __name__ == "__main__":
    main()
