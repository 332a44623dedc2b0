"""What the commands print as tables or as JSON."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voiceguide.export.timetable import steps
from voiceguide.guide import Overview, Part, SoundRow, VoiceRow
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import step_title
from voiceguide.units import MINUTE_MS, short_clock


def print_json(value: Any) -> None:
    """Print `value` as JSON; dataclasses as objects."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=asdict))


def print_routines(found: Sequence[Overview]) -> None:
    """Print the library."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column("minutes", justify="right", no_wrap=True)
    table.add_column("")
    for each in found:
        minutes = f"{-(-each.least_ms // MINUTE_MS)}-{each.most_ms // MINUTE_MS}"
        table.add_row(Text(each.name), minutes, Text(each.summary or each.title))
    Console().print(table)


def timetable_of(schedule: Schedule) -> dict[str, Any]:
    """Return a session as plain data, times in milliseconds."""
    plan = schedule.plan
    words = phrases(plan.routine.language)
    steps = [
        {
            "number": step.number,
            "section": step.part.section,
            "title": step_title(step, words),
            "start_ms": step.start_ms,
            "length_ms": step.length_ms,
            "repeats": step.repeats,
            "each_ms": step.each_ms,
        }
        for step in plan.steps
    ]
    return {
        "title": plan.routine.title,
        "length_ms": plan.length_ms,
        "least_ms": plan.least_ms,
        "most_ms": plan.most_ms,
        "left_out": plan.left_out,
        "avoided": plan.avoided,
        "spared": plan.spared,
        "steps": steps,
    }


def print_timetable(schedule: Schedule, console: Console) -> None:
    """Print when each step begins, how long it is and how often it is done."""
    plan = schedule.plan
    console.print(Text(plan.routine.title, style="bold"), Text(short_clock(plan.length_ms)))
    console.print(steps(plan))
    if plan.left_out:
        console.print(Text(f"Left out, for want of time: {', '.join(plan.left_out)}"))
    if plan.avoided:
        console.print(Text(f"Left out, as asked: {', '.join(plan.avoided)}"))
    if plan.spared:
        console.print(Text(f"Told what to leave out in: {', '.join(plan.spared)}"))
    console.print(Text(f"From {short_clock(plan.least_ms)} to {short_clock(plan.most_ms)} long.", style="dim"))
    for caution in plan.routine.cautions:
        console.print(Text(caution, style="yellow"))


def print_parts(parts: Sequence[Part]) -> None:
    """Print what is ready, and what to do about the rest."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for part in parts:
        state = Text("ready", style="green") if part.hint is None else Text(part.hint, style="yellow")
        table.add_row(Text(part.kind, style="dim"), Text(part.name), state)
    Console().print(table)


_MANY = 20
"""An engine with more voices than this speaks nearly everything."""


def print_voices(found: Sequence[VoiceRow], *, of_one_language: bool = False) -> None:
    """Print voices, best first; what speaks nearly everything is one line, unless one language was asked for."""
    engines = Counter(row.voice.partition(":")[0] for row in found)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("voice", "language", "quality", ""):
        table.add_column(column)
    for row in found:
        engine = row.voice.partition(":")[0]
        if engines[engine] <= _MANY or of_one_language or row.chosen:
            table.add_row(Text(row.voice), row.language or "any", row.quality, "auto" if row.chosen else "")
    for engine, count in engines.items():
        if count > _MANY and not of_one_language:
            table.add_row(f"{engine}:…", f"{count} in all", "", "")
    Console().print(table)


def print_sounds(found: Sequence[SoundRow]) -> None:
    """Print music and sets of chimes."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for row in found:
        table.add_row(Text(row.kind, style="dim"), row.name, row.about)
    Console().print(table)
