"""What a live session looks like: a few rows to be read from two metres, and lines for whoever reads later.

From two metres, a letter has to be some 3 mm high at least (5 minutes of arc), as capitals of a terminal are and its
small letters are not. So the step stands in bold capitals, and the time that it has left in figures as large as fit.
Whatever the session waits for is a bright bar behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from voiceguide.cli.report import plain
from voiceguide.player.status import Status
from voiceguide.units import short_clock

KEYS: Final = ("space: hold", "n: next", "p: back", "r: again", "w: where?", "q: end gently")

BOLD: Final = "1"
BRIGHT: Final = "7"
"""Ink and ground changed places: seen across a room, with any colours, by whoever sees no colours."""

_DOTS: Final = {
    "0": "███|█ █|█ █|█ █|███",
    "1": " █ |██ | █ | █ |███",
    "2": "███|  █|███|█  |███",
    "3": "███|  █|███|  █|███",
    "4": "█ █|█ █|███|  █|  █",
    "5": "███|█  |███|  █|███",
    "6": "███|█  |███|█ █|███",
    "7": "███|  █|  █|  █|  █",
    "8": "███|█ █|███|█ █|███",
    "9": "███|█ █|███|  █|███",
    ":": " |█| |█| ",
}
"""Figures of 3 by 5 dots, row after row."""

_FULL, _UPPER, _LOWER, _EMPTY = "█▀▄░"
MARKS: Final = "█▀▄░…"
"""What a terminal has to be able to show besides letters."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the screen."""

    text: str
    style: str = ""
    """The parameter of a terminal's SGR sequence; "" for letters as they are."""


def glance(status: Status | None, keys: Sequence[str], columns: int, rows: int) -> list[Row]:
    """Return where a session stands, in fewer rows than there are, each narrower than there is room.

    Args:
        status: `None` while the voice gets ready.
        keys: Are named below.
        columns: Of the terminal, in cells.
        rows: Of the terminal.
    """
    width = max(1, columns - 2)
    below = [Row(row) for row in _side_by_side(keys, width)]
    if status is None:
        picture = [Row("The music plays; the voice gets ready …", BOLD), *below]
    else:
        state, style = _state_row(status)
        figures = [Row(row, style) for row in _figures(short_clock(status.step_left_ms), width, rows // 3)]
        picture = [
            Row(plain(status.title).upper(), BOLD),
            Row(f"next: {plain(status.next_title)}" if status.next_title else ""),
            Row(state, style),
            *figures,
            Row(_apart(_count(status), f"{short_clock(status.left_ms)} left in all", width)),
            Row(_bar(status, width)),
            *below,
        ]
    if len(picture) + 2 < rows:
        picture.insert(0, Row(""))
    shown = picture[: max(1, rows - 1)]
    return [Row(" " + fitted(row.text, width, fill=row.style == BRIGHT), row.style) for row in shown]


def state_of(status: Status) -> str | None:
    """Return why the session does not go on aloud, where it does not."""
    if status.device_lost:
        return "waits for a sound device"
    if status.waits and status.held:
        return "press space when ready"
    if status.paused or status.held:
        return "paused" if status.paused else "held"
    return "muted" if status.muted else None


def fitted(text: str, width: int, *, fill: bool = False) -> str:
    """Return text that takes `width` cells at most, or just as many; letters may be two cells wide."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width) if fill else text


def folded(text: str, width: int) -> list[str]:
    """Return a line as rows of `width` cells at most, broken between words; the later ones begin as the first does."""
    indent = " " * min(len(text) - len(text.lstrip()), width // 2)
    rows = [indent]
    for word in text.strip().split(" "):
        longer = f"{rows[-1]} {word}" if rows[-1].strip() else indent + word
        if cell_len(longer) > width and rows[-1].strip():
            rows.append(indent + word)
        else:
            rows[-1] = longer
    return [fitted(row, width) for row in rows]


class Story:
    """What happens in a session, told in lines.

    Args:
        steps_done: Whether a step is told when it is left, and what else is the case is seen anyway.
    """

    def __init__(self, *, steps_done: bool) -> None:
        self._steps_done = steps_done
        self._step: tuple[int, str] | None = None
        self._doing = ""
        self._state: str | None = None
        self._news: str | None = None

    def told(self, status: Status) -> list[str]:
        """Return what is new."""
        step, state, news = (status.step, status.title), state_of(status), status.news
        lines = []
        if step != self._step:
            lines.append(self._step_line(status))
        if state != self._state and not self._steps_done:
            lines.append(_aside(state or ("sound again" if self._state == "muted" else "goes on")))
        if news and news != self._news:
            lines.append(_aside(plain(news)))
        self._step, self._state, self._news = step, state, news
        return [line for line in lines if line]

    def ended(self) -> list[str]:
        """Return what is left to tell."""
        return [self._doing] if self._doing else []

    def _step_line(self, status: Status) -> str:
        line = f"{short_clock(status.position_ms):>7}  {plain(status.title)}"
        if self._steps_done:
            line, self._doing = self._doing, line
            return line
        return line + (f"   next: {plain(status.next_title)}" if status.next_title else "")


def _aside(text: str) -> str:
    return f"{'':9}{text}"


def _state_row(status: Status) -> tuple[str, str]:
    state = state_of(status)
    return (state.upper(), BRIGHT) if state else ("", "")


def _count(status: Status) -> str:
    return f"step {status.step} of {len(status.steps)}" if 0 < status.step <= len(status.steps) else ""


def _bar(status: Status, width: int) -> str:
    done = round(width * status.position_ms / max(1, status.length_ms))
    return _FULL * done + _EMPTY * (width - done)


def _apart(left: str, right: str, width: int) -> str:
    return f"{left}{right:>{max(0, width - cell_len(left))}}"


def _side_by_side(words: Sequence[str], width: int) -> list[str]:
    """Return the words in two rows at most; those that come last are left out first."""
    rows = [""]
    for word in words:
        longer = f"{rows[-1]}   {word}".lstrip()
        if cell_len(longer) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return [row for row in rows if row][:2]


def _figures(text: str, width: int, rows: int) -> list[str]:
    """Return a time in figures as large as fit into so many rows, or as letters where none do.

    A cell is about twice as high as wide. So a dot is one row and two columns, or a multiple; where there is no room
    for that, half a row and one column.
    """
    dots = [" ".join(_DOTS[letter].split("|")[row] for letter in text) for row in range(5)]
    for size in range(rows // 5, 0, -1):
        if len(dots[0]) * 2 * size <= width:
            return ["".join(dot * 2 * size for dot in row) for row in dots for _ in range(size)]
    if rows >= 3 and len(dots[0]) <= width:
        halves = [*dots, " " * len(dots[0])]
        return ["".join(map(_two_halves, upper, lower)) for upper, lower in zip(halves[::2], halves[1::2], strict=True)]
    return [f"{text} left in this step"]


def _two_halves(upper: str, lower: str) -> str:
    both = {(_FULL, _FULL): _FULL, (_FULL, " "): _UPPER, (" ", _FULL): _LOWER}
    return both.get((upper, lower), " ")
