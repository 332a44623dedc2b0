"""Keeps the computer awake while a session plays."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

LET_GO_S: Final = 1.0
"""How long the end of a session waits for the system to be told. If that takes longer, the end of the program tells."""

_log = logging.getLogger(__name__)


@contextmanager
def awake() -> Iterator[None]:
    """Keep the computer from going to sleep during the block, where that can be done; the screen may go dark.

    The system is asked by another thread: some answer late, or never.
    """
    done = Event()
    keeper = Thread(target=_stay_awake, args=(done,), name="awake", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join(LET_GO_S)


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
