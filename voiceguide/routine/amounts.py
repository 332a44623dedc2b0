"""Amounts as people write them: "5-6 min", "1:30", "45 s to 2 min", "3-4 times".

A range is ``min-max``; a hyphen, an en dash and "to" mean the same, and so
do the words of Spanish and German. Every function here is pure and takes time in
proportion to the text, which is short by rule.
"""

import re
from dataclasses import dataclass
from typing import Final

from voiceguide.units import HOUR_MS, MINUTE_MS, SECOND_MS, short_clock

LONGEST_MS: Final = 12 * HOUR_MS
"""No step and no session is longer."""

MOST_TIMES: Final = 100
"""No stroke is repeated more often: a session is counted, not endured."""

_LONGEST_TEXT: Final = 60

_UNITS: Final = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 1),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunde", "sekunden", "segundo", "segundos"), SECOND_MS),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"), MINUTE_MS),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "stunde", "stunden", "hora", "horas"), HOUR_MS),
}

_NUMBER: Final = r"\d{1,9}(?:[.,]\d{1,3})?"
_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_AMOUNT: Final = re.compile(rf"(-?)({_NUMBER})\s*([a-zA-Z]*)")
_RANGE_SIGN: Final = re.compile(r"\s*[-‐‑‒–—]\s*|\s+(?:to|bis|a)\s+")
_TIMES: Final = re.compile(
    rf"({_NUMBER})(?:(?:\s*[-‐‑‒–—]\s*|\s+(?:to|bis|a)\s+)({_NUMBER}))?\s*(times?|x|×|mal|vez|veces)?"
)

DURATION_PATTERN: Final = (
    r"^\s*[0-9][0-9.,:]*\s*[a-zA-Z]*((\s*[-‐‑‒–—]\s*|\s+(?:to|bis|a)\s+)[0-9][0-9.,:]*\s*[a-zA-Z]*)?\s*$"
)
"""What an editor can check while one types; `parse_duration` is exact."""

COUNT_PATTERN: Final = r"^\s*[0-9]+((\s*[-‐‑‒–—]\s*|\s+(?:to|bis|a)\s+)[0-9]+)?\s*(times?|x|×|[Mm]al|vez|veces)?\s*$"


class AmountError(ValueError):
    """An amount that cannot be read.

    Args:
        found: What is wrong, worded to follow the amount itself: "has no unit".
        hint: What to write instead.
    """

    def __init__(self, found: str, *, hint: str) -> None:
        super().__init__(found)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Duration:
    """A range of time."""

    min_ms: int
    """Least, in milliseconds; > 0."""

    max_ms: int
    """Most, in milliseconds; >= `min_ms`."""

    @property
    def wish_ms(self) -> int:
        """The middle of the range, which a plan takes when time allows."""
        return (self.min_ms + self.max_ms) // 2

    def __str__(self) -> str:
        low, high = short_clock(self.min_ms), short_clock(self.max_ms)
        return low if self.min_ms == self.max_ms else f"{low}-{high}"


@dataclass(frozen=True, slots=True)
class Count:
    """A range of whole numbers of repeats."""

    min: int
    """Least; >= 1."""

    max: int
    """Most; >= `min`."""

    def __str__(self) -> str:
        return f"{self.min}x" if self.min == self.max else f"{self.min}-{self.max}x"


def parse_duration(text: str) -> Duration:
    """Read a time or a range of time.

    Args:
        text: Such as "5-6 min", "10 to 15 s", "45 s - 1 min", "1:30", "1:30-2:00", "1.5 h". One unit after a range
            serves both ends.

    Raises:
        AmountError: It cannot be read, is not above zero, is longer than 12 hours, or runs backwards.
    """
    _refuse_long(text)
    stripped = text.strip()
    if stripped.startswith(("-", "−")):
        raise AmountError("is negative", hint='write a time above zero, such as "15 s" or "5-6 min"')
    parts = _RANGE_SIGN.split(stripped)
    if len(parts) > 2:
        raise AmountError("has more than two ends", hint='write "min-max", such as "5-6 min"')
    unit = _unit_of(parts[-1])
    ends = [_milliseconds(part, unit, stripped) for part in parts]
    low_ms, high_ms = ends[0], ends[-1]
    if low_ms > high_ms:
        raise AmountError("runs backwards", hint='write the smaller one first, such as "5-6 min"')
    return Duration(low_ms, high_ms)


def parse_count(text: str) -> Count:
    """Read how often: "4", "4 times", "3-4 times", "3 to 4 x".

    Raises:
        AmountError: It is no whole number or range of them, is under 1 or over 100, or runs backwards.
    """
    _refuse_long(text)
    match = _TIMES.fullmatch(text.strip().lower())
    if match is None:
        raise AmountError("is not a number of times", hint='write "4 times" or "3-4 times"')
    if not all(end is None or end.isdecimal() for end in match.group(1, 2)):
        raise AmountError("is not whole", hint='repeats are whole numbers: write "3 times" or "3-4 times"')
    low, high = int(match[1]), int(match[2] or match[1])
    if low > high:
        raise AmountError("runs backwards", hint=f'write "{high}-{low} times"')
    if low < 1 or high > MOST_TIMES:
        raise AmountError(f"is not between 1 and {MOST_TIMES}", hint='write "1 time" to "100 times"')
    return Count(low, high)


def _refuse_long(text: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise AmountError("is too long", hint='write an amount, such as "5-6 min" or "3-4 times"')


def _unit_of(part: str) -> str:
    match = _AMOUNT.fullmatch(part)
    return match[3] if match else ""


def _milliseconds(part: str, unit: str, whole: str) -> int:
    clock = _CLOCK.fullmatch(part)
    if clock:
        hours, minutes, seconds = (int(group or 0) for group in clock.groups())
        if seconds > 59:
            raise AmountError("has more than 59 seconds after the colon", hint='write "1:30" for 90 seconds')
        return _within(hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS)
    amount = _AMOUNT.fullmatch(part)
    if amount is None:
        raise AmountError("is not a time", hint='write "15 s", "5-6 min", "1:30" or "1 h"')
    named = (amount[3] or unit).lower()
    if not named:
        raise AmountError("has no unit", hint=f'write "{whole} s" or "{whole} min"')
    if named not in _UNITS:
        raise AmountError(f'has a unit that is not known: "{named}"', hint='write "s", "min" or "h"')
    return _within(round(float(amount[2].replace(",", ".")) * _UNITS[named]))


def _within(ms: int) -> int:
    if ms <= 0:
        raise AmountError("is not above zero", hint='write a time above zero, such as "15 s" or "5-6 min"')
    if ms > LONGEST_MS:
        raise AmountError("is longer than 12 hours", hint="a session lasts 12 hours at most: write less")
    return ms
