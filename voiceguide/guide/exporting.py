"""The use case of a track: one session, mixed once, into one file or several."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voiceguide.errors import ScheduleError, TargetError, VoiceguideError
from voiceguide.guide.extras import PAGE, Extras, check_extras, files_beside, sound_kind
from voiceguide.guide.order import AUDIOBOOK, Order, Track, one_a_stem, sound_beside
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.stage import bed_of, clips_of, mix_of, rehearsed, tell_voice
from voiceguide.guide.tracks import write_tracks
from voiceguide.routine.library import load_routine
from voiceguide.scheduler.schedule import Schedule
from voiceguide.units import MINUTE_MS

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.audio.levels import Levels
    from voiceguide.export.acx import Acx
    from voiceguide.outputs.encoders import Quality
    from voiceguide.speech.clips import Clips

_AUDIOBOOK_MS: Final = 120 * MINUTE_MS
"""A file of an audiobook at the longest (ACX)."""

_AUDIOBOOK_DB: Final = -2.0
"""Any mix peaks at or under -1 dBTP, so this brings it to -3 (ACX) without a limiter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an export has made."""

    tracks: tuple[Track, ...]
    """One for each target, in the order in which they were asked for."""
    length_ms: int
    lufs: float
    """Integrated loudness of the mix, within about half a LU; minus infinity for silence, not a number where no track
    was made."""
    peak_dbtp: float
    """Highest true peak of the mix, in the same way."""
    left_out: tuple[str, ...]
    """Steps for which there was no time."""
    avoided: tuple[str, ...]
    """Steps that were left out for the sake of an area."""
    beside: tuple[Path, ...] = ()
    """What was written beside the tracks."""
    acx: Acx | None = None
    """Of an audiobook, its levels as ACX judges them."""

    @property
    def errors(self) -> tuple[VoiceguideError, ...]:
        """Why some targets were not made, or not all that was to stand beside them."""
        return tuple(error for track in self.tracks if (error := track.error or track.error_beside))


def export(
    request: Request,
    *targets: Path,
    overwrite: bool = False,
    extras: Extras | None = None,
    quality: Quality = "good",
    speaking: Progress | None = None,
    writing: Progress | None = None,
) -> Summary:
    """Write a session to files whose endings tell the formats; ``.html`` is a page with the track inside.

    It is mixed once for all of them. Nothing is seen of a file until it is whole; one that fails does not keep the
    others from being made.

    Args:
        request: What to write.
        *targets: Such as ``massage.mp3``.
        overwrite: Whether files that are there may be replaced.
        extras: What is to stand beside them.
        quality: How good the sound is; ``audiobook`` keeps ACX's limits.
        speaking: Is told how many sentences are spoken.
        writing: Is told how many frames are written.

    Raises:
        VoiceguideError: Whatever keeps all tracks from being written; of several targets each tells its own error in
            the summary, and what fails beside a track is told there too.
    """
    order = Order(targets=targets, overwrite=overwrite, extras=extras or Extras(), quality=quality)
    check_order(order, request)
    routine = load_routine(request.routine)
    with clips_of(request, routine.language) as clips, closing(bed_of(levelled(request, order))) as bed:
        session = rehearsed(request, routine, clips, speaking)
        summary = summed_up(order, request, session, clips, bed, writing)
        if len(targets) == 1 and (error := summary.tracks[0].error):
            raise error
        tell_voice(request, clips)
    return summary


def check_order(order: Order, request: Request) -> None:
    """Find out, before any work is done, whether all that is asked for can be written.

    Raises:
        TargetError: It cannot.
        ScheduleError: The session is too long for it.
    """
    from voiceguide.outputs.registry import check_kind, known_kind
    from voiceguide.outputs.target import check_target

    for target in order.targets:
        if order.quality == AUDIOBOOK and target.suffix.lower() != ".mp3":
            raise TargetError(f"{target} cannot be an audiobook for ACX, which takes .mp3", hint="name an .mp3 file")
        known_kind(target, PAGE)
        check_target(target, order.overwrite)
        check_kind(target, sound_kind(target), order.quality)
    check_distinct(order)
    for target in one_a_stem(order.targets):
        check_extras(target, order.extras, order.overwrite)
        if order.extras.cue and sound_beside(target, order.targets).suffix.lower() == PAGE:
            raise TargetError(f"{target} needs no cue sheet", hint="a page has its steps; leave --cue out")
    _check_length(order, request.options.budget_ms or 0)


def levelled(request: Request, order: Order) -> Request:
    """Return the request with the levels at which `order` has it: lower for an audiobook."""
    return replace(request, levels=_lower(request.levels)) if order.quality == AUDIOBOOK else request


def summed_up(
    order: Order, request: Request, session: Schedule, clips: Clips, bed: Bed, writing: Progress | None = None
) -> Summary:
    """Mix a session once, into all targets, write what stands beside them, and return what was made.

    Args:
        order: What to write.
        request: What was asked for.
        session: With its speech measured.
        clips: The speech.
        bed: The music, of the request as `levelled` returns it.
        writing: Is told how many frames are written, again and again; what it raises ends all.

    Raises:
        VoiceguideError: It is too long for what was asked for, or the music or the speech failed.
    """
    _check_length(order, session.plan.length_ms)
    mix = mix_of(levelled(request, order), session.timeline, clips, bed)
    tracks, beside, heard = write_tracks(order, session, mix, writing or (lambda _done, _total: None))
    return Summary(
        tracks=tuple(tracks),
        length_ms=session.plan.length_ms,
        lufs=heard.lufs,
        peak_dbtp=heard.peak_dbtp,
        left_out=session.plan.left_out,
        avoided=session.plan.avoided,
        beside=tuple(beside),
        acx=heard.acx,
    )


def check_distinct(order: Order) -> list[Path]:
    """Return every file that is to be written, those beside the targets too.

    Raises:
        TargetError: Two of them are one.
    """
    seen: dict[str, Path] = {}
    beside = [file for target in one_a_stem(order.targets) for file in files_beside(target, order.extras)]
    for file in (*order.targets, *beside):
        # `Path.resolve` raises where a link leads to itself.
        other = seen.setdefault(os.path.realpath(file), file)
        if other is not file:
            raise TargetError(f"{other} and {file} are one file", hint="give each file a name of its own")
    return list(seen.values())


def _check_length(order: Order, length_ms: int) -> None:
    if order.quality == AUDIOBOOK and length_ms > _AUDIOBOOK_MS:
        raise ScheduleError(
            f"a file of an audiobook lasts 120 minutes at most, and this one {length_ms / MINUTE_MS:.0f}",
            hint="ask for --minutes 120 or less, or leave --audiobook out",
        )


def _lower(levels: Levels) -> Levels:
    """Return levels at which all is softer by the same.

    A voice over its anchor stands for softer music and chimes, which is written out first.
    """
    over = max(0.0, levels.voice_db)
    return replace(
        levels,
        voice_db=levels.voice_db - over + _AUDIOBOOK_DB,
        music_db=levels.music_db - over + _AUDIOBOOK_DB,
        chime_db=levels.chime_db - over + _AUDIOBOOK_DB,
    )
