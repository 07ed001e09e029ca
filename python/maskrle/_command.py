"""The command `maskrle`."""

import signal
import sys

from ._maskrle import run_command


def main() -> int:
    """Run the command with the process's arguments, and return its exit status."""
    # Python's handler would only note the signal, and act when the command has ended.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["maskrle", *sys.argv[1:]])
