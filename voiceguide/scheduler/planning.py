"""Fits a routine to one session."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from voiceguide.errors import BudgetError
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.glossary import Glossary, glossary
from voiceguide.routine.model import Routine, Step
from voiceguide.scheduler import pauses
from voiceguide.scheduler.fit import Bounds, fit
from voiceguide.scheduler.lengths import Timing, bounds_of, timings
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import Phrases
from voiceguide.scheduler.plan import Plan, PlannedStep
from voiceguide.scheduler.selection import Selection, select
from voiceguide.scheduler.wording import instructions, opening, pressure_of, sentences
from voiceguide.units import MINUTE_MS, SECOND_MS


@dataclass(frozen=True, slots=True)
class Terms:
    """What every stage of planning goes by."""

    options: Options
    phrases: Phrases
    """In the language of the routine."""
    measure: Measure
    words: Glossary = field(default_factory=glossary)


def make_plan(routine: Routine, terms: Terms) -> Plan:
    """Fit `routine` to one session.

    Raises:
        BudgetError: The time is too short or too long for it.
        ScheduleError: A section or an area is none of the routine's.
    """
    selection = select(routine, terms.options, terms.words)
    desk = _Desk(routine, selection, terms)
    whole = desk.draw(selection.parts)
    core = desk.draw(_without(selection.parts, _optional(selection.parts)))
    budget_ms = terms.options.budget_ms
    if budget_ms is None:
        budget_ms = _whole_minutes(whole.wish_ms + desk.frame_ms, whole, desk.frame_ms)
    least_ms = core.least_ms + desk.frame_ms
    most_ms = min(whole.most_ms + desk.frame_ms, LONGEST_MS)
    quiet_ms = 0
    if terms.options.stretch and budget_ms > most_ms:
        whole, quiet_ms = _stretched(whole, budget_ms - desk.frame_ms)
        most_ms = LONGEST_MS
    draft = desk.choose(whole, budget_ms - desk.frame_ms - quiet_ms)
    if draft is None or budget_ms > most_ms:
        raise _does_not_fit(routine, budget_ms, least_ms, most_ms)
    chosen = {part.step_index for part in draft.parts}
    return Plan(
        routine=routine,
        length_ms=budget_ms,
        opening=tuple(opening(routine, terms.phrases)),
        steps=tuple(desk.place(draft, budget_ms - desk.frame_ms - quiet_ms)),
        closing=tuple(sentences(terms.phrases.closing)),
        quiet_ms=quiet_ms,
        left_out=tuple(step.title for i, step in _steps(whole.parts).items() if i not in chosen),
        avoided=selection.avoided,
        spared=tuple(dict.fromkeys(part.step.title for part in draft.parts if part.spare)),
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


class _Desk:
    """Draws up drafts of one session."""

    def __init__(self, routine: Routine, selection: Selection, terms: Terms) -> None:
        self.routine = routine
        self.selection = selection
        self.terms = terms
        first, last = opening(routine, terms.phrases), sentences(terms.phrases.closing)
        self.opening_ms = pauses.opening_ms(first, terms.measure)
        self.frame_ms = self.opening_ms + pauses.closing_ms(last, terms.measure)
        """All that is before the first step and after the last."""

    def draw(self, parts: Sequence[Part]) -> _Draft:
        """Word and measure some parts."""
        terms = self.terms
        talks = instructions(parts, self.routine.language, terms.phrases, terms.options, terms.words)
        talks_ms = [self._talk_ms(part, talk) for part, talk in zip(parts, talks, strict=True)]
        by_step = _by_step(parts, talks_ms)
        bounds = {index: self._bounds(index, step, by_step[index]) for index, step in _steps(parts).items()}
        return _Draft(list(parts), talks, talks_ms, bounds)

    def choose(self, whole: _Draft, room_ms: int) -> _Draft | None:
        """Leave out optional steps until the rest fits into `room_ms`; bring one back where too little is left."""
        draft, waiting, gone = whole, _optional(whole.parts), set[int]()
        while draft.least_ms > room_ms:
            if not waiting:
                return None
            over_ms = draft.least_ms - room_ms
            while waiting and over_ms > 0:
                over_ms -= draft.bounds[waiting[0]].least_ms
                gone.add(waiting.pop(0))
            draft = self.draw(_without(whole.parts, gone))
        if draft.most_ms >= room_ms or not gone:
            return draft
        with_one_back = (self.draw(_without(whole.parts, gone - {index})) for index in sorted(gone))
        return next((each for each in with_one_back if each.least_ms <= room_ms <= each.most_ms), None)

    def place(self, draft: _Draft, room_ms: int) -> Iterator[PlannedStep]:
        """Give every part its length and its place."""
        lengths = dict(zip(draft.bounds, fit(list(draft.bounds.values()), room_ms), strict=True))
        steps, talks_ms = _steps(draft.parts), _by_step(draft.parts, draft.talks_ms)
        spent = {index: timings(steps[index], talks_ms[index], length) for index, length in lengths.items()}
        at_ms = self.opening_ms
        for number, (part, talk, talk_ms) in enumerate(zip(draft.parts, draft.talks, draft.talks_ms, strict=True), 1):
            timing = spent[part.step_index].pop(0)
            yield PlannedStep(
                part=part,
                number=number,
                start_ms=at_ms,
                length_ms=timing.length_ms,
                talk=(*talk, *self._count(timing)),
                talk_ms=talk_ms,
                repeats=timing.repeats,
                each_ms=timing.each_ms,
                hold_ms=timing.each_ms - pauses.MOVE_ON_MS if timing.each_ms and part.step.hold else None,
                pressure=pressure_of(part.step, self.terms.options.pressure, self.terms.words),
                waits=part.step.wait and self.terms.options.keys,
                pace_ms=self._pace_ms(part, timing.length_ms - talk_ms),
            )
            at_ms += timing.length_ms

    def _talk_ms(self, part: Part, talk: Sequence[str]) -> int:
        """Return the time from chime to first stroke, whatever the number of repeats will be."""
        measure, phrases = self.terms.measure, self.terms.phrases
        spoken_ms = pauses.talk_ms(talk, measure)
        if part.step.repeat is None or self.terms.options.detail == "bells":
            return spoken_ms
        counts = range(part.step.repeat.min, part.step.repeat.max + 1)
        return spoken_ms + pauses.BETWEEN_SENTENCES_MS + max(measure(phrases.times.of(count)) for count in counts)

    def _bounds(self, index: int, step: Step, talks_ms: Sequence[int]) -> Bounds:
        bounds = bounds_of(step, talks_ms)
        return replace(bounds, wish_ms=bounds.most_ms) if index in self.selection.focused else bounds

    def _count(self, timing: Timing) -> list[str]:
        if timing.repeats is None or self.terms.options.detail == "bells":
            return []
        return [self.terms.phrases.times.of(timing.repeats)]

    def _pace_ms(self, part: Part, hands_ms: int) -> int | None:
        """Return the time of one stroke, a whole number of which fills the hands' time."""
        stroke = self.terms.words.strokes.get(part.step.technique or "")
        if not self.terms.options.pace or part.step.time is None or not stroke or not stroke.pace_s:
            return None
        if stroke.pace_s < pauses.QUICKEST_PULSE_S:
            return None
        return hands_ms // max(1, round(hands_ms / (stroke.pace_s * SECOND_MS)))


def _whole_minutes(wish_ms: int, whole: _Draft, frame_ms: int) -> int:
    """Return the wish in whole minutes, or as near as the routine can be."""
    rounded_ms = round(wish_ms / MINUTE_MS) * MINUTE_MS
    return min(max(rounded_ms, whole.least_ms + frame_ms), whole.most_ms + frame_ms, LONGEST_MS)


def _stretched(whole: _Draft, room_ms: int) -> tuple[_Draft, int]:
    """Let the open steps fill `room_ms`; without any, return how long the quiet ending is."""
    open_steps = [index for index, step in _steps(whole.parts).items() if step.open]
    over_ms = room_ms - whole.most_ms
    if not open_steps:
        return whole, over_ms
    longer = {i: replace(whole.bounds[i], most_ms=whole.bounds[i].most_ms + over_ms) for i in open_steps}
    return replace(whole, bounds={**whole.bounds, **longer}), 0


def _by_step(parts: Iterable[Part], talks_ms: Iterable[int]) -> dict[int, list[int]]:
    by_step: dict[int, list[int]] = defaultdict(list)
    for part, talk_ms in zip(parts, talks_ms, strict=True):
        by_step[part.step_index].append(talk_ms)
    return by_step


def _steps(parts: Iterable[Part]) -> dict[int, Step]:
    return {part.step_index: part.step for part in parts}


def _optional(parts: Iterable[Part]) -> list[int]:
    """Return the steps that may go, in the order in which they go: lowest priority first, then the last first.

    One step always stays.
    """
    steps = _steps(parts)
    optional = [index for index, step in reversed(steps.items()) if step.optional]
    return sorted(optional, key=lambda index: steps[index].priority)[: len(steps) - 1]


def _without(parts: Iterable[Part], gone: Iterable[int]) -> list[Part]:
    left_out = frozenset(gone)
    return [part for part in parts if part.step_index not in left_out]


def _does_not_fit(routine: Routine, budget_ms: int, least_ms: int, most_ms: int) -> BudgetError:
    least, most = _minutes_between(least_ms, most_ms)
    asked = f"{budget_ms / MINUTE_MS:g}"
    hint = f"it needs {least} minutes at least: ask for {least} to {most}"
    if budget_ms > most_ms:
        hint = f"it fills {most} minutes at most: ask for {least} to {most}, or more with --stretch"
    message = f"'{routine.title}' cannot be done in {asked} minutes"
    return BudgetError(message, hint=hint, least_ms=least_ms, most_ms=most_ms)


def _minutes_between(least_ms: int, most_ms: int) -> tuple[str, str]:
    """Return the least and the most minutes that fit: whole ones, or finer where no whole one does."""
    for step_ms in (MINUTE_MS, MINUTE_MS // 10, MINUTE_MS // 100):
        least, most = -(-least_ms // step_ms), most_ms // step_ms
        if least <= most:
            break
    return f"{least * step_ms / MINUTE_MS:g}", f"{most * step_ms / MINUTE_MS:g}"
