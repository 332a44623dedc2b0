"""Use cases around a session that is seen: its timetable, its picture."""

from __future__ import annotations

from pathlib import Path

from voiceguide.errors import SpeechError
from voiceguide.guide.request import Request
from voiceguide.guide.stage import clips_of, rehearsed, scheduled
from voiceguide.routine.library import load_routine
from voiceguide.scheduler.schedule import Schedule


def timetable(request: Request) -> tuple[Schedule, bool]:
    """Return the session as it would be, and whether its speech was measured rather than estimated.

    Raises:
        VoiceguideError: The routine is unknown or broken, the time does not fit it, or the voice asked for is none.
    """
    routine = load_routine(request.routine)
    try:
        clips = clips_of(request, routine.language)
    except SpeechError:
        from voiceguide.speech.android import is_android_voice

        if request.voice != "auto" and not is_android_voice(request.voice):
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
