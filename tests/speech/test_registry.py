"""Choosing an engine."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from needs import needs_module

from voiceguide.errors import SpeechError
from voiceguide.speech import registry
from voiceguide.speech.engine import Quality, Voice, VoiceRequest
from voiceguide.speech.registry import (
    BY_NAME_ONLY,
    ENGINES,
    all_voices,
    automatic,
    automatic_order,
    best_voice,
    describe,
    open_engine,
    parse_voice,
)


@pytest.mark.parametrize(
    ("voice", "parts"),
    [
        ("auto", ("auto", None)),
        ("espeak", ("espeak", None)),
        ("espeak:en-us+f3", ("espeak", "en-us+f3")),
        ("system:Microsoft David: Desktop", ("system", "Microsoft David: Desktop")),
        (r"recorded:C:\Users\me\voice", ("recorded", r"C:\Users\me\voice")),
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

    assert caught.value.hint == f"did you mean {near}?"


def test_an_engine_unlike_any_is_answered_with_all():
    with pytest.raises(SpeechError) as caught:
        open_engine("zzz", VoiceRequest())

    assert all(name in caught.value.hint for name in [*ENGINES, *BY_NAME_ONLY])


@pytest.mark.parametrize("platform", ["linux", "android", "freebsd14", "darwin", "win32"])
def test_the_systems_voices_come_early_only_where_they_are_natural(platform):
    order = automatic_order(platform)

    assert order[0] == "piper"
    assert order.index("system") == (1 if platform in ("darwin", "win32") else len(order) - 1)
    assert sorted(order) == sorted(ENGINES)


@needs_module("espeakng_loader")
def test_auto_opens_an_engine_that_is_ready():
    engine = open_engine("auto", VoiceRequest())

    assert engine.missing() is None
    assert engine.name in ENGINES
    engine.close()


class Toy:
    """An engine that has one voice for each of some languages, or is not installed.

    Args:
        request: How to speak.
        name: Its own.
        languages: Of its voices.
        hint: What is missing.
    """

    at_once = 1
    closed = 0

    def __init__(self, request, name, languages, hint=None):
        self.request = request
        self.name = name
        self.languages = languages
        self.hint = hint

    def missing(self):
        return self.hint

    def voices(self):
        return (self._voice(language) for language in self.languages)

    def voice(self):
        if self.request.voice not in (None, *self.languages):
            raise SpeechError(f"{self.name} has no voice {self.request.voice!r}", hint="another")
        if self.request.voice is None and self.request.language not in self.languages:
            raise SpeechError(f"{self.name} has no voice for {self.request.language!r}", hint="another")
        return self._voice(self.request.voice or self.request.language)

    def close(self):
        Toy.closed += 1

    @staticmethod
    def _voice(language):
        return Voice(name=language, language=language, quality=Quality.PLAIN)


@pytest.fixture
def toys(monkeypatch):
    """Give the function that puts toys in the place of all engines: name to languages, or to what is missing."""

    def put(**table):
        def maker(name, what):
            hint, languages = (what, []) if isinstance(what, str) else (None, what)
            return lambda request: Toy(request, name, languages, hint)

        makers = SimpleNamespace(**{name: maker(name, what) for name, what in table.items()})
        monkeypatch.setitem(sys.modules, "toys", makers)
        monkeypatch.setattr(registry, "ENGINES", {name: f"toys:{name}" for name in table if name != "named"})
        monkeypatch.setattr(registry, "BY_NAME_ONLY", {"named": "toys:named"} if "named" in table else {})

    return put


def test_auto_takes_the_best_that_is_ready_and_speaks_the_language(toys):
    toys(absent="buy it", german=["de"], good=["en", "de"], plain=["en", "de", "fr"])

    assert open_engine("auto", VoiceRequest(language="en")).name == "good"
    assert open_engine("auto", VoiceRequest(language="de")).name == "german"
    assert best_voice(VoiceRequest(language="fr")) == ("plain", "fr")
    assert [engine.name for engine in automatic(VoiceRequest(language="de"), but="good")] == ["german", "plain"]


def test_auto_never_takes_what_must_be_named(toys):
    toys(absent="buy it", named=["en"])

    assert best_voice(VoiceRequest()) is None
    assert open_engine("named", VoiceRequest()).name == "named"


def test_where_none_is_ready_the_hint_tells_what_to_install(toys):
    toys(absent="buy it")

    with pytest.raises(SpeechError, match="no speech engine is installed") as caught:
        open_engine("auto", VoiceRequest())

    assert "buy it" in caught.value.hint


def test_where_none_speaks_the_language_it_says_so(toys):
    toys(absent="buy it", german=["de"])

    with pytest.raises(SpeechError, match="no voice for 'en'"):
        open_engine("auto", VoiceRequest())


def test_an_engine_that_is_not_ready_is_refused_with_its_hint(toys):
    toys(absent="buy it")

    with pytest.raises(SpeechError, match="absent is not ready") as caught:
        open_engine("absent", VoiceRequest())

    assert caught.value.hint == "buy it"


def test_a_voice_that_is_not_there_is_refused_and_the_engine_closed(toys):
    toys(good=["en"])
    closed = Toy.closed

    with pytest.raises(SpeechError, match="no voice 'xx'"):
        open_engine("good", VoiceRequest(voice="xx"))

    assert Toy.closed == closed + 1


def test_all_voices_of_what_is_ready_are_told_best_engine_first(toys):
    toys(absent="buy it", good=["en", "de"], plain=["en"], named=["fr"])

    told = [(engine, voice.name) for engine, voice in all_voices(VoiceRequest())]

    assert told == [("good", "en"), ("good", "de"), ("plain", "en"), ("named", "fr")]


def test_every_engine_is_described(toys):
    toys(absent="buy it", good=["en"])

    assert list(describe()) == [("absent", "buy it"), ("good", None)]


def test_all_engines_are_described():
    assert {engine.name for engine in describe()} == set(ENGINES)


def test_the_registry_imports_no_engine():
    program = (
        "import sys, voiceguide.speech.registry\n"
        "print(sorted(name for name in sys.modules if name.startswith(('voiceguide.speech.', 'espeak', 'pyttsx3'))))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout

    assert loaded.strip() == "['voiceguide.speech.engine', 'voiceguide.speech.lexicon', 'voiceguide.speech.registry']"
