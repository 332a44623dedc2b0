"""Engines in a row: what one cannot speak falls to the next, and is reported once."""

import logging

import numpy as np
import pytest

from voiceguide.errors import SpeechError
from voiceguide.speech import registry
from voiceguide.speech.chain import Chain, Link, open_chain
from voiceguide.speech.engine import NotSpokenHere, Quality, Speech, Voice, VoiceRequest
from voiceguide.speech.text import TextError

SPEECH = Speech(np.ones(10, np.float32), 22_050)


class Teller:
    """An engine that does what it is told.

    Args:
        name: Its own.
        outcomes: What becomes of each text in turn: an error is raised; when there are no more, it speaks.
        at_once: How many of it speak side by side.
    """

    def __init__(self, name, outcomes=(), at_once=1):
        self.name = name
        self.at_once = at_once
        self.outcomes = list(outcomes)
        self.spoken = []
        self.closed = 0

    def missing(self):
        return None

    def voice(self):
        return Voice(name="anybody", language="en", quality=Quality.PLAIN)

    def voices(self):
        return iter([self.voice()])

    def identity(self):
        return f"{self.name} 1"

    def speak(self, text):
        self.spoken.append(text)
        if self.outcomes:
            raise self.outcomes.pop(0)
        return SPEECH

    def close(self):
        self.closed += 1


def link(engine):
    return Link(engine, lambda: Teller(engine.name))


def chained(*engines):
    links = [link(engine) for engine in engines]
    return Chain(links[0], iter(links[1:]))


def failure(what="it broke"):
    return SpeechError(what, hint="mend it")


def spoken_by(chain, text="Hello."):
    return chain.first(lambda each: (each.speak(text), each.name)[1])


def test_the_first_speaks_as_long_as_all_goes_well():
    first, second = Teller("first"), Teller("second")
    chain = chained(first, second)

    assert [spoken_by(chain), spoken_by(chain)] == ["first", "first"]
    assert second.spoken == []


def test_a_failure_falls_to_the_next_and_is_reported_once_in_one_line(caplog):
    chain = chained(Teller("first", [failure(), failure()]), Teller("second"))

    heard = [spoken_by(chain), spoken_by(chain)]

    assert heard == ["second", "second"]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "first fails, another voice takes over: it broke (mend it)"


def test_a_failure_is_forgiven_and_two_in_a_row_are_not():
    first = Teller("first", [failure()])
    chain = chained(first, Teller("second"))

    assert [spoken_by(chain) for _ in range(3)] == ["second", "first", "first"]

    first.outcomes.append(failure())
    assert [spoken_by(chain) for _ in range(2)] == ["second", "first"]

    first.outcomes += [failure(), failure()]
    assert [spoken_by(chain) for _ in range(4)] == ["second"] * 4
    assert len(first.spoken) == 7


def test_a_full_disk_that_an_engine_meets_is_no_end_of_a_session():
    first = Teller("first", [OSError(28, "No space left on device")])

    assert spoken_by(chained(first, Teller("second"))) == "second"


def test_an_engine_that_cannot_begin_is_passed_over(monkeypatch):
    class Broken(Teller):
        def identity(self):
            raise failure()

    broken, third = Broken("broken"), Teller("third")
    monkeypatch.setattr("voiceguide.speech.chain.open_engine", lambda *_: Teller("first", [failure()]))
    monkeypatch.setattr("voiceguide.speech.chain.automatic", lambda *_, **__: iter([broken, third]))

    chain = open_chain("auto", VoiceRequest())

    assert spoken_by(chain) == "third"
    assert broken.closed == 1


def test_what_an_engine_does_not_have_falls_on_without_a_word(caplog):
    nothing = [NotSpokenHere("no recording", hint="record it") for _ in range(5)]
    first = Teller("first", nothing)
    chain = chained(first, Teller("second"))

    assert [spoken_by(chain) for _ in range(6)] == ["second"] * 5 + ["first"]
    assert caplog.records == []


def test_a_sentence_that_is_refused_is_not_tried_elsewhere():
    first, second = Teller("first", [TextError("empty", hint="write")] * 3), Teller("second")
    chain = chained(first, second)

    for _ in range(3):
        with pytest.raises(TextError):
            spoken_by(chain, "")

    assert spoken_by(chain) == "first"
    assert second.spoken == []


def test_where_all_fail_there_is_nothing(caplog):
    chain = chained(Teller("first", [failure()] * 2), Teller("second", [failure()] * 2))

    assert [spoken_by(chain) for _ in range(3)] == [None] * 3
    assert len(caplog.records) == 2


def test_the_next_is_opened_only_when_it_is_needed():
    opened = []

    def rest():
        opened.append("second")
        yield link(Teller("second"))

    first = Teller("first")
    chain = Chain(link(first), rest())
    spoken_by(chain)
    assert opened == []

    first.outcomes.append(failure())
    spoken_by(chain)
    assert opened == ["second"]


def test_closing_closes_every_engine_and_opens_none_any_more(caplog):
    first, second = Teller("first"), Teller("second")
    chain = chained(first, second)
    chain.close()
    first.outcomes.append(failure("its process was ended"))

    assert spoken_by(chain) is None
    assert first.closed == 1
    assert second.spoken == []
    assert caplog.records == []


def test_no_more_engines_are_made_than_may_speak_side_by_side():
    made = []

    def make():
        made.append(Teller("one"))
        return made[-1]

    several = Link(Teller("one", at_once=3), make)
    taken = [several._taken() for _ in range(3)]
    for engine in taken:
        several._give_back(engine)
    for _ in range(5):
        several.speak("Hello.")

    assert len(made) == 2
    several.close()
    assert [engine.closed for engine in taken] == [1, 1, 1]


def test_another_lexicon_is_another_identity():
    assert link(Teller("one")).identity != Link(Teller("one"), lambda: Teller("one"), "other").identity


@pytest.fixture
def table(monkeypatch):
    """Stand four engines in for the real ones: one not installed, one without the language, two ready."""

    class Absent(Teller):
        def missing(self):
            return "buy it"

    class Foreign(Teller):
        def voice(self):
            raise SpeechError("no voice for it", hint="learn it")

    makers = {
        "absent": lambda request: Absent("absent"),
        "foreign": lambda request: Foreign("foreign"),
        "good": lambda request: Teller("good"),
        "plain": lambda request: Teller("plain"),
    }
    monkeypatch.setattr(registry, "ENGINES", dict.fromkeys(makers, ""))
    monkeypatch.setattr(registry, "BY_NAME_ONLY", {})

    def make(name, request):
        if name not in makers:
            raise SpeechError(f"no engine {name}", hint="others")
        return makers[name](request)

    monkeypatch.setattr(registry, "make_engine", make)


@pytest.mark.parametrize(
    ("voice", "names"),
    [("auto", ["good", "plain"]), ("good", ["good", "plain"]), ("plain:anybody", ["plain", "good"])],
)
def test_what_was_asked_for_comes_first_and_then_what_auto_would_take(table, voice, names):
    assert [each.name for each in open_chain(voice, VoiceRequest())] == names


@pytest.mark.parametrize("voice", ["absent", "foreign", "unknown", ":"])
def test_what_cannot_be_had_is_refused_at_once_and_never_replaced(table, voice):
    with pytest.raises(SpeechError) as caught:
        open_chain(voice, VoiceRequest())

    assert caught.value.hint
