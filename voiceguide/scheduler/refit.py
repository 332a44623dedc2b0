"""Fits what is left of a session again, while it plays.

What begins before a moment stays as it was, to the millisecond, so that a running session can go over from one to the
other. The steps to come keep to their ranges; where the end has to stay and the time does not suffice, optional steps
go, and at last the step that is being done gets shorter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.model import Step
from voiceguide.scheduler.fit import Bounds, fit
from voiceguide.scheduler.lengths import Timing, bounds_of, timings
from voiceguide.scheduler.narration import narrate
from voiceguide.scheduler.pauses import BETWEEN_SENTENCES_MS, MOVE_ON_MS, USEFUL_MS, talk_ms
from voiceguide.scheduler.plan import PlannedStep
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.selection import select
from voiceguide.scheduler.timeline import Cue, Role, Timeline, build
from voiceguide.scheduler.wording import instructions


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A session fitted again."""

    made: Schedule

    left_out: tuple[str, ...] = ()
    """Titles of the steps that no longer fit."""

    late_ms: int = 0
    """How much later it ends than it has to; negative is sooner."""


def refit(made: Schedule, terms: Terms, *, from_ms: int, longer_ms: int = 0, end_ms: int | None = None) -> Refit:
    """Return a session that is as `made` up to a moment, and fitted again from there.

    Args:
        made: The session so far.
        terms: What it was planned by.
        from_ms: What begins before stays. From the closing on nothing changes any more.
        longer_ms: How much longer the step that lies there gets; negative is shorter. Longer than its range is
            granted; less than its instruction and 10 s for the hands is not.
        end_ms: Where the session has to end; `None` moves the end and leaves the other steps as long as they are.

    Raises:
        SpeechError: A sentence that is new cannot be measured.
    """
    left_out: list[str] = []
    if from_ms <= made.plan.closing_ms:
        rest = _Rest(made, terms, from_ms)
        rest.resize(longer_ms)
        if end_ms is not None:
            left_out = rest.fit(end_ms)
        made = _laid_out(made, rest.steps(), left_out, from_ms, terms)
    late_ms = 0 if end_ms is None else made.plan.length_ms - end_ms
    return Refit(made=made, left_out=tuple(left_out), late_ms=late_ms)


class _Rest:
    """What is left of a session: the step that is being done, and those to come."""

    def __init__(self, made: Schedule, terms: Terms, from_ms: int) -> None:
        self._plan, self._terms, self._from_ms = made.plan, terms, from_ms
        begun = sum(step.start_ms < from_ms for step in made.plan.steps)
        self._begun = list(made.plan.steps[:begun])
        """The last of them is being done; in the opening there is none."""
        self._coming = list(made.plan.steps[begun:])
        self._said_ms = max((_until_ms(cue) for cue in made.timeline.cues if cue.at_ms < from_ms), default=0)
        self._least_ms = self._range_ms() if begun else 0
        """How short the step that is being done may get without anybody asking for it."""

    def steps(self) -> list[PlannedStep]:
        """Return all steps of the session, one after the other."""
        steps: list[PlannedStep] = []
        at_ms = self._plan.steps[0].start_ms
        for step in [*self._begun, *self._coming]:
            steps.append(replace(step, number=len(steps) + 1, start_ms=at_ms))
            at_ms += step.length_ms
        return steps

    def resize(self, by_ms: int) -> None:
        """Make the step that is being done longer, or shorter as far as that can be."""
        if self._begun and by_ms:
            length_ms = self._begun[-1].length_ms + min(by_ms, LONGEST_MS - self._plan.length_ms)
            self._set_length(max(self._floor_ms(), length_ms))
            self._least_ms = self._begun[-1].length_ms

    def fit(self, end_ms: int) -> list[str]:
        """Let the session end at `end_ms`, or as near to it as can be; return what had to go."""
        until_ms = end_ms - (self._plan.length_ms - self._plan.closing_ms)
        gone = self._drop(until_ms)
        if self._begun:
            over_ms = max(0, self._at_least_ms() - until_ms)
            self._set_length(max(self._least_ms, self._begun[-1].length_ms - over_ms))
        if self._coming:
            focused = select(self._plan.routine, self._terms.options, self._terms.words).focused
            self._coming = list(_fitted(self._coming, until_ms - self._coming_at_ms(), focused, self._terms))
        return gone

    def _drop(self, until_ms: int) -> list[str]:
        """Leave out steps to come, lowest priority first, then the last first, until the others have room."""
        gone: list[str] = []
        while self._at_least_ms() > until_ms and (optional := self._optional()):
            index = min(optional, key=lambda index: (optional[index].priority, -index))
            gone.append(optional[index].title)
            self._leave_out(index)
        return gone

    def _optional(self) -> Mapping[int, Step]:
        """Return the steps that may go, of which nothing is done yet; one step always stays."""
        begun = {step.part.step_index for step in self._begun}
        coming = {step.part.step_index: step.part.step for step in self._coming}
        if not begun and len(coming) == 1:
            return {}
        return {index: step for index, step in coming.items() if step.optional and index not in begun}

    def _leave_out(self, gone: int) -> None:
        """Take a step away; what its words would have explained, others may have to."""
        kept = [step for step in self._coming if step.part.step_index != gone]
        before, after = self._words([*self._begun, *self._coming]), self._words([*self._begun, *kept])
        old = {id(step): words for step, words in zip(self._coming, before[len(self._begun) :], strict=True)}
        new = after[len(self._begun) :]
        measure = self._terms.measure
        self._coming = [
            replace(
                step,
                talk=(*words, *step.talk[len(old[id(step)]) :]),
                talk_ms=step.talk_ms + talk_ms(words, measure) - talk_ms(old[id(step)], measure),
            )
            for step, words in zip(kept, new, strict=True)
        ]

    def _words(self, steps: Sequence[PlannedStep]) -> list[list[str]]:
        """Return the instructions of some steps, the number of repeats not counted."""
        terms = self._terms
        parts = [step.part for step in steps]
        return instructions(parts, self._plan.routine.language, terms.phrases, terms.options, terms.words)

    def _coming_at_ms(self) -> int:
        return self._begun[-1].end_ms if self._begun else self._plan.steps[0].start_ms

    def _at_least_ms(self) -> int:
        """Return where the last step ends when all to come are as short as they may be."""
        return self._coming_at_ms() + sum(_bounds(steps).least_ms for steps in _by_step(self._coming).values())

    def _floor_ms(self) -> int:
        """Return how short the step that is being done may get: up to now, and to the end of what is being said."""
        step = self._begun[-1]
        now_ms = max(self._from_ms, self._said_ms) - step.start_ms
        return min(step.length_ms, max(step.talk_ms + USEFUL_MS, now_ms))

    def _range_ms(self) -> int:
        step = self._begun[-1]
        return min(step.length_ms, max(self._floor_ms(), _bounds([step]).least_ms))

    def _set_length(self, length_ms: int) -> None:
        """Give the step that is being done another length; its repeats go on at their pace, more or fewer of them."""
        step = self._begun[-1]
        repeats = step.repeats
        if repeats is not None and step.each_ms is not None:
            begun = sum(start_ms < self._from_ms for start_ms in step.repeat_starts_ms)
            repeats = max(1, begun, repeats + (length_ms - step.length_ms) // step.each_ms)
        self._begun[-1] = replace(step, length_ms=length_ms, repeats=repeats)


def _fitted(
    steps: Sequence[PlannedStep], room_ms: int, focused: Collection[int], terms: Terms
) -> Iterator[PlannedStep]:
    """Yield steps to come with lengths that fill `room_ms`, or come as near to it as their ranges allow."""
    by_step = _by_step(steps)
    bounds = [_bounds(each, to_most=index in focused) for index, each in by_step.items()]
    least_ms, most_ms = sum(each.least_ms for each in bounds), sum(each.most_ms for each in bounds)
    lengths = fit(bounds, min(max(room_ms, least_ms), most_ms))
    spent = {
        index: timings(each[0].part.step, [step.talk_ms for step in each], length_ms)
        for (index, each), length_ms in zip(by_step.items(), lengths, strict=True)
    }
    for step in steps:
        yield _timed(step, spent[step.part.step_index].pop(0), terms)


def _timed(step: PlannedStep, timing: Timing, terms: Terms) -> PlannedStep:
    counted = step.repeats is not None and terms.options.detail != "bells"
    count = () if timing.repeats is None else (terms.phrases.times.of(timing.repeats),)
    hands_ms = timing.length_ms - step.talk_ms
    return replace(
        step,
        length_ms=timing.length_ms,
        talk=(*step.talk[:-1], *count) if counted else step.talk,
        repeats=timing.repeats,
        each_ms=timing.each_ms,
        hold_ms=timing.each_ms - MOVE_ON_MS if timing.each_ms and step.hold_ms is not None else None,
        pace_ms=hands_ms // max(1, round(hands_ms / step.pace_ms)) if step.pace_ms else None,
    )


def _bounds(steps: Sequence[PlannedStep], *, to_most: bool = False) -> Bounds:
    """Return how long a step may be on all its sides; what a plan once gave it, it may keep."""
    bounds = bounds_of(steps[0].part.step, [step.talk_ms for step in steps])
    most_ms = max(bounds.most_ms, sum(step.length_ms for step in steps))
    return replace(bounds, wish_ms=most_ms if to_most else bounds.wish_ms, most_ms=most_ms)


def _by_step(steps: Sequence[PlannedStep]) -> dict[int, list[PlannedStep]]:
    by_step: dict[int, list[PlannedStep]] = defaultdict(list)
    for step in steps:
        by_step[step.part.step_index].append(step)
    return by_step


def _laid_out(
    made: Schedule, steps: Sequence[PlannedStep], left_out: Sequence[str], from_ms: int, terms: Terms
) -> Schedule:
    """Return a session of other steps, which is as `made` up to `from_ms`."""
    frame_ms = made.plan.length_ms - made.plan.closing_ms
    plan = replace(
        made.plan,
        length_ms=steps[-1].end_ms + frame_ms,
        steps=tuple(steps),
        left_out=(*made.plan.left_out, *left_out),
    )
    script = narrate(plan, terms)
    fresh = build(plan, script, terms.phrases)
    cues = _joined(made.timeline.cues, fresh.cues, from_ms)
    return Schedule(plan, script, Timeline(length_ms=fresh.length_ms, cues=cues, chapters=fresh.chapters))


def _joined(old: Sequence[Cue], new: Sequence[Cue], from_ms: int) -> tuple[Cue, ...]:
    """Return what begins before a moment of one session and the rest of another, without sentences that collide."""
    kept = [cue for cue in old if cue.at_ms < from_ms]
    said_ms = max(map(_until_ms, kept), default=0)
    return (*kept, *(c for c in new if c.at_ms >= from_ms and (c.role is Role.CHIME or c.at_ms >= said_ms)))


def _until_ms(cue: Cue) -> int:
    """Return from when on another sentence may be said."""
    return cue.end_ms + BETWEEN_SENTENCES_MS if cue.role is Role.SPEECH else cue.at_ms
