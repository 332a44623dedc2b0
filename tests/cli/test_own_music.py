"""Own music under a session, by the command."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from command import assert_refused, voiceguide

ROUTINE = """\
format: 1
title: Rest
sections:
  - title: All
    steps:
      - {title: Rest, say: Rest your hands., time: 30-60 s}
"""


@pytest.fixture
def routine(tmp_path: Path) -> Path:
    path = tmp_path / "rest.yaml"
    path.write_text(ROUTINE, "utf-8")
    return path


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "my müsic's 手"
    folder.mkdir()
    for name, hz, seconds in (("track 2.wav", 440, 12), ("track 10.flac", 220, 15)):
        tone = 0.5 * np.sin(2 * np.pi * hz * np.arange(48_000 * seconds) / 48_000)
        soundfile.write(folder / name, tone, 48_000)
    (folder / "notes.mp3").write_text("no sound at all", "utf-8")
    return folder


def test_a_folder_runs_under_a_session_and_what_is_broken_is_told_once(routine, music, tmp_path):
    done = voiceguide("export", routine, "-m", "1", "--voice", "espeak", "--music", music, "-o", tmp_path / "x.wav")

    sound, rate = soundfile.read(tmp_path / "x.wav")
    assert done.returncode == 0, done.stderr
    assert len(sound) == 60 * rate
    assert done.stderr.count("notes.mp3") == 1
    # The second track is heard after the first has faded into it.
    spectrum = np.abs(np.fft.rfft(sound[14 * rate : 18 * rate, 0]))
    assert abs(np.argmax(spectrum) / 4 - 220) < 2


@pytest.mark.parametrize(
    ("wanted", "code", "error", "hint"),
    [
        ("nowhere.mp3", 8, "nowhere.mp3", "check the name"),
        ("rian", 8, "'rian'", "rain"),
        (".", 8, "no track", "tracks end in"),
        ("", 8, "''", "bundled music"),
        ("http://127.0.0.1/a.mp3", 8, "http://127.0.0.1/a.mp3", "on this machine"),
    ],
)
def test_music_that_is_none_is_refused_before_anything_is_made(routine, tmp_path, wanted, code, error, hint):
    (tmp_path / "empty").mkdir()

    done = voiceguide("export", routine, "--music", wanted, "-o", tmp_path / "x.wav", cwd=tmp_path / "empty")

    assert_refused(done, code, error, hint)
    assert not (tmp_path / "x.wav").exists()
