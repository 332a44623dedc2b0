"""The person's own music: every kind of file, any way of reading, whatever goes wrong."""

import os
import subprocess
import sys
import threading
import time
import tracemalloc
import wave
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from needs import needs_command, needs_module

from voiceguide.audio.levels import Levels
from voiceguide.audio.loudness import integrated_lufs
from voiceguide.audio.samples import as_buffer
from voiceguide.errors import MediaError
from voiceguide.media import ahead
from voiceguide.media.ahead import Ahead
from voiceguide.media.music import open_music
from voiceguide.units import gain

SECOND = 48_000
FADE = 4 * SECOND


def tone(seconds: float, hz: float, level_db: float = -20, rate_hz: int = SECOND) -> np.ndarray:
    """Return a tone on both sides, shape (frames, 2)."""
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.repeat(np.sin(2 * np.pi * hz * moments)[:, None] * gain(level_db), 2, axis=1)


def noise(seconds: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.1, 0.1, (round(seconds * SECOND), 2))


def wav(path: Path, sound: np.ndarray, rate_hz: int = SECOND) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((sound.shape[1], 2, rate_hz, 0, "NONE", ""))
        file.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())
    return path


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


@contextmanager
def music(what: Path, **options: bool | float) -> Iterator[Ahead]:
    with closing(open_music(what, **options)) as opened:
        yield opened


def heard(bed: Ahead, start_s: float, stop_s: float) -> np.ndarray:
    return as_buffer(bed.read(round(start_s * SECOND), round(stop_s * SECOND)))


def share(sound: np.ndarray, hz: float) -> float:
    """Return the power at one frequency, of all the power of a second of sound; 0 to 1."""
    spectrum = np.abs(np.fft.rfft(sound[:SECOND, 0] * np.hanning(SECOND))) ** 2
    near = round(hz)
    return float(spectrum[near - 3 : near + 4].sum() / spectrum.sum())


def steepest(sound: np.ndarray) -> float:
    return float(np.abs(np.diff(sound[:, 0])).max())


# --- one after the other ---------------------------------------------------------------------------------------------


def test_tracks_follow_each_other_and_come_round_again(tmp_path: Path):
    for name, hz in (("1.wav", 300), ("2.wav", 500), ("10.wav", 800)):
        wav(tmp_path / name, tone(14, hz))

    with music(tmp_path) as bed:
        # Each begins 10 s after the one before, and is alone for 6 s.
        order = [share(heard(bed, at, at + 1), hz) for at, hz in ((6, 300), (17, 500), (27, 800), (37, 300))]

    assert min(order) > 0.99


def test_it_begins_at_once_and_at_its_level(tmp_path: Path):
    with music(wav(tmp_path / "a.wav", tone(12, 1000))) as bed:
        assert integrated_lufs(heard(bed, 0, 1), SECOND) == pytest.approx(-28, abs=0.1)


def test_loud_and_soft_tracks_are_equally_loud_where_the_ambiences_idle(tmp_path: Path):
    for name, level_db in (("1.wav", -3), ("2.wav", -20), ("3.wav", -40)):
        wav(tmp_path / name, tone(14, 1000, level_db))
    idle = Levels().music_gain

    with music(tmp_path, idle_gain=idle) as bed:
        levels = [integrated_lufs(heard(bed, at, at + 5), SECOND) for at in (4.5, 14.5, 24.5)]

    assert levels == pytest.approx([-27.0] * 3, abs=0.2)


def test_they_fade_into_each_other_over_four_seconds_at_equal_power(tmp_path: Path):
    wav(tmp_path / "1.wav", noise(20, 1))
    wav(tmp_path / "2.wav", noise(20, 2))

    with music(tmp_path) as bed:
        levels = [integrated_lufs(heard(bed, at, at + 1), SECOND) for at in range(1, 35)]
        before, after = heard(bed, 15.9, 16.1), heard(bed, 19.9, 20.1)

    assert max(levels) - min(levels) < 0.5
    first, second = noise(20, 1)[:, 0], noise(20, 2)[:, 0]
    # Alone up to the fade and after it, and not a moment longer.
    assert np.corrcoef(before[:4800, 0], first[round(15.9 * SECOND) : 16 * SECOND])[0, 1] > 0.9999
    assert np.corrcoef(after[4800:, 0], second[4 * SECOND : round(4.1 * SECOND)])[0, 1] > 0.9999
    with music(tmp_path) as bed:
        middle = heard(bed, 18, 18.1)[:, 0]
    assert np.corrcoef(middle, first[18 * SECOND :][:4800])[0, 1] == pytest.approx(0.707, abs=0.05)
    assert np.corrcoef(middle, second[2 * SECOND :][:4800])[0, 1] == pytest.approx(0.707, abs=0.05)


def test_one_track_fades_into_itself(tmp_path: Path):
    sound = noise(20, 1)

    with music(wav(tmp_path / "a.wav", sound)) as bed:
        second_round = heard(bed, 22, 23)[:, 0]
        joint = integrated_lufs(heard(bed, 17, 19), SECOND)

    assert np.corrcoef(second_round, sound[6 * SECOND : 7 * SECOND, 0])[0, 1] > 0.9999
    assert joint == pytest.approx(-28, abs=0.3)


@pytest.mark.parametrize("seconds", [1, 1.5, 3, 7.9, 8, 8.1])
def test_a_short_track_fades_shorter_and_never_clicks(tmp_path: Path, seconds: float):
    wav(tmp_path / "1.wav", tone(12, 200))
    wav(tmp_path / "2.wav", tone(seconds, 200.3))
    wav(tmp_path / "3.wav", tone(seconds, 199.4))

    with music(tmp_path) as bed:
        sound = heard(bed, 0, 60)

    # Two tones at full level could come to twice the steepness of one; a click would be far more.
    assert steepest(sound[100:]) < 2.1 * steepest(sound[100:SECOND])
    assert min(integrated_lufs(sound[at : at + SECOND], SECOND) for at in range(0, 59 * SECOND, SECOND)) > -40


def test_a_shuffled_folder_has_the_order_of_its_seed(tmp_path: Path):
    for number in range(6):
        wav(tmp_path / f"{number}.wav", tone(9, 300 + 100 * number))

    def beginning(**options: bool | int) -> bytes:
        with music(tmp_path, **options) as bed:
            return bed.read(0, 30 * SECOND).tobytes()

    assert beginning(shuffle=True, seed=5) == beginning(shuffle=True, seed=5)
    assert len({beginning(shuffle=True, seed=seed) for seed in range(4)} | {beginning()}) > 3


def test_without_a_seed_one_opening_has_one_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ahead, "BEHIND", 1)
    for number in range(6):
        wav(tmp_path / f"{number}.wav", tone(9, 300 + 100 * number))

    with music(tmp_path, shuffle=True) as bed:
        first = bed.read(0, 30 * SECOND)
        bed.read(90 * SECOND, 91 * SECOND)

        assert np.array_equal(bed.read(0, 30 * SECOND), first)


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give three tracks of noise, so that no place is like another, of which two are short."""
    place = tmp_path_factory.mktemp("music")
    for number, seconds in enumerate((13.1, 2.3, 6.7)):
        wav(place / f"{number}.wav", noise(seconds, number))
    return place


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads=st.lists(st.tuples(st.integers(0, 39 * SECOND), st.integers(0, SECOND)), min_size=1, max_size=6))
def test_it_is_a_function_of_absolute_frames(folder: Path, reads: list[tuple[int, int]]):
    with music(folder) as bed:
        whole = bed.read(0, 40 * SECOND)
    with music(folder) as bed, pytest.MonkeyPatch.context() as patch:
        # So that these few seconds hold far jumps too.
        patch.setattr(ahead, "BEHIND", 1)
        patch.setattr(ahead, "AHEAD", 2)
        for start, count in reads:
            assert np.array_equal(bed.read(start, start + count), whole[start : start + count])


def test_blocks_of_any_size_have_the_same_shape_as_the_bed_needs(folder: Path):
    with music(folder) as bed:
        for start, stop in ((0, 0), (5, 5), (0, 960), (SECOND, 2 * SECOND), (47_999, 48_001), (0, 5 * SECOND)):
            block = bed.read(start, stop)
            assert block.shape == (stop - start, 2)
            assert block.dtype == np.int16


def test_what_was_just_read_is_still_there():
    begun = []
    bed = Ahead(lambda: begun.append(1) or counted())
    with closing(bed):
        bed.read(40 * SECOND, 41 * SECOND)

        assert bed.read(36 * SECOND, 36 * SECOND + 1)[0, 0] == 36
        assert len(begun) == 1
        assert bed.read(3 * SECOND, 3 * SECOND + 1)[0, 0] == 3
        assert len(begun) == 2


def counted() -> Iterator[np.ndarray]:
    """Yield pieces that hold their number."""
    number = 0
    while True:
        yield np.full((SECOND, 2), number, np.int16)
        number += 1


def test_a_reader_never_waits_for_a_stream_that_stops_for_a_while():
    gate = threading.Event()

    def slow() -> Iterator[np.ndarray]:
        for number, piece in enumerate(counted()):
            # As long as measuring, and opening, the next track may take.
            if number == 25:
                gate.wait(10)
            yield piece

    with closing(Ahead(slow)) as bed:
        wait_until(lambda: len(bed._fetched._pieces) == 25)
        for number in range(25):
            start = time.perf_counter()
            bed.read(number * SECOND, (number + 1) * SECOND)
            assert time.perf_counter() - start < 0.1
        gate.set()
        assert bed.read(26 * SECOND, 27 * SECOND)[0, 0] == 26


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_what_breaks_the_stream_reaches_the_reader():
    def broken() -> Iterator[np.ndarray]:
        yield np.zeros((SECOND, 2), np.int16)
        raise ZeroDivisionError

    with closing(Ahead(broken)) as bed:
        with pytest.raises(ZeroDivisionError):
            bed.read(0, 2 * SECOND)
        assert len(bed.read(0, 10)) == 10


def test_closing_leaves_no_thread_no_program_and_no_file(tmp_path: Path):
    path = wav(tmp_path / "a.wav", tone(100, 300, rate_hz=8000), 8000)
    open_files = Path("/proc/self/fd")
    before = threading.active_count(), len(list(open_files.iterdir()))
    bed = open_music(path)
    bed.read(0, SECOND)

    bed.close()
    bed.close()

    assert (threading.active_count(), len(list(open_files.iterdir()))) == before
    assert not decoders(path)
    with pytest.raises(ValueError, match="closed"):
        bed.read(80 * SECOND, 81 * SECOND)


def decoders(path: Path) -> list[int]:
    """Return the programs of this process that read `path`."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for each in children for pid in each.read_text().split()]
    return [pid for pid in pids if str(path).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


# --- files of every kind ---------------------------------------------------------------------------------------------

KINDS = {
    "8 kHz mono": ("sine=f=440:r=8000:d=6", ["-ac", "1"], "a.wav"),
    "192 kHz 5.1": ("sine=f=440:r=192000:d=6", ["-ac", "6", "-ar", "192000"], "a.flac"),
    "44.1 kHz mp3": ("sine=f=440:r=44100:d=6", [], "a.mp3"),
    "opus": ("sine=f=440:r=48000:d=6", ["-ac", "2"], "a.opus"),
    "m4a": ("sine=f=440:r=44100:d=6", [], "a.m4a"),
}


@needs_command("ffmpeg")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_played(tmp_path: Path, kind: str):
    source, arguments, name = KINDS[kind]
    ffmpeg("-f", "lavfi", "-i", source, *arguments, tmp_path / name)

    with music(tmp_path / name) as bed:
        sound = heard(bed, 0.5, 1.5)

    assert share(sound, 440) > 0.99
    assert integrated_lufs(sound, SECOND) == pytest.approx(-28, abs=0.5)


@needs_command("ffmpeg")
@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac"])
def test_a_cover_and_chapters_do_not_matter(tmp_path: Path, name: str):
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=0.04", "-frames:v", "1", tmp_path / "cover.png")
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3000\ntitle=one\n")
    ffmpeg(
        "-i", tmp_path / "cover.png", "-i", wav(tmp_path / "source.wav", tone(6, 440)), "-i", chapters,
        "-map", "0:v", "-map", "1:a", "-map_metadata", "2", "-c:v", "copy", "-disposition:v", "attached_pic",
        tmp_path / name,
    )  # fmt: skip

    with music(tmp_path / name) as bed:
        assert share(heard(bed, 1, 2), 440) > 0.99


@pytest.mark.parametrize(
    "name", ['it\'s "so" & 100%.wav', "-i.wav", "Ünïcödé 音楽 موسيقى.wav", "a\nb.wav", "concat:x|y.wav"]
)
def test_a_name_with_every_sign_is_played(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    wav(tmp_path / name, tone(2, 440, rate_hz=44_100), 44_100)
    monkeypatch.chdir(tmp_path)

    with music(Path(name)) as bed:
        assert share(heard(bed, 0, 1), 440) > 0.99


@needs_command("ffmpeg")
def test_three_hours_open_soon_and_take_no_more_memory_than_a_minute(tmp_path: Path):
    source = "anoisesrc=r=8000:a=0.1:d=600:s=1"
    ffmpeg("-f", "lavfi", "-i", source, "-b:a", "16k", "-write_xing", "0", tmp_path / "minutes.mp3")
    # An MP3 is frames one after the other: so are eighteen of them.
    (tmp_path / "hours.mp3").write_bytes((tmp_path / "minutes.mp3").read_bytes() * 18)

    def used(name: str, seconds: int) -> tuple[float, int]:
        tracemalloc.start()
        start = time.perf_counter()
        with music(tmp_path / f"{name}.mp3") as bed:
            took_s = time.perf_counter() - start
            for at in range(0, seconds * SECOND, SECOND):
                bed.read(at, at + SECOND)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return took_s, peak

    _, little = used("minutes", 60)
    took_s, much = used("hours", 600)

    assert took_s < 15
    assert much < little + 8_000_000
    assert much < 90_000_000


def test_in_a_folder_of_ten_thousand_only_the_first_is_touched(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    wav(tmp_path / "1.wav", tone(60, 440))
    for number in range(2, 10_000):
        (tmp_path / f"{number}.wav").touch()
    start = time.perf_counter()

    with music(tmp_path) as bed:
        took_s = time.perf_counter() - start
        assert share(heard(bed, 0, 1), 440) > 0.99

    assert took_s < 3
    assert not caplog.messages


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_what_is_damaged_from_the_start_is_skipped_with_a_line_each(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "1.mp3").write_text("Place both hands on the shoulders.\n" * 99)
    (tmp_path / "2.wav").touch()
    wav(tmp_path / "3.wav", tone(9, 440))
    (tmp_path / "4.flac").write_bytes(bytes(range(256)) * 99)

    with music(tmp_path) as bed:
        sound = heard(bed, 0, 40)

    assert share(sound, 440) > 0.99
    assert [message.split(":")[0] for message in caplog.messages] == [
        f"cannot read {tmp_path / name}" for name in ("1.mp3", "2.wav", "4.flac")
    ]
    assert min(integrated_lufs(sound[at : at + SECOND], SECOND) for at in range(0, 40 * SECOND, SECOND)) > -40


@pytest.mark.parametrize(("name", "content"), [("a.mp3", b"words\n" * 999), ("a.wav", b""), ("a.flac", bytes(999))])
def test_one_file_that_cannot_be_played_is_an_error_of_its_own(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(MediaError, match="cannot read") as error:
        open_music(tmp_path / name)

    assert error.value.hint


@pytest.mark.parametrize("count", [2, 99])
def test_where_nothing_can_be_played_the_error_comes_soon(tmp_path: Path, count: int):
    for number in range(count):
        (tmp_path / f"{number}.wav").touch()

    with pytest.raises(MediaError, match=f"none of the first {min(count, 25)} tracks can be played"):
        open_music(tmp_path)
    assert not [thread for thread in threading.enumerate() if thread.name == "music"]


def test_a_track_that_vanishes_is_skipped_while_the_music_plays(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    wav(tmp_path / "1.wav", tone(50, 200))
    gone = wav(tmp_path / "2.wav", tone(50, 400))

    with music(tmp_path) as bed:
        gone.unlink()
        sound = heard(bed, 0, 100)

    assert share(sound[60 * SECOND :], 200) > 0.99
    assert len(caplog.messages) == 1
    assert str(gone) in caplog.messages[0]
    assert steepest(sound) < 2.1 * steepest(sound[:SECOND])


def test_where_all_vanish_the_music_fades_to_silence(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    # It ends at the top of a wave.
    path = wav(tmp_path / "1.wav", tone(50, 201.005))

    with music(path) as bed:
        path.unlink()
        sound = heard(bed, 0, 60)

    assert np.abs(sound[47 * SECOND : 48 * SECOND]).max() > 0.01
    assert np.abs(sound[50 * SECOND :]).max() == 0
    assert steepest(sound) < 1.05 * steepest(sound[:SECOND])
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "no more music" in caplog.messages[1]


@needs_command("ffmpeg")
def test_a_decoder_that_dies_is_faded_over(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    # Of another rate, so that a program decodes it; long, so that the program is still there.
    path = wav(tmp_path / "1.wav", tone(120, 200, rate_hz=8000), 8000)
    wav(tmp_path / "2.wav", tone(40, 300))

    with music(tmp_path) as bed:
        kill_decoder(bed, path)
        sound = heard(bed, 0, 60)

    assert share(sound[10 * SECOND :], 200) > 0.99
    assert share(sound[59 * SECOND :], 300) > 0.99
    assert steepest(sound[100:]) < 2.6 * steepest(sound[100:SECOND])
    assert len(caplog.messages) == 1
    assert "is damaged" in caplog.messages[0]
    assert min(integrated_lufs(second, SECOND) for second in np.split(sound, 60)) > -32


def kill_decoder(bed: Ahead, path: Path) -> None:
    wait_until(lambda: len(bed._fetched._pieces) > ahead.AHEAD)
    (decoder,) = decoders(path)
    os.kill(decoder, 9)


@needs_command("ffmpeg")
def test_a_track_that_is_damaged_goes_round_as_far_as_it_goes_and_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    # Noise, as what follows itself at any moment: a tone may meet itself upside down.
    path = wav(tmp_path / "1.wav", noise(20, 1), 8000)

    with music(path) as bed:
        for second in (0, 40):
            heard(bed, 0, second)
            kill_decoder(bed, path)
        sound = heard(bed, 36, 100)

    assert len(caplog.messages) == 1
    assert min(integrated_lufs(each, SECOND) for each in np.split(sound, 64)) > -40


def without_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)


@needs_module("miniaudio")
@needs_command("ffmpeg")
@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac", "a.ogg"])
def test_without_ffmpeg_the_common_kinds_are_played(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    encoder = ["-c:a", "libvorbis"] if name == "a.ogg" else []
    ffmpeg("-f", "lavfi", "-i", "sine=f=440:r=44100:d=6", "-ac", "2", *encoder, tmp_path / name)
    without_ffmpeg(monkeypatch)

    with music(tmp_path / name) as bed:
        assert share(heard(bed, 1, 2), 440) > 0.99


def test_without_ffmpeg_the_hint_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    without_ffmpeg(monkeypatch)
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0 ftypM4A " + bytes(1000))

    with pytest.raises(MediaError) as error:
        open_music(tmp_path / "a.m4a")

    assert "imageio-ffmpeg" in error.value.hint
