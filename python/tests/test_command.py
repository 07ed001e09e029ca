"""The command that comes with the package."""

import json
import subprocess
import sys

import numpy as np

import maskrle


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "maskrle", *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_it_encodes(tmp_path):
    stack = np.eye(5, dtype=np.uint8)[None]
    np.save(tmp_path / "masks.npy", stack)
    done = run("encode", "masks.npy", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout)
    assert {key: line[key] for key in ("size", "counts")} == maskrle.encode(stack)[0]


def test_its_status_and_help():
    assert run("--help").returncode == 0
    assert "Usage: maskrle" in run("--help").stdout
    assert run("no-such-verb").returncode == 2
    assert run("encode", "no-such-file.npy").returncode == 1
    assert maskrle.__version__ in run("--version").stdout
