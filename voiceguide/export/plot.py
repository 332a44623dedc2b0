"""A session drawn as a timeline, to read at a glance or to hang on the wall.

One row for each chapter, the sections as bands of colour, time from left to right. In each bar the upper half shows the
chimes and the lower half the voice. The sheet is laid out in points (1/72 inch) from its upper left corner, before
matplotlib is asked to draw it.

A picture is for every screen: the ground is white, also where the page around it is dark, and text in an .svg stays
text, which can be searched, read aloud and shown in any script. The same session gives the same bytes.
"""

import unicodedata
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from voiceguide.errors import TargetError
from voiceguide.export.sheet import (
    BAR_PT,
    BESIDE_PT,
    CLOCK_PT,
    GREY,
    LARGE_PT,
    MARGIN_PT,
    SECTION_PT,
    SMALL_PT,
    TEXT_PT,
    WIDE_PT,
    WIDTH_PT,
    Band,
    Row,
    Sheet,
    Width,
    lay_out,
    ticks_ms,
)
from voiceguide.files import written_beside
from voiceguide.outputs.target import check_target, target_errors
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Role
from voiceguide.units import MINUTE_MS, short_clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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

_INK, _SOFT, _HAIR, _WHITE = "#22252B", "#5F646D", "#D5D9DF", "#FFFFFF"

_GROUND: Final = 0.07
"""How much of its colour the ground of a section has."""

_BEHIND: Final = 1
"""The level of the lines on the ground; all else is drawn over them, in order."""

_DPI: Final = 160
_MOST_PIXELS: Final = 20_000
"""The height of the tallest .png; one of a thousand steps has a lower resolution, rather than none."""

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
        raise TargetError("a picture needs matplotlib", hint="pip install matplotlib") from error
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


def _measure(weight: str) -> Width:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    # Larger than it is drawn, because at a small size the strokes are moved to whole points.
    font, scale = get_font(findfont(FontProperties(weight=weight))), 16
    font.set_size(TEXT_PT * scale, 72)

    def width(text: str) -> float:
        known = "".join(each for each in text if unicodedata.east_asian_width(each) not in "WF")
        font.set_text(known)
        return font.get_width_height()[0] / 64 / scale + WIDE_PT * (len(text) - len(known))

    return width


def _draw(sheet: Sheet) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_PT / 72, sheet.height_pt / 72), facecolor=_WHITE)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_PT), ylim=(sheet.height_pt, 0), autoscale_on=False)
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
    _write(axes, MARGIN_PT, 31, sheet.title, size=LARGE_PT, weight="bold")
    _write(axes, WIDTH_PT - MARGIN_PT, 31, short_clock(sheet.length_ms), size=LARGE_PT, color=_SOFT, ha="right")


def _draw_ground(axes: "Axes", band: Band) -> None:
    wide_pt, high_pt = WIDTH_PT - 2 * MARGIN_PT, band.bottom_pt - band.top_pt
    ground = _mixed(band.colour, _WHITE, _GROUND)
    _fill(axes, MARGIN_PT, band.top_pt, wide_pt, high_pt, ground, zorder=0)
    _fill(axes, MARGIN_PT, band.top_pt, 3.5, high_pt, band.colour)


def _draw_grid(axes: "Axes", sheet: Sheet) -> None:
    top_pt, bottom_pt = sheet.bands[0].top_pt, sheet.bands[-1].bottom_pt
    for ms in ticks_ms(sheet.length_ms):
        x_pt = sheet.x_pt(ms)
        axes.plot([x_pt, x_pt], [top_pt - 3, bottom_pt + 3], color=_HAIR, lw=0.7, zorder=_BEHIND)
        for y_pt in (top_pt - 11, bottom_pt + 11):
            _write(axes, x_pt, y_pt, f"{ms // MINUTE_MS}", size=SMALL_PT, color=_SOFT, ha="center")
    for y_pt in (top_pt - 11, bottom_pt + 11):
        _write(axes, sheet.left_pt - 10, y_pt, "min", size=SMALL_PT, color=_SOFT, ha="right")


def _draw_section(axes: "Axes", sheet: Sheet, band: Band) -> None:
    middle_pt = band.top_pt + SECTION_PT / 2 + 1
    _write(axes, MARGIN_PT + 12, middle_pt, band.title, weight="bold")
    left_pt, right_pt = sheet.x_pt(band.rows[0].start_ms), sheet.x_pt(band.rows[-1].end_ms)
    _fill(axes, left_pt, middle_pt - 1.2, max(1, right_pt - left_pt), 2.4, band.colour)


def _draw_row(axes: "Axes", sheet: Sheet, row: Row, colour: str) -> None:
    clock_pt = MARGIN_PT + CLOCK_PT
    left_pt, right_pt = sheet.x_pt(row.start_ms), sheet.x_pt(row.end_ms)
    _write(axes, clock_pt, row.middle_pt, short_clock(row.start_ms), size=SMALL_PT, color=_SOFT, ha="right")
    _write(axes, clock_pt + BESIDE_PT, row.middle_pt, row.title)
    length = short_clock(row.end_ms - row.start_ms)
    ground = {"facecolor": _mixed(colour, _WHITE, _GROUND), "edgecolor": "none", "pad": 1}
    _write(axes, right_pt + 5, row.middle_pt, length, size=SMALL_PT, color=_SOFT, bbox=ground)
    axes.plot([sheet.left_pt, left_pt], [row.middle_pt] * 2, color=_mixed(colour, _WHITE, 0.25), lw=0.6, zorder=_BEHIND)
    _fill(axes, left_pt, row.middle_pt - BAR_PT / 2, max(1, right_pt - left_pt), BAR_PT, _mixed(colour, _WHITE, 0.36))
    for cue in row.cues:
        if cue.role is Role.SPEECH:
            at_pt, end_pt = sheet.x_pt(cue.at_ms), sheet.x_pt(cue.end_ms)
            _fill(axes, at_pt, row.middle_pt, max(0.5, end_pt - at_pt), BAR_PT / 2, _mixed(colour, _INK, 0.8))
    small = [sheet.x_pt(cue.at_ms) for cue in row.cues if cue.role is Role.CHIME and cue.name in _SMALL_CHIMES]
    large = [sheet.x_pt(cue.at_ms) for cue in row.cues if cue.role is Role.CHIME and cue.name not in _SMALL_CHIMES]
    _dots(axes, small, row.middle_pt - BAR_PT / 4, 1.8)
    _dots(axes, large, row.middle_pt - BAR_PT / 4, 4)


def _draw_legend(axes: "Axes", sheet: Sheet) -> None:
    y_pt = sheet.height_pt - 19
    x_pt = sheet.left_pt
    _dots(axes, [x_pt + 3], y_pt, 4)
    _write(axes, x_pt + 10, y_pt, "chime", size=SMALL_PT, color=_SOFT)
    _dots(axes, [x_pt + 55, x_pt + 60, x_pt + 65], y_pt, 1.8)
    _write(axes, x_pt + 72, y_pt, "repeats, strokes", size=SMALL_PT, color=_SOFT)
    _fill(axes, x_pt + 160, y_pt - 3, 14, 6, GREY)
    _write(axes, x_pt + 179, y_pt, "voice", size=SMALL_PT, color=_SOFT)


def _write(axes: "Axes", x_pt: float, y_pt: float, text: str, **look: Any) -> None:
    look = {"size": TEXT_PT, "color": _INK, "va": "center_baseline", **look}
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
