"""Reports of long calls."""

import subprocess
import sys

import numpy as np
import pytest

import maskrle
from maskrle import _progress

STACK = (np.arange(7 * 9 * 11).reshape(7, 9, 11) % 5 < 2).astype(np.uint8)


@pytest.fixture
def small_parts(monkeypatch):
    """Reports after each 200 pixels: two masks of the stack, three with the last."""
    monkeypatch.setattr(_progress, "PIXELS", 200)


@pytest.fixture
def reports():
    return []


def test_a_stack(small_parts, reports):
    def report(*numbers):
        reports.append(numbers)

    wanted = maskrle.encode(STACK)
    assert maskrle.encode(STACK, progress=report) == wanted
    assert reports == [(2, 7), (4, 7), (6, 7), (7, 7)]
    reports.clear()
    encoder = maskrle.Encoder(threads=1, backend="cpu")
    assert encoder.encode(STACK, progress=report, format="kaggle") == maskrle.encode(
        STACK, format="kaggle"
    )
    assert reports == [(2, 7), (4, 7), (6, 7), (7, 7)]
    reports.clear()
    assert maskrle.instances(STACK, progress=report) == maskrle.instances(STACK)
    assert reports[-1] == (7, 7)


def test_results_are_nested_as_without_reports(small_parts, reports):
    def report(*numbers):
        reports.append(numbers)

    nested = np.stack([STACK, STACK, STACK])
    lists = [STACK[0], STACK, nested[:2], STACK[1], STACK[2, :3].astype(np.int64)]
    for masks, total in (
        (STACK[0], 1),
        (nested, 21),
        (lists, 24),
        (STACK[:0], 0),
        (nested[:, :0], 0),
        ([], 0),
        (STACK.tolist(), 7),
        (memoryview(STACK), 7),
    ):
        reports.clear()
        assert maskrle.encode(masks, progress=report) == maskrle.encode(masks)
        assert reports[-1] == (total, total)
        assert [done for done, _ in reports] == sorted({done for done, _ in reports})


def test_pixels_of_the_size_asked_for_count(small_parts, reports):
    logits = np.linspace(-1, 1, 4 * 2 * 2, dtype=np.float32).reshape(4, 2, 2)
    options = {"threshold": 0.0, "size": (20, 30)}
    rles = maskrle.encode(logits, **options, progress=lambda *numbers: reports.append(numbers))
    assert rles == maskrle.encode(logits, **options)
    assert reports == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_a_report_raises_ends_the_call(small_parts):
    seen = []

    def stop(done, total):
        seen.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maskrle.encode(STACK, progress=stop)
    assert seen == [2]


def test_streams(reports):
    def report(*numbers):
        reports.append(numbers)

    wanted = maskrle.encode(STACK)
    assert list(maskrle.stream([STACK] * 3, progress=report)) == [wanted] * 3
    assert reports == [(1, 3), (2, 3), (3, 3)]
    reports.clear()
    assert list(maskrle.stream(iter([STACK] * 2), progress=report)) == [wanted] * 2
    assert reports == [(1, None), (2, None)]


def test_no_reports():
    assert maskrle.encode(STACK, progress=False) == maskrle.encode(STACK)
    assert maskrle.Encoder(backend="cpu").encode(STACK, progress=None) == maskrle.encode(STACK)
    for call in (
        lambda: maskrle.encode(STACK, progress="yes"),
        lambda: list(maskrle.stream([STACK], progress="yes")),
    ):
        with pytest.raises(TypeError, match="^progress='yes': it is True"):
            call()


def test_a_bar(small_parts, capfd):
    pytest.importorskip("tqdm")
    assert maskrle.encode(STACK, progress=True) == maskrle.encode(STACK)
    assert "7/7" in capfd.readouterr().err
    assert len(list(maskrle.stream([STACK] * 3, progress=True))) == 3
    assert "3/3" in capfd.readouterr().err


def test_no_bar_without_tqdm():
    code = """
import sys
sys.modules["tqdm"] = sys.modules["tqdm.auto"] = None
import maskrle, numpy
assert maskrle.encode(numpy.eye(3, dtype=bool))
try:
    maskrle.encode(numpy.eye(3, dtype=bool), progress=True)
except ImportError as error:
    assert "needs tqdm" in str(error)
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", code], check=True)
