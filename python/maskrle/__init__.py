"""Run-length encoding of segmentation masks.

`encode` turns masks into COCO's dicts, `decode` turns them back; `Runs` keeps masks encoded
and works on them; `maskrle.mask` is `pycocotools.mask`, name for name; `maskrle.torch` answers as
the functions of SAM 2 and SAM 3 do.

>>> import maskrle, numpy as np
>>> stack = np.zeros((2, 4, 5), np.uint8)  # [n, height, width]
>>> stack[0, 1:3, 2:4] = 1
>>> maskrle.encode(stack)
[{'size': [4, 5], 'counts': '92203'}, {'size': [4, 5], 'counts': 'd0'}]
"""

import os as _os
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import mask
from ._encode import decode, encode, instances, paste, stream
from ._maskrle import Encoder, Runs, after_fork
from ._place import init_as_pycocotools

__all__ = [
    "Encoder",
    "Runs",
    "decode",
    "encode",
    "init_as_pycocotools",
    "instances",
    "mask",
    "paste",
    "stream",
]
__version__ = "0.1.0"

if _TYPE_CHECKING:
    from . import torch as torch
else:

    def __getattr__(name: str) -> _ModuleType:
        """`maskrle.torch`, imported when it is first asked for: torch may not be there."""
        if name != "torch":
            raise AttributeError(f"module 'maskrle' has no attribute {name!r}")
        from importlib import import_module

        try:
            return import_module("maskrle.torch")
        except ModuleNotFoundError as error:
            raise AttributeError(f"maskrle.torch needs torch: {error}") from error


if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(after_in_child=after_fork)


def _rebuild_encoder(
    threads: int, backend: str, memory: int | None, adapter: str | None
) -> Encoder:
    return Encoder(threads=threads or None, backend=backend, memory=memory, adapter=adapter)
