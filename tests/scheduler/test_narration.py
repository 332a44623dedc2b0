import itertools
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import measure, routines
from test_planning import plan_within, terms

from voiceguide.errors import ScheduleError
from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.glossary import glossary
from voiceguide.routine.library import entries, load_routine
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.narration import PREVIEW_FROM_MS, check_in_steps, narrate
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.pauses import AFTER_CHIME_MS, BETWEEN_SENTENCES_MS
from voiceguide.scheduler.phrases import languages, phrases
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import schedule
from voiceguide.scheduler.timeline import Role
from voiceguide.scheduler.wording import sentences


@given(routines(), st.floats(0, 1), st.sampled_from([None, 60_000, 300_000]))
def test_no_two_sentences_come_closer_than_a_breath_and_none_is_cut(routine, share, time_left_ms):
    plan = plan_within(routine, share)

    script = narrate(plan, terms(time_left_ms=time_left_ms))

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


def kinds_of(plan, **options) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for lines in narrate(plan, terms(**options)).steps for line in lines]


def test_a_question_has_time_for_its_answer_and_comes_before_the_last_repeat():
    for name in (entry.name for entry in entries()):
        plan = make_plan(load_routine(name), terms())
        for planned, lines in zip(plan.steps, narrate(plan, terms()).steps, strict=True):
            for line, following in pairwise(lines):
                if line.kind == "check-in":
                    assert following.at_ms - line.at_ms - line.length_ms >= 5_200
                    assert following.kind != "two more" or planned.repeats
            if planned.repeats:
                asked = [line.at_ms + line.length_ms for line in lines if line.kind == "check-in"]
                assert all(end_ms <= planned.repeat_starts_ms[-1] - planned.start_ms for end_ms in asked)
                order = [line.kind for line in lines if line.kind in ("last", "preview")]
                assert order in ([], ["last"], ["preview"], ["last", "preview"])


@pytest.mark.parametrize("minutes", [25, 33, 44])
def test_both_who_take_turns_are_asked(minutes):
    plan = make_plan(load_routine("take-turns"), terms(minutes * 60_000))

    sections = {step.part.section for step in plan.steps if step.number in check_in_steps(plan)}
    assert len(sections) >= 2


def test_bells_tell_the_time_that_is_left_when_asked_to():
    options = {"detail": "bells", "time_left_ms": 300_000}

    kinds = [kind for kind, _ in kinds_of(make_plan(load_routine("eleven-steps"), terms(**options)), **options)]
    assert kinds.count("time left") >= 4
    assert set(kinds) == {"instruction", "time left"}


def test_repeats_are_counted_down_where_it_helps():
    plan = make_plan(load_routine("eleven-steps"), terms(30 * 60_000))

    for planned, lines in zip(plan.steps, narrate(plan, terms()).steps, strict=True):
        kinds = [line.kind for line in lines]
        assert kinds.count("last") == (planned.repeats is not None and planned.repeats > 1)
        assert kinds.count("two more") == (planned.repeats is not None and planned.repeats >= 4)
        for line in lines:
            if line.kind in ("last", "two more"):
                bell_ms = planned.repeat_starts_ms[-1 if line.kind == "last" else -2] - planned.start_ms
                assert 0 < line.at_ms - bell_ms <= 2_000


def test_the_time_left_is_told_every_five_minutes():
    plan = make_plan(load_routine("eleven-steps"), terms(30 * 60_000, time_left_ms=300_000))
    script = narrate(plan, terms(time_left_ms=300_000))

    told = {}
    for step, lines in zip(plan.steps, script.steps, strict=True):
        told |= {line.text: step.start_ms + line.at_ms for line in lines if line.kind == "time left"}
    assert list(told) == [f"{minutes} minutes left." for minutes in (25, 20, 15, 10, 5)]
    for text, at_ms in told.items():
        assert abs(plan.length_ms - at_ms - int(text.split()[0]) * 60_000) <= 20_000


@pytest.mark.parametrize(
    ("pressure", "asked"), [("light", "light enough"), ("firm", "too much"), (None, "just right?")]
)
def test_the_check_in_asks_for_the_pressure_that_was_wanted(pressure, asked):
    plan = make_plan(load_routine("eleven-steps"), terms(30 * 60_000, pressure=pressure))

    questions = [text for kind, text in kinds_of(plan, pressure=pressure) if kind == "check-in"]
    assert len(questions) >= 2
    assert all(asked in text for text in questions)


def test_a_stroke_is_explained_the_first_time_in_full_and_not_in_brief():
    routine = load_routine("swedish-back")
    explained = glossary().strokes["petrissage"].explain["en"]

    def said(detail: str) -> str:
        options = {"detail": detail}
        return " ".join(text for _, text in kinds_of(make_plan(routine, terms(**options)), **options))

    assert said("full").count(explained) == 1
    assert said("brief").count(explained) == 0


LANGUAGES = ["en", "es", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_complete(language):
    words = phrases(language)

    assert set(words.pressure) == set(words.check_in) == {"light", "medium", "firm"}
    assert set(words.sides) == {"left", "right"}
    assert words.preview.format(title="X").count("X") == 1
    for stroke in glossary().strokes.values():
        assert stroke.explain[language]
    for area in glossary().areas.values():
        assert area.names[language]


def test_the_languages_are_told():
    assert sorted(LANGUAGES) == languages()
    with pytest.raises(ScheduleError) as caught:
        phrases("tlh")
    assert "de, en, es" in caught.value.hint


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "de",
            {
                "Zuerst die linke Seite.",
                "Nun die rechte Seite.",
                "3 Mal.",
                "Noch ein letztes Mal.",
                "Auslassen: Kopfhaut.",
            },
        ),
        (
            "es",
            {
                "Primero, el lado izquierdo.",
                "Ahora, el lado derecho.",
                "3 veces.",
                "La última.",
                "Sin tocar: cuero cabelludo.",
            },
        ),
    ],
)
def test_a_routine_is_guided_in_its_own_language_throughout(language, expected):
    own = "Xyz."
    steps = (
        Step(
            title="Xyz",
            say=own,
            brief=own,
            repeat=Count(3, 3),
            each=Duration(15_000, 20_000),
            sides=("left", "right"),
            technique="friction",
            area="head",
            pressure="firm",
        ),
        Step(title="Xyz", say=own, time=Duration(120_000, 180_000)),
    )
    routine = Routine(format=1, title="Xyz", language=language, sections=(Section(title="Xyz", steps=steps),))
    ours = Terms(Options(avoid=("scalp",), pressure="light"), phrases(language), measure)

    made = schedule(routine, ours)

    said = {cue.name for cue in made.timeline.cues if cue.role is Role.SPEECH}
    assert expected <= said
    english = schedule(
        Routine(format=1, title="Xyz", sections=routine.sections), Terms(ours.options, phrases("en"), measure)
    )
    assert said & set(english.sentences()) <= {own}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Breathe out. 🙂! Let go.", ["Breathe out.", "Let go."]),
        ("Rest! !!! …", ["Rest!"]),
        ("Rest 🙂.", ["Rest 🙂."]),
        ("…", []),
    ],
)
def test_a_sentence_has_something_to_say(text, said):
    assert sentences(text) == said
