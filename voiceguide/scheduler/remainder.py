"""What is left of a running session: the step that is being done and those to come, and how long they get.

Time that is over goes to all of them, in proportion to their room. Where time is short those to come give first, then
optional ones go, and at last the step that is being done gets shorter. What somebody asked to be longer never gets
shorter than was granted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.model import Step
from voiceguide.scheduler.fit import Bounds, fit
from voiceguide.scheduler.lengths import Timing, bounds_of, timings
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.pauses import BETWEEN_SENTENCES_MS, MOVE_ON_MS, USEFUL_MS, talk_ms
from voiceguide.scheduler.plan import PlannedStep
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.selection import select
from voiceguide.scheduler.timeline import Cue, Role
from voiceguide.scheduler.wording import instructions

Asked = Mapping[Part, Bounds]
"""How long the steps may be which somebody made longer or shorter; the others are as the routine has them."""


class Remainder:
    """The steps of a session, of which some are done.

    Args:
        made: The session.
        terms: What it was planned by.
        from_ms: What begins before stays; not after the last step.
        asked: What was asked for before.
    """

    def __init__(self, made: Schedule, terms: Terms, from_ms: int, asked: Asked) -> None:
        self.asked = dict(asked)
        """What was asked for by now."""
        self.quiet_ms = made.plan.quiet_ms
        """How long the music plays on after the end bell."""
        self._plan, self._terms, self._from_ms = made.plan, terms, from_ms
        begun = sum(step.start_ms < from_ms for step in made.plan.steps)
        self._begun = list(made.plan.steps[:begun])
        """The last of them is being done; in the opening there is none."""
        self._coming = list(made.plan.steps[begun:])
        self._past = [cue for cue in made.timeline.cues if cue.at_ms < from_ms]
        self._said_ms = max(map(free_from_ms, self._past), default=0)
        self._focused = select(made.plan.routine, terms.options, terms.words).focused

    def steps(self) -> list[PlannedStep]:
        """Return all steps of the session, one after the other."""
        steps: list[PlannedStep] = []
        at_ms = self._plan.steps[0].start_ms
        for step in [*self._begun, *self._coming]:
            steps.append(replace(step, number=len(steps) + 1, start_ms=at_ms))
            at_ms += step.length_ms
        return steps

    def resize(self, part: Part, by_ms: int) -> None:
        """Make a step longer, or shorter as far as that can be; what is done or gone stays so."""
        step = next((step for step in self._left() if step.part == part), None)
        if step is None or not by_ms:
            return
        steps_ms = sum(each.length_ms for each in [*self._begun, *self._coming])
        spare_ms = LONGEST_MS - self._frame_ms() - steps_ms - self.quiet_ms
        length_ms = max(self._floor_ms(step), step.length_ms + min(by_ms, spare_ms))
        limits = self._limits([step])
        self.asked[part] = (
            Bounds(length_ms, length_ms, max(length_ms, limits.most_ms))
            if by_ms > 0
            else Bounds(min(length_ms, limits.least_ms), length_ms, length_ms)
        )
        self._put([self._at_pace(step, length_ms)])

    def fit(self, end_ms: int) -> list[str]:
        """Let the session end at `end_ms`, or as near to it as can be; return what had to go."""
        room_ms = end_ms - self._frame_ms() - sum(step.length_ms for step in self._begun[:-1])
        gone = self._drop(room_ms)
        groups = self._groups()
        bounds = [self._limits(steps) for steps in groups]
        if self._begun:
            bounds[0] = self._giving_last(self._begun[-1], bounds, room_ms)
        if self._terms.options.stretch:
            bounds = self._stretched(groups, bounds, room_ms)
            self.quiet_ms = max(0, room_ms - sum(each.most_ms for each in bounds))
        for steps, length_ms in zip(groups, _filled(bounds, room_ms), strict=True):
            self._put(self._spent(steps, length_ms))
        return gone

    def _stretched(
        self, groups: Sequence[Sequence[PlannedStep]], bounds: Sequence[Bounds], room_ms: int
    ) -> list[Bounds]:
        """Let the open steps take what is over, but those for which somebody asked for a length."""
        over_ms = max(0, room_ms - sum(each.most_ms for each in bounds))
        takes = [steps[0].part.step.open and steps[0].part not in self.asked for steps in groups]
        return [
            replace(each, most_ms=each.most_ms + over_ms) if taker else each
            for each, taker in zip(bounds, takes, strict=True)
        ]

    def _left(self) -> list[PlannedStep]:
        return [*self._begun[-1:], *self._coming]

    def _put(self, steps: Iterable[PlannedStep]) -> None:
        """Let some steps take the place of what they were."""
        new = {step.part: step for step in steps}
        self._begun = [new.get(step.part, step) for step in self._begun]
        self._coming = [new.get(step.part, step) for step in self._coming]

    def _groups(self) -> list[list[PlannedStep]]:
        """Return what is left, those together that get the same: the sides to come of a step.

        What is being done stands for itself, and comes first; what was asked for stands for itself too.
        """
        alone = [step for step in self._left() if self._stands_alone(step)]
        shared = _by_step(step for step in self._coming if not self._stands_alone(step))
        return [*([step] for step in alone), *shared.values()]

    def _stands_alone(self, step: PlannedStep) -> bool:
        return self._is_begun(step) or step.part in self.asked

    def _is_begun(self, step: PlannedStep) -> bool:
        return step.start_ms < self._from_ms

    def _giving_last(self, step: PlannedStep, bounds: Sequence[Bounds], room_ms: int) -> Bounds:
        """Return how long `step` may be, the first of all: no shorter than it is, until nobody else can give more."""
        if _filled(bounds, room_ms)[0] >= step.length_ms:
            return bounds[0]
        others_ms = sum(each.least_ms for each in bounds[1:])
        least_ms = max(self._floor_ms(step), bounds[0].least_ms)
        length_ms = min(step.length_ms, max(least_ms, room_ms - others_ms))
        return Bounds(length_ms, length_ms, length_ms)

    def _limits(self, steps: Sequence[PlannedStep]) -> Bounds:
        """Return how long the parts of a step may be together: as was asked for, or else as the routine has it."""
        return self.asked.get(steps[0].part) or self._bounds(steps)

    def _bounds(self, steps: Sequence[PlannedStep]) -> Bounds:
        """Return how long the routine has it; what a plan once gave, the parts may keep."""
        part, talks_ms = steps[0].part, [step.talk_ms for step in steps]
        if part.step.time is not None:
            # All sides get the same, so that the one with the most words tells the least for all.
            sides = (step for step in [*self._begun, *self._coming] if step.part.step_index == part.step_index)
            talks_ms = [max(step.talk_ms for step in sides)] * len(steps)
        bounds = bounds_of(part.step, talks_ms)
        most_ms = max(bounds.most_ms, sum(step.length_ms for step in steps))
        return replace(bounds, wish_ms=most_ms if part.step_index in self._focused else bounds.wish_ms, most_ms=most_ms)

    def _floor_ms(self, step: PlannedStep) -> int:
        """Return how short a step may get at all: up to now, and to the end of what is being said."""
        floor_ms = step.talk_ms + USEFUL_MS
        if self._is_begun(step):
            floor_ms = max(floor_ms, max(self._from_ms, self._said_ms) - step.start_ms)
        return min(step.length_ms, floor_ms)

    def _spent(self, steps: Sequence[PlannedStep], length_ms: int) -> Iterator[PlannedStep]:
        """Yield the parts of a step with `length_ms` spent on them."""
        if self._stands_alone(steps[0]):
            yield self._at_pace(steps[0], length_ms)
            return
        spent = timings(steps[0].part.step, [step.talk_ms for step in steps], length_ms)
        for step, timing in zip(steps, spent, strict=True):
            yield _timed(step, timing, self._terms)

    def _at_pace(self, step: PlannedStep, length_ms: int) -> PlannedStep:
        """Return a step with another length; its repeats go on at their pace, more or fewer of them."""
        written = step.part.step
        if step.repeats is None or written.repeat is None or not step.each_ms:
            return replace(step, length_ms=length_ms)
        begun = sum(start_ms < self._from_ms for start_ms in step.repeat_starts_ms)
        repeats = (length_ms - step.talk_ms) // step.each_ms
        grows = written.open and self._terms.options.stretch
        if step.part not in self.asked and not grows:
            repeats = min(repeats, max(step.repeats, written.repeat.max))
        repeats = max(1, begun, repeats)
        told = any(step.start_ms <= cue.at_ms and cue.name == step.talk[-1] for cue in self._past)
        talk = step.talk if told else _counted(step, repeats, self._terms)
        return replace(step, length_ms=length_ms, repeats=repeats, talk=talk)

    def _drop(self, room_ms: int) -> list[str]:
        """Leave out steps to come, lowest priority first, then the last first, until the others have room."""
        gone: list[str] = []
        while self._at_least_ms() > room_ms and (optional := self._optional()):
            index = min(optional, key=lambda index: (optional[index].priority, -index))
            gone.append(optional[index].title)
            self._leave_out(index)
        return gone

    def _at_least_ms(self) -> int:
        """Return how long all that is left lasts when all to come is as short as it may be."""
        coming_ms = sum(self._limits(steps).least_ms for steps in self._groups()[len(self._begun[-1:]) :])
        return coming_ms + sum(step.length_ms for step in self._begun[-1:])

    def _optional(self) -> Mapping[int, Step]:
        """Return the steps that may go, of which nothing is done or asked yet; one step always stays."""
        begun = {step.part.step_index for step in self._begun} | {part.step_index for part in self.asked}
        coming = {step.part.step_index: step.part.step for step in self._coming}
        if not self._begun and len(coming) == 1:
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

    def _frame_ms(self) -> int:
        """Return how long the opening and the closing are, to where the bell has rung out."""
        plan = self._plan
        return plan.length_ms - plan.quiet_ms - plan.closing_ms + plan.steps[0].start_ms


def _filled(bounds: Sequence[Bounds], room_ms: int) -> list[int]:
    """Return lengths that fill `room_ms`, or come as near to it as they may."""
    least_ms, most_ms = sum(each.least_ms for each in bounds), sum(each.most_ms for each in bounds)
    return fit(bounds, min(max(room_ms, least_ms), most_ms))


def _counted(step: PlannedStep, repeats: int | None, terms: Terms) -> tuple[str, ...]:
    """Return the instruction of a step with another number of repeats in it."""
    if repeats is None or terms.options.detail == "bells":
        return step.talk
    return (*step.talk[:-1], terms.phrases.times.of(repeats))


def _timed(step: PlannedStep, timing: Timing, terms: Terms) -> PlannedStep:
    hands_ms = timing.length_ms - step.talk_ms
    return replace(
        step,
        length_ms=timing.length_ms,
        talk=_counted(step, timing.repeats, terms),
        repeats=timing.repeats,
        each_ms=timing.each_ms,
        hold_ms=timing.each_ms - MOVE_ON_MS if timing.each_ms and step.hold_ms is not None else None,
        pace_ms=hands_ms // max(1, round(hands_ms / step.pace_ms)) if step.pace_ms else None,
    )


def _by_step(steps: Iterable[PlannedStep]) -> dict[int, list[PlannedStep]]:
    by_step: dict[int, list[PlannedStep]] = defaultdict(list)
    for step in steps:
        by_step[step.part.step_index].append(step)
    return by_step


def free_from_ms(cue: Cue) -> int:
    """Return from when on another sentence may be said."""
    return cue.end_ms + BETWEEN_SENTENCES_MS if cue.role is Role.SPEECH else cue.at_ms
