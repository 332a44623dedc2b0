"""The levels of an audiobook, as ACX measures them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.export.acx import Acx, AcxMeter

SECOND = 48_000


def measured(sound: np.ndarray, block_frames: int = SECOND) -> Acx:
    meter = AcxMeter(len(sound))
    for at in range(0, len(sound), block_frames):
        meter.take(at, sound[at : at + block_frames])
    return meter.measured()


def tone(peak: int, seconds: float) -> np.ndarray:
    wave = np.sin(np.arange(int(seconds * SECOND)) * 2 * np.pi * 1000 / SECOND) * peak
    return np.stack([wave, wave], 1).astype(np.int16)


def test_a_tone_has_its_rms_and_is_its_own_floor():
    acx = measured(tone(3277, 20))

    assert acx.rms_db == pytest.approx(-23.01, abs=0.01)
    assert acx.floor_db == pytest.approx(-23.01, abs=0.01)


@pytest.mark.parametrize("seconds", [4, 4.15, 4.35])
def test_the_floor_is_the_quietest_half_second_between_the_fades(seconds: float):
    sound = np.concatenate([tone(0, 1), tone(3277, seconds), tone(328, 0.5), tone(3277, 4.5), tone(0, 8)])

    assert measured(sound).floor_db == pytest.approx(-43.0, abs=0.1)


def test_a_quiet_stretch_that_begins_between_two_windows_is_found_but_for_a_twentieth_of_a_second():
    sound = np.concatenate([tone(3277, 4.13), tone(328, 0.56), tone(3277, 12)])

    assert measured(sound).floor_db == pytest.approx(-43.0, abs=0.1)


@given(block_frames=st.integers(1_000, 100_000))
def test_the_size_of_blocks_changes_nothing(block_frames: int):
    sound = np.random.default_rng(1).integers(-9000, 9000, (12 * SECOND, 2), np.int16)

    ours, whole = measured(sound, block_frames), measured(sound, len(sound))

    assert (ours.rms_db, ours.floor_db) == pytest.approx((whole.rms_db, whole.floor_db), abs=1e-3)


@pytest.mark.parametrize("seconds", [0, 0.1, 3, 20])
def test_silence_and_what_is_shorter_than_its_fades_have_levels_too(seconds: float):
    acx = measured(tone(0, seconds))

    assert (acx.rms_db, acx.floor_db) == (-np.inf, -np.inf)


@pytest.mark.parametrize(
    ("rms_db", "floor_db", "words"),
    [(-20, -70, []), (-23, -60, []), (-26, -70, ["music"]), (-17, -70, ["lower"]), (-26, -40, ["music", "none"])],
)
def test_each_limit_that_is_missed_says_what_to_change(rms_db: float, floor_db: float, words: list[str]):
    missed = list(Acx(rms_db, floor_db).missed())

    assert len(missed) == len(words)
    assert all(word in told for word, told in zip(words, missed, strict=True))
