#!/usr/bin/env python3
"""Time maskrle's operations beside their peers: the same masks, all in one run.

    python benches/ops_peers.py           # --rounds N
    python benches/ops_peers.py --write   # and put the tables into benches/OPS.md

Peers are those of peers.py, in its environment. maskrle and hotcoco's Rust crate are timed by
benches/ops_round.rs, which is built first. How it is fair:
- Every round, everyone takes a turn; what counts is the least time of all rounds.
- Peers take the whole list in one call where they can.
- pycocotools' interface is strings, so maskrle stands there twice: from runs in memory, and from
  strings.
- Every peer's result is compared with pycocotools' before anything is timed, and maskrle's with
  hotcoco's in ops_round.rs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import peers

FOLDER = Path(__file__).resolve().parent


def build(bench):
    """Path of a bench's program, once it is built."""
    command = ["cargo", "build", "--release", "--all-features", "--message-format=json"]
    command += ["--bench", bench]
    done = subprocess.run(command, cwd=FOLDER.parent, check=True, stdout=subprocess.PIPE, text=True)
    targets = [json.loads(line) for line in done.stdout.splitlines()]
    return next(
        target["executable"]
        for target in targets
        if target.get("executable") and target["target"]["name"] == bench
    )


def label_map(side, count):
    """u16 [side, side] of discs on a grid, each of its own label."""
    random, labels = np.random.default_rng(1), np.zeros((side, side), np.uint16)
    columns = int(np.ceil(count**0.5))
    cell = side // columns
    rows, places = np.ogrid[:side, :side]
    for label in range(count):
        y, x = (label // columns) * cell + cell // 2, (label % columns) * cell + cell // 2
        labels[(rows - y) ** 2 + (places - x) ** 2 < random.integers(cell // 5, cell // 2) ** 2] = (
            label + 1
        )
    return labels


def contestants(stack):
    """Calls to be timed on masks [n, h, w]: {operation: {peer: function}}."""
    import hotcoco
    import pycocotools.mask as coco
    import rlemasklib
    import ultrafast_pycocotools.mask as ultrafast
    from faster_coco_eval.core import mask as faster
    from vernier._core import rle_area

    n = len(stack)
    rles = coco.encode(np.asfortranarray(stack.transpose(1, 2, 0)))
    others = [rlemasklib.RLEMask.from_dict(rle) for rle in rles]
    pairs = [[rles[i], rles[(i + 1) % n]] for i in range(n)]
    calls = {
        "decode": {
            "pycocotools": lambda: coco.decode(rles),
            "faster-coco-eval": lambda: faster.decode(rles),
            "ultrafast-pycocotools": lambda: ultrafast.decode(rles),
            "hotcoco (Python)": lambda: hotcoco.mask.decode(rles),
            "rlemasklib": lambda: [other.to_array() for other in others],
        },
        "merge all": {
            "pycocotools": lambda: coco.merge(rles),
            "faster-coco-eval": lambda: faster.merge(rles),
            "ultrafast-pycocotools": lambda: ultrafast.merge(rles),
            "hotcoco (Python)": lambda: hotcoco.mask.merge(rles),
            "rlemasklib": lambda: rlemasklib.RLEMask.merge_many(others, rlemasklib.BoolFunc.OR),
        },
        "merge pairs": {
            "pycocotools": lambda: [coco.merge(pair, intersect=True) for pair in pairs],
            "faster-coco-eval": lambda: [faster.merge(pair, intersect=True) for pair in pairs],
            "ultrafast-pycocotools": lambda: [ultrafast.merge(pair, True) for pair in pairs],
            "hotcoco (Python)": lambda: [hotcoco.mask.merge(pair, True) for pair in pairs],
            "rlemasklib": lambda: [others[i] & others[(i + 1) % n] for i in range(n)],
        },
        "area": {
            "pycocotools": lambda: coco.area(rles),
            "faster-coco-eval": lambda: faster.area(rles),
            "ultrafast-pycocotools": lambda: ultrafast.area(rles),
            # The one function on masks that it has, and keeps to itself.
            "vernier": lambda: np.frombuffer(rle_area(rles)),
            "hotcoco (Python)": lambda: hotcoco.mask.area(rles),
            "rlemasklib": lambda: [other.area() for other in others],
        },
        "bbox": {
            "pycocotools": lambda: coco.toBbox(rles),
            "faster-coco-eval": lambda: faster.toBbox(rles),
            "ultrafast-pycocotools": lambda: ultrafast.toBbox(rles),
            "hotcoco (Python)": lambda: hotcoco.mask.to_bbox(rles),
            "rlemasklib": lambda: [other.bbox() for other in others],
        },
        "iou": {
            "pycocotools": lambda: coco.iou(rles, rles, [0] * n),
            "faster-coco-eval": lambda: faster.iou(rles, rles, [0] * n),
            "ultrafast-pycocotools": lambda: ultrafast.iou(rles, rles, [0] * n),
            "hotcoco (Python)": lambda: hotcoco.mask.iou(rles, rles, [False] * n),
            "rlemasklib": lambda: rlemasklib.RLEMask.iou_matrix(others, others),
        },
    }
    for operation in ("area", "bbox", "iou"):
        expected = np.asarray(calls[operation]["pycocotools"]())
        for name, call in calls[operation].items():
            assert np.allclose(np.asarray(call()), expected), f"{operation} of {name}"
    assert (coco.decode(rles) == stack.transpose(1, 2, 0)).all()
    for name in ("faster-coco-eval", "ultrafast-pycocotools", "hotcoco (Python)"):
        assert (np.asarray(calls["decode"][name]()) == stack.transpose(1, 2, 0)).all(), name
        assert coco.area(calls["merge all"][name]()) == coco.area(coco.merge(rles)), name
    return calls


def least(call, seconds, before):
    """Least ms of a call within some seconds, or `before` if that is less."""
    calls, end = 0, time.perf_counter() + seconds
    while calls < 2 or time.perf_counter() < end:
        start = time.perf_counter()
        result = call()
        before = min(before, (time.perf_counter() - start) * 1e3)
        del result
        calls += 1
    return before


def time_stack(program, stack, labels, rounds, seconds):
    """Least ms by operation and contestant, {operation: {contestant: ms}}, on masks [n, h, w] and a
    label map [h, w]. `program` is the path that `build` gives.
    """
    import pycocotools.mask as coco

    calls = contestants(stack)
    values = [int(value) for value in np.unique(labels) if value]
    encode = lambda value: coco.encode(np.asfortranarray(labels == value))
    calls["split labels"] = {"pycocotools": lambda: [encode(value) for value in values]}
    times = {}

    def put(operation, name, ms):
        of_operation = times.setdefault(operation, {})
        of_operation[name] = min(ms, of_operation.get(name, float("inf")))

    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("masks.npy", "labels.npy")]
        np.save(files[0], stack)
        np.save(files[1], labels)
        for round in range(rounds):
            out = subprocess.run(
                [program, *files, str(seconds)], check=True, stdout=subprocess.PIPE, text=True
            ).stdout
            for threads, operations in json.loads(out).items():
                for operation, of_operation in operations.items():
                    for name, ms in of_operation.items():
                        ours = "" if name.startswith(("hotcoco", "(")) else "maskrle, "
                        put(operation, f"{ours}{name}, {threads}", ms)
            for operation, of_operation in calls.items():
                # The label map takes pycocotools a second: once is enough.
                for name, call in of_operation.items():
                    if operation != "split labels" or round == 0:
                        put(
                            operation,
                            name,
                            least(
                                call, seconds if operation != "split labels" else 0, float("inf")
                            ),
                        )
    return times


def table(times):
    lines = []
    for operation, of_operation in times.items():
        theirs = of_operation.get("pycocotools")
        rows = [[operation, "ms", "pycocotools' time is so many times it"]]
        for name, ms in sorted(of_operation.items(), key=lambda item: item[1]):
            rows.append([name, f"{ms:.4g}", f"{theirs / ms:.3g}" if theirs else "-"])
        lines.append(peers.markdown(rows))
    return "\n\n".join(lines)


def main():
    load = peers.load()
    program = build("ops_round")
    labels = label_map(1024, 500)
    texts = []
    for name, stack in {
        "16 masks of blobs, 1024 x 1024": peers.blobs(16, 1024, 1024),
        "4 masks of noise, 1024 x 1024, half of the pixels set": peers.noise(0.5, 4, 1024, 1024),
    }.items():
        print(name, file=sys.stderr)
        times = time_stack(program, stack, labels, OPTIONS.rounds, OPTIONS.seconds)
        if "noise" in name:
            times.pop("split labels")
        texts.append(f"## {name}\n\n{table(times)}")
    heading = (
        "# Operations\n\n"
        "What `python benches/ops_peers.py --write` gave: least ms of a call "
        "on the whole stack, by so many threads (1 or all).\n"
        f"{date.today()}, {OPTIONS.rounds} rounds, load average {load} at the start, "
        f"{peers.load()} at the end.\n"
        f"{peers.os.cpu_count()} cores. {', '.join(peers.PINNED[:-1])}; "
        "hotcoco's crate as Cargo.lock has it."
    )
    text = "\n\n".join([heading, *texts]) + "\n"
    print(text)
    if OPTIONS.write:
        # After these tables stand those of other scripts.
        file = FOLDER / "OPS.md"
        others = file.read_text().partition("\n## What cleans")[1:]
        file.write_text(text + "".join(others))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the tables into benches/OPS.md")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="of each contestant's turn")
    OPTIONS = parser.parse_args()
    peers.__file__ = __file__  # so that it is this script that runs in the peers' environment
    peers.enter_venv()
    import numpy as np

    peers.np = np
    main()
