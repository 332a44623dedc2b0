"""A file a step, in a folder that appears when it is whole."""

import json
import re
import resource
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from needs import needs, needs_command
from short_session import BED, LENGTH_MS, MARKS, TAGS, short_mix, whole

from voiceguide.errors import MediaError, TargetError
from voiceguide.export.split import check_folder, file_names, folder_of, playlist, split
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.outputs.tags import Mark

WITH_FFMPEG = needs(find_ffmpeg() is not None, "no ffmpeg")
NAMES = ["01 Welcome", "02 Long - strokes", "03 Circles", "04 The end"]

CODEC_FRAME = {".mp3": 1_152, ".opus": 960, ".ogg": 2_048, ".m4a": 1_024, ".m4b": 1_024, ".flac": 0, ".wav": 0}
"""Frames that a codec takes at a time: as far as a file may be from its length."""


def decoded(file: Path) -> np.ndarray:
    words = ["ffmpeg", "-v", "error", "-i", str(file), "-map", "0:a", "-ar", "48000", "-f", "s16le", "-"]
    return np.frombuffer(subprocess.run(words, capture_output=True, check=True).stdout, "<i2").reshape(-1, 2)


def listed(folder: Path) -> list[Path]:
    lines = (folder / f"{folder.name}.m3u8").read_text("utf-8").splitlines()
    return [folder / line for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give the folder of one kind of files, made once."""

    @cache
    def make(kind: str) -> Path:
        folder = tmp_path_factory.mktemp("split") / "x"
        split(short_mix(), TAGS, folder, kind)
        return folder

    return make


@WITH_FFMPEG
@pytest.mark.parametrize("kind", CODEC_FRAME)
def test_every_file_is_as_long_as_its_step_within_one_frame_of_the_codec(made, kind):
    files = listed(made(kind))

    assert [file.name for file in files] == [name + kind for name in NAMES]
    for file, mark in zip(files, MARKS, strict=True):
        assert abs(len(decoded(file)) - 48 * (mark.end_ms - mark.start_ms)) <= CODEC_FRAME[kind]


@WITH_FFMPEG
@pytest.mark.parametrize("kind", [".wav", ".flac"])
def test_the_files_joined_again_are_the_whole_sample_for_sample(made, kind):
    joined = np.concatenate([decoded(file) for file in listed(made(kind))])

    assert np.array_equal(joined, whole(short_mix()))


@WITH_FFMPEG
@needs_command("mpv")
@pytest.mark.parametrize("kind", [".wav", ".flac", ".mp3", ".opus", ".m4a"])
def test_mpv_plays_the_playlist_through_without_a_gap(tmp_path: Path, made, kind):
    words = [shutil.which("mpv"), "--no-config", "--vid=no", "--gapless-audio=yes", "--audio-format=s16", "--ao=pcm",
             f"--ao-pcm-file={tmp_path / 'heard.wav'}", str(made(kind) / "x.m3u8")]  # fmt: skip
    done = subprocess.run(words, capture_output=True, check=True, text=True, timeout=60)

    heard, _ = soundfile.read(tmp_path / "heard.wav", dtype="int16")
    assert done.stdout.count("Playing: ") == len(MARKS)
    assert abs(len(heard) - 48 * LENGTH_MS) <= len(MARKS) * CODEC_FRAME[kind]
    if not CODEC_FRAME[kind]:
        assert np.array_equal(heard, whole(short_mix()))


@WITH_FFMPEG
@needs_command("ffprobe")
@pytest.mark.parametrize("kind", [".mp3", ".opus", ".ogg", ".flac", ".m4a", ".m4b"])
def test_every_file_tells_its_title_its_number_and_its_session(made, kind):
    for number, (file, mark) in enumerate(zip(listed(made(kind)), MARKS, strict=True), 1):
        words = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(file)]
        told = json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)
        tags = {
            name.lower(): value
            for each in (told["format"], told["streams"][0])
            for name, value in each.get("tags", {}).items()
        }
        assert (tags["title"], tags["album"]) == (mark.title, "Short session")
        assert tags["track"].partition("/")[0] == str(number)
        assert (tags.get("tracktotal") or tags["track"].partition("/")[2]) == "4"
        assert "disc" not in tags
        assert told["chapters"] == []


HOSTILE = [
    "../x", "CON", "a/b", "a\\b", 'x:"y"|<z>?*', "x" * 300, "ü" * 300, "🙂" * 70, "two\nlines\r\n\x00\x1b[2J", "", "..",
    " . ", "-rf", "#EXTM3U", "\ud800", "e\u0301", "\u202egnp.exe", "\N{IDEOGRAPHIC SPACE}", "NUL.txt", "~", "$HOME",
]  # fmt: skip


def test_odd_titles_are_files_in_the_folder_and_nowhere_else(tmp_path: Path):
    marks = tuple(Mark(start_ms=500 * at, end_ms=500 * at + 500, title=title) for at, title in enumerate(HOSTILE))

    # A title with half a sign in it cannot be a tag; a WAV holds none.
    split(short_mix(), replace(TAGS, marks=marks), tmp_path / "x", ".wav")

    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    made = sorted((tmp_path / "x").iterdir())
    assert made == [*listed(tmp_path / "x"), tmp_path / "x" / "x.m3u8"]
    assert len(made) == 1 + len(HOSTILE)
    check_folder(tmp_path / "x", overwrite=True)


@given(st.lists(st.one_of(st.text(max_size=300), st.sampled_from(HOSTILE)), min_size=1, max_size=12))
def test_names_are_safe_on_every_system_distinct_and_in_order(titles):
    names = file_names(titles, ".mp3")

    assert len({name.casefold() for name in names}) == len(titles)
    assert names == sorted(names)
    for name in names:
        stem = name.removesuffix(".mp3")
        assert not set(name) & set('<>:"/\\|?*')
        assert name.isprintable()
        assert name[0].isdecimal()
        assert stem == stem.strip(" .")
        assert max(map(ord, name)) <= 0xFFFF
        assert len(stem) <= len("123 ") + 60
        assert len(name.encode()) <= 143 - len(".-12345678")


def test_titles_keep_their_letters():
    assert file_names(["Größer, ängstlich (¿qué?)", "a/b: c", 'say "ah"'], ".wav") == [
        "01 Größer, ängstlich (¿qué).wav",
        "02 a-b- c.wav",
        "03 say 'ah'.wav",
    ]
    assert file_names([""] * 100, ".wav")[0] == "001.wav"


def test_a_title_cannot_break_out_of_its_line_in_the_playlist():
    marks = tuple(
        Mark(start_ms=0, end_ms=ms, title=title) for ms, title in ((1_600, "a\n/etc/passwd"), (61_000, "b, c\r#x"))
    )

    text = playlist(replace(TAGS, marks=marks, title="T\nU"), ["01 a.mp3", "02 b.mp3"])

    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    assert lines == [
        "#EXTM3U",
        "#EXTENC:UTF-8",
        "#PLAYLIST:T U",
        "#EXTINF:2,a /etc/passwd",
        "01 a.mp3",
        "#EXTINF:61,b, c #x",
        "02 b.mp3",
    ]


class Broken:
    """Music that breaks off in the third step."""

    def __init__(self, error: BaseException):
        self.error = error

    def read(self, start, stop):
        if start >= 48 * MARKS[2].start_ms:
            raise self.error
        return BED.read(start, stop)


@pytest.mark.parametrize("kind", [".wav", pytest.param(".mp3", marks=WITH_FFMPEG)])
@pytest.mark.parametrize("error", [MediaError("gone", hint="find it"), KeyboardInterrupt()])
@pytest.mark.parametrize("there", [False, True])
def test_what_breaks_off_half_way_leaves_what_was_there(tmp_path: Path, kind, error, there):
    if there:
        split(short_mix(), TAGS, tmp_path / "x", ".wav")
    before = snapshot(tmp_path)

    with pytest.raises(type(error)):
        split(short_mix(Broken(error)), TAGS, tmp_path / "x", kind)

    assert snapshot(tmp_path) == before


def snapshot(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_ours_is_replaced_whole(tmp_path: Path):
    split(short_mix(), TAGS, tmp_path / "x", ".wav")

    split(short_mix(), replace(TAGS, marks=MARKS[:2]), tmp_path / "x", ".wav", overwrite=True)

    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        *(f"{name}.wav" for name in NAMES[:2]),
        "x.m3u8",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_folder_that_cannot_be_replaced_comes_back(tmp_path: Path, monkeypatch):
    split(short_mix(), TAGS, tmp_path / "x", ".wav")
    before = snapshot(tmp_path)
    rename = Path.rename

    def refuse_the_new_one(path, target):
        if path.name == target.name == "x" and not (path / "02 Long - strokes.wav").exists():
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new_one)
    with pytest.raises(TargetError, match="permission denied"):
        split(short_mix(), replace(TAGS, marks=MARKS[:1]), tmp_path / "x", ".wav", overwrite=True)

    assert snapshot(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_folder_that_came_meanwhile_is_not_replaced(tmp_path: Path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine").write_text("mine", "utf-8")

    with pytest.raises(TargetError):
        split(short_mix(), TAGS, tmp_path / "x", ".wav")

    assert (tmp_path / "x" / "mine").read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_folder_of_ours_is_replaced_only_when_asked_to(tmp_path: Path):
    split(short_mix(), TAGS, tmp_path / "x", ".wav")
    (tmp_path / "x" / ".DS_Store").write_text("seen by a file manager", "utf-8")

    check_folder(tmp_path / "x", overwrite=True)
    with pytest.raises(TargetError, match="exists already") as refused:
        check_folder(tmp_path / "x", overwrite=False)
    assert "--force" in refused.value.hint


def make_song(folder: Path) -> None:
    (folder / "song.mp3").write_text("mine", "utf-8")


def make_folder(folder: Path) -> None:
    (folder / "sub").mkdir()


def replace_by_folder(folder: Path) -> None:
    (folder / "01 Welcome.wav").unlink()
    (folder / "01 Welcome.wav").mkdir()


def replace_by_a_playlist_of_another_program(folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("*.wav"))
    (folder / "x.m3u8").write_text("\n".join(["#EXTM3U", *names]), "utf-8")


def break_the_playlist(folder: Path) -> None:
    (folder / "x.m3u8").write_bytes(b"\xff\xfe")


def lose_the_playlist(folder: Path) -> None:
    (folder / "x.m3u8").unlink()


@pytest.mark.parametrize(
    "change",
    [make_song, make_folder, replace_by_folder, replace_by_a_playlist_of_another_program, break_the_playlist,
     lose_the_playlist],
)  # fmt: skip
def test_nothing_that_is_not_ours_is_ever_replaced(tmp_path: Path, change):
    split(short_mix(), TAGS, tmp_path / "x", ".wav")
    change(tmp_path / "x")
    before = snapshot(tmp_path)

    with pytest.raises(TargetError, match="not of our making"):
        check_folder(tmp_path / "x", overwrite=True)
    with pytest.raises(TargetError, match="not of our making"):
        split(short_mix(), TAGS, tmp_path / "x", ".wav")

    assert snapshot(tmp_path) == before


def test_neither_a_file_nor_a_link_is_replaced(tmp_path: Path):
    (tmp_path / "file").write_text("mine", "utf-8")
    split(short_mix(), TAGS, tmp_path / "x", ".wav")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")

    for name in ("file", "link", "nowhere"):
        with pytest.raises(TargetError, match=f"{name} is no folder"):
            check_folder(tmp_path / name, overwrite=True)
    with pytest.raises(TargetError, match="no such"):
        check_folder(tmp_path / "missing" / "x", overwrite=True)


def test_a_track_has_its_folder_beside_it():
    assert folder_of(Path("a/my.tape.mp3")) == Path("a/my.tape")


@pytest.mark.parametrize(("kind", "most_bytes"), [(".wav", 300_000), pytest.param(".mp3", 40_000, marks=WITH_FFMPEG)])
@pytest.mark.parametrize("there", [False, True])
def test_a_disk_that_is_full_leaves_what_was_there_and_tells_which_file(tmp_path: Path, kind, most_bytes, there):
    if there:
        split(short_mix(), TAGS, tmp_path / "x", ".wav")
    before = snapshot(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    # Python leaves the signal for this to the system's answer, as on a disk without room.
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        with pytest.raises(TargetError) as refused:
            split(short_mix(), TAGS, tmp_path / "x", kind)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert re.match(rf"cannot write {re.escape(str(tmp_path / 'x'))}/0\d [^/]*{kind}: ", refused.value.message)
    assert snapshot(tmp_path) == before
