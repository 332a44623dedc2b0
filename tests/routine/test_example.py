import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import RoutineError
from voiceguide.routine.example import example
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.routine.reader import parse_routine
from voiceguide.shapes import fields_of

KEY = re.compile(r"^[ -]*([a-z]+):", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("evening-back", "Evening back"),
        ("evening_back.yaml", "Evening back"),
        ("folder/evening-back.yml", "Evening back"),
        ("Für Anna: #1", "Für Anna: #1"),
        ('say "no"', 'Say "no"'),
        ("true", "True"),
        ("x" * 120, "X" + "x" * 119),
    ],
)
def test_an_example_is_a_routine_with_a_title_made_from_the_name(name, title):
    assert parse_routine(example(name).encode()).title == title


def test_an_example_shows_every_key():
    shown = set(KEY.findall(example("mine")))

    assert shown == {*fields_of(Routine), *fields_of(Section), *fields_of(Step)}


def test_an_example_explains_every_key_where_it_first_stands():
    lines = example("mine").splitlines()

    for key in sorted(set(KEY.findall("\n".join(lines)))):
        place = next(place for place, line in enumerate(lines) if re.match(rf"[ -]*{key}:", line))
        assert "  # " in lines[place] or lines[place - 1].lstrip().startswith("# "), key


def test_an_example_keeps_to_a_readable_width():
    assert max(map(len, example("mine").splitlines())) <= 120


@pytest.mark.parametrize(
    ("name", "hint"),
    [("", "evening-back"), (" -_- ", "evening-back"), ("\x07", "evening-back"), ("x" * 121, "shorter")],
)
def test_a_name_that_makes_no_title_is_refused(name, hint):
    with pytest.raises(RoutineError) as caught:
        example(name)
    assert hint in caught.value.hint


@given(st.text(max_size=150))
def test_any_name_makes_a_routine_or_is_refused(name):
    try:
        made = example(name)
    except RoutineError:
        return
    assert parse_routine(made.encode()).title
