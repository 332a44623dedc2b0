"""Keeps the computer, or the phone, awake while a session plays."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Final

from voiceguide import paths
from voiceguide.platforms import is_termux
from voiceguide.termux.call import Termux
from voiceguide.termux.undisturbed import undisturbed

LET_GO_S: Final = 1.0
"""How long the end of a session waits for the system to be told. If that takes longer, the end of the program tells."""

LET_GO_OF_PHONE_S: Final = 2.0
"""How long each command may take then that lets a phone sleep, which nobody else tells; it takes 0.05 to 0.5 s."""

_log = logging.getLogger(__name__)


@contextmanager
def awake() -> Iterator[None]:
    """Keep the computer from going to sleep during the block, where that can be done; the screen may go dark.

    The system is asked by another thread: some answer late, or never.
    """
    done, phone = Event(), Termux() if is_termux() else None
    keep = partial(_hold_phone, phone) if phone else _stay_awake
    keeper = Thread(target=keep, args=(done,), name="awake", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        # A second Ctrl-C would leave the phone awake.
        with undisturbed():
            done.set()
            if phone:
                phone.hurry(LET_GO_OF_PHONE_S)
            # The lock may have to be given up before its release.
            keeper.join(3 * LET_GO_OF_PHONE_S if phone else LET_GO_S)


def left_behind() -> bool:
    """Return whether a session on this phone was killed before it could let the phone sleep."""
    try:
        return _note().read_text("ascii") != str(os.getpid())
    except (OSError, UnicodeDecodeError):
        return False


def let_phone_sleep(phone: Termux | None = None) -> bool:
    """Let go of the phone, whichever session has kept it awake; takes as long as a call of `phone` may.

    Returns:
        Whether that could be done. If not, it is still known that the phone is kept awake.
    """
    if (phone or Termux()).call("termux-wake-unlock") is None:
        return False
    with suppress(OSError):
        _note().unlink()
    return True


def _note() -> Path:
    """Return the file that is there as long as a phone is kept awake; it holds the number of the process."""
    return paths.state_folder() / "awake"


def _hold_phone(phone: Termux, done: Event) -> None:
    try:
        _note().parent.mkdir(parents=True, exist_ok=True)
        _note().write_text(str(os.getpid()), "ascii")
    except OSError as error:
        _log.info("nobody will know should this session be killed: %s", error)
    if not done.is_set():
        phone.call("termux-wake-lock")
    done.wait()
    let_phone_sleep(phone)


def _stay_awake(done: Event) -> None:
    try:
        from wakepy import keep
    except ImportError:
        _log.info("the computer may go to sleep: wakepy is not installed")
        return
    try:
        # One thread for all of it: that is what wakepy asks for.
        with keep.running(on_fail="pass") as mode:
            if not mode.active:
                _log.info("the computer may go to sleep: %s", mode.result.get_failure_text(style="inline"))
                return
            _log.info("the computer stays awake by %s", mode.method)
            done.wait()
    except RuntimeError as error:
        _log.info("the computer was not told that it may sleep again: %s", error)
