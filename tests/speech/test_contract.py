"""What every speech engine keeps to; a new engine adds one row and gets every test."""

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest
from needs import needs, needs_command, needs_module

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import SpeechEngine, VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
from voiceguide.speech.espeak_library import find_library
from voiceguide.speech.espeak_program import find_program
from voiceguide.speech.system import SystemEngine

Open = Callable[..., SpeechEngine]


def by_library(**how):
    return EspeakEngine(VoiceRequest(**how), find_library)


def by_program(**how):
    return EspeakEngine(VoiceRequest(**how), find_program)


def by_system(**how):
    return SystemEngine(VoiceRequest(**how))


HAS_LIBRARY = importlib.util.find_spec("espeakng_loader") is not None or find_library() is not None

ENGINES = [
    pytest.param(by_library, id="espeak-library", marks=needs(HAS_LIBRARY, "no eSpeak NG library")),
    pytest.param(by_program, id="espeak-program", marks=needs_command("espeak-ng")),
    pytest.param(by_system, id="system", marks=[needs_module("pyttsx3"), needs(HAS_LIBRARY, "no eSpeak NG library")]),
]

REPEATABLE = ENGINES[:2]
"""pyttsx3's eSpeak keeps its hidden state from text to text: only its lengths are nearly the same."""

SENTENCE = "Place both hands on the lower back."


@pytest.fixture(params=ENGINES)
def opened(request: pytest.FixtureRequest):
    """Give the function that opens the engine; what it opened is closed at the end."""
    engines = []

    def open_one(**how) -> SpeechEngine:
        engines.append(request.param(**how))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.close()


def has_sound(speech) -> bool:
    return float(np.abs(speech.samples).max()) > 0.05


def test_it_speaks_text_with_sound_in_it(opened: Open):
    speech = opened().speak(SENTENCE)

    assert has_sound(speech)
    assert speech.samples.dtype == np.float32
    assert speech.samples.ndim == 1
    assert np.abs(speech.samples).max() <= 1.0
    assert 1.0 < len(speech.samples) / speech.rate_hz < 5.0


def test_it_is_ready(opened: Open):
    assert opened().missing() is None


@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\0", "<>"])
def test_an_empty_text_is_refused_with_a_hint(opened: Open, empty: str):
    with pytest.raises(SpeechError) as caught:
        opened().speak(empty)

    assert caught.value.hint


def test_10_000_characters_are_refused_with_a_hint(opened: Open):
    with pytest.raises(SpeechError, match="too long") as caught:
        opened().speak("word " * 2_000)

    assert "split" in caught.value.hint


def test_1_500_characters_are_spoken(opened: Open):
    speech = opened().speak("Slow strokes. " * 107)

    assert len(speech.samples) / speech.rate_hz > 60.0
    assert has_sound(speech)


@pytest.mark.parametrize(
    "odd",
    [
        "🙂 Smile 👐🏽",
        "--help",
        "-w /tmp/x.wav",
        "<speak>Hello</speak>",
        "<audio src='https://example.org/x.wav'/> Hello",
        "[[h@l'oU]]",
        "[[slnc 9000]] Hello",
        "Hello\nthere\r\nagain",
        "Hello \x0199S there",
        "Hello \ud800 there",
        "$(sleep 9); `sleep 9` | & %PATH%",
        "\"quoted\" and \\ and 'quoted'",
        "Größe, naïve, 手 и рука",
    ],
)
def test_odd_text_is_words_and_nothing_else(opened: Open, odd: str):
    speech = opened().speak(odd)

    assert has_sound(speech)
    assert len(speech.samples) / speech.rate_hz < 20.0


def test_markup_is_not_obeyed(opened: Open):
    engine = opened()
    obeyed = len(engine.speak("Hello.").samples)

    for markup in ("<break time='5s'/>Hello.", "[[slnc 5000]]Hello."):
        spoken = engine.speak(markup)

        # The words of the markup are heard, so it takes longer; but not the 5 s of silence.
        assert obeyed < len(spoken.samples) < obeyed + 4.5 * spoken.rate_hz


def test_a_higher_rate_takes_less_time(opened: Open):
    slow, fast = opened(rate_wpm=110).speak(SENTENCE), opened(rate_wpm=180).speak(SENTENCE)

    assert 1.3 < len(slow.samples) / len(fast.samples) < 1.9


@pytest.mark.parametrize("rate_wpm", [120, 145, 170])
def test_the_rate_means_words_a_minute(opened: Open, rate_wpm: int):
    text = "Rest both hands on the lower back, and let your weight sink in slowly. Breathe out, and begin to circle."
    speech = opened(rate_wpm=rate_wpm).speak(text)

    heard = len(text.split()) / (len(speech.samples) / speech.rate_hz / 60)

    assert heard == pytest.approx(rate_wpm, rel=0.15)


def test_its_identity_stays_and_changes_with_what_is_asked(opened: Open):
    same = {opened().identity(), opened().identity()}
    different = {opened(rate_wpm=120).identity(), opened(language="de").identity()}

    assert len(same) == 1
    assert len(same | different) == 3


def test_the_same_text_takes_nearly_the_same_time(opened: Open):
    engine = opened()
    first = engine.speak(SENTENCE)
    engine.speak("Something else, and quite a bit longer than that.")

    assert len(engine.speak(SENTENCE).samples) == pytest.approx(len(first.samples), rel=0.02)


@pytest.mark.parametrize("open_engine", REPEATABLE)
def test_the_same_text_gives_the_same_samples_whatever_came_before(open_engine: Open):
    first = open_engine().speak(SENTENCE)
    later = open_engine()
    later.speak("Something else, and quite a bit longer than that.")

    assert np.array_equal(later.speak(SENTENCE).samples, first.samples)


def test_another_language_sounds_different(opened: Open):
    english, german = opened(), opened(language="de")

    assert not np.array_equal(english.speak("Hand warm").samples, german.speak("Hand warm").samples)


def test_an_unknown_language_is_refused_with_a_hint(opened: Open):
    with pytest.raises(SpeechError, match="xx") as caught:
        opened(language="xx").identity()

    assert caught.value.hint


def test_an_unknown_voice_is_refused_with_a_hint(opened: Open):
    with pytest.raises(SpeechError, match="no voice 'nobody-at-all'") as caught:
        opened(voice="nobody-at-all").speak(SENTENCE)

    assert caught.value.hint


def test_it_closes_twice_and_may_never_have_spoken(opened: Open):
    silent = opened()
    silent.close()
    silent.close()

    spoken = opened()
    spoken.speak("Hello.")
    spoken.close()
    spoken.close()
