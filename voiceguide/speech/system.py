"""The voices of the computer's own system, through pyttsx3: SAPI 5, NSSpeech, or eSpeak.

pyttsx3 hangs, crashes and returns too early, so it lives in a process of its own, saves one text at a time within a
time limit, and every file is checked. On macOS it writes AIFF; that way was read in its source and tried with AIFF
files of other making, not on a Mac.
"""

import difflib
import importlib.util
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from voiceguide.errors import SpeechError
from voiceguide.platforms import is_android
from voiceguide.speech.engine import Quality, Speech, Voice, VoiceRequest, cores
from voiceguide.speech.espeak_library import EspeakLibrary, find_library, short_path
from voiceguide.speech.espeak_voices import espeak_rate
from voiceguide.speech.recording import read_recording
from voiceguide.speech.text import spoken_text
from voiceguide.speech.worker import Worker, WorkerError

_START_LIMIT_S: Final = 30.0
"""On Windows the first start of all writes some modules."""

_LIMIT_S: Final = 10.0
_LIMIT_PER_CHARACTER_S: Final = 0.02

_ESPEAK_DRIVER: Final = "espeak"

_MOST_WORKERS: Final = 4
"""Each is a process with a Python of its own."""


@dataclass(frozen=True, slots=True)
class SystemVoice:
    """A voice of the system."""

    id: str
    name: str
    languages: tuple[str, ...]
    """Such as ``en-us`` or ``en_US``, as the system writes them; may be empty."""


@dataclass(frozen=True, slots=True)
class _Served:
    """What a worker says about itself when it starts."""

    voices: tuple[SystemVoice, ...]
    default: str
    """Id of the voice that the system speaks with by itself."""

    driver: str
    version: str


class SystemEngine:
    """Speaks with the voices of the system.

    Args:
        request: Language, voice and rate.
        command: What to start as worker instead of our own.
        limit_s: How long one text may take, beyond what its length adds.
    """

    name = "system"

    def __init__(
        self, request: VoiceRequest, command: Sequence[str] | None = None, *, limit_s: float = _LIMIT_S
    ) -> None:
        self.at_once = min(cores(), _MOST_WORKERS)
        self._request = request
        self._command = command
        self._limit_s = limit_s
        self._worker: Worker | None = None
        self._has_served = False

    def missing(self) -> str | None:
        """Return what keeps pyttsx3 from working, or `None` when it should work; starts nothing."""
        if self._command:
            return None
        if is_android():
            return 'Android has no such voices: use "--voice espeak"'
        if importlib.util.find_spec("pyttsx3") is None:
            return 'install it: "pip install pyttsx3"'
        if sys.platform not in ("darwin", "win32") and self._library is None:
            return 'pyttsx3 needs eSpeak NG: "pip install espeakng-loader", or the system\'s espeak-ng'
        return None

    def voices(self) -> Iterator[Voice]:
        """Yield the voices of the system, its own choice for the language first; starts the worker to know them.

        Raises:
            SpeechError: The worker does not start.
        """
        if self.missing():
            return
        served = self._served
        own = _speaking(self._request.language, served.voices, served.default)
        yield from dict.fromkeys(map(self._told, [*([own] if own else []), *served.voices]))

    def voice(self) -> Voice:
        """Return the voice that was asked for, or that for the language; starts the worker to know it.

        Raises:
            SpeechError: The worker does not start, or there is no such voice.
        """
        return self._told(self._voice)

    def identity(self) -> str:
        """Return the driver, its version, the voice and the rate; starts the worker to know them.

        Raises:
            SpeechError: The worker does not start, or there is no such voice.
        """
        served = self._served
        return f"{served.driver} by pyttsx3 {served.version} {self._voice.id} rate {self._rate}"

    def speak(self, text: str) -> Speech:
        """Return the spoken text.

        Raises:
            SpeechError: The text is empty or too long, there is no such voice, or the worker failed.
        """
        words = spoken_text(text, self._request)
        voice, rate = self._voice, self._rate
        with tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True) as folder:
            target = Path(folder) / ("speech.aiff" if sys.platform == "darwin" else "speech.wav")
            question = {"text": words, "path": str(target), "voice": voice.id, "rate": rate}
            answer = self._ask(question, self._limit_s + len(words) * _LIMIT_PER_CHARACTER_S)
            if "error" in answer:
                raise SpeechError(
                    f"the system's voice refused to speak ({answer['error']})",
                    hint='choose another voice: "--voice espeak" is always there',
                )
            return read_recording(target)

    def close(self) -> None:
        """End the worker. May be called twice."""
        if self._worker:
            self._worker.close()
            self._worker = None

    def _ask(self, question: dict[str, Any], limit_s: float) -> dict[str, Any]:
        # pyttsx3 may get stuck after it has worked well: then a new one is asked, once.
        if self._has_served:
            with suppress(WorkerError):
                return self._asked_once(question, limit_s)
        return self._asked_once(question, limit_s)

    def _asked_once(self, question: dict[str, Any], limit_s: float) -> dict[str, Any]:
        if self._worker is None:
            self._worker, _ = self._started()
        try:
            answer = self._worker.ask(question, limit_s)
        except WorkerError:
            self._worker, self._has_served = None, False
            raise
        self._has_served = True
        return answer

    @cached_property
    def _served(self) -> _Served:
        if hint := self.missing():
            raise SpeechError("the system's voices are not ready", hint=hint)
        self._worker, served = self._started()
        return served

    @cached_property
    def _voice(self) -> SystemVoice:
        return choose_system_voice(self._request, self._served.voices, self._served.default)

    def _told(self, voice: SystemVoice) -> Voice:
        served = self._served
        alike = [each for each in served.voices if each.name.casefold() == voice.name.casefold()]
        return Voice(
            name=voice.name.strip() if len(alike) == 1 else voice.id,
            language=next(filter(None, map(_bcp47, voice.languages)), None),
            quality=Quality.PLAIN if served.driver == _ESPEAK_DRIVER else Quality.NATURAL,
        )

    @property
    def _rate(self) -> int:
        # The other drivers say that they take words a minute.
        wpm = self._request.rate_wpm
        return espeak_rate(wpm) if self._served.driver == _ESPEAK_DRIVER else wpm

    @cached_property
    def _library(self) -> EspeakLibrary | None:
        return find_library()

    def _started(self) -> tuple[Worker, _Served]:
        worker = Worker(self._command or self._own_command())
        try:
            return worker, _read_served(worker.listen(_START_LIMIT_S))
        except SpeechError:
            worker.close()
            raise

    def _own_command(self) -> list[str]:
        # -P keeps the folder in which we were started, which may be a stranger's, out of what Python imports from.
        command = [sys.executable, "-P", "-m", "voiceguide.speech.system_worker"]
        if sys.platform not in ("darwin", "win32") and self._library:
            command += [self._library.library, str(short_path(self._library.data))]
        return command


def choose_system_voice(request: VoiceRequest, voices: Sequence[SystemVoice], default: str) -> SystemVoice:
    """Return the voice that was asked for.

    A voice is named by its id, its name or a part of it. Without a name it is the system's default voice if that
    speaks the language, else the first that does.

    Raises:
        SpeechError: There is no such voice, or none for the language.
    """
    fitting = _named(request.voice, voices) if request.voice else _speaking(request.language, voices, default)
    if fitting:
        return fitting
    if request.voice:
        near = difflib.get_close_matches(request.voice, [voice.name for voice in voices], n=3)
        raise SpeechError(
            f"the system has no voice {request.voice!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else "leave the name out to get the system's own choice",
        )
    raise SpeechError(
        f"the system has no voice for the language {request.language!r}",
        hint='add one in the settings of the system, or use "--voice espeak"',
    )


def _named(name: str, voices: Sequence[SystemVoice]) -> SystemVoice | None:
    wanted = name.casefold()
    for voice in voices:
        if wanted in (voice.id.casefold(), voice.name.casefold()):
            return voice
    return next((voice for voice in voices if wanted in voice.name.casefold() or wanted in voice.id.casefold()), None)


def _speaking(language: str, voices: Sequence[SystemVoice], default: str) -> SystemVoice | None:
    own_choice_first = sorted(voices, key=lambda voice: voice.id != default)
    wanted = _subtags(language)
    for length in range(len(wanted), 0, -1):
        for voice in own_choice_first:
            if any(_subtags(code)[:length] == wanted[:length] for code in voice.languages):
                return voice
    return None


def _bcp47(code: str) -> str | None:
    """Return a language as BCP 47 has it; `None` for what is none, such as "Unknown"."""
    language, *more = _subtags(code)
    if not re.fullmatch(r"[a-z]{2,3}", language):
        return None
    return "-".join([language, *(each.upper() if len(each) == 2 else each for each in more)])


def _subtags(language: str) -> list[str]:
    return language.casefold().replace("_", "-").split("-")


def _read_served(message: dict[str, Any]) -> _Served:
    try:
        voices = tuple(
            SystemVoice(voice["id"], voice["name"], tuple(voice["languages"])) for voice in message["voices"]
        )
        return _Served(voices, str(message["default"]), str(message["driver"]), str(message["version"]))
    except (KeyError, TypeError) as error:
        raise WorkerError("the process that speaks answered nonsense", hint='use "--voice espeak"') from error
