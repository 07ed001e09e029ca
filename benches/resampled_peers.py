#!/usr/bin/env python3
"""Time masks at full size out of low-resolution logits, beside torch: logits to COCO strings.

    pip install torch numpy pycocotools matplotlib ./python
    python benches/resampled_peers.py           # --rounds N, --seconds S
    python benches/resampled_peers.py --write   # and put tables and plot into benches/RESULTS.md

maskrle in Rust, and evaluating every pixel in Rust, are timed by benches/resampled_round.rs, which
is built first. How it is fair:
- Every round, everyone takes a turn; what counts is the least time of all rounds.
- torch compares as inference code does, and gets as many threads as maskrle.
- Everyone's strings are compared with those of torch and pycocotools before anything is timed.
- Memory is what a process of its own holds at most, above what it held before with the logits and
  after a call on two masks.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pycocotools.mask as coco
import torch
from ops_peers import build, least
from peers import load, markdown, three_digits, write_between
from torch.nn import functional

import maskrle

FOLDER = Path(__file__).resolve().parent
MARKS = ("<!-- from benches/resampled_peers.py -->", "<!-- to here, resampled -->")
SIZES = [(480, 640), (1080, 1920), (3000, 4000)]
THREADS = torch.get_num_threads()
SIDES = [256, 512, 1024, 2048, 4096, 8192]


def blobs(n, height, width):
    """Logits of a few smooth blobs a mask."""
    mask, y, x = np.ogrid[:n, 0 : 1 : height * 1j, 0 : 1 : width * 1j]
    waves = np.sin(9 * y + mask) + np.cos(7 * x + 1.7 * mask) + np.sin(5 * (x + y))
    return (waves - 0.4).astype(np.float32)


def noise(n, height, width):
    """Logits of white noise."""
    return np.random.default_rng(1).normal(size=(n, height, width)).astype(np.float32)


def boxes(n, height, width):
    """Boxes of 30 to 530 pixels a side, within the image."""
    random = np.random.default_rng(2)
    sides = random.uniform(30, 530, (n, 2))
    places = random.uniform(0, 1, (n, 2)) * ([width, height] - sides)
    return np.concatenate([places, places + sides], axis=1).astype(np.float32)


def strings(dicts):
    """The strings of encoded masks."""
    texts = [rle["counts"] for rle in dicts]
    return [text.decode() if isinstance(text, bytes) else text for text in texts]


def by_pycocotools(pixels):
    """Encode a tensor of masks [n, h, w] by pycocotools."""
    return coco.encode(np.asfortranarray(pixels.numpy().transpose(1, 2, 0).view(np.uint8)))


def upsampled(logits, size):
    """Compare logits at full size, as a torch user does."""
    tensor = torch.from_numpy(logits)[:, None]
    return functional.interpolate(tensor, size=size, mode="bilinear")[:, 0] > 0


def pasted(maps, at, size):
    """Paste maps as detectron2 does on a CPU: mask by mask, each in its own box's window."""
    image = torch.zeros(len(maps), *size, dtype=torch.bool)
    for out, one, box in zip(image, torch.from_numpy(maps), torch.from_numpy(at)):
        x0, y0, x1, y1 = box
        left, top = torch.clamp(box.floor()[:2] - 1, min=0).to(torch.int32).tolist()
        right = int(torch.clamp(x1.ceil() + 1, max=size[1]))
        bottom = int(torch.clamp(y1.ceil() + 1, max=size[0]))
        y = (torch.arange(top, bottom, dtype=torch.float32) + 0.5 - y0) / (y1 - y0) * 2 - 1
        x = (torch.arange(left, right, dtype=torch.float32) + 0.5 - x0) / (x1 - x0) * 2 - 1
        grid = torch.stack([x[None, :].expand(len(y), -1), y[:, None].expand(-1, len(x))], dim=2)
        pixels = functional.grid_sample(one[None, None], grid[None], align_corners=False)[0, 0]
        out[top:bottom, left:right] = pixels >= 0.5
    return image


def contestants(logits, size, at, threads):
    """Calls in this process, by name."""
    encoder = maskrle.Encoder(threads=threads or 0, backend="cpu")
    if at is not None:
        return {
            "torch, pycocotools": lambda: by_pycocotools(pasted(logits, at, size)),
            "torch, maskrle at full size": lambda: encoder.encode(pasted(logits, at, size)),
            "maskrle in Python": lambda: maskrle.paste(logits, at, size),
        }
    return {
        "torch, pycocotools": lambda: by_pycocotools(upsampled(logits, size)),
        "torch, maskrle at full size": lambda: encoder.encode(upsampled(logits, size)),
        "maskrle in Python": lambda: encoder.encode(logits, threshold=0.0, size=size),
    }


def timed(program, logits, size, at=None):
    """Least times of a case: {threads: {contestant: ms}}."""
    times = {"1": {}, "all": {}}
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/logits.npy"] + ([f"{folder}/boxes.npy"] if at is not None else [])
        for file, array in zip(files, (logits, at)):
            np.save(file, array)
        ours = [program, files[0], *map(str, size), str(OPTIONS.seconds), *files[1:]]
        for round in range(OPTIONS.rounds):
            for threads, count in (("1", 1), ("all", None)):
                torch.set_num_threads(count or THREADS)
                calls = contestants(logits, size, at, count)
                if at is not None and count:
                    calls.pop("maskrle in Python")  # whose paste has no choice of threads
                if round == 0:
                    expected, *others = (strings(call()) for call in calls.values())
                    assert all(other == expected for other in others)
                for name, call in calls.items():
                    before = times[threads].get(name, float("inf"))
                    # What takes seconds is not faster in the third round.
                    if round < 2 or before < 1000:
                        times[threads][name] = least(call, OPTIONS.seconds, before)
            out = subprocess.run(ours, check=True, stdout=subprocess.PIPE, text=True).stdout
            for threads, found in json.loads(out).items():
                for name, ms in found.items():
                    times[threads][name] = min(ms, times[threads].get(name, ms))
    return times


def most_held():
    """Bytes of memory that this process has held at most since they were last forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) << 10


def grown(first, call):
    """Give the bytes by which a call makes this process grow at most. Linux only."""
    first()  # loads libraries and starts threads
    Path("/proc/self/clear_refs").write_text("5")  # forgets what was held
    before = most_held()
    call()
    return most_held() - before


def grown_by(case, name):
    """Give the bytes that a contestant takes."""
    logits, size, at = case
    first = contestants(logits[:2], size, None if at is None else at[:2], None)[name]
    return grown(first, contestants(logits, size, at, None)[name])


def grown_by_stream():
    """Give the bytes that 1000 masks take, which are made as they are encoded."""
    logits = blobs(50, 256, 256)

    def encode(stacks):
        """Encode stacks of 50 masks."""
        made = (logits.copy() for _ in range(stacks))
        for rles in maskrle.stream(made, threshold=0.0, size=SIZES[-1]):
            del rles

    return grown(lambda: encode(1), lambda: encode(20))


def send(pipe, call, arguments):
    """Send what a call returns."""
    pipe.send(call(*arguments))


def alone(call, *arguments):
    """What a call returns in a process of its own."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=send, args=(sender, call, arguments))
    process.start()
    found = receiver.recv()
    process.join()
    return found


def table(results, memories):
    """Table of {case: {threads: {contestant: ms}}}: 1 thread / all, and MB."""
    rows = [["least ms, 1 thread / all", *results]]
    names = {name: None for case in results.values() for name in case["all"]}
    for name in names:
        cells = []
        for case in results.values():
            both = [case[threads].get(name) for threads in ("1", "all")]
            cells.append(" / ".join(three_digits(ms) if ms else "-" for ms in both))
        rows.append([name, *cells])
    for name, of_case in memories.items():
        rows.append([f"{name}, MB", *(three_digits(taken / 1e6) for taken in of_case)])
    return markdown(rows)


def plot(points, path):
    """Plot of ms a mask over the sides of square targets, a line for each contestant."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 5), layout="constrained")
    sides = [side for side, _ in points]
    for name in points[0][1]:
        ours = name == "maskrle in Rust"
        axes.plot(
            sides,
            [times[name] for _, times in points],
            marker="o" if ours else "s",
            linewidth=2.6 if ours else 1.2,
            label=name,
        )
    first = points[0][1]["maskrle in Rust"] / 2
    for power, label in ((1, "as the side"), (2, "as the pixels")):
        grown = [first * (side / sides[0]) ** power for side in sides]
        axes.plot(sides, grown, ":", color="gray", linewidth=1)
        axes.annotate(label, (sides[-1], grown[-1]), ha="right", va="bottom", color="gray")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="side of the target, from 256 x 256 logits",
        ylabel="least ms a mask, one thread",
    )
    axes.set_xticks(sides, [str(side) for side in sides])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main():
    before = load()
    program = build("resampled_round")
    texts = []
    ways = ("torch, pycocotools", "torch, maskrle at full size", "maskrle in Python")
    image = (1080, 1920)
    stacks = {
        "64 masks of blobs, 256 x 256 f32": [(blobs(64, 256, 256), size, None) for size in SIZES],
        "8 masks of white noise, 256 x 256 f32": [
            (noise(8, 256, 256), size, None) for size in SIZES
        ],
        "100 masks of 28 x 28 f32, pasted into boxes of 30 to 530 pixels a side": [
            (1 / (1 + np.exp(-2 * blobs(100, 28, 28))), image, boxes(100, *image)),
            (1 / (1 + np.exp(-noise(100, 28, 28))), image, boxes(100, *image)),
        ],
    }
    for title, cases in stacks.items():
        print(title, file=sys.stderr)
        names = [f"{height} x {width}" for _, (height, width), _ in cases]
        if cases[0][2] is not None:
            names = [f"{kind} to {name}" for kind, name in zip(("blobs", "noise"), names)]
        results = {name: timed(program, *case) for name, case in zip(names, cases)}
        memories = {way: [alone(grown_by, case, way) for case in cases] for way in ways}
        texts.append(f"{title}:\n\n{table(results, memories)}")
    texts.append(
        "1000 masks of 256 x 256 f32 to 3000 x 4000 through `maskrle.stream`, 50 at a time: "
        f"{three_digits(alone(grown_by_stream) / 1e6)} MB\nat most beyond what a first stack of 50 "
        "took, whose logits are 13.1 MB."
    )
    points = []
    for side in SIDES:
        print(f"side {side}", file=sys.stderr)
        times = timed(program, blobs(4, 256, 256), (side, side))["1"]
        points.append((side, {name: ms / 4 for name, ms in times.items()}))
    folder = FOLDER if OPTIONS.write else FOLDER.parent / "target"
    plot(points, folder / "resampled_peers.png")
    heading = (
        f"{date.today()}. {OPTIONS.machine}. Logits in memory to COCO strings, which are the same "
        f"from all;\nleast times of {OPTIONS.rounds} rounds. Load average {before} at the start, "
        f"{load()} at the end. torch {torch.__version__},\nnumpy {np.__version__}, pycocotools "
        f"{version('pycocotools')}. MB are those beyond the logits, on all threads."
    )
    text = "\n\n".join([heading, *texts])
    print(text)
    if OPTIONS.write:
        write_between(MARKS, text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put tables and plot into benches/")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="of each contestant's turn")
    parser.add_argument("--machine", default="CPU not named", help="its name, for the heading")
    OPTIONS = parser.parse_args()
    main()
