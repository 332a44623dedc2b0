"""Words of the body and of the hands, where they plainly stand: stroke, area, pressure, sides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """A value for a key, and the words of the text that it was read from."""

    value: str
    words: str

    @property
    def plain(self) -> bool:
        """Whether the text itself says the value."""
        return self.words.lower().startswith(self.value) or self.value.startswith(self.words.lower())


_STROKES: Final = {
    "effleurage": r"effleurage|glid(?:e|es|ing)|sweep(?:s|ing)?|(?:long|broad|flowing),? (?:flowing |fluid )?strokes?",
    "petrissage": r"petrissage|knead(?:s|ing)?",
    "friction": r"friction",
    "tapotement": r"tapotement|tapping|drumming|cupping|chopping",
    "compression": r"compressions?",
    "vibration": r"vibrations?|vibrat(?:e|ing)",
    "trigger-point pressing": r"trigger[- ]points?",
    "stretch": r"stretch(?:es|ing)?",
    "squeeze": r"squeez(?:e|es|ing)",
    "circles": r"circles?|circling|circular (?:motions?|movements?|strokes?)",
}
"""Term of the glossary to the words that plainly mean it."""

_THEIRS: Final = r"(?:their|his|her|(?:partner|receiver|person|friend|client|recipient)(?:[’']s)?) (?:upper |lower )?"

_AREAS: Final = {
    "whole back": r"(?:whole|entire|full|complete) back|all over (?:the|their) back",
    "upper back": r"upper(?:-| part of the | )back",
    "lower back": r"low(?:er)?(?:-| part of the | )back(?: area)?",
    "beside the spine": r"(?:beside|along|next to|close to) (?:(?:the|both|each|either) sides? of )?the spine",
    "shoulder blades": r"shoulder ?blades?",
    "shoulders": r"shoulders?(?! ?blade)",
    "base of the skull": r"(?:base|bottom|back) of the(?:ir)? (?:skull|head)",
    "neck": r"neck",
    "scalp": r"scalp",
    "upper buttocks": r"upper buttocks",
    "buttocks": r"(?<!upper )(?:buttocks|glutes)",
    "hips": r"hips?",
    "arms": rf"{_THEIRS}arms?",
    "legs": rf"{_THEIRS}legs?|thighs|calves",
    "back": r"(?:the|their|his|her|[a-z]{3,12}[’']s) back"
    r"(?! of (?:the |their |your )?(?:neck|head|skull|hand|knee|leg|thigh|arm))",
}
"""Area of the glossary to the words that name it. Arms and legs may be the giver's own."""

_TOUCH: Final = r"(?: (?:and|but) [a-z]{3,10})? (?:pressure|massage|touch|strok|hands?|circ|pats?|knead|glid|squeez)"

_PRESSURES: Final = {
    "light": rf"lightly|lighter|gently|(?:light|gentle|soft|feather-light){_TOUCH}",
    "medium": r"medium|moderate(?:ly)?",
    "firm": rf"firm(?:ly|er)?|(?:deep|strong|hard)(?:er)?{_TOUCH}|press(?:ing)? (?:hard|deeply)",
}

_LIMB: Final = r"(?:side|half|shoulder|arm|leg|hand|foot|hip|buttock)"
_OTHER_SIDE: Final = re.compile(
    r"\b(?:repeat(?:ing|ed)?|do (?:the same|this|it|so|all)|the same|same|again|switch|change)\b[^.!?]{0,60}?"
    rf"\b(?P<side>other|opposite|second|right|left)(?:-hand)? {_LIMB}\b|"
    r"\b(?:switch|change) (?:the )?(?P<swap>sides)\b|\b(?:then|now),? (?:do |to |on )?(?:the )?(?P<next>other) side\b",
    re.IGNORECASE,
)
_EACH_SIDE: Final = re.compile(
    r"\b(?:(?:each|either|every|one) side(?! of (?:the |their |your |his |her )?(?:spine|backbone|vertebra))"
    r"(?: at a time)?|left(?: side)?,? (?:and )?then (?:on |do )?(?:the |your )?right|"
    r"both sides?,? (?:one (?:after the other|at a time|by one)|in turn|separately))\b(?! of (?:the |their )?spine)",
    re.IGNORECASE,
)
_MANY: Final = re.compile(
    r"\b(?:these|those|all|steps|strokes|everything|whole|entire|sequence|routine)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sides:
    """A sentence that sends the hands to the other side as well."""

    order: str
    """As the key `sides` says it."""
    many: bool
    """Whether it speaks of several steps."""


def _compiled(terms: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {term: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for term, pattern in terms.items()}


_STROKE_PATTERNS: Final = _compiled({term: rf"(?:{words})\b" for term, words in _STROKES.items()})
_AREA_PATTERNS: Final = _compiled({term: rf"(?:{words})\b" for term, words in _AREAS.items()})
_PRESSURE_PATTERNS: Final = _compiled(_PRESSURES)


def find_strokes(text: str) -> list[Term]:
    """Return the strokes that `text` names: by their own term first, then in the order of the text."""
    return sorted(_found(_STROKE_PATTERNS.items(), text), key=lambda term: not term.plain)


def find_areas(text: str) -> list[Term]:
    """Return the areas that `text` names, each once, in its order."""
    areas = _found(_AREA_PATTERNS.items(), text)
    part_of_the_back = any(area.value.endswith(" back") for area in areas)
    return [area for area in areas if area.value != "back" or not part_of_the_back]


def find_pressures(text: str) -> list[Term]:
    """Return the pressures that `text` names, each once, in its order."""
    return _found(_PRESSURE_PATTERNS.items(), text)


def find_sides(sentence: str) -> Sides | None:
    """Return the sides that `sentence` asks for: "repeat on the right side", "each side"."""
    other = _OTHER_SIDE.search(sentence)
    if other:
        named = (other["side"] or "").lower()
        return Sides("right, left" if named == "left" else "left, right", bool(_MANY.search(sentence)))
    if _EACH_SIDE.search(sentence):
        return Sides("left, right", many=False)
    return None


def _found(patterns: Iterable[tuple[str, re.Pattern[str]]], text: str) -> list[Term]:
    matches = [(match.start(), Term(value, match[0])) for value, pattern in patterns if (match := pattern.search(text))]
    return [term for _, term in sorted(matches, key=lambda found: found[0])]
