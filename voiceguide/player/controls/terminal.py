"""The terminal that a live session is given in: it is left as it was, and takes nothing along when it goes away."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any, Final

_LOOK_AGAIN_S: Final = 0.05

NextKeys = Callable[[], str | None]
"""Returns what was typed, "" when nothing came soon, `None` when the terminal is gone."""


def has_keys() -> bool:
    """Return whether standard input is a terminal whose keys are meant for us."""
    try:
        return sys.stdin is not None and os.isatty(sys.stdin.fileno()) and in_foreground(sys.stdin.fileno())
    except (OSError, ValueError):
        return False


if sys.platform == "win32":
    import msvcrt

    def in_foreground(_terminal: int) -> bool:
        """Return `True`: nobody else uses a console meanwhile."""
        return True

    @contextmanager
    def outliving_the_terminal() -> Iterator[None]:
        """Go on as usual."""
        yield

    @contextmanager
    def single_keys() -> Iterator[NextKeys]:
        """Yield what returns the next keys, at once and without an echo."""
        yield _next_keys

    def _next_keys() -> str | None:
        if not msvcrt.kbhit():
            Event().wait(_LOOK_AGAIN_S)
            return ""
        return msvcrt.getwch()

else:
    import select
    import signal
    import termios
    import threading
    from types import FrameType

    def in_foreground(terminal: int) -> bool:
        """Return whether the terminal is ours just now; in the background, to change it would stop us.

        Raises:
            OSError: It is gone, or not the one that steers our jobs.
        """
        return os.tcgetpgrp(terminal) == os.getpgrp()

    @contextmanager
    def outliving_the_terminal() -> Iterator[None]:
        """Go on when a terminal hangs up that we use; a hang-up that somebody sends means what it always does."""
        terminals = [each for each in (0, 1, 2) if os.isatty(each)]
        before = signal.getsignal(signal.SIGHUP)
        if not terminals or before is signal.SIG_IGN or not _is_main_thread():
            yield
            return

        def hung_up(number: int, frame: FrameType | None) -> None:
            if callable(before) and all(map(os.isatty, terminals)):
                before(number, frame)

        signal.signal(signal.SIGHUP, hung_up)
        try:
            yield
        finally:
            signal.signal(signal.SIGHUP, before)

    @contextmanager
    def single_keys() -> Iterator[NextKeys]:
        """Yield what returns the next keys, at once and without an echo. Ctrl-C and Ctrl-Z stay what they are."""
        terminal = _Terminal(sys.stdin.fileno())
        terminal.take()
        try:
            with _given_back_while_stopped(terminal):
                yield terminal.next_keys
        finally:
            terminal.give_back()
            with suppress(termios.error):
                # Keys that came too late are for nobody.
                termios.tcflush(terminal.number, termios.TCIFLUSH)

    class _Terminal:
        """Takes a terminal's keys one by one, whenever we are in its foreground."""

        def __init__(self, number: int) -> None:
            self.number = number
            self._before: list[Any] | None = None
            self._is_given_back = False
            # One may be interrupted by a signal in the same thread, whose handler gives the terminal back.
            self._lock = threading.RLock()

        def take(self) -> None:
            """Have single keys, unless so it is; a shell that had the terminal meanwhile wants lines."""
            # A terminal that has gone away is found out by whoever reads from it.
            with self._lock, suppress(OSError, termios.error):
                if self._is_given_back or not in_foreground(self.number):
                    return
                mode = termios.tcgetattr(self.number)
                if self._before is None or mode[3] & termios.ICANON:
                    self._before = mode
                    termios.tcsetattr(self.number, termios.TCSANOW, _single(mode))

        def give_back(self) -> None:
            """Leave it as it was. A terminal that has gone, or is somebody else's by now, needs nothing any more."""
            with self._lock, suppress(OSError, termios.error):
                self._is_given_back = True
                if self._before is not None and in_foreground(self.number):
                    # At once: to wait until all is shown may be to wait for ever.
                    termios.tcsetattr(self.number, termios.TCSANOW, self._before)

        def use_again(self) -> None:
            """Let it be taken again, after it was given back."""
            self._is_given_back = False
            self.take()

        def next_keys(self) -> str | None:
            """Return what was typed, "" when nothing came soon, `None` when the terminal is gone."""
            self.take()
            try:
                if not select.select([self.number], [], [], _LOOK_AGAIN_S)[0]:
                    return ""
                if not in_foreground(self.number):
                    Event().wait(_LOOK_AGAIN_S)
                    return ""
                typed = os.read(self.number, 64)
            except OSError:
                return None
            return typed.decode("latin-1") if typed else None

    def _single(mode: list[Any]) -> list[Any]:
        """Return a mode with single keys and no echo, in which Ctrl-S is a key that means nothing: no trap."""
        incoming, outgoing, control, local, *speeds, characters = mode
        single = list(characters)
        single[termios.VMIN], single[termios.VTIME] = 1, 0
        return [incoming & ~termios.IXON, outgoing, control, local & ~(termios.ICANON | termios.ECHO), *speeds, single]

    @contextmanager
    def _given_back_while_stopped(terminal: _Terminal) -> Iterator[None]:
        """Do as editors do on Ctrl-Z; a terminal that was taken from us is taken again by whoever reads from it."""
        if not _is_main_thread() or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
            yield
            return

        def stop(number: int, _frame: FrameType | None) -> None:
            terminal.give_back()
            signal.signal(number, signal.SIG_DFL)
            # Here we stand still, until somebody lets us go on.
            signal.raise_signal(number)
            signal.signal(number, stop)
            terminal.use_again()

        signal.signal(signal.SIGTSTP, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)

    def _is_main_thread() -> bool:
        return threading.current_thread() is threading.main_thread()
