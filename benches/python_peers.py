#!/usr/bin/env python3
"""Time the Python package beside its peers: each function of pycocotools.mask, all in one run.

    python benches/python_peers.py           # --rounds N, --seconds S
    python benches/python_peers.py --write   # and put the tables into benches/PYTHON.md

Peers are those of peers.py, in its environment, into which ./python is installed first. How it is
fair:
- Every round, everyone takes a turn; what counts is the least time of all rounds. Making and reading
  dicts and lists counts for all.
- Masks to encode are Fortran-ordered, as pycocotools wants them.
- Every result is compared with pycocotools' before anything is timed, or with ours where it fails.
- "1 thread" is maskrle with RAYON_NUM_THREADS=1, in a process of its own, in the same rounds.
- vernier has no such functions in its Python face; rlemasklib has others, which are timed for what
  they do alike.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import peers
from ops_peers import least

FOLDER = Path(__file__).resolve().parent
INSTALLED = peers.VENV / "maskrle-installed"
US = "maskrle"
ALONE = "maskrle, 1 thread"


def install():
    """Install ./python into this environment, if its sources are newer than what is there."""
    folders = [FOLDER.parent / name for name in ("src", "python/src", "python/maskrle")]
    newest = max(file.stat().st_mtime for folder in folders for file in folder.rglob("*.*"))
    if INSTALLED.exists() and INSTALLED.stat().st_mtime > newest:
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", "--force-reinstall", "./python"], check=True, cwd=FOLDER.parent
    )
    INSTALLED.touch()


def modules():
    """The modules that stand in pycocotools.mask's place, by name."""
    import hotcoco.mask
    import pycocotools.mask
    import ultrafast_pycocotools.mask
    from faster_coco_eval.core import mask as faster

    import maskrle.mask

    return {
        US: maskrle.mask,
        "pycocotools": pycocotools.mask,
        "faster-coco-eval": faster,
        "hotcoco": hotcoco.mask,
        "ultrafast-pycocotools": ultrafast_pycocotools.mask,
    }


def outline(random, height, width):
    """A polygon of 8 to 40 points around a random middle: [x0, y0, x1, y1, ...]."""
    corners = random.integers(8, 40)
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = random.uniform(20, 90, corners)
    points = np.stack([np.cos(angles) * radius, np.sin(angles) * radius], 1)
    points += random.uniform([0, 0], [width, height])
    return np.clip(points, 0, [width, height]).round(2).ravel().tolist()


def stacks():
    """Masks [h, w, n] to encode, Fortran-ordered, by name."""
    shapes = {
        "one 28 x 28": (1, 28, 28),
        "one 480 x 640": (1, 480, 640),
        "64 x 1024²": (64, 1024, 1024),
    }
    return {
        name: np.asfortranarray(peers.blobs(*shape).transpose(1, 2, 0))
        for name, shape in shapes.items()
    }


def calls(module, masks, polygons, size):
    """Calls to be timed: {function: call}. One mask goes as one, not as a list of one."""
    import pycocotools.mask as coco

    if masks is None:  # masks of COCO's size, from polygons
        rles = coco.frPyObjects(polygons, *size)
        return {
            "frPyObjects, polygons": lambda: module.frPyObjects(polygons, *size),
            "area": lambda: module.area(rles),
            "toBbox": lambda: module.toBbox(rles),
            "merge": lambda: module.merge(rles),
            "iou, 100 x 100": lambda: module.iou(rles[:100], rles[100:200], [0] * 100),
            "iou, 1000 boxes": lambda: module.iou(
                [[i, i, 50, 60] for i in range(1000)],
                [[i, i, 60, 50] for i in range(1000)],
                [0] * 1000,
            ),
            "decode, 100": lambda: module.decode(rles[:100]),
        }
    rles = coco.encode(masks)
    pixels, given = (masks[:, :, 0], rles[0]) if len(rles) == 1 else (masks, rles)
    return {
        "encode": lambda: module.encode(pixels),
        "decode": lambda: module.decode(given),
        "area": lambda: module.area(given),
        "toBbox": lambda: module.toBbox(given),
        "merge": lambda: module.merge(rles),
        "iou": lambda: module.iou(rles, rles, [0] * len(rles)),
    }


def rlemasklib_calls(masks):
    """What rlemasklib does alike, on its own functions."""
    import pycocotools.mask as coco
    import rlemasklib

    rles = coco.encode(masks)
    pixels = [masks[:, :, index] for index in range(len(rles))]
    return {
        "encode": lambda: [rlemasklib.encode(mask) for mask in pixels],
        "decode": lambda: [rlemasklib.decode(rle) for rle in rles],
        "area": lambda: [rlemasklib.area(rle) for rle in rles],
        "toBbox": lambda: [rlemasklib.to_bbox(rle) for rle in rles],
    }


def same(one, other):
    """True if two results of these functions are alike, whatever their types."""
    if isinstance(one, dict):
        return list(one["size"]) == list(other["size"]) and as_bytes(one) == as_bytes(other)
    if isinstance(one, list) and one and isinstance(one[0], dict):
        return len(one) == len(other) and all(map(same, one, other))
    return np.allclose(np.asarray(one, np.float64), np.asarray(other, np.float64))


def as_bytes(rle):
    counts = rle["counts"]
    return counts.encode() if isinstance(counts, str) else bytes(counts)


def contestants():
    """Calls of all: {case: {function: {contestant: call}}}, results asserted."""
    random = np.random.default_rng(3)
    size = (480, 640)
    polygons = [outline(random, *size) for _ in range(1000)]
    cases = {**stacks(), "1000 of 480 x 640": None}
    table = {}
    for case, masks in cases.items():
        table[case] = {}
        for name, module in modules().items():
            for function, call in calls(module, masks, polygons, size).items():
                table[case].setdefault(function, {})[name] = call
        if masks is not None:
            for function, call in rlemasklib_calls(masks).items():
                table[case][function]["rlemasklib"] = call
        for function, of in table[case].items():
            results = {}
            for name in list(of):
                try:
                    results[name] = of[name]()
                except Exception as error:  # noqa: BLE001 - a peer that cannot is not timed
                    print(f"{case}, {function}: {name} cannot: {error}", file=sys.stderr)
                    assert name != US
                    del of[name]
            # With numpy 2, pycocotools has no areas of more than 255 masks.
            expected = results.get("pycocotools", results[US])
            for name, result in results.items():
                if name == "rlemasklib" and not isinstance(result, np.ndarray):
                    result = compared_with(result, function)
                if not same(expected, result):
                    print(f"{case}, {function}: {name} differs", file=sys.stderr)
                    assert name != US
                    del of[name]
    return table


def compared_with(results, function):
    """rlemasklib's list of results, as pycocotools gives them."""
    if function == "decode":
        return results[0] if len(results) == 1 else np.stack(results, 2)
    return results[0] if len(results) == 1 else results


def serve():
    """Times maskrle alone, as this process is told on standard input: the one with one thread."""
    table = {
        case: {function: of[US] for function, of in functions.items()}
        for case, functions in contestants().items()
    }
    print("ready", flush=True)
    for line in sys.stdin:
        case, function = json.loads(line)
        print(least(table[case][function], OPTIONS.seconds, float("inf")), flush=True)


def main():
    load = peers.load()
    table = contestants()
    other = subprocess.Popen(
        [sys.executable, __file__, "--serve", f"--seconds={OPTIONS.seconds}"],
        env={**os.environ, "RAYON_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout.readline().strip() == "ready"

    def alone(case, function):
        other.stdin.write(json.dumps([case, function]) + "\n")
        other.stdin.flush()
        return float(other.stdout.readline())

    times = {}
    for _ in range(OPTIONS.rounds):
        for case, functions in table.items():
            for function, of in functions.items():
                best = times.setdefault(case, {}).setdefault(function, {})
                for name, call in of.items():
                    best[name] = least(call, OPTIONS.seconds, best.get(name, float("inf")))
                best[ALONE] = min(best.get(ALONE, float("inf")), alone(case, function))
    other.stdin.close()
    other.wait()
    write(times, load)


def write(times, load):
    names = [US, ALONE, "pycocotools", "faster-coco-eval", "hotcoco", "ultrafast-pycocotools"]
    names.append("rlemasklib")
    texts = []
    behind = []
    for case, functions in times.items():
        rows = [["least us", *functions]]
        for name in names:
            cells = [of.get(name) for of in functions.values()]
            rows.append([name, *(f"{1e3 * ms:.4g}" if ms else "-" for ms in cells)])
        texts.append(f"## {case}\n\n{peers.markdown(rows)}")
        for function, of in functions.items():
            ours = min(of[US], of[ALONE])
            ahead = [name for name in of if name not in (US, ALONE) and of[name] < ours]
            behind += [f"{case}, {function}: {name}" for name in ahead]
    heading = (
        "# The Python package\n\n"
        "What `python benches/python_peers.py --write` gave: least microseconds of a call, with all\n"
        "dicts and lists that it takes and makes.\n"
        f"{date.today()}, {OPTIONS.rounds} rounds, load average {load} at the start, "
        f"{peers.load()} at the end. {os.cpu_count()} cores, {processor()}.\n"
        f"{', '.join(peers.PINNED[:-1])}; Python {sys.version.split()[0]}.\n\n"
        f"Peers that are ahead: {'; '.join(behind) or 'none'}."
    )
    text = "\n\n".join([heading, *texts]) + "\n"
    print(text)
    if OPTIONS.write:
        (FOLDER / "PYTHON.md").write_text(text)


def processor():
    """Name of the processor and its SIMD level, where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "processor unknown"
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    flags = fields.get("flags", "").split()
    level = "AVX-512" if "avx512bw" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    return f"{fields.get('model name', 'processor unknown')}, {level}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--write", action="store_true", help="put the tables into benches/PYTHON.md"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="of each contestant's turn")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    OPTIONS = parser.parse_args()
    if not OPTIONS.serve:
        peers.__file__ = __file__  # so that it is this script that runs in the peers' environment
        peers.enter_venv()
        install()
    import numpy as np

    peers.np = np
    if OPTIONS.serve:
        serve()
    else:
        main()
