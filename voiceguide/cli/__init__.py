"""The command line: parses, calls `voiceguide.guide`, prints. Results go to stdout, all else to stderr."""

import io
import os
import sys

from voiceguide.cli.leaving import leave_when_asked
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
    leave_when_asked()
    from voiceguide.cli.app import app
    from voiceguide.cli.report import report, show_notes

    _print_whatever_the_terminal_can()
    show_notes()
    try:
        app()
    except VoiceguideError as error:
        report(error)
        sys.exit(error.exit_code)


def _print_whatever_the_terminal_can() -> None:
    """Show a question mark where a terminal has no sign for a letter, rather than end there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
