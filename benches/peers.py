#!/usr/bin/env python3
"""Time maskrle beside its peers: masks in memory to COCO strings, all in one run.

    cargo build --release --all-features
    python benches/peers.py           # --quick: small cases, few repeats
    python benches/peers.py --write   # and put tables into benches/RESULTS.md, plots beside it

The table goes to standard output, the plots to target/, peers_size.png and peers_density.png.
RESULTS.md has tables of two SIMD levels, AVX-512 and AVX2; with --write, those of this machine's
are replaced. The plots of the latter are peers_size_avx2.png and peers_density_avx2.png.
Whatever it needs goes into an environment of its own, target/peers-venv. torch is not installed:
where this Python has it, SAM's mask_to_rle joins.

How it is fair:
- maskrle is timed by `maskrle bench FILE.npy --json`, its least time: inside its process, the
  pixels in memory, as the peers' are. Starting a process and reading the file count for nobody.
- Each case goes round several times; in every round maskrle and each peer take some turns, so that
  a slow moment of the machine hits all of them. What counts is the least time.
- Peers take the whole stack in one call where that is their fastest way. "row-major" masks lie as
  numpy and inference leave them; "column-major" ones were transposed before the clock started,
  which is what these peers are made for.
- The strings of all are compared with those of `maskrle encode` before anything is timed.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path

PINNED = [
    "numpy==2.4.6",
    "pycocotools==2.0.11",
    "faster-coco-eval==1.8.0",
    "hotcoco==1.3.0",
    "rlemasklib==0.8.1",
    "ultrafast-pycocotools==0.1.14",
    "vernier==0.5.4",
    "matplotlib==3.11.2",
]
FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
VENV = ROOT / "target" / "peers-venv"
END = "<!-- to here -->"
# SIMD levels, best first: a flag of CPUs that have it, and what names of plots end in.
LEVELS = {"AVX-512": ("avx512_vbmi2", ""), "AVX2": ("avx2", "_avx2")}
SECONDS_A_TURN = 0.03
CALLS_A_TURN = 3  # at least: on a busy machine, whoever calls more often is luckier
# After which no round begins but the second: 2^30 pixels take some peers ten seconds a call.
SECONDS_A_CASE = 90
ONE_MASK = "One mask of blobs"
NOISE = "8 x 1024², pixels set by chance"
SNIPPETS = (
    "The nine snippets of tests/data/snippets.py on one 1000 x 1000 mask of three squares, "
    "beside the same runs of\n"
    "maskrle (which stops at runs where a snippet goes on to make text of them)"
)


def enter_venv():
    """Run this script again with the pinned peers, which are installed first if need be."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # torch is too large to install for one line of a table: it is taken from where it is.
    torch = importlib.util.find_spec("torch")
    folder_of_torch = str(Path(torch.origin).parents[1]) if torch else ""
    installed, content = VENV / "installed", f"{' '.join(PINNED)}\n{folder_of_torch}"
    if not installed.exists() or installed.read_text() != content:
        print("installing the peers into target/peers-venv", file=sys.stderr)
        venv.create(VENV, with_pip=True, clear=True)
        pip = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--ignore-installed",
        ]
        subprocess.run([*pip, *PINNED], check=True)
        where = [python, "-c", "import site; print(site.getsitepackages()[0])"]
        packages = subprocess.run(
            where, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()
        (Path(packages) / "torch.pth").write_text(folder_of_torch)
        installed.write_text(content)
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], check=False).returncode)


# Masks


def blobs(n, height, width):
    """u8 [n, height, width] of five ellipses a mask, sized as those of `maskrle bench`: about 1460
    column-major runs in 1024 x 1024 pixels.
    """
    random, stack = np.random.default_rng(0), empty(n, height, width)
    for mask in stack:
        for _ in range(5):
            (y, x), (a, b) = (
                random.random(2) * (height, width),
                (0.04 + 0.08 * random.random(2)) * (height, width),
            )
            top, left = max(0, int(y - a)), max(0, int(x - b))
            part = mask[top : int(y + a) + 2, left : int(x + b) + 2]
            rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
            part[((rows - y) / a) ** 2 + ((columns - x) / b) ** 2 <= 1] = 1
    return stack


def noise(density, n, height, width):
    """u8 [n, height, width], each pixel set with a chance of `density`."""
    random = np.random.default_rng(0)
    return (random.random((n, height, width), np.float32) < density).astype(np.uint8)


def logits(n, height, width):
    """f32 [n, height, width] of blobs, above 0 inside, with noise that changes no sign."""
    strength = np.random.default_rng(0).random((n, height, width), np.float32) + np.float32(0.1)
    return np.where(blobs(n, height, width) == 1, strength, -strength)


def empty(n, height, width):
    """u8 [n, height, width] of zeros, in memory that has been written."""
    # Not np.zeros, whose pages are all one page until they are written.
    return np.full((n, height, width), 0, np.uint8)


def squares():
    """u8 [1, 1000, 1000] of three squares."""
    mask = empty(1, 1000, 1000)
    for corner in (100, 300, 700):
        mask[:, corner : corner + 100, corner : corner + 100] = 1
    return mask


def cases(quick):
    """Cases of each table: {table: {name: function that makes the stack [n, height, width]}}."""
    n = 8 if quick else 64
    sides = [256, 1024, 4096] if quick else [256, 1024, 4096, 16384, 32768]
    tiny = 1000 if quick else 10000
    densities = [0.001, 0.05, 0.5] if quick else [0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.9]
    return {
        "Stacks": {
            f"blobs {n} x 1024²": lambda: blobs(n, 1024, 1024),
            f"empty {n} x 1024²": lambda: empty(n, 1024, 1024),
            f"blobs {n} x 1000 x 1001": lambda: blobs(n, 1000, 1001),
            f"blobs {tiny} x 28²": lambda: blobs(tiny, 28, 28),
            f"f32 logits > 0, {n // 4} x 1024²": lambda: logits(n // 4, 1024, 1024),
            "three squares, 1000²": squares,
        },
        ONE_MASK: {f"{side}²": lambda side=side: blobs(1, side, side) for side in sides},
        NOISE: {
            f"{density:.1%}": lambda density=density: noise(density, 8, 1024, 1024)
            for density in densities
        },
    }


# Peers


def sam(tensor):
    """SAM's mask_to_rle_pytorch (segment-anything, Apache-2.0), as it stands there: uncompressed
    counts of a bool tensor [n, h, w].
    """
    import torch

    b, h, w = tensor.shape
    tensor = tensor.permute(0, 2, 1).flatten(1)
    change_indices = (tensor[:, 1:] ^ tensor[:, :-1]).nonzero()
    out = []
    for i in range(b):
        cur_idxs = change_indices[change_indices[:, 0] == i, 1]
        ends = [
            torch.tensor([bound], dtype=cur_idxs.dtype, device=cur_idxs.device)
            for bound in (0, h * w)
        ]
        cur_idxs = torch.cat([ends[0], cur_idxs + 1, ends[1]])
        counts = [] if tensor[i, 0] == 0 else [0]
        counts.extend((cur_idxs[1:] - cur_idxs[:-1]).detach().cpu().tolist())
        out.append({"size": [h, w], "counts": counts})
    return out


def peers(stack):
    """Calls that encode `stack`, [n, h, w], by the peer's name. Floats are thresholded inside the
    call: it is part of the work.
    """
    # torch's threads would else go on spinning while the next contestant is timed.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import hotcoco
    import pycocotools.mask
    import rlemasklib
    import ultrafast_pycocotools.mask as ultrafast
    from faster_coco_eval.core import mask as faster

    rows = stack.transpose(1, 2, 0)  # [h, w, n] for peers that want it, not moved in memory
    columns = np.asfortranarray(rows)
    binary = (
        (lambda array: (array > 0).view(np.uint8))
        if stack.dtype == np.float32
        else lambda array: array
    )
    calls = {
        "hotcoco, column-major": lambda: hotcoco.mask.encode(binary(columns)),
        "pycocotools, column-major": lambda: pycocotools.mask.encode(binary(columns)),
        "faster-coco-eval, column-major": lambda: faster.encode(binary(columns)),
        "ultrafast-pycocotools, column-major": lambda: ultrafast.encode(binary(columns)),
        "rlemasklib, row-major": lambda: rlemasklib.encode(binary(stack), batch_first=True),
        "hotcoco, row-major": lambda: hotcoco.mask.encode(binary(rows)),
        # Mask by mask, as it is always written, and faster than the stack at once.
        "asfortranarray + pycocotools, row-major": lambda: [
            pycocotools.mask.encode(np.asfortranarray(mask)) for mask in binary(stack)
        ],
    }
    if importlib.util.find_spec("torch"):
        import torch

        tensor = torch.from_numpy(stack)
        calls["SAM mask_to_rle, row-major"] = lambda: sam(tensor > 0)
    return calls


def strings(rles):
    """COCO's strings of encoded masks. pycocotools compresses SAM's, which are plain counts."""
    import pycocotools.mask

    if rles and isinstance(rles[0]["counts"], list):
        rles = [pycocotools.mask.frPyObjects(rle, *rle["size"]) for rle in rles]
    return [rle["counts"].decode("ascii") for rle in rles]


# Timing


def maskrle(*arguments):
    return subprocess.run(
        [OPTIONS.maskrle, *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def encoded(file, *arguments):
    return [
        json.loads(line) for line in maskrle("encode", file, "--quiet", *arguments).splitlines()
    ]


def bench(file, least, *arguments):
    """One turn of maskrle: as many calls as its share of time holds. Updates `least`, the least ms
    by name.
    """
    repeat = (
        5
        if not least
        else max(CALLS_A_TURN, min(100, int(SECONDS_A_TURN * 1e3 / max(least.values()))))
    )
    flags = ["--json", f"--repeat={repeat}", f"--backend={OPTIONS.backend}"]
    report = json.loads(maskrle("bench", file, *flags, *arguments))
    times = {
        f"maskrle, {row['name']}, row-major": row["min_ms"]
        for row in report["results"]
        if row["name"] != "auto"
    }
    read = report["read_gb_per_s"]
    times |= {f"(only reading the pixels, {key})": OPTIONS.bytes / read[key] / 1e6 for key in read}
    for name, ms in times.items():
        least[name] = min(ms, least.get(name, ms))
    OPTIONS.machine = report["machine"]


def take_turn(call, least, name):
    """One turn of a peer: calls until its share of time is over. Updates its time in `least`."""
    calls, end = 0, time.perf_counter() + SECONDS_A_TURN
    at_least = 1 if least.get(name, 0) > 1e3 else CALLS_A_TURN
    while calls < at_least or time.perf_counter() < end:
        start = time.perf_counter()
        result = call()
        stop = time.perf_counter()
        del result
        least[name] = min((stop - start) * 1e3, least.get(name, float("inf")))
        calls += 1


def time_case(stack, file):
    """Least ms of each contestant on a stack [n, h, w], by name, and its runs a pixel."""
    np.save(file, stack)
    OPTIONS.bytes = stack.nbytes
    threshold = ["--threshold=0"] if stack.dtype == np.float32 else []
    expected = [row["counts"] for row in encoded(file, *threshold)]
    runs = sum(len(row["counts"]) for row in encoded(file, "--format=coco-counts", *threshold))
    calls = peers(stack)
    for name, call in calls.items():
        assert strings(call()) == expected, f"{name} does not give maskrle's strings"
    ours, theirs = {}, {}
    end = time.perf_counter() + SECONDS_A_CASE
    for done in range(OPTIONS.rounds):
        if done >= 2 and time.perf_counter() > end:
            break
        bench(file, ours)
        for name, call in calls.items():
            take_turn(call, theirs, name)
    return ours | theirs, runs / stack.size


def time_snippets(file):
    """Table of the nine encoders of snippets.py on the three squares, each beside maskrle's way to
    the same result.
    """
    sys.path.insert(0, str(ROOT / "tests" / "data"))
    import snippets

    mask = squares()[0]
    np.save(file, mask[None])
    OPTIONS.bytes = mask.nbytes
    asked = {
        "COCO string": "--output=coco",
        "column-major runs": "--output=starts",
        "row-major runs": "--order=row",
    }
    alike = {
        "COCO string": ["coco"],
        "column-major runs": ["coco_counts_groupby", "coco_counts_loop", "values_columns"],
        "row-major runs": ["rle", "kaggle_rows", "values_rows_1", "values_rows_2", "values_rows_3"],
    }
    way_of = {name: way for way, names in alike.items() for name in names}
    theirs, ours = {}, {way: {} for way in asked}
    # The squares are 0 and 1 and touch no border: COCO's counts and the lengths of values are the
    # same numbers.
    [row, column] = [
        encoded(file, "--format=values", f"--order={order}")[0]["counts"]
        for order in ("row", "column")
    ]
    pairs = np.stack([np.cumsum(row)[:-1:2] + 1, row[1::2]], axis=1)
    expected = {
        "COCO string": encoded(file)[0]["counts"],
        "column-major runs": column,
        "row-major runs": row,
    }
    for name, way in way_of.items():
        result = getattr(snippets, name)(mask)
        if name == "kaggle_rows":
            assert result == " ".join(map(str, pairs.ravel())), name
        else:
            counts = (
                result["counts"]
                if isinstance(result, dict)
                else result[1]
                if name == "rle"
                else result
            )
            assert counts == expected[way], name
    for _ in range(OPTIONS.rounds):
        for way, argument in asked.items():
            bench(file, ours[way], argument)
        for name in way_of:
            take_turn(lambda name=name: getattr(snippets, name)(mask), theirs, name)
    rows = [["snippet", "ms", "maskrle, 1 thread", "ms", "times"]]
    for name, way in way_of.items():
        our = ours[way]["maskrle, cpu-1, row-major"]
        rows.append(
            [
                f"`{name}`",
                three_digits(theirs[name]),
                way,
                three_digits(our),
                f"{theirs[name] / our:.0f}",
            ]
        )
    return markdown(rows)


# Tables and plots


def three_digits(number):
    decimals = 3 if number < 1 else 2 if number < 10 else 1 if number < 100 else 0
    return f"{number:.{decimals}f}"


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|" + "---:|" * (len(rows[0]) - 1), *lines[1:]])


def table(results):
    """Table of {case: {contestant: ms}}: a row for each contestant, a column for each case."""
    contestants = next(iter(results.values()))
    rows = [
        [name, *(three_digits(times[name]) for times in results.values())] for name in contestants
    ]
    return markdown([["least ms", *results], *rows])


def plot(points, label, path):
    """Plot of ms over x, both logarithmic, a line for each contestant: `points` is a list of
    (x, {contestant: ms}).
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 6.5), layout="constrained")
    names = [name for name in points[0][1] if not name.startswith("(")]
    for index, name in enumerate(names):
        ours = name.startswith("maskrle")
        style = (
            {"linewidth": 2.6, "marker": "o"}
            if ours
            else {"linewidth": 1.2, "marker": "s", "markersize": 4}
        )
        dash = "--" if "column-major" in name else "-"
        axes.plot(
            [x for x, _ in points],
            [ms[name] for _, ms in points],
            dash,
            label=name,
            color=f"C{index}",
            **style,
        )
    axes.set(xscale="log", yscale="log", xlabel=label, ylabel="least time, ms")
    axes.grid(alpha=0.3, which="both")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def simd_level():
    """The SIMD level that maskrle runs at here: a key of LEVELS."""
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() else set()
    for level, (flag, _) in LEVELS.items():
        if flag in flags:
            return level
    sys.exit("this CPU has neither AVX-512 nor AVX2, or does not say: give --level")


def write_between(mark, text):
    """Put a text between a mark of RESULTS.md and the end of what it begins."""
    results = FOLDER / "RESULTS.md"
    before, rest = results.read_text().split(mark)
    after = rest.split(END, 1)[1]
    results.write_text(f"{before}{mark}\n{text}\n{END}{after}")


def load():
    """How busy the machine is, by us and by others."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def main():
    # Before anything is timed: where it is not known, all the times would be for nothing.
    level = OPTIONS.level or simd_level()
    load_before = load()
    texts, sizes, densities = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "stack.npy")
        for title, group in cases(OPTIONS.quick).items():
            results = {}
            for name, make in group.items():
                print(f"{title}: {name}", file=sys.stderr)
                stack = make()
                results[name], runs = time_case(stack, file)
                if title == ONE_MASK:
                    sizes.append((stack.size, results[name]))
                elif title == NOISE and name != "90.0%":  # which has the runs of 10 %
                    densities.append((runs, results[name]))
            texts.append(f"{title}:\n\n{table(results)}")
        print("snippets", file=sys.stderr)
        texts.append(f"{SNIPPETS}:\n\n{time_snippets(file)}")
    plots = FOLDER if OPTIONS.write else VENV.parent
    ending = LEVELS[level][1]
    plot(sizes, "pixels of one mask of blobs", plots / f"peers_size{ending}.png")
    plot(
        densities,
        "runs a pixel (8 masks of 1024 x 1024, pixels set by chance)",
        plots / f"peers_density{ending}.png",
    )
    heading = (
        f"{date.today()}. {OPTIONS.machine}, {level}. Masks in memory to COCO strings; "
        f"least times of {OPTIONS.rounds} rounds,\n"
        f"each of some calls. Load average {load_before} at the start, {load()} at the end.\n"
        f"{', '.join(PINNED[:-1])}; Python {sys.version.split()[0]}."
    )
    text = "\n\n".join([heading, *texts])
    print(text)
    if OPTIONS.write:
        write_between(f"<!-- from benches/peers.py, {level} -->", text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small cases, few repeats")
    parser.add_argument("--write", action="store_true", help="put tables and plots into benches/")
    parser.add_argument(
        "--rounds", type=int, help="rounds through all contestants (default 7, quick 2)"
    )
    parser.add_argument(
        "--backend", default="cpu", choices=["cpu", "all"], help="of maskrle; all has the GPU too"
    )
    parser.add_argument(
        "--level", choices=LEVELS, help="SIMD level of the machine (default: by /proc/cpuinfo)"
    )
    parser.add_argument(
        "--maskrle", default=ROOT / "target" / "release" / "maskrle", help="the command to time"
    )
    OPTIONS = parser.parse_args()
    OPTIONS.rounds = OPTIONS.rounds or (2 if OPTIONS.quick else 7)
    enter_venv()
    import numpy as np

    main()
