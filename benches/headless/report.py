#!/usr/bin/env python3
"""Print what run.py has found as a table, and draw it.

    python3 benches/headless/report.py out.json              # the plot beside it, out.png
    python3 benches/headless/report.py out.json --results    # into benches/RESULTS.md instead

Beside the figures stands what was predicted by counting, for an H100, before anything was measured.
What missed that by over 1.5 times, either way, is named. The plot needs matplotlib.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from peers import markdown, three_digits, write_between

MARKS = ("<!-- from benches/headless/report.py -->", "<!-- to here, headless -->")
PLOT = "speed.png"
MISSED = 1.5
# Columns of `maskrle bench`: its name of the backend, and ours.
BACKENDS = {
    "cpu-1": "CPU, 1 thread",
    "cpu-all": "CPU, all",
    "auto": "auto",
    "gpu": "GPU, from the host",
    "gpu-device": "GPU, on the device",
}
ON_DEVICE = BACKENDS["gpu-device"]
COLUMNS = [*BACKENDS.values(), "its passes, mean", "of its read", "predicted"]
TORCH = {"sam2": "torch, SAM 2's way", "sam3": "torch, SAM 3's way"}
TORCH |= {"packed": "torch, packed bits to the host", "maskrle": "torch, maskrle in Python"}
# Ms for an H100 (3.35 TB/s), by the shape, pattern and output of COCO's strings: "passes" is the
# device's own time, the others wall time.
H100 = "H100"
PREDICTED = {
    ((64, 1024, 1024), "blobs"): {"passes": (0.085, 0.11), "device": (0.35, 0.7), "host": (6, 8)},
    ((1024, 1024, 1024), "blobs"): {"passes": (0.75, 1.0)},
    ((1, 1024, 1024), "blobs"): {"device": (0.15, 0.3)},
    ((64, 1024, 1024), "noise"): {"passes": (0.15, 0.15)},
    ((10000, 28, 28), "blobs"): {"device": (2, 4)},
}


# What was measured


def reports(document: dict) -> list[dict]:
    """Reports of all benches that gave one."""
    return [bench["report"] for bench in document["benches"] if bench["report"]]


def by_name(report: dict) -> dict[str, dict]:
    """Results of a bench by their backend's name."""
    return {result["name"]: result for result in report["results"]}


def passes(report: dict) -> float | None:
    """Ms of all passes of a call on masks on the device, by its own clock."""
    times = by_name(report).get("gpu-device", {}).get("passes_ms")
    return sum(times.values()) if times else None


def measured(report: dict) -> dict[str, float | None]:
    """Ms of what is predicted, by the predictions' names."""
    results = by_name(report)
    wall = {"host": "gpu", "device": "gpu-device"}
    least = {key: results.get(name, {}).get("min_ms") for key, name in wall.items()}
    return {"passes": passes(report), **least}


def predicted(report: dict) -> dict[str, tuple[float, float]]:
    """Least and most ms that were predicted for a bench, by name."""
    if any(result["output"] != "coco" for result in report["results"]):
        return {}
    return PREDICTED.get((tuple(report["shape"]), report["pattern"]), {})


def misses(document: dict) -> list[str]:
    """What is not within 1.5 times of its prediction."""
    found = []
    for report in reports(document):
        for name, (low, high) in predicted(report).items():
            ms = measured(report)[name]
            if ms is None or low / MISSED <= ms <= high * MISSED:
                continue
            times = (
                f"{ms / high:.1f} times as long" if ms > high else f"{low / ms:.1f} times faster"
            )
            found.append(
                f"{title(report)}, {name}: {three_digits(ms)} ms, predicted {span(low, high)}, {times}"
            )
    return found


def tests_in_words(document: dict) -> str:
    """Results of the tests in a sentence."""
    tests = document["tests"]
    words = []
    for test in tests:
        counts = f"{test.get('passed', 0)} passed"
        bad = "" if test["status"] == "passed" else f", **{test['status']}**"
        words.append(f"{test['name']} {counts}{bad}")
    return f"Tests: {'; '.join(words)}." if words else "No tests were run."


# Tables


def side(height: int, width: int) -> str:
    """Size of a mask."""
    return f"{height}²" if height == width else f"{height} x {width}"


def stack(pattern: str, shape: list[int]) -> str:
    """Name of a stack."""
    n, height, width = shape
    return f"{pattern} {n} x {side(height, width)}"


def title(report: dict) -> str:
    """Name of a bench: its stack, and its output if that is not COCO's strings."""
    pattern = report["pattern"]
    if pattern.endswith(".npy"):
        pattern = f"{pattern.removesuffix('.npy').split('-')[-1]} logits"
    outputs = {result["output"] for result in report["results"]}
    order = ", rows" if report["order"].startswith("row") else ""
    starts = ", starts" if "starts" in outputs and not order else ""
    return f"{stack(pattern, report['shape'])}{order}{starts}"


def span(low: float, high: float) -> str:
    """A prediction."""
    return f"{low:g}" if low == high else f"{low:g}-{high:g}"


def ms_or_dash(ms: float | None) -> str:
    return "-" if ms is None else three_digits(ms)


def row(report: dict) -> list[str]:
    """Cells of a bench."""
    results = by_name(report)
    share = results.get("gpu-device", {}).get("fraction_of_limit")
    predictions = [f"{name} {span(*ms)}" for name, ms in predicted(report).items()]
    return [
        title(report),
        *(ms_or_dash(results.get(name, {}).get("min_ms")) for name in BACKENDS),
        ms_or_dash(passes(report)),
        "-" if share is None else f"{share:.2f}",
        ", ".join(predictions),
    ]


def peer_rows(document: dict) -> list[list[str]]:
    """Cells of the peers, whose pixels are on the device."""
    place = 1 + COLUMNS.index(ON_DEVICE)

    def cells(name: str, ms: float) -> list[str]:
        row = [name, *["-"] * (len(COLUMNS) - 1), ""]
        row[place] = three_digits(ms)
        return row

    torch, cub = (document["peers"].get(name, {}) for name in ("torch", "cub"))
    rows = [
        cells(f"{TORCH[way]}, {stack(entry['pattern'], entry['shape'])}", ms)
        for entry in torch.get("stacks", [])
        for way, ms in entry.get("ms", {}).items()
    ]
    for entry in cub if isinstance(cub, list) else []:
        if "encode_ms" in entry:
            name = f"CUB Encode, {entry['bytes'] >> 20} MiB, runs of {entry['mean_run']}"
            rows.append(cells(name, entry["encode_ms"]))
    return rows


def heading(document: dict) -> str:
    """The machine, the day, and what else the figures depend on."""
    machine, adapter = document["machine"], document["adapter"]
    gpu = "no adapter"
    if adapter:
        gpu = f"{adapter['name']}, {adapter['backend']}, driver {adapter['driver']}"
    whole = "" if document["complete"] else " The run was cut off."
    cpu = [machine["cpu"], f"{machine['threads']} threads", machine["simd"]]
    return (
        f"{document['date'][:10]}. {gpu}.\n{', '.join(filter(None, cpu))}; {machine['system']}.\n"
        f"Commit {document['commit'][:12]}, {document['seconds']:.0f} s in all.{whole} {tests_in_words(document)}"
    )


def limits(document: dict) -> str:
    """Rates of the device's memory, in a line, by the largest stack and by torch."""
    rates = [report["device_gb_per_s"] for report in reports(document)]
    kinds = {
        kind: [rate[kind] for rate in rates if rate[kind]] for kind in ("read", "copy", "upload")
    }
    best = [f"{kind} {max(found):.0f}" for kind, found in kinds.items() if found]
    theirs = document["peers"].get("torch", {}).get("gb_per_s", {})
    lines = [f"The device at best, in GB/s, by `maskrle bench`: {', '.join(best) or '-'}"]
    if theirs:
        lines.append(
            f"by torch: {', '.join(f'{kind} {rate:.0f}' for kind, rate in theirs.items())}"
        )
    return "; ".join(lines) + "."


def verdict(document: dict) -> str:
    """What missed its prediction."""
    if document["software"]:
        return (
            "**Made by a software adapter: this shows that the kit runs, and is no measure of any "
            "GPU.**"
        )
    if not document["adapter"]:
        tried = "; ".join(
            f"{way}: {why}" for way, why in document["driver"]["tried_before"].items()
        )
        return f"No GPU was found. Tried: {tried}."
    found = misses(document)
    intro = f"Predicted is for an {H100}, 3.35 TB/s. Missed by over {MISSED} times:"
    return f"{intro}\n\n{bullets(found)}" if found else f"{intro} nothing."


def remarks(document: dict) -> str:
    """What benches that were not run, failed or warned have said; empty if there are none."""
    said = [
        f"{bench['case']}: {bench['error'][-1]}"
        for bench in document["benches"]
        if bench.get("error")
    ]
    return f"Not run, failed, or with a warning:\n\n{bullets(said)}" if said else ""


def bullets(items: list[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def text(document: dict) -> str:
    """All of it in Markdown."""
    rows = [["least ms", *COLUMNS], *map(row, reports(document)), *peer_rows(document)]
    parts = [heading(document), markdown(rows), limits(document), verdict(document)]
    return "\n\n".join(filter(None, [*parts, remarks(document)]))


# The plot


def plot(document: dict, path: Path) -> str:
    """Draw rates over the bytes of stacks of blobs; returns why there is no plot, or nothing."""
    drawn = lines(document)
    if not drawn:
        return "no blobs were timed"
    if not importlib.util.find_spec("matplotlib"):
        return "matplotlib is not installed"
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 5.5), layout="constrained")
    for name, points in drawn.items():
        sizes, rates = zip(*sorted(points))
        ours = name in BACKENDS.values()
        style = {"linewidth": 2.2, "marker": "o"} if ours else {"linewidth": 1.1, "marker": "s"}
        axes.plot(sizes, rates, label=name, **style)
    reads = [report["device_gb_per_s"]["read"] for report in reports(document)]
    if any(reads):
        axes.axhline(max(filter(None, reads)), color="gray", linestyle=":", label="device, read")
    software = " (software adapter: no measure of a GPU)" if document["software"] else ""
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=f"bytes of a stack of square masks of blobs{software}",
        ylabel="GB/s of pixels, least time",
    )
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)
    return ""


def lines(document: dict) -> dict[str, list[tuple[int, float]]]:
    """Points of the plot by contestant: bytes, and GB/s. All masks have one size."""
    blobs = [
        report
        for report in reports(document)
        if report["pattern"] == "blobs" and title(report) == stack("blobs", report["shape"])
    ]
    if not blobs:
        return {}
    sizes = [tuple(report["shape"][1:]) for report in blobs]
    size = max(sizes, key=sizes.count)
    found: dict[str, list[tuple[int, float]]] = {}

    def add(name: str, shape: list[int], ms: float) -> None:
        if tuple(shape[1:]) == size:
            total = shape[0] * shape[1] * shape[2]
            found.setdefault(name, []).append((total, total / ms / 1e6))

    for report in blobs:
        for name, result in by_name(report).items():
            add(BACKENDS[name], report["shape"], result["min_ms"])
    for entry in document["peers"].get("torch", {}).get("stacks", []):
        for way, ms in entry.get("ms", {}).items():
            if entry["pattern"] == "blobs":
                add(TORCH[way], entry["shape"], ms)
    return found


def main(options: argparse.Namespace) -> None:
    """Print, draw, and write where it is asked for."""
    document = json.loads(options.document.read_text())
    if "adapter" not in document:
        sys.exit("the run ended before it knew the machine")
    if options.results and (document["software"] or not document["adapter"]):
        sys.exit("no GPU has made it: that is no result")
    path = FOLDER / PLOT if options.results else options.document.with_suffix(".png")
    found = text(document)
    print(found)
    missing = plot(document, path)
    if missing:
        print(f"no plot: {missing}", file=sys.stderr)
    elif options.results:
        found += f"\n\n![Rates of stacks of blobs, of each backend](headless/{PLOT})"
    if options.results:
        write_between(MARKS, found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("document", type=Path, help="the JSON of run.py")
    parser.add_argument("--results", action="store_true", help="write into benches/RESULTS.md")
    main(parser.parse_args())
