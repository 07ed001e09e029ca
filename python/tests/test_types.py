"""Stubs and the compiled module agree, and the package is typed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")

CONFIGURATION = str(Path(__file__).parents[1] / "pyproject.toml")


def run(folder, *arguments):
    """Runs Python elsewhere, so that the installed package is meant and not this folder's."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_submodules_are_there(tmp_path):
    code = "import maskrle, sys; maskrle.mask.area; assert 'torch' not in sys.modules; "
    code += "sys.modules['torch'] = None; assert not hasattr(maskrle, 'torch'); "
    code += "assert not hasattr(maskrle, 'numpy')"
    run(tmp_path, "-c", code)


def test_stubs_are_those_of_the_module(tmp_path):
    options = ["maskrle._maskrle", "--mypy-config-file", CONFIGURATION]
    run(tmp_path, "-m", "mypy.stubtest", *options)


def test_the_package_is_typed(tmp_path):
    run(tmp_path, "-m", "mypy", "--config-file", CONFIGURATION, "-p", "maskrle")
