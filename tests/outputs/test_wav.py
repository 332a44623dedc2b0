"""The header of a WAV file, in every size, and files that cannot be finished."""

import struct
import subprocess
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_command

from voiceguide.errors import TargetError
from voiceguide.outputs import wav
from voiceguide.outputs.tags import Mark, Tags
from voiceguide.outputs.wav import RIFF_LIMIT, WavOutput, header

FOUR_GIB_FRAMES = (1 << 32) // 4
TWELVE_HOURS_FRAMES = 12 * 3600 * 48_000


def ramp(frames: int) -> np.ndarray:
    return np.arange(2 * frames, dtype=np.int16).reshape(-1, 2)


def write(path: Path, frames: int, announced: int | None, tags: Tags | None = None) -> bytes:
    output = WavOutput(path, frames=announced, tags=tags)
    output.open()
    output.write(ramp(frames))
    output.close()
    return path.read_bytes()


def chunks(data: bytes) -> dict[bytes, bytes]:
    found, start = {}, 12
    while start < len(data):
        name, size = struct.unpack_from("<4sI", data, start)
        found[name] = data[start + 8 : start + 8 + size]
        start += 8 + size + size % 2
    return found


def test_a_file_of_known_length_has_the_plain_header_of_44_bytes(tmp_path: Path):
    data = write(tmp_path / "a.wav", 1000, announced=1000)

    assert len(data) == 44 + 4000
    assert struct.unpack_from("<4sI4s", data) == (b"RIFF", len(data) - 8, b"WAVE")
    assert list(chunks(data)) == [b"fmt ", b"data"]
    assert chunks(data)[b"data"] == ramp(1000).tobytes()


TAGS = Tags(
    title="Rücken",
    language="de",
    date="2026-11-21",
    marks=(Mark(start_ms=0, end_ms=7, title="Hi"), Mark(start_ms=7, end_ms=20, title="Two")),
)


@pytest.mark.parametrize("announced", [1000, None])
def test_tags_follow_the_samples_and_change_nothing_before_them(tmp_path: Path, announced: int | None):
    plain, data = write(tmp_path / "a.wav", 1000, announced), write(tmp_path / "b.wav", 1000, announced, TAGS)

    assert struct.unpack_from("<4sI4s", data) == (b"RIFF", len(data) - 8, b"WAVE")
    assert data[8 : len(plain)] == plain[8:]
    with wave.open(str(tmp_path / "b.wav")) as heard:
        assert heard.readframes(heard.getnframes()) == ramp(1000).tobytes()
    assert len(soundfile.read(tmp_path / "b.wav")[0]) == 1000


def test_editors_find_a_mark_a_step_at_its_frame(tmp_path: Path):
    data = write(tmp_path / "a.wav", 1000, 1000, TAGS)

    assert chunks(data)[b"cue "] == struct.pack(
        "<I II4sIII II4sIII", 2, 0, 0, b"data", 0, 0, 0, 1, 336, b"data", 0, 0, 336
    )
    assert chunks(data)[b"LIST"] == b"adtl" + struct.pack("<4sII4s", b"labl", 7, 0, b"Hi") + struct.pack(
        "<4sII4s", b"labl", 8, 1, b"Two"
    )


def test_file_managers_find_the_title_and_the_day(tmp_path: Path):
    data = write(tmp_path / "a.wav", 1000, 1000, replace(TAGS, marks=()))

    assert chunks(data)[b"LIST"] == b"INFO" + b"".join(
        [
            struct.pack("<4sI8s", b"INAM", 8, "Rücken".encode()),
            struct.pack("<4sI12s", b"ICRD", 11, b"2026-11-21"),
            struct.pack("<4sI4s", b"ILNG", 3, b"de"),
        ]
    )


def test_a_file_whose_tags_alone_are_too_much_for_a_plain_header_has_a_large_one(tmp_path: Path):
    most = (RIFF_LIMIT - 1 - 36) // 4 - 1

    assert not WavOutput(tmp_path / "a.wav", frames=most)._roomy
    assert WavOutput(tmp_path / "a.wav", frames=most, tags=TAGS)._roomy


def test_a_file_of_unknown_length_keeps_room_for_large_sizes(tmp_path: Path):
    data = write(tmp_path / "a.wav", 1000, announced=None)

    assert len(data) == 80 + 4000
    assert struct.unpack_from("<4sI4s", data) == (b"RIFF", len(data) - 8, b"WAVE")
    assert list(chunks(data)) == [b"JUNK", b"fmt ", b"data"]
    assert chunks(data)[b"data"] == ramp(1000).tobytes()


@pytest.mark.parametrize("announced", [1000, None])
def test_the_standard_library_reads_either(tmp_path: Path, announced: int | None):
    write(tmp_path / "a.wav", 1000, announced)

    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getparams()[:4] == (2, 2, 48_000, 1000)


@given(frames=st.integers(0, TWELVE_HOURS_FRAMES), behind_bytes=st.integers(0, 100_000).map(lambda half: 2 * half))
def test_every_size_is_told_exactly(frames: int, behind_bytes: int):
    data_bytes = 4 * frames

    start = header(data_bytes, behind_bytes=behind_bytes, roomy=True)

    whole = len(start) + data_bytes + behind_bytes
    assert len(start) == 80
    if start.startswith(b"RF64"):
        riff_bytes, told_bytes, told_frames, table = struct.unpack_from("<QQQI", start, 20)
        assert (riff_bytes, told_bytes, told_frames, table) == (whole - 8, data_bytes, frames, 0)
        assert struct.unpack_from("<I", start, 4) == struct.unpack_from("<I", start, 76) == (RIFF_LIMIT,)
    else:
        assert struct.unpack_from("<I", start, 4) == (whole - 8,)
        assert struct.unpack_from("<I", start, 76) == (data_bytes,)


def test_the_last_plain_size_and_the_first_large_one_lie_beside_each_other():
    most = (RIFF_LIMIT - 1 - 72) // 4 * 4

    assert header(most, roomy=True).startswith(b"RIFF")
    assert header(most + 4, roomy=True).startswith(b"RF64")


def test_a_plain_header_tells_no_size_that_it_cannot():
    with pytest.raises(ValueError, match="ds64"):
        header(1 << 32, roomy=False)


def test_a_length_over_4_gib_that_is_announced_gets_room(tmp_path: Path):
    data = write(tmp_path / "a.wav", 1000, announced=FOUR_GIB_FRAMES)

    assert list(chunks(data)) == [b"JUNK", b"fmt ", b"data"]


@needs_command("ffprobe")
@pytest.mark.parametrize("frames", [FOUR_GIB_FRAMES + 1, TWELVE_HOURS_FRAMES])
def test_a_file_over_4_gib_is_read_by_others(tmp_path: Path, frames: int):
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(header(4 * frames, roomy=True))
        file.seek(4 * (frames - 2), 1)
        file.write(ramp(2).tobytes())  # the rest is a hole, which costs no space

    info = soundfile.info(path)
    last, _ = soundfile.read(path, dtype="int16", start=frames - 2)
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=duration_ts", "-of", "csv=p=0", str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert (info.frames, info.samplerate, info.channels) == (frames, 48_000, 2)
    assert np.array_equal(last, ramp(2))
    assert int(probe.stdout) == frames


def test_a_file_that_grows_over_the_limit_becomes_an_rf64_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wav, "RIFF_LIMIT", 4000)

    data = write(tmp_path / "a.wav", 1000, announced=None)

    assert data.startswith(b"RF64")
    assert struct.unpack_from("<QQQ", data, 20) == (len(data) - 8, 4000, 1000)


def test_more_frames_than_were_announced_are_refused_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wav, "RIFF_LIMIT", 4000)
    output = WavOutput(tmp_path / "a.wav", frames=500)
    output.open()
    output.write(ramp(500))

    with pytest.raises(TargetError, match="longer than announced"):
        output.write(ramp(500))

    output.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("frames", [60_000, 51_500])
def test_a_full_disk_is_told_and_nothing_stays(small_disk: Path, frames: int):
    # The second length is full only when the last bytes leave the buffer.
    output = WavOutput(small_disk / "a.wav")

    with pytest.raises(TargetError, match="no space left") as error:
        fill(output, frames)

    output.abort()
    assert "space" in error.value.hint
    assert list(small_disk.iterdir()) == []


def fill(output: WavOutput, frames: int) -> None:
    output.open()
    for _ in range(frames // 20):
        output.write(ramp(20))
    output.close()
