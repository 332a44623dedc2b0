"""Use cases around a session that is seen or written: its timetable, its picture, its export."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from voiceguide.errors import SpeechError
from voiceguide.guide.labels import tags_of
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.stage import bed_of, clips_of, mix_of, rehearsed, scheduled, tell_voice, write
from voiceguide.routine.library import load_routine
from voiceguide.scheduler.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export has made."""

    target: Path
    length_ms: int
    left_out: tuple[str, ...]
    """Steps for which there was no time."""
    avoided: tuple[str, ...]
    """Steps that were left out for the sake of an area."""


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
    speaking: Progress | None = None,
    writing: Progress | None = None,
) -> Summary:
    """Write a session to a file whose ending tells the format.

    Nothing is seen of the file until it is whole.

    Args:
        request: What to write.
        target: Such as ``massage.mp3``.
        overwrite: Whether a file that is there may be replaced.
        speaking: Is told how many sentences are spoken.
        writing: Is told how many frames are written.

    Raises:
        VoiceguideError: Whatever keeps it from being written.
    """
    from voiceguide.outputs.registry import check_target, file_output

    check_target(target, overwrite)
    routine = load_routine(request.routine)
    with clips_of(request, routine.language) as clips, closing(bed_of(request)) as bed:
        made = rehearsed(request, routine, clips, speaking)
        mix = mix_of(request, made.timeline, clips, bed)
        tags = tags_of(routine, made.timeline)
        output = file_output(target, overwrite, frames=mix.length_frames, tags=tags)
        output.open()
        write(mix, output, writing)
        tell_voice(request, clips)
    return Summary(target, made.plan.length_ms, made.plan.left_out, made.plan.avoided)
