import time

import pytest
from how_to_texts import ELEVEN, EMBRACE, FOUNDATIONS, GLIDES, RUN_ON
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.errors import RoutineError
from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.draft import decode_text, draft
from voiceguide.routine.draft.words import _AREAS, _STROKES
from voiceguide.routine.glossary import glossary
from voiceguide.routine.model import Routine, Step
from voiceguide.routine.reader import parse_routine

PLACEHOLDER = Duration(60_000, 120_000)
CHANGE = "change this"


def drafted(text: str) -> Routine:
    return parse_routine(draft(text).encode())


def steps(text: str) -> list[Step]:
    return [step for section in drafted(text).sections for step in section.steps]


def step(sentence: str) -> Step:
    (only,) = steps(f"1) {sentence}")
    return only


def minutes(low: float, high: float | None = None) -> Duration:
    return Duration(round(low * 60_000), round((high or low) * 60_000))


def seconds(low: int, high: int | None = None) -> Duration:
    return Duration(low * 1000, (high or low) * 1000)


@pytest.mark.parametrize(
    ("sentence", "length"),
    [
        ("Rub the back for 5-6 minutes.", minutes(5, 6)),
        ("Rub the back for 5–6 minutes.", minutes(5, 6)),
        ("Rub the back for 5 to 6 minutes.", minutes(5, 6)),
        ("Rub the back for between 5 and 6 minutes.", minutes(5, 6)),
        ("Rub the back for five or six minutes.", minutes(5, 6)),
        ("Rub the back for 1 to 2 more minutes.", minutes(1, 2)),
        ("Rub the back, 2 mins.", minutes(2)),
        ("Give the back a 3-minute rub.", minutes(3)),
        ("Rub the back for half a minute.", seconds(30)),
        ("Rub the back for a minute.", minutes(1)),
        ("Rub the back for a full minute.", minutes(1)),
        ("Rub the back for a minute or two.", minutes(1, 2)),
        ("Rub the back for 30 seconds to a minute.", Duration(30_000, 60_000)),
        ("Rub the back for 30 s - 1 min.", Duration(30_000, 60_000)),
        ("Rub the back for 1 minute and 30 seconds.", seconds(90)),
        ("Rub the back for 1:30 minutes.", seconds(90)),
        ("Rub the back for one and a half minutes.", seconds(90)),
        ("Rub the back for 2½ minutes.", seconds(150)),
        ("Rub the back for 45 sec.", seconds(45)),
        ("Rub the back for half an hour.", minutes(30)),
        ("Rub the back for about 5minutes.", minutes(5)),
        ("Rub the back for 10 minutes or longer.", minutes(10)),
    ],
)
def test_a_time_in_words_becomes_a_time(sentence, length):
    assert step(sentence).time == length


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("Sweep up 3-4 times.", Count(3, 4)),
        ("Sweep up 3–4 times.", Count(3, 4)),
        ("Sweep up, repeating three to four times.", Count(3, 4)),
        ("Sweep up two or three times.", Count(2, 3)),
        ("Sweep up twice.", Count(2, 2)),
        ("Sweep up once or twice.", Count(1, 2)),
        ("Sweep up 3-4x.", Count(3, 4)),
        ("Sweep up. Repeat 3–5 times more.", Count(3, 5)),
        ("Sweep up, 12 repetitions.", Count(12, 12)),
        ("Draw ten slow circles.", Count(10, 10)),
    ],
)
def test_a_number_of_times_becomes_a_repeat_with_a_marked_length(sentence, count):
    made = step(sentence)

    assert (made.repeat, made.each, made.time) == (count, seconds(10, 15), None)
    assert f"each: 10-15 s  # the text does not say how long one takes: {CHANGE}" in draft(f"1) {sentence}")


@pytest.mark.parametrize(
    ("sentence", "repeat", "hold"),
    [
        ("Press the knot and hold for 10 to 15 seconds. Repeat three times.", Count(3, 3), seconds(10, 15)),
        ("Keep your thumb there, holding it for 20 seconds.", Count(1, 1), seconds(20)),
        ("Press with your thumb for 10-15 seconds at a time.", Count(1, 1), seconds(10, 15)),
        ("Apply steady pressure to the spot for 30 seconds, 4 times.", Count(4, 4), seconds(30)),
    ],
)
def test_a_time_of_being_still_becomes_a_hold(sentence, repeat, hold):
    made = step(sentence)

    assert (made.repeat, made.hold, made.time, made.each) == (repeat, hold, None, None)


@pytest.mark.parametrize(
    "sentence",
    [
        "Press and slide along the muscle for 90 seconds.",
        "Massage with light pressure for 60 seconds.",
        "Press along the ribs for 5 minutes.",
    ],
)
def test_a_time_of_moving_is_no_hold(sentence):
    assert step(sentence).time is not None


@pytest.mark.parametrize(
    "sentence",
    ["Squeeze the shoulder 5 times, 10 seconds each.", "Squeeze 5 times, 10 seconds per squeeze."],
)
def test_the_time_of_one_repeat_becomes_each(sentence):
    made = step(sentence)

    assert (made.repeat, made.each) == (Count(5, 5), seconds(10))


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("Rub the back for a few minutes.", 'the text says "a few minutes"'),
        ("Rub the back for several more minutes.", 'the text says "several more minutes"'),
        ("Rub the back for a while.", 'the text says "a while"'),
        ("Rub the back for five deep breaths.", 'the text says "five deep breaths"'),
        ("Rub the back for 6-5 minutes.", 'the text says "6-5 minutes"'),
        ("Rub the back for 13 hours.", 'the text says "13 hours"'),
        ("Rub the back.", "the text gives no time"),
    ],
)
def test_a_time_that_is_no_figure_is_quoted_beside_a_marked_placeholder(sentence, quoted):
    assert f"        time: 1-2 min  # {quoted}: {CHANGE}\n" in draft(f"1) {sentence}")


@pytest.mark.parametrize("words", ["several times", "a few times", "multiple circles", "500 times", "as many times as"])
def test_a_number_of_times_that_is_no_figure_is_quoted(words):
    assert f'# the text says "{words}": write a range, such as 3-4 times' in draft(f"1) Rub the back {words} you like.")


def test_what_qualifies_a_figure_is_quoted():
    assert 'time: 5 min  # the text: "about 5 minutes"' in draft("1) Rub the back for about 5 minutes.")
    assert 'repeat: 3-5 times  # the text: "3-5 times more"' in draft("1) Rub the back 3-5 times more.")


def test_a_figure_for_which_a_step_has_no_key_is_quoted():
    made = draft("1) Glide up 3-4 times, for 2 minutes in all.")

    assert "time: 2 min\n" in made
    assert '# the text also says "3-4 times"' in made


@pytest.mark.parametrize(
    "sentence",
    [
        "Rub the back as you did 3 times a week.",
        "Rub the back as in the 60s.",
        "Rub the back with the first three fingers.",
        'Rub 1"-2" below the waist.',
        "Rub oil that is 2 years old, opened 5 minutes ago.",
        "Rub the second towel over the back.",
    ],
)
def test_a_number_of_something_else_is_no_figure(sentence):
    made = step(sentence)

    assert (made.time, made.repeat) == (PLACEHOLDER, None)
    assert made.say == sentence


@pytest.mark.parametrize(
    ("sentence", "sides"),
    [
        ("Knead the shoulder. Repeat on the right side.", ("left", "right")),
        ("Knead the shoulder. Repeat on the left side.", ("right", "left")),
        ("Knead the shoulder. Now do the same on the other side.", ("left", "right")),
        ("Knead the shoulder, then switch sides.", ("left", "right")),
        ("Knead each side of the neck.", ("left", "right")),
        ("Knead one side at a time.", ("left", "right")),
        ("Knead the left side, and then the right.", ("left", "right")),
        ("Lay one hand on each side of the spine.", ()),
        ("Sweep along both sides of the spine.", ()),
        ("Stand on the right side of the table.", ()),
    ],
)
def test_the_other_side_becomes_sides(sentence, sides):
    assert step(sentence).sides == sides


def test_a_step_that_is_only_the_other_side_gives_its_sides_to_the_step_before():
    made = draft("1) Circle on the hip.\n\n2) Repeat this on the right side of the body.\n\n3) Stroke the neck.")

    hip, neck = parse_routine(made.encode()).sections[0].steps
    assert (hip.sides, neck.sides) == (("left", "right"), ())
    assert '# the text: "Repeat this on the right side of the body."' in made


def test_several_steps_on_the_other_side_give_their_section_the_sides():
    routine = drafted("1) Circle on each side.\n2) Knead it.\n3) Repeat all of these steps on the other side.")

    (section,) = routine.sections
    assert section.sides == ("left", "right")
    assert [each.sides for each in section.steps] == [(), ()]


@pytest.mark.parametrize(
    ("sentence", "key", "value"),
    [
        ("Begin with effleurage.", "technique", "effleurage"),
        ("Glide up the back.", "technique", "effleurage"),
        ("Use long strokes.", "technique", "effleurage"),
        ("Knead the shoulders (petrissage).", "technique", "petrissage"),
        ("Go on with light tapping.", "technique", "tapotement"),
        ("Make circular motions.", "technique", "circles"),
        ("Rub the oil in.", "technique", None),
        ("Rub the whole back.", "area", "whole back"),
        ("Rub the low back area.", "area", "lower back"),
        ("Rub your partner’s back.", "area", "back"),
        ("Rub along the shoulder blade.", "area", "shoulder blades"),
        ("Rub the base of the skull.", "area", "base of the skull"),
        ("Slide down their arms.", "area", "arms"),
        ("Rub your hands together, and come back to rest.", "area", None),
        ("Rub lightly.", "pressure", "light"),
        ("Rub with gentle, even pressure, and light strokes.", "pressure", "light"),
        ("Rub with medium pressure.", "pressure", "medium"),
        ("Rub firmly.", "pressure", "firm"),
        ("Rub with deep pressure.", "pressure", "firm"),
        ("Breathe deeply, and light a candle.", "pressure", None),
        ("Rub lightly, then firmly.", "pressure", None),
        ("Optionally, rock the hips.", "optional", True),
    ],
)
def test_a_word_that_plainly_stands_there_becomes_a_key(sentence, key, value):
    assert getattr(step(sentence), key) == value


def test_a_word_that_only_means_a_term_is_quoted_and_so_is_a_choice():
    made = draft("1) Glide down the back to the hips, lightly, then firmly.")

    assert 'technique: effleurage  # from "Glide"' in made
    assert "area: back  # the text also names: hips" in made
    assert '# pressure: the text says "lightly" and "firmly": choose light, medium or firm' in made


@pytest.mark.parametrize(
    ("sentence", "say", "caution"),
    [
        ("Sweep up. Do not press on the spine.", "Sweep up.", "Do not press on the spine."),
        ("Sweep up. Be careful to not lean on it.", "Sweep up.", "Be careful to not lean on it."),
        ("Sweep up. Avoid the bone!", "Sweep up.", "Avoid the bone!"),
        ("Sweep up, but never press on the bone.", "Sweep up.", "Never press on the bone."),
        ("Sweep up. If it hurts, do not go on.", "Sweep up.", "If it hurts, do not go on."),
        ("Sweep up, avoiding the bone.", "Sweep up, avoiding the bone.", None),
        ("Sweep up. Do not forget the oil.", "Sweep up. Do not forget the oil.", None),
    ],
)
def test_what_to_keep_from_becomes_the_caution(sentence, say, caution):
    made = step(sentence)

    assert (made.say, made.caution) == (say, caution)


def test_a_caution_before_all_steps_belongs_to_the_routine():
    routine = drafted("Never press on the spine itself.\n\n1) Rub the back.\n2) Do not rush.\n3) Rub the neck.")

    assert routine.cautions == ("Never press on the spine itself.",)
    assert [each.caution for each in routine.sections[0].steps] == ["Do not rush.", None]


@pytest.mark.parametrize(
    "text",
    [
        "1) Warm the oil.\n2) Spread it out.\n3) Rest.",
        "1. Warm the oil.\n\n2. Spread it out.\n\n3. Rest.",
        "(1) Warm the oil. (2) Spread it out. (3) Rest.",
        "1.Warm the oil.\r\n2.Spread it out.\r\n3.Rest.",
        "1 - Warm the oil.\n2 - Spread it out.\n3 - Rest.",
        "Step 1: Warm the oil.\nStep 2: Spread it out.\nStep 3: Rest.",
        "Step One\nWarm the oil.\n\nStep Two\nSpread it out.\n\nStep Three\nRest.",
        "**Step 1:** Warm the oil.\n**Step 2:** Spread it out.\n**Step 3:** Rest.",
        "  • Warm the oil.\n  • Spread it out.\n  • Rest for a minute.",
        "- Warm the oil.\n- Spread it\n  out.\n- Rest on it.",
        "Warm the oil\nSpread it out\nRest with it",
        "First, warm the oil. Spread it out. Finally, rest for a minute.",
    ],
)
def test_steps_are_found_in_every_shape(text):
    titles = [each.title for each in steps(text)]

    assert titles[:2] == ["Warm the oil", "Spread it out"]
    assert titles[2].startswith("Rest")
    assert len(titles) == 3


def test_headings_become_sections_with_the_kinds_they_name():
    routine = drafted(
        "Ten Quiet Minutes\n\nPreparing the room\n\nDim the lights.\n\n## The back:\nGlide up. Knead the shoulders.\n\n"
        "Aftercare\n\nGive them some water."
    )

    assert routine.title == "Ten Quiet Minutes"
    assert [(section.title, section.kind, len(section.steps)) for section in routine.sections] == [
        ("Preparing the room", "preparation", 1),
        ("The back", "massage", 2),
        ("Aftercare", "aftercare", 1),
    ]


def test_a_numbered_name_with_items_under_it_is_a_section():
    routine = drafted("1. Warm up\n- Rub your hands.\n- Spread the oil.\n\n2. Upper back\n- Sweep up 3-4 times.")

    assert [(section.title, len(section.steps)) for section in routine.sections] == [("Warm up", 2), ("Upper back", 1)]


def test_a_name_before_a_text_is_the_title_of_the_step():
    first, second = steps("1) Warm up: Rub your hands.\n2) Long strokes\n\nGlide up the back. It feels nice.")

    assert (first.title, first.say) == ("Warm up", "Rub your hands.")
    assert (second.title, second.say) == ("Long strokes", "Long strokes Glide up the back.")


def test_words_that_ran_together_are_parted():
    routine = drafted("How to start the massageBegin with long strokes.Then knead the neck for 2minutes.")

    assert routine.title == "How to start the massage"
    assert [(each.say, each.time) for each in routine.sections[0].steps] == [
        ("Begin with long strokes.", PLACEHOLDER),
        ("Then knead the neck for 2minutes.", minutes(2)),
    ]


def test_a_paragraph_between_numbers_belongs_to_its_step_and_one_after_them_does_not():
    text = "1) Circle there.\n\nHips hold much.\n\nWork on them 2-3 minutes.\n\n2) Stroke up.\n\nLet them rest there."

    circle, stroke, rest = steps(text)

    assert (circle.say, circle.time) == ("Circle there. Work on them 2-3 minutes.", minutes(2, 3))
    assert (stroke.say, rest.say) == ("Stroke up.", "Let them rest there.")
    assert "#   Hips hold much." in draft(text)


def test_an_item_with_two_times_in_minutes_becomes_two_steps():
    back, scalp = steps("1) Sweep over the back for 3 minutes. Lastly, keep 1-2 minutes for the scalp.")

    assert (back.time, scalp.time) == (minutes(3), minutes(1, 2))


def test_things_to_have_at_hand_become_needs():
    routine = drafted("What you will need:\n- massage oil\n- two towels\n\nThe massage\n- Rub the oil in.")

    assert routine.needs == ("massage oil", "two towels")
    assert [section.title for section in routine.sections] == ["The massage"]


@pytest.mark.parametrize(
    "rubbish",
    [
        "Read more about oils",
        "Have your say! Press the button to rub us the right way.",
        "© 2020 Rub Ltd. All rights reserved.",
        "Home | About | Press",
        "Subscribe to rub along with us",
        "Contact Rub and Co now to press on.",
        "https://example.com/press-the-back",
        "By Anna Rub",
        "Q: How long should I press the back?",
        "Related articles\n- Press Your Own Feet\n- Rub a Dog",
        "Benefits\n\nPress on with massage for a better life.",
    ],
)
def test_what_belongs_to_the_page_becomes_no_step_and_is_listed(rubbish):
    made = draft(f"1) Rub the back.\n2) Rub the neck.\n\n{rubbish}")

    assert sum(len(section.steps) for section in parse_routine(made.encode()).sections) == 2
    assert f"#   {rubbish.splitlines()[-1].removeprefix('- ')}" in made


def test_what_is_left_out_is_shortened_but_its_figures_are_not_lost():
    made = draft(f"1) Rub.\n\nHistory\n\nOf old {'they did many other things, and ' * 9}it lasted an hour or longer.")

    (line,) = [line for line in made.splitlines() if "Of old" in line]
    assert len(line) < 200
    assert line.endswith('…  (says "an hour or longer")')


def test_a_long_list_of_what_is_left_out_ends_with_its_number():
    made = draft(
        "1) Rub.\n\n" + "\n\n".join(f"Fact {n} is a fact, and is told at some length here." for n in range(150))
    )

    assert made.endswith("#   … and 50 more\n")


def test_a_long_instruction_is_cut_at_the_end_of_a_sentence_and_says_so():
    made = draft("1) " + "Rub the back and the neck slowly. " * 40)

    (only,) = parse_routine(made.encode()).sections[0].steps
    assert 950 < len(only.say) <= 1_000
    assert only.say.endswith("slowly.")
    assert '# the text goes on, but 1,000 characters are the most: "Rub the back' in made


def test_a_title_may_be_given_and_is_marked_when_there_is_none():
    assert parse_routine(draft("1) Rub.", title="My: #1 \n evening").encode()).title == "My: #1 evening"
    assert f"title: My routine  # the text has no title: {CHANGE}" in draft("1) Rub.")
    assert f"- title: Massage  # the text has no heading here: {CHANGE}" in draft("1) Rub.")


GLIDES_FACTS = [
    ("Repeat 3–5 times more.", {"repeat": Count(3, 5), "area": "shoulders"}),
    ("Do all of it 3–5 times more", {"repeat": Count(3, 5)}),
    ("around the shoulder blades", {"technique": "circles", "area": "shoulder blades"}),
]
RUN_ON_FACTS = [
    ("rub your palms", {"time": PLACEHOLDER}),
    ("its name is effleurage", {"technique": "effleurage"}),
    ("start kneading", {"technique": "petrissage"}),
]
FOUNDATIONS_FACTS = [
    ("slow, broad strokes", {"technique": "effleurage", "area": "neck"}),
    ("rest few minutes", {"time": PLACEHOLDER, "pressure": "light"}),
]
EMBRACE_FACTS = [
    ("for 10-15 seconds at a time", {"repeat": Count(1, 1), "hold": seconds(10, 15)}),
    ("Spend a few minutes", {"time": PLACEHOLDER}),
    ("two blankets", {"time": PLACEHOLDER}),
    ("(effleurage)", {"technique": "effleurage"}),
    ("(petrissage)", {"technique": "petrissage"}),
    ("Friction", {"technique": "friction"}),
    ("(tapotement)", {"technique": "tapotement"}),
    ("Compression", {"technique": "compression"}),
    ("Circular movements", {"technique": "circles"}),
    ("Vibration", {"technique": "vibration"}),
]
ELEVEN_FACTS = [
    ("several times", {"time": PLACEHOLDER, "area": "whole back"}),
    ("for 5-6 minutes", {"time": minutes(5, 6), "pressure": "light"}),
    ("this sweep 3-4 times", {"repeat": Count(3, 4), "caution": "Be careful to not lean on the bone."}),
    ("both thumbs", {"time": PLACEHOLDER}),
    ("first three fingers", {"repeat": Count(3, 4)}),
    ("forearm", {"repeat": Count(3, 4), "pressure": "light", "area": "shoulder blades"}),
    ("2-3 minutes", {"time": minutes(2, 3), "technique": "circles", "area": "lower back"}),
    ('1"-2"\'s under', {"sides": ("left", "right"), "pressure": "light", "area": "upper buttocks"}),
    ("each side", {"sides": ("left", "right"), "area": "neck"}),
    ("a few minutes more", {"time": PLACEHOLDER, "area": "whole back"}),
    ("1-2 minutes", {"time": minutes(1, 2), "area": "scalp"}),
]


@pytest.mark.parametrize(
    ("text", "words", "fields"),
    [
        *((GLIDES, *fact) for fact in GLIDES_FACTS),
        *((RUN_ON, *fact) for fact in RUN_ON_FACTS),
        *((FOUNDATIONS, *fact) for fact in FOUNDATIONS_FACTS),
        *((EMBRACE, *fact) for fact in EMBRACE_FACTS),
        *((ELEVEN, *fact) for fact in ELEVEN_FACTS),
    ],
)
def test_every_figure_of_an_article_is_found_in_its_step(text, words, fields):
    (found,) = [each for each in steps(text) if words in each.say]

    assert {key: getattr(found, key) for key in fields} == fields


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (GLIDES, '"multiple circles": write a range'),
        (GLIDES, '# the text: "3–5 times more"'),
        (FOUNDATIONS, 'time: 1-2 min  # the text says "few minutes": change this'),
        (EMBRACE, 'time: 1-2 min  # the text says "a few minutes": change this'),
        (EMBRACE, '(says "an hour or longer")'),
        (ELEVEN, '"several times": write a range'),
        (ELEVEN, 'time: 1-2 min  # the text says "a few minutes more": change this'),
        (ELEVEN, '(says "the entire hour")'),
        (ELEVEN, '# the text: "Repeat this on the right side of the body."'),
    ],
)
def test_every_vague_figure_of_an_article_is_quoted(text, quoted):
    assert quoted in draft(text)


@pytest.mark.parametrize(
    ("text", "title", "count"),
    [
        (GLIDES, "My routine", 12),
        (RUN_ON, "Learn a Back Massage by Heart", 8),
        (FOUNDATIONS, "My routine", 8),
        (EMBRACE, "Evenings for Two: Back Massage as a Pair", 15),
        (ELEVEN, "How to Rub a Tired Back", 11),
    ],
)
def test_an_article_has_its_steps_and_nothing_of_its_page(text, title, count):
    routine = drafted(text)

    spoken = " ".join(each.say for section in routine.sections for each in section.steps)
    assert (routine.title, sum(len(section.steps) for section in routine.sections)) == (title, count)
    assert not any(word in spoken for word in ("DVD", "comment", "Contact", "Read more", "Related", "Q:", "enthusiast"))


@pytest.mark.parametrize("text", [GLIDES, RUN_ON, FOUNDATIONS, EMBRACE, ELEVEN])
def test_the_steps_keep_the_order_of_the_article(text):
    flat = " ".join(text.split())

    places = [flat.find(each.say.split(". ")[0][:40]) for each in steps(text)]

    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "empty", "how-to text"),
        (" \n\t\u200b\ufeff", "empty", "how-to text"),
        ("<!DOCTYPE html><p>1) Rub.", "markup", "plain text"),
        ("\ufeff\n <HTML>", "markup", "plain text"),
        ("<p>Rub.</p><p>Rub.</p><p>Rub.</p>", "markup", "plain text"),
        ("The weather is fine. Nothing is to be done.", "no step", "number the steps"),
        ("1) Rub.\n" * 2_001, "2,001 steps", "in parts"),
        ("1) Rub.\n" * 1_000, "12 hours", "in parts"),
        ("x" * 1_000_001, "1,000,001 characters", "1 MB"),
        ("1) " + "Rub for 5 min. " * 60_000, "steps", "in parts"),
    ],
)
def test_a_text_that_cannot_be_drafted_says_why_and_what_to_do(text, message, hint):
    with pytest.raises(RoutineError) as caught:
        draft(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"1) Rub.\x00", "x.txt is no text: it has zero bytes", "plain text"),
        (b"1) Rub \xff.", "x.txt is no text in UTF-8", "plain text"),
        (b"%PDF-1.7 ...", "a PDF document", "plain text"),
        (b"{\\rtf1 Rub.}", "an RTF document", "plain text"),
        (b"PK\x03\x04....", "a packed document", "plain text"),
        (b"a" * 1_000_001, "1,000,001 bytes", "1 MB"),
        (b"\xff\xfea", "x.txt is no text", "plain text"),
    ],
)
def test_a_file_that_is_no_text_says_why_and_what_to_do(content, message, hint):
    with pytest.raises(RoutineError) as caught:
        decode_text(content, "x.txt")
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_in_the_encodings_of_editors(encoding):
    assert decode_text("1) Rub – 3½ minutes.".encode(encoding), "x.txt") == "1) Rub – 3½ minutes."


FRAGMENTS = st.sampled_from(
    """
    1)|2.|Step 3:|-|•|#|.|:|"|'|\\|{|- x|&a|*|~|%|½|no|true
    Rub the back|Press and hold|for 5-6 minutes|3–4 times|10 to 15 seconds|a few minutes|0 s|999 times|9999 hours
    each side|Repeat on the right side.|Repeat all of this on the other side.|Do not press on it.|but never there
    lightly|firmly|the neck|What you need:|The End|Benefits|massageBegin|Read more|1:30 min
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
GAPS = st.sampled_from([" ", " ", " ", "", "\n", "\n", "\n\n", "\t", "\x07", "\x85", "\u2028", "\ud800"])
TEXTS = st.lists(st.tuples(FRAGMENTS | st.text(max_size=12), GAPS).map("".join), max_size=40).map("".join)
STARTS = st.sampled_from(["", "1) Rub the back. ", "Evening\n\nRub the back. "])


def tried(text: str, title: str | None = None) -> str | RoutineError:
    try:
        return draft(text, title=title)
    except RoutineError as error:
        return error


@given(text=st.tuples(STARTS, TEXTS).map("".join), title=st.none() | st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_a_draft_of_any_text_passes_check_or_says_why_not(text, title):
    made = tried(text, title)

    assert made.hint if isinstance(made, RoutineError) else parse_routine(made.encode())


@given(text=st.lists(st.text(max_size=80), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_words_can_be_in_a_step(text):
    made = tried("\n".join(f"1) Rub it. {words}" for words in text))

    assert made.hint if isinstance(made, RoutineError) else parse_routine(made.encode()).sections


@given(words=st.lists(FRAGMENTS.filter(lambda words: not any(sign in words for sign in "0123456789½")), max_size=40))
@settings(max_examples=200, deadline=None)
def test_every_amount_is_marked_when_the_text_has_no_figure(words):
    made = tried(f"Rub the back. {' '.join(words)}")

    lines = [] if isinstance(made, RoutineError) else made.splitlines()
    amounts = [line for line in lines if line.lstrip().startswith(("time:", "repeat:", "each:", "hold:"))]
    assert all(line.endswith(CHANGE) for line in amounts)


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_any_bytes_are_a_text_or_a_refusal(content):
    try:
        text = decode_text(content, "x")
    except RoutineError as error:
        text = error.hint
    assert "\x00" not in text


def test_the_draft_writes_the_words_of_the_glossary():
    assert set(_STROKES) <= set(glossary().strokes)
    assert set(_AREAS) <= set(glossary().areas)


ENDLESS = [
    *("1 ", "1-", "1) ", "• ", "5 minutes ", "between 1 and ", "half a ", "repeat on the ", "each side ", "Step 1 "),
    *("a", ". ", ".", "!?", '"', "\\", "a: ", "| ", "# ", "\n", "</p", "你好。", "ab.Cd", "massageBegin ", "If it, "),
    *(
        "Rub, ",
        "Rub the back. ",
        "Rub the back\n",
        "1) Rub.\n",
        "Heading\n",
        "Rub, but do not press, ",
        "hold for 10 s. ",
    ),
]


@pytest.mark.parametrize("unit", ENDLESS)
def test_no_text_takes_longer_than_its_size_allows(unit):
    begun = time.process_time()

    tried(f"1) Rub the back. {unit * (200_000 // len(unit))}")

    assert time.process_time() - begun < 4


def test_a_megabyte_is_drafted_in_seconds():
    text = "1) Rub the back. " + "".join(unit * (30_000 // len(unit)) for unit in ENDLESS if "</p" not in unit)
    begun = time.process_time()

    tried(text[:1_000_000])

    assert time.process_time() - begun < 15


def test_a_text_with_more_words_than_a_routine_may_have_is_refused():
    text = "".join(
        f"{n}) Glide down along the whole spine for 10 seconds, {'again and again, ' * 30}.\n" for n in range(400)
    )

    with pytest.raises(RoutineError, match="characters to say") as caught:
        draft(text)
    assert "in parts" in caught.value.hint
