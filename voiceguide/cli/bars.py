"""Bars for what takes its time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from voiceguide.guide.request import Progress
from voiceguide.units import SAMPLE_RATE

WRITING: Final = "Writing"
"""The bar that counts frames, so that it can tell its speed."""


@contextmanager
def progress_bars(*names: str) -> Iterator[list[Progress]]:
    """Yield one callback a name, each of which moves a bar that shows up with its first call."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield [lambda _done, _total: None for _ in names]
        return

    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def move(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total, speed="")
            per_s = bars.tasks[bars.task_ids.index(tasks[name])].speed if name == WRITING else None
            speed = f"{per_s / SAMPLE_RATE:.0f} x" if per_s else ""
            bars.update(tasks[name], completed=done, total=total, speed=speed)

        yield [lambda done, total, name=name: move(name, done, total) for name in names]  # type: ignore[misc]
