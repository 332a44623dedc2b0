"""Use cases around a session: its timetable, its export, its playing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.background import in_background
from voiceguide.errors import BudgetError, SpeechError
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.routines import fitting
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.library import load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule, estimated_ms, schedule
from voiceguide.scheduler.timeline import Chapter, Timeline

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.audio.mixer import Mix
    from voiceguide.player.live import Commands, Watch
    from voiceguide.speech.clips import Clips


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
        clips = _clips(request, routine)
    except SpeechError:
        if request.voice != "auto":
            raise
        return _schedule(request, routine, estimated_ms), False
    with clips:
        return _rehearsed(request, routine, clips, None), True


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
    from voiceguide.outputs.pump import finishing
    from voiceguide.outputs.registry import check_target, file_output

    check_target(target, overwrite)
    routine = load_routine(request.routine)
    with _clips(request, routine) as clips:
        made = _rehearsed(request, routine, clips, speaking)
        mix = _mix(request, made.timeline, clips, _bed(request))
        output = file_output(target, overwrite, frames=mix.length_frames)
        output.open()
        with finishing(output):
            written = 0
            for block in mix.blocks():
                output.write(block)
                written += len(block)
                if writing:
                    writing(written, mix.length_frames)
    return Summary(target, made.plan.length_ms, made.plan.left_out, made.plan.avoided)


def play(request: Request, commands: Commands, watch: Watch) -> None:
    """Play a session on a sound device, until it has ended.

    The music begins while the speech is still being made.

    Raises:
        VoiceguideError: Whatever keeps it from being played.
        KeyboardInterrupt: As it came, after a short fade.
    """
    from voiceguide.outputs.registry import open_device
    from voiceguide.player.live import Live, perform

    routine = load_routine(request.routine)
    with _clips(request, routine) as clips:
        bed = _bed(request)
        output = open_device(request.output)
        prepared = in_background(lambda: _prepare(request, routine, clips, bed), "prepare")
        prelude = _mix(request, _EMPTY, clips, bed)
        perform(Live(prelude, prepared, bed, commands, watch), output)


_EMPTY = Timeline(length_ms=LONGEST_MS, cues=(), chapters=(Chapter(start_ms=0, end_ms=LONGEST_MS, title=""),))
"""A session without a cue."""


_OFF_BY = 1.5
"""Where the estimate is this far from the time, measuring hours of speech would not change it."""


def _prepare(request: Request, routine: Routine, clips: Clips, bed: Bed) -> Mix:
    return _mix(request, _rehearsed(request, routine, clips, None).timeline, clips, bed)


def _rehearsed(request: Request, routine: Routine, clips: Clips, speaking: Progress | None) -> Schedule:
    """Schedule a session with its speech measured.

    A rehearsal with estimated lengths tells which sentences are needed, in the order in which they are heard; they
    are spoken in one go. The few that the measured session needs besides are spoken as it asks for them.
    """
    try:
        clips.prepare(_schedule(request, routine, estimated_ms).sentences(), speaking)
    except BudgetError as error:
        budget_ms = request.options.budget_ms or LONGEST_MS
        if error.least_ms > _OFF_BY * budget_ms or _OFF_BY * error.most_ms < budget_ms:
            raise
    return _schedule(request, routine, clips.length_ms)


def _schedule(request: Request, routine: Routine, measure: Measure) -> Schedule:
    """Schedule a session; a time that does not fit names the routines that would.

    Raises:
        ScheduleError: The session cannot be made.
    """
    try:
        return schedule(routine, Terms(request.options, phrases(routine.language), measure))
    except BudgetError as error:
        others = ", ".join(fitting(request.options.budget_ms or 0))
        error.hint += f"; that time suits {others}" if others else ""
        raise


def _clips(request: Request, routine: Routine) -> Clips:
    from voiceguide.speech.clips import open_clips

    return open_clips(request.voice, routine.language)


def _bed(request: Request) -> Bed:
    from voiceguide.audio.bed import Silence, levelled
    from voiceguide.media.sounds import NO_MUSIC, load_ambience

    if request.music == NO_MUSIC:
        return Silence()
    return levelled(load_ambience(request.music), request.levels.music_gain)


def _mix(request: Request, timeline: Timeline, clips: Clips, bed: Bed) -> Mix:
    from voiceguide.audio.mixer import Mix
    from voiceguide.bank import SoundBank

    return Mix(timeline, SoundBank(clips, request.chimes), bed, request.levels)
