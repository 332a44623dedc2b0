"""Work beside the main thread that never keeps the program from ending.

A `ThreadPoolExecutor` waits for its threads at the end, and for ever when Ctrl-C comes while one of them starts. A
daemon thread is simply left behind.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def in_background(call: Callable[[], T], name: str) -> "Future[T]":
    """Start `call` in a thread of its own, and return where its outcome will be."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised again where the outcome is asked for
            outcome.set_exception(error)

    Thread(target=run, name=name, daemon=True).start()
    return outcome
