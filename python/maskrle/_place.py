"""`maskrle.mask` in the place of `pycocotools.mask`."""

import importlib
import sys
from types import ModuleType


def init_as_pycocotools() -> None:
    """Put `maskrle.mask` in the place of `pycocotools.mask`, for this process.

    To be called before anything imports pycocotools.mask: `from pycocotools import mask` then
    gives `maskrle.mask`, in pycocotools' own COCO and COCOeval, in torchmetrics and in detectron2.
    Modules that have imported pycocotools.mask before keep theirs, but for pycocotools' own, which
    are changed. Without pycocotools, its mask alone is there.

    >>> import maskrle
    >>> maskrle.init_as_pycocotools()
    >>> from pycocotools import mask
    >>> mask is maskrle.mask
    True
    """
    from . import mask

    try:
        pycocotools = importlib.import_module("pycocotools")
    except ImportError:
        pycocotools = ModuleType("pycocotools")
        pycocotools.__path__ = []
        sys.modules["pycocotools"] = pycocotools
    sys.modules["pycocotools.mask"] = mask
    sys.modules["pycocotools._mask"] = mask
    setattr(pycocotools, "mask", mask)  # noqa: B010 - a module of no type stubs
    setattr(pycocotools, "_mask", mask)  # noqa: B010
    for name in ("pycocotools.coco", "pycocotools.cocoeval"):
        module = sys.modules.get(name)
        if module is not None:
            setattr(module, "maskUtils", mask)  # noqa: B010
