#!/usr/bin/env python3
"""Bundle what proves and times maskrle's GPU path on a machine that has a GPU and nothing else.

    python3 benches/headless/bundle.py            # into target/headless
    python3 benches/headless/bundle.py FOLDER

Builds the command and the tests that need a GPU, for machines like this one, and packs them with
Vulkan's loader, where apt has Debian's package of it. README.md says what to do with the folder.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
SCRIPTS = ["run.py", "cases.py", "driver.py", "limited.py", "logits.py"]
SCRIPTS += ["torch_peers.py", "cub_rle.cu"]
# Any of these in its sources makes a test one that needs a GPU.
NEEDS_GPU = ["support/gpu.rs", "MASKRLE_REQUIRE_GPU"]
# Tells, and tests, the SIMD levels of a machine.
LEVELS = "levels"
LOADER = "libvulkan.so.1"


def output(*command: str) -> str:
    """What a command writes, run in the project's folder."""
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def tests_wanted() -> list[str]:
    """Names of the library's tests that need a GPU, and of that of the SIMD levels."""
    metadata = json.loads(output("cargo", "metadata", "--no-deps", "--format-version=1"))
    library = next(package for package in metadata["packages"] if package["name"] == "maskrle")
    tests = [target for target in library["targets"] if target["kind"] == ["test"]]
    return [
        test["name"]
        for test in tests
        if test["name"] == LEVELS or needs_gpu(Path(test["src_path"]))
    ]


def needs_gpu(source: Path) -> bool:
    """True for a test one of whose own sources asks for a GPU."""
    sources = source.parent.rglob("*.rs") if source.name == "main.rs" else [source]
    texts = [file.read_text() for file in sources]
    return any(mark in text for mark in NEEDS_GPU for text in texts)


def executables(tests: list[str]) -> Iterator[tuple[str, str]]:
    """Name and path of each program, once all are built: the command, and tests as test-NAME."""
    command = ["cargo", "build", "--release", "--locked", "--all-features"]
    command += ["--message-format=json-render-diagnostics", "-p", "maskrle", "-p", "maskrle-cli"]
    command += ["--bin", "maskrle", *(f"--test={name}" for name in tests)]
    for line in output(*command).splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["executable"]:
            target = message["target"]
            is_test = target["kind"] == ["test"]
            yield ("test-" if is_test else "") + target["name"], message["executable"]


def fetch_loader(into: Path) -> bool:
    """Put Vulkan's loader, of Debian's package, into a folder; False where there is none."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        fetch = ["apt-get", "download", "-qq", "libvulkan1"]
        subprocess.run(fetch, cwd=scratch, check=False, stderr=subprocess.DEVNULL)
        for package in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, scratch], check=True)
        found = next(Path(scratch).rglob(LOADER), None)
        if found:
            shutil.copy(found, into / LOADER)
        return found is not None


def commit() -> str:
    """The commit that is built, marked if files differ from it."""
    try:
        changed = output("git", "status", "--porcelain", "--untracked-files=no").strip()
        return output("git", "rev-parse", "HEAD").strip() + ("-changed" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def main(folder: Path) -> None:
    """Make the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        programs = Path(scratch)
        for name, path in executables(tests_wanted()):
            shutil.copy(path, programs / name)
        built = sorted(file.name for file in programs.iterdir())
        if platform.system() == "Linux":
            subprocess.run(["strip", *built], cwd=programs, check=True)
            if not fetch_loader(programs):
                message = "apt has no libvulkan1: the other machine must have a loader of its own"
                print(message, file=sys.stderr)
        contents = {
            "commit": commit(),
            "built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "system": f"{platform.system()} {platform.machine()}",
            "tests": [name for name in built if name.startswith("test-")],
        }
        # With a dictionary that holds several programs, which are alike for the most part.
        with tarfile.open(folder / "programs.tar.xz", "w:xz", preset=9) as archive:
            for file in sorted(programs.iterdir()):
                archive.add(file, file.name)
    (folder / "bundle.json").write_text(json.dumps(contents, indent=1) + "\n")
    for script in SCRIPTS:
        shutil.copy(FOLDER / script, folder / script)
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {size / 1e6:.1f} MB, {', '.join(built)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "target" / "headless")
    main(parser.parse_args().folder)
