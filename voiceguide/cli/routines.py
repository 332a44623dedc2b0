"""Commands about routines: list, show, check."""

from pathlib import Path
from typing import Annotated, Any

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Force, Json, RoutineName, SessionOptions, Until
from voiceguide.cli.report import note, problems_of, report
from voiceguide.errors import VoiceguideError


def list_routines(as_json: Json = False) -> None:
    """Show the built-in routines and your own."""
    from voiceguide import guide
    from voiceguide.cli.tables import print_json, print_routines

    found = []
    for entry in guide.library():
        try:
            found.append(guide.overview(entry))
        except VoiceguideError as error:
            report(error)
    if as_json:
        print_json(found)
    else:
        print_routines(found)


@unfolded
def show(
    routine: RoutineName,
    session: SessionOptions,
    until: Until = None,
    as_json: Json = False,
    timeline: Annotated[bool, typer.Option("--timeline", help="Print every word and chime at its moment.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the session: .svg or .png.", show_default=False)
    ] = None,
    force: Force = False,
) -> None:
    """Show the timetable of a session."""
    from rich.console import Console

    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.cli.tables import print_json, print_timetable, timetable_of

    if plot:
        guide.check_plot(plot, overwrite=force)
    schedule, measured = guide.timetable(request_of(routine, session, until=until))
    if plot:
        guide.plot(schedule, plot, overwrite=force)
        note(f"{plot}: drawn")
    elif timeline:
        print(schedule.timeline, end="")
    elif as_json:
        print_json(timetable_of(schedule))
    else:
        print_timetable(schedule, Console())
    if not measured:
        note("The lengths of the sentences are estimated: 'voiceguide doctor' tells how to get a voice.")


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Routine files.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Check routine files; every error is named, with line and column."""
    from voiceguide import guide
    from voiceguide.cli.tables import print_json

    worst = 0
    rows: list[dict[str, Any]] = []
    for file in files:
        try:
            routine = guide.check(file)
        except VoiceguideError as error:
            worst = worst or error.exit_code
            rows += problems_of(error, file)
            if not as_json:
                report(error)
        else:
            if not as_json:
                print(f"{file}: fine ({routine.title})")
    if as_json:
        print_json(rows)
    if worst:
        raise typer.Exit(worst)
