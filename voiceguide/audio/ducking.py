"""The music makes room for words.

The times of all words are known in advance, so the fade ends exactly where a word begins, and no level detector is
needed that would come late and pump.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from voiceguide.units import frames

Curve = npt.NDArray[np.float32]
"""Linear gain for each frame, shape ``(frames,)``."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Frames ``[start, stop)``."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duck:
    """Depth and fades."""

    depth_db: float = -14.0
    down_frames: int = frames(400)
    """The fade down ends where the first word begins."""
    up_frames: int = frames(900)
    """The fade up begins where the last word ends."""
    bridge_frames: int = frames(1_500)
    """Pauses up to this long stay down; longer than both fades together."""


def merge(spans: Iterable[Span], bridge_frames: int) -> list[Span]:
    """Return the spans in order, with those joined that lie `bridge_frames` apart or less."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start - joined[-1].stop <= bridge_frames:
            joined[-1] = Span(joined[-1].start, max(joined[-1].stop, span.stop))
        else:
            joined.append(span)
    return joined


def duck_curve(start: int, stop: int, speech: Sequence[Span], duck: Duck) -> Curve:
    """Return the gain of the music for the frames ``[start, stop)``.

    The curve depends on absolute frames alone: other block sizes cannot change it. It is smooth in decibels (a raised
    cosine), which the ear takes for an even movement.

    Args:
        start: First frame, counted from the beginning of the session.
        stop: One past the last frame.
        speech: Spans with speech, merged with the duck's own bridge.
        duck: Depth and fades.

    Returns:
        Linear gain in (0, 1], shape ``(stop - start,)``.
    """
    curve = np.ones(stop - start, np.float32)
    first = bisect_right(speech, start - duck.up_frames, key=lambda span: span.stop)
    last = bisect_left(speech, stop + duck.down_frames, key=lambda span: span.start)
    down, low, up = _fades(duck)
    for span in speech[first:last]:
        _lay(curve, start, span.start - len(down), down)
        curve[max(0, span.start - start) : max(0, span.stop - start)] = low
        _lay(curve, start, span.stop, up)
    return curve


@lru_cache(maxsize=8)
def _fades(duck: Duck) -> tuple[Curve, np.float32, Curve]:
    """Return the fade down, the gain under speech, and the fade up; all of a curve but its ones."""
    before = np.arange(duck.down_frames, 0, -1) / duck.down_frames
    after = np.arange(1, duck.up_frames + 1) / duck.up_frames
    down, low, up = (_eased(way, duck.depth_db) for way in (before, np.zeros(1), after))
    return down, low[0], up


def _eased(way: npt.NDArray[np.float64], depth_db: float) -> Curve:
    """Return the gain after some of the way, from 0 to 1, out of the depth."""
    return np.power(10.0, depth_db * (0.5 + 0.5 * np.cos(np.pi * way)) / 20.0).astype(np.float32)


def _lay(curve: Curve, start: int, at: int, fade: Curve) -> None:
    """Put a fade that begins at frame `at` into a curve that begins at frame `start`; what lies outside is lost."""
    low, high = max(start, at), min(start + len(curve), at + len(fade))
    if low < high:
        curve[low - start : high - start] = fade[low - at : high - at]
