"""What a speech engine is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken text as an engine gives it: raw, untrimmed, at the engine's own level."""

    samples: npt.NDArray[np.float32]
    """Mono, shape ``(n,)``, nominal range [-1, 1]."""

    rate_hz: int
    """Samples in a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRequest:
    """How to speak."""

    language: str = "en"
    """BCP 47, such as ``en`` or ``de-AT``."""

    voice: str | None = None
    """The engine's own name of a voice; `None` takes the engine's best for the language."""

    rate_wpm: int = 145
    """Words a minute."""


class SpeechEngine(Protocol):
    """Speaks text into memory.

    An engine is made cheaply, from a `VoiceRequest`; what is heavy happens at the first `speak`. One thread at a
    time calls it.
    """

    name: str
    """The name in the registry, such as ``espeak``."""

    def missing(self) -> str | None:
        """Return how to install what is missing, or `None` when ready."""

    def identity(self) -> str:
        """Return all that changes the sound except the text: engine, its version, voice and rate.

        Two runs with the same identity speak the same; clips are stored under it.

        Raises:
            SpeechError: The engine is not ready, or has no voice as asked for.
        """

    def speak(self, text: str) -> Speech:
        """Return the spoken text.

        All of it is words: whatever an engine may take for markup, options or commands goes through
        `voiceguide.speech.text.plain_text` first.

        Raises:
            SpeechError: The text is empty or too long, or the engine failed, took too long, or gave nothing.
        """

    def close(self) -> None:
        """Let go of processes and memory. May be called twice."""
