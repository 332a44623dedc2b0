"""Fits a routine to one session."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voiceguide.errors import ScheduleError
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.model import Routine, Step
from voiceguide.scheduler import pauses
from voiceguide.scheduler.fit import Bounds, fit
from voiceguide.scheduler.lengths import Timing, bounds_of, timings
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.parts import Part, lay_out
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import Phrases
from voiceguide.scheduler.plan import Plan, PlannedStep
from voiceguide.scheduler.wording import instructions, opening, sentences
from voiceguide.units import MINUTE_MS


@dataclass(frozen=True, slots=True)
class Terms:
    """What every stage of planning goes by."""

    options: Options
    phrases: Phrases
    """In the language of the routine."""
    measure: Measure


def make_plan(routine: Routine, terms: Terms) -> Plan:
    """Fit `routine` to one session.

    Raises:
        ScheduleError: The time is too short or too long for it; the hint says what is possible.
    """
    whole = _draw(lay_out(routine), terms)
    core = _draw(_without(whole.parts, _optional(whole.parts)), terms)
    frame_ms = _frame_ms(routine, terms)
    budget_ms = terms.options.budget_ms or _whole_minutes(whole.wish_ms + frame_ms, whole, frame_ms)
    least_ms = core.least_ms + frame_ms
    most_ms = min(whole.most_ms + frame_ms, LONGEST_MS)
    draft = _choose(whole, budget_ms - frame_ms, terms)
    if draft is None or budget_ms > most_ms:
        raise _does_not_fit(routine, budget_ms, least_ms, most_ms)
    chosen = {part.step_index for part in draft.parts}
    return Plan(
        routine=routine,
        length_ms=budget_ms,
        opening=tuple(opening(routine, terms.phrases)),
        steps=tuple(_place(routine, draft, budget_ms, terms)),
        closing=tuple(sentences(terms.phrases.closing)),
        left_out=tuple(step.title for i, step in _steps(whole.parts).items() if i not in chosen),
        least_ms=least_ms,
        most_ms=most_ms,
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """Parts that may be in, worded and measured."""

    parts: list[Part]
    talks: list[list[str]]
    talks_ms: list[int]
    bounds: dict[int, Bounds]
    """By the index of the step, for all its sides together."""

    @property
    def least_ms(self) -> int:
        return sum(each.least_ms for each in self.bounds.values())

    @property
    def wish_ms(self) -> int:
        return sum(each.wish_ms for each in self.bounds.values())

    @property
    def most_ms(self) -> int:
        return sum(each.most_ms for each in self.bounds.values())


def _draw(parts: Sequence[Part], terms: Terms) -> _Draft:
    talks = instructions(parts, terms.phrases, terms.options.detail)
    talks_ms = [_talk_ms(part, talk, terms) for part, talk in zip(parts, talks, strict=True)]
    by_step: dict[int, list[int]] = defaultdict(list)
    for part, talk_ms in zip(parts, talks_ms, strict=True):
        by_step[part.step_index].append(talk_ms)
    bounds = {index: bounds_of(step, by_step[index]) for index, step in _steps(parts).items()}
    return _Draft(list(parts), talks, talks_ms, bounds)


def _talk_ms(part: Part, talk: Sequence[str], terms: Terms) -> int:
    """Return the time from chime to first stroke, whatever the number of repeats will be."""
    spoken = pauses.talk_ms(talk, terms.measure)
    if part.step.repeat is None or terms.options.detail == "bells":
        return spoken
    counts = range(part.step.repeat.min, part.step.repeat.max + 1)
    longest_ms = max(terms.measure(terms.phrases.times.of(count)) for count in counts)
    return spoken + pauses.BETWEEN_SENTENCES_MS + longest_ms


def _frame_ms(routine: Routine, terms: Terms) -> int:
    """Return the length of all that is before the first step and after the last."""
    words = opening(routine, terms.phrases)
    return pauses.opening_ms(words, terms.measure) + pauses.closing_ms(sentences(terms.phrases.closing), terms.measure)


def _whole_minutes(wish_ms: int, whole: _Draft, frame_ms: int) -> int:
    """Return the wish in whole minutes, or as near as the routine can be."""
    rounded_ms = round(wish_ms / MINUTE_MS) * MINUTE_MS
    return min(max(rounded_ms, whole.least_ms + frame_ms), whole.most_ms + frame_ms, LONGEST_MS)


def _choose(whole: _Draft, room_ms: int, terms: Terms) -> _Draft | None:
    """Leave out optional steps until the rest fits into `room_ms`; bring one back where too little is left."""
    draft, waiting, gone = whole, _optional(whole.parts), set[int]()
    while draft.least_ms > room_ms:
        if not waiting:
            return None
        over_ms = draft.least_ms - room_ms
        while waiting and over_ms > 0:
            over_ms -= draft.bounds[waiting[0]].least_ms
            gone.add(waiting.pop(0))
        draft = _draw(_without(whole.parts, gone), terms)
    if draft.most_ms >= room_ms:
        return draft
    with_one_back = (_draw(_without(whole.parts, gone - {index}), terms) for index in sorted(gone))
    return next((each for each in with_one_back if each.least_ms <= room_ms <= each.most_ms), None)


def _place(routine: Routine, draft: _Draft, budget_ms: int, terms: Terms) -> Iterable[PlannedStep]:
    """Give every part its length and its place."""
    bounds = draft.bounds
    room_ms = budget_ms - _frame_ms(routine, terms)
    lengths = dict(zip(bounds, fit(list(bounds.values()), room_ms), strict=True))
    spent = _spend(draft, lengths)
    at_ms = pauses.opening_ms(opening(routine, terms.phrases), terms.measure)
    for number, (part, talk, talk_ms) in enumerate(zip(draft.parts, draft.talks, draft.talks_ms, strict=True), 1):
        timing = spent[part.step_index].pop(0)
        counted = timing.repeats is not None and terms.options.detail != "bells"
        yield PlannedStep(
            part=part,
            number=number,
            start_ms=at_ms,
            length_ms=timing.length_ms,
            talk=(*talk, *([terms.phrases.times.of(timing.repeats or 0)] if counted else [])),
            talk_ms=talk_ms,
            repeats=timing.repeats,
            each_ms=timing.each_ms,
            hold_ms=timing.each_ms - pauses.MOVE_ON_MS if timing.each_ms and part.step.hold else None,
        )
        at_ms += timing.length_ms


def _spend(draft: _Draft, lengths: Mapping[int, int]) -> dict[int, list[Timing]]:
    talks_ms: dict[int, list[int]] = defaultdict(list)
    for part, talk_ms in zip(draft.parts, draft.talks_ms, strict=True):
        talks_ms[part.step_index].append(talk_ms)
    steps = _steps(draft.parts)
    return {index: timings(steps[index], each_ms, lengths[index]) for index, each_ms in talks_ms.items()}


def _steps(parts: Iterable[Part]) -> dict[int, Step]:
    return {part.step_index: part.step for part in parts}


def _optional(parts: Iterable[Part]) -> list[int]:
    """Return the steps that may go, in the order in which they go: the last first. One step always stays."""
    steps = _steps(parts)
    return [index for index, step in reversed(steps.items()) if step.optional][: len(steps) - 1]


def _without(parts: Iterable[Part], gone: Iterable[int]) -> list[Part]:
    left_out = frozenset(gone)
    return [part for part in parts if part.step_index not in left_out]


def _does_not_fit(routine: Routine, budget_ms: int, least_ms: int, most_ms: int) -> ScheduleError:
    least, most = -(-least_ms // MINUTE_MS), most_ms // MINUTE_MS
    asked = f"{budget_ms / MINUTE_MS:g}"
    if budget_ms < least_ms:
        hint = f"it needs {least} minutes at least: ask for {least} to {most}"
    else:
        hint = f"it fills {most} minutes at most: ask for {least} to {most}"
    return ScheduleError(f"'{routine.title}' cannot be done in {asked} minutes", hint=hint)
