"""Stubs and the compiled module agree, and the package is typed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")

PACKAGE = Path(__file__).parents[1]


def run(*arguments):
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=PACKAGE
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_stubs_are_those_of_the_module():
    run("-m", "mypy.stubtest", "maskrle._maskrle", "--mypy-config-file", "pyproject.toml")


def test_the_package_is_typed():
    run("-m", "mypy", "maskrle")
