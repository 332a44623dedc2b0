"""Use cases around a session that is seen or written: its timetable, its picture, its export."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from voiceguide.errors import SpeechError
from voiceguide.guide.extras import PAGE, Extras, check_extras, page_around, write_extras
from voiceguide.guide.labels import tags_of
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.stage import bed_of, clips_of, mix_of, rehearsed, scheduled, tell_voice, write
from voiceguide.routine.library import load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Timeline

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export has made."""

    target: Path
    length_ms: int
    left_out: tuple[str, ...]
    """Steps for which there was no time."""
    avoided: tuple[str, ...]
    """Steps that were left out for the sake of an area."""
    beside: tuple[Path, ...] = ()
    """What was written beside it."""


def timetable(request: Request) -> tuple[Schedule, bool]:
    """Return the session as it would be, and whether its speech was measured rather than estimated.

    Raises:
        VoiceguideError: The routine is unknown or broken, the time does not fit it, or the voice asked for is none.
    """
    routine = load_routine(request.routine)
    try:
        clips = clips_of(request, routine.language)
    except SpeechError:
        if request.voice != "auto":
            raise
        return scheduled(request, routine), False
    with clips:
        return rehearsed(request, routine, clips, None), True


def plot(made: Schedule, target: Path, *, overwrite: bool = False) -> None:
    """Draw a session as a picture whose ending tells the format.

    Raises:
        TargetError: It cannot be written, or matplotlib is missing.
    """
    from voiceguide.export.plot import plot as draw

    draw(made, target, overwrite=overwrite)


def check_plot(target: Path, *, overwrite: bool = False) -> None:
    """Find out, before any work is done, whether a session can be drawn to `target`.

    Raises:
        TargetError: It cannot be written, or matplotlib is missing.
    """
    from voiceguide.export.plot import check_plot as check_target

    check_target(target, overwrite=overwrite)


def export(
    request: Request,
    target: Path,
    *,
    overwrite: bool = False,
    extras: Extras | None = None,
    speaking: Progress | None = None,
    writing: Progress | None = None,
) -> Summary:
    """Write a session to a file whose ending tells the format; ``.html`` is a page with the track inside.

    Nothing is seen of the file until it is whole.

    Args:
        request: What to write.
        target: Such as ``massage.mp3``.
        overwrite: Whether a file that is there may be replaced.
        extras: What is to stand beside it.
        speaking: Is told how many sentences are spoken.
        writing: Is told how many frames are written.

    Raises:
        VoiceguideError: Whatever keeps it from being written.
    """
    from voiceguide.outputs.registry import check_target, file_output
    from voiceguide.outputs.tags import holds_chapters
    from voiceguide.outputs.target import check_target as check_file

    wanted = extras or Extras()
    # A page is written in the place of a sound, which is checked in the same way.
    check_target(target.with_suffix(".m4a") if target.suffix.lower() == PAGE else target, overwrite=True)
    check_file(target, overwrite)
    check_extras(target, wanted, overwrite)
    routine = load_routine(request.routine)
    with clips_of(request, routine.language) as clips, closing(bed_of(request)) as bed:
        made = rehearsed(request, routine, clips, speaking)
        mix = mix_of(request, made.timeline, clips, bed)
        with _sound(target, overwrite, routine, made.timeline) as sound:
            tags = tags_of(routine, made.timeline)
            output = file_output(sound, overwrite, frames=mix.length_frames, tags=tags)
            output.open()
            write(mix, output, writing)
        beside = write_extras(target, wanted, routine, made.timeline)
        tell_voice(request, clips)
        if not (holds_chapters(sound.suffix.lower()) or wanted.cue):
            _log.info("A %s file holds no chapters; --cue writes a cue sheet beside it.", sound.suffix)
    return Summary(target, made.plan.length_ms, made.plan.left_out, made.plan.avoided, tuple(beside))


def _sound(target: Path, overwrite: bool, routine: Routine, timeline: Timeline) -> AbstractContextManager[Path]:
    """Give where the sound goes: to its target, or into a page there."""
    if target.suffix.lower() == PAGE:
        return page_around(target, overwrite, routine, timeline)
    return nullcontext(target)
