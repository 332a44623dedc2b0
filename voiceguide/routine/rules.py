"""What must hold between the keys of a step, a section and a routine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from voiceguide.errors import near
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.glossary import glossary
from voiceguide.routine.model import MOST_CHARACTERS, MOST_STEPS, Routine, Section, Step
from voiceguide.units import SECOND_MS


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that the values break, although each alone is fine."""

    key: str
    """The key to point at; the whole is pointed at when it is not there."""
    message: str
    hint: str


def broken_rules(value: object) -> Iterator[BrokenRule]:
    """Yield every rule that a step, a section or a routine breaks."""
    rules: Callable[[Any], Iterator[BrokenRule]] | None = _RULES.get(type(value))
    if rules:
        yield from rules(value)


def _step(step: Step) -> Iterator[BrokenRule]:
    if step.time is None and step.repeat is None:
        yield BrokenRule(
            "title", "this step has no length", 'add "time: 1-2 min", or "repeat: 3 times" with "each: 10 s"'
        )
    if step.time is not None and step.repeat is not None:
        yield BrokenRule("repeat", "this step has both 'time' and 'repeat'", "keep one of the two")
    if step.repeat is None:
        for key in ("each", "hold"):
            if getattr(step, key) is not None:
                yield BrokenRule(key, f"this step has '{key}' without 'repeat'", 'add "repeat: 3 times"')
    elif step.each is None and step.hold is None:
        yield BrokenRule("repeat", "this step has 'repeat' without 'each' or 'hold'", 'add "each: 15-20 s"')
    elif step.each is not None and step.hold is not None:
        yield BrokenRule("hold", "this step has both 'each' and 'hold'", "keep one of the two")
    for key in ("each", "hold"):
        amount = getattr(step, key)
        if amount is not None and amount.min_ms < SECOND_MS:
            yield BrokenRule(key, f"'{key}' is shorter than a second", 'write "1 s" or more')
    yield from _sides(step)
    yield from _sayable(step)
    yield from _known_words(step)


def _sayable(step: Step) -> Iterator[BrokenRule]:
    for key in ("title", "say", "brief", "caution"):
        text = getattr(step, key)
        if text and not any(sign.isalnum() for sign in text):
            yield BrokenRule(key, f"'{key}' is \"{text}\", in which there is nothing to say", "write it in words")


def _known_words(step: Step) -> Iterator[BrokenRule]:
    words = glossary()
    if step.technique is not None and step.technique not in words.strokes:
        message = f"'technique' is \"{step.technique}\", which is no stroke of the glossary"
        yield BrokenRule("technique", message, near(step.technique, words.strokes))
    for key, area in [("area", step.area), *(("touches", area) for area in step.touches)]:
        if area is not None and area not in words.areas:
            message = f"'{key}' is \"{area}\", which is no part of the body in the glossary"
            yield BrokenRule(key, message, near(area, words.areas))


def _sides(value: Step | Section) -> Iterator[BrokenRule]:
    if len(set(value.sides)) < len(value.sides):
        yield BrokenRule("sides", "'sides' names a side twice", 'write "left, right"')


def _section(section: Section) -> Iterator[BrokenRule]:
    yield from _sides(section)
    if section.sides and any(step.sides for step in section.steps):
        yield BrokenRule("sides", "the section has 'sides', and a step in it too", "keep the sides in one place")


def _routine(routine: Routine) -> Iterator[BrokenRule]:
    count = sum(len(section.steps) for section in routine.sections)
    if count > MOST_STEPS:
        yield BrokenRule("sections", f"the routine has {count} steps", f"{MOST_STEPS} at most: make two of it")
    characters = sum(len(text) for section in routine.sections for step in section.steps for text in _spoken(step))
    if characters > MOST_CHARACTERS:
        message = f"the routine has {characters} characters to say"
        yield BrokenRule("sections", message, f"{MOST_CHARACTERS} at most: say it shorter, or make two of it")
    if sum(least_ms(step) for section in routine.sections for step in section.steps) > LONGEST_MS:
        yield BrokenRule("sections", "the routine needs more than 12 hours", "write shorter times, or make two of it")


def _spoken(step: Step) -> Iterator[str]:
    yield from (text for text in (step.title, step.say, step.brief, step.caution) if text)


def least_ms(step: Step) -> int:
    """Return the least time that the step's hands take on one side, in milliseconds, speech not counted."""
    if step.time is not None:
        return step.time.min_ms
    one = step.each or step.hold
    return step.repeat.min * one.min_ms if step.repeat and one else 0


_RULES: Final[dict[type, Callable[[Any], Iterator[BrokenRule]]]] = {Step: _step, Section: _section, Routine: _routine}
