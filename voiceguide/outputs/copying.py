"""A file with the sound of another, which is not encoded a second time."""

import shutil
from pathlib import Path

from voiceguide.outputs.tags import Tags, write_tags
from voiceguide.outputs.target import Draft, target_errors


def copy_sound(source: Path, target: Path, tags: Tags, *, overwrite: bool = False) -> None:
    """Copy a finished sound file to another, of its kind or of one that differs in its tags only.

    Args:
        source: With the sound, the chapters and the tags.
        target: The file to be.
        tags: What both tell of themselves; a kind of its own, such as an audiobook's, is put in.
        overwrite: Whether a file of that name may be replaced.

    Raises:
        TargetError: It cannot be written; what was there stays.
    """
    draft = Draft(target, overwrite)
    try:
        beside = draft.begin()
        with target_errors(target):
            shutil.copyfile(source, beside)
            kind = target.suffix.lower()
            if kind != source.suffix.lower():
                write_tags(beside, kind, tags)
        draft.keep()
    finally:
        draft.drop()
