import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import routines
from test_planning import plan_within, terms

from voiceguide.routine.library import entries, load_routine
from voiceguide.scheduler.narration import narrate
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.schedule import schedule
from voiceguide.scheduler.timeline import Role, build


def timeline_of(routine, share) -> tuple:
    plan = plan_within(routine, share)
    return plan, build(plan, narrate(plan, terms()), phrases("en"))


@given(routines(), st.floats(0, 1))
def test_no_two_sentences_overlap_and_all_end_in_time(routine, share):
    _, timeline = timeline_of(routine, share)

    speech = [cue for cue in timeline.cues if cue.role is Role.SPEECH]
    for cue, following in itertools.pairwise(speech):
        assert cue.end_ms + 800 <= following.at_ms
    assert speech[0].at_ms >= 2_000
    assert speech[-1].end_ms < timeline.cues[-1].at_ms < timeline.length_ms


@given(routines(), st.floats(0, 1))
def test_a_chime_lies_exactly_where_each_step_begins(routine, share):
    plan, timeline = timeline_of(routine, share)

    changes = [cue.at_ms for cue in timeline.cues if cue.name in ("change", "section", "side")]
    assert changes == [step.start_ms for step in plan.steps]


@given(routines(), st.floats(0, 1))
def test_chapters_cover_the_session_without_a_gap(routine, share):
    _, timeline = timeline_of(routine, share)

    assert timeline.chapters[0].start_ms == 0
    assert timeline.chapters[-1].end_ms == timeline.length_ms
    for chapter, following in zip(timeline.chapters, timeline.chapters[1:], strict=False):
        assert chapter.end_ms == following.start_ms


@given(routines(), st.floats(0, 1))
def test_a_bell_is_heard_for_each_repeat_and_each_release(routine, share):
    plan, timeline = timeline_of(routine, share)

    ticks = [cue.at_ms for cue in timeline.cues if cue.name in ("tick", "last")]
    assert ticks == [at for step in plan.steps for at in step.repeat_starts_ms]
    releases = [cue.at_ms for cue in timeline.cues if cue.name == "release"]
    assert releases == [at + step.hold_ms for step in plan.steps if step.hold_ms for at in step.repeat_starts_ms]


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_the_timeline_of_a_built_in_routine_is_the_approved_one(golden, name):
    golden(f"{name}.txt", str(schedule(load_routine(name), terms()).timeline))


def test_the_timeline_of_half_an_hour_is_the_approved_one(golden):
    golden("eleven-steps-30.txt", str(schedule(load_routine("eleven-steps"), terms(30 * 60_000)).timeline))
