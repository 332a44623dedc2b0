"""The settings file, as the commands take it."""

import json
import os
from pathlib import Path

import pytest
from command import assert_refused, voiceguide


@pytest.fixture
def settle():
    def write(text):
        file = Path(os.environ["XDG_CONFIG_HOME"]) / "voiceguide" / "settings.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    return write


def test_what_is_settled_holds_unless_it_is_given(settle):
    settle('minutes = 27\ndetail = "brief"\noutput = "pacat"')

    assert "27:00" in voiceguide("show", "eleven-steps").stdout
    assert "28:00" in voiceguide("show", "eleven-steps", "--minutes", "28").stdout


def test_recordings_are_checked_for_the_session_that_they_were_to_be_made_for(settle, tmp_path):
    settle('minutes = 9\ndetail = "bells"')
    voiceguide("voices", "record-script", "slow-strokes", "-o", str(tmp_path))

    found = json.loads(voiceguide("voices", "check-recordings", "slow-strokes", str(tmp_path), "--json").stdout)

    written = (tmp_path / "script.txt").read_text("utf-8")
    assert all(each["line"]["file_name"] in written for each in found)
    assert len(found) == written.count(".wav")


def test_minutes_that_are_settled_give_way_to_an_end(settle):
    settle("minutes = 27")

    done = voiceguide("show", "eleven-steps", "--until", "soon")

    assert_refused(done, 4, "'soon' is no time of day", "21:30")


def test_one_area_may_be_written_without_brackets(settle):
    settle('avoid = "lower back"')

    assert "as asked" in voiceguide("show", "eleven-steps", "--minutes", "25").stdout


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ("minuts = 27", "'minuts'", "minutes"),
        ('minutes = "long"', "minutes:", "--minutes"),
        ("rate = 10", "between 80 and 300", "--rate"),
        ("music-level = nan", "between -40", "--music-level"),
        ('detail = "everything"', "detail:", "--detail"),
        ("stretch = 3", "stretch:", "--stretch"),
        ('time-left = "5"', "time-left:", "--time-left"),
        ('routine = "eleven-steps"', "'routine'", "minutes"),
        ("voice = x", "line 1", "voice ="),
    ],
)
def test_what_is_wrong_is_refused_in_two_lines(settle, text, error, hint):
    settle(text)

    assert_refused(voiceguide("show", "eleven-steps"), 9, error, hint)
