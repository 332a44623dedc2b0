"""Raw speech becomes a clip: trimmed, at 48 kHz, as loud as every other clip, with soft ends.

All at once and in memory: a sentence is a few seconds long.
"""

from math import gcd
from typing import Final

import numpy as np
import numpy.typing as npt

from voiceguide.audio.levels import SPEECH_LUFS
from voiceguide.audio.loudness import integrated_lufs, smooth_size, true_peak_db
from voiceguide.audio.samples import Buffer
from voiceguide.units import FRAMES_PER_MS, SAMPLE_RATE, gain

PEAK_DB: Final = -3.0
"""No clip peaks higher, in dBTP: with music and a chime beside it, the sum still stays under -1."""

_SILENT_DB: Final = -60.0
"""A recording that nowhere exceeds this holds no speech."""

_TRIM_DB: Final = -50.0
_MARGIN_MS: Final = 10
_FADE_IN_MS: Final = 5
_FADE_OUT_MS: Final = 15

_REACH: Final = 5
"""A peak is turned down over so many milliseconds before and after it."""

_RESERVE_DB: Final = 0.05
"""For what resampling adds to a peak afterwards."""

_MOST_GIVEN_BACK_DB: Final = 6.0
"""Speech that has nothing but peaks would become noise; it stays somewhat softer instead."""

_ROUNDS: Final = 6
_CLOSE_DB: Final = 0.1

_Gains = npt.NDArray[np.float64]
"""Linear."""


def finish(samples: Buffer, rate_hz: int) -> Buffer:
    """Return speech as every clip is: mono, 48 kHz, -18 LUFS, whole milliseconds.

    A clip shorter than a block of BS.1770 is levelled as one block of its own length.

    Args:
        samples: Mono, shape ``(n,)``.
        rate_hz: Samples in a second.

    Returns:
        Mono, at most `PEAK_DB`; its length is a multiple of 48 frames. Empty when there is no speech.
    """
    speech = trimmed(samples, rate_hz)
    if not len(speech):
        return speech
    return _in_whole_ms(_with_soft_ends(resampled(levelled(speech, rate_hz), rate_hz)))


def trimmed(samples: Buffer, rate_hz: int) -> Buffer:
    """Return what lies between the first and the last sample within 50 dB of the loudest, and 10 ms around it."""
    heights = np.abs(samples)
    highest = heights.max(initial=0.0)
    if highest < gain(_SILENT_DB):
        return samples[:0]
    loud = np.flatnonzero(heights > highest * gain(_TRIM_DB))
    margin = rate_hz * _MARGIN_MS // 1000
    return samples[max(0, int(loud[0]) - margin) : int(loud[-1]) + 1 + margin]


def resampled(samples: Buffer, rate_hz: int) -> Buffer:
    """Return the same sound at 48 kHz.

    The whole is taken to its spectrum and back at another length, which loses and adds no tone. Silence is put behind
    it so that the two lengths are in the exact ratio (147 to 320 for 22 050 Hz), and so that its end does not run
    into its beginning.
    """
    if rate_hz == SAMPLE_RATE:
        return samples
    common = gcd(rate_hz, SAMPLE_RATE)
    ours, theirs = SAMPLE_RATE // common, rate_hz // common
    parts = smooth_size(-(-(len(samples) + rate_hz // 50) // theirs))
    spectrum = np.fft.rfft(samples, parts * theirs)
    sound = np.fft.irfft(spectrum, parts * ours)[: len(samples) * ours // theirs]
    return (sound * (ours / theirs)).astype(np.float32)


def levelled(speech: Buffer, rate_hz: int) -> Buffer:
    """Return speech at -18 LUFS, with no peak above `PEAK_DB`.

    eSpeak's voices need the second: at -18 LUFS nearly every sentence of theirs has peaks above -3 dBTP, by up to 5 dB.
    They are turned down, and what the whole loses by it is given back.
    """
    # To full scale first: an engine that whispers must not fall under the gate of the measure.
    speech = speech / np.abs(speech).max()
    gain_db = SPEECH_LUFS - integrated_lufs(speech, rate_hz)
    level = speech * np.float32(gain(gain_db))
    ceiling_db = highest_db = PEAK_DB - _RESERVE_DB
    if true_peak_db(level) <= highest_db:
        return level
    most_db, added_db, lost_before_db, over_db = gain_db + _MOST_GIVEN_BACK_DB, 0.0, 0.0, 0.0
    for _ in range(_ROUNDS):
        level = _limited(speech * np.float32(gain(gain_db)), gain(ceiling_db), rate_hz // 1000)
        lost_db = SPEECH_LUFS - integrated_lufs(level, rate_hz)
        over_db = max(0.0, true_peak_db(level) - highest_db)
        if abs(lost_db) < _CLOSE_DB and over_db == 0.0:
            break
        # The more is turned down already, the less stays of what is added: the last round tells how much.
        stays = min(max((lost_before_db - lost_db) / added_db, 0.2), 1.0) if added_db else 1.0
        added_db = min(lost_db / stays, most_db - gain_db)
        gain_db, lost_before_db = gain_db + added_db, lost_db
        ceiling_db -= over_db
    return level * np.float32(gain(-over_db))


def _limited(speech: Buffer, ceiling: float, step: int) -> Buffer:
    """Turn speech down smoothly around each step, of `step` samples or about 1 ms, in which it is above `ceiling`."""
    peaks = np.abs(np.pad(speech, (0, -len(speech) % step))).reshape(-1, step).max(axis=1).astype(np.float64)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling))
    # Between the middles of two steps the gain runs straight. The lowest within reach, and one more, is smoothed
    # within reach: so at no sample can it be more than its own step needs.
    lowest = _windows(needed, _REACH + 1).min(axis=1)
    weights = np.hanning(2 * _REACH + 3)[1:-1]
    smooth = _windows(lowest, _REACH) @ (weights / weights.sum())
    return speech * _joined(smooth, step)[: len(speech)]


def _windows(values: _Gains, reach: int) -> _Gains:
    """Return each value with its `reach` neighbours on either side, shape ``(n, 2 * reach + 1)``; 1 beyond the ends."""
    padded = np.pad(values, reach, constant_values=1.0)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)


def _joined(values: _Gains, step: int) -> Buffer:
    """Return straight lines between `values`, each of which stands in the middle of its step."""
    ends = np.concatenate([values[:1], values, values[-1:]])
    way = (np.arange(step) + 0.5) / step
    lines = ends[:-1, None] + np.diff(ends)[:, None] * way
    return lines.astype(np.float32).ravel()[step // 2 :]


def _with_soft_ends(clip: Buffer) -> Buffer:
    soft = clip.copy()
    fade_in = _rise(min(_FADE_IN_MS * FRAMES_PER_MS, len(clip)))
    fade_out = _rise(min(_FADE_OUT_MS * FRAMES_PER_MS, len(clip)))[::-1]
    soft[: len(fade_in)] *= fade_in
    soft[len(clip) - len(fade_out) :] *= fade_out
    return soft


def _rise(length: int) -> Buffer:
    """Return half a raised cosine from 0 to 1."""
    rise: _Gains = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(1, length))
    return rise.astype(np.float32)


def _in_whole_ms(clip: Buffer) -> Buffer:
    return np.pad(clip, (0, -len(clip) % FRAMES_PER_MS))
