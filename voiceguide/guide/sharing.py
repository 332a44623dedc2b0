"""A routine from somewhere else: a file that was sent or shared, checked or drafted, and stored among one's own.

Nothing in it is believed before it is read: not its name, not its length, not its kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from voiceguide import paths
from voiceguide.errors import RoutineError
from voiceguide.guide.phone import plain_name
from voiceguide.guide.request import Request
from voiceguide.guide.routines import MOST_TEXT_BYTES, draft, write_text
from voiceguide.guide.stage import scheduled
from voiceguide.routine.draft import decode_text
from voiceguide.routine.library import ENDINGS, entries
from voiceguide.routine.reader import parse_routine

_KINDS: Final = frozenset({*ENDINGS, ".txt", ".md"})
"""Endings that tell a routine or a text."""

_ROUTINE: Final = re.compile(r"^format\s*:", re.MULTILINE)
"""Every routine file has this line, and no how-to text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A routine that has become one's own."""

    name: str
    path: Path

    drafted: bool
    """Whether it was made from a text, so that somebody has to look it over."""

    new: bool
    """Whether it was not there before, word for word."""


def take(file: Path) -> Taken:
    """Store a routine file, or the draft from a text, among one's own routines, under a name that is free.

    Args:
        file: Whatever somebody has shared.

    Raises:
        RoutineError: It cannot be read, has errors, or is too large.
        VoiceguideError: No session can be made of it, or it cannot be stored.
    """
    content = _read(file)
    # Many apps hang another ending on what they send: evening.yaml.txt.
    endings = {each.lower() for each in file.suffixes}
    is_text = endings.isdisjoint(ENDINGS) and not _ROUTINE.search(decode_text(content, _shown(file)))
    if is_text:
        text = draft(content, _shown(file))
    else:
        # Stored as it was checked, not as the file may be by then.
        routine = parse_routine(content, _shown(file))
        scheduled(Request(routine=_shown(file)), routine)
        text = content.decode("utf-8-sig")
    return _stored(plain_name(_stem(file)).lower(), text, drafted=is_text)


def _stem(file: Path) -> str:
    """Return a name without its ending, and without those before it that only tell the kind of file."""
    stem = Path(file.stem)
    while stem.suffix.lower() in _KINDS:
        stem = Path(stem.stem)
    return str(stem)


def _read(file: Path) -> bytes:
    if file.exists() and not file.is_file():
        raise RoutineError(f"{_shown(file)} is no file", hint="share a routine file or a text file")
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_TEXT_BYTES + 1)
    except OSError as error:
        hint = "share it once more, or copy it to a folder that you may read"
        raise RoutineError(f"{_shown(file)}: {error.strerror or error}", hint=hint) from None
    if len(content) > MOST_TEXT_BYTES:
        raise RoutineError(f"{_shown(file)} has more than 1 MB", hint="keep the part with the steps")
    return content


def _stored(name: str, text: str, *, drafted: bool) -> Taken:
    folder = paths.own_routines()
    folder.mkdir(parents=True, exist_ok=True)
    known = {entry.name: entry for entry in entries()}
    for number in count(1):
        free = name if number == 1 else f"{name}-{number}"
        target = folder / f"{free}.yaml"
        if free in known and known[free].own and known[free].path.read_bytes() == text.encode():
            return Taken(name=free, path=known[free].path, drafted=drafted, new=False)
        # A built-in routine keeps its name too.
        if free not in known and not target.exists():
            break
    write_text(target, text)
    return Taken(name=free, path=target, drafted=drafted, new=True)


def _shown(file: Path) -> str:
    """Return what errors call the file: not where it lay for the moment."""
    return file.name
