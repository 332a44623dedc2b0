"""A session drawn as a timeline, to read at a glance or to hang on the wall.

One row for each chapter, the sections as bands of colour, time from left to right. In each bar the upper half shows the
chimes and the lower half the voice. The sheet is laid out in points (1/72 inch) from its upper left corner, before
matplotlib is asked to draw it.

A picture is for every screen: the ground is white, also where the page around it is dark, and text in an .svg stays
text, which can be searched, read aloud and shown in any script. The same session gives the same bytes.
"""

import unicodedata
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from voiceguide.errors import TargetError
from voiceguide.files import written_beside
from voiceguide.outputs.target import check_target, target_errors
from voiceguide.scheduler.phrases import Phrases, phrases
from voiceguide.scheduler.plan import PlannedStep
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Chapter, Cue, Role
from voiceguide.units import MINUTE_MS, short_clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Width = Callable[[str], float]
"""How wide a text of `_TEXT_PT` is when drawn, in points."""

FORMATS: Final = (".svg", ".png", ".pdf")
"""The endings of a picture."""

_METADATA: Final[dict[str, dict[str, str | None]]] = {
    ".svg": {"Creator": "voiceguide", "Date": None},
    ".png": {"Software": "voiceguide"},
    ".pdf": {"Creator": "voiceguide", "Producer": "voiceguide", "CreationDate": None},
}
"""What a file tells of itself; a date or a version would make each drawing differ."""

_LOOK: Final[dict[str, Any]] = {
    # The first comes with matplotlib; the others are what a screen has that shows the text of an .svg.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "svg.fonttype": "none",
    "svg.hashsalt": "voiceguide",
    "pdf.fonttype": 42,
    # Titles are words: a dollar sign begins no formula.
    "text.parse_math": False,
}

_COLOURS: Final = ("#332288", "#CC6677", "#117733", "#CC9F2B", "#4FA3CF", "#882255", "#44AA99", "#999933", "#AA4499")
"""One for each section, then again from the start.

After Paul Tol's "muted" scheme, which people with any colour vision can tell apart (https://personal.sron.nl/~pault/);
its sand and its cyan are deeper here, to be seen on white.
"""

_INK, _SOFT, _GREY, _HAIR, _WHITE = "#22252B", "#5F646D", "#7A808A", "#D5D9DF", "#FFFFFF"

_GROUND: Final = 0.07
"""How much of its colour the ground of a section has."""

_BEHIND: Final = 1
"""The level of the lines on the ground; all else is drawn over them, in order."""

_DPI: Final = 160
_MOST_PIXELS: Final = 20_000
"""The height of the tallest .png; one of a thousand steps has a lower resolution, rather than none."""

_WIDTH_PT: Final = 760.0
_MARGIN_PT: Final = 22.0
_CLOCK_PT: Final = 44.0
"""The column of the start times."""
_BESIDE_PT: Final = 8.0
"""From a start time to its title; the bars are three times as far, for the fonts of other machines differ."""
_TITLES_PT: Final = (130.0, 258.0)
"""The least and the most of the column of the titles."""
_LENGTH_PT: Final = 42.0
"""What stays free on the right, for the length of the last step."""
_HEAD_PT: Final = 78.0
_FOOT_PT: Final = 60.0
_ROW_PT: Final = 18.0
_BAR_PT: Final = 12.0
_SECTION_PT: Final = 21.0
_GAP_PT: Final = 5.0
"""Between two bands."""
_TEXT_PT: Final = 9.0
_WIDE_PT: Final = 1.15 * _TEXT_PT
"""The most of a wide letter, such as a Chinese one: of the box that stands for it where the font lacks it."""
_SMALL_PT: Final = 8.0
_LARGE_PT: Final = 19.0
_TITLE_PT: Final = 616.0
"""The most of the title of the routine; the length of the session stands beside it."""

_SMALL_CHIMES: Final = ("tick", "last", "release")
"""Those inside a step; the others tell that something new begins."""


def check_plot(target: Path, *, overwrite: bool = False) -> None:
    """Find out, before any work is done, whether a session can be drawn to `target`.

    Raises:
        TargetError: Its ending is of no picture, matplotlib is missing, or the file cannot be written.
    """
    if target.suffix.lower() not in FORMATS:
        raise TargetError(
            f"{target} has no ending of a picture", hint=f"name it {' or '.join(target.stem + end for end in FORMATS)}"
        )
    try:
        import matplotlib as mpl  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise TargetError("a picture needs matplotlib", hint='pip install "voiceguide[plot]"') from error
    check_target(target, overwrite)


def plot(schedule: Schedule, target: Path, *, overwrite: bool = False) -> None:
    """Draw a session.

    A letter that the font of a .png or .pdf lacks is shown as a box; an .svg leaves it to the screen that shows it.

    Args:
        schedule: The session.
        target: Where to; its ending, one of `FORMATS`, tells the format.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        TargetError: As `check_plot`, or the disk is full.
    """
    check_plot(target, overwrite=overwrite)
    import matplotlib.style

    suffix = target.suffix.lower()
    with warnings.catch_warnings(), matplotlib.style.context(["default", _LOOK]):
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        sheet = lay_out(schedule, _measure("regular"), _measure("bold"))
        figure = _draw(sheet)
        dpi = min(_DPI, _MOST_PIXELS * 72 / sheet.height_pt)
        about = {"Title": sheet.title, **_METADATA[suffix]}
        with target_errors(target), written_beside(target) as beside:
            figure.savefig(beside, format=suffix[1:], dpi=dpi, metadata=about)


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
        return _MARGIN_PT + _CLOCK_PT + _BESIDE_PT + self.titles_pt + 3 * _BESIDE_PT

    @property
    def right_pt(self) -> float:
        """Where it ends."""
        return _WIDTH_PT - _MARGIN_PT - _LENGTH_PT

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
        title=_fitted(_plain(plan.routine.title), _TITLE_PT * _TEXT_PT / _LARGE_PT, bold),
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
        first_pt = top_pt + (_SECTION_PT if title else 0)
        bottom_pt = first_pt + _ROW_PT * len(chapters)
        yield Band(
            title=title,
            colour=_COLOURS[(number - 1) % len(_COLOURS)] if 0 < number < len(groups) - 1 else _GREY,
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


def _measure(weight: str) -> Width:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    # Larger than it is drawn, because at a small size the strokes are moved to whole points.
    font, scale = get_font(findfont(FontProperties(weight=weight))), 16
    font.set_size(_TEXT_PT * scale, 72)

    def width(text: str) -> float:
        known = "".join(each for each in text if unicodedata.east_asian_width(each) not in "WF")
        font.set_text(known)
        return font.get_width_height()[0] / 64 / scale + _WIDE_PT * (len(text) - len(known))

    return width


def _draw(sheet: Sheet) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH_PT / 72, sheet.height_pt / 72), facecolor=_WHITE)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH_PT), ylim=(sheet.height_pt, 0), autoscale_on=False)
    axes.set_axis_off()
    _draw_head(axes, sheet)
    for band in sheet.bands:
        _draw_ground(axes, band)
    _draw_grid(axes, sheet)
    for band in sheet.bands:
        if band.title:
            _draw_section(axes, sheet, band)
        for row in band.rows:
            _draw_row(axes, sheet, row, band.colour)
    _draw_legend(axes, sheet)
    return figure


def _draw_head(axes: "Axes", sheet: Sheet) -> None:
    _write(axes, _MARGIN_PT, 31, sheet.title, size=_LARGE_PT, weight="bold")
    _write(axes, _WIDTH_PT - _MARGIN_PT, 31, short_clock(sheet.length_ms), size=_LARGE_PT, color=_SOFT, ha="right")


def _draw_ground(axes: "Axes", band: Band) -> None:
    wide_pt, high_pt = _WIDTH_PT - 2 * _MARGIN_PT, band.bottom_pt - band.top_pt
    ground = _mixed(band.colour, _WHITE, _GROUND)
    _fill(axes, _MARGIN_PT, band.top_pt, wide_pt, high_pt, ground, zorder=0)
    _fill(axes, _MARGIN_PT, band.top_pt, 3.5, high_pt, band.colour)


def _draw_grid(axes: "Axes", sheet: Sheet) -> None:
    top_pt, bottom_pt = sheet.bands[0].top_pt, sheet.bands[-1].bottom_pt
    for ms in ticks_ms(sheet.length_ms):
        x_pt = sheet.x_pt(ms)
        axes.plot([x_pt, x_pt], [top_pt - 3, bottom_pt + 3], color=_HAIR, lw=0.7, zorder=_BEHIND)
        for y_pt in (top_pt - 11, bottom_pt + 11):
            _write(axes, x_pt, y_pt, f"{ms // MINUTE_MS}", size=_SMALL_PT, color=_SOFT, ha="center")
    for y_pt in (top_pt - 11, bottom_pt + 11):
        _write(axes, sheet.left_pt - 10, y_pt, "min", size=_SMALL_PT, color=_SOFT, ha="right")


def _draw_section(axes: "Axes", sheet: Sheet, band: Band) -> None:
    middle_pt = band.top_pt + _SECTION_PT / 2 + 1
    _write(axes, _MARGIN_PT + 12, middle_pt, band.title, weight="bold")
    left_pt, right_pt = sheet.x_pt(band.rows[0].start_ms), sheet.x_pt(band.rows[-1].end_ms)
    _fill(axes, left_pt, middle_pt - 1.2, max(1, right_pt - left_pt), 2.4, band.colour)


def _draw_row(axes: "Axes", sheet: Sheet, row: Row, colour: str) -> None:
    clock_pt = _MARGIN_PT + _CLOCK_PT
    left_pt, right_pt = sheet.x_pt(row.start_ms), sheet.x_pt(row.end_ms)
    _write(axes, clock_pt, row.middle_pt, short_clock(row.start_ms), size=_SMALL_PT, color=_SOFT, ha="right")
    _write(axes, clock_pt + _BESIDE_PT, row.middle_pt, row.title)
    length = short_clock(row.end_ms - row.start_ms)
    ground = {"facecolor": _mixed(colour, _WHITE, _GROUND), "edgecolor": "none", "pad": 1}
    _write(axes, right_pt + 5, row.middle_pt, length, size=_SMALL_PT, color=_SOFT, bbox=ground)
    axes.plot([sheet.left_pt, left_pt], [row.middle_pt] * 2, color=_mixed(colour, _WHITE, 0.25), lw=0.6, zorder=_BEHIND)
    _fill(axes, left_pt, row.middle_pt - _BAR_PT / 2, max(1, right_pt - left_pt), _BAR_PT, _mixed(colour, _WHITE, 0.36))
    for cue in row.cues:
        if cue.role is Role.SPEECH:
            at_pt, end_pt = sheet.x_pt(cue.at_ms), sheet.x_pt(cue.end_ms)
            _fill(axes, at_pt, row.middle_pt, max(0.5, end_pt - at_pt), _BAR_PT / 2, _mixed(colour, _INK, 0.8))
    small = [sheet.x_pt(cue.at_ms) for cue in row.cues if cue.role is Role.CHIME and cue.name in _SMALL_CHIMES]
    large = [sheet.x_pt(cue.at_ms) for cue in row.cues if cue.role is Role.CHIME and cue.name not in _SMALL_CHIMES]
    _dots(axes, small, row.middle_pt - _BAR_PT / 4, 1.8)
    _dots(axes, large, row.middle_pt - _BAR_PT / 4, 4)


def _draw_legend(axes: "Axes", sheet: Sheet) -> None:
    y_pt = sheet.height_pt - 19
    x_pt = sheet.left_pt
    _dots(axes, [x_pt + 3], y_pt, 4)
    _write(axes, x_pt + 10, y_pt, "chime", size=_SMALL_PT, color=_SOFT)
    _dots(axes, [x_pt + 55, x_pt + 60, x_pt + 65], y_pt, 1.8)
    _write(axes, x_pt + 72, y_pt, "repeats, strokes", size=_SMALL_PT, color=_SOFT)
    _fill(axes, x_pt + 160, y_pt - 3, 14, 6, _GREY)
    _write(axes, x_pt + 179, y_pt, "voice", size=_SMALL_PT, color=_SOFT)


def _write(axes: "Axes", x_pt: float, y_pt: float, text: str, **look: Any) -> None:
    look = {"size": _TEXT_PT, "color": _INK, "va": "center_baseline", **look}
    axes.text(x_pt, y_pt, text, parse_math=False, **look)


def _fill(
    axes: "Axes", x_pt: float, y_pt: float, width_pt: float, height_pt: float, colour: str, zorder: float = 2
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x_pt, y_pt), width_pt, height_pt, facecolor=colour, edgecolor="none", zorder=zorder))


def _dots(axes: "Axes", xs_pt: Sequence[float], y_pt: float, size_pt: float) -> None:
    axes.plot(xs_pt, [y_pt] * len(xs_pt), "o", ms=size_pt, mec="none", mfc=_INK, clip_on=False)


def _mixed(colour: str, other: str, part: float) -> str:
    """Return `part` of a colour and the rest of another; opaque, so that what lies behind never shows."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one * part + two * (1 - part)):02x}" for one, two in pairs)
