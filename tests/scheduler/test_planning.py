import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import measure, routines

from voiceguide.errors import ScheduleError
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.library import load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.pauses import MOVE_ON_MS, USEFUL_MS
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.planning import Terms, make_plan


def terms(budget_ms: int | None = None, **options) -> Terms:
    return Terms(Options(budget_ms=budget_ms, **options), phrases("en"), measure)


def plan_within(routine: Routine, share: float) -> Plan:
    """Plan for a budget that lies at `share` between the least and the most."""
    wished = make_plan(routine, terms())
    budget_ms = round(wished.least_ms + share * (wished.most_ms - wished.least_ms))
    try:
        return make_plan(routine, terms(budget_ms))
    except ScheduleError:
        assume(False)
        raise


@given(routines(), st.floats(0, 1))
def test_the_steps_fill_the_session_without_a_gap_and_to_the_millisecond(routine, share):
    plan = plan_within(routine, share)

    for step, following in zip(plan.steps, plan.steps[1:], strict=False):
        assert step.end_ms == following.start_ms
    assert plan.steps[0].start_ms > 2_000
    assert plan.closing_ms == plan.steps[-1].end_ms < plan.length_ms
    assert plan.least_ms <= plan.length_ms <= plan.most_ms <= LONGEST_MS


@given(routines(), st.floats(0, 1))
def test_every_step_keeps_its_range_and_its_floor(routine, share):
    for planned in plan_within(routine, share).steps:
        step = planned.part.step
        spoken_ms = sum(map(measure, planned.talk))
        assert planned.length_ms >= planned.talk_ms > spoken_ms
        if step.time is not None:
            floor_ms = planned.talk_ms + USEFUL_MS
            assert planned.length_ms >= floor_ms
            assert planned.length_ms >= step.time.min_ms
        else:
            one = step.each or step.hold
            aside_ms = MOVE_ON_MS if step.hold else 0
            assert step.repeat.min <= planned.repeats <= step.repeat.max
            assert one.min_ms <= planned.each_ms - aside_ms <= one.max_ms
            assert planned.repeats * planned.each_ms <= planned.length_ms - planned.talk_ms


@given(routines(), st.floats(0, 1))
def test_only_optional_steps_are_left_out_and_all_are_named(routine, share):
    plan = plan_within(routine, share)

    every = [step for section in routine.sections for step in section.steps]
    done = {planned.part.step_index for planned in plan.steps}
    gone = [step for index, step in enumerate(every) if index not in done]
    assert list(plan.left_out) == [step.title for step in gone]
    assert all(step.optional for step in gone)


@given(routines(), st.floats(0, 1))
def test_all_sides_of_a_step_get_the_same(routine, share):
    plan = plan_within(routine, share)

    by_step: dict[int, list] = {}
    for planned in plan.steps:
        by_step.setdefault(planned.part.step_index, []).append(planned)
    for parts in by_step.values():
        assert len({part.repeats for part in parts}) == 1
        hands = [part.length_ms - (part.talk_ms if part.repeats else 0) for part in parts]
        assert max(hands) - min(hands) <= 1


@given(routines(), st.floats(0, 1), st.integers(0, 60_000))
def test_with_the_same_steps_more_time_never_gives_one_less(routine, share, more_ms):
    plan = plan_within(routine, share)
    try:
        longer = make_plan(routine, terms(plan.length_ms + more_ms))
    except ScheduleError:
        assume(False)
        raise
    assume([step.part for step in plan.steps] == [step.part for step in longer.steps])
    assume([step.talk_ms for step in plan.steps] == [step.talk_ms for step in longer.steps])
    assume(plan.steps[0].start_ms == longer.steps[0].start_ms)

    # A step with two sides gives an odd millisecond to the first, so one side may differ by that much.
    for step, other in zip(plan.steps, longer.steps, strict=True):
        assert step.length_ms <= other.length_ms


@given(routines())
def test_without_a_time_the_session_lasts_about_what_the_routine_wishes(routine):
    plan = make_plan(routine, terms())

    assert plan.least_ms <= plan.length_ms <= plan.most_ms
    assert not plan.left_out


@pytest.mark.parametrize(("minutes", "words"), [(1, "at least"), (600, "at most")])
def test_a_time_that_cannot_be_kept_names_what_can(minutes, words):
    routine = load_routine("eleven-steps")
    wished = make_plan(routine, terms())

    with pytest.raises(ScheduleError) as caught:
        make_plan(routine, terms(minutes * 60_000))

    assert words in caught.value.hint
    least, most = -(-wished.least_ms // 60_000), wished.most_ms // 60_000
    assert f"ask for {least} to {most}" in caught.value.hint
    make_plan(routine, terms(least * 60_000))
    make_plan(routine, terms(most * 60_000))


def test_the_eleven_steps_keep_the_figures_of_their_text():
    plan = make_plan(load_routine("eleven-steps"), terms(30 * 60_000))
    by_title = {planned.part.step.title: planned for planned in plan.steps}

    def minutes(title: str) -> float:
        return by_title[title].length_ms / 60_000

    assert 5 <= minutes("Light strokes over the whole back") <= 6
    assert 2 <= minutes("Circles on the lower back") <= 3
    assert 1 <= minutes("Scalp") <= 2
    for title in ("Sweeps beside the spine", "Three fingers down beside the spine", "Forearm along the shoulder blade"):
        assert by_title[title].repeats in (3, 4)
    assert [p.part.side for p in plan.steps if p.part.step.title == "Circles on the lower back"] == ["left", "right"]
    order = [planned.part.step.title for planned in plan.steps]
    assert order.index("Base of the skull") > order.index("Sides of the neck") > order.index("Circles below the waist")
    assert order[-1] == "Scalp"
    assert any("inches below the waist" in p.part.step.say for p in plan.steps)
