"""What every speech engine keeps to; a new engine adds one row and gets every test."""

import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from needs import needs, needs_command, needs_module
from tiny_piper import by_piper

from voiceguide import paths
from voiceguide.audio.clip import trimmed
from voiceguide.errors import SpeechError
from voiceguide.settings import settings
from voiceguide.speech.command import festival, flite, own_command
from voiceguide.speech.engine import SpeechEngine, Voice, VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
from voiceguide.speech.espeak_library import find_library
from voiceguide.speech.espeak_program import find_program
from voiceguide.speech.recorded import RecordedEngine, sentence_code
from voiceguide.speech.system import SystemEngine

Open = Callable[..., SpeechEngine]


def by_library(**how):
    return EspeakEngine(VoiceRequest(**how), find_library)


def by_program(**how):
    return EspeakEngine(VoiceRequest(**how), find_program)


def by_system(**how):
    return SystemEngine(VoiceRequest(**how))


def by_flite(**how):
    return flite(VoiceRequest(**how))


def by_festival(**how):
    return festival(VoiceRequest(**how))


class Studio(RecordedEngine):
    """Records each sentence, by eSpeak in a person's place, before it asks for the recording."""

    def speak(self, text: str):
        with suppress(SpeechError):
            speech = by_library().speak(text)
            file = Path(self.voice().name) / f"{sentence_code(text)}.wav"
            soundfile.write(file, speech.samples, speech.rate_hz, subtype="PCM_16")
            self.__dict__.pop("_recordings", None)
        return super().speak(text)


def by_recorded(**how):
    folder = Path(tempfile.mkdtemp(dir=Path.home()))
    return Studio(VoiceRequest(voice=str(folder), **how))


def by_own_command(**how):
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[commands.mine]\nspeak = ["espeak-ng", "-w", "{file}", "-s", "{rate}", "--stdin"]\n', "utf-8")
    settings.cache_clear()
    return own_command(VoiceRequest(**how))


HAS_LIBRARY = importlib.util.find_spec("espeakng_loader") is not None or find_library() is not None

LIBRARY = pytest.param(by_library, id="espeak-library", marks=needs(HAS_LIBRARY, "no eSpeak NG library"))
PROGRAM = pytest.param(by_program, id="espeak-program", marks=needs_command("espeak-ng"))
SYSTEM = pytest.param(
    by_system, id="system", marks=[needs_module("pyttsx3"), needs(HAS_LIBRARY, "no eSpeak NG library")]
)
FLITE = pytest.param(by_flite, id="flite", marks=needs_command("flite"))
FESTIVAL = pytest.param(by_festival, id="festival", marks=needs_command("text2wave"))
PIPER = pytest.param(by_piper, id="piper", marks=needs_module("piper", "onnx"))

WITH_GERMAN = [LIBRARY, PROGRAM, SYSTEM, PIPER]
ENGLISH_ONLY = [FLITE, FESTIVAL]
"""As they come; festival has other languages in packages of their own."""

ENGINES = [*WITH_GERMAN, *ENGLISH_ONLY]

RECORDED = pytest.param(by_recorded, id="recorded", marks=needs(HAS_LIBRARY, "no eSpeak NG library"))
OWN = pytest.param(by_own_command, id="command", marks=needs_command("espeak-ng"))

SPEAKERS = [*ENGINES, RECORDED, OWN]
"""With a person's recordings, whose rate, length and language are the person's, and a program of a person's own, of
whose voices nothing is known."""

REPEATABLE = [LIBRARY, PROGRAM, *ENGLISH_ONLY]
"""pyttsx3's eSpeak keeps its hidden state from text to text, and Piper adds noise: only lengths are nearly the same."""

SENTENCE = "Place both hands on the lower back."

PASSAGE = (
    "Set both thumbs on the muscle beside the spine, near the waist.",
    "Make small, deep circles, and climb bit by bit toward the neck.",
    "Friction is slow rubbing, in small circles or lines.",
    "Soon: Kneading the lower back.",
    "Lay both hands on the waist, beside the spine.",
    "Knead slowly, with the heels of the hands and the fingers.",
    "Go lightly under the ribs, where the kidneys lie.",
)
"""Of a routine; spoken one by one, as in a session."""


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Give the function that opens the engine; what it opened is closed at the end."""
    engines = []

    def open_one(**how) -> SpeechEngine:
        engines.append(request.param(**how))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.close()


def of(engines):
    return pytest.mark.parametrize("opened", engines, indirect=True)


every_engine = of(ENGINES)
every_speaker = of(SPEAKERS)


def has_sound(speech) -> bool:
    return float(np.abs(speech.samples).max()) > 0.05


@every_speaker
def test_it_speaks_text_with_sound_in_it(opened: Open):
    speech = opened().speak(SENTENCE)

    assert has_sound(speech)
    assert speech.samples.dtype == np.float32
    assert speech.samples.ndim == 1
    assert np.abs(speech.samples).max() <= 1.0
    assert 1.0 < len(speech.samples) / speech.rate_hz < 5.0


@every_speaker
def test_it_is_ready(opened: Open):
    engine = opened()

    assert engine.missing() is None
    assert engine.at_once >= 1


@every_engine
def test_the_voice_it_chooses_is_listed_first_and_none_twice(opened: Open):
    engine = opened()
    voices = list(engine.voices())

    assert voices[0] == engine.voice()
    assert all(isinstance(voice, Voice) and voice.name for voice in voices)
    assert len({voice.name for voice in voices}) == len(voices)
    assert (voices[0].language or "en").startswith("en")


@every_engine
def test_each_voice_that_is_listed_is_found_by_its_name_in_any_language(opened: Open):
    for voice in list(opened().voices())[:12]:
        assert opened(voice=voice.name, language="de").voice().language == voice.language


@every_speaker
@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\0", "<>"])
def test_an_empty_text_is_refused_with_a_hint(opened: Open, empty: str):
    with pytest.raises(SpeechError) as caught:
        opened().speak(empty)

    assert caught.value.hint


@every_speaker
def test_10_000_characters_are_refused_with_a_hint(opened: Open):
    with pytest.raises(SpeechError, match="too long") as caught:
        opened().speak("word " * 2_000)

    assert "split" in caught.value.hint


@every_engine
def test_1_500_characters_are_spoken(opened: Open):
    speech = opened().speak("Slow strokes. " * 107)

    assert len(speech.samples) / speech.rate_hz > 60.0
    assert has_sound(speech)


@every_speaker
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
        '(voice_nobody) "") (exit) ;',
        "{file} {text} {pace}",
        "Größe, naïve, 手 и рука",
    ],
)
def test_odd_text_is_words_and_nothing_else(opened: Open, odd: str):
    speech = opened().speak(odd)

    assert has_sound(speech)
    assert len(speech.samples) / speech.rate_hz < 20.0


@every_speaker
def test_markup_is_not_obeyed(opened: Open):
    engine = opened()
    obeyed = len(engine.speak("Hello.").samples)

    for markup in ("<break time='5s'/>Hello.", "[[slnc 5000]]Hello."):
        spoken = engine.speak(markup)

        # The words of the markup are heard, so it takes longer; but not the 5 s of silence.
        assert obeyed < len(spoken.samples) < obeyed + 4.5 * spoken.rate_hz


@every_engine
@pytest.mark.parametrize("rate_wpm", [110, 145, 180])
def test_the_rate_means_words_a_minute(opened: Open, rate_wpm: int):
    engine = opened(rate_wpm=rate_wpm)
    seconds = 0.0
    for sentence in PASSAGE:
        speech = engine.speak(sentence)
        seconds += len(trimmed(speech.samples, speech.rate_hz)) / speech.rate_hz

    heard = len(" ".join(PASSAGE).split()) / (seconds / 60)

    assert heard == pytest.approx(rate_wpm, rel=0.1)


@every_engine
def test_its_identity_stays_and_changes_with_the_rate(opened: Open):
    assert opened().identity() == opened().identity()
    assert opened().identity() != opened(rate_wpm=120).identity()


@of([*WITH_GERMAN, FLITE])
def test_its_identity_changes_with_the_voice(opened: Open):
    identities = {opened(voice=voice.name).identity() for voice in list(opened().voices())[:3]}

    assert len(identities) == 3


@every_speaker
def test_the_same_text_takes_nearly_the_same_time(opened: Open):
    engine = opened()
    first = engine.speak(SENTENCE)
    engine.speak("Something else, and quite a bit longer than that.")

    assert len(engine.speak(SENTENCE).samples) == pytest.approx(len(first.samples), rel=0.02)


@of(REPEATABLE)
def test_the_same_text_gives_the_same_samples_whatever_came_before(opened: Open):
    first = opened().speak(SENTENCE)
    later = opened()
    later.speak("Something else, and quite a bit longer than that.")

    assert np.array_equal(later.speak(SENTENCE).samples, first.samples)


@of([*WITH_GERMAN, FLITE])
def test_another_voice_sounds_different(opened: Open):
    first, second = [opened(voice=voice.name) for voice in list(opened().voices())[:2]]

    assert not np.array_equal(first.speak("Hand warm").samples, second.speak("Hand warm").samples)


@of(WITH_GERMAN)
def test_another_language_has_another_voice_and_sounds_different(opened: Open):
    english, german = opened(), opened(language="de")

    assert english.identity() != german.identity()
    assert (german.voice().language or "").startswith("de")
    assert not np.array_equal(english.speak("Hand warm").samples, german.speak("Hand warm").samples)


@of(ENGLISH_ONLY)
def test_words_in_letters_that_it_cannot_read_are_left_to_another_engine(opened: Open):
    for foreign in ("рука", "手", "שלום"):
        with pytest.raises(SpeechError, match="cannot read"):
            opened().speak(foreign)


@every_engine
def test_an_unnamed_voice_for_a_language_that_it_lacks_is_refused_with_a_hint(opened: Open):
    engine = opened(language="xx")

    for ask in (engine.voice, engine.identity, lambda: engine.speak(SENTENCE)):
        with pytest.raises(SpeechError, match="xx") as caught:
            ask()
        assert caught.value.hint
    assert list(engine.voices())


@of(ENGLISH_ONLY)
def test_one_that_knows_english_only_is_not_taken_for_another_language(opened: Open):
    with pytest.raises(SpeechError, match="'de'"):
        opened(language="de").voice()


@every_engine
def test_an_unknown_voice_is_refused_with_a_hint(opened: Open):
    with pytest.raises(SpeechError, match="no voice 'nobody-at-all'") as caught:
        opened(voice="nobody-at-all").speak(SENTENCE)

    assert caught.value.hint


@every_speaker
def test_it_closes_twice_and_may_never_have_spoken(opened: Open):
    silent = opened()
    silent.close()
    silent.close()

    spoken = opened()
    spoken.speak("Hello.")
    spoken.close()
    spoken.close()
