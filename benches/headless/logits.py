"""Stacks of logits as `.npy`, written by hand: a machine for benches need not have numpy."""

from __future__ import annotations

import math
import struct
from pathlib import Path

# Characters of `struct` and names of numpy.
FLOATS = {"f32": ("f", "<f4"), "f16": ("e", "<f2")}


def write(path: Path, shape: tuple[int, int, int], kind: str) -> None:
    """Write masks of a few smooth blobs, above 0 inside."""
    n, height, width = shape
    letter, dtype = FLOATS[kind]
    row_bytes = width * struct.calcsize(letter)
    mask = waves(height, width, letter)
    with path.open("wb") as file:
        file.write(header(shape, dtype))
        for index in range(n):
            # The same waves, from another row on: a million values in plain Python take a second.
            cut = (index * 37 % height) * row_bytes
            file.write(mask[cut:])
            file.write(mask[:cut])


def waves(height: int, width: int, letter: str) -> bytes:
    """One mask, row-major."""
    columns = [math.cos(23 * x / width) for x in range(width)]
    line = struct.Struct(f"<{width}{letter}")
    rows = []
    for y in range(height):
        level = math.sin(19 * y / height) - 1.1
        rows.append(line.pack(*[level + column for column in columns]))
    return b"".join(rows)


def header(shape: tuple[int, int, int], dtype: str) -> bytes:
    """Header of version 1.0 of the format, padded so that the values are aligned to 64 bytes."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    before = 6 + 2 + 2
    text += " " * (-(before + len(text) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin-1")
