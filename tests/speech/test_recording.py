"""WAV and AIFF as engines write them, whole and broken."""

import os
import struct
import wave
from contextlib import suppress

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import SpeechError
from voiceguide.speech.recording import read_recording

TONE = (0.5 * np.sin(np.arange(4_410) / 20)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "kind", "subtype", "endian", "close"),
    [
        ("a.wav", "WAV", "PCM_16", "FILE", 1e-4),
        ("a.wav", "WAV", "PCM_24", "FILE", 1e-6),
        ("a.wav", "WAV", "PCM_32", "FILE", 1e-6),
        ("a.wav", "WAV", "PCM_U8", "FILE", 0.01),
        ("a.wav", "WAV", "FLOAT", "FILE", 1e-7),
        ("a.wav", "WAVEX", "PCM_16", "FILE", 1e-4),
        ("a.aiff", "AIFF", "PCM_16", "FILE", 1e-4),
        ("a.aiff", "AIFF", "PCM_24", "FILE", 1e-6),
        ("a.aiff", "AIFF", "PCM_32", "FILE", 1e-6),
        ("a.aiff", "AIFF", "PCM_S8", "FILE", 0.01),
        ("a.aiff", "AIFF", "PCM_16", "LITTLE", 1e-4),
        ("a.aiff", "AIFF", "FLOAT", "FILE", 1e-7),
    ],
)
@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100])
def test_every_kind_is_read_as_another_program_wrote_it(tmp_path, name, kind, subtype, endian, close, rate_hz):
    soundfile.write(tmp_path / name, TONE, rate_hz, format=kind, subtype=subtype, endian=endian)

    speech = read_recording(tmp_path / name)

    assert speech.rate_hz == rate_hz
    assert speech.samples.dtype == np.float32
    assert np.allclose(speech.samples, TONE, atol=close)


@pytest.mark.parametrize("kind", ["WAV", "AIFF"])
def test_channels_are_mixed_to_one(tmp_path, kind):
    file = tmp_path / "stereo"
    soundfile.write(file, np.stack([TONE, np.zeros_like(TONE)], axis=1), 22_050, format=kind, subtype="PCM_16")

    assert np.allclose(read_recording(file).samples, TONE / 2, atol=1e-4)


def test_8_bit_stereo_at_11_khz_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.stack([TONE, TONE], axis=1), 11_025, subtype="PCM_U8")

    speech = read_recording(tmp_path / "a.wav")

    assert speech.rate_hz == 11_025
    assert np.allclose(speech.samples, TONE, atol=0.01)


def wav(frames=1_000, rate_hz=22_050, tag=1, bits=16, channels=1):
    data = bytes(frames * bits // 8 * channels)
    layout = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * 2, 2, bits)
    body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + layout + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "neither WAV nor AIFF"),
        (b"rubbish" * 100, "neither WAV nor AIFF"),
        (wav()[:12], "no sound in it"),
        (wav()[:44], "cut short"),
        (wav()[:-1], "cut short"),
        (wav()[: len(wav()) // 2], "cut short"),
        (wav(frames=0), "is empty"),
        (wav(tag=6), "compressed"),
        (wav(bits=12), "12 bits"),
        (wav(channels=0), "0 channels"),
        (wav(rate_hz=0), "0 samples"),
        (wav(rate_hz=2_000_000_000), "samples in a second"),
        (wav(tag=3, bits=64), "64 bits"),
        (b"FORM" + bytes(4) + b"AIFF", "no sound in it"),
        (b"FORM" + bytes(4) + b"AIFFCOMM" + struct.pack(">I", 18) + bytes(8) + b"\xff" * 10, "no sound in it"),
    ],
)
def test_what_is_broken_is_an_error_that_says_how(tmp_path, content, why):
    file = tmp_path / "broken.wav"
    file.write_bytes(content)

    with pytest.raises(SpeechError, match=why) as caught:
        read_recording(file)

    assert caught.value.hint


def test_numbers_that_are_none_are_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.full(100, np.nan, np.float32), 22_050, subtype="FLOAT")

    with pytest.raises(SpeechError, match="none"):
        read_recording(tmp_path / "a.wav")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(SpeechError, match="not there"):
        read_recording(tmp_path / "no.wav")


def test_the_standard_library_agrees(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes((TONE * 32_767).astype("<i2").tobytes())

    assert np.allclose(read_recording(tmp_path / "a.wav").samples, TONE, atol=1e-4)


@given(st.binary(max_size=200), st.sampled_from([b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"FORM\0\0\0\0AIFC", b""]))
def test_any_bytes_are_a_recording_or_an_error(tmp_path_factory, content, start):
    file = tmp_path_factory.mktemp("any") / "a.wav"
    file.write_bytes(start + content)

    with suppress(SpeechError):
        assert len(read_recording(file).samples)


def test_a_pipe_in_the_place_of_a_recording_is_refused_and_not_read(tmp_path):
    os.mkfifo(tmp_path / "speech.wav")

    with pytest.raises(SpeechError, match="no ordinary file"):
        read_recording(tmp_path / "speech.wav")


def test_a_device_in_the_place_of_a_recording_is_refused_and_not_read(tmp_path):
    (tmp_path / "speech.wav").symlink_to("/dev/zero")

    with pytest.raises(SpeechError, match="no ordinary file"):
        read_recording(tmp_path / "speech.wav")
