"""Voices by the command: which there are, how they sound, what is kept."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command import assert_refused, voiceguide
from needs import needs_command, needs_module

pytestmark = needs_module("espeakng_loader")


def listed(*words):
    done = voiceguide("voices", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_voice_is_listed_with_language_and_quality_and_one_is_chosen():
    rows = listed()

    assert {row["quality"] for row in rows} <= {"plain", "fair", "natural", "person"}
    assert "espeak:de" in {row["voice"] for row in rows}
    assert sum(row["chosen"] for row in rows) == 1


def test_a_language_may_be_picked():
    rows = listed("--language", "de")

    assert {row["language"].partition("-")[0] for row in rows} == {"de"}
    assert any(row["voice"].startswith("espeak:de") for row in rows)


@needs_command("flite")
def test_the_best_voice_is_chosen():
    (chosen,) = [row for row in listed() if row["chosen"]]

    assert not chosen["voice"].startswith("espeak")


def test_the_list_fits_on_a_screen():
    shown = voiceguide("voices").stdout

    assert "espeak:…" in shown
    assert len(shown.splitlines()) < 60


def test_a_voice_is_tried_into_a_file(tmp_path: Path):
    done = voiceguide("voices", "try", "espeak:de", "-o", tmp_path / "hear.wav")

    sound, rate = soundfile.read(tmp_path / "hear.wav")
    assert done.returncode == 0, done.stderr
    assert 4 * rate < len(sound) < 30 * rate
    assert np.abs(sound).max() > 0.1


def test_a_higher_rate_is_faster(tmp_path: Path):
    for rate in (110, 180):
        voiceguide("voices", "try", "espeak", "--rate", str(rate), "-o", tmp_path / f"{rate}.wav")

    assert len(soundfile.read(tmp_path / "110.wav")[0]) > 1.2 * len(soundfile.read(tmp_path / "180.wav")[0])


@pytest.mark.parametrize(
    ("voice", "error", "hint"),
    [
        ("espaek", "'espaek'", "espeak"),
        ("espeak:nobody", "'nobody'", "espeak:en-us"),
        ("", "names no voice", "ENGINE"),
        ("recorded:nowhere", "recorded", "no folder nowhere"),
        ("command:mine", "command", "settings.toml"),
    ],
)
def test_a_voice_that_is_not_there_is_refused(tmp_path, voice, error, hint):
    assert_refused(voiceguide("voices", "try", voice, "-o", tmp_path / "x.wav", cwd=tmp_path), 5, error, hint)
    assert not (tmp_path / "x.wav").exists()


def test_what_is_kept_is_told_and_can_be_removed(tmp_path: Path):
    voiceguide("voices", "try", "espeak", "-o", tmp_path / "x.wav")

    assert voiceguide("voices", "cache").stdout.startswith("3 clips")
    assert "MB removed" in voiceguide("voices", "cache", "--clear").stderr
    assert voiceguide("voices", "cache").stdout.startswith("0 clips")


def test_without_a_network_an_installation_says_so():
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "voiceguide" / "settings.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[voices]\naddress = "http://127.0.0.1:9/piper"\n', "utf-8")

    done = voiceguide("voices", "install", "en_US-lessac-medium")

    assert_refused(done, 5, "127.0.0.1:9", "")


def test_own_recordings_are_asked_for_used_and_examined(tmp_path: Path):
    made = voiceguide("voices", "record-script", "slow-strokes", "-m", "5", "-o", tmp_path / "me")
    assert made.returncode == 0, made.stderr
    lines = (tmp_path / "me" / "script.txt").read_text("utf-8")
    missing = voiceguide("voices", "check-recordings", "slow-strokes", tmp_path / "me", "-m", "5")
    assert missing.returncode == 5
    assert missing.stdout.count("missing") == lines.count(".wav\n")

    name = next(line for line in lines.splitlines() if line.endswith(".wav"))
    tone = 0.3 * np.sin(2 * np.pi * 3_300 * np.arange(2 * 22_050) / 22_050)
    soundfile.write(tmp_path / "me" / name, tone, 22_050)
    heard = {}
    for folder in ("me", "nobody"):
        (tmp_path / folder).mkdir(exist_ok=True)
        done = voiceguide("export", "slow-strokes", "-m", "5", "--music", "none",
                          "--voice", f"recorded:{tmp_path / folder}", "-o", tmp_path / f"{folder}.wav")  # fmt: skip
        assert done.returncode == 0, done.stderr
        sound, _ = soundfile.read(tmp_path / f"{folder}.wav")
        heard[folder] = np.abs(np.fft.rfft(sound[:, 0]))[3_300 * 300 - 100 : 3_300 * 300 + 100].max()

    assert heard["me"] > 10 * heard["nobody"]


def test_the_voice_that_was_chosen_is_told(tmp_path: Path):
    chosen = next(row["voice"] for row in listed() if row["chosen"])

    done = voiceguide("export", "slow-strokes", "-m", "5", "--music", "none", "-o", tmp_path / "x.wav")
    own = voiceguide("export", "slow-strokes", "-m", "5", "--voice", "espeak", "-o", tmp_path / "y.wav")

    assert f"The voice is {chosen}" in done.stderr
    assert "The voice is" not in own.stderr


def test_a_folder_without_a_recording_is_told(tmp_path: Path):
    (tmp_path / "empty").mkdir()

    done = voiceguide("voices", "try", f"recorded:{tmp_path / 'empty'}", "-o", tmp_path / "x.wav")

    assert "no file in" in done.stderr
