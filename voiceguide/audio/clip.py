"""Raw speech becomes a clip: trimmed, as loud as every other clip, with soft ends; and a clip sound at 48 kHz.

All at once and in memory: a sentence is a few seconds long. A clip stays at the rate of its engine until it is heard,
because so it is half as large to keep, and is made in half the time.
"""

from math import gcd
from typing import Final

import numpy as np
import numpy.typing as npt

from voiceguide.audio.levels import SPEECH_LUFS
from voiceguide.audio.loudness import gated_lufs, gathered, k_weighted, smooth_size, true_peak_db
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

_HIGHEST_DB: Final = PEAK_DB - _RESERVE_DB

_MOST_RAISED_DB: Final = 40.0
"""Above full scale, where what comes is hardly speech: clicks."""

_MOST_GIVEN_BACK_DB: Final = 6.0
"""Speech that has nothing but peaks would become noise; it stays somewhat softer instead."""

_ROUNDS: Final = 6
_CLOSE_DB: Final = 0.05

_Steps = npt.NDArray[np.float64]
"""One value for each step of 1 ms, or nearly."""


def finish(samples: Buffer, rate_hz: int) -> Buffer:
    """Return speech as every clip is: trimmed, -18 LUFS, with soft ends; at the rate that it has.

    A clip shorter than a block of BS.1770 is levelled as one block of its own length.

    Args:
        samples: Mono, shape ``(n,)``.
        rate_hz: Samples in a second.

    Returns:
        Mono, at most `PEAK_DB`. Empty when there is no speech.
    """
    speech = trimmed(samples, rate_hz)
    return _with_soft_ends(levelled(speech, rate_hz), rate_hz) if len(speech) else speech


def length_ms(count: int, rate_hz: int) -> int:
    """Return the whole milliseconds that `count` samples fit in."""
    return -(-count * 1000 // rate_hz)


def as_heard(clip: Buffer, rate_hz: int, length_ms: int) -> Buffer:
    """Return a clip at 48 kHz, shape ``(48 * length_ms,)``: silence follows it, or its end is cut off."""
    sound = resampled(clip, rate_hz)[: length_ms * FRAMES_PER_MS]
    return np.pad(sound, (0, length_ms * FRAMES_PER_MS - len(sound)))


def trimmed(samples: Buffer, rate_hz: int) -> Buffer:
    """Return what lies between the first and the last sample within 50 dB of the loudest, and 10 ms around it."""
    heights = np.abs(samples)
    highest = heights.max(initial=0.0)
    if highest < gain(_SILENT_DB):
        return samples[:0]
    loud = heights > highest * gain(_TRIM_DB)
    margin = rate_hz * _MARGIN_MS // 1000
    return samples[max(0, int(loud.argmax()) - margin) : len(loud) - int(loud[::-1].argmax()) + margin]


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
    # Scaled forwards, because numpy takes 32 bits only for a transform that is scaled.
    spectrum = np.fft.rfft(samples, parts * theirs, norm="forward")
    spectrum *= np.float32(parts * ours)
    sound = np.fft.irfft(spectrum, parts * ours)[: len(samples) * ours // theirs]
    return sound.astype(np.float32, copy=False)


def levelled(speech: Buffer, rate_hz: int) -> Buffer:
    """Return speech at -18 LUFS, with no peak above `PEAK_DB`.

    eSpeak's voices need the second: at -18 LUFS nearly every sentence of theirs has peaks above -3 dBTP, by up to 5 dB.
    They are turned down, and what the whole loses by it is given back.
    """
    # To full scale first: an engine that whispers must not fall under the gate of the measure.
    speech = speech / np.abs(speech).max()
    energies = _energies(speech, rate_hz)
    plain_db = min(_lacking_db(energies, rate_hz), _MOST_RAISED_DB)
    if plain_db <= _HIGHEST_DB and plain_db + true_peak_db(speech) <= _HIGHEST_DB:
        return speech * np.float32(gain(plain_db))
    peaks = np.abs(_in_steps(speech, rate_hz)).max(axis=1).astype(np.float64)
    ceiling_db, over_db = _HIGHEST_DB, 0.0
    for _ in range(2):
        # A peak between two samples is known when it is turned down.
        ceiling_db -= over_db
        gains = _limiting(peaks, energies, rate_hz, plain_db, ceiling_db)
        level = speech * _joined(gains, rate_hz // 1000)[: len(speech)]
        over_db = max(0.0, true_peak_db(level) - _HIGHEST_DB)
        if over_db < _CLOSE_DB:
            break
    return level * np.float32(gain(-over_db))


def _limiting(peaks: _Steps, energies: _Steps, rate_hz: int, plain_db: float, ceiling_db: float) -> _Steps:
    """Return the gain of each step with which no peak is over the ceiling, and the whole is at -18 LUFS.

    The gain changes so slowly that the ear's filters, which came before it here, may as well come after it.
    """
    gain_db, added_db, lost_before_db = plain_db, 0.0, 0.0
    for _ in range(_ROUNDS):
        gains = gain(gain_db) * _turned_down(peaks * gain(gain_db), gain(ceiling_db))
        lost_db = _lacking_db(energies * np.square(gains), rate_hz)
        if abs(lost_db) < _CLOSE_DB:
            break
        # The more is turned down already, the less stays of what is added: the last round tells how much.
        stays = min(max((lost_before_db - lost_db) / added_db, 0.2), 1.0) if added_db else 1.0
        added_db = min(lost_db / stays, plain_db + _MOST_GIVEN_BACK_DB - gain_db)
        gain_db, lost_before_db = gain_db + added_db, lost_db
    return gains


def _turned_down(peaks: _Steps, ceiling: float) -> _Steps:
    """Return the smooth gain, 1 at most, that keeps peaks under a ceiling."""
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling))
    # Between the middles of two steps the gain runs straight. The lowest within reach, and one more, is smoothed
    # within reach: so at no sample can it be more than its own step needs.
    around = np.pad(needed, 2 * _REACH + 1, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(around, len(needed) + 2 * _REACH).min(axis=0)
    weights = np.hanning(2 * _REACH + 3)[1:-1]
    return np.convolve(lowest, weights / weights.sum(), "valid")


def _lacking_db(energies: _Steps, rate_hz: int) -> float:
    """Return by how much -18 LUFS is above a sound of which each step has so much energy."""
    return SPEECH_LUFS - gated_lufs(gathered(energies, rate_hz / (rate_hz // 1000)))


def _energies(speech: Buffer, rate_hz: int) -> _Steps:
    """Return the mean K-weighted power in each step."""
    steps = _in_steps(k_weighted(speech, rate_hz), rate_hz)
    energies: _Steps = np.einsum("ij,ij->i", steps, steps).astype(np.float64) / steps.shape[1]
    return energies


def _in_steps(samples: Buffer, rate_hz: int) -> Buffer:
    """Return the samples in steps of about 1 ms, one a row."""
    step = rate_hz // 1000
    return np.pad(samples, (0, -len(samples) % step)).reshape(-1, step)


def _joined(gains: _Steps, step: int) -> Buffer:
    """Return straight lines between `gains`, each of which stands in the middle of its step."""
    ends = np.concatenate([gains[:1], gains, gains[-1:]]).astype(np.float32)
    way = ((np.arange(step) + 0.5) / step).astype(np.float32)
    lines: Buffer = ends[:-1, None] + np.diff(ends)[:, None] * way
    return lines.ravel()[step // 2 :]


def _with_soft_ends(clip: Buffer, rate_hz: int) -> Buffer:
    fade_in = _rise(min(_FADE_IN_MS * rate_hz // 1000, len(clip)))
    fade_out = _rise(min(_FADE_OUT_MS * rate_hz // 1000, len(clip)))[::-1]
    clip[: len(fade_in)] *= fade_in
    clip[len(clip) - len(fade_out) :] *= fade_out
    return clip


def _rise(length: int) -> Buffer:
    """Return half a raised cosine from 0 to 1."""
    rise: npt.NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(1, length))
    return rise.astype(np.float32)
