#!/usr/bin/env python3
"""Time `maskrle encode` on 10,000 small masks: PNGs in nested folders, and arrays of archives.

    cargo build --release -p maskrle-cli
    pip install numpy pillow pycocotools
    python benches/many_files.py   # --masks N, --rounds N

Beside it stand a pool of Python processes, one a core, that opens the same files by Pillow or numpy
and encodes them by pycocotools, and merely reading the files on all cores. Each is a process of its
own, timed from its start to its end, in turns; what counts is the least time. All write JSON lines,
which are compared first.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIDE = 64
A_FOLDER = 100  # files


def make(folder: Path, masks: int) -> None:
    """Make the PNGs, and two archives of the same masks."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(1)
    y, x = np.mgrid[:SIDE, :SIDE]
    arrays = {}
    for number in range(masks):
        row, column, radius = random.integers(8, SIDE - 8, 3)
        blob = (y - row) ** 2 + (x - column) ** 2 < radius**2
        arrays[f"m{number:05}"] = blob.astype(np.uint8)
    for number, (name, array) in enumerate(arrays.items()):
        path = (
            folder / "png" / f"{number // A_FOLDER // 10}" / f"{number // A_FOLDER}" / f"{name}.png"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 * array).save(path)
    np.savez(folder / "stored.npz", **arrays)
    np.savez_compressed(folder / "compressed.npz", **arrays)


def files(folder: Path) -> list[str]:
    """Give the paths of the PNGs."""
    return sorted(str(path) for path in folder.rglob("*.png"))


def read(path: str) -> int:
    """Read a file, and drop it."""
    return len(Path(path).read_bytes())


def line(array) -> str:
    """Encode a mask to a line of JSON."""
    import numpy as np
    from pycocotools import mask

    rle = mask.encode(np.asfortranarray(array))
    return json.dumps({"size": rle["size"], "counts": rle["counts"].decode()})


def encode_png(path: str) -> str:
    """Encode a PNG."""
    import numpy as np
    from PIL import Image

    return line((np.asarray(Image.open(path)) != 0).astype(np.uint8))


def encode_arrays(part: tuple[str, int, int]) -> list[str]:
    """Encode every nth array of an archive."""
    import numpy as np

    path, first, step = part
    with np.load(path) as archive:
        return [line(archive[name]) for name in archive.files[first::step]]


def peer(kind: str, source: str, out: str) -> None:
    """Do what a process of its own is timed for."""
    cores = len(os.sched_getaffinity(0))
    if kind == "read":
        paths = files(Path(source)) if Path(source).is_dir() else [source]
        with Pool(cores) as pool:
            print(sum(pool.imap_unordered(read, paths, chunksize=A_FOLDER)))
        return
    with Pool(cores) as pool:
        if kind == "png":
            lines = pool.map(encode_png, files(Path(source)), chunksize=A_FOLDER)
        else:
            parts = pool.map(encode_arrays, [(source, first, cores) for first in range(cores)])
            lines = [""] * sum(map(len, parts))
            for first, part in enumerate(parts):
                lines[first::cores] = part
    Path(out).write_text("\n".join(lines) + "\n")


def masks_of(path: Path) -> list:
    """Give the size and the counts of each line."""
    rows = map(json.loads, path.read_text().splitlines())
    return [(row["size"], row["counts"]) for row in rows]


def timed(command: list[str]) -> float:
    """Give the milliseconds of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


def run(masks: int, rounds: int) -> None:
    """Time all, and print a table."""
    load = os.getloadavg()[0]
    command = [str(ROOT / "target/release/maskrle"), "encode", "-q"]
    table = {}
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), masks)
        ours, theirs = Path(folder, "ours"), Path(folder, "theirs")
        for name, kind in [("png", "png"), ("stored.npz", "npz"), ("compressed.npz", "npz")]:
            source = str(Path(folder, name))
            options = ["--recursive"] if kind == "png" else []
            script = [sys.executable, __file__, "--peer"]
            cases = {
                "maskrle": [*command, *options, source, "-o", str(ours)],
                "maskrle -j 1": [*command, *options, "-j", "1", source, "-o", str(ours)],
                "pycocotools": [*script, kind, source, str(theirs)],
                "read": [*script, "read", source, ""],
                "cat": ["sh", "-c", f"find {source} -type f -print0 | xargs -0 cat >{folder}/cat"],
            }
            least = dict.fromkeys(cases, float("inf"))
            for _ in range(rounds):
                for case, arguments in cases.items():
                    least[case] = min(least[case], timed(arguments))
            assert masks_of(ours) == masks_of(theirs), name
            table[name] = least
    cores = len(os.sched_getaffinity(0))
    after = os.getloadavg()[0]
    print(
        f"{date.today()}. {cpu()}, {cores} cores. {masks} masks of {SIDE} x {SIDE}; least times of"
    )
    print(f"{rounds} rounds. Load average {load:.1f} at the start, {after:.1f} at the end.\n")
    print("| least ms | PNGs in folders | one .npz | one .npz, compressed |\n|---|---:|---:|---:|")
    rows = {
        "maskrle": "maskrle encode",
        "maskrle -j 1": "maskrle encode -j 1",
        "pycocotools": "pool of pycocotools",
        "read": "(only reading the files, pool of Python)",
        "cat": "(only reading the files, cat)",
    }
    for case, label in rows.items():
        print(f"| {label} | " + " | ".join(f"{least[case]:.0f}" for least in table.values()) + " |")


def cpu() -> str:
    """Name the CPU."""
    for text in Path("/proc/cpuinfo").read_text().splitlines():
        if text.startswith("model name"):
            return text.partition(":")[2].strip()
    return "unknown CPU"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--masks", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        peer(*arguments.peer)
    else:
        run(arguments.masks, arguments.rounds)
