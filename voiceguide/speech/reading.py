"""Text as a person reads it aloud: "hold 10-15 s, 1-2 in from the spine" has ranges and units that engines spell.

What every engine reads well by itself stays as it is: numbers, "21:30", "1st", "50%". Words stay words; only what is
written short is written out, by the table of the language in ``reading.yaml``. Pure, and quick for any text.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import yaml

from voiceguide.shapes import convert

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_VULGAR: Final = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾"}
_FRACTION: Final = "[½⅓⅔¼¾]"
_AMOUNT: Final = rf"(?>\d+(?:[.,:]\d+)*{_FRACTION}?|{_FRACTION})"
_DASH: Final = "[-‐‑‒–—]"

_INCHES: Final = (
    r"in(?!\w)(?:(?<=-in)|(?=\s*(?:$|[.,;:!?…)/])|\s+(?:[-–—]|(?:from|wide|long|deep|apart|above|below|up|down|away|"
    r"beside|past|beyond|across|off|to|of|on|out|left|right|inward|outward|either|or)\b)))"
)
"""Behind a number, "in" is inches at the end or before one of these words; else it may be "10 in a row"."""

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
"""What is looked for, and what takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit behind a number."""

    written: list[str]
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a language says for what is written short."""

    to: str
    and_: str
    or_: str
    plus: str
    about: str
    per: str
    number: list[str]
    number_said: str
    abbreviations: dict[str, str]
    units: list[Unit]
    fractions: dict[str, str]
    after: dict[str, str]


def read_aloud(text: str, language: str) -> str:
    """Return `text` as it is read aloud.

    In a language without a table, punctuation alone is settled.

    Args:
        text: Words, on one line.
        language: BCP 47.
    """
    if text.isupper() and re.search(r"[^\W\d_]{4}", text):
        # Some engines spell capitals.
        text = text.capitalize()
    for pattern, said in _rules(language.split("-", maxsplit=1)[0].lower()):
        text = pattern.sub(said, text)
    return text.strip()


@cache
def _rules(language: str) -> tuple[_Rule, ...]:
    words = _tables().get(language)
    return (*_MARKS, *_amounts(words), *_signs(words), *_PAUSES) if words else (*_MARKS, *_PAUSES)


@cache
def _tables() -> dict[str, Words]:
    text = resources.files("voiceguide.speech").joinpath("reading.yaml").read_text("utf-8")
    return convert(yaml.load(text, _LOADER), dict[str, Words])  # noqa: S506 - both loaders are safe ones


def _rule(pattern: str, said: str | Callable[[re.Match[str]], str]) -> _Rule:
    return re.compile(pattern), said


_MARKS: Final = (
    # No engine may find "[[" in a text, where some take what follows for phonemes.
    _rule(r"\[", "("),
    _rule(r"\]", ")"),
    _rule(r"^(?:[-–—*•·▪◦]+\s+)+", ""),
    _rule(rf"(?:[\s,]*{_DASH})+$", ""),
    _rule(r"\s*[•▪◦→⇒]\s*|\s+·\s+", ", "),
    _rule(r"[*`]+", ""),
    _rule(r"(?<!\w)_+|_+(?!\w)", ""),
)
"""Marks that are for the eye: bullets, arrows, emphasis."""

_PAUSES: Final = (
    _rule(rf"(?:\s+{_DASH}+)+\s+|\s*—+\s*|(?<=\w)--+(?=\w)", ", "),
    _rule(r"(?<=[^\W\d_])[‒–](?=[^\W\d_])", "-"),
    _rule(r"^(?:…|\.\.)[….]*\s*", ""),
    _rule(r"\s*(?:…|\.\.)[….]*(?=\s*(?:$|[A-ZÁÄÉÍÑÓÖÚÜ]))", "."),
    _rule(r"\s*(?:…|\.\.)[….]*\s*", ", "),
    _rule(r"\s+(?=[,;.!?](?:\s|$))", ""),
    _rule(r"([!?])[!?]+", r"\1"),
    _rule(r"([.,;:!?])(?:\s*,)+", r"\1"),
    _rule(r",(?=[.;:!?])", ""),
    _rule(r"^[\s,]+", ""),
    _rule(r"\s+", " "),
)
"""What is a pause to a reader becomes a comma, which every engine makes a pause of; and one mark is enough."""


def _amounts(words: Words) -> tuple[_Rule, ...]:
    """Return what reads numbers: ranges, units, fractions."""
    units = {written.lower(): unit for unit in words.units for written in unit.written}
    unit = _unit_pattern(units)
    number = _either(words.number)

    def unit_said(found: re.Match[str]) -> str:
        of = units[found["unit"].lower()]
        said = of.one if found["amount"] in ("1", *_VULGAR.values()) or found["between"] == "-" else of.other
        rest = found.string[found.end() :]
        ends = not rest or (rest[0] == " " and not rest.lstrip()[:1].islower())
        stop = found["stop"] or "" if ends else ""
        return f"{found['amount']} {said}{stop}{' ' if rest[:1].isalnum() else ''}"

    return (
        _rule(rf"(?<!\w)(?i:{number})\s?(?=\d)|#\s?(?=\d)", f"{words.number_said} "),
        _rule(r"#+", ""),
        _rule(rf"[~≈]\s?(?=\d|{_FRACTION})", f"{words.about} "),
        _rule(rf"(?<![\d/.,])(?:{_either(_VULGAR)})(?![\d/])", lambda found: _VULGAR[found[0]]),
        _rule(rf"(?<=\d)\s(?={_FRACTION})", ""),
        _rule(rf"({_AMOUNT}\s?{unit})\s?{_DASH}\s?(?={_AMOUNT}\s?{unit})", rf"\1 {words.to} "),
        _rule(
            rf"(?<![\w.,:/‐‑‒–-])({_AMOUNT})\s?{_DASH}\s?({_AMOUNT})(?![-‐‑‒–/]\d)",
            lambda found: f"{found[1]} {words.to} {found[2]}" if _rises(found[1], found[2]) else found[0],
        ),
        _rule(rf"(?<![\w.,])(?P<amount>{_AMOUNT})(?P<between>-|\s?)(?P<unit>{unit})(?P<stop>\.(?!\w))?", unit_said),
        _rule(rf"(\d)({_FRACTION})", lambda found: f"{found[1]} {words.after[found[2]]}"),
        _rule(rf"(?<!\w){_FRACTION}(?!\w)", lambda found: words.fractions[found[0]]),
    )


def _signs(words: Words) -> tuple[_Rule, ...]:
    """Return what reads signs and words that are cut short."""
    short = {_close(each): said for each, said in words.abbreviations.items()}
    units = {written: unit.one for unit in words.units for written in unit.written}
    measures = {measure for unit in words.units for measure in (unit.one, unit.other)}

    def long(found: re.Match[str]) -> str:
        said = short[_close(found[0])]
        said = said[0].upper() + said[1:] if found[0][0].isupper() else said
        ends = found[0].endswith(".") and found.end() == len(found.string)
        return said + ("." if ends else " " if found[0].endswith("/") else "")

    def alternatives(found: re.Match[str]) -> str:
        parts = re.split(r"\s?/\s?", found[0])
        if not all(re.search(r"[^\W\d_]", part) for part in parts):
            return found[0]
        if parts[0] in measures:
            return f" {words.per} ".join([parts[0], *(units.get(part, part) for part in parts[1:])])
        return f" {words.or_} ".join(parts).replace(
            f"{words.and_} {words.or_} {words.or_}", f"{words.and_} {words.or_}"
        )

    return (
        _rule(rf"(?<!\w)(?i:{_either(words.abbreviations)})(?:(?<=/)|(?!\w))", long),
        _rule(r"(?<![\w/:.@])(?>\w+)(?:(?:/|\s/\s)(?>\w+))+(?![\w/])", alternatives),
        _rule(r"\s*(?:&\s*)+", f" {words.and_} "),
        _rule(r"(?<=\w)\s?\+\s?(?=\w)", f" {words.plus} "),
    )


def _either(written: Iterable[str]) -> str:
    """Return a pattern for one of these; behind a stop inside there may be a space: "z. B."."""
    longest_first = sorted(written, key=len, reverse=True)
    return "|".join(re.sub(r"\\\.(?=.)", r"\\.\\s?", re.escape(each)) for each in longest_first)


def _unit_pattern(units: Iterable[str]) -> str:
    return f"(?i:{'|'.join(map(_as_unit, sorted(units, key=len, reverse=True)))})"


def _as_unit(written: str) -> str:
    if written == "in":
        return _INCHES
    return re.escape(written) + (r"(?!\w)" if written[-1].isalpha() else "")


def _close(written: str) -> str:
    return "".join(written.lower().split())


def _rises(low: str, high: str) -> bool:
    """Tell a range from a score, a countdown and the like; of times of day nothing is known."""
    return ":" in low + high or _value(low) < _value(high)


def _value(amount: str) -> float:
    fraction = {"½": 0.5, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 0.25, "¾": 0.75}.get(amount[-1], 0.0)
    digits = amount.rstrip("".join(_VULGAR.values())).replace(",", ".")
    whole, _, rest = digits.partition(".")
    return float(f"{whole or 0}.{rest.replace('.', '') or 0}") + fraction
