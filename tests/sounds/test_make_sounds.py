"""The program that makes the sounds: the same each time, and round."""

import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from sounds_lib import ogg
from sounds_lib.ambiences import CHORDS, STRUCK
from sounds_lib.chimes import KINDS, SETS
from sounds_lib.loudness import evened, integrated
from sounds_lib.rings import LOOP_S, RING, lay, noise, pitch, tone

from voiceguide.paths import bundled_sounds
from voiceguide.units import SAMPLE_RATE

ROOT = Path(__file__).parents[2]
LONG_BLOCK = 2048


def make_sounds(*options: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "scripts" / "make_sounds.py"), *options]
    return subprocess.run(program, check=False, capture_output=True, text=True, cwd=ROOT)


# --- The program -----------------------------------------------------------------------------------------------------


def test_a_chime_made_again_is_the_bundled_one(tmp_path):
    made = make_sounds("--only", "wood", "--into", str(tmp_path))

    assert made.returncode == 0, made.stderr
    for kind in KINDS:
        again, _ = soundfile.read(tmp_path / "chimes" / "wood" / f"{kind}.flac", dtype="int16")
        bundled, _ = soundfile.read(bundled_sounds() / "chimes" / "wood" / f"{kind}.flac", dtype="int16")
        # Another processor may round the last bit otherwise, and so cut the silence a frame sooner.
        frames = min(len(again), len(bundled))
        assert abs(len(again) - len(bundled)) < SAMPLE_RATE // 100
        assert np.abs(again[:frames].astype(int) - bundled[:frames]).max() <= 1


def test_a_chime_made_twice_has_the_same_bytes(tmp_path):
    for folder in ("one", "other"):
        make_sounds("--only", "bowl/change", "--into", str(tmp_path / folder))

    one, other = ((tmp_path / folder / "chimes/bowl/change.flac").read_bytes() for folder in ("one", "other"))

    assert one == other


def test_an_unknown_sound_is_refused_with_those_there_are(tmp_path):
    made = make_sounds("--only", "gong", "--into", str(tmp_path))

    assert made.returncode == 2
    assert "no sound is called 'gong'" in made.stderr
    assert "warm-pad" in made.stderr
    assert not list(tmp_path.iterdir())


# --- The key ---------------------------------------------------------------------------------------------------------


def test_no_bell_clashes_with_any_chord():
    bells = [note for kind in KINDS.values() for _, note, _ in kind.strikes]
    chords = [note for chord in CHORDS for note in chord.split()]

    for one in {*bells, *STRUCK}:
        for other in {*chords, *STRUCK}:
            semitones = round(12 * np.log2(pitch(one) / pitch(other))) % 12
            assert semitones not in {1, 6, 11}, (one, other)


def test_no_two_kinds_have_the_same_figure():
    def figure(kind_name: str) -> tuple[object, ...]:
        strikes = KINDS[kind_name].strikes
        notes = [pitch(note) for _, note, _ in strikes]
        direction = [np.sign(later - earlier) for earlier, later in pairwise(notes)]
        slow = [later[0] - earlier[0] > 1 for earlier, later in pairwise(strikes)]
        return len(strikes), tuple(direction), tuple(slow), None if len(strikes) > 1 else notes[0]

    assert len({figure(name) for name in KINDS}) == len(KINDS)
    assert set(SETS) == {"bowl", "wood", "glass"}


@pytest.mark.parametrize(("note", "hz"), [("A4", 440.0), ("D4", 293.665), ("F#3", 184.997), ("B2", 123.471)])
def test_a_note_has_its_pitch(note, hz):
    assert pitch(note) == pytest.approx(hz, abs=0.001)


# --- Rings -----------------------------------------------------------------------------------------------------------


def test_a_ring_is_a_whole_number_of_vorbis_blocks():
    assert RING % LONG_BLOCK == 0
    assert LOOP_S >= 240


def test_what_passes_the_end_of_a_ring_goes_on_at_its_start():
    ring = np.zeros((2, 10 * SAMPLE_RATE))
    ring_of_loop = np.zeros((2, RING))

    lay(ring_of_loop, np.ones((2, 3)), LOOP_S - 1 / SAMPLE_RATE)
    lay(ring, np.ones((2, 3)), 1.0)

    assert np.flatnonzero(ring_of_loop[0]).tolist() == [0, 1, RING - 1]
    assert np.flatnonzero(ring[0]).tolist() == [SAMPLE_RATE, SAMPLE_RATE + 1, SAMPLE_RATE + 2]


def test_a_tone_closes_on_itself():
    closed = np.diff(tone(220.123)[[-2, -1, 0, 1]])

    assert np.ptp(closed) < 0.001


def test_evening_takes_swells_away_and_keeps_the_sound():
    swelling = np.stack([noise(np.random.default_rng(1), lambda hz: 1 / (1 + hz / 500))] * 2) * (1.5 + tone(0.02))

    even = evened(swelling, 0.8)

    def swing_db(sound: np.ndarray) -> float:
        seconds = np.sqrt(np.mean(np.square(sound[0].reshape(LOOP_S, -1)), axis=1))
        return float(20 * np.log10(seconds.max() / seconds.min()))

    assert swing_db(swelling) > 12
    assert swing_db(even) < 4


def test_loudness_is_that_of_another_meter():
    sound, rate = soundfile.read(bundled_sounds() / "chimes" / "bowl" / "end.flac")

    assert integrated(sound.T) == pytest.approx(pyloudnorm.Meter(rate).integrated_loudness(sound), abs=0.1)


# --- Ogg without an end ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def short_ring() -> np.ndarray:
    """32 s of a dark chord that repeats: dark, so that nothing hides a seam."""
    frames = 750 * LONG_BLOCK
    time = np.arange(frames) / frames
    chord = sum(np.sin(2 * np.pi * round(pitch(note) * frames / SAMPLE_RATE) * time) for note in ("D3", "A3", "F#4"))
    return 0.05 * np.stack([chord, np.roll(chord, 50)], axis=1)


def encoded(sound: np.ndarray) -> bytes:
    file = BytesIO()
    with soundfile.SoundFile(
        file, "w", SAMPLE_RATE, 2, format="OGG", subtype="VORBIS", compression_level=0.5
    ) as writer:
        for start in range(0, len(sound), 4096):
            writer.write(sound[start : start + 4096])
    return file.getvalue()


def kink_at_joint(ogg_bytes: bytes) -> float:
    loop, _ = soundfile.read(BytesIO(ogg_bytes))
    rough = np.abs(np.diff(np.concatenate([loop[-4800:], loop[:4800]]), n=4, axis=0)).max(axis=1)
    return float(rough[4796:4800].max() / np.median(rough))


def test_a_closed_file_has_no_kink_where_an_ordinary_one_has(short_ring):
    more = 50 * LONG_BLOCK
    around = np.concatenate([short_ring[-more:], short_ring, short_ring[:more]])

    closed = ogg.closed(encoded(around), len(short_ring), earliest=more // 2)

    assert len(soundfile.read(BytesIO(closed))[0]) == len(short_ring)
    assert kink_at_joint(encoded(short_ring)) > 20
    assert kink_at_joint(closed) < 4


def test_closing_twice_gives_the_same_bytes_whatever_the_serial_number(short_ring):
    twice = np.concatenate([short_ring, short_ring])

    one, other = (ogg.closed(encoded(twice), len(short_ring), earliest=48_000) for _ in range(2))

    assert one == other


def test_a_file_that_does_not_come_round_is_refused(short_ring):
    with pytest.raises(ValueError, match="no packet"):
        ogg.closed(encoded(short_ring), 2 * len(short_ring), earliest=0)
