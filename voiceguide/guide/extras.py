"""What stands beside a track, or around it: captions, a cue sheet, a page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voiceguide.errors import TargetError, near
from voiceguide.routine.model import Routine
from voiceguide.scheduler.timeline import Timeline

PAGE: Final = ".html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What is asked for beside a track."""

    captions: tuple[str, ...] = ()
    """Formats: ``vtt``, ``srt``, ``lrc``."""

    cue: bool = False
    """Whether a cue sheet is written."""


def check_extras(target: Path, extras: Extras, overwrite: bool) -> None:
    """Find out, before any work is done, whether all that stands beside `target` can be written.

    Raises:
        TargetError: It cannot, or a format is unknown.
    """
    from voiceguide.export.captions import FORMATS
    from voiceguide.outputs.target import check_target

    for name in extras.captions:
        if name not in FORMATS:
            raise TargetError(f"there are no captions called '{name}'", hint=near(name, FORMATS))
    for file in _files(target, extras):
        check_target(file, overwrite)


def write_extras(target: Path, extras: Extras, routine: Routine, timeline: Timeline) -> list[Path]:
    """Write what stands beside a track, and return the files.

    Raises:
        TargetError: One cannot be written.
    """
    from voiceguide.files import written_beside
    from voiceguide.outputs.target import target_errors

    files = list(_files(target, extras))
    for file, text in zip(files, _texts(target, extras, routine, timeline), strict=True):
        with target_errors(file), written_beside(file) as beside:
            beside.write_text(text, "utf-8")
    return files


def _texts(target: Path, extras: Extras, routine: Routine, timeline: Timeline) -> Iterator[str]:
    from voiceguide.export.captions import FORMATS, cue_sheet

    for name in extras.captions:
        yield FORMATS[name](timeline, routine.title)
    if extras.cue:
        yield cue_sheet(timeline, routine.title, target.name)


@contextmanager
def page_around(target: Path, overwrite: bool, routine: Routine, timeline: Timeline) -> Iterator[Path]:
    """Yield where the sound of a page is to be written; the page takes its place when the block ends well.

    Raises:
        TargetError: The page cannot be written.
    """
    from voiceguide.export.cover import cover
    from voiceguide.export.page import SOUND, page
    from voiceguide.files import written_beside
    from voiceguide.outputs.target import check_target, target_errors

    # Beside the page, because there is room for it if there is any.
    with target_errors(target), tempfile.TemporaryDirectory(prefix=".voiceguide-", dir=target.parent) as folder:
        sound = Path(folder) / f"sound{SOUND}"
        yield sound
        check_target(target, overwrite)
        with written_beside(target) as beside, beside.open("wb") as file:
            file.writelines(page(routine, timeline, sound, cover=cover(timeline)))


def _files(target: Path, extras: Extras) -> Iterator[Path]:
    for kind in (*extras.captions, *(("cue",) if extras.cue else ())):
        yield target.with_suffix(f".{kind}")
