"""Struck bowls, wood and glass.

A struck body is a sum of partials, each with its own pitch, strength and fading. Where the ratios come from:

* bowl: a Tibetan singing bowl measured by G. Essl and P. R. Cook, "Banded Waveguides on Circular Topologies and of
  Beating Modes: Tibetan Singing Bowls and Glass Harmonicas", ICMC 2002: 1, 2.99, 5.70, 9.00, 12.8. It is chosen among
  bowls because its second partial is a twelfth, and so stays in the key of the bell beneath it;
* glass: the glass harmonica of the same paper: 1, 2.32, 4.25, 6.63, with the second partial tuned down to 2.25, a
  ninth, as a glass-maker would grind it, because 2.32 lies between the notes of the key;
* wood: a marimba's bar, undercut so that its overtones lie two octaves, and three octaves and a third, above:
  1, 4, 9.6 (N. H. Fletcher and T. D. Rossing, "The Physics of Musical Instruments", chapter 19).

Strengths and fadings are ours: those of a soft felt mallet, since nothing may startle.
"""

from dataclasses import dataclass

import numpy as np

from sounds_lib.rings import Sound, seconds
from voiceguide.units import SAMPLE_RATE, gain


@dataclass(frozen=True, slots=True)
class Partial:
    """One way in which a struck body moves."""

    ratio: float
    """Its frequency, as a multiple of the lowest one's."""

    level_db: float
    """Its strength at the strike, over the lowest one's."""

    fading: float
    """Its time to fall by 60 dB, as a part of the lowest one's."""


BOWL = (
    Partial(1.0, 0, 1.0),
    Partial(2.99, -13, 0.62),
    Partial(5.70, -25, 0.34),
    Partial(9.00, -36, 0.18),
    Partial(12.8, -46, 0.10),
)
GLASS = (Partial(1.0, 0, 1.0), Partial(2.25, -17, 0.55), Partial(4.25, -27, 0.30), Partial(6.63, -38, 0.15))
WOOD = (Partial(1.0, 0, 1.0), Partial(4.0, -19, 0.30), Partial(9.6, -34, 0.12))


def bowl(hz: float, ring_s: float) -> Sound:
    """Return a singing bowl, which beats slowly because no bowl is quite round."""
    return struck(BOWL, hz, t60_s=min(1.3 * ring_s, 9.0), length_s=ring_s, rise_ms=14, beat_hz=0.9)


def wood(hz: float, ring_s: float) -> Sound:
    """Return a wooden bar over its tube: round, dry and soon gone."""
    return struck(WOOD, hz, t60_s=min(1.3 * ring_s, 1.5 * (220 / hz) ** 0.4), length_s=ring_s, rise_ms=11, beat_hz=0.0)


def glass(hz: float, ring_s: float) -> Sound:
    """Return a glass touched with a felted stick: almost a pure tone."""
    return struck(GLASS, hz, t60_s=min(1.1 * ring_s, 5.0), length_s=ring_s, rise_ms=16, beat_hz=1.1)


def struck(
    partials: tuple[Partial, ...], hz: float, *, t60_s: float, length_s: float, rise_ms: float, beat_hz: float
) -> Sound:
    """Return one strike.

    Each partial of a round body is a pair that lies a little apart and beats. The weaker of the two is heard a little
    more on one side, and on the other for the next partial: a gentle width, and nothing is lost in mono.

    Args:
        partials: What the body is.
        hz: Frequency of its lowest partial.
        t60_s: Time for that partial to fall by 60 dB.
        length_s: Length of what is returned.
        rise_ms: Time for the sound to rise, as half a wave of a cosine: the softness of the mallet.
        beat_hz: How far apart the lowest pair lies; 0 for a body without pairs.
    """
    time_s = seconds(round(length_s * SAMPLE_RATE))
    sound = np.zeros((2, len(time_s)))
    for index, partial in enumerate(partials):
        strength = gain(partial.level_db) * 10.0 ** (-3 * time_s / (t60_s * partial.fading))
        angle = 2 * np.pi * hz * partial.ratio * time_s
        twin = np.sin(angle + 2 * np.pi * beat_hz * (1 + 0.37 * index) * time_s)
        near, far = (0.20, 0.08) if index % 2 else (0.08, 0.20)
        sound += strength * (0.86 * np.sin(angle) + np.outer((near, far), twin))
    rise = np.minimum(1.0, time_s * 1000 / rise_ms)
    return sound * np.square(np.sin(np.pi / 2 * rise))
