"""The use cases: what the commands do, and what a program may call.

```python
from pathlib import Path
from voiceguide import guide

half_an_hour = guide.Options(budget_ms=30 * 60 * 1000)
request = guide.Request(routine="eleven-steps", options=half_an_hour)
guide.export(request, Path("massage.mp3"))
```

Sound is imported where it is first needed, so that a timetable loads none of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voiceguide import paths
from voiceguide.errors import BudgetError, RoutineError, SpeechError, VoiceguideError
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.library import ENDINGS, Entry, entries, load_routine
from voiceguide.routine.model import Routine
from voiceguide.routine.reader import read_routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import Schedule, estimated_ms, schedule
from voiceguide.scheduler.timeline import Chapter, Timeline

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.audio.mixer import Mix
    from voiceguide.player.live import Commands, Watch
    from voiceguide.speech.clips import Clips

MOST_TEXT_BYTES = 1_000_000
"""The longest text that is drafted from."""

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks for."""

    routine: str
    """A name of the library, or the path of a file."""

    options: Options = field(default_factory=Options)
    """How long the session lasts, and what the two people want of it."""

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
    """Steps for which there was no time."""
    avoided: tuple[str, ...]
    """Steps that were left out for the sake of an area."""


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


def plot(made: Schedule, target: Path, *, overwrite: bool = False) -> None:
    """Draw a session as a picture whose ending tells the format.

    Raises:
        TargetError: It cannot be written, or matplotlib is missing.
    """
    from voiceguide.export.plot import plot as draw

    draw(made, target, overwrite=overwrite)


def draft_file(source: Path) -> str:
    """Return a routine to edit, from a how-to text.

    Raises:
        RoutineError: The text cannot be read, or no step was found in it.
    """
    try:
        with source.open("rb") as file:
            content = file.read(MOST_TEXT_BYTES + 1)
    except OSError as error:
        raise RoutineError(f"{source}: {error.strerror or error}", hint="give a text file that you may read") from None
    return draft(content, str(source))


def draft(content: bytes, name: str) -> str:
    """Return a routine to edit, from the bytes of a how-to text that errors call `name`.

    Raises:
        RoutineError: It is no text, or no step was found in it.
    """
    from voiceguide.routine.draft import decode_text
    from voiceguide.routine.draft import draft as drafted

    return drafted(decode_text(content, name))


def new_routine(name: str, *, overwrite: bool = False) -> Path:
    """Write a commented example and return where: among one's own routines, or at a path.

    Raises:
        RoutineError: The name is none.
        TargetError: It cannot be written.
    """
    from voiceguide.routine.example import example

    path = Path(name)
    if path.suffix.lower() not in ENDINGS:
        if not re.fullmatch(r"\w[\w -]*", name):
            hint = "use letters, digits and hyphens, or give a path that ends in .yaml"
            raise RoutineError(f"{name!r} is no name for a routine", hint=hint)
        path = paths.own_routines() / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, example(path.stem), overwrite=overwrite)
    return path


def write_text(target: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a text file, whole or not at all.

    Raises:
        TargetError: It cannot be written.
    """
    from voiceguide.files import written_beside
    from voiceguide.outputs.target import check_target, target_errors

    check_target(target, overwrite)
    with target_errors(target), written_beside(target) as beside:
        beside.write_text(text, "utf-8")


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
    routine = load_routine(request.routine)
    try:
        clips = _clips(request, routine)
    except SpeechError:
        return _schedule(request, routine, estimated_ms), False
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
    with _clips(request, routine) as clips, ThreadPoolExecutor(1, "prepare") as worker:
        bed = _bed(request)
        output = open_device(request.output)
        prepared: Future[Mix] = worker.submit(_prepare, request, routine, clips, bed)
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
        fitting = ", ".join(_fitting(request.options.budget_ms or 0))
        also = f"; that time suits {fitting}" if fitting else ""
        error.hint += also
        raise


def _fitting(budget_ms: int) -> Iterator[str]:
    for entry in entries():
        with suppress(VoiceguideError):
            each = overview(entry)
            if each.least_ms <= budget_ms <= each.most_ms:
                yield each.name


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
