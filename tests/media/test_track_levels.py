"""How loud tracks are, and that it is measured once."""

import os
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from needs import needs_command

from voiceguide import paths
from voiceguide.audio.loudness import integrated_lufs, true_peak_db
from voiceguide.audio.samples import as_buffer
from voiceguide.errors import MediaError
from voiceguide.media.decode import decode
from voiceguide.media.track_levels import MOST_DB, PEAK_DB, _reach, measure, track_level
from voiceguide.units import gain

SECOND = 48_000


def noise(seconds: float, level_db: float, seed: int = 1) -> np.ndarray:
    """Return noise of this power on both sides, shape (frames, 2)."""
    sound = np.random.default_rng(seed).standard_normal((round(seconds * SECOND), 2)) * gain(level_db)
    return np.clip(sound, -1, 1).astype(np.float32)


def wav(path: Path, sound: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, SECOND, 0, "NONE", ""))
        file.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())
    return path


def lavfi(path: Path, source: str, *arguments: str) -> Path:
    """Make a long sound in little time: at a low rate, by ffmpeg."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source, *arguments, str(path)]
    subprocess.run(command, check=True)
    return path


def test_a_track_is_measured_as_a_whole_though_in_pieces(tmp_path: Path):
    # Loud, soft, and so soft that the gate leaves it out.
    sound = np.concatenate([noise(13, -20), noise(9, -26), noise(12, -45)])

    level = measure(wav(tmp_path / "a.wav", sound))

    assert level.lufs == pytest.approx(integrated_lufs(sound, SECOND), abs=0.1)
    assert level.peak_db == pytest.approx(true_peak_db(sound), abs=0.3)


@needs_command("ffmpeg")
def test_a_long_track_is_measured_all_over_and_soon(tmp_path: Path):
    # Forty minutes, the first ten of them 30 dB softer: what is heard of it is the rest.
    soft = "volume=volume='if(lt(t,600),0.03,1)':eval=frame"
    path = lavfi(tmp_path / "a.flac", f"anoisesrc=r=8000:a=0.2:d=2400:s=1,{soft}", "-compression_level", "0")
    loud = lavfi(tmp_path / "b.flac", "anoisesrc=r=8000:a=0.2:d=20:s=2")
    start = time.perf_counter()

    level = measure(path)

    assert time.perf_counter() - start < 10
    assert level.lufs == pytest.approx(measure(loud).lufs, abs=0.3)


@needs_command("ffmpeg")
@pytest.mark.parametrize("ending", ["opus", "ogg", "mp3", "m4a", "flac", "aiff"])
def test_every_kind_of_short_track_is_measured_whole(tmp_path: Path, ending: str):
    encoder = ["-c:a", "libvorbis"] if ending == "ogg" else []
    path = lavfi(tmp_path / f"a.{ending}", "anoisesrc=r=48000:a=0.1:d=12:s=1", "-ac", "2", *encoder)

    assert _reach(path) == 0
    assert measure(path).lufs == pytest.approx(integrated_lufs(as_buffer(decode(path)), SECOND), abs=0.1)


@needs_command("ffmpeg")
@pytest.mark.parametrize("ending", ["ogg", "flac"])
def test_a_place_far_into_a_long_track_is_found(tmp_path: Path, ending: str):
    encoder = ["-c:a", "libvorbis"] if ending == "ogg" else []
    path = lavfi(tmp_path / f"a.{ending}", "sine=r=16000:d=800", *encoder)

    assert 0.8 * 800 <= _reach(path) / SECOND < 800


def test_every_track_comes_to_the_loudness_of_the_ambiences(tmp_path: Path):
    for level_db in (-10, -25, -40):
        sound = noise(3, level_db)
        levelled = sound * track_level(wav(tmp_path / f"{level_db}.wav", sound)).to_music(1.0)
        assert integrated_lufs(levelled, SECOND) == pytest.approx(-28.0, abs=0.1)


def test_idle_music_is_as_far_from_the_ambiences_as_they_are_moved(tmp_path: Path):
    level = track_level(wav(tmp_path / "a.wav", noise(3, -25)))

    assert level.to_music(0.5) == pytest.approx(0.5 * level.to_music(1.0))


def test_a_track_that_is_mostly_soft_never_peaks_too_high(tmp_path: Path):
    sound = noise(20, -50)
    sound[5 * SECOND :: 6 * SECOND] = 0.9

    level = track_level(wav(tmp_path / "a.wav", sound))

    assert true_peak_db(sound * np.float32(level.to_music(2.0))) == pytest.approx(PEAK_DB, abs=0.1)


def test_silence_stays_silent_and_hiss_is_not_raised_to_music(tmp_path: Path):
    silence = measure(wav(tmp_path / "a.wav", np.zeros((3 * SECOND, 2))))
    hiss = measure(wav(tmp_path / "b.wav", noise(3, -75)))

    assert silence.lufs == silence.peak_db == -np.inf
    assert silence.to_music(1.0) == hiss.to_music(1.0) == pytest.approx(gain(MOST_DB))


@pytest.mark.parametrize("seconds", [0.001, 0.3, 0.99])
def test_a_signal_is_no_track(tmp_path: Path, seconds: float):
    with pytest.raises(MediaError, match="shorter than a second") as error:
        track_level(wav(tmp_path / "a.wav", noise(seconds, -20)))

    assert error.value.hint


@pytest.mark.parametrize("content", [b"", b"Place both hands.\n" * 99])
def test_what_is_no_sound_is_told(tmp_path: Path, content: bytes):
    (tmp_path / "a.mp3").write_bytes(content)

    with pytest.raises(MediaError, match="cannot read"):
        track_level(tmp_path / "a.mp3")
    with pytest.raises(MediaError, match="no such file"):
        track_level(tmp_path / "none.mp3")


# --- remembering -----------------------------------------------------------------------------------------------------


def changed_unseen(path: Path, sound: np.ndarray) -> None:
    """Write another sound of the same length, with the time of the first."""
    before = path.stat()
    wav(path, sound)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def kept() -> list[Path]:
    return [path for path in (paths.cache_folder() / "tracks").rglob("*") if path.is_file()]


def test_a_level_is_remembered_to_the_last_bit(tmp_path: Path):
    path = wav(tmp_path / "a.wav", noise(2, -20))
    level = track_level(path)

    changed_unseen(path, noise(2, -40))

    assert track_level(path) == level
    assert len(kept()) == 1


def test_silence_is_remembered_too(tmp_path: Path):
    path = wav(tmp_path / "a.wav", np.zeros((2 * SECOND, 2)))
    level = track_level(path)

    changed_unseen(path, noise(2, -40))

    assert track_level(path) == level


def test_another_file_of_the_same_name_is_measured_anew(tmp_path: Path):
    path = wav(tmp_path / "a.wav", noise(2, -20))
    before = track_level(path)

    wav(path, noise(2, -30))
    os.utime(path, (1, 1))

    assert track_level(path).lufs == pytest.approx(before.lufs - 10, abs=0.3)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"1", b"1 2 3", b"nan 1", b"a b"])
def test_a_damaged_memory_is_measured_anew(tmp_path: Path, content: bytes):
    path = wav(tmp_path / "a.wav", noise(2, -20))
    level = track_level(path)
    (memory,) = kept()
    memory.write_bytes(content)

    assert track_level(path) == level
    assert memory.read_bytes() != content


def test_without_a_place_to_remember_it_is_measured_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "file")
    path = wav(tmp_path / "a.wav", noise(2, -20))

    assert track_level(path) == track_level(path)
