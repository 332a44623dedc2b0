"""Errors as a person reads them: what happened, and what to do."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from voiceguide.errors import VoiceguideError
from voiceguide.routine.document import CONTROL, BrokenRoutineError

_BREAKS: Final = str.maketrans("\t\n\r", "   ")


def report(error: VoiceguideError) -> None:
    """Print an error, two lines for each thing that is wrong."""
    if isinstance(error, BrokenRoutineError):
        for problem in error.problems:
            where = f"{error.file}:{problem.place.line}:{problem.place.column}"
            _print_two_lines(f"{where}: {problem.message}", problem.hint)
    else:
        _print_two_lines(error.message, error.hint)


def problems_of(error: VoiceguideError, file: Path) -> list[dict[str, Any]]:
    """Return what is wrong with a routine file as rows for an editor; line and column count from 1."""
    if isinstance(error, BrokenRoutineError):
        return [
            {
                "file": str(file),
                "line": problem.place.line,
                "column": problem.place.column,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in error.problems
        ]
    return [{"file": str(file), "line": 1, "column": 1, "message": error.message, "hint": error.hint}]


def note(text: str) -> None:
    """Print something that a person may want to know and no program wants to read."""
    # In one piece: another thread may have something to tell, too.
    print(f"{text}\n", end="", file=sys.stderr)


def show_notes() -> None:
    """Print warnings of all parts, and what the use cases tell; above the bars, where there are any."""
    logging.getLogger("voiceguide").addHandler(_Teller(note))
    logging.getLogger("voiceguide.guide").setLevel(logging.INFO)


@contextmanager
def notes_told_to(tell: Callable[[str], None]) -> Iterator[None]:
    """During the block give the notes of all parts to `tell`, rather than write them to a terminal and wait for it."""
    ours, teller = logging.getLogger("voiceguide"), _Teller(tell)
    before, ours.handlers = ours.handlers, []
    # Of the packages that we use, too.
    logging.getLogger().addHandler(teller)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(teller)
        ours.handlers = before


class _Teller(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._tell(self.format(record))
        except OSError:
            # A terminal that is gone ends nobody's work.
            self.handleError(record)


def _print_two_lines(message: str, hint: str) -> None:
    note(f"error: {plain(message)}")
    note(f" hint: {plain(hint)}")


def plain(text: str) -> str:
    """Return what a person typed or a stranger named, as something that a terminal can only show."""
    return CONTROL.sub("?", text.translate(_BREAKS))
