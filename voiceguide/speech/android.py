"""Android's own voices, by way of Termux: natural, and live only. What they say never passes through here.

One ``termux-tts-speak`` is kept open, because its first words take about 2.4 s, and gets a line for each sentence. It
need not tell when a line is at its end: so lengths are estimated, and what is being said cannot be broken off. Read in
the sources of Termux:API, and never heard.
"""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from voiceguide.errors import SpeechError, near
from voiceguide.platforms import is_android
from voiceguide.speech.engine import Quality, Speech, Voice, VoiceRequest
from voiceguide.termux.call import APP_HINT, Termux

NAME: Final = "android"

_USUAL_WPM: Final = 170
"""What Android's voices are taken to speak in a minute where nobody asks for another rate; not measured."""


def is_android_voice(voice: str) -> bool:
    """Return whether what ``--voice`` was given is a voice of Android's."""
    return voice.partition(":")[0].strip() == NAME


class AndroidEngine:
    """The voice as lists show it. It speaks live, so what an engine is asked for it refuses: it makes no sound to keep.

    Args:
        request: Language, voice (an engine of Android's) and rate.
    """

    name = NAME
    at_once = 1

    def __init__(self, request: VoiceRequest) -> None:
        self._request = request
        self._termux = Termux()

    def missing(self) -> str | None:
        """Return what keeps Android from speaking, or `None` when it should; asks the phone."""
        if not is_android():
            return "it is a phone's own: take it there, under Termux"
        return None if self._termux.answers() else APP_HINT

    def voices(self) -> Iterator[Voice]:
        """Yield the speech engines that are installed on the phone, its own choice first."""
        if self.missing():
            return
        for name in self._engines:
            yield Voice(name=name, language=None, quality=Quality.NATURAL)

    def voice(self) -> Voice:
        """Return the engine that was asked for, or the phone's own choice.

        Raises:
            SpeechError: There is no such engine.
        """
        engines = self._engines
        wanted = self._request.voice or next(iter(engines), None)
        if wanted in engines:
            return Voice(name=wanted, language=None, quality=Quality.NATURAL)
        if not engines:
            raise SpeechError("the phone has no voices", hint="choose one in its settings, under text-to-speech")
        raise SpeechError(f"the phone has no speech engine {wanted!r}", hint=near(str(wanted), engines))

    def identity(self) -> str:
        """Refuse: nothing is kept of what is only heard.

        Raises:
            SpeechError: Always.
        """
        raise _only_heard()

    def speak(self, text: str) -> Speech:  # noqa: ARG002 - as every engine has it
        """Refuse, as `identity` does."""
        raise _only_heard()

    def close(self) -> None:
        """Drop what the phone is still to be asked. May be called twice."""
        self._termux.close()

    def command(self) -> list[str]:
        """Return the program that says aloud what it reads, line by line."""
        language, _, region = self._request.language.partition("-")
        rate = self._request.rate_wpm / _USUAL_WPM
        how = ["termux-tts-speak", "-e", self.voice().name, "-l", language, "-r", f"{rate:.2f}"]
        return [*how, "-n", region.upper()] if region else how

    @cached_property
    def _engines(self) -> list[str]:
        """Return the names of the phone's speech engines, its own choice first; none when it answers rubbish."""
        try:
            told = json.loads(self._termux.call("termux-tts-engines") or "[]")
            told = sorted(told, key=lambda each: not each["default"])
            # They become words of a script that does not quote them.
            return [each["name"] for each in told if each["name"].replace(".", "").replace("_", "").isalnum()]
        except (ValueError, TypeError, KeyError, AttributeError):
            return []


def _only_heard() -> SpeechError:
    return SpeechError(
        "Android's own voice is only heard: no file can be made of it",
        hint='take another voice for this, such as "--voice auto"',
    )
