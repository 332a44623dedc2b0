"""What goes to an engine is words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import SpeechError
from voiceguide.speech.text import LONGEST_TEXT, plain_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Two\n lines ", "Two lines"),
        ("<speak>Hello</speak>", "speak Hello /speak"),
        ("[[h@l'oU]]", "[ [h@l'oU]]"),
        ("[[[", "[ [ ["),
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


@pytest.mark.parametrize("empty", ["", " ", "\n", "<>", "\ud800", "\u2003"])
def test_no_words_are_refused(empty):
    with pytest.raises(SpeechError, match="empty"):
        plain_text(empty)


def test_too_many_characters_are_refused():
    plain_text("x" * LONGEST_TEXT)

    with pytest.raises(SpeechError, match="2,001 characters"):
        plain_text("x" * (LONGEST_TEXT + 1))
