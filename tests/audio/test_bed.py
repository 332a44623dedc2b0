import numpy as np
import pyloudnorm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.audio.bed import Loop, Silence, levelled
from voiceguide.audio.samples import as_block, as_buffer, stereo

SAMPLES = np.arange(2_000, dtype=np.int16).reshape(-1, 2)


@given(st.integers(0, 10**12), st.integers(0, 5_000))
def test_a_loop_goes_round_and_round(start, length):
    block = Loop(SAMPLES).read(start, start + length)

    assert np.array_equal(block, SAMPLES[(start + np.arange(length)) % len(SAMPLES)])


def test_no_music_is_silence():
    assert not Silence().read(5, 105).any()
    assert Silence().read(5, 105).shape == (100, 2)


def test_a_loop_is_levelled_by_its_gain():
    louder = levelled(SAMPLES, 2.0)

    assert np.array_equal(louder.samples, SAMPLES * 2)


@given(st.lists(st.integers(-32768, 32767), min_size=2, max_size=50))
def test_a_block_comes_back_from_floats_bit_for_bit(values):
    block = np.array(values[: len(values) // 2 * 2], np.int16).reshape(-1, 2)

    assert np.array_equal(as_block(as_buffer(block)), block)


def test_what_is_too_loud_stays_at_the_border():
    assert as_block(np.array([[2.0, -2.0]], np.float32)).tolist() == [[32767, -32768]]


def test_a_mono_clip_is_as_loud_in_two_channels_as_it_was_alone():
    tone = (0.1 * np.sin(2 * np.pi * 997 * np.arange(96_000) / 48_000)).astype(np.float32)
    meter = pyloudnorm.Meter(48_000)

    assert meter.integrated_loudness(stereo(tone)) == pytest.approx(meter.integrated_loudness(tone), abs=0.01)
