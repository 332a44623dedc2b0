"""The use case of many tracks: several routines, times and voices in one go."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

from voiceguide.background import in_background
from voiceguide.errors import TargetError, VoiceguideError, near
from voiceguide.guide.exporting import Summary, check_distinct, check_order, levelled, summed_up
from voiceguide.guide.order import Order
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.stage import bed_of, clips_of, rehearsed, tell_voice
from voiceguide.guide.tally import Tally
from voiceguide.routine.library import ENDINGS, load_routine
from voiceguide.units import MINUTE_MS

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.scheduler.schedule import Schedule
    from voiceguide.speech.clips import Clips

_FIELD: Final = re.compile(r"\{(\w*)\}")
_FIELDS: Final = ("routine", "minutes", "voice")
"""What may stand between them."""

_ODD: Final = re.compile(r"[^\w.+-]+")
"""What no name of a file is to have from a name of a voice or a routine."""

_LOOK_S: Final = 0.1
"""How often Ctrl-C is looked for: on Windows it wakes nobody who waits."""

_PATIENCE_S: Final = 10.0
"""How long the others may take to end after Ctrl-C."""

_KIND: Final = ".mp3"
"""What a folder is filled with: every player takes it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One session of many."""

    request: Request
    order: Order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    job: Job
    made: Summary | None = None
    """`None` where nothing was."""
    error: VoiceguideError | None = None
    """The first thing that failed."""


def has_fields(target: Path) -> bool:
    """Return whether a target is a pattern, with braces in its name; those of a folder count where they are ours."""
    if _is_folder(target):
        return False
    return bool(_FIELD.search(target.name)) or any(name in _FIELDS for name in _FIELD.findall(str(target.parent)))


def jobs_of(requests: Sequence[Request], order: Order) -> list[Job]:
    """Return a job for each request, its targets named after it.

    Args:
        requests: The sessions.
        order: Whose targets are patterns such as ``tracks/{routine}-{minutes}.mp3``, or folders.

    Raises:
        TargetError: A pattern names what there is not, or gives two sessions the same file.
    """
    several_voices = len({request.voice for request in requests}) > 1
    jobs: list[Job] = []
    owners: dict[Path, str] = {}
    for request in requests:
        patterns = (_in_folder(target, request, several_voices) for target in order.targets)
        targets = tuple(_named(pattern, request) for pattern in patterns)
        own = replace(order, targets=targets)
        files = check_distinct(own)
        for file in files:
            if file in owners:
                raise TargetError(
                    f"{owners[file]} and {name_of(request)} would both be {file}",
                    hint="put {routine}, {minutes} or {voice} into the name",
                )
        owners |= dict.fromkeys(files, name_of(request))
        jobs.append(Job(request, own))
    return jobs


def export_all(
    jobs: Sequence[Job],
    *,
    speaking: Progress | None = None,
    writing: Progress | None = None,
    finished: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Write many sessions, as many at a time as there are cores; one that fails does not keep the others from it.

    Sentences that several sessions share are spoken once: while one session is written, the next is spoken.

    Args:
        jobs: From `jobs_of`.
        speaking: Is told how many sentences of a session are spoken.
        writing: Is told how many frames of all are written, by the threads that write, one at a time. How many there
            are is a guess until the last session has begun.
        finished: Is told each outcome as it comes, by this thread.

    Returns:
        The outcomes in the order of the jobs.

    Raises:
        KeyboardInterrupt: As it came; what is half-written is gone.
    """
    from voiceguide.speech.engine import cores

    refused = [_refusal(job) for job in jobs]
    stopped, running = Event(), _Running(finished)
    tally = Tally(refused.count(None), writing or (lambda _done, _total: None), stopped)
    with ExitStack() as opened:
        voices = _Voices(opened)
        try:
            for job, error in zip(jobs, refused, strict=True):
                running.collect(cores() - 1)
                running.add(_failed(job, error) if error else _begun(job, voices, speaking, tally))
            running.collect(0)
            voices.tell()
        finally:
            stopped.set()
            running.wait(_PATIENCE_S)
    return running.outcomes()


class _Running:
    """Sessions that are being written.

    Args:
        finished: Is told each outcome as it comes.
    """

    def __init__(self, finished: Callable[[Outcome], None] | None) -> None:
        self._finished = finished
        self._all: list[Future[Outcome]] = []
        self._open: set[Future[Outcome]] = set()

    def add(self, session: Future[Outcome]) -> None:
        """Take one more."""
        self._all.append(session)
        self._open.add(session)

    def collect(self, most: int) -> None:
        """Wait until no more than `most` of them are being written."""
        while len(self._open) > most:
            done, self._open = wait(self._open, _LOOK_S, return_when=FIRST_COMPLETED)
            for session in done:
                outcome = session.result()
                if self._finished:
                    self._finished(outcome)

    def wait(self, seconds: float) -> None:
        """Wait for those that were told to end."""
        wait(self._open, seconds)

    def outcomes(self) -> list[Outcome]:
        """Return what became of each, in the order in which they were added."""
        return [session.result() for session in self._all]


def _refusal(job: Job) -> VoiceguideError | None:
    """Return why a session cannot be written, found out before any work is done."""
    try:
        check_order(job.order, job.request)
    except VoiceguideError as error:
        return error
    return None


def _failed(job: Job, error: VoiceguideError) -> Future[Outcome]:
    failed: Future[Outcome] = Future()
    failed.set_result(Outcome(job, error=error))
    return failed


def _begun(job: Job, voices: _Voices, speaking: Progress | None, tally: Tally) -> Future[Outcome]:
    """Speak what a session needs, begin to write it, and return where its outcome will be."""
    with ExitStack() as opened:
        try:
            routine = load_routine(job.request.routine)
            clips = voices.clips_of(job.request, routine.language)
            bed = opened.enter_context(closing(bed_of(levelled(job.request, job.order))))
            session = rehearsed(job.request, routine, clips, speaking)
        except VoiceguideError as error:
            tally.leave()
            return _failed(job, error)
        rest = opened.pop_all()

    def finish() -> Outcome:
        with rest:
            return _written(job, session, clips, bed, tally.joined())

    return in_background(finish, "export")


def _written(job: Job, session: Schedule, clips: Clips, bed: Bed, writing: Progress) -> Outcome:
    try:
        made = summed_up(job.order, job.request, session, clips, bed, writing)
    except VoiceguideError as error:
        return Outcome(job, error=error)
    return Outcome(job, made=made, error=next(iter(made.errors), None))


class _Voices:
    """The clips of each voice, opened once for all sessions.

    Args:
        opened: Closes them.
    """

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened
        self._clips: dict[tuple[str, str, int], Clips] = {}
        self._first: dict[tuple[str, str, int], Request] = {}

    def clips_of(self, request: Request, language: str) -> Clips:
        key = (request.voice, language, request.rate_wpm)
        if key not in self._clips:
            self._clips[key] = self._opened.enter_context(clips_of(request, language))
            self._first[key] = request
        return self._clips[key]

    def tell(self) -> None:
        """Say which voices were chosen."""
        for key, clips in self._clips.items():
            tell_voice(self._first[key], clips)


def _in_folder(target: Path, request: Request, several_voices: bool) -> Path:
    """Return the pattern for a target that is a folder; any other as it is."""
    if _is_folder(target):
        fields = [
            "routine",
            *(["minutes"] if request.options.budget_ms else []),
            *(["voice"] if several_voices else []),
        ]
        return target / ("-".join(f"{{{name}}}" for name in fields) + _KIND)
    if not target.suffix:
        raise TargetError(f"{target} is no folder", hint=f"make it first, or end the name with {_KIND}")
    return target


def _is_folder(target: Path) -> bool:
    # `Path.is_dir` raises where one may not look, or a name is too long: what to do about it `check_order` tells.
    return os.path.isdir(target)  # noqa: PTH112


def _named(pattern: Path, request: Request) -> Path:
    budget_ms = request.options.budget_ms
    routine = Path(request.routine).stem if request.routine.endswith(ENDINGS) else request.routine
    minutes = f"{budget_ms / MINUTE_MS:g}" if budget_ms else None
    values = dict(zip(_FIELDS, (routine, minutes, request.voice), strict=True))

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            raise TargetError(f"{pattern}: there is no {{{name}}}", hint=near(name, values))
        if values[name] is None:
            raise TargetError(f"{pattern}: no minutes are asked for", hint="give --minutes, or leave {minutes} out")
        return _ODD.sub("-", str(values[name]))

    folder = _FIELD.sub(lambda found: value(found) if found[1] in values else found[0], str(pattern.parent))
    return Path(folder, _FIELD.sub(value, pattern.name))


def name_of(request: Request) -> str:
    """Return what a session of many is called, such as ``slow-strokes of 10 minutes``."""
    budget_ms = request.options.budget_ms
    return f"{request.routine}{f' of {budget_ms / MINUTE_MS:g} minutes' if budget_ms else ''}"
