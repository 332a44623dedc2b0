"""The engine that is always there: eSpeak NG, from a package of its own, the system's library, or its program."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from voiceguide.errors import SpeechError
from voiceguide.platforms import is_android
from voiceguide.speech.engine import Quality, Speech, Voice, VoiceRequest, cores
from voiceguide.speech.espeak_library import find_library
from voiceguide.speech.espeak_program import find_program
from voiceguide.speech.espeak_voices import EspeakVoice, all_languages, choose_voice, language_of
from voiceguide.speech.text import spoken_text

_HINT: Final = (
    'install eSpeak NG: "pip install espeakng-loader", or the system\'s espeak-ng; in Termux "pkg install espeak"'
)


class Espeak(Protocol):
    """An eSpeak, in whichever form."""

    version: str
    """Such as ``1.52.0``."""

    data: Path
    """Its data folder, with ``lang`` and ``voices`` in it."""

    def speak(self, text: str, voice: EspeakVoice) -> Speech:
        """Return the spoken text.

        Raises:
            SpeechError: It failed, took too long, or gave nothing.
        """


def find_espeak() -> Espeak | None:
    """Return the best eSpeak there is; on a phone the program: there, nobody has tried to load the library."""
    return (find_program() or find_library()) if is_android() else (find_library() or find_program())


class EspeakEngine:
    """Speaks with eSpeak NG: fast, everywhere, in a hundred languages, and plainly a machine.

    Args:
        request: Language, voice and rate.
        find: Finds the eSpeak to use.
    """

    name = "espeak"

    def __init__(self, request: VoiceRequest, find: Callable[[], Espeak | None] = find_espeak) -> None:
        self.at_once = cores()
        self._request = request
        self._find = find

    def missing(self) -> str | None:
        """Return how to install eSpeak, or `None` when it is there."""
        return None if self._espeak else _HINT

    def voices(self) -> Iterator[Voice]:
        """Yield a voice for each language, its own choice first."""
        if self._espeak is None:
            return
        own = None
        with suppress(SpeechError):
            own = choose_voice(self._request, self._espeak.data).name
            yield _voice(own)
        for language in all_languages(self._espeak.data):
            if own is None or language != language_of(own):
                yield _voice(language)

    def voice(self) -> Voice:
        """Return the voice that was asked for, or that for the language.

        Raises:
            SpeechError: eSpeak is not installed, or has no such voice.
        """
        return _voice(self._ready[1].name)

    def identity(self) -> str:
        """Return eSpeak's version and kind, and the voice with its settings.

        Raises:
            SpeechError: It is not installed, or has no such voice.
        """
        espeak, voice = self._ready
        kind = type(espeak).__name__
        return f"{kind} {espeak.version} {voice.name} rate {voice.rate} pitch {voice.pitch} range {voice.range}"

    def speak(self, text: str) -> Speech:
        """Return the spoken text.

        Raises:
            TextError: The text is empty or too long.
            SpeechError: eSpeak is not installed, has no such voice, or failed.
        """
        espeak, voice = self._ready
        return espeak.speak(spoken_text(text, self._request, "espeak"), voice)

    def close(self) -> None:
        """Do nothing: eSpeak holds nothing between two texts."""

    @cached_property
    def _espeak(self) -> Espeak | None:
        return self._find()

    @cached_property
    def _ready(self) -> tuple[Espeak, EspeakVoice]:
        if self._espeak is None:
            raise SpeechError("eSpeak is not installed", hint=_HINT)
        return self._espeak, choose_voice(self._request, self._espeak.data)


def _voice(name: str) -> Voice:
    return Voice(name=name, language=language_of(name), quality=Quality.PLAIN)
