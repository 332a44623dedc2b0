"""Commands that begin a routine of one's own: new, draft."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from voiceguide.cli.options import Force
from voiceguide.cli.report import note


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A name, or the path of a .yaml file.", show_default=False)
    ],
    force: Force = False,
) -> None:
    """Write a commented example to edit, among your own routines or at a path."""
    from voiceguide import guide

    made = guide.new_routine(name, overwrite=force)
    note(f"{made}: edit it, then run 'voiceguide check {made}'")


def draft(
    source: Annotated[
        str, typer.Argument(metavar="TEXT", help="A text file, or - for standard input.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it here.", show_default="to stdout")
    ] = None,
    force: Force = False,
) -> None:
    """Turn a how-to text into a routine to edit; what could not be read is marked."""
    from voiceguide import guide

    if source == "-":
        drafted = guide.draft(sys.stdin.buffer.read(guide.MOST_TEXT_BYTES + 1), "standard input")
    else:
        drafted = guide.draft_file(Path(source))
    if output is None:
        sys.stdout.write(drafted)
    else:
        guide.write_text(output, drafted, overwrite=force)
        note(f"{output}: edit it, then run 'voiceguide check {output}'")
