"""Sound without an end: everything here is a circle, so a loop's joint is a place like any other.

Noise and chords are made in the frequency domain, where every component has a whole number of cycles in the ring.
What happens at a moment is laid on with its tail wrapped round. Filters and halls are circular convolutions.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from voiceguide.units import SAMPLE_RATE

Sound: TypeAlias = NDArray[np.float64]
Spectrum: TypeAlias = NDArray[np.complex128]
Curve: TypeAlias = NDArray[np.float64]
Response: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Frequencies in Hz to linear gains."""

LOOP_S: Final = 256
"""Length of every ambience: over four minutes, and 6000 long blocks of Vorbis, so that a file can be a ring too."""

RING: Final = LOOP_S * SAMPLE_RATE

SEMITONES: Final = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}


def pitch(note: str) -> float:
    """Return the frequency in Hz of a note such as ``D4`` or ``F#3``, equally tempered, A4 = 440 Hz."""
    name, octave = note[:-1], int(note[-1])
    semitones = SEMITONES[name[0]] + name.count("#") + 12 * (octave - 4)
    return float(440.0 * 2.0 ** (semitones / 12))


def dice(name: str) -> np.random.Generator:
    """Return the random numbers that belong to `name`: the same on every run, others for every other name."""
    return np.random.default_rng(list(name.encode()))


@lru_cache(maxsize=8)
def hertz(frames: int = RING) -> NDArray[np.float64]:
    """Return the frequencies of a spectrum of `frames` frames, in Hz."""
    return np.arange(frames // 2 + 1, dtype=np.float64) * (SAMPLE_RATE / frames)


@lru_cache(maxsize=8)
def seconds(frames: int = RING) -> Curve:
    """Return the time of each frame, in seconds."""
    return np.arange(frames) / SAMPLE_RATE


# --- Sources ---------------------------------------------------------------------------------------------------------


def scatter(rng: np.random.Generator, *shape: int) -> Spectrum:
    """Return components of random strength and phase."""
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def noise(rng: np.random.Generator, response: Response) -> Sound:
    """Return noise of one channel and RMS 1, coloured by `response`."""
    hz = hertz()
    spectrum = scatter(rng, len(hz)) * response(hz)
    spectrum[0] = 0
    return unit(np.fft.irfft(spectrum, RING))


def tone(hz: float, phase: float = 0.0) -> Sound:
    """Return a sine of one channel and amplitude 1, drawn to the nearest frequency that the ring can close on."""
    return np.sin(2 * np.pi * (round(hz * LOOP_S) / LOOP_S * seconds() + phase))


def drift(rng: np.random.Generator, period_s: float) -> Curve:
    """Return a curve that wanders in (-1, 1) and never swings faster than `period_s`."""
    bins = int(LOOP_S / period_s)
    spectrum = np.zeros(RING // 2 + 1, np.complex128)
    spectrum[1 : bins + 1] = scatter(rng, bins)
    return np.tanh(0.8 * unit(np.fft.irfft(spectrum, RING)))


def lay(ring: Sound, sound: Sound, at_s: float) -> None:
    """Add `sound` to `ring` from `at_s` on; what passes the end goes on at the start."""
    start = round(at_s * SAMPLE_RATE) % RING
    first = min(sound.shape[-1], RING - start)
    ring[..., start : start + first] += sound[..., :first]
    ring[..., : sound.shape[-1] - first] += sound[..., first:]


# --- Colour and space ------------------------------------------------------------------------------------------------


def unit(sound: Sound) -> Sound:
    """Return `sound` at RMS 1."""
    return sound / float(np.sqrt(np.mean(np.square(sound))))


def filtered(ring: Sound, response: Response) -> Sound:
    """Return `ring` with each frequency multiplied by `response`, phases kept."""
    frames = ring.shape[-1]
    return np.fft.irfft(np.fft.rfft(ring) * response(hertz(frames)), frames)


def band(low_hz: float, high_hz: float, slope: float = 2.0) -> Response:
    """Return a band whose skirts fall by 6 dB an octave times `slope`, with rounded shoulders."""

    def response(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        safe = np.maximum(hz, 1e-3)
        return 1 / np.sqrt((1 + (low_hz / safe) ** (2 * slope)) * (1 + (safe / high_hz) ** (2 * slope)))

    return response


def stereo(middle: Sound, side: Sound, width: float) -> Sound:
    """Return two channels that share `middle` and differ by `side`: at a width of 0.5 they correlate by 0.6."""
    return np.stack([middle + width * side, middle - width * side])


def panned(sound: Sound, position: float) -> Sound:
    """Return one or two channels moved to `position`, from -1, left, to 1, right, at constant power."""
    return sound * np.sqrt([[1 - position], [1 + position]])


def echo(rng: np.random.Generator, t60_s: float, response: Response, delay_s: float = 0.012) -> Sound:
    """Return the answer of a room to a clap: two channels of fading noise of energy 1, alike enough for mono.

    Args:
        rng: Where the room's walls are.
        t60_s: Time to fall by 60 dB.
        response: The colour of the walls.
        delay_s: Time before the first answer; it keeps the strike itself clear.
    """
    frames = round(t60_s * SAMPLE_RATE)
    time_s = seconds(frames)
    fading = 10.0 ** (-3 * time_s / t60_s) * np.minimum(1, time_s / 0.02) * (1 - time_s / time_s[-1])
    middle, side = filtered(rng.standard_normal((2, frames)), response) * fading
    tail = stereo(middle, side, 0.5)
    tail /= np.sqrt(np.sum(np.square(tail), axis=1, keepdims=True))
    return np.pad(tail, ((0, 0), (round(delay_s * SAMPLE_RATE), 0)))


def in_room(sound: Sound, room: Sound, wet: float) -> Sound:
    """Return `sound` with `wet` parts of `room` around it; what rings on after the end goes on at the start."""
    frames = sound.shape[-1]
    return sound + wet * np.fft.irfft(np.fft.rfft(sound) * np.fft.rfft(room, frames), frames)
