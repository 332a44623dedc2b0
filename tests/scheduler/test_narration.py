import itertools

from hypothesis import given
from hypothesis import strategies as st
from strategies import measure, routines
from test_planning import plan_within, terms

from voiceguide.routine.library import load_routine
from voiceguide.scheduler.narration import PREVIEW_FROM_MS, check_in_steps, narrate
from voiceguide.scheduler.pauses import AFTER_CHIME_MS, BETWEEN_SENTENCES_MS
from voiceguide.scheduler.planning import make_plan


@given(routines(), st.floats(0, 1))
def test_no_two_sentences_come_closer_than_a_breath_and_none_is_cut(routine, share):
    plan = plan_within(routine, share)

    script = narrate(plan, terms())

    for step, lines in zip(plan.steps, script.steps, strict=True):
        assert lines[0].at_ms == AFTER_CHIME_MS
        for line, following in itertools.pairwise(lines):
            assert line.at_ms + line.length_ms + BETWEEN_SENTENCES_MS <= following.at_ms
        last = lines[-1]
        assert last.at_ms + last.length_ms + BETWEEN_SENTENCES_MS <= step.length_ms
        assert all(line.length_ms == measure(line.text) for line in lines)


@given(routines(), st.floats(0, 1))
def test_the_instruction_is_said_whole_before_the_first_stroke(routine, share):
    plan = plan_within(routine, share)

    for step, lines in zip(plan.steps, narrate(plan, terms()).steps, strict=True):
        said = [line for line in lines if line.kind == "instruction"]
        assert tuple(line.text for line in said) == step.talk
        assert said[-1].at_ms + said[-1].length_ms <= step.talk_ms


@given(routines(), st.floats(0, 1))
def test_a_preview_ends_five_to_ten_seconds_before_the_change(routine, share):
    plan = plan_within(routine, share)

    for step, lines in zip(plan.steps, narrate(plan, terms()).steps, strict=True):
        for line in lines:
            if line.kind == "preview":
                assert step.length_ms >= PREVIEW_FROM_MS
                assert 5_000 <= step.length_ms - line.at_ms - line.length_ms <= 10_000


@given(routines(), st.floats(0, 1))
def test_a_caution_is_said_once_and_full_words_too(routine, share):
    plan = plan_within(routine, share)

    said = [text for step in plan.steps for text in step.talk]
    assert said.count("Keep off the spine.") == any(step.part.step.caution for step in plan.steps)


def test_a_sentence_never_covers_the_bell_of_a_repeat():
    plan = make_plan(load_routine("eleven-steps"), terms(30 * 60_000))

    for step, lines in zip(plan.steps, narrate(plan, terms()).steps, strict=True):
        for bell_ms in step.repeat_starts_ms:
            for line in lines:
                start_ms = step.start_ms + line.at_ms
                assert not start_ms <= bell_ms < start_ms + line.length_ms


def test_the_receiver_is_asked_two_to_four_times_and_at_the_first_firm_stroke():
    for minutes in (25, 30, 36):
        plan = make_plan(load_routine("eleven-steps"), terms(minutes * 60_000))
        asked = check_in_steps(plan)
        first_firm = next(step.number for step in plan.steps if step.part.step.pressure == "firm")

        assert first_firm in asked
        assert 2 <= len(asked) <= 4
        kinds = [line.kind for lines in narrate(plan, terms()).steps for line in lines]
        assert kinds.count("check-in") == len(asked)


def test_the_second_side_uses_the_short_words_and_names_the_side():
    plan = make_plan(load_routine("eleven-steps"), terms(30 * 60_000))
    thumbs = [step for step in plan.steps if step.part.step.title.startswith("Thumbs")]

    assert thumbs[0].talk[0] == "First, the left side."
    assert thumbs[1].talk[:2] == ("Now the right side.", "Both thumbs, from the shoulder down beside the spine.")
    fingers = [step for step in plan.steps if step.part.step.title.startswith("Three fingers")]
    assert not any("side." in text and "right" in text for text in fingers[1].talk)


def test_with_bells_only_names_are_said():
    plan = make_plan(load_routine("eleven-steps"), terms(28 * 60_000, detail="bells"))
    script = narrate(plan, terms(detail="bells"))

    for step, lines in zip(plan.steps, script.steps, strict=True):
        names = {f"{step.part.step.title}.", "First, the left side.", "Now the right side."}
        assert {line.text for line in lines} <= names
