"""How an encoder that fails, dies or is interrupted leaves things."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from needs import needs_command

from voiceguide.errors import TargetError
from voiceguide.media.decode import decode
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.outputs.encoders import ENCODERS
from voiceguide.outputs.ffmpeg import FfmpegOutput, lack_of
from voiceguide.outputs.registry import check_target

pytestmark = needs_command("ffmpeg", "ffprobe")

KINDS = list(ENCODERS)


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).integers(-9000, 9000, (int(48_000 * seconds), 2), np.int16)


def started(path: Path, **options: bool) -> FfmpegOutput:
    output = FfmpegOutput(path, **options)
    output.open()
    return output


def write_to_the_end(output: FfmpegOutput, seconds: int) -> None:
    for _ in range(seconds):
        output.write(noise(1))
    output.close()


def fake_ffmpeg(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


@pytest.mark.parametrize("kind", KINDS)
def test_the_ending_tells_the_kind_in_capitals_too(tmp_path: Path, kind: str):
    path = tmp_path / f"a{kind.upper()}"
    output = started(path)
    output.write(noise(0.5))
    output.close()

    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    codecs = {".m4a": "aac", ".m4b": "aac", ".ogg": "vorbis"}
    assert probe.stdout.strip() == codecs.get(kind, kind[1:])
    assert output.name == kind[1:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_lies_on_its_frame_when_it_is_read_back(tmp_path: Path, kind: str):
    session = np.zeros((96_000, 2), np.int16)
    session[48_000:52_800] = noise(0.1)
    output = started(tmp_path / f"a{kind}")
    output.write(session)
    output.close()

    heard = decode(tmp_path / f"a{kind}")

    window = heard[47_000:54_000, 0].astype(float)
    assert np.correlate(window, session[48_000:52_800, 0].astype(float), "valid").argmax() == 1000


def test_a_name_with_every_sign_is_taken_as_it_is(tmp_path: Path):
    path = tmp_path / "-i 100% : 'massage' %d ü\U0001f486.mp3"
    output = started(path)
    output.write(noise(0.2))
    output.close()

    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_name_in_the_current_folder_needs_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    output = started(Path("a.flac"))
    output.write(noise(0.2))
    output.close()

    assert len(decode(Path("a.flac"))) == 9600


def test_an_existing_file_is_replaced_only_when_told(tmp_path: Path):
    path = tmp_path / "a.mp3"
    path.write_text("dear")

    with pytest.raises(TargetError, match="exists already"):
        started(path)
    kept = path.read_text()
    output = started(path, overwrite=True)
    output.write(noise(0.2))
    output.close()

    assert kept == "dear"
    assert len(decode(path)) >= 9600


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_told_and_nothing_stays(small_disk: Path, kind: str):
    output = started(small_disk / f"a{kind}")

    with pytest.raises(TargetError, match="no space left") as error:
        write_to_the_end(output, seconds=60)

    output.abort()
    assert "space" in error.value.hint
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_is_full_at_the_very_end_is_told_though_ffmpeg_calls_it_a_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # As ffmpeg 5.1 does with .ogg and .m4a.
    says = "Error writing trailer of a.ogg: No space left on device"
    fake_ffmpeg(tmp_path, f"cat >/dev/null; echo '{says}' >&2; exit 0", monkeypatch)
    output = started(tmp_path / "a.ogg")

    with pytest.raises(TargetError, match="no space left"):
        write_to_the_end(output, seconds=1)

    assert not list(tmp_path.glob("*.ogg"))


def test_an_encoder_that_dies_is_told_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_ffmpeg(tmp_path, "echo first >&2; echo 'the oil is spilt' >&2; exit 3", monkeypatch)
    target = tmp_path / "out" / "a.mp3"
    target.parent.mkdir()
    output = started(target)

    with pytest.raises(TargetError, match="ffmpeg: the oil is spilt") as error:
        write_to_the_end(output, seconds=20)

    output.abort()
    assert error.value.hint
    assert list(target.parent.iterdir()) == []


def test_an_encoder_that_dies_silently_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_ffmpeg(tmp_path, "cat >/dev/null; exit 3", monkeypatch)
    output = started(tmp_path / "a.mp3")
    output.write(noise(1))

    with pytest.raises(TargetError, match="exit code 3"):
        output.close()

    assert not list(tmp_path.glob("*.mp3"))
    assert not list(tmp_path.glob(".*"))


def test_an_ffmpeg_without_the_encoder_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_ffmpeg(tmp_path, "echo \"Unknown encoder 'libmp3lame'\" >&2; exit 1", monkeypatch)
    output = started(tmp_path / "a.mp3")

    with pytest.raises(TargetError) as error:
        output.close()

    assert "newer" in error.value.hint


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo \"Unknown encoder 'libmp3lame'\" >&2; exit 1", "Unknown encoder"),
        ("cat >/dev/null; exit 3", "exit code 3"),
    ],
)
def test_what_an_ffmpeg_lacks_is_found_out_beforehand(tmp_path: Path, monkeypatch, script: str, reason: str):
    assert FfmpegOutput(tmp_path / "a.mp3").missing() is None

    fake_ffmpeg(tmp_path, script, monkeypatch)

    assert reason in (FfmpegOutput(tmp_path / "a.mp3").missing() or "")


def test_an_option_that_is_not_understood_is_found_out_beforehand():
    assert "nosuchcoder" in (lack_of(find_ffmpeg(), ("-c:a", "nosuchcoder", "-f", "mp3")) or "")
    assert lack_of(find_ffmpeg(), ("-c:a", "aac", "-no_such_option", "1", "-f", "ipod"))
    assert "nosuchmuxer" in (lack_of(find_ffmpeg(), ("-c:a", "aac", "-f", "nosuchmuxer")) or "")


def test_a_trial_without_room_tells_nothing_of_the_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_ffmpeg(tmp_path, "echo trial: No space left on device >&2; exit 1", monkeypatch)

    assert FfmpegOutput(tmp_path / "a.mp3").missing() is None


def test_an_ffmpeg_that_lacks_one_quality_makes_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real = find_ffmpeg()
    fake_ffmpeg(tmp_path, f'case "$*" in *-aac_coder*) echo no coder >&2; exit 1;; esac; exec {real} "$@"', monkeypatch)

    check_target(tmp_path / "a.m4a", quality="small")
    with pytest.raises(TargetError, match=r"\.m4a files need another ffmpeg") as error:
        check_target(tmp_path / "a.m4a", quality="good")

    assert "no coder" in error.value.hint
    assert not [path.name for path in tmp_path.iterdir() if path.name != "bin"]


def test_an_encoder_that_talks_without_end_blocks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_ffmpeg(tmp_path, "head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; cat >/dev/null; exit 3", monkeypatch)
    output = started(tmp_path / "a.mp3")

    for _ in range(20):
        output.write(noise(1))

    with pytest.raises(TargetError):
        output.close()


def test_a_killed_encoder_leaves_nothing(tmp_path: Path):
    output = started(tmp_path / "a.mp3")
    output.write(noise(1))
    os.kill(output._child.process.pid, signal.SIGKILL)

    with pytest.raises(TargetError):
        write_to_the_end(output, seconds=20)

    output.abort()
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_hangs_is_aborted_at_once(tmp_path: Path):
    output = started(tmp_path / "a.mp3")
    output.write(noise(1))
    os.kill(output._child.process.pid, signal.SIGSTOP)
    start = time.monotonic()

    output.abort()

    assert time.monotonic() - start < 1
    assert list(tmp_path.iterdir()) == []


INTERRUPTED = """
import sys, time
from pathlib import Path
import numpy as np
from voiceguide.outputs.ffmpeg import FfmpegOutput
from voiceguide.outputs.pump import finishing

output = FfmpegOutput(Path(sys.argv[1]))
output.open()
with finishing(output):
    print(output._child.process.pid, flush=True)
    while True:
        output.write(np.ones((48000, 2), np.int16))
        time.sleep(0.01)
"""


def test_ctrl_c_reaches_us_before_the_encoder_and_leaves_nothing(tmp_path: Path):
    # As a terminal does, the signal goes to our whole process group.
    program = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "a.mp3")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    encoder = int(program.stdout.readline())
    time.sleep(0.3)
    encoder_group = os.getpgid(encoder)

    os.killpg(program.pid, signal.SIGINT)

    _, said = program.communicate(timeout=10)
    assert encoder_group != program.pid
    assert "KeyboardInterrupt" in said
    assert "TargetError" not in said
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(encoder, 0)


def test_without_ffmpeg_the_hint_tells_how_to_get_it(tmp_path: Path, no_ffmpeg: None):
    output = FfmpegOutput(tmp_path / "a.mp3")

    with pytest.raises(TargetError) as error:
        output.open()

    assert output.missing() == error.value.hint
    assert "imageio-ffmpeg" in error.value.hint
    assert list(tmp_path.iterdir()) == []
