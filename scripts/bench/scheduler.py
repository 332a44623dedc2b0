#!/usr/bin/env python3
"""Plans routines of 250 to 2,000 steps and prints how the time grows: ``.venv/bin/python scripts/bench/scheduler.py``.

A third of the steps is optional and the budget is short, so that leaving out is measured too.
"""

import time

from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import estimated_ms, schedule

SIZES = (250, 500, 1_000, 2_000)


def main() -> None:
    first_s = 0.0
    for size in SIZES:
        routine = made_up(size)
        wished = schedule(routine, terms(None)).plan
        for share in (0.1, 0.9):
            budget_ms = round(wished.least_ms + share * (wished.most_ms - wished.least_ms))
            seconds = min(timed(routine, budget_ms) for _ in range(3))
            first_s = first_s or seconds
            ratio = seconds / first_s / (size / SIZES[0])
            print(
                f"{size:>5} steps, {share:.0%} of the range: {seconds:.3f} s, {ratio:.2f} x in proportion to {SIZES[0]}"
            )


def made_up(size: int) -> Routine:
    kinds = ({"time": Duration(8_000, 15_000)}, {"repeat": Count(2, 3), "each": Duration(2_000, 4_000)})
    steps = [
        Step(title=f"Step {n}", say=f"Glide {n} down the back. Slowly.", optional=n % 3 == 0, **kinds[n % 2])
        for n in range(size)
    ]
    return Routine(format=1, title="Made up", sections=(Section(title="All", steps=tuple(steps)),))


def terms(budget_ms: int | None) -> Terms:
    return Terms(Options(budget_ms=budget_ms), phrases("en"), estimated_ms)


def timed(routine: Routine, budget_ms: int) -> float:
    start = time.perf_counter()
    schedule(routine, terms(budget_ms))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
