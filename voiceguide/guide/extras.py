"""What stands beside a track, or around it: captions, a cue sheet, a timetable, stems, a file a step, a page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voiceguide.errors import TargetError, near
from voiceguide.guide.labels import tags_of
from voiceguide.guide.request import Progress
from voiceguide.routine.model import Routine
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Timeline

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix
    from voiceguide.outputs.encoders import Quality

PAGE: Final = ".html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What is asked for beside a track."""

    captions: tuple[str, ...] = ()
    """Formats: ``vtt``, ``srt``, ``lrc``."""

    cue: bool = False
    """Whether a cue sheet is written."""

    text: bool = False
    """Whether the timetable is written, to print."""

    stems: bool = False
    """Whether voice, music and chimes are written apart."""

    split: bool = False
    """Whether a folder with a file a step is written."""


def files_beside(target: Path, extras: Extras) -> list[Path]:
    """Return the files that `extras` puts beside `target`; one that ends all is the folder of the steps."""
    from voiceguide.export.split import folder_of
    from voiceguide.export.stems import stems_of

    return [
        *(target.with_suffix(f".{kind}") for kind in _kinds(extras)),
        *(stems_of(target).values() if extras.stems else ()),
        *([folder_of(target)] if extras.split else ()),
    ]


def check_extras(target: Path, extras: Extras, overwrite: bool) -> None:
    """Find out, before any work is done, whether all that stands beside `target` can be written.

    Raises:
        TargetError: It cannot, or a format is unknown.
    """
    from voiceguide.export.captions import FORMATS
    from voiceguide.export.split import check_folder, folder_of
    from voiceguide.export.stems import stems_of
    from voiceguide.outputs.registry import check_target as check_sound
    from voiceguide.outputs.target import check_target

    for name in extras.captions:
        if name not in FORMATS:
            raise TargetError(f"there are no captions called '{name}'", hint=near(name, FORMATS))
    for kind in _kinds(extras):
        check_target(target.with_suffix(f".{kind}"), overwrite)
    for stem in stems_of(target).values() if extras.stems else ():
        check_sound(stem, overwrite)
    if extras.split:
        check_folder(folder_of(target), overwrite)


def write_extras(
    target: Path,
    extras: Extras,
    session: Schedule,
    mix: Mix,
    *,
    sound: str,
    begin: Callable[[], Progress],
    quality: Quality = "good",
    overwrite: bool = False,
) -> Iterator[Path]:
    """Write what stands beside a track, and yield each file when it is there; of the steps, their folder.

    Args:
        target: The track.
        extras: What is asked for.
        session: What is heard when.
        mix: The session as sound; its music is read from the beginning again.
        sound: Name of the file that a cue sheet belongs to.
        begin: Called for each pass over the session; what it returns is told how many frames are written, and ends all
            by what it raises.
        quality: How good the sound of the steps is; stems lose nothing.
        overwrite: Whether files that are there may be replaced.

    Raises:
        TargetError: One cannot be written.
    """
    from voiceguide.export.split import folder_of, split
    from voiceguide.export.stems import stems_of, write_stems

    for kind, text in _texts(extras, session, sound):
        file = target.with_suffix(f".{kind}")
        _write_text(file, text, overwrite)
        yield file
    tags = tags_of(session.plan.routine, session.timeline)
    if extras.stems:
        write_stems(mix, target, tags, begin(), overwrite=overwrite)
        yield from stems_of(target).values()
    if extras.split:
        folder, kind = folder_of(target), sound_kind(target)
        split(mix, tags, folder, kind, quality=quality, progress=begin(), overwrite=overwrite)
        yield folder


def _write_text(file: Path, text: str, overwrite: bool) -> None:
    from voiceguide.files import written_beside
    from voiceguide.outputs.target import check_target, target_errors

    with target_errors(file), written_beside(file) as beside:
        # A path may hold what is no text.
        beside.write_text(text, "utf-8", "replace")
        check_target(file, overwrite)


def sound_kind(target: Path) -> str:
    """Return the ending of the sound that a target holds, in small letters."""
    from voiceguide.export.page import SOUND

    kind = target.suffix.lower()
    return SOUND if kind == PAGE else kind


def _kinds(extras: Extras) -> Iterator[str]:
    yield from dict.fromkeys(extras.captions)
    if extras.cue:
        yield "cue"
    if extras.text:
        yield "txt"


def _texts(extras: Extras, session: Schedule, sound: str) -> Iterator[tuple[str, str]]:
    from voiceguide.export.captions import FORMATS, cue_sheet
    from voiceguide.export.timetable import timetable

    timeline, title = session.timeline, session.plan.routine.title
    for name in dict.fromkeys(extras.captions):
        yield name, FORMATS[name](timeline, title)
    if extras.cue:
        yield "cue", cue_sheet(timeline, title, sound)
    if extras.text:
        yield "txt", timetable(session.plan)


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
        try:
            yield sound
        except TargetError as error:
            # Of what is hidden nobody knows.
            raise TargetError(error.message.replace(str(sound), str(target)), hint=error.hint) from error
        check_target(target, overwrite)
        with written_beside(target) as beside, beside.open("wb") as file:
            file.writelines(page(routine, timeline, sound, cover=cover(timeline)))
