"""Numbers, units and signs are read as a person reads them."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voiceguide.speech.reading import read_aloud

PIECES = """
Hold the neck 10 1-2 5–6 1½ 3/4 2.5 in in. min min. s cm/s 3x x 45° #3 e.g. etc. left/right and/or ~5 *rest* out. then,
Really?! 21:30 Mal
"""
THING = st.sampled_from([*PIECES.split(), "20 °C", "No. 3", "w/ oil", "z. B."])
BETWEEN = st.sampled_from([" ", " ", " & ", " + ", " - ", " – ", "—", " … ", "... ", " → "])
WRITTEN = st.builds(
    lambda pairs, last: "".join([*map("".join, pairs), last]), st.lists(st.tuples(THING, BETWEEN)), THING
)
"""What a person may write, one thing after another."""

SIGNS = """
1 2 10 1.5 1,5 21:30 1/2 ½ 3/4 - – — -- ... … in min min. s x × cm ° °C % # & + / ~ No. e.g. etc. w/ w/o and or left
UPPER BACK ( [ [[ ] * _ ` • → , . ! ? : ; ' ’ ß 手 👐
"""
SHORT = st.lists(st.sampled_from([*SIGNS.split(), " ", " ", " "]), max_size=14).map("".join)
"""Everything that is written short, in any order."""

WORD = st.text("abcdefghijklmnopqrstuvwxyzäöüñé", min_size=1, max_size=9)
WORDS = st.lists(st.tuples(WORD, st.sampled_from(["", "", ","])).map("".join), min_size=1, max_size=8).map(" ".join)
"""Sentences with nothing to read but words."""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        # Ranges, and what only looks like one.
        ("Do it 3-4 times, or 3 – 4 times.", "Do it 3 to 4 times, or 3 to 4 times."),
        ("10-15%, 1.5-2.5 kg", "10 to 15%, 1.5 to 2.5 kilograms"),
        ("45 s - 1 min", "45 seconds to 1 minute"),
        ("from 10:30-11:00, at 21:30", "from 10:30 to 11:00, at 21:30"),
        ("4-7-8 breath, 3-1, 2024-01-02, L4-L5", "4-7-8 breath, 3-1, 2024-01-02, L4-L5"),
        # Units.
        ("Hold 5–6 min.", "Hold 5 to 6 minutes."),
        ("Wait 1 min. Then go.", "Wait 1 minute. Then go."),
        ("approx. 5 min. each", "about 5 minutes each"),
        ("a 5-min hold, a 2-in gap", "a 5 minute hold, a 2 inch gap"),
        ("10-15 s/side at 2 cm/s", "10 to 15 seconds per side at 2 centimetres per second"),
        ("45° or 20 °C, 50%", "45 degrees or 20 degrees Celsius, 50%"),
        ("3x, 1 x, 3×, 3×10 s", "3 times, 1 time, 3 times, 3 times 10 seconds"),
        # Inches.
        ("1-2 in from the spine", "1 to 2 inches from the spine"),
        ("A line, 1 in.", "A line, 1 inch."),
        ("10 in a row, 2 in the middle, 1 in 5, 2-inch", "10 in a row, 2 in the middle, 1 in 5, 2-inch"),
        # Fractions.
        ("1/2 turn, ½ inch", "one half turn, one half inch"),
        ("1 1/2 in, 1½-2 in deep", "1 and a half inches, 1 and a half to 2 inches deep"),
        ("1/2/2024 and 21/2", "1/2/2024 and 21/2"),
        # What is cut short.
        ("Oil, e.g. almond, i.e. mild, etc.", "Oil, for example almond, that is mild, et cetera."),
        ("w/ oil, w/o oil, w/lotion", "with oil, without oil, with lotion"),
        ("No. 3, #3", "number 3, number 3"),
        ("left/right, and/or, 1st/2nd", "left or right, and or, 1st or 2nd"),
        ("neck & shoulders, oil + lotion, ~5", "neck and shoulders, oil plus lotion, about 5"),
        # Pauses.
        ("left – right—up -- down", "left, right, up, down"),
        ("neck–shoulder, trigger-point", "neck-shoulder, trigger-point"),
        ("in … and out…", "in, and out."),
        ("Wait... Then go", "Wait. Then go"),
        ("Stop!!! Really?! Yes,, so", "Stop! Really? Yes, so"),
        # What is for the eye.
        ("* Knead *gently* • _softly_ → rest", "Knead gently, softly, rest"),
        ("UPPER BACK: 3-4 TIMES", "Upper back: 3 to 4 times"),
        ("T4 and MRI", "T4 and MRI"),
        # What is no language.
        ("-w /tmp/x.wav --help https://example.org/x/y", "-w /tmp/x.wav --help https://example.org/x/y"),
        ("[[h@l'oU]]", "((h@l'oU))"),
    ],
)
def test_english_is_read_as_a_person_reads_it(written, said):
    assert read_aloud(written, "en-GB") == said


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("de", "3–4 Mal, 5-6 min, z. B. 2 cm", "3 bis 4 Mal, 5 bis 6 Minuten, zum Beispiel 2 Zentimeter"),
        ("de-AT", "1,5 Std., 1 1/2 h, und/oder 20 °C", "1,5 Stunden, 1 einhalb Stunden, und oder 20 Grad Celsius"),
        ("de", "Nr. 3 & 2x links/rechts", "Nummer 3 und 2 Mal links oder rechts"),
        ("es", "3-4 veces, 5–6 min, p. ej. 1 cm", "3 a 4 veces, 5 a 6 minutos, por ejemplo 1 centímetro"),
        ("es", "y/o izquierda/derecha, n.º 3, ½ h", "y o izquierda o derecha, número 3, medio hora"),
        ("fr", "3-4 fois – 2 min", "3-4 fois, 2 min"),
    ],
)
def test_each_language_has_its_own_words(language, written, said):
    assert read_aloud(written, language) == said


@given(WORDS, st.sampled_from(["en", "de", "es", "fr"]))
def test_words_are_left_as_they_are(text, language):
    assert read_aloud(text, language) == text


@given(SHORT, st.sampled_from(["en", "de", "es", "fr"]))
@example("1/21/2", "en")
def test_what_is_read_is_one_line_without_brackets_and_not_much_longer(text, language):
    said = read_aloud(text, language)

    assert "[" not in said
    assert "]" not in said
    assert said == " ".join(said.split())
    assert len(said) <= 18 * len(text)
    assert any(map(str.isalnum, said)) == any(map(str.isalnum, text)) or "&" in text


@given(WRITTEN, st.sampled_from(["en", "de", "es", "fr"]))
def test_reading_twice_changes_nothing_more(text, language):
    said = read_aloud(text, language)

    assert read_aloud(said, language) == said


@pytest.mark.parametrize(
    "part", ["1-", "1/", "a/", "a ", "w/", "1 ", "½", ". ", "-", " - ", "…", "&", "1.", "_", "in "]
)
def test_the_longest_text_is_read_at_once(part):
    text = (part * 2_000)[:2_000]
    read_aloud("first", "en")
    start = time.perf_counter()

    read_aloud(text, "en")

    assert time.perf_counter() - start < 0.5
