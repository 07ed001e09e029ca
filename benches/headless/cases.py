"""The stacks that are benched, the most telling first."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Case:
    """One call of `maskrle bench`."""

    shape: tuple[int, int, int]
    # A pattern of the command's, or a type of floats, whose masks are written into a file.
    pattern: str = "blobs"
    flags: tuple[str, ...] = ()
    repeat: int = 15
    seconds: int = 60

    @property
    def is_floats(self) -> bool:
        return self.pattern in ("f32", "f16")

    @property
    def label(self) -> str:
        """Its name in the log."""
        return " ".join([self.pattern, " x ".join(map(str, self.shape)), *self.flags])

    def small(self) -> Case:
        """The same on a stack that a software adapter ends in seconds."""
        n, height, width = self.shape
        return replace(
            self, shape=(max(n // 8, 1), small_side(height), small_side(width)), repeat=3
        )

    def arguments(self, file: str) -> list[str]:
        """Arguments of the bench; `file` is where floats were written to."""
        made = ["--shape", ",".join(map(str, self.shape)), "--pattern", self.pattern]
        stack = [file] if self.is_floats else made
        return [*stack, *self.flags, "--repeat", str(self.repeat)]


def small_side(side: int) -> int:
    """A quarter of a side, odd if it was; sides of tiny masks stay as they are."""
    return side if side < 64 else side // 4 | side & 1


CASES = [
    Case((64, 1024, 1024)),
    Case((1, 1024, 1024)),
    Case((64, 1024, 1024), "noise", repeat=7),
    # Far more than any cache holds.
    Case((1024, 1024, 1024), repeat=5, seconds=120),
    Case((10000, 28, 28)),
    Case((64, 1000, 1001)),
    Case((64, 1024, 1024), "f32"),
    Case((64, 1024, 1024), flags=("--order", "row")),
    Case((64, 1024, 1024), flags=("--output", "starts")),
    Case((64, 1024, 1024), "empty"),
    Case((1, 16384, 16384), repeat=7),
    Case((8, 1024, 1024)),
    Case((256, 1024, 1024), repeat=7),
    Case((64, 1024, 1024), "noise", ("--order", "row"), repeat=7),
    Case((64, 1024, 1024), "f16"),
]
