"""The timetable of a session: as a table for the terminal, and as text to print and lay beside the table."""

from __future__ import annotations

from io import StringIO
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.plan import Plan, PlannedStep
from voiceguide.scheduler.timeline import step_title
from voiceguide.units import SECOND_MS, short_clock

COLUMNS: Final = 80
"""What fits across a sheet of paper, A4 or Letter, in the letters that a plain text is printed in."""

HEADS: Final = {
    "en": ("at", "for", "step", "times"),
    "de": ("um", "Dauer", "Schritt", "Mal"),
    "es": ("a los", "dura", "paso", "veces"),
}
"""The heads of the columns, in each language that the guide speaks."""


def timetable(plan: Plan) -> str:
    """Return the timetable to print: title, length, what to have at hand, cautions, a line a step.

    No line is longer than `COLUMNS`; a wide letter, such as an emoji, counts as two.
    """
    routine = plan.routine
    page = StringIO()
    console = Console(file=page, width=COLUMNS, color_system=None, legacy_windows=False)
    console.print(_title(plan), "")
    for sign, lines in (("[ ]", routine.needs), (" ! ", routine.cautions)):
        if lines:
            console.print(_list(sign, lines), "")
    console.print(steps(plan, HEADS[routine.language.split("-", maxsplit=1)[0]]))
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def steps(plan: Plan, heads: tuple[str, str, str, str] = HEADS["en"]) -> Table:
    """Return when each step begins, how long it is and how often it is done; the sections in bold.

    Args:
        plan: The session.
        heads: Of the columns.
    """
    at, length, step_head, times = heads
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(at, justify="right", no_wrap=True)
    table.add_column(length, justify="right", no_wrap=True)
    table.add_column(step_head)
    table.add_column(times, justify="right", no_wrap=True)
    words = phrases(plan.routine.language)
    section = None
    for step in plan.steps:
        if step.part.section != section:
            section = step.part.section
            table.add_row("", "", Text(section, style="bold"), "")
        title = Padding(Text(step_title(step, words)), (0, 0, 0, 2))
        table.add_row(short_clock(step.start_ms), short_clock(step.length_ms), title, _times(step))
    return table


def _times(step: PlannedStep) -> str:
    return "" if step.repeats is None else f"{step.repeats} x {(step.each_ms or 0) / SECOND_MS:.0f} s"


def _title(plan: Plan) -> Table:
    line = Table.grid(padding=(0, 2), expand=True)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text(plan.routine.title), short_clock(plan.length_ms))
    return line


def _list(sign: str, lines: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 1))
    for line in lines:
        table.add_row(Text(sign), Text(line))
    return table
