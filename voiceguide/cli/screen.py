"""What is seen while something goes on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from voiceguide.guide.request import Progress
from voiceguide.player.transport import Transport
from voiceguide.units import short_clock


class Screen:
    """One line that says where the session stands; without a terminal, a line a step.

    Args:
        keys: Whether there is a keyboard, whose keys are then named.
    """

    def __init__(self, *, keys: bool) -> None:
        self._live = sys.stderr is not None and sys.stderr.isatty()
        self._keys = keys
        self._shown = ""
        self._chapter = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._shown:
            print(file=sys.stderr)

    def watch(self, transport: Transport | None) -> None:
        """Show where the session stands."""
        if self._keys:
            self._line("space: hold or go on   n: next   p: previous   q: end gently")
            self._keys = False
        if transport is None:
            self._status("The music plays; the voice gets ready …")
            return
        if transport.chapter_index != self._chapter:
            self._chapter = transport.chapter_index
            self._line(f"{short_clock(transport.position_ms):>7}  {transport.chapter.title}")
        left = short_clock(max(0, transport.timeline.length_ms - transport.position_ms))
        in_step = short_clock(max(0, transport.chapter.end_ms - transport.position_ms))
        held = "press space when ready" if transport.chapter.waits else "held"
        self._status(f"         {held if transport.held else in_step}   {left} left")

    def _line(self, text: str) -> None:
        print(f"\r{text:<{len(self._shown)}}" if self._live else text, file=sys.stderr, flush=True)
        self._shown = ""

    def _status(self, text: str) -> None:
        if self._live and text != self._shown:
            print(f"\r{text:<{len(self._shown)}}", end="", file=sys.stderr, flush=True)
            self._shown = text


@contextmanager
def progress_bars(*names: str) -> Iterator[list[Progress]]:
    """Yield one callback a name, each of which moves a bar that shows up with its first call."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<9}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    console = Console(stderr=True)
    if not console.is_terminal:
        yield [lambda _done, _total: None for _ in names]
        return
    with Bars(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def move(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield [lambda done, total, name=name: move(name, done, total) for name in names]  # type: ignore[misc]
