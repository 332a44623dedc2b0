"""One mix into several files at once.

Each file is fed in a thread of its own, from a short queue: the mixing waits for the slowest, and an encoder in its own
process works meanwhile. One that fails ends alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Final, Protocol

from voiceguide.audio.samples import Block
from voiceguide.background import in_background

_WAITING: Final = 8
"""Blocks of about a second; few, because encoders have room of their own."""

_GLANCE_S: Final = 0.1
"""How often who waits for a file tells how far it is, so that it may be told to end."""

_GRACE_S: Final = 1.0
"""How long one may take to end by itself; then it is torn off what it waits for."""


class Taker(Protocol):
    """What a mix goes to."""

    def take(self, blocks: Iterator[Block]) -> None:
        """Take all blocks; whatever they raise is passed on, after a clean-up."""

    def stop(self) -> None:
        """Make a `take` that waits for something end; called by another thread."""


def spread(
    blocks: Iterable[Block], takers: Sequence[Taker], progress: Callable[[int], None]
) -> list[BaseException | None]:
    """Give all blocks to each of the takers.

    Args:
        blocks: In order; made by the thread that asks.
        takers: What takes them.
        progress: Is told how many frames were given, by the same thread, and again while it waits; what it raises ends
            all.

    Returns:
        For each taker what ended it early, or `None`. When all of them ended early, nothing more is mixed.
    """
    given = 0
    lanes = [_Lane(taker) for taker in takers]

    def waiting() -> None:
        progress(given)

    try:
        for block in blocks:
            if not sum([lane.put(block, waiting) for lane in lanes]):
                break
            given += len(block)
            progress(given)
        for lane in lanes:
            lane.put(None, waiting)
        outcomes = [lane.outcome for lane in lanes]
        while wait(outcomes, _GLANCE_S).not_done:
            waiting()
        return [outcome.exception() for outcome in outcomes]
    except BaseException:
        _end(lanes)
        raise


def _end(lanes: Sequence["_Lane"]) -> None:
    for lane in lanes:
        lane.stop()
    wait([lane.outcome for lane in lanes], _GRACE_S)
    for lane in lanes:
        lane.tear()
    wait([lane.outcome for lane in lanes], _GRACE_S)


class _Stopped(BaseException):
    """The mix has ended early."""


class _Lane:
    """The way to one taker."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._queue: Queue[Block | None] = Queue(_WAITING)
        self._stopped = self._ended = False
        self.outcome: Future[None] = in_background(self._run, "spread")

    def put(self, block: Block | None, waiting: Callable[[], None]) -> bool:
        """Give a block, `None` after the last, and return whether the taker still takes any."""
        while not self._ended:
            try:
                self._queue.put(block, timeout=_GLANCE_S)
            except Full:
                waiting()
            else:
                return True
        return False

    def stop(self) -> None:
        """Let the taker end when it next asks for a block."""
        self._stopped = True
        with suppress(Empty):
            while True:
                self._queue.get_nowait()
        self._queue.put(None)

    def tear(self) -> None:
        """Let it end whatever it waits for."""
        if not self.outcome.done():
            self._taker.stop()

    def _run(self) -> None:
        try:
            self._taker.take(self._blocks())
        finally:
            self._ended = True

    def _blocks(self) -> Iterator[Block]:
        while (block := self._queue.get()) is not None:
            yield block
        if self._stopped:
            raise _Stopped
