"""The sounds that are in git, measured as a listener gets them: decoded."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from needs import needs_module

from voiceguide.paths import bundled_sounds
from voiceguide.units import SAMPLE_RATE

SOUNDS = bundled_sounds()
AMBIENCES = ("warm-pad", "bowls", "ocean", "rain", "stream", "night")
SETS = ("bowl", "wood", "glass")
KINDS = ("start", "section", "change", "side", "tick", "release", "last", "check-in", "end")
CHIMES = [f"{set_name}/{kind}" for set_name in SETS for kind in KINDS]
PENTATONIC = {"D": 2, "E": 4, "F#": 6, "A": 9, "B": 11}


@pytest.fixture(scope="module", params=AMBIENCES)
def ambience(request: pytest.FixtureRequest) -> tuple[str, np.ndarray]:
    """An ambience by its name, decoded once for all its tests."""
    return request.param, read(SOUNDS / "ambience" / f"{request.param}.ogg")


@pytest.fixture(params=CHIMES)
def chime(request: pytest.FixtureRequest) -> tuple[str, np.ndarray]:
    return request.param, read_chime(request.param)


def read(path: Path) -> np.ndarray:
    frames, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == SAMPLE_RATE
    assert frames.shape[1] == 2
    return frames


@cache
def read_chime(name: str) -> np.ndarray:
    return read(SOUNDS / "chimes" / f"{name}.flac")


# --- Ambiences -------------------------------------------------------------------------------------------------------


def test_an_ambience_lasts_four_minutes_at_least(ambience):
    _, sound = ambience

    assert len(sound) >= 240 * SAMPLE_RATE


@needs_module("miniaudio")
def test_two_decoders_give_the_same_frames_of_an_ambience(ambience):
    import miniaudio

    name, sound = ambience
    path = SOUNDS / "ambience" / f"{name}.ogg"

    stream = miniaudio.decode_file(str(path), miniaudio.SampleFormat.FLOAT32, nchannels=2, sample_rate=SAMPLE_RATE)
    other = np.frombuffer(stream.samples, np.float32).reshape(-1, 2)

    assert len(other) == len(sound)
    assert max(np.abs(part - whole).max() for part, whole in zip(*map(by_second, (other, sound)), strict=True)) < 1e-4


def test_every_ambience_is_equally_loud_and_evenly_so(ambience):
    name, sound = ambience
    strays_lu = 3.0 if name in {"ocean", "bowls"} else 2.0

    power = k_power(sound)
    loudness = gated(windows(power, 0.4, 0.1))
    short_term = windows(np.concatenate([power, power[: 3 * SAMPLE_RATE]]), 3.0, 0.1)

    assert loudness == pytest.approx(-28, abs=0.3)
    assert short_term.min() > loudness - strays_lu
    assert short_term.max() < loudness + strays_lu


def test_an_ambience_leaves_room_above_it(ambience):
    _, sound = ambience

    assert true_peak_db(sound) < -10


def test_an_ambience_has_no_offset_no_rumble_and_no_harsh_highs(ambience):
    _, sound = ambience

    levels_db = band_levels_db(sound.mean(axis=1), ((0, 30), (4000, 8000), (8000, 24_000)))

    assert np.abs(sound.mean(axis=0, dtype=np.float64)).max() < 1e-4
    assert levels_db[0] < -30
    assert levels_db[1] < -12
    assert levels_db[2] < -24


def test_an_ambience_keeps_out_of_the_way_of_words(ambience):
    _, sound = ambience

    (words_db,) = band_levels_db(sound.mean(axis=1), ((1000, 4000),))

    assert words_db < -5


def test_an_ambience_survives_a_single_loudspeaker(ambience):
    _, sound = ambience

    assert np.corrcoef(sound[::7].T)[0, 1] > 0.25


# --- The loop's joint ------------------------------------------------------------------------------------------------


def test_a_loop_has_no_step_at_its_seam(ambience):
    _, sound = ambience

    assert roughness_at_joint(sound) < 1


def test_a_loop_sounds_at_its_seam_as_at_other_places(ambience):
    _, sound = ambience

    assert strangeness_of_joint(sound) < 1


@pytest.mark.parametrize("missing_s", [0.5, 0.01, 0.002])
def test_a_seam_that_is_planted_is_found(ambience, missing_s):
    _, sound = ambience

    shortened = sound[: len(sound) - round(missing_s * SAMPLE_RATE)]

    assert roughness_at_joint(shortened) > 1


def test_a_seam_that_is_only_a_change_of_colour_is_found(ambience):
    _, sound = ambience
    changed = sound.copy()
    changed[: SAMPLE_RATE // 2] = duller(sound[: SAMPLE_RATE // 2])

    assert strangeness_of_joint(changed) > 1


def roughness_at_joint(loop: np.ndarray) -> float:
    """Return the fourth difference across the joint, as a part of the greatest within 2 s of it.

    A fourth difference is what a kink in any of the first derivatives leaves, however small the step itself.
    """
    joint = 2 * SAMPLE_RATE
    around = np.concatenate([loop[-joint:], loop[:joint]]).astype(np.float64)
    rough = np.abs(np.diff(around, n=4, axis=0)).max(axis=1)
    across = slice(joint - 4, joint)
    return float(rough[across].max() / np.delete(rough, across).max())


def strangeness_of_joint(loop: np.ndarray) -> float:
    """Return how far the joint's spectrum lies from what is usual, as a part of the farthest of 300 random places.

    A place is known by its spectrum in the 20 ms around it, and by how the 250 ms after differ from the 250 ms before.
    """
    half = SAMPLE_RATE // 4
    places = np.random.default_rng(0).integers(half, len(loop) - half, 300)
    usual = np.array([looks(loop[place - half : place + half]) for place in places])
    joint = looks(np.concatenate([loop[-half:], loop[:half]]))
    middle, spread = usual.mean(axis=0), usual.std(axis=0)
    return float(np.abs((joint - middle) / spread).max() / np.abs((usual - middle) / spread).max())


def looks(around: np.ndarray) -> np.ndarray:
    mono = around.mean(axis=1)
    half = len(mono) // 2
    at, before, after = mono[half - 512 : half + 512], mono[:half], mono[half:]
    return np.concatenate([octaves_db(at), octaves_db(after) - octaves_db(before)])


def octaves_db(sound: np.ndarray) -> np.ndarray:
    power = np.square(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))
    edges = np.round(np.array([60, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000]) * len(sound) / SAMPLE_RATE)
    return 10 * np.log10(np.add.reduceat(power, edges.astype(int))[:-1] + 1e-12)


def duller(sound: np.ndarray) -> np.ndarray:
    spectrum = np.fft.rfft(sound, axis=0)
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    return np.fft.irfft(spectrum / (1 + (hz[:, None] / 150) ** 4), len(sound), axis=0).astype(np.float32)


# --- Chimes ----------------------------------------------------------------------------------------------------------


def test_every_chime_is_equally_loud_but_the_tick(chime):
    name, sound = chime

    padded = np.pad(sound, ((0, SAMPLE_RATE // 2), (0, 0)))
    momentary_max = windows(k_power(padded), 0.4, 0.01).max()

    assert momentary_max == pytest.approx(-30 if name.endswith("/tick") else -24, abs=0.5)
    assert true_peak_db(sound) < -6


def test_a_chime_begins_at_its_strike(chime):
    _, sound = chime
    size = np.abs(sound).max(axis=1)

    heard = np.flatnonzero(size > size.max() / 100)

    assert heard[0] < 0.002 * SAMPLE_RATE


def test_a_chime_begins_softly(chime):
    _, sound = chime
    size = np.abs(sound).max(axis=1)
    first_strike = size[: SAMPLE_RATE // 20]

    loud_at_ms = np.argmax(first_strike > 0.8 * first_strike.max()) / 48

    assert size[0] == 0
    assert size[:48].max() < size.max() / 20
    assert 5 <= loud_at_ms <= 50


def test_a_chime_ends_in_silence(chime):
    _, sound = chime

    assert not sound[-48:].any()
    assert np.abs(sound[-SAMPLE_RATE // 100 :]).max() < 2e-3 * np.abs(sound).max()


def test_a_chime_survives_a_single_loudspeaker(chime):
    _, sound = chime

    assert np.corrcoef(sound.T)[0, 1] > 0.7


def test_a_chime_lies_in_the_key_of_the_pad(chime):
    _, sound = chime
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=1), 2**19))

    loudest_hz = np.argmax(spectrum) * SAMPLE_RATE / 2**19
    semitones_over_c = 12 * np.log2(loudest_hz / 440) + 69

    assert min(abs((semitones_over_c - note + 6) % 12 - 6) for note in PENTATONIC.values()) < 0.2


@pytest.mark.parametrize("set_name", SETS)
def test_the_kinds_of_a_set_are_told_apart_with_closed_eyes(set_name):
    pictures = {kind: picture(read_chime(f"{set_name}/{kind}")) for kind in KINDS}

    alike = {(one, other): np.sum(pictures[one] * pictures[other]) for one, other in combinations(KINDS, 2)}

    assert max(alike.values()) < 0.8, max(alike, key=alike.__getitem__)


@pytest.mark.parametrize("set_name", SETS)
def test_a_tick_is_shortest_and_an_end_is_longest(set_name):
    lengths_s = {kind: len(read_chime(f"{set_name}/{kind}")) / SAMPLE_RATE for kind in KINDS}

    assert lengths_s["tick"] == min(lengths_s.values()) < 0.4
    assert lengths_s["end"] == max(lengths_s.values()) <= 7


def picture(sound: np.ndarray) -> np.ndarray:
    """Return how strong each semitone is in each tenth of a second, over 3 s, as a vector of length 1."""
    mono = np.pad(sound.mean(axis=1), (0, 3 * SAMPLE_RATE))[: 3 * SAMPLE_RATE].reshape(30, -1)
    spectra = np.abs(np.fft.rfft(mono * np.hanning(mono.shape[1]), 2**15, axis=1))
    edges = (110 * 2 ** (np.arange(61) / 12) * 2**15 / SAMPLE_RATE).astype(int)
    semitones = np.add.reduceat(spectra, edges, axis=1)[:, :-1]
    return semitones / np.linalg.norm(semitones)


# --- All of them -----------------------------------------------------------------------------------------------------


def test_every_sound_is_there_and_no_other():
    expected = {f"chimes/{name}.flac" for name in CHIMES} | {f"ambience/{name}.ogg" for name in AMBIENCES}

    assert {path.relative_to(SOUNDS).as_posix() for path in sound_files()} == expected


def test_the_sounds_are_small_enough_for_git():
    assert sum(path.stat().st_size for path in sound_files()) < 22e6
    assert all(path.stat().st_size < 3.5e6 for path in sound_files())


def test_every_sound_has_its_papers():
    papers = (SOUNDS / "CREDITS.md").read_text(encoding="utf-8")

    lacking = [path for path in sound_files() if f"`{path.relative_to(SOUNDS).as_posix()}`" not in papers]

    assert not lacking
    assert "MIT" in papers


def sound_files() -> list[Path]:
    return [path for path in SOUNDS.rglob("*") if path.suffix in {".flac", ".ogg", ".wav", ".mp3", ".opus"}]


# --- Measures --------------------------------------------------------------------------------------------------------


def k_power(sound: np.ndarray) -> np.ndarray:
    """Return the power of both channels, weighted as BS.1770 wants it, for each frame."""
    weighting = list(pyloudnorm.Meter(SAMPLE_RATE)._filters.values())
    power = np.zeros(len(sound))
    for channel in sound.T.astype(np.float64):
        for stage in weighting:
            channel = stage.apply_filter(channel)  # noqa: PLW2901 - one stage after the other
        power += np.square(channel)
    return power


def windows(power: np.ndarray, window_s: float, hop_s: float) -> np.ndarray:
    """Return the loudness of each window, in LUFS."""
    window, hop = round(window_s * SAMPLE_RATE), round(hop_s * SAMPLE_RATE)
    total = np.concatenate([[0.0], np.cumsum(power)])
    return -0.691 + 10 * np.log10((total[window::hop] - total[: len(total) - window : hop]) / window + 1e-12)


def gated(blocks: np.ndarray) -> float:
    """Return the loudness of a whole from that of its blocks of 400 ms: those 10 LU under their mean do not count."""
    loud = blocks[blocks > -70]
    return mean_lufs(loud[loud > mean_lufs(loud) - 10])


def mean_lufs(blocks: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(10 ** (blocks / 10))))


def true_peak_db(sound: np.ndarray) -> float:
    """Return the true peak, four times oversampled around the seconds with the highest samples, in dBTP."""
    padded = np.pad(sound, ((SAMPLE_RATE, SAMPLE_RATE), (0, 0)))
    seconds = range(0, len(padded) - 2 * SAMPLE_RATE + 1, SAMPLE_RATE)
    loudest = sorted(seconds, key=lambda start: -np.abs(padded[start : start + 2 * SAMPLE_RATE]).max())[:12]
    peaks = (np.abs(oversampled(padded[start : start + 2 * SAMPLE_RATE])).max() for start in loudest)
    return float(20 * np.log10(max(peaks)))


def oversampled(sound: np.ndarray) -> np.ndarray:
    windowed = sound * np.clip(10 - 10 * np.abs(np.linspace(-1, 1, len(sound))), 0, 1)[:, None]
    return 4 * np.fft.irfft(np.fft.rfft(windowed, axis=0), 4 * len(sound), axis=0)


def band_levels_db(mono: np.ndarray, bands: tuple[tuple[int, int], ...]) -> list[float]:
    """Return the level of each band, in dB under the whole."""
    blocks = mono[: len(mono) // 32_768 * 32_768].reshape(-1, 32_768)
    power = np.mean(np.square(np.abs(np.fft.rfft(blocks * np.hanning(32_768), axis=1))), axis=0)
    hz = np.fft.rfftfreq(32_768, 1 / SAMPLE_RATE)
    return [10 * np.log10(power[(hz >= low) & (hz < high)].sum() / power.sum()) for low, high in bands]


def by_second(sound: np.ndarray) -> Iterator[np.ndarray]:
    return (sound[start : start + SAMPLE_RATE] for start in range(0, len(sound), SAMPLE_RATE))
