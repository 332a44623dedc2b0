"""A session as several files, encoded side by side.

An encoder keeps one core busy, so there is one for each core. Music that is streamed can only be read in order: whoever
has its turn takes the next piece and reads its music, then lets the next one read while it mixes and writes.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack
from threading import Event, Lock
from typing import Final, NamedTuple

from voiceguide.audio.mixer import BLOCK_FRAMES, Mix
from voiceguide.audio.samples import Block
from voiceguide.background import in_background
from voiceguide.outputs.output import Output
from voiceguide.outputs.pump import finishing
from voiceguide.units import frames

AHEAD_FRAMES: Final = frames(120_000)
"""The most music that one reads ahead of its writing, 23 MB: of a longer piece, the rest is written in turn."""

_MOST: Final = 8
"""Encoders at once, whatever the cores: each holds its music."""


_PATIENCE_S: Final = 1.0
"""How long an encoder may take to see that all is over."""

_GLANCE_S: Final = 0.1
"""How often it is told how far they are."""


class Piece(NamedTuple):
    """A stretch of the session, and the file for it."""

    start: int
    """First frame."""

    stop: int
    """One past the last."""

    output: Output
    """Checked and not yet open."""


def write_pieces(
    mix: Mix,
    pieces: Sequence[Piece],
    progress: Callable[[int, int], None] | None = None,
    *,
    cores: int | None = None,
) -> None:
    """Write every piece of a session to its output.

    Args:
        mix: The session.
        pieces: In the order of the session.
        progress: Is told how many frames are written, and of how many; what it raises ends all.
        cores: How many are written at once.

    Raises:
        VoiceguideError: What an output or the music met; all others stop at once, and drop what they were writing.
    """
    work = _Work(mix, pieces)
    length = sum(piece.stop - piece.start for piece in pieces)
    count = min(_MOST, cores or os.cpu_count() or 1, len(pieces))
    workers: list[Future[None]] = []
    try:
        workers += (in_background(work.do, "pieces") for _ in range(count))
        while wait(workers, _GLANCE_S).not_done:
            if progress:
                progress(work.written, length)
        for worker in workers:
            worker.result()
        if progress:
            progress(length, length)
    finally:
        # Whatever ends this ends all, and nobody writes into a folder that is being removed.
        work.stop()
        if wait(workers, _PATIENCE_S).not_done:
            # An encoder that hangs would be waited for for ever.
            work.abort()
            wait(workers, _PATIENCE_S)


class _StoppedError(Exception):
    """Another one met an error: what is being written is dropped."""


class _Work:
    """What is still to be done."""

    def __init__(self, mix: Mix, pieces: Sequence[Piece]) -> None:
        self.written = 0
        self._mix = mix
        self._pieces = iter(pieces)
        self._turn, self._counting = Lock(), Lock()
        self._stopped = Event()
        self._open: set[Output] = set()

    def do(self) -> None:
        """Write pieces until none is left, or another one failed."""
        try:
            while self._write_next():
                pass
        except _StoppedError:
            return
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let everybody stop."""
        self._stopped.set()

    def abort(self) -> None:
        """Let go of every file that is being written."""
        for output in list(self._open):
            output.abort()

    def _write_next(self) -> bool:
        with ExitStack() as kept, ExitStack() as turn:
            turn.enter_context(self._turn)
            piece = None if self._stopped.is_set() else next(self._pieces, None)
            if piece is None:
                return False
            piece.output.open()
            self._open.add(piece.output)
            kept.callback(self._open.discard, piece.output)
            with finishing(piece.output) as output:
                ahead = max(piece.start, piece.stop - AHEAD_FRAMES)
                self._write(output, self._mix.blocks(piece.start, ahead))
                music = list(self._music(ahead, piece.stop))
                turn.close()
                self._write(output, (block for at, read in music for block in self._mix.over(read, at)))
        return True

    def _music(self, start: int, stop: int) -> Iterator[tuple[int, Block]]:
        for at in range(start, stop, BLOCK_FRAMES):
            yield at, self._mix.bed.read(at, min(at + BLOCK_FRAMES, stop))

    def _write(self, output: Output, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if self._stopped.is_set():
                raise _StoppedError
            output.write(block)
            with self._counting:
                self.written += len(block)
