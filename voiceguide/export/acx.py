"""What ACX, where audiobooks are published, asks of the levels of a file, and what a session has.

Its "Audio Submission Requirements": RMS of the whole between -23 and -18 dB, peaks at most -3 dB, a noise floor of at
most -60 dB RMS. They are made for a voice that reads without a pause, over nothing: a guide is silent while hands work,
and has music under it, so that they are measured and told rather than enforced. The peak is kept by the levels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10
from typing import Final

import numpy as np

from voiceguide.audio.mixer import FADE_IN_FRAMES, FADE_OUT_FRAMES
from voiceguide.audio.samples import Block, as_buffer
from voiceguide.units import CHANNELS, frames

RMS_DB: Final = (-23.0, -18.0)
FLOOR_DB: Final = -60.0

_CELL_FRAMES: Final = frames(50)
"""A window begins with any of these."""

_WINDOW_CELLS: Final = 10
"""The floor is that of the quietest half second, as common checkers have it."""


@dataclass(frozen=True, slots=True)
class Acx:
    """Levels of a session, as ACX has them."""

    rms_db: float
    """Of the whole; minus infinity for silence."""

    floor_db: float
    """Of the quietest half second between the fades at both ends; minus infinity for silence."""

    def missed(self) -> Iterator[str]:
        """Yield each limit that is missed: what was measured, what is asked, and what to change."""
        low, high = RMS_DB
        asked = f"RMS is {self.rms_db:.2f} dB, and {low:.0f} to {high:.0f} are asked"
        if self.rms_db < low:
            yield f"{asked}: let music fill the pauses, louder with --music-level"
        if self.rms_db > high:
            yield f"{asked}: lower --music-level"
        if self.floor_db > FLOOR_DB:
            yield f"where it is quietest are {self.floor_db:.1f} dB, and {FLOOR_DB:.0f} at most are asked: --music none"


class AcxMeter:
    """Measures a session that comes in blocks, in order.

    Args:
        length_frames: Of the whole session.
    """

    def __init__(self, length_frames: int) -> None:
        self._energies = np.zeros(-(-length_frames // _CELL_FRAMES))
        self._length = length_frames

    def take(self, frame: int, block: Block) -> None:
        """Measure a block whose first frame is `frame`."""
        at = 0
        while at < len(block):
            cell, inside = divmod(frame + at, _CELL_FRAMES)
            part = as_buffer(block[at : at + _CELL_FRAMES - inside]).reshape(-1)
            self._energies[cell] += float(np.dot(part, part))
            at += len(part) // CHANNELS

    def measured(self) -> Acx:
        """Return the levels, when all of it was taken."""
        first, last = -(-FADE_IN_FRAMES // _CELL_FRAMES), (self._length - FADE_OUT_FRAMES) // _CELL_FRAMES
        between = self._energies[first : max(first, last)]
        quietest = 0.0
        if len(between) >= _WINDOW_CELLS:
            quietest = float(np.convolve(between, np.ones(_WINDOW_CELLS), "valid").min())
        return Acx(_db(float(self._energies.sum()), self._length), _db(quietest, _WINDOW_CELLS * _CELL_FRAMES))


def _db(energy: float, length_frames: int) -> float:
    """Return the RMS of so many frames, in dB under a full square wave."""
    return 10 * log10(energy / (length_frames * CHANNELS)) if energy > 0 else -np.inf
