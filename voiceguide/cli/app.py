"""The commands, by name."""

from typing import Annotated

import typer

from voiceguide.cli import authoring, control, exporting, health, phone, routines, sessions, sounds, voices

app = typer.Typer(
    name="voiceguide",
    help="Turn a massage routine into a hands-free audio guide: a calm voice, soft chimes, quiet music.",
    no_args_is_help=True,
    # Plain help starts twice as fast; a bug keeps its whole traceback.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from voiceguide import __version__

        print(f"voiceguide {__version__}")
        raise typer.Exit


@app.callback()
def voiceguide(
    ctx: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Turn a massage routine into a hands-free audio guide: a calm voice, soft chimes, quiet music."""
    from voiceguide.cli.defaults import settle
    from voiceguide.settings import settings

    settle(ctx, settings().options)
    exporting.settle_lists(ctx)


app.command("list")(routines.list_routines)
app.command("show")(routines.show)
app.command("check")(routines.check)
app.command("play")(sessions.play)
app.command("export")(exporting.export)
app.command("ctl")(control.ctl)
app.command("new")(authoring.new)
app.command("draft")(authoring.draft)
app.command("doctor")(health.doctor)
app.add_typer(voices.app, name="voices")
app.add_typer(sounds.app, name="sounds")
app.add_typer(phone.app, name="phone")
