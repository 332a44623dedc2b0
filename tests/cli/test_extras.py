"""What stands beside a track, or around it."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from chromium import COMMAND, chromium
from command import VOICEGUIDE, assert_refused, voiceguide
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


@needs_command("ffprobe")
@pytest.mark.parametrize("kind", ["m4b", "wav"])
def test_the_chapters_of_a_track_are_the_steps(tmp_path: Path, kind: str):
    voiceguide("export", *SHORT, "-o", tmp_path / f"x.{kind}")

    words = ["ffprobe", "-v", "error", "-show_chapters", str(tmp_path / f"x.{kind}")]
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


@needs_command(COMMAND, "bash")
def test_the_page_of_a_real_session_plays_skips_and_goes_on_after_a_reload(tmp_path: Path):
    done = voiceguide("export", *SHORT, "-o", tmp_path / "massage.html")
    assert done.returncode == 0, done.stderr
    opened = "!document.querySelector('#hold').disabled && sound.readyState >= 3"

    with chromium() as browser, browser.tab(width=390, height=844, phone=True) as tab:
        tab.open((tmp_path / "massage.html").as_uri())
        tab.wait_for(opened)
        session = json.loads(tab.value("document.getElementById('session').textContent"))
        length_s = tab.value("sound.duration")
        tab.click("#hold")
        tab.wait_for("sound.currentTime > 0.3")
        tab.click("#next")
        tab.click("#next")
        tab.wait_for("!sound.seeking")
        at_s = tab.value("sound.currentTime")
        tab.click("#hold")
        tab.wait_for("sound.paused")
        tab.reload()
        tab.wait_for(opened)
        again_s = tab.value("sound.currentTime")
        shown = tab.value("document.querySelector('#step').innerText")
        complaints, requests = tab.complaints(), tab.requests()

    start_s, end_s = (session["steps"][2][name] / 1000 for name in ("startMs", "endMs"))
    assert length_s == pytest.approx(4 * 60, abs=0.05)
    # It is kept in whole milliseconds.
    assert start_s <= at_s <= again_s + 0.001 < end_s
    assert shown == session["steps"][2]["title"]
    assert complaints == []
    assert {address.partition(":")[0] for address in requests} <= {"file", "blob", "data"}


def test_a_timetable_stems_and_a_file_a_step_stand_beside_a_track(tmp_path: Path):
    done = voiceguide("export", *SHORT, "-o", "x.mp3", "--text", "--stems", "--split", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    beside = ["x.txt", "x.voice.flac", "x.music.flac", "x.chimes.flac", "x"]
    assert {path.name for path in tmp_path.iterdir()} == {"x.mp3", *beside}
    assert [line for line in done.stderr.splitlines() if line.endswith(": written")] == [
        f"{it}: written" for it in beside
    ]
    shown = voiceguide("show", *SHORT).stdout.splitlines()
    printed = (tmp_path / "x.txt").read_text("utf-8").splitlines()
    rows = [line.rstrip() for line in shown if re.match(r" *\d+:\d\d  ", line)]
    assert rows
    assert [line for line in printed if re.match(r" *\d+:\d\d  ", line)] == rows
    names = sorted(path.name for path in (tmp_path / "x").glob("*.mp3"))
    assert names[0] == "01 Welcome.mp3"
    assert names[-1] == f"{len(names):02} The end.mp3"
    assert len(names) == len(rows) + 2


ODD_TITLES = ["../x", "CON", "a/b", "Warm 🙂 hands", "Say: \"ah\" = 'oh'; #1\\", "two\nlines", "x" * 120, "Ready?"]


@needs_command("ffprobe")
def test_odd_titles_are_safe_as_names_and_exact_as_tags(tmp_path: Path):
    steps = [{"title": title, "say": "Glide up.", "time": "12-20 s"} for title in ODD_TITLES]
    routine = {"format": 1, "title": 'Odd: "it"\nis', "sections": [{"title": "All", "steps": steps}]}
    (tmp_path / "odd.yaml").write_text(json.dumps(routine, ensure_ascii=False), "utf-8")

    done = voiceguide("export", "./odd.yaml", "--voice", "espeak", "-o", "odd.opus", "--split", "--text", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"odd.yaml", "odd.opus", "odd", "odd.txt"}
    files = sorted((tmp_path / "odd").glob("*.opus"))
    assert [file.name[:2] for file in files] == [f"{number:02}" for number in range(1, 3 + len(ODD_TITLES))]
    for file, title in zip(files[1:-1], ODD_TITLES, strict=True):
        words = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(file)]
        (stream,) = (
            each
            for each in json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)["streams"]
            if each["codec_type"] == "audio"
        )
        # A routine's titles are read as one line.
        assert (stream["tags"]["TITLE"], stream["tags"]["ALBUM"]) == (title.replace("\n", " "), 'Odd: "it" is')


def test_a_split_that_is_interrupted_leaves_no_part_of_it(tmp_path: Path):
    export = subprocess.Popen(
        [*VOICEGUIDE, "export", *SHORT, "-o", "x.mp3", "--split"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(6_000):
        if list(tmp_path.glob(".voiceguide-*/x/02*")):
            break
        time.sleep(0.005)
    else:
        pytest.fail("no second step came within 30 s")

    export.send_signal(signal.SIGINT)
    _, errors = export.communicate(timeout=20)

    assert export.returncode == 130
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["x.mp3"]


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["-o", "x.wav", "--text"], "x.txt exists", "--force"),
        (["-o", "x.mp3", "--stems"], "x.voice.flac exists", "--force"),
        (["-o", "album.mp3", "--split"], "album holds files that are not of our making: song.mp3", "move them away"),
        (["-o", "album.mp3", "--split", "--force"], "album holds files", "move them away"),
        (["-o", "plain.mp3", "--split", "--force"], "plain is no folder", "move it away"),
        (["-o", "x.wav", "--captions", "vvt"], "'vvt'", "vtt"),
        (["-o", "x.wav", "--captions", "srt"], "x.srt exists", "--force"),
        (["-o", "there.html"], "there.html exists", "--force"),
        (["-o", "nowhere/x.html"], "nowhere", "folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(tmp_path: Path, words, error, hint):
    (tmp_path / "album").mkdir()
    there = {"x.srt", "there.html", "x.txt", "x.voice.flac", "plain", "album/song.mp3"}
    for name in there:
        (tmp_path / name).write_text("mine", "utf-8")

    assert_refused(voiceguide("export", *SHORT, *words, cwd=tmp_path), 7, error, hint)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == there
    assert all((tmp_path / name).read_text("utf-8") == "mine" for name in there)


def test_a_target_and_a_stem_of_another_are_not_one_file(tmp_path: Path):
    done = voiceguide("export", *SHORT, "-o", "m.flac", "-o", "m.voice.flac", "--stems", cwd=tmp_path)

    assert_refused(done, 7, "m.voice.flac are one file", "a name of its own")


@pytest.mark.parametrize(
    ("targets", "named"), [(("a.mp3", "a.wav"), '"a.wav" WAVE'), (("p.html", "p.MP3"), '"p.MP3" MP3')]
)
def test_a_cue_sheet_names_the_sound_that_needs_it(tmp_path: Path, targets, named):
    outputs = [word for target in targets for word in ("-o", target)]
    voiceguide("export", *SHORT, *outputs, "--cue", cwd=tmp_path, timeout_s=120)

    assert f"FILE {named}" in (tmp_path / f"{targets[0][0]}.cue").read_text("utf-8")


def test_a_page_needs_no_cue_sheet(tmp_path: Path):
    assert_refused(voiceguide("export", *SHORT, "-o", "p.html", "--cue", cwd=tmp_path), 7, "no cue sheet", "--cue")
