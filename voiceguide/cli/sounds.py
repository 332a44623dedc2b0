"""Commands about the bundled sounds: which there are, and how they sound."""

from typing import Annotated

import typer

from voiceguide.cli.options import Force, Json, SampleDevice, SampleFile, sound_names
from voiceguide.cli.report import note

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def sounds(ctx: typer.Context, as_json: Json = False) -> None:
    """List the music and the chimes; try them."""
    if ctx.invoked_subcommand:
        return
    from voiceguide import guide
    from voiceguide.cli.tables import print_json, print_sounds

    (print_json if as_json else print_sounds)(guide.sounds())


@app.command("try")
def try_sound(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Music or a set of chimes.", autocompletion=sound_names, show_default=False
        ),
    ],
    output: SampleFile = None,
    device: SampleDevice = None,
    force: Force = False,
) -> None:
    """Hear 20 seconds of music, or all chimes of a set."""
    from voiceguide import guide
    from voiceguide.units import short_clock

    for at_ms, kind in guide.try_sound(name, guide.Request(routine="", output=device), output, overwrite=force):
        note(f"{short_clock(at_ms)} {kind}")
    if output:
        note(f"{output}: written")
