"""The command line: parses, calls `voiceguide.guide`, prints. Results go to stdout, all else to stderr."""

import io
import os
import signal
import sys
from types import FrameType

from voiceguide.errors import VoiceguideError

INTERRUPTED = 130


def main() -> None:
    """Run the command and leave with its documented exit code."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _run() -> None:
    from voiceguide.cli.app import app
    from voiceguide.cli.report import report, show_notes

    _print_whatever_the_terminal_can()
    show_notes()
    signal.signal(signal.SIGTERM, _leave)
    # Who started us with nohup wants us to outlive a hang-up.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _leave)
    try:
        app()
    except VoiceguideError as error:
        report(error)
        sys.exit(error.exit_code)


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leave as if asked to, so that devices and half-written files are put in order."""
    sys.exit(128 + number)


def _print_whatever_the_terminal_can() -> None:
    """Show a question mark where a terminal has no sign for a letter, rather than end there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
