"""maskrle.mask in pycocotools' place."""

import json
import subprocess
import sys
from pathlib import Path

CHECK = Path(__file__).with_name("evaluate.py")


def evaluated(*arguments):
    done = subprocess.run(
        [sys.executable, str(CHECK), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_cocoeval_is_identical():
    for kind in ("segm", "bbox"):
        theirs = evaluated(kind, "--images=40")
        ours = evaluated(kind, "--images=40", "--maskrle")
        assert theirs["module"] == "pycocotools.mask"
        assert ours["module"] == "maskrle.mask"
        assert ours["digest"] == theirs["digest"]
        assert ours["stats"] == theirs["stats"]
        assert -1 < ours["stats"][0] < 1


def test_it_may_come_after_pycocotools():
    code = """
import pycocotools.coco
import maskrle
maskrle.init_as_pycocotools()
from pycocotools import mask
assert mask is maskrle.mask and pycocotools.coco.maskUtils is maskrle.mask
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_stands_where_pycocotools_is_not():
    code = """
import sys
sys.modules["pycocotools"] = None
import maskrle
maskrle.init_as_pycocotools()
from pycocotools import mask
import pycocotools.mask
assert mask is maskrle.mask is pycocotools.mask
"""
    subprocess.run([sys.executable, "-c", code], check=True)
