"""Which sentence is said when, inside each step.

The instruction comes first and always has room, because the plan gave it room. What else would help is asked for in
order of priority, each with a window; it takes the free place nearest to where it is best, or is dropped. Nothing
is ever cut off, and no two sentences come closer than `BETWEEN_SENTENCES_MS`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

Kind = Literal["opening", "instruction", "last", "two more", "preview", "check-in", "time left", "closing"]

PREVIEW_FROM_MS = 30 * SECOND_MS
"""Steps shorter than this have no preview."""

CHECK_IN_FROM_MS = 40 * SECOND_MS
"""Steps shorter than this have no check-in."""


CHECK_IN_HANDS_MS = 12 * SECOND_MS
"""What the hands have of a step, before its last repeat, for a question and its answer."""

CHECK_IN_APART_MS = 90 * SECOND_MS
"""Between two check-ins."""

ANSWER_MS = 6 * SECOND_MS
"""Silence after a question."""

COUNT_DOWN_FROM = 4
"""With fewer repeats only the last is told."""

COUNT_DOWN_EACH_MS = 8 * SECOND_MS
"""Repeats shorter than this are not counted down."""

TIME_LEFT_WITHIN_MS = 20 * SECOND_MS
"""How far from its moment the time that is left may be told."""


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
    moments = _time_left_moments(plan, terms.options.time_left_ms)
    return Script(
        opening=_in_a_row(plan.opening, MUSIC_ALONE_MS + AFTER_CHIME_MS, "opening", terms.measure),
        steps=tuple(
            _step_lines(step, _Around(after, step.number in checked, moments), terms)
            for step, after in zip(plan.steps, following, strict=True)
        ),
        closing=_in_a_row(plan.closing, BEFORE_CLOSING_MS, "closing", terms.measure),
    )


def check_in_steps(plan: Plan) -> frozenset[int]:
    """Return the numbers of the steps in which the receiver is asked about the pressure.

    Two to four in a session, evenly apart, and always the first firm stroke, or the first at all that is not light.
    """
    wanted = 2 + (plan.length_ms >= 20 * MINUTE_MS) + (plan.length_ms >= 45 * MINUTE_MS)
    possible = [step for step in plan.steps if _may_ask(step)]
    if not possible:
        return frozenset()
    first_ms, last_ms = possible[0].start_ms, possible[-1].end_ms
    moments = [first_ms + (last_ms - first_ms) * (2 * turn + 1) // (2 * wanted) for turn in range(wanted)]
    chosen: list[PlannedStep] = []
    pressed = _first_pressed(plan, possible)
    if pressed:
        chosen.append(pressed)
        moments.remove(min(moments, key=lambda moment_ms: abs(_middle_ms(pressed) - moment_ms)))
    for moment_ms in moments:
        free = [s for s in possible if all(abs(_middle_ms(s) - _middle_ms(c)) >= CHECK_IN_APART_MS for c in chosen)]
        if free:
            chosen.append(min(free, key=lambda step: abs(_middle_ms(step) - moment_ms)))
    return frozenset(step.number for step in chosen)


def _first_pressed(plan: Plan, possible: Sequence[PlannedStep]) -> PlannedStep | None:
    """Return the first step in which one may ask from the first firm stroke on, or the first that is not light."""
    for pressure in ("firm", "medium"):
        first = next((step.number for step in plan.steps if step.pressure == pressure and _presses(step)), None)
        asked = next((step for step in possible if first is not None and step.number >= first), None)
        if asked:
            return asked
    return None


def _may_ask(step: PlannedStep) -> bool:
    """Return whether a step has the time for a question and its answer, before its last repeat."""
    bells = step.repeat_starts_ms
    hands_ms = (bells[-1] if bells else step.end_ms) - step.start_ms - step.talk_ms
    return step.length_ms >= CHECK_IN_FROM_MS and hands_ms >= CHECK_IN_HANDS_MS and _presses(step)


def _middle_ms(step: PlannedStep) -> int:
    return step.start_ms + step.length_ms // 2


def _presses(step: PlannedStep) -> bool:
    """Return whether the hands do something that one may want more or less of."""
    written = step.part.step
    return step.part.kind in ("massage", "close") and not written.wait and written.technique != "rest"


@dataclass(frozen=True, slots=True)
class _Wish:
    """A sentence that would help, and where; lengths of the sentence not counted."""

    text: str
    kind: Kind
    earliest_ms: int
    best_ms: int
    latest_ms: int
    """Of its first millisecond."""
    after_ms: int = BETWEEN_SENTENCES_MS
    """Silence to keep after it."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What a step has to know of the session around it."""

    after: PlannedStep | None
    asks: bool
    """Whether the receiver is asked about the pressure."""
    time_left: Mapping[int, int]
    """Moments of the session at which so many whole minutes are left."""


def _step_lines(step: PlannedStep, around: _Around, terms: Terms) -> tuple[Line, ...]:
    lines = list(_in_a_row(step.talk, AFTER_CHIME_MS, "instruction", terms.measure))
    # What lies before and after belongs to other steps.
    taken = [(-LONGEST_MS, step.talk_ms), (step.length_ms - BETWEEN_SENTENCES_MS, LONGEST_MS)]
    taken += [(bell - 300, bell + 500) for bell in _bells(step)]
    wishes = [] if terms.options.detail == "bells" else _wishes(step, around, terms)
    for wish in [*wishes, *_time_left(step, around, terms)]:
        length_ms = terms.measure(wish.text)
        at_ms = _free_place(wish, length_ms, taken)
        if at_ms is not None:
            lines.append(Line(at_ms=at_ms, length_ms=length_ms, text=wish.text, kind=wish.kind))
            taken.append((at_ms - BETWEEN_SENTENCES_MS, at_ms + length_ms + wish.after_ms))
    return tuple(sorted(lines, key=lambda line: line.at_ms))


def _bells(step: PlannedStep) -> Iterator[int]:
    """Yield where a repeat begins or a hold ends, from the beginning of the step."""
    for start_ms in step.repeat_starts_ms:
        yield start_ms - step.start_ms
        if step.hold_ms is not None:
            yield start_ms - step.start_ms + step.hold_ms


def _wishes(step: PlannedStep, around: _Around, terms: Terms) -> Iterator[_Wish]:
    """Yield what would help, most important first."""
    phrases, starts = terms.phrases, [start - step.start_ms for start in step.repeat_starts_ms]
    if len(starts) > 1:
        yield _after_bell(phrases.last, "last", starts[-1])
    if step.length_ms >= PREVIEW_FROM_MS:
        text = _preview(around.after, phrases)
        end_ms = step.length_ms - terms.measure(text)
        earliest_ms = max(end_ms - 10_000, starts[-1] if starts else 0)
        yield _Wish(text, "preview", earliest_ms, max(earliest_ms, end_ms - 7_000), end_ms - 5_000)
    if around.asks:
        text = terms.phrases.check_in[terms.options.pressure or "medium"]
        latest_ms = (starts[-1] if starts else step.length_ms - 10_000) - terms.measure(text) - ANSWER_MS
        best_ms = min((step.talk_ms + step.length_ms) // 2, latest_ms)
        yield _Wish(text, "check-in", step.talk_ms, best_ms, latest_ms, ANSWER_MS)
    if len(starts) >= COUNT_DOWN_FROM and (step.each_ms or 0) >= COUNT_DOWN_EACH_MS:
        yield _after_bell(phrases.two_more, "two more", starts[-2])


def _time_left(step: PlannedStep, around: _Around, terms: Terms) -> Iterator[_Wish]:
    for moment_ms, minutes in around.time_left.items():
        if step.start_ms <= moment_ms < step.end_ms:
            best_ms = moment_ms - step.start_ms
            text = terms.phrases.time_left.of(minutes)
            yield _Wish(text, "time left", best_ms - TIME_LEFT_WITHIN_MS, best_ms, best_ms + TIME_LEFT_WITHIN_MS)


def _after_bell(text: str, kind: Kind, bell_ms: int) -> _Wish:
    return _Wish(text, kind, bell_ms + AFTER_CHIME_MS, bell_ms + AFTER_CHIME_MS, bell_ms + 2_000)


def _time_left_moments(plan: Plan, every_ms: int | None) -> dict[int, int]:
    if every_ms is None:
        return {}
    lefts = range(every_ms, plan.closing_ms, every_ms)
    return {plan.length_ms - left_ms: left_ms // MINUTE_MS for left_ms in lefts}


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
