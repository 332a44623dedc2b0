"""One target of an export on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voiceguide.errors import VoiceguideError
from voiceguide.guide.extras import PAGE, page_around, sound_kind, write_extras
from voiceguide.guide.order import AUDIOBOOK, Order, Track, sound_beside
from voiceguide.guide.request import Progress
from voiceguide.guide.tally import Passes
from voiceguide.scheduler.schedule import Schedule

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix
    from voiceguide.audio.samples import Block
    from voiceguide.export.meter import Meter
    from voiceguide.outputs.tags import Tags
    from voiceguide.outputs.target import FileOutput, Identity
    from voiceguide.outputs.wav import WavOutput


class TrackJob:
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

    def copied(self, other: TrackJob, writing: Progress) -> bool:
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
