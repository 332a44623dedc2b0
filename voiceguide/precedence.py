"""Lets what makes the sound run before other programs, where the system allows it.

A sound server has such a place on most systems; what feeds it waits in line with all that the computer does besides.
With four other programs busy on two cores, blocks came up to 125 ms late without it. Linux allows it to root and to
whom a limit ``rtprio`` names, as many systems do for the group ``audio``; else nothing changes.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

PRIORITY: Final = 1
"""The least there is: a sound server stays before us."""


def take_precedence(process: int = 0) -> bool:
    """Let a thread run as soon as it is ready; return whether the system allows it.

    Threads and programs that it starts do not inherit it: to make speech may take long.

    Args:
        process: Of a program that has one thread; 0 for the thread that calls.
    """
    # An app on Android is not asked: what it must not do may end it.
    if sys.platform != "linux":
        return False
    with suppress(OSError):
        os.sched_setscheduler(process, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
        return True
    return False


@contextmanager
def precedence() -> Iterator[None]:
    """Give the thread that calls precedence during the block."""
    taken = take_precedence()
    try:
        yield
    finally:
        if taken:
            # Who is not root must not take back that it is not inherited, and the system may have changed its mind.
            with suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))
