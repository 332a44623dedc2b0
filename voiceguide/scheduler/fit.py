"""Lengths for a time budget.

Each step has a least, a wish and a most. The budget is spent to the millisecond: what is over the wishes is shared
in proportion to the room above them, what is under them in proportion to the room below.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long something may be, in milliseconds; least <= wish <= most."""

    least_ms: int
    wish_ms: int
    most_ms: int


def fit(bounds: Sequence[Bounds], budget_ms: int) -> list[int]:
    """Return a length for each of `bounds`, in milliseconds, that add up to `budget_ms` exactly.

    With the same bounds, more budget never makes any length smaller.

    Args:
        bounds: One for each step.
        budget_ms: Between the sum of the least and the sum of the most.

    Raises:
        ValueError: The budget is outside.
    """
    least, wish, most = (sum(getattr(each, name) for each in bounds) for name in ("least_ms", "wish_ms", "most_ms"))
    if not least <= budget_ms <= most:
        raise ValueError(f"{budget_ms} ms is outside {least} to {most} ms")
    if budget_ms <= wish:
        base = [each.least_ms for each in bounds]
        room = [each.wish_ms - each.least_ms for each in bounds]
    else:
        base = [each.wish_ms for each in bounds]
        room = [each.most_ms - each.wish_ms for each in bounds]
    extra = apportion(room, budget_ms - sum(base))
    return [length + more for length, more in zip(base, extra, strict=True)]


def apportion(room: Sequence[int], amount: int) -> list[int]:
    """Share the whole number `amount` in proportion to `room`, in whole numbers.

    This is Jefferson's method (d'Hondt): each further unit goes to whoever has the smallest share of its room after
    taking it. Unlike rounding by largest remainders, it never takes from one when there is more for all.

    Args:
        room: Whole numbers >= 0; nobody gets more than its own.
        amount: From 0 to the sum of `room`.

    Returns:
        Whole numbers that add up to `amount`.
    """
    total = sum(room)
    given = [each * amount // total if total else 0 for each in room]
    waiting = [(Fraction(given[i] + 1, each), i) for i, each in enumerate(room) if given[i] < each]
    heapq.heapify(waiting)
    for _ in range(amount - sum(given)):
        _, i = waiting[0]
        given[i] += 1
        heapq.heapreplace(waiting, (Fraction(given[i] + 1, room[i]), i))
    return given
