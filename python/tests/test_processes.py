"""Threads, forks and spawned processes."""

import multiprocessing
import os
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import maskrle
import maskrle.mask

STACK = (np.arange(24 * 256 * 256).reshape(24, 256, 256) % 97 < 31).astype(np.uint8)
ENCODER = maskrle.Encoder(threads=2, backend="cpu")


def work(_=None):
    """Work for all cores, by both encoders, and on runs."""
    rles = maskrle.encode(STACK)
    assert ENCODER.encode(STACK) == rles
    assert maskrle.Runs.from_coco(rles).areas.sum() == STACK.sum()
    return rles


def in_child(target):
    """Runs target in a forked child, and asserts that it ends well and soon."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        process = multiprocessing.get_context("fork").Process(target=target)
        process.start()
    process.join(60)
    is_hung = process.is_alive()
    if is_hung:
        process.kill()
    assert not is_hung
    assert process.exitcode == 0


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@needs_fork
def test_a_forked_child_has_threads_of_its_own():
    wanted = work()  # starts the parent's threads

    def child():
        assert work() == wanted

    in_child(child)
    in_child(child)
    assert work() == wanted


@needs_fork
def test_few_pairs_of_large_masks_in_a_forked_child():
    noise = np.asfortranarray(np.random.default_rng(2).random((400, 600)) < 0.5)
    rles = [maskrle.mask.encode(noise)] * 2
    wanted = maskrle.mask.iou(rles, rles, [0, 0]).tolist()

    def child():
        assert maskrle.mask.iou(rles, rles, [0, 0]).tolist() == wanted

    in_child(child)


@needs_fork
def test_the_child_of_a_child():
    work()

    def child():
        work()
        in_child(work)

    in_child(child)


@needs_fork
def test_a_fork_while_others_encode():
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            work()

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            in_child(work)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_spawned_processes():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(maskrle.encode, [STACK[:2], STACK[2:4]])
    assert first + second == maskrle.encode(STACK[:4])


SUBINTERPRETER = """
import importlib
import maskrle

for name in ("_interpreters", "_xxsubinterpreters"):
    try:
        interpreters = importlib.import_module(name)
        break
    except ImportError:
        pass
else:
    print("none")
    raise SystemExit
code = '''
try:
    {statement}
except ImportError:
    print("refused", flush=True)
'''
failure = interpreters.run_string(interpreters.create(), code)
assert failure is None, failure
print(maskrle.decode(maskrle.encode([[0, 1]])).tolist())
"""


# The compiled half without numpy, which may refuse before.
COMPILED_HALF = (
    "from importlib.machinery import ExtensionFileLoader as Loader; "
    "from importlib.util import module_from_spec, spec_from_loader; "
    f"loader = Loader('_maskrle', {maskrle._maskrle.__file__!r}); "
    "module = module_from_spec(spec_from_loader('_maskrle', loader)); "
    "loader.exec_module(module)"
)


@pytest.mark.parametrize("statement", ["import maskrle as module", COMPILED_HALF])
def test_other_interpreters_are_refused(statement):
    code = SUBINTERPRETER.replace("{statement}", statement)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.split("\n")
    if said[0] == "none":
        pytest.skip("this interpreter has no others")
    assert said[0] == "refused"
    assert said[1] == "[[0, 1]]"  # the first interpreter works on


def test_threads_share_one_encoder():
    wanted = maskrle.encode(STACK)
    with ThreadPoolExecutor(8) as threads:
        for rles in threads.map(ENCODER.encode, [STACK] * 32):
            assert rles == wanted
        for rles in threads.map(work, range(16)):
            assert rles == wanted


def test_many_small_calls_from_many_threads():
    rng = np.random.default_rng(5)
    shapes = [(28, 28), (3, 17, 5), (2, 2, 40, 40), (1, 300, 200), (0, 4, 4)]
    stacks = [(rng.random(shape) < 0.4).astype(dtype) for shape in shapes for dtype in "?BHi"]
    stacks.append(stacks[:6])
    wanted = [maskrle.encode(stack) for stack in stacks]
    runs = maskrle.Runs.from_masks(STACK)
    areas = runs.areas.tolist()

    def hammer(thread):
        for call in range(200):
            index = (thread * 7 + call) % len(stacks)
            assert ENCODER.encode(stacks[index]) == wanted[index]
            assert runs.areas.tolist() == areas
            assert runs[call % 24].areas.tolist() == [areas[call % 24]]
            with pytest.raises(ValueError, match="dimension"):
                ENCODER.encode(STACK[0, 0])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(hammer, range(8)))
    masks = iter(maskrle.Runs.concat([runs] * 50))
    with ThreadPoolExecutor(8) as threads:
        counts = threads.map(lambda _: sum(1 for _ in masks), range(8))
    assert sum(counts) == 50 * 24


@pytest.mark.skipif(
    getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this interpreter has a lock"
)
def test_the_lock_stays_off():
    assert not sys._is_gil_enabled()


FEW_THREADS = """
import numpy as np
from maskrle import mask

pixels = np.asfortranarray(np.random.default_rng(2).random((256, 256, 40)) < 0.5)
rles = [{"size": [256, 256], "counts": [1] * 65536}] * 40
assert mask.area(rles).tolist() == [32768] * 40
assert mask.decode(rles).sum() == 40 * 32768
assert mask.toBbox(rles).shape == (40, 4)
assert (mask.decode(mask.encode(pixels)) == pixels).all()
"""


# What another user is told who may not run the interpreter or read the package, and who may not
# become that user.
NOT_ALLOWED = ("Permission denied", "not permitted", "ModuleNotFoundError")


def test_a_system_that_refuses_threads():
    def run(text, *limits):
        # A user of no other processes, whose threads the system counts.
        user = ["setpriv", "--reuid=65531", "--clear-groups"]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "9"}
        command = [*limits, *user, sys.executable, "-B", "-c", text]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    few = ["prlimit", "--nproc=1"]
    try:
        imported, limited = run("import maskrle"), run("import numpy", *few)
    except FileNotFoundError:
        pytest.skip("there is no means to limit threads")
    # This process has it imported: another user fails to for want of rights alone.
    if imported.returncode != 0:
        assert any(said in imported.stderr for said in NOT_ALLOWED), imported.stderr
        pytest.skip("no other user may import it")
    if limited.returncode != 0:
        pytest.skip("NumPy itself needs threads, or they cannot be limited")
    done = run(FEW_THREADS, *few)
    assert done.returncode == 0, done.stderr
