"""What the how-to texts say, against the routines that were made from them.

Every figure, every order and every side of the texts is a row here; the rest of the file is what holds for all
routines of the library: what is asked first, what is never said, and how a sentence must be made to be heard.
"""

import re
from itertools import chain

import pytest
import yaml

from voiceguide import guide, paths
from voiceguide.routine.amounts import parse_count, parse_duration
from voiceguide.routine.library import load_routine
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import estimated_ms
from voiceguide.units import MINUTE_MS

NAMES = (
    "eleven-steps", "oil-and-glide", "first-backrub", "complete-session", "swedish-back", "deep-tissue-back",
    "trigger-points", "take-turns", "slow-strokes",
)  # fmt: skip

GLOSSARY = yaml.safe_load((paths.built_in_routines().parent / "glossary.yaml").read_text("utf-8"))

FIGURES = [
    ("oil-and-glide", "Out over the shoulders", "repeat", "3-5 times"),
    ("oil-and-glide", "The whole round again", "repeat", "3-5 times"),
    ("complete-session", "A few minutes of rest", "time", "2-4 min"),
    ("trigger-points", "Pressing the knot in the shoulder", "hold", "10-15 s"),
    ("trigger-points", "Pressing the knot beside the blade", "hold", "10-15 s"),
    ("trigger-points", "Pressing the knot in the hip", "hold", "10-15 s"),
    ("trigger-points", "Pressing the knot in the shoulder", "repeat", "3-5 times"),
    ("trigger-points", "Pressing the knot beside the blade", "repeat", "3-5 times"),
    ("eleven-steps", "Light strokes over the whole back", "time", "5-6 min"),
    ("eleven-steps", "Sweeps beside the spine", "repeat", "3-4 times"),
    ("eleven-steps", "Three fingers down beside the spine", "repeat", "3-4 times"),
    ("eleven-steps", "Forearm along the shoulder blade", "repeat", "3-4 times"),
    ("eleven-steps", "Circles on the lower back", "time", "2-3 min"),
    ("eleven-steps", "The lower back once more", "time", "2-3 min"),
    ("eleven-steps", "Scalp", "time", "1-2 min"),
    ("swedish-back", "Tapping the shoulders and upper back", "time", "30-60 s"),
    ("swedish-back", "Palm presses", "each", "4-5 s"),
    ("swedish-back", "A fine tremble", "each", "7-10 s"),
]  # fmt: skip

WORDS = [
    ("oil-and-glide", "A place that you can walk around", "as long as the whole body", "without straining"),
    ("oil-and-glide", "Warmth and soft light", "warmer than usual", "Dim the lights", "calm music", "candle"),
    ("oil-and-glide", "Oil and scent", "neutral oil", "moisturizer", "a drop or two"),
    ("oil-and-glide", "How firm, and where", "how much pressure", "where", "Do not guess"),
    ("oil-and-glide", "Oil and first touch", "Sit or stand at the head", "drops of oil", "Between your thumbs"),
    ("oil-and-glide", "Down beside the spine, up the sides", "beside the spine", "hips", "sides", "shoulders"),
    ("oil-and-glide", "Circles around the shoulder blades", "whole palms", "again and again"),
    ("oil-and-glide", "Together over the low back", "together", "hips once more", "meet on the lower back"),
    ("oil-and-glide", "Up along the spine", "up the back", "thumb"),
    ("oil-and-glide", "Out over the shoulders", "outward", "both shoulders", "meet at the neck"),
    ("oil-and-glide", "Down the arms, off between the fingers", "shoulders", "both arms", "hands", "between theirs"),
    ("oil-and-glide", "The whole round again", "Mix the strokes", "turn them around", "oil when you need it"),
    ("first-backrub", "Quiet and music", "noise", "music", "river"),
    ("first-backrub", "Scent, light and warm towels", "scent", "Dim the lights", "warm some towels"),
    ("first-backrub", "A comfortable position", "sit", "lie", "comfortable"),
    ("first-backrub", "Warm oil", "Rub your hands together", "warm"),
    ("first-backrub", "Long, flowing strokes", "long stroke", "spread the oil", "warm the back"),
    ("first-backrub", "Kneading the lower back", "section by section"),
    ("first-backrub", "A first question", "how the pressure is", "Which places want more"),
    ("first-backrub", "The place that wants more", "where they would like more", "how firm"),
    ("first-backrub", "Soreness, and when to see a specialist", "hurt for long", "in spite of massage", "specialist"),
    ("complete-session", "A warm and silent room", "Warm the room", "nothing disturbs"),
    ("complete-session", "Soft light and music", "Dim the lights", "soft lamp", "soothing music"),
    ("complete-session", "Oil, towels and a blanket", "towels", "almond or coconut", "warm water"),
    ("complete-session", "What they wish for", "gliding, kneading or pressing"),
    ("complete-session", "A soft place to lie", "padding", "Support"),
    ("complete-session", "Oil, warmed and spread", "warm oil", "long sweeps"),
    ("complete-session", "Gentle fingers", "fingers", "Begin gently", "new to them"),
    ("complete-session", "Broad strokes toward the neck", "toward the neck", "every part is covered"),
    ("complete-session", "A question in between", "pressure", "which places", "anything else"),
    ("complete-session", "Lighter strokes", "every stroke", "less weight"),
    ("complete-session", "A warm towel and a blanket", "warm towel", "blanket"),
    ("complete-session", "A glass of water", "glass of water"),
    ("complete-session", "Stretches and posture", "stretch", "upright"),
    ("complete-session", "A quiet evening", "breathing", "water", "sleep when tired"),
    ("swedish-back", "Deeper glides", "Change the pressure"),
    ("swedish-back", "Kneading down to the waist", "Lift and loosen"),
    ("swedish-back", "Tapping the shoulders and upper back", "spring up"),
    ("deep-tissue-back", "A number for the pressure", "Six is good", "seven the edge", "eight too much", "Pain stops"),
    ("deep-tissue-back", "Breathing together", "deep breath in", "slow breath out"),
    ("deep-tissue-back", "A question about the number", "with pain, stop"),
    ("trigger-points", "Where it is tight", "uncomfortable", "one word stops you"),
    ("trigger-points", "Finding the knot in the shoulder", "firm spot", "tender"),
    ("trigger-points", "Pressing the knot in the shoulder", "mild discomfort at most", "let go slowly", "slow pulse"),
    ("take-turns", "A private place", "private", "both of you", "candles", "gentle music"),
    ("take-turns", "Blankets and oil", "two blankets", "pillows", "oil", "lotion", "towels", "scent"),
    ("take-turns", "A few deep breaths", "Breathe in deeply", "shoulders drop"),
    ("take-turns", "What each of you wants", "what you want", "how firm", "do not want"),
    ("take-turns", "A question", "tense", "stop and talk"),
    ("take-turns", "How it felt", "how it felt", "next time"),
    ("eleven-steps", "Warm the oil and spread it", "a little oil", "several times", "whole back"),
    ("eleven-steps", "Sweeps beside the spine", "fingertips, thumbs and palms", "sweep", "upper back"),
    ("eleven-steps", "Thumbs down beside the spine", "thumbs", "side by side", "top of the shoulder", "whole back"),
    ("eleven-steps", "Three fingers down beside the spine", "first three fingers", "tips", "beside the spine"),
    ("eleven-steps", "Forearm along the shoulder blade", "forearm", "gently", "shoulder blade"),
    ("eleven-steps", "Circles on the lower back", "both hands", "above the sacrum", "only circles"),
    ("eleven-steps", "Circles below the waist", "one or two inches below the waist", "no further", "light pressure"),
    ("eleven-steps", "Sides of the neck", "lightly"),
    ("eleven-steps", "Base of the skull", "Stand at the side", "a little more pressure"),
    ("eleven-steps", "Around the neck", "around the neck", "where the skull begins"),
]  # fmt: skip

ORDER = {
    "eleven-steps": [
        "Warm the oil and spread it", "Light strokes over the whole back", "Sweeps beside the spine",
        "Thumbs down beside the spine", "Three fingers down beside the spine", "Forearm along the shoulder blade",
        "Circles on the lower back", "Circles below the waist", "Sides of the neck", "Base of the skull",
        "Sweeps over the whole back", "The lower back once more", "Around the neck", "Scalp",
    ],
    "oil-and-glide": [
        "Oil and first touch", "Down beside the spine, up the sides", "Circles around the shoulder blades",
        "Together over the low back", "Up along the spine", "Out over the shoulders",
        "Down the arms, off between the fingers", "The whole round again",
    ],
    "first-backrub": [
        "A comfortable position", "Warm oil", "Long, flowing strokes", "A first question", "Kneading the shoulder",
        "Kneading between spine and shoulder blade", "Kneading the lower back", "Long strokes again",
        "Short pressure on the upper back", "Long strokes in between", "Short pressure on the lower back",
        "The place that wants more", "Kneading the neck", "Soreness, and when to see a specialist",
    ],
    "complete-session": [
        "A warm and silent room", "A soft place to lie", "Oil, warmed and spread", "Gentle fingers",
        "Broad strokes toward the neck", "A question in between", "Kneading the shoulder", "Palm on the hip",
        "Kneading the neck", "Lighter strokes", "Only fingertips", "Hands at rest", "A warm towel and a blanket",
        "A few minutes of rest", "A glass of water", "Stretches and posture",
    ],
    "deep-tissue-back": [
        "A number for the pressure", "Warming glides", "Warming kneads", "Breathing together",
        "Slow strokes up the neck", "Over the top of the shoulder", "Up beside the spine", "Over the hip",
    ],
    "trigger-points": [
        "Gliding strokes", "Finding the knot in the shoulder", "Pressing the knot in the shoulder",
        "A stretch for the shoulder", "Squeezes for the shoulder", "Finding the knot beside the blade",
        "Pressing the knot beside the blade", "A stretch beside the blade", "Squeezes beside the blade",
    ],
    "take-turns": [
        "What each of you wants", "The first one lies down", "Light strokes on the back", "Light strokes on the neck",
        "Strokes down the arm", "Strokes down the leg", "Stillness", "Time to change", "The second one lies down",
        "Light strokes on the back", "Last long strokes", "How it felt",
    ],
}  # fmt: skip

BOTH_SIDES = [
    ("eleven-steps", "Thumbs down beside the spine"),
    ("eleven-steps", "Three fingers down beside the spine"),
    ("eleven-steps", "Forearm along the shoulder blade"),
    ("eleven-steps", "Circles on the lower back"),
    ("eleven-steps", "Circles below the waist"),
    ("eleven-steps", "Sides of the neck"),
    ("first-backrub", "Kneading the shoulder"),
    ("complete-session", "Kneading the shoulder"),
    ("swedish-back", "Thumb circles beside the spine"),
    ("swedish-back", "Palm presses"),
    ("deep-tissue-back", "Slow strokes up the neck"),
    ("deep-tissue-back", "Over the hip"),
    ("trigger-points", "Pressing the knot in the shoulder"),
    ("trigger-points", "Pressing the knot beside the blade"),
    ("take-turns", "Strokes down the arm"),
    ("take-turns", "Strokes down the leg"),
]

EXTRAS = {
    "oil-and-glide": {"More oil", "Hands at rest"},
    "first-backrub": {"From the neck out over the shoulders", "Hands at rest"},
    "complete-session": {"First touch", "Base of the skull"},
    "swedish-back": {"Hands at rest"},
    "deep-tissue-back": {"Base of the skull", "Hands at rest"},
    "trigger-points": {
        "Circles behind the hip bone", "Pressing the knot in the hip", "Squeezes for the hip", "Hands at rest",
    },
    "slow-strokes": {"Down the arms", "Down the back"},
}  # fmt: skip
"""What may be left out of the massage itself; everything else is what the text is about."""

CAUTIONS = [
    ("eleven-steps", "Sweeps beside the spine", "spine"),
    ("eleven-steps", "Circles on the lower back", "kidneys"),
    ("eleven-steps", "Sides of the neck", "front of the neck"),
    ("oil-and-glide", "Down beside the spine, up the sides", "spine"),
    ("oil-and-glide", "Together over the low back", "kidneys"),
    ("first-backrub", "Long, flowing strokes", "spine"),
    ("first-backrub", "Kneading the lower back", "kidneys"),
    ("first-backrub", "Kneading the neck", "front of the neck"),
    ("complete-session", "Gentle fingers", "before you press"),
    ("complete-session", "Broad strokes toward the neck", "whole weight"),
    ("complete-session", "Broad strokes toward the neck", "spine"),
    ("complete-session", "Kneading the lower back", "kidneys"),
    ("complete-session", "Kneading the neck", "front of the neck"),
    ("swedish-back", "Light glides", "spine"),
    ("swedish-back", "Kneading down to the waist", "kidneys"),
    ("swedish-back", "Tapping the shoulders and upper back", "on the spine, or over the kidneys"),
    ("deep-tissue-back", "Warming glides", "spine"),
    ("deep-tissue-back", "Slow strokes up the neck", "front of the neck"),
    ("deep-tissue-back", "Up beside the spine", "kidneys"),
    ("deep-tissue-back", "Over the hip", "bones"),
    ("trigger-points", "Gliding strokes", "spine"),
    ("trigger-points", "Pressing the knot in the shoulder", "stop if it hurts"),
    ("take-turns", "Light strokes on the neck", "front of the neck"),
    ("take-turns", "Small presses beside the spine", "spine"),
    ("take-turns", "Strokes down the leg", "back of the knee"),
]

ASKED = (
    "clots", "bleeding", "blood thinners", "fractures", "osteoporosis", "fever or infection", "wounds", "burns",
    "rashes", "pregnancy", "cancer", "surgery", "unexplained pain", "allergies", "after any yes", "doctor",
)  # fmt: skip

NEVER_SAID = re.compile(
    r"\b(toxin|detox|flush|cur(e[sd]?|ing)\b|heal(s|ed|ing)?\b|lymph|treat|relie[fv])", re.IGNORECASE
)

WITHOUT_A_STROKE = {"Warm oil", "A little oil"}
"""Parts of the massage in which the hands are not on the body yet."""

MOST_WORDS = 45
"""Of one instruction: nobody keeps more in mind with both hands busy."""

MOST_WORDS_IN_A_SENTENCE = 14


def steps_of(name: str, *kinds: str) -> list[Step]:
    return [step for section in load_routine(name).sections if section.kind in kinds for step in section.steps]


def all_steps(name: str) -> list[Step]:
    return [step for section in load_routine(name).sections for step in section.steps]


def find(name: str, title: str) -> tuple[Section, Step]:
    """Return the first step with this title, and its section."""
    return next((sec, step) for sec in load_routine(name).sections for step in sec.steps if step.title == title)


def section(routine: Routine, title: str) -> Section:
    return next(each for each in routine.sections if each.title == title)


def spoken(step: Step) -> list[str]:
    return [text for text in (step.say, step.brief, step.caution) if text]


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


def test_the_library_has_these_nine_routines():
    assert {entry.name for entry in guide.library() if not entry.own} == set(NAMES)


@pytest.mark.parametrize(("name", "title", "key", "amount"), FIGURES)
def test_a_figure_is_the_one_of_the_text(name, title, key, amount):
    _, step = find(name, title)

    parse = parse_count if key == "repeat" else parse_duration
    assert getattr(step, key) == parse(amount)


@pytest.mark.parametrize(("name", "title", "words"), [(name, title, words) for name, title, *words in WORDS])
def test_a_step_says_what_the_text_says(name, title, words):
    _, step = find(name, title)

    for word in words:
        assert word.lower() in step.say.lower()


@pytest.mark.parametrize("name", ORDER)
def test_the_strokes_come_in_the_order_of_the_text(name):
    titles = iter([step.title for step in all_steps(name)])

    for title in ORDER[name]:
        assert title in titles, f"{title} is missing, or too early"


@pytest.mark.parametrize(("name", "title"), BOTH_SIDES)
def test_what_is_done_on_one_side_is_done_on_the_other(name, title):
    its_section, step = find(name, title)

    assert (step.sides or its_section.sides) == ("left", "right")


@pytest.mark.parametrize(("name", "title", "words"), CAUTIONS)
def test_a_step_warns_where_it_must(name, title, words):
    _, step = find(name, title)

    assert words in (step.caution or "")


@pytest.mark.parametrize("name", NAMES)
def test_every_stroke_of_the_text_is_kept_however_short_the_time(name):
    left_out = {step.title for step in steps_of(name, "massage", "close") if step.optional}

    assert left_out == EXTRAS.get(name, set())


def test_a_stroke_that_the_text_repeats_more_is_done_once_before_it_is_counted():
    _, step = find("oil-and-glide", "Out over the shoulders")

    assert step.say.endswith("Now the same again, slowly.")


def test_the_seven_swedish_strokes_come_in_their_order_and_glides_end_them():
    strokes = [step.technique for step in steps_of("swedish-back", "massage") if step.technique]

    assert list(dict.fromkeys(strokes)) == [
        "effleurage", "petrissage", "friction", "tapotement", "compression", "circles", "vibration",
    ]  # fmt: skip
    assert steps_of("swedish-back", "close")[0].technique == "effleurage"


def test_the_glides_of_the_swedish_massage_vary_in_pressure():
    glides = [step.pressure for step in steps_of("swedish-back", "massage") if step.technique == "effleurage"]

    assert {"light", "medium"} <= set(glides)


def test_deep_strokes_go_from_the_neck_to_the_hips_and_along_with_the_breath():
    deep = [step for step in steps_of("deep-tissue-back", "massage") if step.technique == "friction"]

    areas = list(dict.fromkeys(step.area for step in deep if not step.optional))
    assert areas == ["neck", "shoulders", "shoulder blades", "beside the spine", "hips"]
    assert all("breath out" in step.say for step in deep if not step.optional)
    assert all("slow" in step.say + (step.brief or "") for step in deep)


def test_a_knot_is_softened_found_pressed_stretched_and_squeezed():
    for title in ("Knots in the shoulder", "Knots beside the shoulder blade"):
        knots = section(load_routine("trigger-points"), title)

        assert [step.technique for step in knots.steps] == [
            "effleurage", "circles", "trigger-point pressing", "stretch", "squeeze",
        ]  # fmt: skip


def test_the_first_backrub_takes_long_strokes_and_short_pressure_in_turn():
    turns = section(load_routine("first-backrub"), "Strokes and pressure in turn").steps

    assert [step.technique for step in turns[:4]] == ["effleurage", "compression"] * 2


def test_each_of_two_people_gets_the_same():
    routine = load_routine("take-turns")
    first, second = (section(routine, title) for title in ("The first massage", "The second massage"))

    def share(step: Step) -> tuple[object, ...]:
        return step.title, step.time, step.sides, step.technique, step.area, step.pressure, step.optional, step.open

    assert [share(step) for step in first.steps] == [share(step) for step in second.steps]
    assert all(step.time and not step.optional for step in first.steps)


@pytest.mark.parametrize("detail", ["full", "brief", "bells"])
@pytest.mark.parametrize("minutes", [20, 30, 45])
def test_the_two_halves_last_equally_long(minutes, detail):
    routine = load_routine("take-turns")
    options = Options(budget_ms=minutes * MINUTE_MS, detail=detail)
    plan = make_plan(routine, Terms(options, phrases("en"), estimated_ms))

    first_ms, second_ms = (
        sum(step.length_ms for step in plan.steps if step.part.section == title)
        for title in ("The first massage", "The second massage")
    )
    assert first_ms == pytest.approx(second_ms, abs=20)


def test_the_second_giver_hears_full_words_and_every_caution():
    routine = load_routine("take-turns")
    first, second = (section(routine, title) for title in ("The first massage", "The second massage"))

    for one, other in zip(first.steps, second.steps, strict=True):
        assert one.say != other.say
        assert (one.caution is None) == (other.caution is None)
        assert one.caution is None or one.caution != other.caution


def test_two_people_talk_before_and_after_and_really_change_places():
    titles = [each.title for each in load_routine("take-turns").sections]

    assert titles == [
        "Before you begin", "The first massage", "Change places", "The second massage", "Close", "Afterwards",
    ]  # fmt: skip
    assert not find("take-turns", "What each of you wants")[1].optional
    assert not find("take-turns", "How it felt")[1].optional
    assert find("take-turns", "Time to change")[1].wait


def test_the_common_mistakes_are_cautions_of_the_complete_session():
    cautions = " ".join(load_routine("complete-session").cautions)

    for words in ("whole weight", "feels wrong", "before the muscles are warm", "without support"):
        assert words in cautions


@pytest.mark.parametrize("name", NAMES)
def test_a_routine_goes_from_preparation_to_aftercare(name):
    kinds = [each.kind for each in load_routine(name).sections]

    assert kinds == ["preparation", *["massage"] * (len(kinds) - 3), "close", "aftercare"]


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_asked_first_and_never_left_out(name):
    asking = [step for step in steps_of(name, "preparation") if "Ask" in step.say and "pregnancy" in step.say]

    (step,) = asking
    assert not step.optional
    assert step.wait
    for word in ASKED:
        assert word in step.say.lower()
    for word in ("clots", "thinners", "bones", "fever", "skin", "pregnancy", "cancer", "surgery", "any yes"):
        assert word in (step.brief or "").lower()


@pytest.mark.parametrize("name", NAMES)
def test_a_comfortable_position_comes_first_and_is_never_left_out(name):
    preparation = steps_of(name, "preparation")

    lying = [step for step in preparation if re.search(r"\b(lie|lies|lean)\b", step.say)]
    assert any(not step.optional and re.search("comfort|padding", step.say) for step in lying)


@pytest.mark.parametrize("name", NAMES)
def test_preparation_waits_where_there_is_something_to_do(name):
    preparation = steps_of(name, "preparation")

    assert preparation[-1].wait
    assert not preparation[-1].optional
    assert all(step.wait for step in preparation if not step.optional)
    assert all(step.time and step.time.max_ms <= 40_000 for step in preparation)


@pytest.mark.parametrize("name", NAMES)
def test_afterwards_there_is_warmth_time_and_water_for_those_who_like(name):
    after = " ".join(step.say.lower() for step in steps_of(name, "close", "aftercare"))

    assert "warm" in after
    assert "water" in after
    assert re.search("still|rest", after)
    assert name == "slow-strokes" or re.search(r"\bsore", after)


@pytest.mark.parametrize("name", NAMES)
def test_glides_begin_and_warm_the_back_before_anything_firm(name):
    strokes = [step for step in steps_of(name, "massage") if step.technique not in (None, "rest")]
    firm = [index for index, step in enumerate(strokes) if step.pressure == "firm"]

    assert strokes[0].technique == "effleurage"
    assert strokes[0].pressure == "light"
    warming = [step for step in strokes[: firm[0]] if step.technique == "effleurage" and step.time] if firm else []
    assert not firm or sum(step.time.min_ms for step in warming) >= 2 * MINUTE_MS


@pytest.mark.parametrize("name", NAMES)
def test_a_routine_names_what_must_never_be_pressed_and_whom_to_ask(name):
    cautions = " ".join(load_routine(name).cautions)

    for words in ("spine", "kidneys", "front of the neck", "doctor"):
        assert words in cautions
    assert "knees" in cautions or not any(step.area == "legs" for step in all_steps(name))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_promised(name):
    routine = load_routine(name)
    texts = [routine.title, routine.summary or "", *routine.cautions, *routine.needs]
    texts += [each.title for each in routine.sections]
    texts += chain.from_iterable((step.title, *spoken(step)) for step in all_steps(name))

    assert [text for text in texts if NEVER_SAID.search(text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_stroke_says_how_and_where_and_has_a_short_form(name):
    for step in steps_of(name, "massage", "close"):
        assert step.brief
        assert len(step.brief) <= len(step.say)
        off_the_body = step.wait or step.title in WITHOUT_A_STROKE
        assert off_the_body or (step.technique and step.area and step.pressure)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_one_thing(name):
    meanings = {(step.title, step.technique, step.area, step.time) for step in all_steps(name)}

    assert len(meanings) == len({step.title for step in all_steps(name)})


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_can_be_heard(name):
    for text in chain.from_iterable(spoken(step) for step in all_steps(name)):
        assert text.endswith((".", "!", "?"))
        assert not re.search(r"[()\[\]/\d…;]|\b(e\.g|i\.e|etc|approx)\b", text)
        assert len(text.split()) <= MOST_WORDS, text
        for sentence in sentences(text):
            assert len(sentence.split()) <= MOST_WORDS_IN_A_SENTENCE, sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_step_with_sides_leaves_naming_them_to_the_guide(name):
    for each in load_routine(name).sections:
        for step in each.steps:
            if step.sides or each.sides:
                for text in (step.title, *spoken(step)):
                    assert not re.search(r"\b(left|right)\b", text), text


@pytest.mark.parametrize("name", NAMES)
def test_every_technique_and_area_is_in_the_glossary(name):
    for step in all_steps(name):
        assert step.technique is None or step.technique in GLOSSARY["strokes"]
        assert step.area is None or step.area in GLOSSARY["areas"]


@pytest.mark.parametrize("name", NAMES)
def test_a_routine_names_its_source_and_no_file(name):
    source = load_routine(name).source

    assert source
    assert not re.search(r"\.txt|seed|^\d", source)


def test_the_glossary_explains_just_the_strokes_that_are_used():
    used = {step.technique for name in NAMES for step in all_steps(name) if step.technique}

    assert set(GLOSSARY["strokes"]) == used


def test_an_area_of_the_glossary_is_used_or_holds_one_that_is():
    used = {step.area for name in NAMES for step in all_steps(name) if step.area}

    held = {bigger for area in used for bigger in GLOSSARY["areas"][area]["within"]}
    assert set(GLOSSARY["areas"]) == used | held


@pytest.mark.parametrize("stroke", GLOSSARY["strokes"])
def test_a_stroke_is_explained_in_one_short_sentence_in_every_language(stroke):
    explained = GLOSSARY["strokes"][stroke]

    assert set(explained) <= {"explain", "pace_s", "gentle"}
    assert list(explained["explain"]) == ["en", "es", "de"]
    assert stroke.rstrip("s") in explained["explain"]["en"].lower()
    for text in explained["explain"].values():
        assert len(sentences(text)) == 1
        assert text.endswith(".")
        assert len(text.split()) < MOST_WORDS_IN_A_SENTENCE


def test_a_glide_is_as_slow_as_skin_likes_it():
    half_a_back_cm = 50

    speed_cm_s = half_a_back_cm / GLOSSARY["strokes"]["effleurage"]["pace_s"]
    assert speed_cm_s == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("area", GLOSSARY["areas"])
def test_an_area_lies_within_all_that_its_bigger_areas_lie_in(area):
    areas = GLOSSARY["areas"]

    assert {"within", "names"} <= set(areas[area]) <= {"within", "names", "touches", "gentle"}
    assert list(areas[area]["names"]) == ["en", "es", "de"]
    assert area not in areas[area]["within"]
    for bigger in areas[area]["within"]:
        assert set(areas[bigger]["within"]) <= set(areas[area]["within"])


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("eleven-steps", 25, 36),
        ("oil-and-glide", 15, 20),
        ("first-backrub", 20, 30),
        ("complete-session", 25, 60),
        ("swedish-back", 25, 30),
        ("deep-tissue-back", 25, 30),
        ("trigger-points", 25, 35),
        ("take-turns", 25, 40),
        ("slow-strokes", 3, 15),
    ],
)
def test_a_routine_can_be_as_short_and_as_long_as_this(name, least, most):
    (entry,) = [each for each in guide.library() if each.name == name]
    overview = guide.overview(entry)

    assert overview.least_ms <= least * MINUTE_MS
    assert overview.most_ms >= most * MINUTE_MS
    assert overview.most_ms <= 90 * MINUTE_MS
