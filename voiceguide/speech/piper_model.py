"""A model of Piper that is loaded: words in, samples out.

The network runs in this process, on all cores, in a thread that is left behind if it does not come back. Whatever is
wrong with a model's file shows up as an exception of one kind or another, which is why any is caught here.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from voiceguide.background import in_background
from voiceguide.errors import SpeechError
from voiceguide.speech.engine import Speech
from voiceguide.speech.piper_voices import PiperModel, again

if TYPE_CHECKING:
    from piper import PiperVoice

T = TypeVar("T")

_START_LIMIT_S: Final = 60.0
"""For the libraries and up to 120 MB of model, from the card of a small computer."""

_LIMIT_S: Final = 10.0
_LIMIT_S_PER_CHARACTER: Final = 0.2
"""Three times as long as it takes to say it: a small computer with a large voice may be that slow."""

_PAUSE_S: Final = 0.2
"""Between two sentences; Piper itself leaves none."""

_SEED: Final = 1

_FATAL: Final = 4
"""The name of a level of ONNX Runtime's log, above which it says nothing."""


class LoadedModel:
    """A voice that is ready to speak.

    The network draws noise, which keeps it lively: the same words never come out quite the same twice. It starts
    from the same seed each time it is loaded, so that the same texts in the same order do.

    Args:
        model: Which voice.
        speaker: Which of its speakers; `None` for the voice's own choice.

    Raises:
        SpeechError: Its files are damaged, or are no voice.
    """

    def __init__(self, model: PiperModel, speaker: str | None) -> None:
        self._model = model
        self._speaker = None if speaker is None else model.speakers[speaker]
        self._voice = self._in_time(lambda: _loaded(model.path), _START_LIMIT_S)

    def speak(self, words: str, length_scale: float) -> Speech:
        """Return the spoken words.

        Args:
            words: As Piper takes them; what stands between ``[[`` and ``]]`` is phonemes.
            length_scale: How long the phonemes last, as a multiple of what the voice was trained with.

        Raises:
            SpeechError: It failed, took too long or gave nothing.
        """
        limit_s = _LIMIT_S + _LIMIT_S_PER_CHARACTER * len(words)
        samples = self._in_time(lambda: self._spoken(words, length_scale), limit_s)
        if not len(samples):
            raise SpeechError(
                f"the voice {self._model.name} gave nothing for {words[:40]!r}", hint=again(self._model.path)
            )
        return Speech(samples, self._voice.config.sample_rate)

    def _spoken(self, words: str, length_scale: float) -> npt.NDArray[np.float32]:
        from piper import SynthesisConfig

        how = SynthesisConfig(speaker_id=self._speaker, length_scale=length_scale, normalize_audio=False)
        pause = np.zeros(round(_PAUSE_S * self._voice.config.sample_rate), np.float32)
        sounds: list[npt.NDArray[np.float32]] = []
        for sentence in self._voice.synthesize(_with_stops_inside(words), how):
            sounds += [pause, sentence.audio_float_array.ravel()]
        samples = np.concatenate([pause[:0], *sounds[1:]], dtype=np.float32)
        if not np.isfinite(samples).all():
            raise ValueError("its sound holds numbers that are none")
        return samples

    def _in_time(self, call: Callable[[], T], limit_s: float) -> T:
        """Return what `call` returns, or give up."""
        outcome = in_background(call, "piper")
        try:
            error = outcome.exception(limit_s)
        except TimeoutError as late:
            raise SpeechError(
                f"the voice {self._model.name} was not done after {limit_s:.0f} s",
                hint="choose a smaller voice, such as one that ends in -low, or another engine",
            ) from late
        if error is not None:
            why = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise SpeechError(
                f"the voice {self._model.name} cannot be used: {why[:200]}", hint=again(self._model.path)
            ) from error
        return outcome.result()


def _loaded(path: Path) -> "PiperVoice":
    with _nobody_told():
        import onnxruntime
        from piper import PiperVoice

    _runtime_keeps_to_itself(onnxruntime)
    return PiperVoice.load(path)


def _runtime_keeps_to_itself(onnxruntime: Any) -> None:
    onnxruntime.set_default_logger_severity(_FATAL)
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_seed(_SEED)


@contextmanager
def _nobody_told() -> Iterator[None]:
    """Keep the libraries, which are imported in the block, from talking to the terminal and to the network."""
    # Read once, at import: from 1.29 on, ONNX Runtime tells its makers of every use; before, only on Windows.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    # Piper warns of each phoneme that a voice does not know. With a handler, only who listens for it hears it.
    logging.getLogger("piper").addHandler(logging.NullHandler())
    # Before its log can be set, ONNX Runtime has complained there of computers without a known graphics card.
    try:
        kept = os.dup(2)
    except OSError:
        yield  # There is no terminal.
        return
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _with_stops_inside(words: str) -> str:
    # Piper loses what stands right behind phonemes, and with it the melody of the sentence.
    return re.sub(r"\]\]([.,;:!?]+)", r"\1]]", words)
