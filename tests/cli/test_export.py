import hashlib
import re
import resource
import signal
import subprocess
import time
import wave
from pathlib import Path

import pytest
from command import VOICEGUIDE, assert_refused, machine_without, voiceguide
from needs import needs_command, needs_module

pytestmark = needs_module("espeakng_loader")

SHORT = """\
format: 1
title: Short
sections:
  - title: All
    steps:
      - {title: Glide, say: Glide up., time: 15-60 s}
      - {title: Press, say: Press here., hold: 5 s, repeat: 2}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "short.yaml").write_text(SHORT, "utf-8")
    return tmp_path


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "short.yaml")


def test_half_an_hour_is_exactly_half_an_hour_and_the_same_every_time(tmp_path):
    digests = []
    for name in ("one.wav", "two.wav"):
        done = voiceguide("export", "eleven-steps", "--minutes", "30", "-o", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(
            rf"{name}: 30:00, 345.6 MB, \d+ chapters, -2\d LUFS, peak -\d\.\d dBTP", done.stderr.splitlines()[-1]
        )
        with (tmp_path / name).open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    with wave.open(str(tmp_path / "one.wav")) as file:
        assert file.getparams()[:4] == (2, 2, 48_000, 86_400_000)
    assert digests[0] == digests[1]


@needs_command("ffprobe")
@pytest.mark.parametrize("ending", ["wav", "mp3", "flac", "opus", "m4a"])
def test_every_ending_is_a_file_of_that_kind_and_of_the_length(folder, ending):
    done = voiceguide("export", "./short.yaml", "-m", "1.5", "-o", f"x.{ending}", cwd=folder)

    assert done.returncode == 0, done.stderr
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", folder / f"x.{ending}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(probe.stdout) == pytest.approx(90, abs=0.1)
    assert left_behind(folder) == [f"x.{ending}"]


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["elevensteps", "-o", "x.wav"], 3, "no routine called", "did you mean eleven-steps?"),
        (["eleven-steps", "-o", "x.xyz"], 7, ".xyz files are unknown", ".wav"),
        (["eleven-steps", "-o", "x.htm"], 7, ".htm files are unknown", "did you mean .html?"),
        (["eleven-steps", "-o", "x"], 7, "what kind of file", ".html"),
        (["eleven-steps", "-o", "x" * 300 + ".wav"], 7, "file name too long", "a shorter name"),
        (["eleven-steps", "-o", "no/x.wav"], 7, "no/x.wav", "make the folder"),
        (["eleven-steps", "-o", "."], 7, "kind of file", ".wav"),
        (["eleven-steps", "-o", "there.wav"], 7, "exists already", "--force"),
        (["eleven-steps", "-o", "x.wav", "-m", "1"], 4, "cannot be done in 1 minute", "at least"),
        (["eleven-steps", "-o", "x.wav", "--voice", "espaek"], 5, "espaek", "espeak"),
        (["eleven-steps", "-o", "x.wav", "--voice", "espeak:nobody"], 5, "nobody", "espeak:"),
        (["eleven-steps", "-o", "x.wav", "--music", "warmpad"], 8, "no music called 'warmpad'", "warm-pad"),
        (["eleven-steps", "-o", "x.wav", "--chimes", "bowls"], 8, "no chimes called 'bowls'", "bowl"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_two_lines(tmp_path, words, code, error, hint):
    (tmp_path / "there.wav").write_text("mine", "utf-8")

    assert_refused(voiceguide("export", *words, cwd=tmp_path), code, error, hint)

    assert [path.name for path in tmp_path.iterdir()] == ["there.wav"]
    assert (tmp_path / "there.wav").read_text("utf-8") == "mine"


def test_a_file_that_is_there_is_replaced_when_asked_to(folder):
    (folder / "x.wav").write_text("old", "utf-8")

    assert voiceguide("export", "./short.yaml", "-o", "x.wav", "--force", cwd=folder).returncode == 0

    assert (folder / "x.wav").stat().st_size > 1_000_000


@pytest.mark.parametrize(("name", "number"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("ending", ["wav", "mp3"])
def test_an_export_that_is_interrupted_leaves_what_was_there(tmp_path, name, number, ending):
    (tmp_path / f"x.{ending}").write_text("old", "utf-8")
    export = subprocess.Popen(
        [*VOICEGUIDE, "export", "eleven-steps", "-m", "30", "-o", f"x.{ending}", "--force"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: any(path.stat().st_size > 100_000 for path in tmp_path.iterdir() if path.name.startswith(".")))

    export.send_signal(getattr(signal, name))
    _, errors = export.communicate(timeout=20)

    assert export.returncode == number
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == [f"x.{ending}"]
    assert (tmp_path / f"x.{ending}").read_text("utf-8") == "old"


def wait_for(condition) -> None:
    for _ in range(12_000):
        if condition():
            return
        time.sleep(0.005)
    pytest.fail("it did not come within a minute")


def limited_files() -> None:
    """Let no file grow over 5 MB, as a disk that is nearly full would."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))


@pytest.mark.parametrize("kind", ["wav", "html"])
def test_a_disk_that_is_full_leaves_nothing_half_written(tmp_path, kind):
    done = subprocess.run(
        [*VOICEGUIDE, "export", "eleven-steps", "-m", "30", "-o", f"x.{kind}"],
        cwd=tmp_path, capture_output=True, text=True, preexec_fn=limited_files, timeout=60, check=False,
    )  # fmt: skip

    # What ffmpeg says of a page's sound is in its own words.
    assert_refused(done, 7, f"cannot write x.{kind}", "choose another" if kind == "wav" else "try")
    assert "voiceguide-" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["mp3", "html"])
def test_without_ffmpeg_what_needs_it_is_refused_with_what_to_install(folder, kind):
    env = machine_without(folder / "bin", modules=("imageio_ffmpeg",))

    done = voiceguide("export", "./short.yaml", "-o", f"x.{kind}", cwd=folder, env=env)

    assert_refused(done, 7, f"cannot write x.{kind}: .{kind} files need ffmpeg", "imageio-ffmpeg")


def test_without_any_engine_the_error_says_what_to_install(folder):
    env = machine_without(folder / "bin", modules=("espeakng_loader", "pyttsx3"), libraries=("libespeak",))

    done = voiceguide("export", "./short.yaml", "-o", "x.wav", cwd=folder, env=env)

    assert_refused(done, 5, "no speech engine is installed", "install")


def test_without_any_engine_a_timetable_is_estimated_and_says_so(folder):
    env = machine_without(folder / "bin", modules=("espeakng_loader", "pyttsx3"), libraries=("libespeak",))

    done = voiceguide("show", "./short.yaml", cwd=folder, env=env)

    assert done.returncode == 0
    assert "Glide" in done.stdout
    assert "estimated" in done.stderr


def test_a_cache_folder_that_cannot_be_written_does_not_stop_an_export(folder):
    (folder / "cache").write_text("a file, not a folder", "utf-8")

    done = voiceguide(
        "export", "./short.yaml", "-o", "x.wav", cwd=folder, env={"XDG_CACHE_HOME": str(folder / "cache")}
    )

    assert done.returncode == 0, done.stderr
