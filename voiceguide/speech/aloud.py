"""Sentences that the phone says itself, in a session that plays."""

import fcntl
import logging
import os
import subprocess
import termios
import time
from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace
from queue import SimpleQueue
from threading import Event
from typing import Final

import numpy as np

from voiceguide.audio.samples import Buffer
from voiceguide.background import in_background
from voiceguide.errors import SpeechError
from voiceguide.media.child import Child
from voiceguide.scheduler.schedule import estimated_ms
from voiceguide.settings import settings
from voiceguide.speech.android import NAME, AndroidEngine
from voiceguide.speech.cache import ClipCache
from voiceguide.speech.chain import Chain, open_chain
from voiceguide.speech.clips import Clips
from voiceguide.speech.engine import Voice, VoiceRequest
from voiceguide.speech.lexicon import built_in_lexicon
from voiceguide.speech.registry import AUTO, parse_voice
from voiceguide.speech.text import TextError, spoken_text
from voiceguide.termux.call import LIMIT_S, end_with_all
from voiceguide.units import frames

_ESTIMATED_WPM: Final = 145
"""The rate that `estimated_ms` tells of."""

_LOOK_S: Final = 0.02

_log = logging.getLogger(__name__)


class Aloud:
    """Says sentences aloud, one after the other, through a program that is kept open.

    Args:
        command: The program, which reads a line for each.
        limit_s: One that has not taken a line after so long hangs.
    """

    def __init__(self, command: Sequence[str], limit_s: float) -> None:
        self.well = True
        """Whether it is still heard, as far as can be told."""
        self._command, self._limit_s = command, limit_s
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._closed = Event()
        self._child: Child | None = None
        self._serving = in_background(self._serve, "say aloud")

    def say(self, words: str) -> None:
        """Say it when what was asked for before is said; never waits."""
        if self.well:
            self._lines.put(words)

    def close(self) -> None:
        """End it; what is just being said may be said to its end. May be called twice."""
        self._closed.set()
        self._lines.put(None)
        wait([self._serving], self._limit_s)

    def _serve(self) -> None:
        try:
            self._child = self._started()
            while (words := self._lines.get()) is not None and not self._closed.is_set():
                # One that has ended by itself, as the app does when memory is short, is started once more.
                if not (self._taken(words) or (self._has_ended() and self._taken(words)) or self._closed.is_set()):
                    self.well = False
                    _log.warning("Android's own voice went silent: the next best one takes over")
                    return
        finally:
            if self._child:
                end_with_all(self._child)

    def _started(self) -> Child | None:
        try:
            child = Child(self._command, stdin=subprocess.PIPE)
            if child.process.stdin is not None:
                # One that does not read must not hold us up.
                os.set_blocking(child.process.stdin.fileno(), False)
            return child
        except OSError:
            return None

    def _has_ended(self) -> bool:
        return self._child is None or self._child.wait(0) is not None

    def _taken(self, words: str) -> bool:
        """Hand a line over; return whether the program has taken it from the pipe."""
        if self._has_ended():
            if self._child:
                self._child.end()
            self._child = self._started()
        if self._child is None or self._child.process.stdin is None:
            return False
        pipe = self._child.process.stdin
        try:
            rest, until_s = f"{words}\n".encode(), time.monotonic() + self._limit_s
            while rest or _waiting_bytes(pipe.fileno()):
                # As much as there is room for, which is all but of a sentence without an end.
                rest = rest[pipe.write(rest) or 0 :]
                if time.monotonic() > until_s or self._has_ended() or self._closed.wait(_LOOK_S):
                    return False
            return not self._has_ended()
        except OSError:
            return False


def _waiting_bytes(pipe: int) -> int:
    """Return how much waits in a pipe to be read."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), "little")


class AloudClips(Clips):
    """The sentences of a session that the phone says itself.

    To the rest of the program each of them is a silence about as long as it takes to say, so that all is planned as
    ever and the music makes room. Should the phone go silent, the next best voice is heard; it has spoken everything
    before.

    Args:
        engine: Is ready; closed with the clips.
        request: How to speak.
        chain: The other voices.
        cache: Where their clips are kept.
    """

    def __init__(self, engine: AndroidEngine, request: VoiceRequest, chain: Chain, cache: ClipCache) -> None:
        super().__init__(chain, cache)
        self._request, self._engine = request, engine
        self._voice = engine.voice()
        self._aloud = Aloud(engine.command(), LIMIT_S)

    @property
    def voice(self) -> Voice:
        """The phone's."""
        return self._voice

    @property
    def speaker(self) -> str:
        """The same as ``ENGINE:NAME``."""
        return f"{NAME}:{self._voice.name}"

    def close(self) -> None:
        """Let go of the phone's voice and of the others. May be called twice."""
        self._aloud.close()
        self._engine.close()
        super().close()

    def aloud(self, text: str) -> None:
        """Say a sentence as soon as the one before is said; never waits."""
        try:
            self._aloud.say(spoken_text(text, self._request))
        except TextError as error:
            _log.info("this is not said: %s", error.message)

    def length_ms(self, text: str) -> int:
        """Return how long a sentence is taken to be, whoever says it."""
        return max(super().length_ms(text), estimated_ms(text) * _ESTIMATED_WPM // self._request.rate_wpm)

    def samples(self, text: str) -> Buffer:
        """Return silence; once the phone is silent, the sentence as the next best voice says it."""
        count = frames(self.length_ms(text))
        if self._aloud.well:
            return np.zeros(count, np.float32)
        sound = super().samples(text)
        return np.pad(sound, (0, count - len(sound)))


def open_aloud(voice: str, language: str | None, rate_wpm: int) -> AloudClips:
    """Return the sentences of a live session, said by the phone.

    Args:
        voice: ``android``, or ``android:ENGINE``.
        language: Of the texts, BCP 47; `None` for English.
        rate_wpm: Words a minute.

    Raises:
        SpeechError: The phone cannot speak, or has no such engine; or no other voice is there to stand in.
        SettingsError: The person's settings are wrong.
    """
    lexicon = built_in_lexicon().with_own(settings().lexicon)
    request = VoiceRequest(language=language or "en", rate_wpm=rate_wpm, lexicon=lexicon)
    asked = replace(request, voice=parse_voice(voice)[1])
    engine = AndroidEngine(asked)
    try:
        if hint := engine.missing():
            raise SpeechError("Android's own voice is not ready", hint=hint)
        return AloudClips(engine, asked, open_chain(AUTO, request), ClipCache())
    except SpeechError:
        engine.close()
        raise
