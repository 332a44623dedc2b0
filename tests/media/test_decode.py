"""Every kind of file that people have, and what is none."""

import os
import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from needs import needs_command, needs_module

from voiceguide.errors import MediaError
from voiceguide.media.decode import decode, decode_stream

SECOND = 48_000


def tone(seconds: float = 1.0, rate_hz: int = SECOND, channels: int = 2, hz: float = 440) -> np.ndarray:
    """Return a soft tone that is quieter on the right."""
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    left = 8000 * np.sin(2 * np.pi * hz * moments)
    return np.stack([left, left / 2], axis=1)[:, :channels].astype(np.int16)


def level(frames: np.ndarray) -> float:
    return float(np.abs(frames.astype(float)).mean())


def wav(path: Path, samples: np.ndarray, rate_hz: int = SECOND) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[1], 2, rate_hz, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def encoded(folder: Path, name: str, samples: np.ndarray, *arguments: str) -> Path:
    source = wav(folder / "source.wav", samples)
    path = folder / name
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", source, *arguments, path], check=True)
    return path


def without(monkeypatch: pytest.MonkeyPatch, *, ffmpeg: bool = False, miniaudio: bool = False) -> None:
    if ffmpeg:
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    if miniaudio:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_a_wav_of_our_rate_is_read_as_it_is(tmp_path: Path):
    samples = tone()

    frames = decode(wav(tmp_path / "a.wav", samples))

    assert frames.dtype == np.int16
    assert np.array_equal(frames, samples)


def test_a_mono_wav_is_heard_on_both_sides(tmp_path: Path):
    samples = tone(channels=1)

    frames = decode(wav(tmp_path / "a.wav", samples))

    assert np.array_equal(frames, np.repeat(samples, 2, axis=1))


def test_what_is_decoded_belongs_to_the_caller(tmp_path: Path):
    frames = decode(wav(tmp_path / "a.wav", tone()))

    frames += 1

    assert frames.flags.owndata
    assert frames.flags.c_contiguous


def test_a_wav_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path):
    samples = tone()
    path = wav(tmp_path / "a.wav", samples)
    path.write_bytes(path.read_bytes()[: 44 + 4 * 1000 + 3])

    assert np.array_equal(decode(path), samples[:1000])


def test_a_wav_that_tells_a_false_length_costs_no_memory(tmp_path: Path):
    # As a program writes it that has a pipe for its output.
    samples = tone()
    path = wav(tmp_path / "a.wav", samples)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)

    assert np.array_equal(decode(path), samples)


@pytest.mark.parametrize("subtype", ["PCM_24", "PCM_U8", "FLOAT", "PCM_32"])
def test_a_wav_of_another_width_is_read_too(tmp_path: Path, subtype: str):
    samples = tone()
    soundfile.write(tmp_path / "a.wav", samples / 32768, SECOND, subtype=subtype)

    frames = decode(tmp_path / "a.wav")

    assert frames.shape == samples.shape
    assert np.abs(frames.astype(int) - samples).max() < (300 if subtype == "PCM_U8" else 3)


# Made by ffmpeg: the MP3 writer of libsndfile 1.2 changes the level, each time by another amount.
ENCODERS = {"a.mp3": ("-c:a", "libmp3lame", "-q:a", "2"), "a.ogg": ("-c:a", "libvorbis")}


@needs_module("miniaudio")
@needs_command("ffmpeg")
@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.mp3"])
def test_the_common_kinds_need_no_ffmpeg(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    samples = tone()
    path = encoded(tmp_path, name, samples, *ENCODERS.get(name, ()))
    without(monkeypatch, ffmpeg=True)

    frames = decode(path)

    assert len(samples) <= len(frames) <= len(samples) + 1152
    assert level(frames[4800:43_200]) == pytest.approx(level(samples), rel=0.02)
    if name == "a.flac":
        assert np.array_equal(frames, samples)


@needs_command("ffmpeg")
@pytest.mark.parametrize("name", ["a.opus", "a.m4a", "a.aiff", "a.mka", "a.mp3", "a.flac", "a.ogg", "a.wav"])
def test_ffmpeg_reads_what_is_left(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    samples = tone()
    path = encoded(tmp_path, name, samples, *ENCODERS.get(name, ()))
    without(monkeypatch, miniaudio=True)

    frames = decode(path)

    # ffmpeg 5 drops the last 128 frames of a Vorbis file.
    assert len(samples) - 128 <= len(frames) <= len(samples) + 2048
    assert level(frames[4800:43_200]) == pytest.approx(level(samples), rel=0.02)


@needs_command("ffmpeg")
def test_another_rate_is_resampled_well(tmp_path: Path):
    path = wav(tmp_path / "a.wav", tone(2, rate_hz=44_100, hz=10_000), rate_hz=44_100)

    frames = decode(path)

    assert len(frames) == 96_000
    spectrum = np.abs(np.fft.rfft(frames[24_000:72_000, 0] * np.blackman(48_000))) ** 2
    tone_power = spectrum[9_990:10_011].sum()
    assert 10 * np.log10((spectrum.sum() - tone_power) / tone_power) < -60


@needs_module("miniaudio")
def test_another_rate_is_resampled_as_well_without_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    without(monkeypatch, ffmpeg=True)
    path = wav(tmp_path / "a.wav", tone(2, rate_hz=44_100, hz=10_000), rate_hz=44_100)

    frames = decode(path)

    assert len(frames) == 96_000
    spectrum = np.abs(np.fft.rfft(frames[24_000:72_000, 0] * np.blackman(48_000))) ** 2
    tone_power = spectrum[9_990:10_011].sum()
    assert 10 * np.log10((spectrum.sum() - tone_power) / tone_power) < -60
    later = np.concatenate(list(decode_stream(path, 480, 48_000)))
    assert np.abs(later.astype(int) - frames[48_000:])[1000:].max() <= 2


@needs_module("miniaudio")
@needs_command("ffmpeg")
def test_a_decoder_that_dies_has_given_what_it_had(tmp_path: Path):
    path = encoded(tmp_path, "a.m4a", tone(60))
    blocks = decode_stream(path, 480)
    first = next(blocks)

    (decoder,) = (int(pid) for pid in Path("/proc/thread-self/children").read_text().split())
    os.kill(decoder, 9)

    with pytest.raises(MediaError, match="is damaged"):
        list(blocks)
    assert len(first) == 480


@needs_command("ffmpeg")
def test_the_ending_may_be_wrong(tmp_path: Path):
    path = encoded(tmp_path, "a.mp3", tone())
    lie = path.rename(tmp_path / "b.wav")

    assert len(decode(lie)) >= 48_000


@needs_command("ffmpeg")
def test_a_name_with_every_sign_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = encoded(tmp_path, "a.opus", tone()).rename(tmp_path / "-i concat:x|y 100% ü.opus")
    monkeypatch.chdir(tmp_path)

    assert len(decode(Path(path.name))) >= 48_000


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.wav", b"", "it is empty"),
        ("empty.mp3", b"", "it is empty"),
        ("text.mp3", b"Place both hands on the shoulders.\n" * 1000, "holds no sound"),
        ("short.wav", b"RIFF1234WAVE", "holds no sound"),
        ("noise.flac", bytes(range(256)) * 100, "holds no sound"),
        ("zeros.ogg", bytes(100_000), "holds no sound"),
    ],
)
def test_what_is_no_sound_is_told(tmp_path: Path, name: str, data: bytes, message: str):
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(MediaError, match=message) as error:
        decode(path)

    assert str(path) in error.value.message
    assert error.value.hint


def test_a_wav_without_a_frame_holds_no_sound(tmp_path: Path):
    with pytest.raises(MediaError, match="holds no sound"):
        decode(wav(tmp_path / "a.wav", tone(0)))


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path):
    with pytest.raises(MediaError, match="no such file") as error:
        decode(tmp_path / "none.wav")
    with pytest.raises(MediaError, match="is a directory"):
        decode(tmp_path)

    assert error.value.hint


@needs_command("ffmpeg")
def test_a_playlist_opens_nothing_else(tmp_path: Path):
    # To ffmpeg a list of other files, or of addresses, is a sound file like any other.
    secret = encoded(tmp_path, "secret.m4a", tone())
    lists = {
        "list.mp3": f"#EXTM3U\n#EXTINF:1,\n{secret.as_uri()}\n#EXT-X-ENDLIST\n",
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n",
        "concat.txt": f"ffconcat version 1.0\nfile '{secret}'\n",
        "a.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(MediaError, match="holds no sound"):
            decode(tmp_path / name)


def test_where_ffmpeg_could_help_the_hint_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    without(monkeypatch, ffmpeg=True)
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\0\0\0 ftypM4A " + bytes(1000))

    with pytest.raises(MediaError) as error:
        decode(path)

    assert "imageio-ffmpeg" in error.value.hint


def test_what_is_too_long_for_memory_is_told(tmp_path: Path):
    path = wav(tmp_path / "a.wav", np.zeros((61 * SECOND, 2), np.int16))

    with pytest.raises(MediaError, match="longer than 1:00"):
        decode(path, longest_ms=60_000)


# --- streams ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a noise of three seconds in files of each reader; noise, so that no place is like another."""
    folder = tmp_path_factory.mktemp("files")
    samples = np.random.default_rng(1).integers(-9000, 9000, (3 * SECOND, 2), np.int16)
    soundfile.write(folder / "a.flac", samples, SECOND)
    soundfile.write(folder / "a.aiff", samples, SECOND)
    return {"plain": wav(folder / "a.wav", samples), "miniaudio": folder / "a.flac", "ffmpeg": folder / "a.aiff"}


READERS = [
    "plain",
    pytest.param("miniaudio", marks=needs_module("miniaudio")),
    pytest.param("ffmpeg", marks=needs_command("ffmpeg")),
]


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block_frames=st.integers(500, 50_000), start=st.integers(0, 3 * SECOND + 10))
def test_a_stream_from_any_frame_is_the_rest_of_the_whole(files, reader: str, block_frames: int, start: int):
    whole = decode(files[reader])

    blocks = list(decode_stream(files[reader], block_frames, start))

    assert np.array_equal(np.concatenate([whole[:0], *blocks]), whole[start:])
    assert all(len(block) <= block_frames for block in blocks)
    assert all(len(block) == block_frames for block, _ in pairwise(blocks))


@pytest.mark.parametrize("reader", READERS)
def test_a_stream_that_is_left_early_leaves_no_program_and_no_file_open(files, reader: str):
    fds = Path("/proc/self/fd")
    before = len(list(fds.iterdir()))
    blocks = decode_stream(files[reader], 480)
    next(blocks)

    blocks.close()

    assert len(list(fds.iterdir())) == before


def test_a_stream_tells_at_once_that_the_file_is_no_sound(tmp_path: Path):
    (tmp_path / "a.mp3").write_text("words")

    with pytest.raises(MediaError, match="holds no sound"):
        decode_stream(tmp_path / "a.mp3", 480)
