"""What one lies in for an hour: each a ring, nothing sudden or shrill, and little where words live (1-4 kHz)."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sounds_lib.loudness import at_loudness, evened, integrated
from sounds_lib.rings import (
    LOOP_S,
    RING,
    Curve,
    Sound,
    band,
    dice,
    drift,
    echo,
    filtered,
    in_room,
    lay,
    noise,
    panned,
    pitch,
    scatter,
    seconds,
    stereo,
    tone,
    unit,
)
from sounds_lib.strikes import BOWL, struck
from voiceguide.units import SAMPLE_RATE, gain

AMBIENCE_LUFS: Final = -28.0
"""Where music idles: 10 dB under speech at -18 LUFS."""


def finished(ring: Sound, share: float, window_s: float = 2.0) -> Sound:
    """Return `ring` without rumble or hiss, evened by `share`, at the loudness of all ambiences."""
    gentle = filtered(ring, lambda hz: band(42, 20_000, 5)(hz) * band(0.001, 8500, 2)(hz))
    even = evened(gentle, share, window_s)
    return at_loudness(even, integrated(even), AMBIENCE_LUFS)


# --- Warm pad --------------------------------------------------------------------------------------------------------

CHORDS: Final = (
    "D2 A2 D3 F#3 A3 E4",
    "B2 F#3 A3 D4 E4",
    "E2 B2 D3 F#3 A3",
    "A2 E3 A3 B3 D4",
    "D2 D3 A3 B3 F#4",
    "F#2 D3 A3 D4 E4",
    "B2 D3 F#3 B3 E4",
    "A2 E3 F#3 A3 D4",
    "E2 B2 E3 A3 D4 F#4",
    "D2 A2 F#3 B3 E4",
    "F#2 A2 D3 E3 B3 D4",
    "A2 D3 E3 B3 F#4",
)
"""Each stays for 21.3 s and takes 8 s to become the next. Voices that two chords share are held, as singers would."""

_CHANGE_S: Final = 8.0


def warm_pad() -> Sound:
    """Many soft voices on slow chords, in a large warm room."""
    ring = np.zeros((2, RING))
    for note in sorted({note for chord in CHORDS for note in chord.split()}, key=pitch):
        ring += choir(note) * presence(note)
    light = drift(dice("warm-pad light"), 25)
    bright = filtered(ring, band(700, 2500, 1))
    ring = ring + bright * (10 ** (0.2 * light) - 1)
    ring = in_room(ring, echo(dice("warm-pad hall"), 4.0, band(120, 1500, 1), 0.03), 0.5)
    return finished(ring, 0.8, window_s=1.0)


def choir(note: str) -> Sound:
    """Return many voices in unison on one note, without end.

    Every harmonic is a line with a bell of random neighbours: so sound voices that each wander a little in pitch. The
    line keeps them from ever cancelling. (Paul Nasca's PADsynth, 2004, draws such bells too.)
    """
    hz, rng = pitch(note), dice(f"choir {note}")
    spectra = np.zeros((2, RING // 2 + 1), np.complex128)
    for harmonic in range(1, 9):
        centre = round(hz * harmonic * LOOP_S)
        spread = hz * harmonic * (2 ** (7 / 1200) - 1) * LOOP_S
        bins = np.arange(centre - round(4 * spread), centre + round(4 * spread) + 1)
        bell = np.exp(-0.5 * np.square((bins - centre) / spread)) / np.sqrt(spread)
        strength = harmonic**-1.4 * (hz / 220) ** -0.35 / np.sqrt(1 + (hz * harmonic / 750) ** 3)
        left, right, both = scatter(rng, 3, len(bins))
        spectra[0, bins] += 0.27 * strength * bell * (both + left)
        spectra[1, bins] += 0.27 * strength * bell * (both + right)
        spectra[:, centre] += strength * np.exp(2j * np.pi * rng.random())
    return np.fft.irfft(spectra, RING) * RING / 2


def presence(note: str) -> Curve:
    """Return how much of a note the chords ask for at each moment, from 0 to 1."""
    stay_s = LOOP_S / len(CHORDS)
    curve = np.zeros(RING)
    for index, chord in enumerate(CHORDS):
        if note in chord.split():
            away_s = np.abs((seconds() - (index + 0.5) * stay_s + LOOP_S / 2) % LOOP_S - LOOP_S / 2)
            inside = np.clip((stay_s / 2 + _CHANGE_S / 2 - away_s) / _CHANGE_S, 0, 1)
            curve += np.square(np.sin(np.pi / 2 * inside))
    return curve


# --- Bowls -----------------------------------------------------------------------------------------------------------


STRUCK: Final = ("D3", "F#3", "A3", "B3", "D4", "E4", "F#4", "A4")
"""The bowls that are struck, each once in every round of them."""


def bowls() -> Sound:
    """Bowed bowls that swell and beat, and now and then one struck softly far away."""
    rng = dice("bowls")
    ring = np.zeros((2, RING))
    for note, level_db, position in (("D2", -2, 0.0), ("D3", 0, -0.4), ("A3", -4, 0.5), ("E4", -11, -0.6)):
        ring += gain(level_db) * panned(bowed(note), position)
    notes = shuffled(rng, STRUCK)
    for at_s, note in zip(moments(rng, 8.0, 14.0), notes, strict=False):
        strike = struck(BOWL, pitch(note), t60_s=18.0, length_s=26.0, rise_ms=45, beat_hz=rng.uniform(0.3, 0.8))
        position, level = rng.uniform(-0.5, 0.5), gain(rng.uniform(-8, -5)) * (pitch(note) / 220) ** -0.3
        lay(ring, level * panned(strike, position) * fading_out(strike.shape[1]), at_s)
    ring = in_room(ring, echo(dice("bowls hall"), 5.0, band(150, 2000, 1), 0.03), 0.6)
    return finished(ring, 0.7)


def bowed(note: str) -> Sound:
    """Return a bowl that is rubbed along its rim: the lower partials alone, in pairs that beat, swelling slowly."""
    rng = dice(f"bowed {note}")
    ring = np.zeros((2, RING))
    for partial, level in zip(BOWL[:3], (1.0, 0.16, 0.03), strict=True):
        hz, beat_hz = pitch(note) * partial.ratio, rng.uniform(0.25, 0.6)
        swell = 10 ** (0.2 * drift(rng, 15))
        one, other = tone(hz, rng.random()), tone(hz + beat_hz, rng.random())
        ring += level * swell * np.stack([one + 0.3 * other, one + 0.15 * other])
    return 0.25 * ring


def moments(rng: np.random.Generator, shortest_s: float, longest_s: float) -> NDArray[np.float64]:
    """Return moments around the ring, irregularly apart by between about `shortest_s` and `longest_s`."""
    gaps = rng.uniform(shortest_s, longest_s, round(2 * LOOP_S / (shortest_s + longest_s)))
    ends: Curve = np.cumsum(gaps)
    return (ends - float(gaps[-1] / 2)) * (LOOP_S / float(ends[-1]))


def shuffled(rng: np.random.Generator, notes: Sequence[str]) -> Iterator[str]:
    """Yield notes without end, in an order that is new each time round."""
    while True:
        yield from (notes[index] for index in rng.permutation(len(notes)))


def fading_out(frames: int) -> Curve:
    """Return a curve from 1 to 0 that leaves and arrives gently."""
    return np.square(np.cos(np.linspace(0, np.pi / 2, frames)))


# --- Ocean -----------------------------------------------------------------------------------------------------------


def ocean() -> Sound:
    """Two beaches, one to each side, whose waves come every 8 to 14 s and never together."""
    far = band(70, 400, 1.2)
    ring = 0.75 * stereo(noise(dice("ocean far"), far), noise(dice("ocean far side"), far), 0.5)
    for name, position in (("west", -0.45), ("east", 0.45)):
        ring += waves(name, position)
    return finished(ring, 0.4)


def waves(beach: str, position: float) -> Sound:
    """Return one beach: each wave gathers low, breaks broad, and runs out in a hiss."""
    rng = dice(f"ocean {beach}")
    starts = moments(rng, 8.5, 13.5)
    heights = rng.uniform(0.7, 1.0, len(starts))
    edges = np.append(starts, starts[0] + LOOP_S)
    place = np.interp((seconds() - starts[0]) % LOOP_S + starts[0], edges, np.arange(len(edges)))
    wave = np.minimum(place.astype(int), len(starts) - 1)
    phase, height = place - wave, heights[wave]
    ring = np.zeros((2, RING))
    for layer, level, crest, colour, width in (
        ("body", 1.0, 0.42, band(70, 350, 1.5), 0.35),
        ("wash", 0.75, 0.50, band(200, 1000, 1.3), 0.5),
        ("hiss", 0.16, 0.62, band(900, 4500, 1.3), 0.7),
    ):
        swell = height * rising_and_falling(phase, crest)
        middle, side = (noise(dice(f"ocean {beach} {layer} {part}"), colour) for part in ("middle", "side"))
        ring += level * swell * stereo(middle, side, width)
    return panned(ring, position)


def rising_and_falling(phase: Curve, crest: float) -> Curve:
    """Return a swell from 0 over 1, at `crest`, to 0 again, for a phase from 0 to 1."""
    bent: Curve = phase ** float(np.log(0.5) / np.log(crest))
    return np.square(np.sin(np.pi * bent))


# --- Rain ------------------------------------------------------------------------------------------------------------


def rain() -> Sound:
    """Steady rain on leaves and a roof: a dark even wash, and thousands of small soft drops."""
    wash = stereo(noise(dice("rain"), rain_colour), noise(dice("rain side"), rain_colour), 0.6)
    breath = 10 ** (0.07 * drift(dice("rain breath"), 9))
    ring = wash * breath
    # Large drops are low, rare and heard one by one; fine ones are high and many.
    for index, hz in enumerate(np.geomspace(520, 4200, 12)):
        rng = dice(f"rain drops {index}")
        ring += 0.17 * (520 / hz) ** 0.4 * drops(rng, hz, per_second=5 * (hz / 520) ** 1.4)
    return finished(ring, 0.8)


def rain_colour(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colour of rain heard from under a roof: falling by 5 dB an octave above 280 Hz."""
    return (1 + (hz / 280) ** 2) ** -0.415 * band(90, 5500, 1.5)(hz)


def drops(rng: np.random.Generator, hz: float, per_second: float) -> Sound:
    """Return drops that fall anywhere at any moment, RMS 1: each a short soft ring near `hz`, rounded at its start."""
    places = np.zeros((2, RING))
    count = int(per_second * LOOP_S)
    strengths = rng.uniform(0.3, 1.0, count)
    angles = rng.uniform(0.15, 0.85, count) * np.pi / 2
    frames = rng.integers(0, RING, count)
    np.add.at(places[0], frames, strengths * np.cos(angles))
    np.add.at(places[1], frames, strengths * np.sin(angles))
    time_s = seconds(round(0.05 * SAMPLE_RATE))
    drop = time_s * np.exp(-time_s * hz) * np.sin(2 * np.pi * hz * time_s)
    return unit(np.fft.irfft(np.fft.rfft(places) * np.fft.rfft(drop, RING), RING))


# --- Stream ----------------------------------------------------------------------------------------------------------


def stream() -> Sound:
    """A small stream over stones: a dark flow, and bubbles."""
    flow = np.zeros((2, RING))
    for index, (low_hz, high_hz, level) in enumerate(((120, 400, 0.8), (350, 900, 0.55), (800, 2400, 0.22))):
        rng = dice(f"stream flow {index}")
        part = stereo(noise(rng, band(low_hz, high_hz, 1.4)), noise(rng, band(low_hz, high_hz, 1.4)), 0.5)
        flow += level * part * 10 ** (0.12 * drift(rng, 1.2) + 0.06 * drift(rng, 7))
    return finished(unit(flow) + 0.8 * unit(bubbles()), 0.8)


def bubbles() -> Sound:
    """Return bubbles that ring as they rise.

    A bubble of radius r metres rings at 3 / r Hz (M. Minnaert, 1933), fades at 0.13 / r + 0.0072 r^-1.5 per second,
    and rises in pitch as it nears the surface (K. van den Doel, "Physically-based Models for Liquid Sounds", ACM
    Transactions on Applied Perception 2, 2005).
    """
    rng = dice("stream bubbles")
    ring = np.zeros((2, RING))
    for _ in range(45 * LOOP_S):
        radius_m = 10 ** rng.uniform(np.log10(0.0022), np.log10(0.0075))
        fade = 0.13 / radius_m + 0.0072 * radius_m**-1.5
        time_s = seconds(SAMPLE_RATE // 4)[: int(7 / fade * SAMPLE_RATE)]
        hz = 3 / radius_m * (1 + rng.uniform(0, 0.1) * fade * time_s)
        rounded = np.square(np.sin(np.pi / 2 * np.minimum(1, time_s / 0.004)))
        sound = np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) * np.exp(-fade * time_s) * rounded
        strength = rng.uniform(0.2, 1) ** 2 * (radius_m / 0.005) ** 0.5
        lay(ring, panned(strength * sound, rng.uniform(-0.7, 0.7)), rng.uniform(0, LOOP_S))
    return in_room(ring, echo(dice("stream bank"), 0.5, band(200, 2500, 1), 0.005), 0.5)


# --- Night -----------------------------------------------------------------------------------------------------------


def night() -> Sound:
    """A summer night: a little wind in the trees, and crickets across the meadow."""
    wind = np.zeros((2, RING))
    for index, (low_hz, high_hz, level) in enumerate(((60, 220, 0.9), (180, 600, 0.55), (500, 1500, 0.16))):
        rng = dice(f"night wind {index}")
        part = stereo(noise(rng, band(low_hz, high_hz, 1.6)), noise(rng, band(low_hz, high_hz, 1.6)), 0.6)
        wind += level * part * 10 ** (0.16 * drift(rng, 6))
    meadow = np.zeros((2, RING))
    for name, hz, rate, position, level in (
        ("near the oak", 4350, 2.1, -0.6, 1.0),
        ("by the wall", 4620, 1.7, 0.5, 0.8),
        ("in the grass", 4180, 2.5, 0.1, 0.5),
        ("over the brook", 4880, 1.9, -0.2, 0.35),
    ):
        meadow += level * panned(cricket(name, hz, rate), position)
    meadow = in_room(meadow, echo(dice("night meadow"), 1.6, band(1000, 6000, 1), 0.04), 0.9)
    return finished(unit(wind) + 0.13 * unit(meadow), 0.8)


def cricket(name: str, hz: float, per_second: float) -> Sound:
    """Return a field cricket: chirps of three or four pulses, thirty a second, at a pace that wanders, with rests."""
    rng = dice(f"cricket {name}")
    pace = per_second * (1 + 0.12 * drift(rng, 8))
    chirps = np.cumsum(pace) / SAMPLE_RATE
    chirps *= round(chirps[-1]) / chirps[-1]
    pulse = (chirps % 1) / per_second * 30
    pulses = rng.integers(3, 5, round(chirps[-1]) + 1)[chirps.astype(int)]
    sounding = np.where(pulse < pulses, np.square(np.sin(np.pi * pulse)), 0.0)
    resting = 0.5 + 0.5 * np.tanh(3 * (drift(rng, 15) + 0.5))
    return tone(hz, rng.random()) * sounding * resting
