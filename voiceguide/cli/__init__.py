"""The command line: parses, calls `voiceguide.guide`, prints. Results go to stdout, all else to stderr."""

import io
import signal
import sys
from types import FrameType

from voiceguide.errors import VoiceguideError

INTERRUPTED = 130


def main() -> None:
    """Run the command and leave with its documented exit code."""
    from voiceguide.cli.app import app
    from voiceguide.cli.report import report

    _print_whatever_the_terminal_can()
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, _leave)
    try:
        app()
    except VoiceguideError as error:
        report(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leave as if asked to, so that devices and half-written files are put in order."""
    sys.exit(128 + number)


def _print_whatever_the_terminal_can() -> None:
    """Show a question mark where a terminal has no sign for a letter, rather than end there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
