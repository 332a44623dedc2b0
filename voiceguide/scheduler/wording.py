"""What the voice says at the start of each part, as single sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from voiceguide.routine.glossary import Glossary
from voiceguide.routine.model import Pressure, Routine, Step
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.phrases import Phrases

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=\S)")
_FIRMNESS: Final[tuple[Pressure, ...]] = ("light", "medium", "firm")


def sentences(text: str) -> list[str]:
    """Split a text where one would take a breath."""
    return [part for part in _SENTENCE_END.split(text.strip()) if any(sign.isalnum() for sign in part)]


def opening(routine: Routine, phrases: Phrases) -> list[str]:
    """Return the first words of the session; they do not depend on its length, and so neither does their own."""
    return sentences(phrases.welcome.format(title=routine.title.rstrip(".")))


def pressure_of(step: Step, wanted: Pressure | None, words: Glossary) -> Pressure | None:
    """Return how firm a step is done: as written, but never firmer than wanted, and firm where firm is wanted.

    What is written as light stays light, and what the glossary calls gentle is never done more firmly: it is so for
    a reason.
    """
    if step.pressure is None or wanted is None or step.pressure == "light":
        return step.pressure
    if wanted == "firm":
        return step.pressure if _is_gentle(step, words) else "firm"
    return min(step.pressure, wanted, key=_FIRMNESS.index)


def _is_gentle(step: Step, words: Glossary) -> bool:
    stroke, area = words.strokes.get(step.technique or ""), words.areas.get(step.area or "")
    return bool((stroke and stroke.gentle) or (area and area.gentle))


def instructions(
    parts: Sequence[Part], language: str, phrases: Phrases, options: Options, words: Glossary
) -> list[list[str]]:
    """Return the sentences that open each part, the number of repeats not counted.

    Full words are said once: a step that comes again, on the other side or later, is called by its short name. A
    caution is said the first time only, and so is what a stroke's name means.
    """
    voice = _Voice(language, phrases, options, words)
    return [list(voice.instruction(part)) for part in parts]


@dataclass
class _Voice:
    """What was said so far, so that it is not said again."""

    language: str
    phrases: Phrases
    options: Options
    words: Glossary
    said: set[str] = field(default_factory=set)

    def instruction(self, part: Part) -> Iterator[str]:
        step, phrases = part.step, self.phrases
        if part.side and part.turn:
            phrase = phrases.first_side if part.turn == "first" else phrases.next_side
            yield phrase.format(side=phrases.sides[part.side])
        yield from (phrases.spare.format(area=self.words.called(area, self.language)) for area in part.spare)
        if self.options.detail == "bells":
            yield _as_sentence(step.title)
        else:
            short = part.again or step.say in self.said or self.options.detail == "brief"
            yield from sentences((step.brief or _as_sentence(step.title)) if short else step.say)
            yield from self._explained(step)
            yield from self._pressure(step)
            if step.caution and self._first(step.caution):
                yield from sentences(step.caution)
        if step.wait and self.options.keys:
            yield phrases.ready
        self.said.add(step.say)

    def _explained(self, step: Step) -> Iterator[str]:
        stroke = self.words.strokes.get(step.technique or "")
        explained = stroke and stroke.explain.get(self.language.split("-", maxsplit=1)[0])
        if explained and self.options.detail == "full" and self._first(explained):
            yield from sentences(explained)

    def _pressure(self, step: Step) -> Iterator[str]:
        pressure = pressure_of(step, self.options.pressure, self.words)
        if pressure and pressure != step.pressure:
            yield self.phrases.pressure[pressure]

    def _first(self, text: str) -> bool:
        new = text not in self.said
        self.said.add(text)
        return new


def _as_sentence(title: str) -> str:
    return title if title.endswith((".", "!", "?")) else f"{title}."
