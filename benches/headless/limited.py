"""Commands that end within a time limit, together with all that they have started."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass

NOT_STARTED = 127


@dataclass
class Done:
    """A command that has ended; its status is None if its time was over."""

    status: int | None
    out: str
    err: str
    seconds: float

    def last_lines(self, count: int = 30) -> list[str]:
        """Last lines of what it wrote."""
        lines = [*self.out.splitlines(), *self.err.splitlines()]
        over = [f"(ended after {self.seconds:.0f} s, its limit)"] if self.status is None else []
        return [line for line in lines if line.strip()][-count:] + over


def run(command: list[str], seconds: float, environment: dict[str, str]) -> Done:
    """Run a command for so many seconds at most."""
    start = time.monotonic()
    # Files, not pipes: a child of the command that lives on would keep a pipe open.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        except OSError as error:
            return Done(NOT_STARTED, "", str(error), 0)
        try:
            status = process.wait(timeout=max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            status = None
        finally:
            end_group(process)
        return Done(status, text(out), text(err), time.monotonic() - start)


def end_group(process: subprocess.Popen) -> None:
    """End a process and all of its group that are left."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # all have ended
    process.wait()


def text(file) -> str:
    """All that was written into a file."""
    file.seek(0)
    return file.read().decode(errors="replace")
