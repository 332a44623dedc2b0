"""What the voice says at the start of each part, as single sentences."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from voiceguide.routine.model import Routine
from voiceguide.scheduler.options import Detail
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.phrases import Phrases

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=\S)")


def sentences(text: str) -> list[str]:
    """Split a text where one would take a breath."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part]


def opening(routine: Routine, phrases: Phrases) -> list[str]:
    """Return the first words of the session; they do not depend on its length, and so neither does their own."""
    return sentences(phrases.welcome.format(title=routine.title.rstrip(".")))


def instructions(parts: Sequence[Part], phrases: Phrases, detail: Detail) -> list[list[str]]:
    """Return the sentences that open each part, the number of repeats not counted.

    Full words are said once: a step that comes again, on the other side or later, is called by its short name. A
    caution is said the first time only.
    """
    said: set[str] = set()
    return [_instruction(part, phrases, detail, said) for part in parts]


def _instruction(part: Part, phrases: Phrases, detail: Detail, said: set[str]) -> list[str]:
    step = part.step
    words: list[str] = []
    if part.side and part.turn:
        phrase = phrases.first_side if part.turn == "first" else phrases.next_side
        words.append(phrase.format(side=phrases.sides[part.side]))
    known = part.again or step.say in said
    if detail == "bells":
        return [*words, _as_sentence(step.title)]
    words += sentences((step.brief or _as_sentence(step.title)) if known or detail == "brief" else step.say)
    if step.caution and step.caution not in said:
        words += sentences(step.caution)
    said.update(text for text in (step.say, step.caution) if text)
    return words


def _as_sentence(title: str) -> str:
    return title if title.endswith((".", "!", "?")) else f"{title}."


def all_sentences(groups: Iterable[Sequence[str]]) -> list[str]:
    """Return every sentence once, in the order in which it is first needed."""
    return list(dict.fromkeys(text for group in groups for text in group))
