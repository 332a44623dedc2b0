"""The sounds there are, and how they sound, by the command."""

import json

import numpy as np
import pytest
import soundfile
from command import assert_refused, voiceguide

from voiceguide.media.sounds import CHIME_KINDS, ambiences, chime_sets


def test_all_sounds_are_listed():
    listed = json.loads(voiceguide("sounds", "--json").stdout)

    assert {row["name"] for row in listed} == {*ambiences(), *chime_sets()}
    assert all(row["about"] for row in listed)
    assert all(row["name"] in voiceguide("sounds").stdout for row in listed)


def test_music_is_tried_for_20_seconds(tmp_path):
    done = voiceguide("sounds", "try", "rain", "-o", tmp_path / "rain.wav")

    sound, rate = soundfile.read(tmp_path / "rain.wav")
    assert done.returncode == 0, done.stderr
    assert len(sound) == 20 * rate
    assert np.abs(sound[5 * rate : 10 * rate]).max() > 0.01


def test_all_chimes_of_a_set_are_heard_and_named(tmp_path):
    done = voiceguide("sounds", "try", "wood", "-o", tmp_path / "wood.wav")

    sound, rate = soundfile.read(tmp_path / "wood.wav")
    assert [line.split()[-1] for line in done.stderr.splitlines()[:-1]] == list(CHIME_KINDS)
    for index in range(len(CHIME_KINDS)):
        struck = (1 + 3 * index) * rate
        assert np.abs(sound[struck : struck + rate]).max() > 0.01


@pytest.mark.parametrize(("name", "hint"), [("rian", "rain"), ("none", "ocean"), ("", "warm-pad")])
def test_a_sound_that_is_not_there_is_refused(name, hint):
    assert_refused(voiceguide("sounds", "try", name), 8, f"'{name}'", hint)


def test_a_file_that_is_there_is_kept_unless_told(tmp_path):
    (tmp_path / "rain.wav").write_text("mine", "utf-8")

    assert_refused(voiceguide("sounds", "try", "rain", "-o", tmp_path / "rain.wav"), 7, "rain.wav", "--force")
    assert (tmp_path / "rain.wav").read_text("utf-8") == "mine"
