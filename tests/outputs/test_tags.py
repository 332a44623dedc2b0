"""What a file tells of itself, read back by ffprobe and by mutagen."""

import base64
import errno
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen.flac import Picture
from mutagen.id3 import CTOCFlags
from needs import needs, needs_command

from voiceguide.errors import TargetError
from voiceguide.export.cover import cover
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.outputs.registry import FILES, file_output
from voiceguide.outputs.tags import Mark, Tags
from voiceguide.scheduler.timeline import Chapter, Timeline

pytestmark = [needs(find_ffmpeg() is not None, "no ffmpeg"), needs_command("ffprobe")]

ODD = "Quotes \" ' and\nlines, =;#\\ [a] 🙂 größer"
MARKS = (
    Mark(start_ms=0, end_ms=2_001, title="Welcome"),
    Mark(start_ms=2_001, end_ms=5_432, title=ODD, section="Back"),
    Mark(start_ms=5_432, end_ms=7_777, title="Circles", section="Back"),
    Mark(start_ms=7_777, end_ms=9_000, title="The end"),
)
PICTURE = cover(Timeline(length_ms=9_000, cues=(), chapters=(Chapter(start_ms=0, end_ms=9_000, title=""),)))
TAGS = Tags(title=ODD, language="de-AT", date="2026-11-21", source="A book; p. 3", marks=MARKS, cover=PICTURE)
KINDS = list(FILES)


def written(path: Path, tags: Tags | None = TAGS) -> Path:
    output = file_output(path, frames=48_000 * 9, tags=tags)
    output.open()
    sound = np.sin(np.arange(48_000 * 9) / 40)[:, None] * np.full((1, 2), 5_000)
    for at in range(0, len(sound), 48_000):
        output.write(sound[at : at + 48_000].astype(np.int16))
    output.close()
    return path


def probed(path: Path) -> dict:
    words = ["ffprobe", "-v", "error", "-show_chapters", "-show_format", "-show_streams", "-of", "json", str(path)]
    return json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_every_chapter_is_read_back_at_its_millisecond(tmp_path, kind):
    chapters = probed(written(tmp_path / f"x{kind}"))["chapters"]

    assert [round(float(each["start_time"]) * 1000) for each in chapters] == [mark.start_ms for mark in MARKS]
    assert [each["tags"]["title"] for each in chapters] == [mark.title for mark in MARKS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_tag_is_read_back(tmp_path, kind):
    told = probed(written(tmp_path / f"x{kind}"))
    tags = {
        name.lower(): value
        for each in [told["format"], told["streams"][0]]
        for name, value in each.get("tags", {}).items()
    }

    assert tags["title"] == ODD
    assert tags["date"].startswith("2026")
    assert tags["comment"] == "A book; p. 3"
    assert tags["language"] in ("de-AT", "deu")


def test_a_wav_is_sound_alone_so_that_any_program_turns_it_into_another_kind(tmp_path):
    wav = written(tmp_path / "x.wav")

    assert [stream["codec_type"] for stream in probed(wav)["streams"]] == ["audio"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(wav), str(tmp_path / "x.m4a")], check=True)
    assert len(probed(tmp_path / "x.m4a")["chapters"]) == len(MARKS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != ".wav"])
def test_the_cover_is_read_back(tmp_path, kind):
    file = mutagen.File(written(tmp_path / f"x{kind}"))

    if kind == ".mp3":
        pictures = [frame.data for frame in file.tags.getall("APIC")]
    elif kind == ".flac":
        pictures = [picture.data for picture in file.pictures]
    elif kind in (".m4a", ".m4b"):
        pictures = [bytes(picture) for picture in file["covr"]]
    else:
        (packed,) = file["METADATA_BLOCK_PICTURE"]
        pictures = [Picture(base64.b64decode(packed)).data]

    assert pictures == [PICTURE]


def test_sections_are_the_parents_of_their_chapters_in_an_mp3(tmp_path):
    tags = mutagen.File(written(tmp_path / "x.mp3")).tags

    contents = {each.element_id: each for each in tags.getall("CTOC")}
    (top,) = [each for each in contents.values() if each.flags & CTOCFlags.TOP_LEVEL]
    assert top.child_element_ids == ["chp0000", "toc-chp0001", "chp0003"]
    assert contents["toc-chp0001"].child_element_ids == ["chp0001", "chp0002"]
    assert str(contents["toc-chp0001"].sub_frames["TIT2"]) == "Back"
    assert sorted(each.start_time for each in tags.getall("CHAP")) == [mark.start_ms for mark in MARKS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_is_the_same_with_tags_and_without(tmp_path, kind):
    def decoded(path):
        words = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"]
        return subprocess.run(words, capture_output=True, check=True).stdout

    assert decoded(written(tmp_path / f"x{kind}")) == decoded(written(tmp_path / f"y{kind}", None))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_session_gives_the_same_bytes(tmp_path, kind):
    one, other = written(tmp_path / f"x{kind}"), written(tmp_path / f"y{kind}")

    assert one.read_bytes() == other.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@needs_command("mpv")
@pytest.mark.parametrize("kind", KINDS)
def test_mpv_lists_the_chapters(tmp_path, kind):
    words = [shutil.which("mpv"), "--no-config", "--vo=null", "--ao=null", "--frames=1", "--length=0.1",
             "--term-playing-msg=${chapter-list/count}", str(written(tmp_path / f"x{kind}"))]  # fmt: skip

    assert "4" in subprocess.run(words, capture_output=True, check=True, text=True).stdout.split()


@pytest.mark.parametrize("kind", [".m4a", ".m4b", ".mp3", ".opus", ".wav"])
def test_titles_longer_than_the_oldest_players_take_are_kept_whole(tmp_path, kind):
    titles = ["Glide " + "🙂" * 70, "ä" * 130, "Rest"]
    marks = tuple(
        Mark(start_ms=3_000 * number, end_ms=3_000 * (number + 1), title=title) for number, title in enumerate(titles)
    )

    chapters = probed(written(tmp_path / f"x{kind}", replace(TAGS, marks=marks)))["chapters"]

    assert [each["tags"]["title"] for each in chapters] == titles


def test_more_steps_than_one_table_of_contents_holds_are_all_there(tmp_path):
    marks = tuple(Mark(start_ms=20 * n, end_ms=20 * (n + 1), title=f"Step {n}", section="All") for n in range(300))

    file = written(tmp_path / "x.mp3", replace(TAGS, marks=marks))

    tables = {each.element_id: each for each in mutagen.File(file).tags.getall("CTOC")}
    assert reached(tables, "toc") == [f"chp{number:04}" for number in range(300)]
    assert len(probed(file)["chapters"]) == 300


def reached(tables: dict, name: str) -> list[str]:
    if name not in tables:
        return [name]
    assert len(tables[name].child_element_ids) <= 255
    return [each for child in tables[name].child_element_ids for each in reached(tables, child)]


def test_an_audiobook_says_that_it_is_one(tmp_path):
    assert mutagen.File(written(tmp_path / "x.m4b"))["stik"] == [2]
    assert "stik" not in mutagen.File(written(tmp_path / "x.m4a"))


@pytest.mark.parametrize("kind", [".mp3", ".m4a", ".opus", ".flac"])
def test_a_disk_that_fills_while_the_tags_are_written_is_told_as_such(tmp_path, monkeypatch, kind):
    def full(*_words, **_more):
        raise mutagen.MutagenError(OSError(errno.ENOSPC, "No space left on device"))

    for place in (
        "mutagen.id3.ID3.save",
        "mutagen.mp4.MP4.save",
        "mutagen.flac.FLAC.save",
        "mutagen.oggopus.OggOpus.save",
    ):
        monkeypatch.setattr(place, full)

    with pytest.raises(TargetError) as error:
        written(tmp_path / f"x{kind}")

    assert "no space left" in error.value.message
    assert list(tmp_path.iterdir()) == []
