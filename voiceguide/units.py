"""The few units that everything shares.

Time is counted in whole milliseconds (``_ms``) where people plan and in whole frames (``_frames``) where sound is
made. At 48 kHz one millisecond is exactly 48 frames, so nothing is ever rounded between the two. A level is in
decibels (``_db``) at the border and a linear gain inside.
"""

from typing import Final

SAMPLE_RATE: Final = 48_000
"""Frames in a second, everywhere between the mixer and the outputs, in Hz."""

FRAMES_PER_MS: Final = SAMPLE_RATE // 1000

CHANNELS: Final = 2

SECOND_MS: Final = 1000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS


def frames(ms: int) -> int:
    """Return the frames in `ms` milliseconds."""
    return ms * FRAMES_PER_MS


def gain(db: float) -> float:
    """Return the linear gain of `db` decibels: -6.02 dB is 0.5, 0 dB is 1."""
    return float(10.0 ** (db / 20.0))


def clock(ms: int) -> str:
    """Return ``HH:MM:SS.mmm``, as timelines and captions print a moment."""
    seconds, milli = divmod(ms, SECOND_MS)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{milli:03}"


def short_clock(ms: int) -> str:
    """Return ``M:SS`` or ``H:MM:SS``, as people read a length; rounded to the nearest second."""
    minutes, second = divmod((ms + SECOND_MS // 2) // SECOND_MS, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
