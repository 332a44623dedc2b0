"""Every built-in routine with real speech, from its least to its most, in all details."""

from itertools import pairwise

import pytest
from needs import needs_module

from voiceguide.routine.library import entries, load_routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import estimated_ms, schedule
from voiceguide.scheduler.timeline import Role
from voiceguide.speech.clips import Clips

pytestmark = needs_module("espeakng_loader")


def terms(clips: Clips, detail: str, budget_ms: int | None = None) -> Terms:
    return Terms(Options(budget_ms=budget_ms, detail=detail, time_left_ms=300_000), phrases("en"), clips.length_ms)


@pytest.mark.parametrize("detail", ["full", "brief", "bells"])
@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_a_routine_fits_and_no_word_is_cut_at_any_length(clips, name, detail):
    routine = load_routine(name)
    wished = make_plan(routine, terms(clips, detail))

    for quarter in range(5):
        budget_ms = wished.least_ms + (wished.most_ms - wished.least_ms) * quarter // 4
        made = schedule(routine, terms(clips, detail, budget_ms))
        speech = [cue for cue in made.timeline.cues if cue.role is Role.SPEECH]
        assert made.timeline.length_ms == budget_ms
        assert made.plan.steps[-1].end_ms == made.plan.closing_ms < budget_ms
        assert all(cue.length_ms == clips.length_ms(cue.name) for cue in speech)
        assert all(one.end_ms + 800 <= other.at_ms for one, other in pairwise(speech))
        assert all(step.talk_ms <= step.length_ms for step in made.plan.steps)


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_the_estimate_is_near_what_is_measured(clips, name):
    """So that what `list` promises without a voice is nearly what a session can be."""
    routine = load_routine(name)

    measured = make_plan(routine, terms(clips, "full"))
    estimated = make_plan(routine, Terms(Options(time_left_ms=300_000), phrases("en"), estimated_ms))

    assert estimated.least_ms == pytest.approx(measured.least_ms, rel=0.1)
    assert estimated.most_ms == pytest.approx(measured.most_ms, rel=0.1)
