"""Our measure against pyloudnorm, which many trust, and against figures that can be worked out by hand."""

import warnings

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import needs_module

from voiceguide.audio.clip import as_heard, finish, length_ms
from voiceguide.audio.loudness import block_powers, gated_lufs, integrated_lufs, smooth_size, true_peak_db
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine

BLOCK_S = 0.4


def by_pyloudnorm(samples, rate_hz, filters="DeMan"):
    """Measure with the filters of the standard; those that pyloudnorm has by default are up to 0.1 LU off them."""
    meter = pyloudnorm.Meter(rate_hz, filter_class=filters, block_size=min(BLOCK_S, (len(samples) - 0.5) / rate_hz))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return meter.integrated_loudness(samples.astype(np.float64))


def tone(hz, seconds, rate_hz, phase=0.0):
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz + phase).astype(np.float32)


def swelling_noise(seed, levels, rate_hz):
    """Noise in stretches of 50 ms to 1 s, each with a level of its own; 0 is a pause."""
    random = np.random.default_rng(seed)
    parts = [level * random.standard_normal(random.integers(rate_hz // 20, rate_hz)) for level in [0.2, *levels]]
    return np.concatenate(parts).astype(np.float32)


@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 2**32 - 1),
    levels=st.lists(st.sampled_from([0.0, 0.001, 0.03, 0.1, 0.5]), max_size=30),
    rate_hz=st.sampled_from([8_000, 16_000, 22_050, 44_100, 48_000]),
)
def test_loudness_agrees_with_pyloudnorm(seed, levels, rate_hz):
    sound = swelling_noise(seed, levels, rate_hz)

    assert integrated_lufs(sound, rate_hz) == pytest.approx(by_pyloudnorm(sound, rate_hz), abs=0.05)


@needs_module("espeakng_loader")
@pytest.mark.parametrize(
    "text", ["Rest.", "Place both hands on the lower back.", "Now the right side, a little slower."]
)
def test_the_loudness_of_speech_agrees_with_pyloudnorm_as_everybody_uses_it(text):
    speech = EspeakEngine(VoiceRequest()).speak(text)
    finished = finish(speech.samples, speech.rate_hz)
    clip = as_heard(finished, speech.rate_hz, length_ms(len(finished), speech.rate_hz))

    assert integrated_lufs(clip, 48_000) == pytest.approx(by_pyloudnorm(clip, 48_000, "K-weighting"), abs=0.05)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000, 96_000])
def test_a_full_scale_sine_of_997_hz_reads_as_the_standard_says(rate_hz):
    assert integrated_lufs(tone(997, 5, rate_hz), rate_hz) == pytest.approx(-3.01, abs=0.05)


def test_two_channels_are_3_lu_louder_than_one():
    one = tone(997, 5, 48_000)

    both = integrated_lufs(np.stack([one, one], axis=1), 48_000)

    assert both == pytest.approx(integrated_lufs(one, 48_000) + 3.01, abs=0.01)


def test_stereo_agrees_with_pyloudnorm():
    random = np.random.default_rng(7)
    both = np.stack([tone(200, 3, 48_000), 0.3 * tone(900, 3, 48_000)], axis=1) * random.uniform(0.9, 1.1)

    assert integrated_lufs(both, 48_000) == pytest.approx(by_pyloudnorm(both, 48_000), abs=0.05)


def test_silence_has_no_loudness():
    assert integrated_lufs(np.zeros(48_000, np.float32), 48_000) == -np.inf
    assert integrated_lufs(np.zeros(0, np.float32), 48_000) == -np.inf


def test_a_sound_may_be_measured_piece_by_piece():
    pieces = [swelling_noise(seed, [0.1, 0.03], 48_000) for seed in range(8)]

    together = gated_lufs(np.concatenate([block_powers(piece, 48_000) for piece in pieces]))

    assert together == pytest.approx(integrated_lufs(np.concatenate(pieces), 48_000), abs=0.3)


def test_pauses_do_not_count():
    speech = 0.1 * tone(500, 4, 48_000)
    pause = np.zeros(48_000 * 20, np.float32)

    assert integrated_lufs(np.concatenate([speech, pause, speech]), 48_000) == pytest.approx(
        integrated_lufs(speech, 48_000), abs=0.3
    )


def test_a_sound_shorter_than_a_block_is_measured_as_one():
    short = tone(997, 0.2, 48_000)

    assert integrated_lufs(short, 48_000) == pytest.approx(-3.01, abs=0.1)


@pytest.mark.parametrize("hz", [11_025, 12_000, 13_000])
def test_a_peak_between_two_samples_is_found(hz):
    between = tone(hz, 0.5, 48_000, phase=np.pi / 4)[4_800:-4_800]
    faded = between * np.hanning(len(between)).astype(np.float32)

    assert true_peak_db(faded) == pytest.approx(0.0, abs=0.1)


def test_the_true_peak_is_never_under_the_sample_peak():
    random = np.random.default_rng(3)
    noise = random.standard_normal((5_000, 2)).astype(np.float32)

    assert true_peak_db(noise) >= 20 * np.log10(np.abs(noise).max())


def test_the_true_peak_agrees_with_oversampling_by_the_fft():
    random = np.random.default_rng(5)
    spectrum = np.fft.rfft(random.standard_normal(40_000))
    spectrum[14_000:] = 0.0
    sound = np.fft.irfft(spectrum, 40_000).astype(np.float32) * np.hanning(40_000).astype(np.float32)

    finely = np.fft.irfft(np.fft.rfft(sound), 8 * 40_000) * 8

    assert true_peak_db(sound) == pytest.approx(20 * np.log10(np.abs(finely).max()), abs=0.2)


def test_silence_has_no_peak():
    assert true_peak_db(np.zeros(100, np.float32)) == -np.inf
    assert true_peak_db(np.zeros((0, 2), np.float32)) == -np.inf


@given(st.integers(1, 10_000_000))
def test_a_smooth_size_is_just_large_enough_and_has_small_factors(least):
    size = smooth_size(least)

    assert least <= size <= max(2, 1.1 * least + 8)
    for factor in (2, 3, 5):
        while size % factor == 0:
            size //= factor
    assert size == 1
