"""The last seconds of a session, which nobody breaks off half way."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Final

_ASKING: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that ask the program to end."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Pass over signals that ask the program to end during the block, which is short: it is ending already.

    Only the main thread is told of signals; in others nothing is done.
    """
    if current_thread() is not main_thread():
        yield
        return
    # A function, not SIG_IGN, which the programs started meanwhile would inherit.
    before = {number: signal.signal(number, _pass_over) for number in _ASKING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _pass_over(_number: int, _frame: FrameType | None) -> None:
    """Do nothing."""
