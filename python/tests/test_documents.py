"""Examples of docstrings and pages run, and every public name has a docstring."""

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import maskrle
import maskrle.mask

PAGES = Path(__file__).parents[2]


def documented(owner):
    """The public functions and classes of a module, and the public members of a class."""
    names = getattr(owner, "__all__", None) or [n for n in vars(owner) if not n.startswith("_")]
    for name in names:
        item = getattr(owner, name)
        yield f"{owner.__name__}.{name}", item
        if inspect.isclass(item):
            yield from documented(item)


ITEMS = dict([*documented(maskrle), *documented(maskrle.mask)])


@pytest.mark.parametrize("name", ITEMS)
def test_docstrings(name):
    text = inspect.getdoc(ITEMS[name])
    assert text, f"{name} has no docstring"
    example = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    assert example.examples, f"{name} has no example"
    assert doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize("module", ["maskrle", "maskrle.mask"])
def test_modules(module):
    item = maskrle if module == "maskrle" else maskrle.mask
    assert doctest.testmod(item).failed == 0


@pytest.mark.parametrize("page", ["python/README.md", "docs/python.md"])
def test_pages(page):
    path = PAGES / page
    if not path.exists():
        pytest.skip("the page is not in this package")
    code = "\n".join(re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL))
    example = doctest.DocTestParser().get_doctest(code, {}, page, None, 0)
    assert example.examples, f"{page} has no example"
    if any("torch" in line.source for line in example.examples):
        pytest.importorskip("torch")
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed == 0


def test_readme():
    path = PAGES / "README.md"
    if not path.exists():
        pytest.skip("the page is not in this package")
    *_, code = re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL)
    # Not in this process: it ends with another module in pycocotools' place.
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    printed = re.search(r"print\(.*\)  # (.*)", code)
    assert printed and ran.stdout.strip() == printed[1]
