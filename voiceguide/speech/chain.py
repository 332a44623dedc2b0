"""Engines in a row, best first: a sentence that one cannot speak falls to the next."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from queue import SimpleQueue
from typing import Final, TypeVar

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import NotSpokenHere, Speech, SpeechEngine, VoiceRequest
from voiceguide.speech.registry import automatic, make_engine, open_engine, parse_voice
from voiceguide.speech.text import TextError

_PATIENCE: Final = 2
"""An engine that has failed so often in a row is not asked any more."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


def open_chain(voice: str, request: VoiceRequest) -> Chain:
    """Return the engine that was asked for, and behind it those that ``auto`` would take.

    Args:
        voice: ``auto``, ``ENGINE`` or ``ENGINE:VOICE``.
        request: How to speak; names no voice.

    Raises:
        SpeechError: There is no such engine or voice, or none at all is ready.
    """
    name, wanted = parse_voice(voice)
    asked = replace(request, voice=wanted)
    first = _link(open_engine(name, asked), asked)
    return Chain(first, _others(request, first.name))


def _others(request: VoiceRequest, but: str) -> Iterator[Link]:
    """Yield what may stand in; an engine that is ready and yet cannot begin is passed over."""
    for engine in automatic(request, but=but):
        try:
            link = _link(engine, request)
        except SpeechError as error:
            _log.info("%s is passed over: %s", engine.name, error.message)
            engine.close()
        else:
            yield link


def _link(engine: SpeechEngine, request: VoiceRequest) -> Link:
    return Link(engine, lambda: make_engine(engine.name, request), request.lexicon.digest)


class Link:
    """One engine, as many times as may usefully speak side by side; any thread may ask it.

    Args:
        engine: Is ready and has its voice.
        make: Makes another one of it.
        lexicon: What tells one lexicon from another.
    """

    def __init__(self, engine: SpeechEngine, make: Callable[[], SpeechEngine], lexicon: str = "") -> None:
        self.name = engine.name
        self.voice = engine.voice()
        self.identity = f"{engine.name} {engine.identity()} {lexicon}"
        """All that changes the sound except the words."""
        self.at_once = max(1, engine.at_once)
        self._make = make
        self._all = [engine]
        self._free = [engine]
        self._waiting: deque[SimpleQueue[SpeechEngine]] = deque()
        self._making = threading.Lock()
        self._failures = 0
        self._told = False

    @property
    def given_up(self) -> bool:
        """Whether it has failed too often."""
        return self._failures >= _PATIENCE

    def speak(self, text: str) -> Speech:
        """Return the spoken text; waits while all engines speak.

        Raises:
            SpeechError: As `SpeechEngine.speak` has it.
        """
        engine = self._taken()
        try:
            speech = engine.speak(text)
        except OSError as error:
            # A full disk, a folder without room for temporary files: of no engine's making, and no end of a session.
            hint = "make room on the disk, or choose another voice"
            raise SpeechError(f"{self.name} cannot work ({error})", hint=hint) from error
        finally:
            self._give_back(engine)
        self._failures = 0
        return speech

    def failed(self, error: SpeechError) -> None:
        """Count a failure, and report the first."""
        with self._making:
            self._failures += 1
            first, self._told = not self._told, True
        if first:
            _log.warning("%s fails, another voice takes over: %s (%s)", self.name, error.message, error.hint)
        if self._failures == _PATIENCE:
            _log.info("%s failed %d times in a row: it is not asked any more", self.name, _PATIENCE)

    def close(self) -> None:
        """Let go of all engines. May be called twice."""
        for engine in self._all:
            engine.close()

    def _taken(self) -> SpeechEngine:
        """Return an engine that is free; who asked first has the next."""
        with self._making:
            if self._free:
                return self._free.pop()
            if len(self._all) < self.at_once:
                self._all.append(self._make())
                return self._all[-1]
            mine: SimpleQueue[SpeechEngine] = SimpleQueue()
            self._waiting.append(mine)
        return mine.get()

    def _give_back(self, engine: SpeechEngine) -> None:
        with self._making:
            if self._waiting:
                self._waiting.popleft().put(engine)
            else:
                self._free.append(engine)


class Chain:
    """Links, best first; those behind the first are opened when they are needed.

    Args:
        first: Is there in any case.
        rest: The others.
    """

    def __init__(self, first: Link, rest: Iterator[Link]) -> None:
        self.name = first.name
        """Of the engine that speaks as long as all goes well."""
        self.voice = first.voice
        self.at_once = first.at_once
        self._links = [first]
        self._rest = rest
        self._opening = threading.Lock()
        self._closed = False

    def __iter__(self) -> Iterator[Link]:
        """Yield the links that are not given up."""
        for index in count():
            with self._opening:
                if index == len(self._links) and not self._closed:
                    self._links.extend(islice(self._rest, 1))
                if index >= len(self._links):
                    return
                link = self._links[index]
            if not link.given_up:
                yield link

    def first(self, take: Callable[[Link], T]) -> T | None:
        """Return what `take` makes of the first link that does not fail, or `None` when all do.

        Raises:
            TextError: The text itself is refused.
        """
        for link in self:
            try:
                return take(link)
            except TextError:
                raise
            except NotSpokenHere:
                continue
            except SpeechError as error:
                if self._closed:
                    break
                link.failed(error)
        return None

    def close(self) -> None:
        """Let go of all engines. May be called twice."""
        self._closed = True
        for link in self._links:
            link.close()
