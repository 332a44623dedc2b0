"""One session in every format: as long as planned, on the mark, whole or not there, the same each time."""

import json
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import mutagen
import numpy as np
import pytest
from command import VOICEGUIDE, assert_refused, voiceguide
from needs import needs, needs_command, needs_module

from voiceguide.audio.loudness import true_peak_db
from voiceguide.audio.samples import as_buffer
from voiceguide.media.decode import decode
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.media.sounds import load_chime
from voiceguide.units import SAMPLE_RATE, frames

pytestmark = [needs_module("espeakng_loader"), needs(find_ffmpeg() is not None, "no ffmpeg"), needs_command("ffprobe")]

WRITTEN = "Quotes \" ' and\nlines, =;#\\ [a] 🙂 größer"
TITLE = WRITTEN.replace("\n", " ")
"""Titles are one line, whatever was written."""

ROUTINE = f"""\
format: 1
title: {json.dumps(WRITTEN, ensure_ascii=False)}
sections:
  - title: All
    steps:
      - {{title: {json.dumps("One " + WRITTEN, ensure_ascii=False)}, say: Glide up., time: 15-180 s}}
      - {{title: Press, say: Press here., hold: 5 s, repeat: 2}}
"""
KINDS = ("wav", "flac", "mp3", "opus", "ogg", "m4a", "m4b", "html")
CODEC_FRAMES = {"wav": 0, "flac": 0, "mp3": 1152, "opus": 960, "ogg": 2048, "m4a": 1024, "m4b": 1024}
LENGTH_MS = 108_000
PLAN = ("./odd.yaml", "-m", "1.8", "--voice", "espeak")
WORDS = (*PLAN, "--music", "none")
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}


def targets(kinds=KINDS, name="x") -> list[str]:
    return [word for kind in kinds for word in ("-o", f"{name}.{kind}")]


def library(folder: Path) -> Path:
    (folder / "odd.yaml").write_text(ROUTINE, "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return library(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All formats from one mix, made once for all tests that only look at them."""
    folder = library(tmp_path_factory.mktemp("made"))
    done = voiceguide("export", *WORDS, *targets(), "--json", cwd=folder, env=EPOCH)
    assert done.returncode == 0, done.stderr
    (folder / "summary.json").write_text(done.stdout, "utf-8")
    (folder / "told.txt").write_text(done.stderr, "utf-8")
    return folder


@pytest.mark.parametrize("kind", CODEC_FRAMES)
def test_every_format_lasts_as_long_as_planned(made: Path, kind: str):
    heard = decode(made / f"x.{kind}")

    assert 0 <= len(heard) - frames(LENGTH_MS) <= CODEC_FRAMES[kind]


@pytest.mark.parametrize("kind", CODEC_FRAMES)
def test_every_chime_sounds_at_its_moment(made: Path, kind: str):
    heard = decode(made / f"x.{kind}")[:, 0].astype(float)
    told = voiceguide("show", *PLAN, "--timeline", cwd=made).stdout
    chimes = re.findall(r"^(\d+):(\d+):(\d+)\.(\d+) chime +(\S+)$", told, re.MULTILINE)
    reach = frames(30)

    late_ms = []
    for hours, minutes, seconds, milli, name in chimes:
        at = frames(((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(milli))
        # A step begins with its words soon after: the beginning of the chime is heard alone.
        clip = load_chime("bowl", name)[: frames(400), 0]
        window = heard[at - reach : at + reach + len(clip)]
        late_ms.append((np.correlate(window, clip, "valid").argmax() - reach) / frames(1))

    assert len(late_ms) >= 5
    assert max(map(abs, late_ms)) <= 5, late_ms


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "html"])
def test_odd_titles_are_kept_to_the_letter(made: Path, kind: str):
    words = ["ffprobe", "-v", "error", "-show_chapters", "-show_format", "-show_streams", "-of", "json"]
    told = json.loads(subprocess.run([*words, made / f"x.{kind}"], capture_output=True, check=True).stdout)
    tags = {
        name.lower(): value
        for each in (told["format"], *told["streams"])
        for name, value in each.get("tags", {}).items()
    }

    assert tags["title"] == TITLE
    assert [each["tags"]["title"] for each in told["chapters"]] == ["Welcome", "One " + TITLE, "Press", "The end"]


@pytest.mark.parametrize("kind", KINDS)
def test_alone_it_has_the_same_bytes_as_among_others_and_the_second_time(made: Path, folder: Path, kind: str):
    done = voiceguide("export", *WORDS, "-o", f"x.{kind}", cwd=folder, env=EPOCH)

    assert done.returncode == 0, done.stderr
    assert (folder / f"x.{kind}").read_bytes() == (made / f"x.{kind}").read_bytes()


def test_the_summary_tells_of_each_target(made: Path):
    summary = json.loads((made / "summary.json").read_text("utf-8"))
    told = (made / "told.txt").read_text("utf-8").splitlines()

    assert summary["length_ms"] == LENGTH_MS
    assert summary["peak_dbtp"] == pytest.approx(true_peak_db(as_buffer(decode(made / "x.wav"))), abs=0.1)
    assert -30 < summary["loudness_lufs"] < -18
    assert [track["chapters"] for track in summary["tracks"]] == [4] * len(KINDS)
    for track, line in zip(summary["tracks"], told[-len(KINDS) :], strict=True):
        assert track["size_bytes"] == (made / track["target"]).stat().st_size
        assert re.match(rf"{track['target']}: 1:48, \d+\.\d MB, 4 chapters, -\d+ LUFS, peak -\d\.\d dBTP$", line)


def test_nothing_but_the_targets_is_left(made: Path):
    assert {path.name for path in made.iterdir()} == {
        "odd.yaml", "summary.json", "told.txt", *(f"x.{kind}" for kind in KINDS)
    }  # fmt: skip


def test_what_is_beside_tracks_of_one_name_is_written_once(folder: Path):
    done = voiceguide("export", *WORDS, *targets(("wav", "opus")), "--captions", "vtt", "--cue", "--text", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert done.stderr.count("x.vtt: written") == 1
    assert 'FILE "x.wav" WAVE' in (folder / "x.cue").read_text("utf-8")
    assert {path.name for path in folder.iterdir()} == {"odd.yaml", "x.wav", "x.opus", "x.vtt", "x.cue", "x.txt"}


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["-o", "x.mp3", "-o", "x.mp3"], 7, "one file", "a name of its own"),
        (["-o", "x.mp3", "-o", "./sub/../x.mp3"], 7, "one file", "a name of its own"),
        (["-o", "link.mp3", "-o", "there.mp3", "--force"], 7, "one file", "a name of its own"),
        (["-o", "x.mp3", "-o", "there.mp3"], 7, "there.mp3 exists", "--force"),
        (["-o", "x.mp3", "-o", "no/x.ogg"], 7, "no/x.ogg", "make the folder"),
        (["-o", "x.mp3", "-o", "x.mp4"], 7, ".mp4 files are unknown", "did you mean"),
        (["-o", "x.mp3", "-o", "x.m4b", "--audiobook"], 7, "x.m4b cannot be an audiobook", ".mp3"),
        (["-o", "x.mp3", "--audiobook", "-m", "121", "--stretch"], 4, "120 minutes at most", "--minutes 120"),
    ],
)
def test_what_cannot_be_made_is_refused_before_any_work(folder: Path, words, code, error, hint):
    (folder / "sub").mkdir()
    (folder / "there.mp3").write_text("mine", "utf-8")
    (folder / "link.mp3").symlink_to("there.mp3")

    assert_refused(voiceguide("export", *WORDS, *words, cwd=folder), code, error, hint)

    assert {path.name for path in folder.iterdir()} == {"odd.yaml", "sub", "there.mp3", "link.mp3"}
    assert (folder / "there.mp3").read_text("utf-8") == "mine"


@pytest.mark.parametrize("minutes", ["abc", "20,", "nan", "20,inf"])
def test_minutes_that_are_no_numbers_are_a_wrong_command_line(folder: Path, minutes: str):
    done = voiceguide("export", "./odd.yaml", "-m", minutes, "-o", "x.mp3", cwd=folder)

    assert done.returncode == 2
    assert "no number of minutes" in done.stderr


# --- quality ---------------------------------------------------------------------------------------------------------


def test_a_better_quality_is_a_larger_file(folder: Path):
    sizes = []
    for quality in ("small", "best"):
        voiceguide("export", *WORDS, "-o", f"{quality}.mp3", "--quality", quality, cwd=folder)
        sizes.append((folder / f"{quality}.mp3").stat().st_size)

    assert sizes[1] / sizes[0] == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize("levels", [[], ["--voice-level", "6", "--music-level", "6", "--chime-level", "6"]])
def test_an_audiobook_keeps_the_limits_of_acx(folder: Path, levels: list[str]):
    done = voiceguide("export", *PLAN, *levels, "-o", "x.mp3", "--audiobook", cwd=folder)

    assert done.returncode == 0, done.stderr
    info, heard = mutagen.File(folder / "x.mp3").info, decode(folder / "x.mp3")
    assert (info.sample_rate, info.bitrate, str(info.bitrate_mode)) == (44_100, 192_000, "BitrateMode.CBR")
    assert true_peak_db(as_buffer(heard)) <= -3
    assert abs(len(heard) - frames(LENGTH_MS)) <= 1152 * SAMPLE_RATE // 44_100


def test_an_audiobook_tells_which_limits_of_acx_it_misses(folder: Path):
    done = voiceguide("export", *PLAN, "-o", "x.mp3", "--audiobook", "--json", cwd=folder)

    told, heard = json.loads(done.stdout)["acx"], as_buffer(decode(folder / "x.mp3"))
    # An MP3 loses a quarter of a decibel of music with much side in it.
    assert told["rms_db"] == pytest.approx(10 * np.log10((heard.astype(float) ** 2).mean()), abs=0.4)
    assert told["floor_db"] > -60
    assert f"Not as ACX asks: {told['missed'][-1]}" in done.stderr
    assert "--music none" in told["missed"][-1]


# --- what goes wrong -------------------------------------------------------------------------------------------------


def limited_files() -> None:
    """Let no file grow over 5 MB, as a disk that is full half-way would."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start exports that end with the test, however that went."""
    with ExitStack() as running:

        def start(folder: Path, *words: str, **more: object) -> subprocess.Popen[str]:
            export = subprocess.Popen(
                [*VOICEGUIDE, "export", *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, **more,
            )  # fmt: skip
            running.callback(export.communicate)
            running.callback(export.terminate)
            return export

        yield start


def test_one_that_finds_no_room_does_not_keep_the_others_from_being_made(folder: Path, started):
    (folder / "x.wav").write_text("old", "utf-8")

    export = started(folder, *WORDS, *targets(("opus", "wav", "m4a")), "--force", preexec_fn=limited_files)
    _, told = export.communicate(timeout=60)

    assert export.returncode == 7
    assert "error: cannot write x.wav" in told
    assert "Traceback" not in told
    assert (folder / "x.wav").read_text("utf-8") == "old"
    assert {path.name for path in folder.iterdir()} == {"odd.yaml", "x.wav", "x.opus", "x.m4a"}
    assert len(decode(folder / "x.m4a")) >= frames(LENGTH_MS)


def encoders_of(process: subprocess.Popen[str]) -> dict[str, int]:
    """Return the ending of what each child of a process encodes, and its number."""
    found = {}
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        # Threads and children may end while they are looked at.
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in (task / "children").read_text().split():
                words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                # Without those that only try what an ffmpeg is able to.
                if b"-nostdin" in words and Path(words[-2].decode()).name.startswith("."):
                    found[Path(words[-2].decode()).suffix[1:]] = int(child)
    return found


@pytest.fixture
def logged(folder: Path) -> Iterator[Callable[[], list[str]]]:
    """Let every ffmpeg write down what it makes; return the endings of what it made in the folder."""
    program, log = folder / "bin" / "ffmpeg", folder / "bin" / "log"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" >> "{log}"\nexec "{find_ffmpeg()}" "$@"\n')
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        yield lambda: sorted(Path(line).suffix for line in log.read_text().splitlines() if str(folder) in line)


def wait_for(condition) -> None:
    for _ in range(8_000):
        if condition():
            return
        time.sleep(0.005)
    pytest.fail("it did not come within 40 s")


def test_an_encoder_that_dies_half_way_does_not_keep_the_others_from_being_made(tmp_path: Path, started):
    (tmp_path / "x.mp3").write_text("old", "utf-8")
    export = started(tmp_path, "eleven-steps", "-m", "25", "--voice", "espeak", "--force", *targets(("mp3", "flac")))
    wait_for(lambda: set(encoders_of(export)) == {"mp3", "flac"})

    os.kill(encoders_of(export)["mp3"], signal.SIGKILL)
    _, told = export.communicate(timeout=60)

    assert export.returncode == 7
    assert "error: cannot write x.mp3: ffmpeg" in told
    assert re.search(r"^x\.flac: 25:00", told, re.MULTILINE)
    assert (tmp_path / "x.mp3").read_text("utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"x.mp3", "x.flac"}


@pytest.mark.parametrize("kinds", [("mp3",), ("wav", "mp3", "opus")])
def test_an_ffmpeg_that_is_too_old_says_so_before_a_word_is_spoken(folder: Path, kinds):
    program = folder / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho \"Unknown encoder 'libmp3lame'\" >&2; exit 1\n")
    program.chmod(0o755)
    cache = {"PATH": f"{program.parent}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder / "cache")}

    done = voiceguide("export", *WORDS, *targets(kinds), cwd=folder, env=cache)

    assert_refused(done, 7, "cannot write x.mp3", "Unknown encoder 'libmp3lame'")
    assert {path.name for path in folder.iterdir()} == {"odd.yaml", "bin"}


@pytest.mark.parametrize("words", [["--quality", "best", "--audiobook"], ["--audiobook", "--quality", "good"]])
def test_an_audiobook_is_a_quality_of_its_own(folder: Path, words):
    done = voiceguide("export", *WORDS, "-o", "x.mp3", *words, cwd=folder)

    assert done.returncode == 2
    assert "--audiobook is a quality" in done.stderr
    assert {path.name for path in folder.iterdir()} == {"odd.yaml"}


def test_two_exports_to_one_target_at_once_give_one_of_them_whole(folder: Path, started):
    alone = {}
    for minutes in ("1.8", "2"):
        words = ("./odd.yaml", "--voice", "espeak", "-m", minutes)
        voiceguide("export", *words, "-o", f"{minutes}.mp3", cwd=folder, env=EPOCH)
        alone[minutes] = (folder / f"{minutes}.mp3").read_bytes()

    both = [
        started(folder, "./odd.yaml", "--voice", "espeak", "-m", minutes, "-o", "x.mp3", "--force",
                env={**os.environ, **EPOCH})
        for minutes in alone
    ]  # fmt: skip
    for each in both:
        each.communicate(timeout=60)

    assert [each.returncode for each in both] == [0, 0]
    assert (folder / "x.mp3").read_bytes() in alone.values()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("kinds", [("mp3", "m4a", "html"), ("wav", "opus")])
def test_several_that_are_interrupted_leave_what_was_there(tmp_path: Path, started, kinds):
    (tmp_path / f"x.{kinds[0]}").write_text("old", "utf-8")
    export = started(tmp_path, "eleven-steps", "-m", "30", "--voice", "espeak", "--force", *targets(kinds))
    wait_for(lambda: any(path.stat().st_size > 100_000 for path in tmp_path.rglob(".*") if path.is_file()))
    encoders = encoders_of(export).values()

    export.send_signal(signal.SIGINT)
    _, told = export.communicate(timeout=20)

    assert export.returncode == 130
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == [f"x.{kinds[0]}"]
    assert (tmp_path / f"x.{kinds[0]}").read_text("utf-8") == "old"
    assert not [pid for pid in encoders if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("kinds", [("html", "m4b", "m4a", "opus"), ("m4a", "m4b"), ("m4b", "html")])
def test_what_several_hold_alike_is_encoded_once_and_is_what_it_is_alone(made: Path, folder: Path, logged, kinds):
    done = voiceguide("export", *WORDS, *targets(kinds), cwd=folder, env=EPOCH)

    assert done.returncode == 0, done.stderr
    assert len([kind for kind in logged() if kind != ".opus"]) == 1
    for kind in kinds:
        assert (folder / f"x.{kind}").read_bytes() == (made / f"x.{kind}").read_bytes()


def test_a_cue_sheet_is_not_for_a_sound_that_was_not_made(folder: Path, started):
    export = started(folder, *WORDS, *targets(("wav", "opus")), "--cue", preexec_fn=limited_files)
    _, told = export.communicate(timeout=60)

    assert "error: cannot write x.wav" in told
    assert 'FILE "x.opus" WAVE' in (folder / "x.cue").read_text("utf-8")


def test_where_the_one_that_is_encoded_fails_the_others_are_made(tmp_path: Path, started):
    export = started(tmp_path, "slow-strokes", "-m", "8", "--voice", "espeak", *targets(("m4a", "m4b", "html")))
    wait_for(lambda: set(encoders_of(export)) == {"m4a"})

    os.kill(encoders_of(export)["m4a"], signal.SIGKILL)
    _, told = export.communicate(timeout=60)

    assert export.returncode == 7
    assert "error: cannot write x.m4a: ffmpeg" in told
    assert {path.name for path in tmp_path.iterdir()} == {"x.m4b", "x.html"}
    assert abs(len(decode(tmp_path / "x.m4b")) - frames(8 * 60_000)) <= CODEC_FRAMES["m4b"]


def test_ctrl_c_ends_an_encoder_that_hangs_too(tmp_path: Path, started):
    export = started(tmp_path, "eleven-steps", "-m", "25", "--voice", "espeak", *targets(("mp3", "opus")))
    wait_for(lambda: set(encoders_of(export)) == {"mp3", "opus"})
    encoders = encoders_of(export).values()
    os.kill(encoders_of(export)["mp3"], signal.SIGSTOP)
    time.sleep(1)

    export.send_signal(signal.SIGINT)
    _, told = export.communicate(timeout=20)

    assert export.returncode == 130
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
    assert not [pid for pid in encoders if Path(f"/proc/{pid}").exists()]
