"""Where a session's file lies that another program plays, and what becomes of both when the session is killed."""

import logging
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

from voiceguide import paths
from voiceguide.termux.call import Termux

_PLAYER: Final = "termux-media-player"
"""Has Android's player play, which goes on when the command has ended, and when the session has."""

_ASKING: Final = Lock()

_log = logging.getLogger(__name__)


def handed_folder() -> Path:
    """Return the folder of the file; it is there as long as a session is played by another program.

    Always the same one, so that the next session finds what a killed one has left.
    """
    return paths.cache_folder() / "handed"


def give(file: Path, termux: Termux) -> str | None:
    """Have Android's player play a file; return what it says. From now on it is owed an end."""
    # What ends the file of a killed session must not end this one.
    with _ASKING:
        if termux.answers():
            _note_owed()
        return termux.call(_PLAYER, "play", str(file))


def take_back(termux: Termux) -> None:
    """End what Android's player plays; if that cannot be done, it is still known that it has to be."""
    if termux.call(_PLAYER, "stop") is not None:
        with suppress(OSError):
            _owed().unlink()


def clear_handed() -> None:
    """End the programs that still play for a session that was killed, and remove its file.

    For who knows that no session runs. What Android's player plays is left to `take_back_owed`, which takes longer.
    """
    folder = handed_folder()
    if not folder.exists():
        return
    for pid in _players(folder):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def is_owed() -> bool:
    """Return whether Android's player may still play for another session, which was killed or could not end it."""
    try:
        return _owed().read_text("ascii") != str(os.getpid())
    except (OSError, UnicodeDecodeError):
        return False


def take_back_owed(termux: Termux) -> None:
    """End what Android's player still plays for another session; takes as long as a call may."""
    with _ASKING:
        if is_owed():
            take_back(termux)


def _note_owed() -> None:
    try:
        _owed().parent.mkdir(parents=True, exist_ok=True)
        _owed().write_text(str(os.getpid()), "ascii")
    except OSError as error:
        _log.info("nobody will end what plays on should this session be killed: %s", error)


def _owed() -> Path:
    """Return the file that is there until Android's player has been told to end; it holds the session's process."""
    return paths.state_folder() / "handed"


def _players(folder: Path) -> Iterator[int]:
    """Yield the processes that were given a file of the folder's."""
    given = os.fsencode(folder) + b"/"
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if any(word.startswith(given) for word in words):
                yield int(process.name)
