"""Commands about routines: list, show, check."""

from pathlib import Path
from typing import Annotated

import typer

from voiceguide.cli.options import DetailLevel, Json, Minutes, RoutineName, Voice
from voiceguide.cli.report import note, report
from voiceguide.errors import RoutineError, VoiceguideError


def list_routines(as_json: Json = False) -> None:
    """Show the built-in routines and your own."""
    from voiceguide import guide
    from voiceguide.cli.tables import print_json, print_routines

    found = []
    for entry in guide.library():
        try:
            found.append(guide.overview(entry))
        except RoutineError as error:
            report(error)
    if as_json:
        print_json(found)
    else:
        print_routines(found)


def show(
    routine: RoutineName,
    minutes: Minutes = None,
    detail: DetailLevel = "full",
    voice: Voice = "auto",
    as_json: Json = False,
    timeline: Annotated[bool, typer.Option("--timeline", help="Print every word and chime at its moment.")] = False,
) -> None:
    """Show the timetable of a session."""
    from rich.console import Console

    from voiceguide import guide
    from voiceguide.cli.tables import print_json, print_timetable, timetable_rows

    schedule, measured = guide.timetable(guide.Request(routine=routine, minutes=minutes, detail=detail, voice=voice))
    if timeline:
        print(schedule.timeline, end="")
    elif as_json:
        print_json(timetable_rows(schedule))
    else:
        print_timetable(schedule, Console())
    if not measured:
        note("The lengths of the sentences are estimated: 'voiceguide doctor' tells how to get a voice.")


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Routine files.", show_default=False)],
) -> None:
    """Check routine files; every error is named, with line and column."""
    from voiceguide import guide

    worst = 0
    for file in files:
        try:
            routine = guide.check(file)
        except VoiceguideError as error:
            report(error)
            worst = worst or error.exit_code
        else:
            print(f"{file}: fine ({routine.title})")
    if worst:
        raise typer.Exit(worst)
