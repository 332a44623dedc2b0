"""Frames in memory, for tests and for programs that use voiceguide as a library."""

import numpy as np

from voiceguide.audio.samples import Block
from voiceguide.outputs.output import not_open, pcm
from voiceguide.units import CHANNELS


class MemoryOutput:
    """Collects what is written.

    Half an hour is 346 MB: for a long session take a file, or write an output of your own.
    """

    name = "memory"
    latency_ms = 0

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._is_open = False

    @property
    def frames(self) -> Block:
        """All that was written, in order, as one block of its own."""
        return np.concatenate([np.empty((0, CHANNELS), np.int16), *self._blocks])

    def missing(self) -> str | None:
        """Return `None`: nothing is needed."""
        return None

    def open(self) -> None:
        """Begin with nothing."""
        self._blocks.clear()
        self._is_open = True

    def write(self, block: Block) -> None:
        """Keep a copy of `block`, because the caller may use it again."""
        if not self._is_open:
            raise not_open(self.name)
        self._blocks.append(np.frombuffer(bytes(pcm(block)), "<i2").reshape(-1, CHANNELS))

    def close(self) -> None:
        """Keep what was collected."""
        self._is_open = False

    def abort(self) -> None:
        """Drop what was collected; after `close` it stays."""
        if self._is_open:
            self._blocks.clear()
            self._is_open = False
