"""A whole session into a file, on all cores.

Numpy lets go of the interpreter while it works, and so does a write, so threads are enough. Each takes the next
stretch of music as it is free; what is mixed over it depends on its frames alone, so the bytes are the same however
many take part.
"""

import os
from collections.abc import Callable, Iterator
from threading import Event, Lock
from typing import Final, Protocol

from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block
from voiceguide.background import in_background
from voiceguide.units import frames

STRETCH_FRAMES: Final = frames(4_000)

_MOST: Final = 4
"""More write no faster: memory is what limits them."""


class Places(Protocol):
    """Takes blocks in any order."""

    def write_at(self, frame: int, block: Block) -> None:
        """Write a block whose first frame belongs at `frame`; several threads may at once."""


def render(
    mix: Mix, output: Places, progress: Callable[[int, int], None] | None = None, *, cores: int | None = None
) -> None:
    """Write a whole session.

    Args:
        mix: The session.
        output: An open output.
        progress: Is told how many frames are written, and of how many; by this thread alone.
        cores: How many threads work.

    Raises:
        VoiceguideError: What the output or the music met; the others stop at once.
    """
    work = _Work(mix, output)
    count = min(_MOST, cores or os.cpu_count() or 1)
    others = [in_background(work.do, "render") for _ in range(count - 1)]
    try:
        work.do(progress)
        for other in others:
            other.result()
        if progress:
            progress(mix.length_frames, mix.length_frames)
    finally:
        # Whatever ends this one ends all, and nobody writes to a file that is being closed.
        work.stop()
        for other in others:
            other.exception()


class _Work:
    """What is still to be done."""

    def __init__(self, mix: Mix, output: Places) -> None:
        self._mix, self._output = mix, output
        self._starts = iter(range(0, mix.length_frames, STRETCH_FRAMES))
        self._turn = Lock()
        self._stopped = Event()
        self._written = 0

    def do(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Write stretches until none is left."""
        try:
            while (stretch := self._next()) is not None:
                for at, block in stretch:
                    self._output.write_at(at, block)
                    if self._stopped.is_set():
                        return
                self._written += STRETCH_FRAMES
                if progress:
                    progress(min(self._written, self._mix.length_frames), self._mix.length_frames)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let everybody stop."""
        self._stopped.set()

    def _next(self) -> Iterator[tuple[int, Block]] | None:
        """Return the next stretch with the places of its blocks; its music is read in order, by one at a time."""
        with self._turn:
            start = None if self._stopped.is_set() else next(self._starts, None)
            if start is None:
                return None
            music = self._mix.bed.read(start, min(self._mix.length_frames, start + STRETCH_FRAMES))
        return self._placed(music, start)

    def _placed(self, music: Block, start: int) -> Iterator[tuple[int, Block]]:
        for block in self._mix.over(music, start):
            yield start, block
            start += len(block)
