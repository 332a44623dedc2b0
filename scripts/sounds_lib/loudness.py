"""How loud it is: ITU-R BS.1770-4, with the names of EBU Tech 3341."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sounds_lib.rings import Curve, Sound, filtered
from voiceguide.units import SAMPLE_RATE, gain

# The two filters of the K weighting at 48 kHz, as BS.1770-4 prints them: the head's shelf, then the high-pass.
_K_STAGES: Final = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)

_OFFSET_LU: Final = -0.691
_SILENCE: Final = 1e-12


def k_response(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gain of the K weighting. Phases do not matter to a power."""
    z = np.exp(-2j * np.pi * hz / SAMPLE_RATE)
    gains = [np.abs(np.polyval(b[::-1], z) / np.polyval(a[::-1], z)) for b, a in _K_STAGES]
    return np.asarray(np.prod(gains, axis=0))


def windows(sound: Sound, window_s: float, hop_s: float) -> NDArray[np.float64]:
    """Return the loudness of every window that lies whole in the sound, in LUFS."""
    window, hop = round(window_s * SAMPLE_RATE), round(hop_s * SAMPLE_RATE)
    power = np.sum(np.square(filtered(sound, k_response)), axis=0)
    total = np.concatenate([[0.0], np.cumsum(power)])
    means: Curve = (total[window::hop] - total[: len(total) - window : hop]) / window
    return _OFFSET_LU + 10 * np.log10(np.maximum(means, _SILENCE))


def momentary_max(sound: Sound) -> float:
    """Return the loudness of the loudest 400 ms, in LUFS, with silence taken to lie around the sound."""
    padded = np.pad(sound, ((0, 0), (0, round(0.4 * SAMPLE_RATE))))
    return float(np.max(windows(padded, 0.4, 0.01)))


def integrated(sound: Sound) -> float:
    """Return the gated loudness of the whole, in LUFS."""
    blocks = windows(sound, 0.4, 0.1)
    loud = blocks[blocks > -70]
    kept = loud[loud > _mean(loud) - 10]
    return _mean(kept)


def _mean(blocks: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (blocks / 10))))


def at_loudness(sound: Sound, now_lufs: float, wished_lufs: float) -> Sound:
    """Return `sound`, which is at `now_lufs`, moved to `wished_lufs`."""
    return sound * gain(wished_lufs - now_lufs)


def evened(ring: Sound, share: float, window_s: float = 2.0) -> Sound:
    """Return `ring` with a slow hand on the fader, that takes `share` of its swells and ebbs away.

    Args:
        ring: What to even; the hand's movement is circular too.
        share: From 0, nothing, to 1, as even as the window allows.
        window_s: Width of the bell curve through which loudness is watched; shorter swells are left alone.
    """
    power = np.sum(np.square(filtered(ring, k_response)), axis=0)
    watched = filtered(power, lambda hz: np.exp(-2 * np.square(np.pi * hz * window_s / 2.355)))
    fader: Curve = (np.mean(power) / np.maximum(watched, _SILENCE)) ** (share / 2)
    return ring * fader
