"""How long one step may be, and how its length is spent on sides, repeats and holds.

A timed step ("5-6 min") counts from its chime; a counted one ("3-4 times 15-20 s") counts its strokes, and the
instruction comes before them. All sides of a step get the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.model import Step
from voiceguide.scheduler.fit import Bounds
from voiceguide.scheduler.pauses import MOVE_ON_MS, USEFUL_MS


@dataclass(frozen=True, slots=True)
class Timing:
    """How the length of one part is spent."""

    length_ms: int
    repeats: int | None = None
    each_ms: int | None = None


def bounds_of(step: Step, talks_ms: Sequence[int]) -> Bounds:
    """Return how long `step` may be, all its sides together.

    Args:
        step: What the author wrote.
        talks_ms: From chime to first stroke, on each side; at least one.
    """
    sides, talk = len(talks_ms), sum(talks_ms)
    if step.time is not None:
        floor = max(talks_ms) + USEFUL_MS
        least, most = max(step.time.min_ms, floor), max(step.time.max_ms, floor)
        return Bounds(sides * least, sides * max(step.time.wish_ms, floor), sides * most)
    count, one = _counted(step)
    least, most = count.min * one.min_ms, count.max * one.max_ms
    return Bounds(talk + sides * least, talk + sides * ((least + most) // 2), talk + sides * most)


def timings(step: Step, talks_ms: Sequence[int], length_ms: int) -> list[Timing]:
    """Spend `length_ms` on the sides of `step`.

    Args:
        step: What the author wrote.
        talks_ms: From chime to first stroke, on each side.
        length_ms: Within `bounds_of` the same.

    Returns:
        One timing for each side; their lengths add up to `length_ms`.
    """
    sides = len(talks_ms)
    if step.time is not None:
        return [Timing(share) for share in _equal(length_ms, sides)]
    count, one = _counted(step)
    shares = _equal(length_ms - sum(talks_ms), sides)
    if step.open and shares[0] > count.max * one.max_ms:
        # Stretched: the stroke is done more often rather than more slowly.
        count = Count(count.min, shares[0] // one.wish_ms)
    return [_repeated(talk, share, count, one) for talk, share in zip(talks_ms, shares, strict=True)]


def _counted(step: Step) -> tuple[Count, Duration]:
    """Return how often, and how long each repeat takes with what belongs to it."""
    if step.repeat is None:
        raise ValueError(f"the step '{step.title}' has no length")
    if step.hold is not None:
        return step.repeat, Duration(step.hold.min_ms + MOVE_ON_MS, step.hold.max_ms + MOVE_ON_MS)
    if step.each is None:
        raise ValueError(f"the step '{step.title}' has no length")
    return step.repeat, step.each


def _repeated(talk_ms: int, body_ms: int, count: Count, one: Duration) -> Timing:
    """Choose the whole number of repeats whose length comes nearest to the wish.

    Where no whole number fills the time, the repeats are as long as they may be, and a rest follows.
    """
    possible = [n for n in range(count.min, count.max + 1) if n * one.min_ms <= body_ms]
    filling = [n for n in possible if body_ms <= n * one.max_ms] or possible[-1:]
    repeats = min(filling, key=lambda n: abs(body_ms - n * one.wish_ms) / n)
    return Timing(talk_ms + body_ms, repeats, min(body_ms // repeats, one.max_ms))


def _equal(amount: int, sides: int) -> list[int]:
    share, rest = divmod(amount, sides)
    return [share + (side < rest) for side in range(sides)]
