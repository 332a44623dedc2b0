"""Fits what is left of a session again, while it plays.

What begins before a moment stays as it was, to the millisecond, so that a running session can go over from one to the
other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from voiceguide.scheduler.narration import narrate
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.remainder import Asked, Remainder, free_from_ms
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Cue, Role, Timeline, build

_NOTHING: Final[Mapping[Part, int]] = MappingProxyType({})
_NOBODY: Final[Asked] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A session fitted again."""

    made: Schedule

    asked: Asked
    """What the next fit has to keep to."""

    left_out: tuple[str, ...] = ()
    """Titles of the steps that no longer fit."""

    late_ms: int = 0
    """How much later it ends than it has to; negative is sooner."""


def refit(
    made: Schedule,
    terms: Terms,
    *,
    from_ms: int,
    longer_ms: Mapping[Part, int] = _NOTHING,
    asked: Asked = _NOBODY,
    end_ms: int | None = None,
) -> Refit:
    """Return a session that is as `made` up to a moment, and fitted again from there.

    Args:
        made: The session so far.
        terms: What it was planned by.
        from_ms: What begins before stays. From the closing on nothing changes any more.
        longer_ms: How much longer steps get, the one that lies there or some to come; negative is shorter. Longer
            than its range is granted; less than its instruction and 10 s for the hands is not.
        asked: What was asked for before.
        end_ms: Where the session has to end; `None` moves the end and leaves the other steps as long as they are.

    Raises:
        SpeechError: A sentence that is new cannot be measured.
    """
    left_out: list[str] = []
    if from_ms <= made.plan.closing_ms:
        rest = Remainder(made, terms, from_ms, asked)
        for part, by_ms in longer_ms.items():
            rest.resize(part, by_ms)
        if end_ms is not None:
            left_out = rest.fit(end_ms)
        made, asked = _laid_out(made, rest, left_out, from_ms, terms), rest.asked
    late_ms = 0 if end_ms is None else made.plan.length_ms - end_ms
    return Refit(made=made, asked=asked, left_out=tuple(left_out), late_ms=late_ms)


def _laid_out(made: Schedule, rest: Remainder, left_out: Sequence[str], from_ms: int, terms: Terms) -> Schedule:
    """Return a session of other steps, which is as `made` up to `from_ms`."""
    steps = rest.steps()
    closing_ms = made.plan.length_ms - made.plan.quiet_ms - made.plan.closing_ms
    plan = replace(
        made.plan,
        length_ms=steps[-1].end_ms + closing_ms + rest.quiet_ms,
        steps=tuple(steps),
        quiet_ms=rest.quiet_ms,
        left_out=(*made.plan.left_out, *left_out),
    )
    script = narrate(plan, terms)
    fresh = build(plan, script, terms.phrases)
    cues = _joined(made.timeline.cues, fresh.cues, from_ms)
    return Schedule(plan, script, Timeline(length_ms=fresh.length_ms, cues=cues, chapters=fresh.chapters))


def _joined(old: Sequence[Cue], new: Sequence[Cue], from_ms: int) -> tuple[Cue, ...]:
    """Return what begins before a moment of one session and the rest of another, without sentences that collide."""
    kept = [cue for cue in old if cue.at_ms < from_ms]
    said_ms = max(map(free_from_ms, kept), default=0)
    return (*kept, *(c for c in new if c.at_ms >= from_ms and (c.role is Role.CHIME or c.at_ms >= said_ms)))
