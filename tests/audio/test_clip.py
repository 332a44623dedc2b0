"""What every clip is: 48 kHz, -18 LUFS, low peaks, soft ends, whole milliseconds."""

import warnings

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.audio.clip import PEAK_DB, as_heard, finish, length_ms, levelled, resampled, trimmed
from voiceguide.audio.loudness import true_peak_db

RATES_HZ = [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000]


def heard(samples, rate_hz):
    clip = finish(samples, rate_hz)
    return as_heard(clip, rate_hz, length_ms(len(clip), rate_hz))


def lufs(clip):
    meter = pyloudnorm.Meter(48_000, block_size=min(0.4, (len(clip) - 0.5) / 48_000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return meter.integrated_loudness(clip.astype(np.float64))


def buzz(seconds, rate_hz, hz=110.0, level=0.3, in_phase=False):
    """Partials under a resonance, in syllables: as peaky as a voice, or with all in phase far peakier."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    partials = np.arange(1, int(min(3_500, rate_hz / 2.5) / hz))
    phases = np.zeros(len(partials)) if in_phase else np.random.default_rng(1).uniform(0, 2 * np.pi, len(partials))
    heights = 1 / (1 + (partials * hz / 700) ** 2)
    sound = heights @ np.cos(2 * np.pi * hz * np.outer(partials, times) + phases[:, None])
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * times / times[-1] * max(1, round(3 * seconds)))
    return (level * sound * syllables / np.abs(sound).max()).astype(np.float32)


def silence(seconds, rate_hz):
    return np.zeros(round(seconds * rate_hz), np.float32)


@settings(deadline=None, max_examples=50)
@given(
    seconds=st.floats(0.1, 4.0),
    hz=st.floats(80.0, 300.0),
    level=st.floats(0.01, 1.0),
    rate_hz=st.sampled_from(RATES_HZ),
)
def test_every_clip_is_as_loud_as_it_should_be_and_peaks_low_enough(seconds, hz, level, rate_hz):
    clip = heard(buzz(seconds, rate_hz, hz, level), rate_hz)

    assert lufs(clip) == pytest.approx(-18.0, abs=0.5)
    assert true_peak_db(clip) <= PEAK_DB + 0.01
    assert clip.dtype == np.float32
    assert clip.ndim == 1
    assert len(clip) % 48 == 0


def test_a_voice_of_nothing_but_pulses_keeps_its_peaks_low_and_gets_as_loud_as_that_allows():
    clip = heard(buzz(1.0, 22_050, in_phase=True), 22_050)

    assert true_peak_db(clip) <= PEAK_DB + 0.01
    assert -22.0 < lufs(clip) < -18.0


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_silence_around_speech_is_cut_off_but_for_10_ms(rate_hz):
    speech = buzz(1.0, rate_hz)

    clip = heard(np.concatenate([silence(0.7, rate_hz), speech, silence(2.0, rate_hz)]), rate_hz)

    assert 0.9 < len(clip) / 48_000 <= 1.022


def test_a_pause_inside_stays():
    speech = buzz(0.5, 22_050)

    clip = heard(np.concatenate([speech, silence(0.6, 22_050), speech]), 22_050)

    assert len(clip) / 48_000 > 1.4


def test_the_ends_are_soft():
    clip = heard(np.full(22_050, 0.5, np.float32) * np.where(np.arange(22_050) % 20 < 10, 1, -1), 22_050)

    assert abs(clip[0]) < 0.001
    assert abs(clip[-1]) < 0.001
    assert np.abs(clip[240:-960]).max() > 10 * np.abs(clip[:12]).max()


@pytest.mark.parametrize(
    "nothing", [np.zeros(0, np.float32), np.zeros(22_050, np.float32), np.full(22_050, 1e-4, np.float32)]
)
def test_where_nobody_speaks_there_is_no_clip(nothing):
    assert len(finish(nothing, 22_050)) == 0


def test_what_is_given_stays_as_it_was():
    speech = buzz(0.5, 22_050)
    before = speech.copy()

    finish(speech, 22_050)

    assert np.array_equal(speech, before)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000])
@pytest.mark.parametrize("change_ms", [-100, 0, 100])
def test_a_clip_is_heard_for_exactly_as_long_as_it_was_told(rate_hz, change_ms):
    clip = finish(buzz(0.5, rate_hz), rate_hz)

    told_ms = length_ms(len(clip), rate_hz) + change_ms

    assert len(as_heard(clip, rate_hz, told_ms)) == 48 * told_ms


@given(st.integers(1, 10_000_000), st.integers(4_000, 192_000))
def test_the_length_in_milliseconds_holds_all_samples_and_less_than_one_more(count, rate_hz):
    assert 0 <= length_ms(count, rate_hz) * rate_hz - 1000 * count < rate_hz


def test_clicks_do_not_become_louder_than_speech_may_peak():
    clicks = np.zeros(220_500, np.float32)
    clicks[::44_100] = 0.5

    clip = heard(clicks, 22_050)

    assert np.isfinite(clip).all()
    assert true_peak_db(clip) <= PEAK_DB + 0.01


@pytest.mark.parametrize("rate_hz", [rate_hz for rate_hz in RATES_HZ if rate_hz >= 16_000])
@pytest.mark.parametrize("hz", [100.0, 1_000.0, 6_000.0])
def test_resampling_keeps_a_tone_and_adds_none(rate_hz, hz):
    seconds = np.arange(rate_hz * 2) / rate_hz
    tone = np.sin(2 * np.pi * hz * seconds) * np.hanning(len(seconds))

    at_48k = resampled(tone.astype(np.float32), rate_hz)

    there = np.arange(len(at_48k)) / 48_000
    expected = np.sin(2 * np.pi * hz * there) * (0.5 - 0.5 * np.cos(2 * np.pi * there * rate_hz / (len(tone) - 1)))
    assert len(at_48k) == 96_000
    assert np.abs(at_48k - expected).max() < 1e-4


def test_resampling_takes_any_rate():
    assert len(resampled(np.ones(22_051, np.float32), 22_051)) == 48_000


def test_a_quiet_voice_is_not_turned_down():
    """Sound that needs no peak lowered is only made louder: its shape stays."""
    noise = np.random.default_rng(1).uniform(-0.05, 0.05, 22_050).astype(np.float32)

    level = levelled(noise, 22_050)

    assert np.allclose(level / level[0], noise / noise[0], rtol=1e-4)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 3_000), st.integers(0, 3_000))
def test_trimming_keeps_all_that_is_heard(before, after):
    speech = buzz(0.3, 22_050)
    heard = np.flatnonzero(np.abs(speech) > np.abs(speech).max() * 10 ** (-50 / 20))

    kept = trimmed(np.concatenate([np.zeros(before, np.float32), speech, np.zeros(after, np.float32)]), 22_050)

    assert len(kept) <= heard[-1] - heard[0] + 1 + 2 * 220
    inside = speech[heard[0] : heard[-1] + 1]
    start = min(220, before + int(heard[0]))
    assert np.array_equal(kept[start : start + len(inside)], inside)
