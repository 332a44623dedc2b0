"""What goes to an engine is words."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.lexicon import Lexicon, Term, built_in_lexicon
from voiceguide.speech.text import LONGEST_TEXT, plain_text, spoken_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Two\n lines ", "Two lines"),
        ("<speak>Hello</speak>", "speak Hello /speak"),
        ("[[h@l'oU]]", "[ [h@l'oU]]"),
        ("[[[a", "[ [ [a"),
        ("a\x01b\0c", "a b c"),
        ("\ud800half", "half"),
        ("👐🏽 naïve — 手", "👐🏽 naïve — 手"),
        ("--option", "--option"),
    ],
)
def test_commands_are_taken_out_and_words_stay(text, words):
    assert plain_text(text) == words


@given(st.text(st.characters(codec=None), max_size=60))
def test_nothing_is_left_that_an_engine_could_obey(text):
    try:
        words = plain_text(text)
    except SpeechError:
        return

    assert not any(mark in words for mark in ("<", ">", "[["))
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in words)
    assert words == words.strip()
    assert words.encode()


@pytest.mark.parametrize("empty", ["", " ", "\n", "<>", "\ud800", "\u2003", "!!!", "- – …", "[[ ]]", "👐"])
def test_no_words_are_refused(empty):
    with pytest.raises(SpeechError, match="empty"):
        plain_text(empty)


def test_too_many_characters_are_refused():
    plain_text("x" * LONGEST_TEXT)

    with pytest.raises(SpeechError, match="2,001 characters"):
        plain_text("x" * (LONGEST_TEXT + 1))


def test_an_engine_gets_numbers_and_terms_as_they_are_said():
    text = "Effleurage <b>3-4 times</b> &\nrest."

    assert spoken_text(text, VoiceRequest()) == "Effler raj b 3 to 4 times /b and rest."
    assert spoken_text(text, VoiceRequest(language="de")) == "Effleurage b 3 bis 4 times /b und rest."


def test_an_engine_that_takes_phonemes_gets_those_of_the_lexicon_and_none_of_the_text():
    said = spoken_text("[[h@l'oU]] [effleurage] [[[petrissage]]]", VoiceRequest(), "espeak")

    assert said == "( (h@l'oU)) ([[,Efl@r'A:Z]]) ( ( ([[p,EtrIs'A:Z]])))"


@given(st.lists(st.sampled_from(["[", "[[", "]", "]]", " ", "fascia", "3", "<", "\x01", "h@l'oU", "-"])).map("".join))
def test_no_text_brings_phonemes_of_its_own(text):
    try:
        said = spoken_text(text, VoiceRequest(), "ipa")
    except SpeechError:
        return

    ours = {f"[[{term.ipa}]]" for term in built_in_lexicon().terms}
    assert not re.search(r"[\[\]]", re.sub(r"\[\[.*?\]\]", lambda found: "" if found[0] in ours else found[0], said))


def test_a_persons_lexicon_is_used():
    lexicon = Lexicon((Term(language="en", written="thumb", say="tum"),)).with_own({"palm": "parm"})

    assert spoken_text("Thumb and palm.", VoiceRequest(lexicon=lexicon)) == "Tum and parm."


def test_a_text_without_words_is_refused_before_it_is_read():
    with pytest.raises(SpeechError, match="empty"):
        spoken_text("# & + …", VoiceRequest())
