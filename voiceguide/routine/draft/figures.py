"""The figures of a sentence: "5-6 minutes", "half a minute", "3–4 times", "twice", "a few minutes".

An exact figure gets a value that the routine file takes; a vague one, or one that the file would refuse, has none
and keeps its words. The reader of amounts itself decides what is a value, so a draft never holds another.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from voiceguide.routine.amounts import AmountError, parse_count, parse_duration

Kind = Literal["time", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A time or a number of times, where it stands in its sentence."""

    kind: Kind
    start: int
    """Offset of its first character."""
    stop: int
    """One past its last character."""
    words: str
    """The author's own."""
    value: str | None
    """As a routine file says it; `None` when the words give no exact one."""
    qualified: bool
    """Whether the words say more than the value: "about", "at least", "more"."""


_NUMBER_WORDS: Final = {
    "half a": 0.5, "half an": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90,
}  # fmt: skip
_FRACTIONS: Final = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_UNIT_NAMES: Final = {"s": "s", "m": "min", "h": "h"}

_SPELT: Final = (
    "forty-five|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|sixty|ninety"
)
_NUMBER: Final = (
    rf"(?:[0-9]{{1,4}}(?:[.,][0-9]{{1,2}})?(?: ?[½¼¾]| and a half)?|[½¼¾]|(?:{_SPELT})(?: and a half)?)(?![0-9])"
)
_WHOLE: Final = rf"(?:[0-9]{{1,4}}|{_SPELT})(?![0-9])"
_TO: Final = r"(?: ?[-‐‑‒–—−~] ?| to | or )"
_ONE: Final = r"an?(?= (?:full |whole |good |entire )?(?:minute|hour))"
_UNIT: Final = r"(?:seconds?|secs?\.?|minutes?|mins?\.?|hours?|hrs?\.?|(?<!the [0-9]{2})[sh])(?![A-Za-z0-9])"
_EXTRA: Final = r"(?:(?:more|full|whole|extra|additional|good|entire|slow|long) )?"
_STROKES: Final = "(?:strokes|circles|sweeps|glides|squeezes|pulses)"
_STROKE_WORD: Final = r"(?:(?:long|small|slow|full|light|firm|gentle|deep|large|big|wide|complete|more) )?"
_TIMES: Final = "(?:times?|repetitions?|repeats|reps?|rounds?|passes)"
_VAGUE: Final = r"(?:an? |the |another )?(?:few|several|couple(?: of)?|number of|{more})(?: more| extra| slow| good)?"


def _pattern(core: str) -> re.Pattern[str]:
    """Compile `core` between what may qualify it and what would make it another kind of figure."""
    return re.compile(
        r"(?<![0-9A-Za-z.,:/$€£#-])"
        r"(?P<limit>(?:about|around|approximately|roughly|nearly|almost|at least|at most|no more than|more than|"
        r"less than|up to|over|under|another|an additional|an extra) )?"
        rf"(?:{core})"
        r"(?P<open> more\b| or (?:longer|more|so)\b)?"
        r"(?! (?:ago|old|away|read|as|(?:an?|per|each|every) (?:day|week|month|year|session)|daily|weekly)\b)",
        re.IGNORECASE,
    )


def _number(words: str) -> float:
    words = words.lower()
    whole, half, _ = words.partition(" and a half")
    fraction = _FRACTIONS.get(whole[-1:], 0.0)
    digits = whole[:-1].strip() if fraction else whole
    known = _NUMBER_WORDS.get(digits)
    return (known if known is not None else float(digits.replace(",", ".") or 0)) + fraction + (0.5 if half else 0)


def _amount(words: str) -> str:
    return f"{_number(words):.2f}".rstrip("0").rstrip(".")


def _unit(words: str) -> str:
    return _UNIT_NAMES[words[0].lower()]


def _clock(match: re.Match[str]) -> str:
    return match["low"] + (f"-{match['high']}" if match["high"] else "")


def _minutes_and_seconds(match: re.Match[str]) -> str:
    minutes, seconds = int(match["minutes"]), int(match["seconds"])
    return f"{minutes}:{seconds:02}"


def _one_or_two(match: re.Match[str]) -> str:
    return f"1-2 {_unit(match['unit'])}"


def _range(match: re.Match[str]) -> str:
    low, high, unit = _amount(match["low"]), _amount(match["high"]), _unit(match["unit"])
    first = _unit(match["first"]) if match["first"] else unit
    return f"{low}-{high} {unit}" if first == unit else f"{low} {first} to {high} {unit}"


def _single(match: re.Match[str]) -> str:
    return f"{_amount(match['low'])} {_unit(match['unit'])}"


def _times(match: re.Match[str]) -> str:
    low, high = _amount(match["low"]), _amount(match["high"] or match["low"])
    return f"{low} time{'' if low == '1' else 's'}" if low == high else f"{low}-{high} times"


def _named_times(match: re.Match[str]) -> str:
    return {"twice": "2 times", "thrice": "3 times", "once or twice": "1-2 times"}[match["name"].lower()]


def _nothing(_: re.Match[str]) -> None:
    return None


_KINDS: Final[tuple[tuple[Kind, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...]] = (
    ("time", _pattern(rf"(?P<low>[0-9]{{1,2}}:[0-9]{{2}})(?:{_TO}(?P<high>[0-9]{{1,2}}:[0-9]{{2}}))? ?min(?:ute)?s?\b"), _clock),
    ("time", _pattern(
        r"(?P<minutes>[0-9]{1,3})(?: ?min(?:ute)?s?\.?),?(?: and)? (?P<seconds>[0-9]{1,2}) ?(?:seconds?|secs?|s)\b"
    ), _minutes_and_seconds),
    ("time", _pattern(r"(?:an?|one) (?P<unit>minute|hour) or two\b"), _one_or_two),
    ("time", _pattern(
        rf"(?:between )?(?P<low>{_NUMBER})(?:[ -]?(?P<first>{_UNIT}))?(?:{_TO}|(?<=[0-9A-Za-z.]) and )"
        rf"(?P<high>{_NUMBER}|{_ONE})[ -]?{_EXTRA}(?P<unit>{_UNIT})"
    ), _range),
    ("time", _pattern(rf"(?P<low>{_NUMBER}|half an?|{_ONE})[ -]?{_EXTRA}(?P<unit>{_UNIT})"), _single),
    ("time", _pattern(rf"{_VAGUE.format(more='some|many')} (?:seconds|minutes|hours|breaths|moments)\b"), _nothing),
    ("time", _pattern(rf"{_WHOLE}(?:{_TO}{_WHOLE})? (?:(?:deep|slow|full|long) ){{0,2}}breaths\b"), _nothing),
    ("time", _pattern(r"(?:a (?:little |short |long )?|some)(?:while|moment)\b|awhile\b|(?:the|an?) entire hour\b|the (?:whole|full) hour\b"), _nothing),
    ("count", _pattern(rf"(?P<low>{_WHOLE})(?:{_TO}(?P<high>{_WHOLE}))?[ -]?(?:(?:more|extra|full|slow) )?{_TIMES}\b"), _times),
    ("count", _pattern(r"(?P<low>[0-9]{1,3})(?: ?[-–—] ?(?P<high>[0-9]{1,3}))? ?[x×](?![A-Za-z0-9]| [0-9])"), _times),
    ("count", _pattern(rf"(?P<low>{_WHOLE})(?:{_TO}(?P<high>{_WHOLE}))? {_STROKE_WORD}(?P<stroke>{_STROKES})\b"), _times),
    ("count", _pattern(r"(?P<name>once or twice|twice|thrice)\b"), _named_times),
    ("count", _pattern(rf"{_VAGUE.format(more='multiple')} (?:times|repetitions|repeats|rounds|passes|{_STROKES})\b"), _nothing),
    ("count", _pattern(r"as (?:many times|often) as\b"), _nothing),
)  # fmt: skip
"""What is looked for, how it is found and who reads its value; where two overlap, the first has it."""


def find_figures(sentence: str) -> list[Figure]:
    """Return the figures of `sentence`, in its order; none overlaps another."""
    taken: dict[int, Figure] = {}
    for kind, pattern, read in _KINDS:
        for match in pattern.finditer(sentence):
            if not any(place in taken for place in range(*match.span())):
                figure = _figure(kind, match, read(match))
                taken.update(dict.fromkeys(range(*match.span()), figure))
    return sorted(set(taken.values()), key=lambda figure: figure.start)


def _figure(kind: Kind, match: re.Match[str], value: str | None) -> Figure:
    start, stop = match.span()
    qualified = any(match.groupdict().get(group) for group in ("limit", "open", "stroke"))
    return Figure(
        kind=kind, start=start, stop=stop, words=match[0], value=_accepted(kind, value), qualified=qualified
    )


def _accepted(kind: Kind, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parse_duration(value) if kind == "time" else parse_count(value)
    except AmountError:
        return None
    return value
