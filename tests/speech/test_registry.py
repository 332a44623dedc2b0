"""Choosing an engine."""

import subprocess
import sys

import pytest
from needs import needs_module

from voiceguide.errors import SpeechError
from voiceguide.speech import registry
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.registry import ENGINES, automatic_order, describe, open_engine, parse_voice


@pytest.mark.parametrize(
    ("voice", "parts"),
    [
        ("auto", ("auto", None)),
        ("espeak", ("espeak", None)),
        ("espeak:en-us+f3", ("espeak", "en-us+f3")),
        ("system:Microsoft David: Desktop", ("system", "Microsoft David: Desktop")),
        (" espeak : f3 ", ("espeak", "f3")),
    ],
)
def test_a_voice_is_an_engine_and_perhaps_a_name(voice, parts):
    assert parse_voice(voice) == parts


@pytest.mark.parametrize("voice", ["", ":", "espeak:", ":f3", "auto:f3"])
def test_half_a_voice_is_refused_with_a_hint(voice):
    with pytest.raises(SpeechError) as caught:
        parse_voice(voice)

    assert "ENGINE:" in caught.value.hint


@pytest.mark.parametrize(("wrong", "near"), [("espaek", "espeak"), ("Espeak", "espeak"), ("sistem", "system")])
def test_an_unknown_engine_is_refused_and_a_near_one_offered(wrong, near):
    with pytest.raises(SpeechError, match=wrong) as caught:
        open_engine(wrong, VoiceRequest())

    assert f"Did you mean {near}?" in caught.value.hint


def test_an_engine_unlike_any_is_answered_with_all():
    with pytest.raises(SpeechError) as caught:
        open_engine("zzz", VoiceRequest())

    assert all(name in caught.value.hint for name in ENGINES)


@pytest.mark.parametrize(
    ("platform", "first"),
    [("linux", "espeak"), ("android", "espeak"), ("freebsd14", "espeak"), ("darwin", "system"), ("win32", "system")],
)
def test_the_systems_voices_come_first_where_they_are_natural(platform, first):
    order = automatic_order(platform)

    assert order[0] == first
    assert sorted(order) == sorted(ENGINES)


@needs_module("espeakng_loader")
def test_auto_opens_an_engine_that_is_ready():
    engine = open_engine("auto", VoiceRequest())

    assert engine.missing() is None
    assert engine.name in ENGINES
    engine.close()


class Absent:
    """An engine that is never installed."""

    name = "absent"

    def __init__(self, request):
        self.request = request

    def missing(self):
        return "buy it"

    def close(self):
        pass


@pytest.fixture
def only_absent(monkeypatch):
    monkeypatch.setattr(registry, "ENGINES", {"absent": f"{__name__}:Absent"})
    monkeypatch.setitem(sys.modules, __name__, sys.modules[Absent.__module__])


def test_where_none_is_ready_the_hint_tells_what_each_needs(only_absent):
    with pytest.raises(SpeechError, match="no speech engine is installed") as caught:
        open_engine("auto", VoiceRequest())

    assert "buy it" in caught.value.hint


def test_an_engine_that_is_not_ready_is_refused_with_its_hint(only_absent):
    with pytest.raises(SpeechError, match="absent is not ready") as caught:
        open_engine("absent", VoiceRequest())

    assert caught.value.hint == "buy it"


def test_every_engine_is_described(only_absent):
    assert list(describe()) == [("absent", "buy it")]


def test_all_engines_are_described():
    assert {engine.name for engine in describe()} == set(ENGINES)


def test_the_registry_imports_no_engine():
    program = (
        "import sys, voiceguide.speech.registry\n"
        "print([name for name in sys.modules if name.startswith(('voiceguide.speech.', 'espeak', 'pyttsx3'))])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout

    assert loaded.strip() == "['voiceguide.speech.engine', 'voiceguide.speech.registry']"
