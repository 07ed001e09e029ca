"""Write golden_polygons.json next to this file: 10,000 polygons, and pycocotools' strings of their
masks.

    pip install -r tests/data/requirements.txt
    python tests/data/make_polygon_golden.py

Every entry is [kind, height, width, polygon, string], the polygon as [x0, y0, x1, y1, ...] with two
decimals at most. A third of the coordinates are whole, a third of one decimal: on edges of pixels,
and halfway between the lines of pycocotools' grid.
"""

import json
from pathlib import Path

import numpy as np
import pycocotools.mask as coco

FOLDER = Path(__file__).resolve().parent
COUNT = 10_000


def around(random, points, radii):
    """Points around a centre at 0, by angle."""
    angles = np.sort(random.uniform(0, 2 * np.pi, points))
    return radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def convex(random, size):
    points = random.integers(3, 9)
    return around(random, points, np.ones(points)) * size / 2 * random.uniform(0.3, 1, 2) + size / 2


def concave(random, size):
    points = random.integers(4, 12)
    return around(random, points, random.uniform(0.2, 1, points)) * size / 2 + size / 2


def crossing(random, size):
    return random.uniform(0, size, (random.integers(4, 12), 2))


def triangle(random, size):
    return random.uniform(-0.2 * size, 1.2 * size, (3, 2))


def partly_outside(random, size):
    return random.uniform(-2 * size, 3 * size, (random.integers(3, 8), 2))


def wholly_outside(random, size):
    way = random.choice([-1, 1], 2) * random.permutation([1.1, random.uniform(0, 1.1)])
    return convex(random, size) + way * size


def far_outside(random, size):
    return random.uniform(-1, 1, (random.integers(3, 6), 2)) * 10.0 ** random.integers(2, 6)


def around_all(random, size):
    corners = np.array([[-1, -1], [2, -1], [2, 2], [-1, 2]])
    return (corners + random.uniform(-0.9, 0.9, (4, 2))) * size


def in_a_line(random, size):
    first, last = random.uniform(0, size, (2, 2))
    along = random.uniform(0, 1, (random.integers(3, 7), 1))
    return first + along * (last - first) * random.choice([[1, 1], [0, 1], [1, 0]])


def repeated(random, size):
    points = crossing(random, size)
    return np.repeat(points, random.integers(1, 4, len(points)), axis=0)


def one_point(random, size):
    return np.repeat(random.uniform(0, size, (1, 2)), random.integers(3, 6), axis=0)


def there_and_back(random, size):
    points = crossing(random, size)
    return np.concatenate([points, points[::-1]])


def thin(random, size):
    points = random.uniform(0, size, (random.integers(2, 4), 2))
    return np.concatenate([points, points[::-1] + random.uniform(-0.8, 0.8, points.shape)])


def steps(random, size):
    """Along the edges of pixels only."""
    points = random.integers(0, size + 1, (random.integers(2, 6), 2)).astype(float)
    corners = np.stack([np.roll(points[:, 0], -1), points[:, 1]], axis=1)
    return np.stack([points, corners], axis=1).reshape(-1, 2)


KINDS = [
    convex,
    concave,
    crossing,
    triangle,
    partly_outside,
    wholly_outside,
    far_outside,
    around_all,
    in_a_line,
]
KINDS += [repeated, one_point, there_and_back, thin, steps]


def entry(random, index):
    kind = KINDS[index % len(KINDS)]
    size = random.integers(1, 33, 2)  # [width, height], as points are [x, y]
    if index % 50 == 0:
        size[random.integers(2)] *= 12
    polygon = kind(random, size).round(int(random.integers(3))).ravel().tolist()
    width, height = size.tolist()
    [rle] = coco.frPyObjects([polygon], height, width)
    numbers = [int(number) if number == int(number) else number for number in polygon]
    return [kind.__name__, height, width, numbers, rle["counts"].decode("ascii")]


def main():
    random = np.random.default_rng(11)
    lines = ",\n".join(
        json.dumps(entry(random, index), separators=(",", ":")) for index in range(COUNT)
    )
    (FOLDER / "golden_polygons.json").write_text(f"[\n{lines}\n]\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
