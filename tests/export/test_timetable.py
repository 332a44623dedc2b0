"""The timetable to print."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from voiceguide.export.timetable import COLUMNS, HEADS, timetable
from voiceguide.routine.library import entries, load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import languages, phrases
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import estimated_ms, schedule
from voiceguide.scheduler.timeline import step_title
from voiceguide.units import short_clock


def planned(routine: Routine) -> Plan:
    return schedule(routine, Terms(Options(), phrases(routine.language), estimated_ms)).plan


def test_a_timetable_to_print(golden):
    golden("slow-strokes-to-print.txt", timetable(planned(load_routine("slow-strokes"))))


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_every_step_has_its_line_and_every_line_fits_the_paper(name):
    plan = planned(load_routine(name))

    text = timetable(plan)

    told = re.findall(r"^ *([\d:]+) +([\d:]+)    (\S.*?)(?:  .*)?$", text, re.MULTILINE)
    words = phrases(plan.routine.language)
    assert told == [
        (short_clock(step.start_ms), short_clock(step.length_ms), step_title(step, words)) for step in plan.steps
    ]
    assert all(len(line) <= COLUMNS for line in text.splitlines())
    assert len(re.findall(r"\d x \d+ s$", text, re.MULTILINE)) == sum(step.repeats is not None for step in plan.steps)
    assert text.startswith(plan.routine.title)
    assert text.splitlines()[0].endswith(f" {short_clock(plan.length_ms)}")
    assert text.count("[ ]") == len(plan.routine.needs)
    assert text.count(" ! ") == len(plan.routine.cautions)


SLOW_STROKES = planned(load_routine("slow-strokes"))


def written_by(**changes) -> Plan:
    return dataclasses.replace(SLOW_STROKES, routine=dataclasses.replace(SLOW_STROKES.routine, **changes))


@given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=300))
def test_whatever_an_author_writes_fits_the_paper(title, caution):
    plan = written_by(title=title, needs=(title,), cautions=(caution, "[red]as it is[/] :smile:"))

    text = timetable(plan)

    assert all(cell_len(line) <= COLUMNS for line in text.split("\n"))
    assert "[red]as it is[/] :smile:" in text


@pytest.mark.parametrize("language", languages())
def test_the_heads_are_in_every_language_that_the_guide_speaks(language):
    text = timetable(written_by(language=f"{language}-XX"))

    assert re.search(" +".join(HEADS[language]), text)
