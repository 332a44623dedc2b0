"""Which sentence is said when, inside each step.

The instruction comes first and always has room, because the plan gave it room. What else would help is asked for in
order of priority, each with a window; it takes the free place nearest to where it is best, or is dropped. Nothing
is ever cut off, and no two sentences come closer than `BETWEEN_SENTENCES_MS`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.scheduler.pauses import (
    AFTER_CHIME_MS,
    BEFORE_CLOSING_MS,
    BETWEEN_SENTENCES_MS,
    MUSIC_ALONE_MS,
    Measure,
)
from voiceguide.scheduler.phrases import Phrases
from voiceguide.scheduler.plan import Plan, PlannedStep
from voiceguide.scheduler.planning import Terms
from voiceguide.units import MINUTE_MS, SECOND_MS

Kind = Literal["opening", "instruction", "last", "preview", "check-in", "closing"]

PREVIEW_FROM_MS = 30 * SECOND_MS
"""Steps shorter than this have no preview."""

CHECK_IN_FROM_MS = 40 * SECOND_MS
"""Steps shorter than this have no check-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence and its place."""

    at_ms: int
    """From the beginning of its step; of the session for the opening; of the closing for the closing."""

    length_ms: int
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All that is said in a session."""

    opening: tuple[Line, ...]
    steps: tuple[tuple[Line, ...], ...]
    """One row for each step of the plan, each in order of time."""
    closing: tuple[Line, ...]


def narrate(plan: Plan, terms: Terms) -> Script:
    """Return what is said in `plan`, and when."""
    checked = check_in_steps(plan) if terms.options.detail != "bells" else frozenset[int]()
    following: list[PlannedStep | None] = [*plan.steps[1:], None]
    return Script(
        opening=_in_a_row(plan.opening, MUSIC_ALONE_MS + AFTER_CHIME_MS, "opening", terms.measure),
        steps=tuple(
            _step_lines(step, after, step.number in checked, terms)
            for step, after in zip(plan.steps, following, strict=True)
        ),
        closing=_in_a_row(plan.closing, BEFORE_CLOSING_MS, "closing", terms.measure),
    )


def check_in_steps(plan: Plan) -> frozenset[int]:
    """Return the numbers of the steps in which the receiver is asked about the pressure.

    Two to four in a session, evenly apart, and always the first firm stroke, or the first at all that is not light.
    """
    wanted = 2 + (plan.length_ms >= 20 * MINUTE_MS) + (plan.length_ms >= 45 * MINUTE_MS)
    possible = [step for step in plan.steps if step.length_ms >= CHECK_IN_FROM_MS]
    firm = [step for pressure in ("firm", "medium") for step in possible if step.part.step.pressure == pressure]
    chosen = {step.number for step in firm[:1]}
    for turn in range(wanted):
        best_ms = plan.length_ms * (2 * turn + 1) // (2 * wanted)
        free = [step for step in possible if step.number not in chosen]
        if len(chosen) < wanted and free:
            chosen.add(min(free, key=lambda step: abs(step.start_ms + step.length_ms // 2 - best_ms)).number)
    return frozenset(chosen)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A sentence that would help, and where; lengths of the sentence not counted."""

    text: str
    kind: Kind
    earliest_ms: int
    best_ms: int
    latest_ms: int
    """Of its first millisecond."""


def _step_lines(step: PlannedStep, after: PlannedStep | None, asks: bool, terms: Terms) -> tuple[Line, ...]:
    lines = list(_in_a_row(step.talk, AFTER_CHIME_MS, "instruction", terms.measure))
    taken = [(0, step.talk_ms), (step.length_ms - BETWEEN_SENTENCES_MS, LONGEST_MS)]
    taken += [(bell - 300, bell + 500) for bell in _bells(step)]
    if terms.options.detail == "bells":
        return tuple(lines)
    for wish in _wishes(step, after, asks, terms.phrases, terms.measure):
        length_ms = terms.measure(wish.text)
        at_ms = _free_place(wish, length_ms, taken)
        if at_ms is not None:
            lines.append(Line(at_ms=at_ms, length_ms=length_ms, text=wish.text, kind=wish.kind))
            taken.append((at_ms - BETWEEN_SENTENCES_MS, at_ms + length_ms + BETWEEN_SENTENCES_MS))
    return tuple(sorted(lines, key=lambda line: line.at_ms))


def _bells(step: PlannedStep) -> Iterator[int]:
    """Yield where a repeat begins or a hold ends, from the beginning of the step."""
    for start_ms in step.repeat_starts_ms:
        yield start_ms - step.start_ms
        if step.hold_ms is not None:
            yield start_ms - step.start_ms + step.hold_ms


def _wishes(
    step: PlannedStep, after: PlannedStep | None, asks: bool, phrases: Phrases, measure: Measure
) -> Iterator[_Wish]:
    """Yield what would help, most important first."""
    if len(step.repeat_starts_ms) > 1:
        tick_ms = step.repeat_starts_ms[-1] - step.start_ms
        yield _Wish(phrases.last, "last", tick_ms + 600, tick_ms + 600, tick_ms + 2_000)
    if step.length_ms >= PREVIEW_FROM_MS:
        text = _preview(after, phrases)
        end_ms = step.length_ms - measure(text)
        yield _Wish(text, "preview", end_ms - 10_000, end_ms - 7_000, end_ms - 5_000)
    if asks:
        middle_ms = (step.talk_ms + step.length_ms) // 2
        yield _Wish(phrases.check_in, "check-in", step.talk_ms + 8_000, middle_ms, step.length_ms - 15_000)


def _preview(after: PlannedStep | None, phrases: Phrases) -> str:
    if after is None:
        return phrases.preview_close
    if after.part.turn == "next" and after.part.side:
        return phrases.preview_side.format(side=phrases.sides[after.part.side])
    return phrases.preview.format(title=after.part.step.title.rstrip("."))


def _free_place(wish: _Wish, length_ms: int, taken: Sequence[tuple[int, int]]) -> int | None:
    """Return the free start nearest to the best one, or `None`."""
    edges = [end for _, end in taken] + [start - length_ms for start, _ in taken]
    candidates = [at for at in (wish.best_ms, *edges) if wish.earliest_ms <= at <= wish.latest_ms]
    free = [at for at in candidates if all(at + length_ms <= start or end <= at for start, end in taken)]
    return min(free, key=lambda at: (abs(at - wish.best_ms), at), default=None)


def _in_a_row(texts: Iterable[str], first_ms: int, kind: Kind, measure: Measure) -> tuple[Line, ...]:
    words = list(texts)
    lengths = [measure(text) for text in words]
    starts = accumulate((length + BETWEEN_SENTENCES_MS for length in lengths[:-1]), initial=first_ms)
    return tuple(
        Line(at_ms=at, length_ms=length, text=text, kind=kind)
        for at, length, text in zip(starts, lengths, words, strict=True)
    )
