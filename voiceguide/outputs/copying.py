"""A file with the sound of another, which is not encoded a second time."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from voiceguide.outputs.tags import Tags, write_tags
from voiceguide.outputs.target import Draft, Identity, identity_of, target_errors

_CHUNK_BYTES: Final = 1 << 20


class SourceGoneError(Exception):
    """What was made is there no more, or something else has its name: the sound has to be made again."""


def copy_sound(source: Path, made: Identity, target: Path, tags: Tags, *, overwrite: bool = False) -> None:
    """Copy a finished sound file to another, of its kind or of one that differs in its tags only.

    Args:
        source: With the sound, the chapters and the tags.
        made: What stood there when it was finished.
        target: The file to be.
        tags: What both tell of themselves; a kind of its own, such as an audiobook's, is put in or taken out.
        overwrite: Whether a file of that name may be replaced.

    Raises:
        SourceGoneError: The source is not what was made, or cannot be read.
        TargetError: The target cannot be written; what was there stays.
    """
    draft = Draft(target, overwrite)
    try:
        beside = draft.begin()
        with target_errors(target):
            with beside.open("wb") as file:
                file.writelines(_chunks(source, made))
            kind = target.suffix.lower()
            if kind != source.suffix.lower():
                write_tags(beside, kind, tags)
        draft.keep()
    finally:
        draft.drop()


def _chunks(source: Path, made: Identity) -> Iterator[bytes]:
    try:
        with source.open("rb") as file:
            while identity_of(os.fstat(file.fileno())) == made:
                if not (chunk := file.read(_CHUNK_BYTES)):
                    return
                yield chunk
    except OSError as error:
        raise SourceGoneError from error
    raise SourceGoneError
