"""How loud sound is to a listener (ITU-R BS.1770-5), and how high it peaks between its samples.

The measure of BS.1770: the sound goes through two filters that stand for head and ear (K-weighting); its power is
taken in blocks of 400 ms that overlap by three quarters; blocks under -70 LUFS do not count, nor those 10 LU under
the mean of the rest.

The recommendation leaves out a last block that is not full. Spoken clips are so short that it matters whether 1 ms is
missing, so a last block that lacks at most half a step (50 ms) counts, as if silence followed: pyloudnorm does the
same. What is shorter than 400 ms is measured as one block of its own length.

The filters are applied through the FFT, with zeros behind the sound so that they can ring out: a loop over samples
would be slow in Python.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from math import pi, tan
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from voiceguide.audio.samples import Buffer

_STEPS_PER_S: Final = 10
_STEPS_PER_BLOCK: Final = 4
_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0
_OFFSET_LU: Final = -0.691
"""So that a 997 Hz sine at full scale in one channel reads -3.01 LUFS."""

_RING_S: Final = 0.15
"""After this the high pass, the slower of the two filters, has fallen under -110 dB."""

_OVERSAMPLING: Final = 4
_TAPS: Final = 24
"""Twice as many as BS.1770 has, so that the tops are right within 0.05 dB up to 20 kHz."""

_STRETCH_S: Final = 20
_STRETCH: Final = 1 << 16
"""So many seconds, or places beside peaks, are taken at a time, to keep memory small."""

Powers = npt.NDArray[np.float64]
"""Mean squares of K-weighted sound, one for each block."""


class _Biquad(NamedTuple):
    """A filter with two poles and two zeros, normalised so that a0 is 1."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def integrated_lufs(samples: Buffer, rate_hz: int) -> float:
    """Return the integrated loudness.

    Args:
        samples: Mono, shape ``(n,)``, or stereo, shape ``(n, 2)``.
        rate_hz: Samples in a second.

    Returns:
        Loudness in LUFS; minus infinity for silence, or when nothing is above the absolute gate.
    """
    return gated_lufs(block_powers(samples, rate_hz))


def gated_lufs(powers: Powers) -> float:
    """Return the loudness of blocks of 400 ms: the mean of those that both gates let through.

    Args:
        powers: From `block_powers`; those of several stretches of one sound may be put together.

    Returns:
        Loudness in LUFS; minus infinity when no block is above the absolute gate.
    """
    audible = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(audible):
        return -np.inf
    gate = np.mean(audible) * 10.0 ** (_RELATIVE_GATE_LU / 10.0)
    return _lufs(float(np.mean(audible[audible > gate])))


def true_peak_db(samples: Buffer) -> float:
    """Return the highest peak of the sound between its samples, found by oversampling four times, in dBTP.

    Only what lies beside a sample of at least half the highest is computed: sound that has room for a higher peak
    between two lower samples would be one at half the sampling rate, and no such sound is ours.

    Args:
        samples: Mono, shape ``(n,)``, or stereo, shape ``(n, 2)``.
    """
    highest = float(np.abs(samples).max(initial=0.0))
    if highest == 0.0:
        return -np.inf
    channels = [samples] if samples.ndim == 1 else list(samples.T)
    return float(20.0 * np.log10(max(highest, *(_highest_between(channel, highest / 2.0) for channel in channels))))


def block_powers(samples: Buffer, rate_hz: int) -> Powers:
    """Return the K-weighted power of each block of 400 ms, all channels added; none for no sound.

    Args:
        samples: Mono, shape ``(n,)``, or stereo, shape ``(n, 2)``.
        rate_hz: Samples in a second.
    """
    if not len(samples):
        return np.zeros(0)
    return gathered(np.concatenate(list(_energies(samples, rate_hz))), rate_hz)


def gathered(energy: npt.NDArray[np.floating[Any]], per_s: float) -> Powers:
    """Return the mean of each block of 400 ms.

    Args:
        energy: Squares of K-weighted sound, shape ``(n,)``, or their means over short steps.
        per_s: How many of them make a second.
    """
    if len(energy) * _STEPS_PER_S < per_s * _STEPS_PER_BLOCK:
        return np.atleast_1d(energy.mean(dtype=np.float64))
    steps = round(len(energy) * _STEPS_PER_S / per_s)
    borders = (np.arange(steps + 1) * per_s / _STEPS_PER_S).astype(np.intp)
    in_steps = np.add.reduceat(energy[: borders[-1]], borders[:-1], dtype=np.float64)
    in_blocks = np.convolve(in_steps, np.ones(_STEPS_PER_BLOCK), "valid")
    powers: Powers = in_blocks / (borders[_STEPS_PER_BLOCK:] - borders[:-_STEPS_PER_BLOCK])
    return powers


def _energies(samples: Buffer, rate_hz: int) -> Iterator[Buffer]:
    """Yield the square of the K-weighted sound, all channels added, stretch by stretch."""
    stretch, ring = _STRETCH_S * rate_hz, round(_RING_S * rate_hz)
    for start in range(0, len(samples), stretch):
        # What came before still rings.
        before = min(start, ring)
        weighted = k_weighted(samples[start - before : start + stretch], rate_hz)[before:]
        yield np.square(weighted).reshape(len(weighted), -1).sum(axis=1)


def k_weighted(samples: Buffer, rate_hz: int) -> Buffer:
    """Return the sound as head and ear weight it, of the same shape.

    Args:
        samples: Mono, shape ``(n,)``, or stereo, shape ``(n, 2)``; all of it in memory several times over.
        rate_hz: Samples in a second.
    """
    size = _coarse_size(len(samples) + round(_RING_S * rate_hz))
    # Scaled forwards, because numpy takes 32 bits only for a transform that is scaled; the response takes it back.
    spectrum = np.fft.rfft(samples, size, axis=0, norm="forward")
    response = _k_response(size, rate_hz)
    spectrum *= response if spectrum.ndim == 1 else response[:, None]
    return np.fft.irfft(spectrum, size, axis=0)[: len(samples)].astype(np.float32, copy=False)


@lru_cache(maxsize=32)
def _k_response(size: int, rate_hz: int) -> npt.NDArray[np.complex64]:
    """Return the response of both filters, times `size`, at the frequencies of a real FFT of `size` samples."""
    delay = np.exp(-2j * pi / size * np.arange(size // 2 + 1))
    response = np.full(len(delay), size, np.complex128)
    for stage in (_shelf(rate_hz), _high_pass(rate_hz)):
        response *= (stage.b0 + (stage.b1 + stage.b2 * delay) * delay) / (1.0 + (stage.a1 + stage.a2 * delay) * delay)
    return response.astype(np.complex64)


def _shelf(rate_hz: int) -> _Biquad:
    """Return the first filter: 4 dB more above about 1.7 kHz, as a head adds.

    BS.1770 gives coefficients for 48 kHz alone; these figures give the same ones there, and the filter for any other
    rate by the bilinear transform.
    """
    k = tan(pi * 1681.974450955533 / rate_hz)
    q = 0.7071752369554196
    high = 10.0 ** (3.999843853973347 / 20.0)
    band = high**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    return _Biquad(
        b0=(high + band * k / q + k * k) / a0,
        b1=2.0 * (k * k - high) / a0,
        b2=(high - band * k / q + k * k) / a0,
        a1=2.0 * (k * k - 1.0) / a0,
        a2=(1.0 - k / q + k * k) / a0,
    )


def _high_pass(rate_hz: int) -> _Biquad:
    """Return the second filter: less of what is under about 38 Hz, as an ear hears it."""
    k = tan(pi * 38.13547087602444 / rate_hz)
    q = 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    return _Biquad(b0=1.0, b1=-2.0, b2=1.0, a1=2.0 * (k * k - 1.0) / a0, a2=(1.0 - k / q + k * k) / a0)


def _lufs(power: float) -> float:
    return float(_OFFSET_LU + 10.0 * np.log10(power))


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - _OFFSET_LU) / 10.0))


@cache
def _interpolator() -> npt.NDArray[np.float32]:
    """Return the taps, shape ``(_TAPS, _OVERSAMPLING - 1)``, that give what lies between two samples."""
    between = np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    distance = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - between
    taps: npt.NDArray[np.float64] = np.sinc(distance) * np.cos(pi * distance / (_TAPS + 2)) ** 2
    return taps.astype(np.float32)


def _highest_between(channel: Buffer, near: float) -> float:
    """Return the highest peak, either side of samples of at least `near`, that four-times oversampling finds."""
    loud = np.pad(np.abs(channel) >= near, 1)
    starts = np.flatnonzero(loud[:-1] | loud[1:])
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(channel, _TAPS // 2), _TAPS)
    highest = 0.0
    for first in range(0, len(starts), _STRETCH):
        between = windows[starts[first : first + _STRETCH]] @ _interpolator()
        highest = max(highest, float(np.abs(between).max()))
    return highest


def _coarse_size(least: int) -> int:
    """Return 2, 3 or 4 times a power of two, >= `least`: few sizes, so that few responses are kept for all clips."""
    size = 1 << max(1, (least - 1).bit_length())
    return size * 3 // 4 if size * 3 // 4 >= least else size


def smooth_size(least: int) -> int:
    """Return the smallest even number >= `least` with no prime factor over 5: a size that an FFT is quick with."""
    best = 1 << max(1, (least - 1).bit_length())
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            size = 2 * threes
            while size < least:
                size *= 2
            best = min(best, size)
            threes *= 3
        fives *= 5
    return best
