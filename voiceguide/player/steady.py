"""Keeps the interpreter's own housekeeping from being heard.

A full garbage collection of a program of this size holds every thread for 50 to 100 ms, as long as a sound device can
wait. So there is none until the session is prepared; what was made by then stays for good, and is never looked through
again: what is left to collect takes less than a millisecond.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

SWITCH_S: Final = 0.001
"""So soon a thread that computes lets others go on, the one of the sound device among them; Python's own choice is five
times as long."""


@contextmanager
def steady() -> Iterator[Callable[[], None]]:
    """Hold the housekeeping back during the block; yield what to call, from any thread, when all is prepared."""
    was_enabled, before_s = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH_S)

    def prepared() -> None:
        gc.freeze()
        gc.enable()

    try:
        yield prepared
    finally:
        sys.setswitchinterval(before_s)
        gc.unfreeze()
        if was_enabled:
            gc.enable()
