"""A session laid out on a sheet, to be drawn: one row for each chapter, the sections as bands of colour.

All is in points (1/72 inch), from the upper left corner.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from voiceguide.scheduler.phrases import Phrases, phrases
from voiceguide.scheduler.plan import PlannedStep
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Chapter, Cue
from voiceguide.units import MINUTE_MS

Width = Callable[[str], float]
"""How wide a text of `TEXT_PT` is when drawn, in points."""

_COLOURS: Final = ("#332288", "#CC6677", "#117733", "#CC9F2B", "#4FA3CF", "#882255", "#44AA99", "#999933", "#AA4499")
"""One for each section, then again from the start.

After Paul Tol's "muted" scheme, which people with any colour vision can tell apart (https://personal.sron.nl/~pault/);
its sand and its cyan are deeper here, to be seen on white.
"""

GREY: Final = "#7A808A"
"""Of the opening and the closing."""

WIDTH_PT: Final = 760.0
MARGIN_PT: Final = 22.0
CLOCK_PT: Final = 44.0
"""The column of the start times."""
BESIDE_PT: Final = 8.0
"""From a start time to its title; the bars are three times as far, for the fonts of other machines differ."""
_TITLES_PT: Final = (130.0, 258.0)
"""The least and the most of the column of the titles."""
_LENGTH_PT: Final = 42.0
"""What stays free on the right, for the length of the last step."""
_HEAD_PT: Final = 78.0
_FOOT_PT: Final = 60.0
_ROW_PT: Final = 18.0
BAR_PT: Final = 12.0
SECTION_PT: Final = 21.0
_GAP_PT: Final = 5.0
"""Between two bands."""
TEXT_PT: Final = 9.0
WIDE_PT: Final = 1.15 * TEXT_PT
"""The most of a wide letter, such as a Chinese one: of the box that stands for it where the font lacks it."""
SMALL_PT: Final = 8.0
LARGE_PT: Final = 19.0
_TITLE_PT: Final = 616.0
"""The most of the title of the routine; the length of the session stands beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A chapter on the sheet."""

    title: str
    start_ms: int
    end_ms: int
    cues: tuple[Cue, ...]
    """What is heard in it."""
    middle_pt: float
    """Of its bar, from the top of the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A section on the sheet; the opening and the closing have one without a title."""

    title: str
    colour: str
    top_pt: float
    bottom_pt: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A session, laid out."""

    title: str
    length_ms: int
    titles_pt: float
    """The column of the titles."""
    height_pt: float
    bands: tuple[Band, ...]

    @property
    def left_pt(self) -> float:
        """Where the session begins."""
        return MARGIN_PT + CLOCK_PT + BESIDE_PT + self.titles_pt + 3 * BESIDE_PT

    @property
    def right_pt(self) -> float:
        """Where it ends."""
        return WIDTH_PT - MARGIN_PT - _LENGTH_PT

    def x_pt(self, ms: int) -> float:
        """Return where a moment lies."""
        return self.left_pt + (self.right_pt - self.left_pt) * ms / self.length_ms


def lay_out(schedule: Schedule, width: Width, bold: Width) -> Sheet:
    """Return the sheet of a session; titles that are too long end in an ellipsis.

    Args:
        schedule: The session.
        width: Measures the titles of steps.
        bold: Measures the titles of sections and of the routine.
    """
    plan, words = schedule.plan, phrases(schedule.plan.routine.language)
    least_pt, most_pt = _TITLES_PT
    opening, *chapters, closing = schedule.timeline.chapters
    titles = [_step_title(step, words, most_pt, width) for step in plan.steps]
    groups: list[_Group] = [("", [(opening.title, opening)])]
    rows = zip(plan.steps, titles, chapters, strict=True)
    for _, members in groupby(rows, key=lambda row: row[0].part.section_index):
        steps, names, places = zip(*members, strict=True)
        groups.append((_fitted(_plain(steps[0].part.section), most_pt, bold), list(zip(names, places, strict=True))))
    groups.append(("", [(closing.title, closing)]))
    bands = tuple(_bands(groups, schedule.timeline.cues))
    return Sheet(
        title=_fitted(_plain(plan.routine.title), _TITLE_PT * TEXT_PT / LARGE_PT, bold),
        length_ms=plan.length_ms,
        titles_pt=max(least_pt, *map(width, titles), *(bold(band.title) for band in bands)),
        height_pt=bands[-1].bottom_pt + _FOOT_PT,
        bands=bands,
    )


_Group = tuple[str, list[tuple[str, Chapter]]]
"""A title, and the chapters below it with theirs."""


def _bands(groups: Sequence[_Group], cues: Sequence[Cue]) -> Iterator[Band]:
    top_pt = _HEAD_PT
    for number, (title, chapters) in enumerate(groups):
        first_pt = top_pt + (SECTION_PT if title else 0)
        bottom_pt = first_pt + _ROW_PT * len(chapters)
        yield Band(
            title=title,
            colour=_COLOURS[(number - 1) % len(_COLOURS)] if 0 < number < len(groups) - 1 else GREY,
            top_pt=top_pt,
            bottom_pt=bottom_pt,
            rows=tuple(
                Row(
                    title=name,
                    start_ms=chapter.start_ms,
                    end_ms=chapter.end_ms,
                    cues=tuple(_heard(cues, chapter)),
                    middle_pt=first_pt + _ROW_PT * (index + 0.5),
                )
                for index, (name, chapter) in enumerate(chapters)
            ),
        )
        top_pt = bottom_pt + _GAP_PT


def _heard(cues: Sequence[Cue], chapter: Chapter) -> Sequence[Cue]:
    first, stop = (bisect_left(cues, ms, key=lambda cue: cue.at_ms) for ms in (chapter.start_ms, chapter.end_ms))
    return cues[first:stop]


def ticks_ms(length_ms: int) -> range:
    """Return the moments that carry a number: every 5 minutes, closer in a short session, wider in a very long one."""
    every_min = next((step for step in (1, 5, 10, 15, 30) if length_ms <= 18 * step * MINUTE_MS), 60)
    return range(0, length_ms + 1, every_min * MINUTE_MS)


def _step_title(step: PlannedStep, words: Phrases, room_pt: float, width: Width) -> str:
    """Return the title of a step; where it is too long its side is kept, for it matters more than the last words."""
    side = step.part.side
    form = words.on_side.replace("{side}", words.sides[side]) if side else "{title}"
    title = _fitted(_plain(step.part.step.title), room_pt - width(form.replace("{title}", "")), width)
    return form.replace("{title}", title)


def _fitted(text: str, room_pt: float, width: Width) -> str:
    if width(text) <= room_pt:
        return text
    cuts = [f"{text[:length].rstrip()}…" for length in range(len(text))]
    return cuts[max(0, bisect_right(cuts, room_pt, key=width) - 1)]


def _plain(text: str) -> str:
    """Return `text` on one line, without what no file of XML may hold: control characters and halves of characters."""
    kept = (" " if unicodedata.category(each) in ("Cc", "Cs", "Cn", "Zl", "Zp") else each for each in text)
    return " ".join("".join(kept).split())
