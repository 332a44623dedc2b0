import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import measure, routines

from voiceguide.errors import ScheduleError
from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.library import load_routine
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.pauses import BETWEEN_SENTENCES_MS, USEFUL_MS
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.refit import Refit, refit
from voiceguide.scheduler.schedule import Schedule, schedule
from voiceguide.scheduler.timeline import Role

MINUTE_MS = 60_000


def terms(budget_ms: int | None = None, **options) -> Terms:
    return Terms(Options(budget_ms=budget_ms, **options), phrases("en"), measure)


@st.composite
def moments(draw: st.DrawFn) -> tuple[Schedule, Terms, int]:
    """Draw a session and a moment of it."""
    routine = draw(routines())
    wished = schedule(routine, terms()).plan
    share = draw(st.floats(0, 1))
    session = terms(round(wished.least_ms + share * (wished.most_ms - wished.least_ms)), time_left_ms=MINUTE_MS)
    try:
        made = schedule(routine, session)
    except ScheduleError:
        assume(False)
        raise
    return made, session, draw(st.integers(0, made.plan.length_ms))


def asked(made: Schedule, from_ms: int, by_ms: int) -> dict[Part, int]:
    """Ask for the step that lies at a moment."""
    begun = [step.part for step in made.plan.steps if step.start_ms < from_ms]
    return {begun[-1]: by_ms} if begun else {}


def assert_goes_on_from(made: Schedule, fitted: Schedule, from_ms: int) -> None:
    """Assert that one session is as the other up to a moment, and sound after it."""
    for one, other in ((made, fitted), (fitted, made)):
        past = [cue for cue in one.timeline.cues if cue.at_ms < from_ms]
        assert past == list(other.timeline.cues[: len(past)])
    begun = [step.start_ms for step in made.plan.steps if step.start_ms < from_ms]
    assert [step.start_ms for step in fitted.plan.steps][: len(begun)] == begun
    for step, following in itertools.pairwise(fitted.plan.steps):
        assert (step.end_ms, step.number + 1) == (following.start_ms, following.number)
    speech = [cue for cue in fitted.timeline.cues if cue.role is Role.SPEECH]
    for cue, following in itertools.pairwise(speech):
        assert cue.end_ms + BETWEEN_SENTENCES_MS <= following.at_ms
    assert list(fitted.timeline.cues) == sorted(fitted.timeline.cues, key=lambda cue: cue.at_ms)
    assert fitted.timeline.length_ms == fitted.plan.length_ms
    assert fitted.timeline.chapters[-1].end_ms == fitted.plan.length_ms


@given(moments(), st.integers(-5, 5))
def test_a_step_gets_longer_and_all_else_only_moves(moment, minutes):
    made, session, from_ms = moment

    fitted = refit(made, session, from_ms=from_ms, longer_ms=asked(made, from_ms, minutes * MINUTE_MS))

    assert_goes_on_from(made, fitted.made, from_ms)
    steps = list(zip(made.plan.steps, fitted.made.plan.steps, strict=True))
    changes_ms = [after.length_ms - before.length_ms for before, after in steps]
    current = [i for i, step in enumerate(made.plan.steps) if step.start_ms < from_ms][-1:]
    if not current or from_ms > made.plan.closing_ms:
        assert not any(changes_ms)
    else:
        changed_ms = changes_ms.pop(current[0])
        assert not any(changes_ms)
        assert changed_ms == minutes * MINUTE_MS if minutes >= 0 else minutes * MINUTE_MS <= changed_ms <= 0
        step = fitted.made.plan.steps[current[0]]
        floor_ms = min(made.plan.steps[current[0]].length_ms, step.talk_ms + USEFUL_MS)
        assert step.length_ms >= max(floor_ms, from_ms - step.start_ms)
    assert fitted.made.plan.length_ms == made.plan.length_ms + sum(
        after.length_ms - before.length_ms for before, after in steps
    )


@given(moments(), st.integers(-20 * MINUTE_MS, 20 * MINUTE_MS), st.sampled_from([0, 0, MINUTE_MS, -MINUTE_MS]))
def test_the_end_is_kept_within_the_ranges_of_what_is_to_come(moment, shift_ms, longer_ms):
    made, session, from_ms = moment
    end_ms = made.plan.length_ms + shift_ms

    fitted = refit(made, session, from_ms=from_ms, longer_ms=asked(made, from_ms, longer_ms), end_ms=end_ms)

    assert_goes_on_from(made, fitted.made, from_ms)
    assert fitted.made.plan.length_ms == end_ms + fitted.late_ms
    assert_left_out_for_a_reason(made, fitted)
    coming = [step for step in fitted.made.plan.steps if step.start_ms >= from_ms]
    for step in coming:
        written = step.part.step
        if written.time is not None:
            assert step.length_ms >= max(step.talk_ms + USEFUL_MS, written.time.min_ms)
        else:
            assert written.repeat.min <= step.repeats <= written.repeat.max


def assert_left_out_for_a_reason(made: Schedule, fitted: Refit) -> None:
    before = {step.part.step_index: step.part.step for step in made.plan.steps}
    kept = {step.part.step_index for step in fitted.made.plan.steps}
    gone = [step for index, step in before.items() if index not in kept]
    assert sorted(fitted.left_out) == sorted(step.title for step in gone)
    assert all(step.optional for step in gone)
    assert fitted.made.plan.left_out == made.plan.left_out + fitted.left_out


@given(moments())
def test_to_fit_again_for_the_same_end_changes_next_to_nothing(moment):
    made, session, from_ms = moment

    fitted = refit(made, session, from_ms=from_ms, end_ms=made.plan.length_ms)

    assert fitted.late_ms == 0
    assert not fitted.left_out
    begun = [step.part.step_index for step in made.plan.steps if step.start_ms < from_ms]
    for before, after in zip(made.plan.steps, fitted.made.plan.steps, strict=True):
        # Of two sides the second may now differ from the first by what was rounded.
        off_by_ms = abs(before.length_ms - after.length_ms)
        assert off_by_ms <= 10 or before.part.step_index in begun, (before.part, before.length_ms, after.length_ms)


def routine_of(*steps: Step) -> Routine:
    return Routine(format=1, title="A routine", sections=(Section(title="All", steps=steps),))


def timed(title: str, least_s: int, most_s: int, **others) -> Step:
    return Step(title=title, say=f"{title}.", time=Duration(least_s * 1_000, most_s * 1_000), **others)


def test_what_no_longer_fits_goes_by_its_priority_and_is_named():
    routine = routine_of(
        timed("Glide", 60, 60),
        timed("Knead", 60, 60, optional=True, priority=2),
        timed("Press", 60, 60, optional=True, priority=1),
        timed("Rest", 60, 60),
    )
    made = schedule(routine, terms())
    glide = made.plan.steps[0]

    fitted = refit(
        made, terms(), from_ms=glide.start_ms + 5_000, longer_ms={glide.part: 90_000}, end_ms=made.plan.length_ms
    )

    assert fitted.left_out == ("Press", "Knead")
    assert [step.part.step.title for step in fitted.made.plan.steps] == ["Glide", "Rest"]
    assert fitted.late_ms == -30_000


def test_a_caution_that_was_to_be_said_with_a_step_that_goes_is_said_with_the_next():
    caution = {"caution": "Keep off the spine."}
    routine = routine_of(
        timed("Glide", 60, 60), timed("Knead", 60, 60, optional=True, **caution), timed("Rest", 60, 90, **caution)
    )
    made = schedule(routine, terms())
    assert made.plan.steps[2].talk == ("Rest.",)

    fitted = refit(made, terms(), from_ms=made.plan.steps[0].start_ms + 1, end_ms=made.plan.length_ms - 60_000)

    assert fitted.left_out == ("Knead",)
    assert fitted.made.plan.steps[1].talk == ("Rest.", "Keep off the spine.")
    assert [cue.name for cue in fitted.made.timeline.cues].count("Keep off the spine.") == 1


def test_what_is_being_done_gets_shorter_when_nothing_else_can_give():
    made = schedule(routine_of(timed("Glide", 30, 300)), terms())
    glide = made.plan.steps[0]

    fitted = refit(made, terms(), from_ms=glide.start_ms + 20_000, end_ms=made.plan.length_ms - 60_000)
    too_much = refit(made, terms(), from_ms=glide.start_ms + 20_000, end_ms=0)

    assert fitted.late_ms == 0
    assert fitted.made.plan.steps[0].length_ms == glide.length_ms - 60_000
    assert too_much.made.plan.steps[0].length_ms == 30_000


def test_time_that_is_over_goes_to_what_is_being_done_and_what_is_to_come_by_their_room():
    made = schedule(routine_of(timed("Glide", 20, 60), timed("Knead", 20, 100), timed("Rest", 30, 30)), terms(120_000))
    glide, knead, rest = made.plan.steps

    fitted = refit(made, terms(), from_ms=glide.start_ms + 15_000, end_ms=made.plan.length_ms + 40_000)
    too_much = refit(made, terms(), from_ms=glide.start_ms + 15_000, end_ms=made.plan.length_ms + 300_000)

    more_ms = [
        after.length_ms - before.length_ms
        for before, after in zip(made.plan.steps, fitted.made.plan.steps, strict=True)
    ]
    assert sum(more_ms) == 40_000
    assert more_ms[1] == pytest.approx(2 * more_ms[0], abs=2)
    assert [step.length_ms for step in too_much.made.plan.steps] == [60_000, 100_000, 30_000]
    assert too_much.late_ms == 190_000 - (glide.length_ms + knead.length_ms + rest.length_ms) - 300_000


@settings(max_examples=30)
@given(moments(), st.integers(-20 * MINUTE_MS, 20 * MINUTE_MS), st.integers(0, 5), st.data())
def test_what_was_granted_stays_granted_whatever_happens_then(moment, shift_ms, which, data):
    made, session, from_ms = moment
    assume(from_ms < made.plan.closing_ms)
    left = [step for step in made.plan.steps if step.end_ms > from_ms]
    step = left[min(which, len(left) - 1)]
    end_ms = made.plan.length_ms

    first = refit(made, session, from_ms=from_ms, longer_ms={step.part: MINUTE_MS}, end_ms=end_ms)
    granted = next(each for each in first.made.plan.steps if each.part == step.part)
    again_ms = data.draw(st.integers(0, granted.end_ms - 1))
    then = refit(first.made, session, from_ms=again_ms, asked=first.asked, end_ms=first.made.plan.length_ms + shift_ms)

    # More, where what had to go leaves more than was missing.
    assert granted.length_ms >= step.length_ms + MINUTE_MS
    assert_goes_on_from(first.made, then.made, again_ms)
    (still,) = [each for each in then.made.plan.steps if each.part == step.part]
    assert still.length_ms >= step.length_ms + MINUTE_MS


def test_what_was_asked_to_be_shorter_takes_no_time_that_is_over():
    made = schedule(routine_of(timed("Glide", 20, 90), timed("Rest", 20, 90)), terms(140_000))
    glide = made.plan.steps[0]

    fitted = refit(
        made, terms(), from_ms=glide.start_ms + 5_000, longer_ms={glide.part: -20_000}, end_ms=made.plan.length_ms
    )
    longer = refit(fitted.made, terms(), from_ms=5_000, asked=fitted.asked, end_ms=made.plan.length_ms + 2 * MINUTE_MS)

    assert fitted.late_ms == 0
    assert [fit.made.plan.steps[0].length_ms for fit in (fitted, longer)] == [glide.length_ms - 20_000] * 2
    assert longer.made.plan.steps[1].length_ms == 90_000


def test_a_number_of_repeats_that_was_not_told_yet_is_told_as_it_will_be():
    press = Step(title="Press", say="Press.", repeat=Count(2, 4), each=Duration(10_000, 10_000))
    made = schedule(routine_of(timed("Glide", 30, 60), press), terms(90_000))
    part, start_ms = made.plan.steps[1].part, made.plan.steps[1].start_ms

    before = refit(made, terms(), from_ms=5_000, longer_ms={part: MINUTE_MS})
    after = refit(made, terms(), from_ms=start_ms + 9_000, longer_ms={part: MINUTE_MS})

    def told(one: Schedule) -> list[str]:
        return [cue.name for cue in one.timeline.cues if "times" in cue.name]

    repeats = before.made.plan.steps[1].repeats
    assert (repeats, told(before.made)) == (after.made.plan.steps[1].repeats, [f"{repeats} times."])
    assert told(after.made) == told(made) != told(before.made)


def test_repeats_go_on_at_their_pace_and_the_last_is_told_anew():
    step = Step(title="Press", say="Press.", repeat=Count(3, 3), hold=Duration(10_000, 10_000))
    made = schedule(routine_of(step), terms())
    press = made.plan.steps[0]
    from_ms = press.repeat_starts_ms[2] + 3_000

    fitted = refit(made, terms(), from_ms=from_ms, longer_ms={press.part: MINUTE_MS})

    longer = fitted.made.plan.steps[0]
    assert (press.repeats, longer.repeats) == (3, 7)
    assert longer.repeat_starts_ms[:3] == press.repeat_starts_ms
    lasts = [cue.at_ms for cue in fitted.made.timeline.cues if cue.role is Role.CHIME and cue.name == "last"]
    assert lasts == [press.repeat_starts_ms[2], longer.repeat_starts_ms[6]]


def test_a_second_side_is_never_left_out_after_the_first():
    routine = routine_of(
        timed("Glide", 60, 60, optional=True, sides=("left", "right")), timed("Rest", 60, 60, optional=True)
    )
    made = schedule(routine, terms())

    fitted = refit(made, terms(), from_ms=made.plan.steps[0].start_ms + 1, end_ms=0)

    assert fitted.left_out == ("Rest",)
    assert [step.part.side for step in fitted.made.plan.steps] == ["left", "right"]


@pytest.mark.parametrize("minutes", [30, 40])
def test_a_built_in_routine_keeps_its_end_after_a_long_hold(minutes):
    session = terms(minutes * MINUTE_MS)
    made = schedule(load_routine("eleven-steps"), session)
    third = made.plan.steps[2]

    fitted = refit(made, session, from_ms=third.start_ms + 20_000, end_ms=made.plan.length_ms - MINUTE_MS)

    assert fitted.late_ms == 0
    assert fitted.made.plan.steps[2].length_ms == third.length_ms


@pytest.mark.parametrize("minutes", [-5, -1, 1])
def test_in_the_middle_of_any_sentence_of_a_built_in_routine_all_goes_well(minutes):
    session = terms(30 * MINUTE_MS, time_left_ms=MINUTE_MS)
    made = schedule(load_routine("eleven-steps"), session)

    for cue in made.timeline.cues:
        from_ms = (cue.at_ms + cue.end_ms) // 2
        fitted = refit(made, session, from_ms=from_ms, longer_ms=asked(made, from_ms, minutes * MINUTE_MS))
        assert_goes_on_from(made, fitted.made, from_ms)


QUIET = routine_of(timed("Glide", 60, 120), timed("Rest", 60, 120))
OPEN = routine_of(timed("Glide", 60, 120), timed("Rest", 60, 120, open=True), timed("Hold", 60, 120))


@pytest.mark.parametrize("late_ms", [4 * MINUTE_MS, -4 * MINUTE_MS])
def test_the_quiet_ending_of_a_stretched_session_gives_and_takes_before_the_steps_do(late_ms):
    session = terms(20 * MINUTE_MS, stretch=True)
    made = schedule(QUIET, session)
    end_ms = made.plan.length_ms - late_ms

    fitted = refit(made, session, from_ms=made.plan.steps[0].start_ms + 1, end_ms=end_ms)

    assert fitted.late_ms == 0
    assert fitted.made.plan.quiet_ms == made.plan.quiet_ms - late_ms
    assert [step.length_ms for step in fitted.made.plan.steps] == [step.length_ms for step in made.plan.steps]


def test_only_what_a_quiet_ending_cannot_give_the_steps_give():
    session = terms(6 * MINUTE_MS, stretch=True)
    made = schedule(QUIET, session)
    from_ms = made.plan.steps[0].start_ms + 1

    fitted = refit(made, session, from_ms=from_ms, end_ms=made.plan.length_ms - made.plan.quiet_ms - 30_000)

    assert (fitted.late_ms, fitted.made.plan.quiet_ms) == (0, 0)
    assert sum(step.length_ms for step in made.plan.steps) - sum(
        step.length_ms for step in fitted.made.plan.steps
    ) == pytest.approx(30_000)


def test_in_a_stretched_session_the_open_steps_take_what_is_over_and_the_quiet_what_they_no_longer_can():
    session = terms(10 * MINUTE_MS, stretch=True)
    made = schedule(OPEN, session)
    glide, rest, hold = made.plan.steps
    end_ms = made.plan.length_ms + 5 * MINUTE_MS

    before = refit(made, session, from_ms=glide.start_ms + 1, end_ms=end_ms)
    after = refit(made, session, from_ms=hold.start_ms + 1, end_ms=end_ms)

    assert (before.late_ms, after.late_ms) == (0, 0)
    assert [step.length_ms for step in before.made.plan.steps] == [
        glide.length_ms, rest.length_ms + 5 * MINUTE_MS, hold.length_ms
    ]  # fmt: skip
    assert (made.plan.quiet_ms, before.made.plan.quiet_ms, after.made.plan.quiet_ms) == (0, 0, 5 * MINUTE_MS)


def test_an_open_step_that_is_being_done_is_counted_on_to_its_new_end():
    press = Step(title="Press", say="Press.", repeat=Count(3, 4), hold=Duration(10_000, 10_000), open=True)
    session = terms(3 * MINUTE_MS, stretch=True)
    made = schedule(routine_of(press), session)
    step = made.plan.steps[0]

    fitted = refit(made, session, from_ms=step.start_ms + 1, end_ms=made.plan.length_ms + 3 * MINUTE_MS)

    longer = fitted.made.plan.steps[0]
    assert longer.length_ms == step.length_ms + 3 * MINUTE_MS
    assert longer.end_ms - longer.repeat_starts_ms[-1] < 2 * step.each_ms


@given(moments(), st.integers(-20 * MINUTE_MS, 20 * MINUTE_MS))
def test_a_stretched_session_ends_when_it_has_to_unless_its_least_is_longer(moment, by_ms):
    made, _, from_ms = moment
    stretched = Terms(Options(budget_ms=made.plan.length_ms, stretch=True), phrases("en"), measure)
    assume(from_ms <= made.plan.closing_ms)

    fitted = refit(made, stretched, from_ms=from_ms, end_ms=made.plan.length_ms + by_ms)

    assert fitted.late_ms >= 0
    assert fitted.late_ms == 0 or fitted.made.plan.quiet_ms == 0
    assert_goes_on_from(made, fitted.made, from_ms)
