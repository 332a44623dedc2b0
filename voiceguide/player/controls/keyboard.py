"""Single keys from the terminal, which is always left as it was."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import MappingProxyType
from typing import Final

from voiceguide.player.live import Commands
from voiceguide.player.transport import Command

KEYS: Final[Mapping[str, Command]] = MappingProxyType(
    {" ": Command.HOLD, "n": Command.NEXT, "p": Command.PREVIOUS, "q": Command.STOP}
)

_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|.)?")
"""What an arrow or a function key sends: its letters were not pressed."""

_LOOK_AGAIN_S = 0.05


@contextmanager
def keyboard(commands: Commands) -> Iterator[bool]:
    """Turn keys into commands during the block; yield whether there is a keyboard at all."""
    if not _has_terminal():
        yield False
        return
    done = Event()
    with _single_keys():
        reader = Thread(target=_read_keys, args=(commands, done), name="keyboard", daemon=True)
        reader.start()
        try:
            yield True
        finally:
            done.set()
            reader.join()


def _has_terminal() -> bool:
    try:
        return sys.stdin is not None and os.isatty(sys.stdin.fileno()) and _is_ours(sys.stdin.fileno())
    except (OSError, ValueError):
        return False


def _read_keys(commands: Commands, done: Event) -> None:
    while not done.is_set():
        typed = _next_keys()
        if typed is None:
            return
        for key in typed.lower():
            if key in KEYS:
                commands.put(KEYS[key])


if sys.platform == "win32":
    import msvcrt

    def _is_ours(_terminal: int) -> bool:
        return True

    @contextmanager
    def _single_keys() -> Iterator[None]:
        yield

    def _next_keys() -> str | None:
        """Return the keys that were pressed, "" when none came soon."""
        if not msvcrt.kbhit():
            Event().wait(_LOOK_AGAIN_S)
            return ""
        return msvcrt.getwch()

else:
    import select
    import termios
    import tty

    def _is_ours(terminal: int) -> bool:
        """Return whether we are in the foreground; in the background, to touch the terminal would stop us."""
        return os.tcgetpgrp(terminal) == os.getpgrp()

    @contextmanager
    def _single_keys() -> Iterator[None]:
        """Give keys at once and without an echo; Ctrl-C stays what it is."""
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal)
            yield
        finally:
            # A terminal that has gone away needs nothing any more.
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSAFLUSH, before)

    def _next_keys() -> str | None:
        """Return the keys that were pressed, "" when none came soon, `None` when the terminal is gone."""
        terminal = sys.stdin.fileno()
        if not select.select([terminal], [], [], _LOOK_AGAIN_S)[0]:
            return ""
        try:
            typed = os.read(terminal, 64)
        except OSError:
            return None
        return _SEQUENCE.sub("", typed.decode("latin-1")) if typed else None
