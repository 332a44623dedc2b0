"""Where a session's file lies that another program plays, and what becomes of both when the session is killed."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from voiceguide import paths

STOP: Final = ("termux-media-player", "stop")
"""Ends what Android's player plays."""


def handed_folder() -> Path:
    """Return the folder of the file; it is there as long as a session is played by another program.

    Always the same one, so that the next session finds what a killed one has left.
    """
    return paths.cache_folder() / "handed"


def clear_handed(ask: Callable[..., object]) -> None:
    """End what still plays of a session that was killed, and remove its file; for who knows that no session runs.

    Args:
        ask: Runs a command of Termux's, at once or later.
    """
    folder = handed_folder()
    if not folder.exists():
        return
    for pid in _players(folder):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    ask(*STOP)


def _players(folder: Path) -> Iterator[int]:
    """Yield the processes that were given a file of the folder's."""
    given = os.fsencode(folder) + b"/"
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if any(word.startswith(given) for word in words):
                yield int(process.name)
