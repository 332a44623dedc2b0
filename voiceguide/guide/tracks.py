"""A session on its way into files: mixed once, measured, written to all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from voiceguide.errors import TargetError, VoiceguideError
from voiceguide.guide.extras import PAGE, Extras, page_around, sound_kind, write_extras
from voiceguide.guide.labels import tags_of
from voiceguide.guide.request import Progress
from voiceguide.guide.tally import Passes
from voiceguide.scheduler.schedule import Schedule

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix
    from voiceguide.audio.samples import Block
    from voiceguide.export.acx import Acx, AcxMeter
    from voiceguide.export.meter import Meter
    from voiceguide.outputs.encoders import Quality
    from voiceguide.outputs.tags import Tags
    from voiceguide.outputs.target import FileOutput, Identity
    from voiceguide.outputs.wav import WavOutput


AUDIOBOOK: Final = "audiobook"
"""The quality of what is for ACX."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made of a session."""

    targets: tuple[Path, ...]
    """The files; the ending of each tells its format, ``.html`` is a page with the track inside."""
    overwrite: bool = False
    """Whether files that are there may be replaced."""
    extras: Extras = field(default_factory=Extras)
    """What is to stand beside them."""
    quality: Quality = "good"
    """How good the sound is; ``audiobook`` keeps ACX's limits."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How loud a mix is."""

    lufs: float = nan
    peak_dbtp: float = nan
    acx: Acx | None = None
    """As an audiobook is judged, where it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What became of one target."""

    target: Path
    size_bytes: int = 0
    chapters: int = 0
    """How many it holds."""
    error: VoiceguideError | None = None
    """Why it was not made."""
    error_beside: VoiceguideError | None = None
    """Why not all was made that was to stand beside it."""


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
    jobs = [_Job(target, order, session, tags, mix.length_frames) for target in order.targets]
    passes = Passes(writing, mix.length_frames, _passes(order))
    heard = _write(mix, jobs, passes.begin())
    made = {job.target: job for job in jobs if job.error is None}
    beside = [file for target in one_a_stem(list(made)) for file in made[target].write_beside(mix, list(made), passes)]
    return [job.track() for job in jobs], beside, heard


def _passes(order: Order) -> int:
    return 1 + len(one_a_stem(order.targets)) * (order.extras.stems + order.extras.split)


def one_a_stem(targets: Sequence[Path]) -> list[Path]:
    """Return the targets without those that differ from one before in their ending only: what is beside is the same."""
    first: dict[Path, Path] = {}
    for target in targets:
        first.setdefault(target.with_suffix(""), target)
    return list(first.values())


def sound_beside(target: Path, targets: Sequence[Path]) -> Path:
    """Return the sound that a cue sheet beside `target` is for: a WAV, where there is one."""
    sounds = [
        each for each in targets if each.with_suffix("") == target.with_suffix("") and each.suffix.lower() != PAGE
    ]
    return next((each for each in sounds if each.suffix.lower() == ".wav"), sounds[0] if sounds else target)


def _write(mix: Mix, jobs: Sequence[_Job], writing: Progress) -> Heard:
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


def _mix_into(mix: Mix, jobs: Sequence[_Job], writing: Progress) -> Heard:
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


class _Job:
    """One target on its way: what `spread` feeds."""

    def __init__(self, target: Path, order: Order, session: Schedule, tags: Tags, frames: int) -> None:
        self.target = target
        self.error: VoiceguideError | None = None
        self._error_beside: VoiceguideError | None = None
        self._size_bytes = 0
        self._order, self._session, self._tags, self._frames = order, session, tags, frames
        self._output: FileOutput | None = None

    @property
    def made(self) -> Identity | None:
        """The file that stands at its target since it was written, where it was."""
        return self._output.kept if self._output and not self.error else None

    @property
    def is_page(self) -> bool:
        """Whether the sound is inside a page, where nobody else can take it from."""
        return self.target.suffix.lower() == PAGE

    @property
    def is_audiobook(self) -> bool:
        """Whether it is to keep ACX's limits."""
        return self._order.quality == AUDIOBOOK

    @property
    def coding(self) -> tuple[str, ...]:
        """What tells its sound from that of other targets: an ``.m4b`` and a page hold what an ``.m4a`` does."""
        from voiceguide.outputs.encoders import ENCODERS, encoder

        kind = sound_kind(self.target)
        return encoder(kind, self._order.quality) if kind in ENCODERS else (kind,)

    def take(self, blocks: Iterator[Block]) -> None:
        """Write all blocks, then put the file in its place."""
        from voiceguide.outputs.pump import pump

        with self._opened() as output:
            pump(blocks, output)

    def stop(self) -> None:
        """Let go of the file, whatever is waited for."""
        if self._output:
            self._output.abort()

    def render(self, mix: Mix, meter: Meter, writing: Progress) -> None:
        """Write the whole on all cores, for which the file must take blocks in any order."""
        from voiceguide.export.render import render

        with self._opened() as output:
            render(mix, _Metered(cast("WavOutput", output), meter), writing)

    def copied(self, other: _Job, writing: Progress) -> bool:
        """Write what another target holds, with the tags of this one's kind; return whether it was there to be read."""
        from voiceguide.outputs.copying import SourceGoneError, copy_sound

        made = other.made
        if made is None:
            return False
        writing(self._frames, self._frames)
        try:
            with self._sound() as sound:
                copy_sound(other.target, made, sound, self._tags, overwrite=self._order.overwrite)
        except SourceGoneError:
            return False
        except VoiceguideError as error:
            self.error = error
        return True

    def write_beside(self, mix: Mix, targets: Sequence[Path], passes: Passes) -> Iterator[Path]:
        """Write what stands beside the target, and yield the files until one fails.

        Args:
            mix: The session as sound.
            targets: All that were made.
            passes: Are told how far it is.
        """
        sound, order = sound_beside(self.target, targets), self._order
        extras = order.extras
        if sound.suffix.lower() == PAGE:
            # What the sheet was asked for is not there.
            extras = replace(extras, cue=False)
        try:
            yield from write_extras(
                self.target,
                extras,
                self._session,
                mix,
                sound=sound.name,
                begin=passes.begin,
                quality=order.quality,
                overwrite=order.overwrite,
            )
        except VoiceguideError as error:
            self._error_beside = error

    def track(self) -> Track:
        """Return what became of it."""
        if self.error:
            return Track(target=self.target, error=self.error)
        return Track(
            target=self.target,
            size_bytes=self._size_bytes,
            chapters=len(self._tags.marks),
            error_beside=self._error_beside,
        )

    @contextmanager
    def _opened(self) -> Iterator[FileOutput]:
        from voiceguide.outputs.pump import finishing
        from voiceguide.outputs.registry import file_output

        order = self._order
        with self._sound() as sound:
            self._output = file_output(
                sound, order.overwrite, frames=self._frames, tags=self._tags, quality=order.quality
            )
            self._output.open()
            with finishing(self._output):
                yield self._output

    @contextmanager
    def _sound(self) -> Iterator[Path]:
        """Give where the sound goes: to its target, or into a page there."""
        from voiceguide.outputs.target import target_errors

        with self._around() as sound:
            yield sound
        with target_errors(self.target):
            # At once: others may take its name.
            self._size_bytes = self.target.stat().st_size

    def _around(self) -> AbstractContextManager[Path]:
        if self.is_page:
            session = self._session
            return page_around(self.target, self._order.overwrite, session.plan.routine, session.timeline)
        return nullcontext(self.target)


class _Metered:
    """Places that are measured as they are written to."""

    def __init__(self, output: WavOutput, meter: Meter) -> None:
        self._output, self._meter = output, meter

    def write_at(self, frame: int, block: Block) -> None:
        self._meter.take(frame, block)
        self._output.write_at(frame, block)
