"""What is shown goes where it is read: a block that is drawn again in a terminal, or else lines."""

import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol, TextIO

from voiceguide.cli.glance import KEYS, MARKS, Row, folded, glance
from voiceguide.player.controls.terminal import in_foreground
from voiceguide.player.status import Status

_USUAL_SIZE: Final = (80, 24)
_BUSY_S: Final = 0.05

# Rows that a terminal measures otherwise than we do are cut at its edge rather than broken.
_CUT, _BREAK, _UP, _REST_OF_ROW, _REST_OF_SCREEN = "\x1b[?7l", "\x1b[?7h", "\x1b[{}A", "\x1b[K", "\x1b[J"


class Drawing(Protocol):
    """Shows a session. May wait for whoever reads for as long as they like."""

    def show(self, lines: Sequence[str], status: Status | None) -> None:
        """Show some lines for good, and for now where the session stands.

        Raises:
            OSError: Nobody is there any more to read it.
        """

    def tell(self, lines: Sequence[str]) -> None:
        """Show some lines alone.

        Raises:
            OSError: As above.
        """

    def forget(self) -> None:
        """Begin below what somebody else has written meanwhile."""


def can_draw(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal in which something can be drawn again."""
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return False
    try:
        MARKS.encode(stream.encoding)
    except UnicodeEncodeError:
        return False
    return _obeys(stream)


class Lines:
    """Shows lines, in a file or for another program.

    Args:
        stream: Where to.
        keys: Whether the keys are named first.
    """

    def __init__(self, stream: TextIO, *, keys: bool) -> None:
        self._stream = stream
        self._first = ["   ".join(KEYS)] if keys else []

    def show(self, lines: Sequence[str], _status: Status | None) -> None:
        """Show the lines."""
        self.tell([*self._first, *lines])
        self._first = []

    def tell(self, lines: Sequence[str]) -> None:
        """Show the lines."""
        if lines:
            _write(self._stream, "".join(f"{line}\n" for line in lines))

    def forget(self) -> None:
        """Go on: lines are below each other anyway."""


class Block:
    """Shows where a session stands at the foot of a terminal, under lines that scroll away.

    Args:
        stream: The terminal.
        keys: Whether the keys are named.
    """

    def __init__(self, stream: TextIO, *, keys: bool) -> None:
        self._stream, self._keys = stream, KEYS if keys else ()
        self._drawn: list[Row] = []
        self._size = _size(stream)

    def show(self, lines: Sequence[str], status: Status | None) -> None:
        """Draw the block again, below the lines."""
        size = _size(self._stream)
        if _is_ours(self._stream):
            self._draw(lines, glance(status, self._keys, *size), size)
        else:
            # Somebody types there just now.
            self.forget()
            self.tell(lines)

    def tell(self, lines: Sequence[str]) -> None:
        """Show the lines, and no block any more."""
        self._draw(lines, [], _size(self._stream))

    def forget(self) -> None:
        """Begin below."""
        self._drawn = []

    def _draw(self, lines: Sequence[str], picture: list[Row], size: tuple[int, int]) -> None:
        if not lines and (picture, size) == (self._drawn, self._size):
            return
        up = _height(self._drawn, size[0]) - 1
        rows = [row for line in lines for row in folded(line, size[0] - 1)]
        parts = [_CUT, "\r", _UP.format(up) if up > 0 else ""]
        parts += [f"{row}{_REST_OF_ROW}\r\n" for row in rows]
        parts += ["\r\n".join(map(_styled, picture)), _REST_OF_SCREEN, _BREAK]
        self._drawn, self._size = picture, size
        _write(self._stream, "".join(parts))


def _styled(row: Row) -> str:
    return f"\x1b[{row.style}m{row.text}\x1b[m{_REST_OF_ROW}" if row.style else f"{row.text}{_REST_OF_ROW}"


def _height(rows: Sequence[Row], columns: int) -> int:
    """Return how many rows of a terminal they take, which may have been made narrower since: most break them then."""
    from rich.cells import cell_len

    return sum(max(1, -(-cell_len(row.text) // columns)) for row in rows)


def _size(stream: TextIO) -> tuple[int, int]:
    """Return columns and rows; some terminals do not know."""
    with suppress(OSError):
        columns, rows = os.get_terminal_size(stream.fileno())
        return columns or _USUAL_SIZE[0], rows or _USUAL_SIZE[1]
    return _USUAL_SIZE


def _is_ours(stream: TextIO) -> bool:
    try:
        return in_foreground(stream.fileno())
    except OSError:
        # It steers nobody's jobs.
        return True


def _write(stream: TextIO, text: str) -> None:
    """Write past the buffers of `stream`: whoever waits for a terminal in them keeps Python from ending.

    Raises:
        OSError: Nobody reads any more.
    """
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
        return
    raw = getattr(buffer, "raw", buffer)
    rest = text.encode(stream.encoding, "replace")
    while rest:
        written = raw.write(rest)
        if written is None:
            # Somebody else who uses this terminal has told it never to wait.
            time.sleep(_BUSY_S)
        rest = rest[written or 0 :]


if sys.platform == "win32":
    import ctypes
    import msvcrt

    _VIRTUAL_TERMINAL: Final = 0x0004

    def _obeys(stream: TextIO) -> bool:
        """Return whether a console obeys sequences, having asked it to (ENABLE_VIRTUAL_TERMINAL_PROCESSING)."""
        console, mode = msvcrt.get_osfhandle(stream.fileno()), ctypes.c_ulong()
        kernel32 = ctypes.windll.kernel32
        if not kernel32.GetConsoleMode(ctypes.c_void_p(console), ctypes.byref(mode)):
            return False
        return bool(kernel32.SetConsoleMode(ctypes.c_void_p(console), mode.value | _VIRTUAL_TERMINAL))

else:

    def _obeys(_stream: TextIO) -> bool:
        """Return whether a terminal is said to obey sequences."""
        return os.environ.get("TERM", "dumb") not in {"dumb", ""}
