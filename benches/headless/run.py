#!/usr/bin/env python3
"""Prove and time maskrle's GPU path on this machine, in the folder that bundle.py has made.

    python3 run.py out.json               # --seconds 480
    python3 run.py --software out.json    # small stacks on a software adapter: a try of the kit

Needs nothing but Python. Tests come first, then `maskrle bench`, then the peers that can be run
here: torch on CUDA, and CUB where there is nvcc. What fails does not stop the rest, all of it has a
time limit, and the JSON is written anew after each part. The exit status is 1 if anything of
maskrle failed or was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import driver
import limited
import logits
from cases import CASES, Case

FOLDER = Path(__file__).resolve().parent
SCHEMA = 1
# Share of all the time after which no more tests begin before the benches: those left come last.
TESTS_SHARE = 0.4
# Share of all the time that one test may take.
TEST_SHARE = 1 / 5
TORCH_SECONDS = 120
NVCC_SECONDS = 120
CUB_SECONDS = 30
LEVELS = "test-levels"
# Bytes, and the mean length of their runs: about that of blobs, and of noise.
CUB_CASES = [(1 << 26, 700), (1 << 30, 700), (1 << 26, 2), (1 << 20, 700)]


class Session:
    """One run of the kit: its time, its environment, and all that it has found."""

    def __init__(self, options: argparse.Namespace, programs: Path) -> None:
        self.options = options
        self.programs = programs
        self.start = time.monotonic()
        self.environment = {"XDG_RUNTIME_DIR": str(programs), "RUST_BACKTRACE": "1"}
        self.bundle = json.loads((FOLDER / "bundle.json").read_text())
        self.document = {
            "schema": SCHEMA,
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": self.bundle["commit"],
            "software": options.software,
            "complete": False,
            "tests": [],
            "benches": [],
            "peers": {},
        }

    def spent(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.start

    def left(self) -> float:
        """Seconds until it must end."""
        return self.options.seconds - self.spent()

    def program(self, name: str) -> str:
        """Path of a program of the bundle."""
        return str(self.programs / name)

    def run(self, command: list[str], seconds: float, **variables: str) -> limited.Done:
        """Run a command within its own limit and that of the whole."""
        environment = {**self.environment, **variables}
        return limited.run(command, min(seconds, self.left()), environment)

    def save(self, line: str) -> None:
        """Write all that is known so far, and say what was done."""
        self.document["seconds"] = round(self.spent(), 1)
        out = self.options.out
        # Whoever reads the file at any moment finds one whole document.
        part = out.with_name(f"{out.name}.part")
        part.write_text(json.dumps(self.document, indent=1) + "\n")
        os.replace(part, out)
        print(f"{self.spent():6.1f} s  {line}", flush=True)


# The machine


def describe(session: Session) -> None:
    """Find the machine's parts, and the environment in which it has a GPU."""
    document = session.document
    found = driver.find(session.programs, session.options.software)
    session.environment.update(found.environment)
    document["machine"] = machine(session)
    document["adapter"] = found.adapter
    document["adapters"] = found.adapters
    document["driver"] = {"way": found.way, "tried_before": found.tried}
    document["nvidia_smi"] = nvidia_smi(session)
    name = found.adapter["name"] if found.adapter else f"no adapter: {found.tried}"
    session.save(f"adapter: {name}")


def machine(session: Session) -> dict:
    """The CPU, its SIMD level, and the system."""
    return {
        "cpu": cpu_name(),
        "threads": usable_threads(),
        "simd": simd_level(session),
        "memory_gb": memory_gb(),
        "system": system(),
        "python": platform.python_version(),
    }


def system() -> str:
    """The system, its processor family, and its C library."""
    library = " ".join(platform.libc_ver()).strip()
    return ", ".join(filter(None, [f"{platform.system()} {platform.machine()}", library]))


def cpu_name() -> str:
    """The CPU's name, where the system tells it."""
    try:
        names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def usable_threads() -> int:
    """Number of CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_gb() -> float | None:
    """Memory of the machine, where the system tells it."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError):
        return None


def simd_level(session: Session) -> str | None:
    """Best SIMD level that maskrle finds: the last in the list of its tests that is not ignored."""

    def levels(*flags: str) -> list[str]:
        done = session.run([session.program(LEVELS), "--list", *flags], 20)
        names = [line.split("::")[0] for line in done.out.splitlines() if "::" in line]
        return [name.removeprefix("[native] ") for name in names]

    missing = set(levels("--ignored"))
    present = [level for level in levels() if level not in missing]
    return present[-1] if present else None


def nvidia_smi(session: Session) -> str | None:
    """The GPU as NVIDIA's tool names it: name, driver, memory, clocks."""
    query = "--query-gpu=name,driver_version,memory.total,clocks.sm,clocks.mem,pstate"
    done = session.run(["nvidia-smi", query, "--format=csv,noheader"], 20)
    return done.out.strip() if done.status == 0 else None


# Tests


def test(session: Session, name: str) -> None:
    """Run the tests of one target."""
    limit = TEST_SHARE * session.options.seconds
    done = session.run([session.program(name)], limit, MASKRLE_REQUIRE_GPU="1")
    counts = re.findall(r"test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", done.out)
    passed, failed, ignored = map(int, counts[-1]) if counts else (0, 0, 0)
    if done.status is None:
        status = "timed out"
    else:
        status = "passed" if done.status == 0 and passed else "failed"
    entry = {
        "name": name.removeprefix("test-"),
        "status": status,
        "seconds": round(done.seconds, 1),
        "passed": passed,
        "failed": failed,
        "ignored": ignored,
    }
    if status != "passed":
        entry["last_lines"] = done.last_lines()
    session.document["tests"].append(entry)
    session.save(f"test {entry['name']}: {status}, {passed} passed, {failed} failed")


def begin_tests(session: Session) -> list[str]:
    """Run tests of the GPU while their share of time lasts; returns those that are left."""
    names = [name for name in session.bundle["tests"] if name != LEVELS]
    if not session.document["adapter"]:
        return names
    while names and session.spent() < TESTS_SHARE * session.options.seconds:
        test(session, names.pop(0))
    return names


def end_tests(session: Session, names: list[str]) -> None:
    """Run the tests that are left, and that of the SIMD levels, for which no GPU is needed."""
    for name in [*names, LEVELS]:
        if name != LEVELS and not session.document["adapter"]:
            not_run(session, name, "no adapter")
        elif session.left() < 5:
            not_run(session, name, "no time was left")
        else:
            test(session, name)


def not_run(session: Session, name: str, why: str) -> None:
    """Note a test that was not run."""
    entry = {"name": name.removeprefix("test-"), "status": "not run", "last_lines": [why]}
    session.document["tests"].append(entry)
    session.save(f"test {entry['name']}: not run, {why}")


# Benches


def bench(session: Session, case: Case) -> None:
    """Time all backends on one stack."""
    entry: dict = {"case": case.label, "report": None}
    session.document["benches"].append(entry)
    if not session.document["adapter"] or session.left() < 5:
        entry["error"] = ["no time was left" if session.document["adapter"] else "no adapter"]
        session.save(f"bench {case.label}: not run, {entry['error'][0]}")
        return
    try:
        time_case(session, case, entry)
    except OSError as error:  # no room for the floats
        entry["error"] = [str(error)]
    session.save(f"bench {case.label}: {summary(entry)}")


def time_case(session: Session, case: Case, entry: dict) -> None:
    """Run the command, and note what it says."""
    file = session.programs / f"waves-{case.pattern}.npy"
    arguments = case.arguments(str(file))
    if case.is_floats:
        logits.write(file, case.shape, case.pattern)
    if session.options.software:
        arguments.append("--allow-software")
    command = [session.program("maskrle"), "bench", *arguments, "--json"]
    done = session.run(command, case.seconds)
    file.unlink(missing_ok=True)
    entry["seconds"] = round(done.seconds, 1)
    try:
        entry["report"] = json.loads(done.out)
    except ValueError:
        entry["error"] = done.last_lines()
        return
    # Warnings tell what was not measured, or that the CPU did a part.
    if done.err.strip():
        entry["error"] = done.err.splitlines()[-10:]


def summary(entry: dict) -> str:
    """Least times of a bench, in a line."""
    if not entry["report"]:
        return f"failed: {entry['error'][-1:]}"
    return ", ".join(
        f"{result['name']} {result['min_ms']:.3f} ms" for result in entry["report"]["results"]
    )


# Peers


def peer(session: Session, name: str, run) -> None:
    """Run a peer, whatever happens in it."""
    found: object
    try:
        found = run(session) if session.left() > 5 else {"error": "no time was left"}
    except (OSError, ValueError) as error:
        found = {"error": repr(error)}
    session.document["peers"][name] = found
    session.save(f"{name}: {json.dumps(found)[:300]}")


def torch_peers(session: Session) -> dict:
    """What torch_peers.py has found, with the first Python that has torch."""
    out = session.programs / "torch.json"
    for python in [sys.executable, "python3", "python"]:
        if session.run([python, "-c", "import torch"], 60).status != 0:
            continue
        small = ["--small"] if session.options.software else []
        command = [python, str(FOLDER / "torch_peers.py"), *small, str(out)]
        done = session.run(command, TORCH_SECONDS)
        # It too writes anew after each part.
        found = json.loads(out.read_text()) if out.exists() else {}
        if done.status != 0:
            found["error"] = done.last_lines(5)
        return found
    return {"error": "no Python here has torch"}


def cub(session: Session) -> dict | list[dict]:
    """Times of CUB's run-length encoding, by a program that is compiled here."""
    nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
    if not nvcc:
        return {"error": "no nvcc here"}
    program = session.program("cub_rle")
    compile = [nvcc, "-O3", "-std=c++17", "-arch=native", str(FOLDER / "cub_rle.cu")]
    done = session.run([*compile, "-o", program], NVCC_SECONDS)
    if done.status != 0:
        return {"error": done.last_lines(5)}
    found = []
    for items, length in CUB_CASES:
        done = session.run([program, str(items), str(length)], CUB_SECONDS)
        case = {"bytes": items, "mean_run": length}
        try:
            found.append({**case, **json.loads(done.out)})
        except ValueError:
            found.append({**case, "error": done.last_lines(3)})
    return found


# All of it


def all_is_well(document: dict) -> bool:
    """True if all of maskrle was run and nothing failed."""
    tests = all(test["status"] == "passed" for test in document["tests"])
    return tests and all(bench["report"] for bench in document["benches"])


def unpack(into: Path) -> None:
    """Unpack the bundle's programs, which lie side by side."""
    with tarfile.open(FOLDER / "programs.tar.xz") as archive:
        for member in archive:
            path = into / Path(member.name).name
            path.write_bytes(archive.extractfile(member).read())
            path.chmod(0o755)


def main(options: argparse.Namespace) -> int:
    """Run all parts; returns the exit status."""
    # What is running then is ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    with tempfile.TemporaryDirectory() as scratch:
        session = Session(options, Path(scratch))
        session.save(f"bundle of {session.bundle['commit']}, {session.bundle['built']}")
        unpack(session.programs)
        describe(session)
        tests_left = begin_tests(session)
        cases = [case.small() if options.software else case for case in CASES]
        # Small stacks of two cases may be the same.
        for case in dict.fromkeys(cases):
            bench(session, case)
        peer(session, "torch", torch_peers)
        peer(session, "cub", cub)
        end_tests(session, tests_left)
        session.document["complete"] = True
        session.save(f"all is in {options.out}")
        return 0 if all_is_well(session.document) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="the JSON to write")
    parser.add_argument("--seconds", type=float, default=480, help="for all of it")
    parser.add_argument(
        "--software", action="store_true", help="small stacks on a software adapter, no measure"
    )
    sys.exit(main(parser.parse_args()))
