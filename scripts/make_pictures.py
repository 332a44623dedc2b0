#!/usr/bin/env python3
"""Draws the pictures of the docs from what the program really prints: ``.venv/bin/python scripts/make_pictures.py``."""

from pathlib import Path

from rich.console import Console

from voiceguide import guide
from voiceguide.cli.tables import print_timetable

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    schedule, _ = guide.timetable(guide.Request(routine="eleven-steps", options=guide.Options(budget_ms=30 * 60_000)))
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=72, file=nowhere)
        print_timetable(schedule, console)
    console.save_svg(str(DOCS / "timetable.svg"), title="voiceguide show eleven-steps --minutes 30")


if __name__ == "__main__":
    main()
