"""Natural voices, offline: Piper, a small neural network for each voice.

Voices lie in the data folder of this program, where ``voices install`` puts them, and in those where Piper's own
usually lie. Nothing here goes to the network.
"""

import importlib.metadata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import Speech, Voice, VoiceRequest
from voiceguide.speech.pace import pace_of
from voiceguide.speech.piper_model import LoadedModel
from voiceguide.speech.piper_voices import (
    PHONEMES,
    PiperModel,
    choose_model,
    find_models,
    to_install,
    usable_models,
    voice_folders,
)
from voiceguide.speech.text import spoken_text

_HINT: Final = 'install Piper: "pip install piper-tts"'

_MOST_SPEAKERS: Final = 24
"""Voices with more, and there are some with hundreds, are listed as one."""


class PiperEngine:
    """Speaks with Piper.

    Args:
        request: Language, voice and rate.
        folders: Gives the folders in which voices lie.
    """

    name = "piper"

    at_once = 1
    """One uses all cores already."""

    def __init__(self, request: VoiceRequest, folders: Callable[[], Iterable[Path]] = voice_folders) -> None:
        self._request = request
        self._folders = folders
        self._loaded: LoadedModel | None = None
        self._length_scale: float | None = None

    def missing(self) -> str | None:
        """Return how to install Piper or a voice, or `None` when both are there."""
        if self._version is None:
            return _HINT
        return None if self._models else to_install(self._request.language)

    def voices(self) -> Iterator[Voice]:
        """Yield the voices that lie here, its own choice first; of one with a few speakers, each of them too."""
        if self.missing():
            return
        chosen = []
        if self._request.voice:
            with suppress(SpeechError):  # It is not here.
                chosen.append(self.voice())
        yield from chosen
        for model in usable_models(self._models, self._request.language):
            speakers = model.speakers if len(model.speakers) <= _MOST_SPEAKERS else ()
            for speaker in (None, *speakers):
                if model.voice(speaker) not in chosen:
                    yield model.voice(speaker)

    def voice(self) -> Voice:
        """Return the voice that the request chooses: without a name, the best for the language.

        Raises:
            SpeechError: Piper is not ready, or has no voice as asked for.
        """
        model, speaker = self._chosen
        return model.voice(speaker)

    def identity(self) -> str:
        """Return Piper's version, and the voice with its content and rate.

        Raises:
            SpeechError: Piper is not ready, or has no voice as asked for.
        """
        return f"{self._content} rate {self._request.rate_wpm}"

    def speak(self, text: str) -> Speech:
        """Return the spoken text.

        Raises:
            SpeechError: Piper is not ready, has no voice as asked for, or that is damaged or too slow; the text is
                empty or too long.
        """
        model, speaker = self._chosen
        words = spoken_text(text, self._request, "ipa" if model.takes == PHONEMES else None)
        if self._loaded is None:
            self._loaded = LoadedModel(model, speaker)
        if self._length_scale is None:
            pace = pace_of(self._content, model.language, self._loaded.speak)
            self._length_scale = pace.length_scale(self._request.rate_wpm)
        return self._loaded.speak(words, self._length_scale)

    def close(self) -> None:
        """Let go of the model. May be called twice."""
        self._loaded = None

    @cached_property
    def _version(self) -> str | None:
        # Its module is called as other programs' are.
        try:
            return importlib.metadata.version("piper-tts")
        except importlib.metadata.PackageNotFoundError:
            return None

    @cached_property
    def _models(self) -> dict[str, Path]:
        return find_models(self._folders())

    @cached_property
    def _chosen(self) -> tuple[PiperModel, str | None]:
        if hint := self.missing():
            raise SpeechError("Piper is not ready", hint=hint)
        return choose_model(self._request, self._models)

    @cached_property
    def _content(self) -> str:
        model, speaker = self._chosen
        return f"Piper {self._version} {model.voice(speaker).name} {model.content()}"
