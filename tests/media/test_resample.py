"""Streams of another rate at 48 kHz."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.media.resample import resampled


def chord(seconds: float, rate_hz: int) -> np.ndarray:
    """Return tones under 3.5 kHz, other ones on the left than on the right, as floats in 16-bit range."""
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    sides = [[55.0, 440.0, 3400.0], [91.0, 1000.0, 2222.0]]
    return np.stack([sum(4000 * np.sin(2 * np.pi * hz * moments) for hz in side) for side in sides], axis=1)


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 22_050, 32_000, 44_100, 96_000, 192_000])
def test_every_tone_stays_as_it_was_all_the_way(rate_hz: int):
    sound = np.rint(chord(13, rate_hz)).astype(np.int16)

    frames = np.concatenate(list(resampled([sound], rate_hz)))

    # At the very ends the tones begin and stop at once, which no rate can tell exactly.
    inside = slice(24_000, -24_000)
    assert len(frames) == 13 * 48_000
    assert np.abs(frames[inside] - chord(13, 48_000)[inside]).max() < 4


def test_what_a_lower_rate_has_no_place_for_is_left_out():
    moments = np.arange(6 * 96_000) / 96_000
    sound = np.repeat((9000 * np.sin(2 * np.pi * 30_000 * moments)).astype(np.int16)[:, None], 2, axis=1)

    frames = np.concatenate(list(resampled([sound], 96_000)))

    assert np.abs(frames[2400:-2400]).max() < 3


@settings(max_examples=20, deadline=None)
@given(length=st.integers(0, 90_000), cuts=st.lists(st.integers(0, 90_000), max_size=5))
def test_blocks_of_any_length_give_the_same_and_nothing_is_lost(length: int, cuts: list[int]):
    sound = np.rint(chord(12, 8000)).astype(np.int16)[:length]

    whole = list(resampled([sound], 8000))
    parts = list(resampled(np.split(sound, sorted(cuts)), 8000))

    assert sum(map(len, whole)) == len(sound) * 6
    assert np.array_equal(np.concatenate([np.zeros((0, 2)), *whole]), np.concatenate([np.zeros((0, 2)), *parts]))
