"""A person's own voice: a folder with recordings of sentences.

A recording is known by the code of its sentence, which stands in its file's name: ``001 place-both-hands h7k2m9q.wav``.
`voiceguide.speech.script` writes the list to read from. A sentence without a recording is left to another engine.
"""

import hashlib
import logging
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from voiceguide.errors import MediaError, SpeechError
from voiceguide.media.decode import decode
from voiceguide.paths import expanded
from voiceguide.speech.engine import NotSpokenHere, Quality, Speech, Voice, VoiceRequest, cores
from voiceguide.speech.recording import read_recording
from voiceguide.speech.text import plain_text
from voiceguide.units import SAMPLE_RATE, SECOND_MS, gain

LONGEST_S: Final = 60
"""No sentence takes longer; such a file is something else, or was never stopped."""

QUIET_DB: Final = -45.0
"""A recording whose peak is lower, in dBFS, is mostly noise, and would be noise all the more when it is levelled."""

_SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that look alike."""

_CODE_LENGTH: Final = 7
_CODE: Final = re.compile(rf"(?<![^\W_])[{_SIGNS}]{{{_CODE_LENGTH}}}(?![^\W_])")

_NO_SOUND: Final = frozenset({".aup", ".aup3", ".bak", ".csv", ".json", ".md", ".pdf", ".reapeaks", ".tmp", ".txt"})
"""What programs that record leave beside a recording, under its name."""

_OURS: Final = frozenset({".aif", ".aifc", ".aiff", ".wav"})

_BLOCK_MS: Final = 20
_BEFORE_MS: Final = 120
_AFTER_MS: Final = 200
_LEAST_DB: Final = -40.0
_OVER_NOISE_DB: Final = 10.0
_MOST_DB: Final = -25.0
"""Speech starts where it is 10 dB over the noise of the room, but between 40 and 25 dB under its loudest."""

_HINT: Final = (
    'write "--voice recorded:FOLDER"; "voiceguide voices record-script ROUTINE -o FOLDER" lists what to record in it'
)

_log = logging.getLogger(__name__)


def sentence_code(text: str) -> str:
    """Return the code of a sentence: seven letters and digits, told by its words alone.

    Case, spaces and punctuation change nothing, so that a comma more does not cost a recording.
    """
    words = " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))
    number = int.from_bytes(hashlib.sha256(words.encode(errors="surrogatepass")).digest()[:8], "big")
    signs = []
    for _ in range(_CODE_LENGTH):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "".join(signs)


def find_recordings(folder: Path) -> dict[str, Path]:
    """Return the recordings of a folder by the codes in their names; of several with the same, the newest.

    Raises:
        SpeechError: It cannot be read.
    """
    return {code: file for _, code, file in sorted(_files(folder))}


def load_recording(file: Path) -> Speech:
    """Return a recording, from shortly before its first word to shortly after its last.

    Args:
        file: Any kind that ffmpeg reads; for WAV and AIFF, nothing needs to be installed.

    Raises:
        SpeechError: It is damaged, longer than a minute, silent, or too quiet.
    """
    speech = read_sound(file)
    peak = float(np.abs(speech.samples).max(initial=0.0))
    if peak < gain(QUIET_DB):
        raise _unusable(file, "is silent or too quiet", "record it again, nearer to the microphone")
    return Speech(speech.samples[spoken_span(speech)], speech.rate_hz)


def read_sound(file: Path) -> Speech:
    """Return all of a recording, as mono.

    Raises:
        SpeechError: It is damaged or longer than a minute.
    """
    speech = _read(file)
    if len(speech.samples) > LONGEST_S * speech.rate_hz:
        raise _unusable(file, f"is longer than {LONGEST_S} s", "cut it to the one sentence")
    return speech


def spoken_span(speech: Speech) -> slice:
    """Return where in a recording somebody speaks, with a little room around.

    A room is never silent: its noise, the softest tenth of the recording, is told from speech by its level.
    """
    block = speech.rate_hz * _BLOCK_MS // SECOND_MS
    levels = block_levels_db(speech.samples, block)
    if not len(levels):
        return slice(None)
    loudest, noise = float(levels.max()), float(np.percentile(levels, 10))
    threshold = loudest + min(max(noise + _OVER_NOISE_DB - loudest, _LEAST_DB), _MOST_DB)
    loud = np.flatnonzero(levels >= threshold)
    before, after = (speech.rate_hz * ms // SECOND_MS for ms in (_BEFORE_MS, _AFTER_MS))
    return slice(max(0, int(loud[0]) * block - before), (int(loud[-1]) + 1) * block + after)


def block_levels_db(samples: npt.NDArray[np.float32], block: int) -> npt.NDArray[np.float64]:
    """Return the RMS level of each whole block of `block` samples, in dBFS."""
    blocks = samples[: len(samples) // block * block].reshape(-1, block).astype(np.float64)
    levels: npt.NDArray[np.float64] = 10.0 * np.log10(np.maximum((blocks**2).mean(axis=1), 1e-12))
    return levels


class RecordedEngine:
    """Speaks with recordings of a person; their rate is the person's own, whatever rate is asked for.

    Args:
        request: Its voice is the folder.
    """

    name = "recorded"
    at_once = cores()

    def __init__(self, request: VoiceRequest) -> None:
        self._folder = expanded(request.voice) if request.voice else None

    def missing(self) -> str | None:
        """Return what to do when no folder is named, or it is not there; else `None`."""
        if self._folder is None:
            return _HINT
        # `Path.is_dir` raises where a name is too long, or one may not look.
        is_there = os.path.isdir(self._folder)  # noqa: PTH112
        return None if is_there else f"there is no folder {self._folder}: {_HINT}"

    def voices(self) -> Iterator[Voice]:
        """Yield the folder; nothing when there is none."""
        if self.missing() is None:
            yield self.voice()

    def voice(self) -> Voice:
        """Return the folder as a voice.

        Raises:
            SpeechError: No folder is named, or it is not there.
        """
        if hint := self.missing():
            raise SpeechError(f"there are no recordings in {self._folder or 'no folder'}", hint=hint)
        return Voice(name=str(self._folder), language=None, quality=Quality.PERSON)

    def identity(self) -> str:
        """Return a digest of the names, sizes and times of all recordings.

        Raises:
            SpeechError: No folder is named, or it cannot be read.
        """
        if not self._recordings:
            hint = "the names in script.txt end as those of recordings must"
            _log.warning("no file in %s is a recording of a sentence (%s)", self._folder, hint)
        states = ((file.name, _state(file)) for file in sorted(set(self._recordings.values())))
        told = "\n".join(f"{name}\0{state.st_size}\0{state.st_mtime_ns}" for name, state in states)
        return f"recorded {hashlib.sha256(told.encode(errors='surrogatepass')).hexdigest()[:32]}"

    def speak(self, text: str) -> Speech:
        """Return the recording of a sentence.

        One that cannot be used is told of and passed over: it says nothing of the others.

        Raises:
            NotSpokenHere: There is none that can be used.
            SpeechError: No folder is named, or the text is empty or too long.
        """
        plain_text(text)
        file = self._recordings.get(sentence_code(text))
        if file is None:
            raise NotSpokenHere(
                f"there is no recording of {text[:40]!r} in {self._folder}",
                hint=f'record it under a name that ends with "{sentence_code(text)}"',
            )
        try:
            return load_recording(file)
        except SpeechError as error:
            _log.warning("%s; another voice speaks the sentence (%s)", error.message, error.hint)
            raise NotSpokenHere(error.message, hint=error.hint) from error

    def close(self) -> None:
        """Do nothing: nothing stays open."""

    @cached_property
    def _recordings(self) -> Mapping[str, Path]:
        return find_recordings(Path(self.voice().name))


def _files(folder: Path) -> Iterator[tuple[int, str, Path]]:
    """Yield the time, the code and the path of each file that may be a recording."""
    try:
        files = list(folder.iterdir())
    except OSError as error:
        raise SpeechError(f"cannot read the folder {folder} ({error.strerror})", hint=_HINT) from error
    for file in files:
        if not file.name.startswith(".") and file.suffix.lower() not in _NO_SOUND and file.is_file():
            for code in _CODE.findall(file.stem.lower())[-1:]:
                yield _state(file).st_mtime_ns, code, file


def _state(file: Path) -> os.stat_result:
    try:
        return file.stat()
    except OSError as error:
        raise _unusable(file, f"is gone ({error.strerror})", "try again") from error


def _read(file: Path) -> Speech:
    # WAV and AIFF need no help at any rate, and are resampled best when the clip is made.
    if file.suffix.lower() in _OURS:
        with suppress(SpeechError):
            return read_recording(file)
    try:
        frames = decode(file, longest_ms=(LONGEST_S + 1) * SECOND_MS)
    except MediaError as error:
        raise _unusable(file, f"cannot be used ({error.message})", error.hint) from error
    if not len(frames):
        raise _unusable(file, "is empty", "record it again")
    mono: npt.NDArray[np.float32] = frames.mean(axis=1, dtype=np.float32) / np.float32(32768.0)
    return Speech(mono, SAMPLE_RATE)


def _unusable(file: Path, why: str, hint: str) -> SpeechError:
    return SpeechError(f"the recording {file.name} {why}", hint=hint)
