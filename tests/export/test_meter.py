"""Loudness and peak, against the measure of the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.audio.loudness import integrated_lufs, true_peak_db
from voiceguide.audio.samples import as_buffer
from voiceguide.export.meter import MOMENT_FRAMES, MOMENTS, Meter, moments
from voiceguide.units import SAMPLE_RATE, frames


def session(seconds: int) -> np.ndarray:
    """Sound like a session: loud words now and then over soft music, and silence at the end."""
    rng = np.random.default_rng(seconds)
    count = seconds * SAMPLE_RATE
    sound = rng.normal(0, 300, (count, 2))
    tone = 9_000 * np.sin(np.arange(count) / 37)[:, None]
    for start in rng.integers(0, count, seconds // 15):
        sound[start : start + 5 * SAMPLE_RATE] += tone[start : start + 5 * SAMPLE_RATE]
    sound[-SAMPLE_RATE:] = 0
    return np.clip(sound, -32_768, 32_767).astype(np.int16)


def measured(sound: np.ndarray, sizes=(SAMPLE_RATE,), order=1):
    meter, at, pieces, turn = Meter(len(sound)), 0, [], 0
    while at < len(sound):
        pieces.append((at, sound[at : at + sizes[turn % len(sizes)]]))
        at += sizes[turn % len(sizes)]
        turn += 1
    for start, piece in pieces[::order]:
        meter.take(start, piece)
    return meter.measured()


@pytest.mark.parametrize("seconds", [20, 60])
def test_a_short_session_is_measured_whole(seconds):
    sound = session(seconds)

    heard = measured(sound)

    assert heard.lufs == pytest.approx(integrated_lufs(as_buffer(sound), SAMPLE_RATE), abs=0.3)
    assert heard.peak_dbtp == pytest.approx(true_peak_db(as_buffer(sound)), abs=0.1)


def test_a_long_session_is_measured_within_half_a_unit():
    sound = session(300)

    heard = measured(sound)

    assert heard.lufs == pytest.approx(integrated_lufs(as_buffer(sound), SAMPLE_RATE), abs=0.5)
    assert heard.peak_dbtp == pytest.approx(true_peak_db(as_buffer(sound)), abs=0.1)


@settings(max_examples=10)
@given(sizes=st.lists(st.integers(1_000, 100_000), min_size=1, max_size=4), order=st.sampled_from([1, -1]))
def test_neither_the_size_of_the_blocks_nor_their_order_is_seen(sizes, order):
    sound = session(20)

    assert measured(sound, tuple(sizes), order).lufs == pytest.approx(measured(sound).lufs, abs=1e-6)


def test_one_high_sample_in_an_hour_is_not_missed():
    block = np.zeros((frames(60_000), 2), np.int16)
    meter = Meter(60 * len(block))

    for minute in range(60):
        loud = block.copy()
        loud[1234, 1] = 20_000 if minute == 41 else 100
        meter.take(minute * len(block), loud)

    assert meter.measured().peak_dbtp == pytest.approx(20 * np.log10(20_000 / 32_768), abs=0.1)


def test_a_peak_between_two_samples_is_found():
    # A sine at a quarter of the rate, sampled 45 degrees beside its tops: 3 dB more than its samples show.
    sound = np.zeros((SAMPLE_RATE, 2), np.int16)
    sound[:, 0] = np.round(16_384 * np.sin(np.pi / 2 * np.arange(SAMPLE_RATE) + np.pi / 4))
    tapered = (sound * np.hanning(len(sound))[:, None]).astype(np.int16)

    assert measured(tapered).peak_dbtp == pytest.approx(true_peak_db(as_buffer(tapered)), abs=0.1)


def test_a_sine_reads_as_the_recommendation_says():
    # 997 Hz, both channels, -20 dBFS: -3.01 LUFS for one channel at full scale.
    sine = 3_276.8 * np.sin(2 * np.pi * 997 / SAMPLE_RATE * np.arange(30 * SAMPLE_RATE))

    assert measured(np.stack([sine, sine], 1).astype(np.int16)).lufs == pytest.approx(-20.0, abs=0.05)


@pytest.mark.parametrize("length", [0, 100, SAMPLE_RATE])
def test_silence_and_nothing_have_no_loudness(length):
    assert measured(np.zeros((length, 2), np.int16)).lufs == -np.inf


@given(length=st.integers(0, 10 * 3600 * SAMPLE_RATE))
def test_moments_lie_in_the_session_and_never_overlap(length):
    starts = moments(length)
    size = min(MOMENT_FRAMES, length)

    assert len(starts) <= MOMENTS
    assert all(right - left >= size for left, right in pairwise(starts))
    assert all(0 <= start <= length - size for start in starts)
