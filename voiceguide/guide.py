"""The use cases: what the commands do, and what a program may call.

```python
from pathlib import Path
from voiceguide import guide

request = guide.Request(routine="eleven-steps", minutes=30)
guide.export(request, Path("massage.mp3"))
```

Sound is imported where it is first needed, so that a timetable loads none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voiceguide.errors import ScheduleError
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.library import Entry, entries, load_routine
from voiceguide.routine.model import Routine
from voiceguide.routine.reader import read_routine
from voiceguide.scheduler.options import Detail, Options
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import Schedule, estimated_ms, schedule
from voiceguide.scheduler.timeline import Chapter, Timeline
from voiceguide.units import MINUTE_MS

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.audio.mixer import Mix
    from voiceguide.player.live import Commands, Watch
    from voiceguide.speech.clips import Clips

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks for."""

    routine: str
    """A name of the library, or the path of a file."""

    minutes: float | None = None
    """How long the session lasts, exactly; `None` takes what the routine wishes."""

    detail: Detail = "full"

    voice: str = "auto"
    """``auto``, ``ENGINE`` or ``ENGINE:VOICE``."""

    music: str = "warm-pad"
    """Name of an ambience, or ``none``."""

    chimes: str = "bowl"
    """Name of a set of chimes."""

    output: str | None = None
    """Name of a sound output; `None` takes the best that opens."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export has made."""

    target: Path
    length_ms: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A routine in one line."""

    name: str
    title: str
    summary: str | None
    least_ms: int
    """The shortest session, with estimated speech."""
    most_ms: int
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that a session may need."""

    kind: Literal["voice", "output", "file"]
    name: str
    hint: str | None
    """What to do about it; `None` when it is ready."""


def library() -> list[Entry]:
    """Return all routines that have a name."""
    return entries()


def overview(entry: Entry) -> Overview:
    """Return what a list shows of a routine.

    Raises:
        RoutineError: It is broken.
    """
    routine = read_routine(entry.path)
    plan = make_plan(routine, Terms(Options(), phrases(routine.language), estimated_ms))
    return Overview(
        name=entry.name,
        title=routine.title,
        summary=routine.summary,
        least_ms=plan.least_ms,
        most_ms=plan.most_ms,
        own=entry.own,
    )


def check(file: Path) -> Routine:
    """Read a routine file and try it out.

    Raises:
        VoiceguideError: It has errors, or no session can be made of it.
    """
    routine = read_routine(file)
    make_plan(routine, Terms(Options(), phrases(routine.language), estimated_ms))
    return routine


def diagnose() -> list[Part]:
    """Return every voice, sound output and file format, and what to do about those that are not ready."""
    from voiceguide.outputs import registry as outputs
    from voiceguide.speech import registry as speech

    voices = [Part(kind="voice", name=each.name, hint=each.hint) for each in speech.describe()]
    return voices + [Part(kind=each.kind, name=each.name, hint=each.hint) for each in outputs.describe()]


def able_to_export(parts: Iterable[Part]) -> bool:
    """Return whether at least one voice is ready, which is all that an export cannot do without."""
    return any(part.kind == "voice" and part.hint is None for part in parts)


def timetable(request: Request) -> tuple[Schedule, bool]:
    """Return the session as it would be, and whether its speech was measured rather than estimated.

    Raises:
        VoiceguideError: The routine is unknown or broken, or the time does not fit it.
    """
    from voiceguide.errors import SpeechError

    routine = load_routine(request.routine)
    try:
        clips = _clips(request, routine)
    except SpeechError:
        return schedule(routine, _terms(request, routine, estimated_ms)), False
    with clips:
        return _rehearsed(request, routine, clips, None), True


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
    return Summary(target, made.plan.length_ms, made.plan.left_out)


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
    with _clips(request, routine) as clips, ThreadPoolExecutor(1, "prepare") as worker:
        bed = _bed(request)
        output = open_device(request.output)
        prepared: Future[Mix] = worker.submit(_prepare, request, routine, clips, bed)
        prelude = _mix(request, _EMPTY, clips, bed)
        perform(Live(prelude, prepared, bed, commands, watch), output)


_EMPTY = Timeline(length_ms=LONGEST_MS, cues=(), chapters=(Chapter(start_ms=0, end_ms=LONGEST_MS, title=""),))
"""A session without a cue."""


def _prepare(request: Request, routine: Routine, clips: Clips, bed: Bed) -> Mix:
    return _mix(request, _rehearsed(request, routine, clips, None).timeline, clips, bed)


def _rehearsed(request: Request, routine: Routine, clips: Clips, speaking: Progress | None) -> Schedule:
    """Schedule a session with its speech measured.

    A rehearsal with estimated lengths tells which sentences are needed, in the order in which they are heard; they
    are spoken in one go. The few that the measured session needs besides are spoken as it asks for them.
    """
    try:
        rehearsal = schedule(routine, _terms(request, routine, estimated_ms))
        clips.prepare(rehearsal.sentences(), speaking)
    except ScheduleError:
        pass  # The estimate may be off where the time is very short; the measured one tells the truth.
    return schedule(routine, _terms(request, routine, clips.length_ms))


def _terms(request: Request, routine: Routine, measure: Measure) -> Terms:
    budget_ms = None if request.minutes is None else _budget_ms(request.minutes)
    return Terms(Options(budget_ms=budget_ms, detail=request.detail), phrases(routine.language), measure)


def _budget_ms(minutes: float) -> int:
    if not 0 < minutes * MINUTE_MS <= LONGEST_MS:
        raise ScheduleError(f"a session cannot last {minutes:g} minutes", hint="ask for 1 to 720 minutes")
    return round(minutes * MINUTE_MS)


def _clips(request: Request, routine: Routine) -> Clips:
    from voiceguide.speech.clips import open_clips

    return open_clips(request.voice, routine.language)


def _bed(request: Request) -> Bed:
    from voiceguide.audio.bed import Silence, levelled
    from voiceguide.audio.levels import Levels
    from voiceguide.media.sounds import NO_MUSIC, load_ambience

    if request.music == NO_MUSIC:
        return Silence()
    return levelled(load_ambience(request.music), Levels().music_gain)


def _mix(request: Request, timeline: Timeline, clips: Clips, bed: Bed) -> Mix:
    from voiceguide.audio.levels import Levels
    from voiceguide.audio.mixer import Mix
    from voiceguide.bank import SoundBank

    return Mix(timeline, SoundBank(clips, request.chimes), bed, Levels())
