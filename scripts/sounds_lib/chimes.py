"""Which strikes say what.

A kind of chime is a figure of strikes, and keeps its figure in every set. With closed eyes it is told by how many
strikes there are, where they go, and how long it rings:

| kind | strikes | goes | rings |
|---|---|---|---|
| start | two, slow | up a fifth, from low | long |
| section | three | up a chord | |
| change | one | high | |
| side | two | down a fourth | |
| tick | one | higher, very short | 0.3 s |
| release | one | low | |
| last | two, quick | stay | |
| check-in | two, quick | up a fourth, high, like a question | |
| end | three, slow | stay, low, ever softer | longest |
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from sounds_lib.loudness import at_loudness, momentary_max
from sounds_lib.rings import Curve, Sound, band, dice, echo, in_room, pitch
from sounds_lib.strikes import bowl, glass, wood
from voiceguide.units import SAMPLE_RATE, gain


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure of strikes."""

    length_s: float
    """From the first strike to silence, at most; wood is silent sooner."""

    strikes: tuple[tuple[float, str, float], ...]
    """When, in seconds; which note; how strong, in dB."""

    loudness_lufs: float = -24.0
    """Loudness of its loudest 400 ms (BS.1770 momentary), so that all kinds are equally heard."""


KINDS: Final = {
    "start": Kind(5.0, ((0.0, "D4", 0), (1.2, "A4", -1))),
    "section": Kind(3.6, ((0.0, "D4", 0), (0.34, "F#4", -1), (0.68, "A4", -1))),
    "change": Kind(2.8, ((0.0, "D5", 0),)),
    "side": Kind(2.8, ((0.0, "B4", 0), (0.5, "F#4", -1))),
    "tick": Kind(0.3, ((0.0, "A5", 0),), loudness_lufs=-30.0),
    "release": Kind(2.5, ((0.0, "A3", 0),)),
    "last": Kind(2.4, ((0.0, "A4", 0), (0.3, "A4", -1))),
    "check-in": Kind(2.2, ((0.0, "E5", -1), (0.22, "A5", 0))),
    "end": Kind(7.0, ((0.0, "D4", 0), (1.6, "D4", -2), (3.2, "D4", -4))),
}

SETS: Final[dict[str, tuple[Callable[[float, float], Sound], float]]] = {
    "bowl": (bowl, 1.0),
    "wood": (wood, 1.0),
    "glass": (glass, 2.0),
}
"""Set to its instrument, and how far it is moved from the notes above: a small glass sings an octave higher."""


def chime(set_name: str, kind_name: str) -> Sound:
    """Return a chime: it begins at its strike and ends in silence."""
    instrument, transposed = SETS[set_name]
    kind = KINDS[kind_name]
    sound = np.zeros((2, round(kind.length_s * SAMPLE_RATE)))
    for at_s, note, level_db in kind.strikes:
        start = round(at_s * SAMPLE_RATE)
        sound[:, start:] += gain(level_db) * instrument(transposed * pitch(note), kind.length_s - at_s)
    sound = _faded(_in_a_small_room(sound))
    return _without_silence(at_loudness(sound, momentary_max(sound), kind.loudness_lufs))


def _in_a_small_room(sound: Sound) -> Sound:
    # The room is as long as the chime at most; what is left of its tail at the end is faded away.
    room = echo(dice("a small room"), 1.4, band(150, 2200, 1))
    frames = sound.shape[1]
    return in_room(np.pad(sound, ((0, 0), (0, room.shape[1]))), room, gain(-20))[:, :frames]


def _faded(sound: Sound) -> Sound:
    frames = sound.shape[1]
    left = np.linspace(1 / 0.4, 0, frames)
    fade: Curve = np.square(np.sin(np.pi / 2 * np.minimum(1, left)))
    return sound * fade


def _without_silence(sound: Sound) -> Sound:
    # Wood is gone long before a bowl. What 16 bits cannot hold is not kept, but for 10 ms of it.
    heard = np.flatnonzero(np.max(np.abs(sound), axis=0) >= 0.5 / 32767)
    return sound[:, : heard[-1] + SAMPLE_RATE // 100]
