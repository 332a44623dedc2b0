import itertools
import json

import pytest
from command import assert_refused, voiceguide

BROKEN = """\
format: 1
title: A
sections:
  - title: B
    steps:
      - {title: A, say: B, time: 5}
      - {title: A, sya: B}
"""
GOOD = "format: 1\ntitle: Mine\nsections:\n  - title: B\n    steps:\n      - {title: A, say: Glide., time: 1-5 min}\n"


def test_list_shows_the_built_in_routines():
    done = voiceguide("list")

    assert done.returncode == 0
    assert "eleven-steps" in done.stdout
    assert done.stderr == ""


def test_list_is_json_for_a_program():
    (row,) = [each for each in json.loads(voiceguide("list", "--json").stdout) if each["name"] == "eleven-steps"]

    assert row["title"] == "Eleven-step back massage"
    assert row["least_ms"] < row["most_ms"]


def test_show_prints_the_timetable():
    done = voiceguide("show", "eleven-steps", "--minutes", "30")

    assert done.returncode == 0
    assert "Eleven-step back massage 30:00" in done.stdout
    assert "Circles on the lower back, right side" in done.stdout
    assert "Never press on the spine itself" in done.stdout
    assert "From 2" in done.stdout


def test_show_as_json_adds_up():
    made = json.loads(voiceguide("show", "eleven-steps", "--minutes", "30", "--json").stdout)

    rows = made["steps"]
    assert made["length_ms"] == 30 * 60_000
    assert made["least_ms"] < made["length_ms"] < made["most_ms"]
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    for row, following in itertools.pairwise(rows):
        assert row["start_ms"] + row["length_ms"] == following["start_ms"]


def test_show_prints_every_word_at_its_moment():
    lines = voiceguide("show", "eleven-steps", "--minutes", "30", "--timeline").stdout.splitlines()

    assert lines[0] == "00:00:02.000 chime   start"
    assert lines[-1] == "00:30:00.000 end"


def test_show_never_loads_an_output():
    done = voiceguide("show", "eleven-steps", env={"PYTHONPROFILEIMPORTTIME": "1"})

    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "voiceguide.scheduler.planning" in loaded
    assert not any(name.startswith(("voiceguide.outputs.", "miniaudio", "voiceguide.player")) for name in loaded)


def test_check_says_that_a_good_file_is_fine(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, "utf-8")

    done = voiceguide("check", "good.yaml", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "good.yaml: fine (Mine)\n")


def test_check_tells_every_error_of_every_file(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "broken.yaml").write_text(BROKEN, "utf-8")

    done = voiceguide("check", "broken.yaml", "good.yaml", "none.yaml", cwd=tmp_path)

    assert done.returncode == 3
    assert "good.yaml: fine" in done.stdout
    lines = done.stderr.splitlines()
    assert lines[0] == "error: broken.yaml:6:34: 'time' is \"5\", which has no unit"
    assert lines[1] == ' hint: write "5 s" or "5 min"'
    assert lines[2].startswith("error: broken.yaml:7:9: this step has no 'say'")
    assert lines[4] == "error: broken.yaml:7:20: 'sya' is no key of a step"
    assert lines[5] == " hint: did you mean say?"
    assert "none.yaml" in lines[6]


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["show", "elevensteps"], 3, "no routine called 'elevensteps'", "did you mean eleven-steps?"),
        (["show", "eleven-steps", "-m", "5"], 4, "cannot be done in 5 minutes", "minutes at least"),
        (["show", "eleven-steps", "-m", "500"], 4, "cannot be done in 500 minutes", "minutes at most"),
        (["show", "eleven-steps", "-m", "1e-9"], 4, "cannot last 1e-09 minutes", "1 to 720"),
        (["show", "eleven-steps", "-m", "-5"], 4, "cannot last -5 minutes", "1 to 720"),
        (["show", "eleven-steps", "-m", "nan"], 4, "cannot last nan minutes", "1 to 720"),
        (["show", "eleven-steps", "-m", "1e99"], 4, "cannot last 1e+99 minutes", "1 to 720"),
        (["show", "a\x1b[31mb\nc"], 3, "'a?[31mb c'", "there are"),
        (["show", "none.yaml"], 3, "no routine file none.yaml", "check the path"),
        (["show", "/"], 3, "/", ""),
    ],
)
def test_what_cannot_be_done_is_refused_in_two_lines(words, code, error, hint):
    assert_refused(voiceguide(*words), code, error, hint)


def test_a_wrong_command_line_is_the_usual_usage_error():
    done = voiceguide("show")

    assert done.returncode == 2
    assert "Missing argument 'ROUTINE'" in done.stderr


def test_a_broken_routine_of_ones_own_does_not_hide_the_others(tmp_path):
    own = tmp_path / "voiceguide" / "routines"
    own.mkdir(parents=True)
    (own / "broken.yaml").write_text(BROKEN, "utf-8")

    done = voiceguide("list", env={"XDG_DATA_HOME": str(tmp_path)})

    assert done.returncode == 0
    assert "eleven-steps" in done.stdout
    assert "broken.yaml:6:34" in done.stderr


def test_a_routine_that_no_session_can_be_made_of_does_not_hide_the_others(tmp_path):
    own = tmp_path / "voiceguide" / "routines"
    own.mkdir(parents=True)
    (own / "french.yaml").write_text(GOOD.replace("title: Mine", "title: Mine\nlanguage: fr"), "utf-8")

    done = voiceguide("list", env={"XDG_DATA_HOME": str(tmp_path)})

    assert done.returncode == 0
    assert "eleven-steps" in done.stdout
    assert "french.yaml" in done.stderr


def test_a_hostile_title_reaches_no_terminal(tmp_path):
    (tmp_path / "x.yaml").write_text(GOOD.replace("Mine", '"\\e]0;owned\\a[red]Mine[/red]"'), "utf-8")

    done = voiceguide("show", "./x.yaml", cwd=tmp_path)

    assert done.returncode == 3
    assert "\x1b" not in done.stderr + done.stdout


def test_a_terminal_without_the_letters_still_gets_the_rest(tmp_path):
    (tmp_path / "x.yaml").write_text(GOOD.replace("Mine", "Für dich"), "utf-8")
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}

    done = voiceguide("show", "./x.yaml", cwd=tmp_path, env=env)

    assert done.returncode == 0, done.stderr
    assert "F?r dich" in done.stdout


def test_markup_in_a_title_is_shown_as_text(tmp_path):
    (tmp_path / "x.yaml").write_text(GOOD.replace("Mine", '"[red]Mine[/red]"'), "utf-8")

    assert "[red]Mine[/red]" in voiceguide("show", "./x.yaml", cwd=tmp_path).stdout


@pytest.mark.parametrize(("words", "offered"), [("voiceguide sho", "show"), ("voiceguide show ele", "eleven-steps")])
def test_the_shell_completes_commands_and_routine_names(words, offered):
    env = {"_VOICEGUIDE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}

    done = voiceguide(env=env)

    assert offered in done.stdout.split()
