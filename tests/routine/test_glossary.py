import subprocess
import sys
from pathlib import Path

import pytest

from voiceguide.routine.glossary import glossary
from voiceguide.routine.library import entries, load_routine

ROOT = Path(__file__).parents[2]


def test_the_page_of_the_glossary_is_up_to_date():
    code = "import make_docs; print(make_docs.glossary_page(), end='')"
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, check=True, encoding="utf-8"
    ).stdout

    assert made == (ROOT / "docs" / "glossary.md").read_text("utf-8"), "run scripts/make_docs.py"


@pytest.mark.parametrize("name", ["Lower back", "zona lumbar", "unterer Rücken", " LOWER BACK "])
def test_an_area_is_known_by_its_name_in_any_language(name):
    assert glossary().area_called(name) == "lower back"


def test_an_area_is_in_itself_and_in_what_holds_it():
    words = glossary()

    assert words.is_in("shoulder blades", "upper back")
    assert words.is_in("neck", "neck")
    assert not words.is_in("upper back", "shoulder blades")
    assert words.area_called("elbow") is None


def test_what_an_area_lies_in_is_known_too_and_complete():
    areas = glossary().areas
    for area in areas.values():
        for outer in area.within:
            assert set(areas[outer].within) <= set(area.within)


def test_every_word_of_the_glossary_is_used_by_a_routine():
    used = {
        word
        for entry in entries()
        for section in load_routine(entry.name).sections
        for step in section.steps
        for word in (step.technique,)
    }
    assert set(glossary().strokes) <= used
