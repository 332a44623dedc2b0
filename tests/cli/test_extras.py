"""What stands beside a track, or around it."""

import re
import subprocess
from pathlib import Path

import pytest
from command import assert_refused, voiceguide
from needs import needs, needs_command

from voiceguide.media.ffmpeg import find_ffmpeg

pytestmark = needs(find_ffmpeg() is not None, "no ffmpeg")

SHORT = ("slow-strokes", "-m", "4", "--voice", "espeak")


def test_captions_and_a_cue_sheet_stand_beside_a_track(tmp_path: Path):
    done = voiceguide("export", *SHORT, "-o", tmp_path / "x.wav", "--captions", "vtt", "--captions", "lrc", "--cue")
    timeline = voiceguide("show", *SHORT, "--timeline").stdout

    spoken = re.findall(r"^(\S+) speech", timeline, re.MULTILINE)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(\S+) -->", (tmp_path / "x.vtt").read_text("utf-8"), re.MULTILINE) == spoken
    assert (tmp_path / "x.lrc").read_text("utf-8").startswith("[ti:Slow strokes]")
    assert 'FILE "x.wav" WAVE' in (tmp_path / "x.cue").read_text("utf-8")


def test_a_wav_says_that_it_holds_no_chapters(tmp_path: Path):
    assert "--cue" in voiceguide("export", *SHORT, "-o", tmp_path / "x.wav").stderr
    assert "--cue" not in voiceguide("export", *SHORT, "-o", tmp_path / "y.wav", "--cue").stderr


@needs_command("ffprobe")
def test_the_chapters_of_a_track_are_the_steps(tmp_path: Path):
    voiceguide("export", *SHORT, "-o", tmp_path / "x.m4b")

    words = ["ffprobe", "-v", "error", "-show_chapters", str(tmp_path / "x.m4b")]
    told = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    titles = re.findall(r"TAG:title=(.*)", told)
    assert titles[0] == "Welcome"
    assert titles[-1] == "The end"
    assert "Up the back" in titles


def test_a_page_holds_its_track_and_leaves_nothing_else(tmp_path: Path):
    done = voiceguide("export", *SHORT, "-o", tmp_path / "massage.html")

    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["massage.html"]
    text = (tmp_path / "massage.html").read_text("utf-8")
    assert "Slow strokes" in text
    assert len(text) > 3_000_000


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["-o", "x.wav", "--captions", "vvt"], "'vvt'", "vtt"),
        (["-o", "x.wav", "--captions", "srt"], "x.srt exists", "--force"),
        (["-o", "there.html"], "there.html exists", "--force"),
        (["-o", "nowhere/x.html"], "nowhere", "folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(tmp_path: Path, words, error, hint):
    for name in ("x.srt", "there.html"):
        (tmp_path / name).write_text("mine", "utf-8")

    assert_refused(voiceguide("export", *SHORT, *words, cwd=tmp_path), 7, error, hint)
    assert {path.name for path in tmp_path.iterdir()} == {"x.srt", "there.html"}
