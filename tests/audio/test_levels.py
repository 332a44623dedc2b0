"""The balance of a session."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.audio.levels import ACCESSIBLE, MUSIC_LUFS, SPEECH_LUFS, Levels

WISHES = st.builds(
    Levels,
    voice_db=st.floats(-40, 6),
    music_db=st.floats(-40, 6),
    chime_db=st.floats(-40, 6),
)


def decibels(gain):
    return 20 * math.log10(gain)


def speech_lufs(levels):
    return SPEECH_LUFS + decibels(levels.speech_gain)


def idle_lufs(levels):
    return MUSIC_LUFS + decibels(levels.music_gain)


def test_the_usual_balance():
    assert idle_lufs(Levels()) == pytest.approx(-27.0)
    assert Levels().duck_db == -14.0
    assert Levels().speech_gain == Levels().chime_gain == 1.0


@given(WISHES)
def test_the_music_is_20_db_under_every_word_whatever_is_asked_for(levels):
    assert idle_lufs(levels) + levels.duck_db <= speech_lufs(levels) - 20.0


@given(WISHES, st.floats(-6, 6))
def test_a_level_moves_the_balance_by_as_much(levels, more_db):
    louder = Levels(voice_db=levels.voice_db, music_db=levels.music_db + more_db)

    assert idle_lufs(louder) - idle_lufs(levels) == pytest.approx(more_db)
    assert speech_lufs(louder) == speech_lufs(levels)


@given(st.floats(-40, 6))
def test_the_voice_moves_against_music_and_chimes_and_never_over_its_anchor(voice_db):
    levels = Levels(voice_db=voice_db)

    assert speech_lufs(levels) <= SPEECH_LUFS
    assert speech_lufs(levels) - idle_lufs(levels) == pytest.approx(9.0 + voice_db)
    assert decibels(levels.speech_gain) - decibels(levels.chime_gain) == pytest.approx(voice_db)


def test_who_does_not_hear_well_has_30_db():
    assert idle_lufs(ACCESSIBLE) + ACCESSIBLE.duck_db <= SPEECH_LUFS - 30.0
