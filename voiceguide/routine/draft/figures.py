"""The figures of a sentence: "5-6 minutes", "half a minute", "3–4 times", "twice", "a few minutes".

An exact figure gets a value that the routine file takes; a vague one, or one that the file would refuse, has none
and keeps its words. The reader of amounts itself decides what is a value, so a draft never holds another.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
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
_UNIT: Final = (
    r"(?:seconds?|secs?\.?|minutes?|mins?\.?|hours?|hrs?\.?|(?<!the [0-9]{2})(?<![0-9]{4})[sh])(?![A-Za-z0-9])"
)
_CLOCK: Final = "[0-9]{1,2}:[0-9]{2}"
_EXTRA: Final = r"(?:(?:more|full|whole|extra|additional|good|entire|slow|long) )?"
_STROKES: Final = "(?:strokes|circles|sweeps|glides|squeezes|pulses)"
_STROKE_WORD: Final = r"(?:(?:long|small|slow|full|light|firm|gentle|deep|large|big|wide|complete|more) )?"
_TIMES: Final = "(?:times?|repetitions?|repeats|reps?|rounds?|passes)"
_VAGUELY: Final = (
    r"(?:an? |the |another )?(?:few|several|couple(?: of)?|number of|multiple|some)(?: more| extra| slow)? "
)


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    core: str
    read: Callable[[re.Match[str]], str | None]
    """Makes the value of what was found; `None` for what is vague."""
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", _pattern(self.core))


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


def _plain(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _amount(words: str) -> str:
    return _plain(_number(words))


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
    number, unit = _number(match["low"]), _unit(match["unit"])
    if number < 1 and unit != "s":
        number, unit = number * 60, {"h": "min", "min": "s"}[unit]  # "half a minute" is 30 s
    return f"{_plain(number)} {unit}"


def _times(match: re.Match[str]) -> str:
    low, high = _amount(match["low"]), _amount(match["high"] or match["low"])
    return f"{low} time{'' if low == '1' else 's'}" if low == high else f"{low}-{high} times"


def _named_times(match: re.Match[str]) -> str:
    return {"twice": "2 times", "thrice": "3 times", "once or twice": "1-2 times"}[match["name"].lower()]


def _nothing(_: re.Match[str]) -> None:
    return None


_RULES: Final[tuple[_Rule, ...]] = (
    _Rule("time", rf"(?P<low>{_CLOCK})(?:{_TO}(?P<high>{_CLOCK}))? ?min(?:ute)?s?\b", _clock),
    _Rule(
        "time",
        r"(?P<minutes>[0-9]{1,3}) ?min(?:ute)?s?\.?,?(?: and)? (?P<seconds>[0-9]{1,2}) ?(?:seconds?|secs?|s)\b",
        _minutes_and_seconds,
    ),
    _Rule("time", r"(?:an?|one) (?P<unit>minute|hour) or two\b", _one_or_two),
    _Rule(
        "time",
        rf"between (?P<low>{_NUMBER}|{_ONE})(?: ?(?P<first>{_UNIT}))? and "
        rf"(?P<high>{_NUMBER}|{_ONE}) {_EXTRA}(?P<unit>{_UNIT})",
        _range,
    ),
    _Rule(
        "time",
        rf"(?P<low>{_NUMBER})(?:[ -]?(?P<first>{_UNIT}))?{_TO}(?P<high>{_NUMBER}|{_ONE})[ -]?{_EXTRA}(?P<unit>{_UNIT})",
        _range,
    ),
    _Rule("time", rf"(?P<low>{_NUMBER}|half an?|{_ONE})[ -]?{_EXTRA}(?P<unit>{_UNIT})", _single),
    _Rule("time", rf"{_VAGUELY}(?:seconds|minutes|hours|breaths|moments)\b", _nothing),
    _Rule("time", rf"{_WHOLE}(?:{_TO}{_WHOLE})? (?:(?:deep|slow|full|long) ){{0,2}}breaths\b", _nothing),
    _Rule(
        "time",
        r"(?:a (?:little |short |long )?(?:while|moment)|awhile|(?:the|an) (?:entire|whole|full) hour)\b",
        _nothing,
    ),
    _Rule(
        "count",
        rf"(?P<low>{_WHOLE})(?:{_TO}(?P<high>{_WHOLE}))?[ -]?(?:(?:more|extra|full|slow) )?{_TIMES}\b",
        _times,
    ),
    _Rule("count", r"(?P<low>[0-9]{1,3})(?: ?[-–—] ?(?P<high>[0-9]{1,3}))? ?[x×](?![A-Za-z0-9]| [0-9])", _times),
    _Rule(
        "count",
        rf"(?P<low>{_WHOLE})(?:{_TO}(?P<high>{_WHOLE}))? {_STROKE_WORD}(?P<stroke>{_STROKES})\b",
        _times,
    ),
    _Rule("count", r"(?P<name>once or twice|twice|thrice)\b", _named_times),
    _Rule("count", rf"{_VAGUELY}(?:times|repetitions|repeats|reps|rounds|passes|{_STROKES})\b", _nothing),
    _Rule("count", r"as (?:many times|often) as\b", _nothing),
)
"""What is looked for, how it is found and who reads its value; where two overlap, the first has it."""


_HINT: Final = re.compile(
    rf"[0-9½¼¾]|\b(?:{_SPELT}|half|twice|thrice|few|several|couple|number of|multiple|some|awhile|"
    r"a (?:little|short|long)|an? (?:while|moment|minute|hour|full|whole|good|entire)|the (?:entire|whole|full)|"
    r"as (?:many|often))\b",
    re.IGNORECASE,
)
"""Without one of these there is no figure: most sentences are done with after one look."""


@lru_cache(maxsize=1024)
def find_figures(sentence: str) -> tuple[Figure, ...]:
    """Return the figures of `sentence`, in its order; none overlaps another."""
    if _HINT.search(sentence) is None:
        return ()
    taken: dict[int, Figure] = {}
    for rule in _RULES:
        for match in rule.pattern.finditer(sentence):
            if not any(place in taken for place in range(*match.span())):
                figure = _figure(rule.kind, match, rule.read(match))
                taken.update(dict.fromkeys(range(*match.span()), figure))
    return tuple(sorted(set(taken.values()), key=lambda figure: figure.start))


def _figure(kind: Kind, match: re.Match[str], value: str | None) -> Figure:
    start, stop = match.span()
    qualified = any(match.groupdict().get(group) for group in ("limit", "open", "stroke"))
    return Figure(kind=kind, start=start, stop=stop, words=match[0], value=_accepted(kind, value), qualified=qualified)


def _accepted(kind: Kind, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parse_duration(value) if kind == "time" else parse_count(value)
    except AmountError:
        return None
    return value
