"""The music that runs underneath: any frames of it, at any time."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voiceguide.audio.samples import Block, Buffer, as_block
from voiceguide.units import CHANNELS


class Bed(Protocol):
    """Music without an end, at its idle level. It has a clock of its own: a skip in the session never moves it."""

    def read(self, start: int, stop: int) -> Block:
        """Return the frames ``[start, stop)`` of the bed; `start` >= 0."""

    def close(self) -> None:
        """Let go of files and threads. May be called twice."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No music."""

    def read(self, start: int, stop: int) -> Block:
        """Return zeros."""
        return np.zeros((stop - start, CHANNELS), np.int16)

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """Samples that go round without a seam."""

    samples: npt.NDArray[np.int16]
    """One round, shape ``(frames, 2)``, at least one frame."""

    def read(self, start: int, stop: int) -> Block:
        """Return a view where the frames lie in one piece, else a copy."""
        length = len(self.samples)
        offset = start % length
        if offset + stop - start <= length:
            return self.samples[offset : offset + stop - start]
        return np.take(self.samples, range(offset, offset + stop - start), axis=0, mode="wrap")

    def close(self) -> None:
        """Do nothing."""


def levelled(samples: npt.NDArray[np.int16], gain: float) -> Loop:
    """Return the loop of `samples` at another level, worked on in pieces to keep the memory low."""
    piece = 1 << 14
    out = np.empty_like(samples)
    for at in range(0, len(samples), piece):
        louder: Buffer = samples[at : at + piece] * np.float32(gain / 32768.0)
        out[at : at + piece] = as_block(louder)
    return Loop(out)
