"""What a speech engine is."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from voiceguide.errors import SpeechError
from voiceguide.platforms import is_android
from voiceguide.speech.lexicon import Lexicon, built_in_lexicon


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken text as an engine gives it: raw, untrimmed, at the engine's own level."""

    samples: npt.NDArray[np.float32]
    """Mono, shape ``(n,)``, nominal range [-1, 1]."""

    rate_hz: int
    """Samples in a second."""


class Quality(IntEnum):
    """How a voice sounds to people; a greater one is nicer to listen to."""

    PLAIN = 1
    """Plainly a machine: eSpeak."""

    FAIR = 2
    """Cut from a person's speech: flite, festival, pico."""

    NATURAL = 3
    """Nearly a person: a neural network, or what macOS and Windows bring."""

    PERSON = 4
    """A person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice that an engine can speak with now."""

    name: str
    """As ``ENGINE:NAME`` takes it."""

    language: str | None
    """BCP 47, such as ``en-US``; `None` when the engine does not tell, or it speaks any."""

    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRequest:
    """How to speak."""

    language: str = "en"
    """BCP 47, such as ``en`` or ``de-AT``."""

    voice: str | None = None
    """The engine's own name of a voice; `None` takes the engine's best for the language."""

    rate_wpm: int = 145
    """Words a minute, as heard: those of ordinary sentences over the time that they take."""

    lexicon: Lexicon = field(default_factory=built_in_lexicon)
    """How terms are pronounced."""


_MOST_ON_A_PHONE: Final = 1
"""Android ends a program that has many others beside it, or works much while nobody looks."""


def cores() -> int:
    """Return how many cores this process may use, as `SpeechEngine.at_once` may count on."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST_ON_A_PHONE) if is_android() else count


class NotSpokenHere(SpeechError):  # noqa: N818 - it is no failure
    """The engine is well, but has nothing for this sentence: another one speaks it, and nobody is told."""


class SpeechEngine(Protocol):
    """Speaks text into memory.

    An engine is made cheaply, from a `VoiceRequest`; what is heavy happens at the first `speak`. One thread at a
    time calls it.
    """

    name: str
    """The name in the registry, such as ``espeak``."""

    at_once: int
    """How many of it may usefully speak side by side on this machine; each is made anew from the request."""

    def missing(self) -> str | None:
        """Return how to install what is missing, or `None` when ready."""

    def voices(self) -> Iterator[Voice]:
        """Yield the voices it can speak with now, its own choice for the language of the request first.

        None when it is not ready.
        """

    def voice(self) -> Voice:
        """Return the voice that the request chooses.

        A voice that is asked for by name is taken whatever its language; without a name there must be one for the
        language.

        Raises:
            SpeechError: The engine is not ready, or has no voice as asked for.
        """

    def identity(self) -> str:
        """Return all that changes the sound except the words: engine, its version, voice and rate.

        Two runs with the same identity speak the same; clips are stored under it.

        Raises:
            SpeechError: The engine is not ready, or has no voice as asked for.
        """

    def speak(self, text: str) -> Speech:
        """Return the spoken text.

        All of it is words: whatever an engine may take for markup, options or commands goes through
        `voiceguide.speech.text.spoken_text` first, which also writes numbers and hard terms as they are said.

        Raises:
            TextError: The text is empty or too long.
            NotSpokenHere: It has nothing for this text.
            SpeechError: It failed, took too long, or gave nothing.
        """

    def close(self) -> None:
        """Let go of processes and memory. May be called twice."""
