"""What to read aloud for a voice of one's own, and what is still amiss in what was recorded."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from voiceguide.errors import SpeechError, TargetError
from voiceguide.files import written_beside
from voiceguide.speech.engine import Speech
from voiceguide.speech.recorded import (
    QUIET_DB,
    block_levels_db,
    find_recordings,
    read_sound,
    sentence_code,
    spoken_span,
)
from voiceguide.units import gain

SCRIPT_NAME: Final = "script.txt"

_HEAD: Final = """\
Read each sentence calmly, and save it in this folder under the name above it.
Any kind of sound file will do. The code at the end of the name tells which sentence it is; the rest is for you.
Leave half a second of silence before and after, and stay as near to the microphone as you are now.
"""

_NAME_LETTERS: Final = 32
_CLIPPED_IN_A_ROW: Final = 4
_FULL: Final = 0.999
_EDGE_MS: Final = 10
_EDGE_DB: Final = -20.0
"""Softer than this, against the loudest, is the noise of a room, or breath."""

_SLOWEST_S_PER_WORD: Final = 1.5
_FASTEST_S_PER_WORD: Final = 0.15
_PAUSES_S: Final = 2.0
"""40 words a minute, with 2 s for pauses, is slower than anybody reads, and 400 is faster."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to record."""

    number: int
    """From 1, in the order in which they are heard."""

    file_name: str
    """Ends with the code of the sentence, and ``.wav``."""

    text: str


class Problem(StrEnum):
    """What may be amiss with a recording."""

    MISSING = "missing"
    UNUSABLE = "unusable"
    QUIET = "too quiet"
    CUT_OFF = "cut off"
    CLIPPED = "too loud"
    LONG = "too long"
    SHORT = "too short"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is amiss with one recording."""

    line: Line
    file: Path | None
    """`None` when there is none."""

    problem: Problem
    advice: str
    """What it is and what to do, as a sentence without its full stop."""

    @property
    def is_unheard(self) -> bool:
        """Whether the session does without this recording; else it is heard, but could be better."""
        return self.problem in (Problem.MISSING, Problem.UNUSABLE, Problem.QUIET)


def recording_script(sentences: Iterable[str]) -> list[Line]:
    """Return what to record: each sentence once, in order."""
    unique: dict[str, str] = {}
    for text in sentences:
        unique.setdefault(sentence_code(text), text)
    width = max(3, len(str(len(unique))))
    return [
        Line(number, " ".join(filter(None, (f"{number:0{width}}", _short(text), code))) + ".wav", text)
        for number, (code, text) in enumerate(unique.items(), start=1)
    ]


def write_script(lines: Sequence[Line], folder: Path) -> Path:
    """Write what to read aloud into `folder`, and return the file. Recordings in it are not touched.

    Raises:
        TargetError: It cannot be written.
    """
    target = folder / SCRIPT_NAME
    entries = (f"{line.file_name}\n    {' '.join(line.text.split())}\n" for line in lines)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with written_beside(target) as beside:
            beside.write_text("\n".join((_HEAD, *entries)), "utf-8", errors="replace")
    except OSError as error:
        raise TargetError(f"cannot write {target} ({error.strerror})", hint="choose a folder of your own") from error
    return target


def examine(lines: Iterable[Line], folder: Path) -> list[Finding]:
    """Return what is amiss with the recordings in a folder, in the order of the script.

    Raises:
        SpeechError: The folder cannot be read.
    """
    recordings = find_recordings(folder)
    return [finding for line in lines for finding in _of(line, recordings.get(sentence_code(line.text)))]


def _of(line: Line, file: Path | None) -> Iterator[Finding]:
    if file is None:
        yield Finding(line, None, Problem.MISSING, f'record it as "{line.file_name}"')
        return
    try:
        speech = read_sound(file)
    except SpeechError as error:
        yield Finding(line, file, Problem.UNUSABLE, f"{error.message}: {error.hint}")
        return
    for problem, advice in _problems(speech, len(re.findall(r"[^\W_]+", line.text))):
        yield Finding(line, file, problem, advice)


def _problems(speech: Speech, words: int) -> Iterator[tuple[Problem, str]]:
    if np.abs(speech.samples).max(initial=0.0) < gain(QUIET_DB):
        yield Problem.QUIET, f"nothing in it is above {QUIET_DB:.0f} dB: come nearer to the microphone"
        return
    if _is_clipped(speech):
        yield Problem.CLIPPED, "it crackles: turn the microphone down, or step back"
    for where, is_loud in zip(("start", "end"), _loud_edges(speech), strict=True):
        if is_loud:
            yield Problem.CUT_OFF, f"its {where} is cut off: leave half a second of silence there"
    length_s = len(speech.samples[spoken_span(speech)]) / speech.rate_hz
    if length_s > _PAUSES_S + words * _SLOWEST_S_PER_WORD:
        yield Problem.LONG, f"{length_s:.1f} s is long for {words} words: cut it to the one sentence"
    elif length_s < words * _FASTEST_S_PER_WORD:
        yield Problem.SHORT, f"{length_s:.1f} s is short for {words} words: read the whole sentence"


def _is_clipped(speech: Speech) -> bool:
    full = np.abs(speech.samples) >= _FULL
    in_a_row = np.convolve(full, np.ones(_CLIPPED_IN_A_ROW), "valid")
    return bool((in_a_row > _CLIPPED_IN_A_ROW - 0.5).any())


def _loud_edges(speech: Speech) -> tuple[bool, bool]:
    """Tell whether the very first and the very last moment are about as loud as speech."""
    block = speech.rate_hz * _EDGE_MS // 1000
    levels = block_levels_db(speech.samples, block)
    last = block_levels_db(speech.samples[-block:], block)
    if not len(levels):
        return False, False
    loud_db = float(levels.max()) + _EDGE_DB
    return bool(levels[0] > loud_db), bool(last[0] > loud_db)


def _short(text: str) -> str:
    """Return the first words in letters that every file system takes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    name = ""
    for word in re.findall(r"[a-z0-9]+", plain):
        if len(name) + len(word) > _NAME_LETTERS:
            break
        name = f"{name}-{word}" if name else word
    return name
