"""A session on its way into files: mixed once, measured, written to all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import TargetError, VoiceguideError
from voiceguide.guide.labels import tags_of
from voiceguide.guide.order import Order, Track, one_a_stem
from voiceguide.guide.request import Progress
from voiceguide.guide.tally import Passes
from voiceguide.guide.track_job import TrackJob
from voiceguide.scheduler.schedule import Schedule

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix
    from voiceguide.audio.samples import Block
    from voiceguide.export.acx import Acx, AcxMeter
    from voiceguide.export.meter import Meter


@dataclass(frozen=True, slots=True)
class Heard:
    """How loud a mix is."""

    lufs: float = nan
    peak_dbtp: float = nan
    acx: Acx | None = None
    """As an audiobook is judged, where it is one."""


def write_tracks(order: Order, session: Schedule, mix: Mix, writing: Progress) -> tuple[list[Track], list[Path], Heard]:
    """Write a mix to all targets, and what stands beside them.

    Args:
        order: What to write.
        session: What is mixed.
        mix: The session as sound.
        writing: Is told how many frames are written, again and again; what it raises ends all.

    Returns:
        A track for each target, the files beside them, and how loud the mix is: not a number, where no track was made.

    Raises:
        VoiceguideError: The music or the speech failed.
    """
    tags = tags_of(session.plan.routine, session.timeline)
    jobs = [TrackJob(target, order, session, tags, mix.length_frames) for target in order.targets]
    passes = Passes(writing, mix.length_frames, _passes(order))
    heard = _write(mix, jobs, passes.begin())
    made = {job.target: job for job in jobs if job.error is None}
    beside = [file for target in one_a_stem(list(made)) for file in made[target].write_beside(mix, list(made), passes)]
    return [job.track() for job in jobs], beside, heard


def _passes(order: Order) -> int:
    return 1 + len(one_a_stem(order.targets)) * (order.extras.stems + order.extras.split)


def _write(mix: Mix, jobs: Sequence[TrackJob], writing: Progress) -> Heard:
    """Write a mix to all targets; what several hold alike is encoded for one of them, and copied to the others.

    Where that one fails, or is gone by then, the mix is made once more for the next of them.
    """
    waiting, heard = jobs, Heard()
    while waiting:
        first = {job.coding: job for job in reversed(waiting) if not job.is_page}
        own = [job for job in waiting if first.get(job.coding, job) is job]
        mixed = _mix_into(mix, own, writing)
        if any(job.error is None for job in own):
            heard = mixed
        waiting = [job for job in waiting if job not in own and not job.copied(first[job.coding], writing)]
    return heard


def _mix_into(mix: Mix, jobs: Sequence[TrackJob], writing: Progress) -> Heard:
    from voiceguide.export.acx import AcxMeter
    from voiceguide.export.meter import Meter
    from voiceguide.export.spread import spread

    meter = Meter(mix.length_frames)
    acx = AcxMeter(mix.length_frames) if any(job.is_audiobook for job in jobs) else None
    if len(jobs) == 1 and jobs[0].target.suffix.lower() == ".wav":
        try:
            jobs[0].render(mix, meter, writing)
        except TargetError as failure:
            jobs[0].error = failure
        return _as_heard(meter)
    errors = spread(_heard(mix, [meter, acx] if acx else [meter]), jobs, lambda done: writing(done, mix.length_frames))
    for job, error in zip(jobs, errors, strict=True):
        if isinstance(error, VoiceguideError):
            job.error = error
        elif error:
            raise error
    return _as_heard(meter, acx)


def _as_heard(meter: Meter, acx: AcxMeter | None = None) -> Heard:
    measured = meter.measured()
    return Heard(measured.lufs, measured.peak_dbtp, acx.measured() if acx else None)


def _heard(mix: Mix, meters: Sequence[Meter | AcxMeter]) -> Iterator[Block]:
    frame = 0
    for block in mix.blocks():
        for meter in meters:
            meter.take(frame, block)
        frame += len(block)
        yield block
