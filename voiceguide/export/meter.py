"""How loud a session is, measured while it is mixed.

An hour weighted as BS.1770 asks takes ten times as long as mixing it, so the loudness is taken from moments of 400 ms,
spread over the session by the golden ratio so that nothing that comes at intervals is always or never hit. What is
shorter than all moments together is measured whole. The power of a moment is summed over its spectrum (Parseval), both
channels in one complex transform.

The peak is looked for in every sample; between samples only beside the highest.
"""

import heapq
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from voiceguide.audio.loudness import gated_lufs, k_weighted, true_peak_db
from voiceguide.audio.samples import Block, as_buffer
from voiceguide.units import CHANNELS, SAMPLE_RATE, frames

MOMENTS: Final = 240
"""So many give the loudness of an hour within about half a LU, in a tenth of a second."""

MOMENT_FRAMES: Final = frames(400)
_GOLDEN: Final = (5**0.5 - 1) / 2

_PEAKS: Final = 64
"""So many of the highest pieces are looked at more closely."""

_PIECE_FRAMES: Final = frames(200)

_AROUND_FRAMES: Final = frames(5)
"""Of sound on each side of a peak, which is enough to tell what lies between its samples."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How loud a session is."""

    lufs: float
    """Integrated loudness (ITU-R BS.1770), from moments; minus infinity for silence."""

    peak_dbtp: float
    """The highest peak between samples."""


class Meter:
    """Measures a session that comes in blocks, in any order; several threads may give them.

    Args:
        length_frames: Of the whole session.
    """

    def __init__(self, length_frames: int) -> None:
        self._starts = moments(length_frames)
        self._size = min(MOMENT_FRAMES, length_frames)
        self._open: dict[int, tuple[Block, list[int]]] = {}
        self._powers: list[float] = []
        self._peaks: list[tuple[int, int, Block]] = []
        self._lock = Lock()

    def take(self, frame: int, block: Block) -> None:
        """Measure a block whose first frame is `frame`; no frame may come twice."""
        if self._is_high(block):
            for at in range(0, len(block), _PIECE_FRAMES):
                self._take_peak(frame + at, block[at : at + _PIECE_FRAMES])
        first = bisect_right(self._starts, frame - self._size)
        for index in range(first, bisect_left(self._starts, frame + len(block))):
            moment = self._filled(index, frame, block)
            if moment is not None:
                self._powers.append(_power(moment))

    def measured(self) -> Measured:
        """Return how loud it is, when all of it was taken."""
        between = (true_peak_db(as_buffer(around) * _tapered(len(around))) for _, _, around in self._peaks)
        return Measured(gated_lufs(np.array(self._powers)), max(between, default=-np.inf))

    def _filled(self, index: int, frame: int, block: Block) -> Block | None:
        """Add what `block` has of a moment, and return the moment when nothing of it is missing any more."""
        start = self._starts[index]
        low, high = max(start, frame), min(start + self._size, frame + len(block))
        with self._lock:
            moment, missing = self._open.setdefault(index, (np.empty((self._size, CHANNELS), np.int16), [self._size]))
            moment[low - start : high - start] = block[low - frame : high - frame]
            missing[0] -= high - low
            return self._open.pop(index)[0] if missing[0] == 0 else None

    def _is_high(self, block: Block) -> bool:
        return len(block) > 0 and (len(self._peaks) < _PEAKS or _height(block) > self._peaks[0][0])

    def _take_peak(self, frame: int, piece: Block) -> None:
        if not self._is_high(piece):
            return
        at = int(np.abs(piece.astype(np.int32)).argmax()) // CHANNELS
        around = piece[max(0, at - _AROUND_FRAMES) : at + _AROUND_FRAMES].copy()
        with self._lock:
            heapq.heappush(self._peaks, (_height(piece), frame, around))
            if len(self._peaks) > _PEAKS:
                heapq.heappop(self._peaks)


def moments(length_frames: int) -> list[int]:
    """Return the first frame of each moment, sorted; the moments do not overlap."""
    size = min(MOMENT_FRAMES, length_frames)
    if not size:
        return []
    count = min(MOMENTS, length_frames // size)
    share = length_frames / count
    return [int(index * share + (index * _GOLDEN) % 1 * (share - size)) for index in range(count)]


def _height(block: Block) -> int:
    # The lowest 16-bit number has no opposite among them.
    return max(int(block.max()), -int(block.min()))


def _tapered(length: int) -> npt.NDArray[np.float32]:
    """Return a gain that fades at both ends, so that where a piece was cut out, no peak is made."""
    ends = np.minimum(np.arange(length), np.arange(length)[::-1]) / (_AROUND_FRAMES / 4)
    return np.minimum(ends, 1.0).astype(np.float32)[:, None]


def _power(moment: Block) -> float:
    """Return the K-weighted power of a moment, both channels added."""
    size = len(moment)
    spectrum = np.fft.fft(as_buffer(moment).view(np.complex64)[:, 0])
    return float(np.vdot(spectrum, spectrum * _weights(size)).real) / size**2


@cache
def _weights(size: int) -> npt.NDArray[np.float32]:
    """Return the gain of the weighting for power, at each frequency of a transform of `size`."""
    impulse = np.zeros(size, np.float32)
    impulse[0] = 1.0
    weights: npt.NDArray[np.float32] = (np.abs(np.fft.fft(k_weighted(impulse, SAMPLE_RATE))) ** 2).astype(np.float32)
    return weights
