"""Commands of a phone with Termux: shortcut, status, send, take."""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Force, Json, RoutineName, SessionOptions, SoundOptions
from voiceguide.cli.report import note

app = typer.Typer(
    help="On a phone with Termux: put a session on the home screen, see what is ready, store tracks and routines.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@dataclass(frozen=True)
class PhoneOptions:
    """How a phone shows a session that plays."""

    vibrate: Annotated[bool, typer.Option("--vibrate", help="On a phone: a short buzz at each change.")] = False
    phone_controls: Annotated[
        Literal["buttons", "media", "none"], typer.Option(help="On a phone: what its notification looks like.")
    ] = "buttons"


@app.command()
@unfolded
def shortcut(
    session: SessionOptions,
    sound: SoundOptions,
    phone: PhoneOptions,
    routine: RoutineName,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Under its picture.", show_default="the routine, its minutes")
    ] = None,
    force: Force = False,
) -> None:
    """Put a session on the home screen, for the app Termux:Widget, with options as play takes them."""
    from voiceguide.cli.requests import request_of
    from voiceguide.guide.shortcuts import write_shortcut

    words = [*words_of(session), *words_of(sound), *words_of(phone)]
    for path in write_shortcut(request_of(routine, session, sound), words, name, overwrite=force):
        note(f"{path}: written")
    note("Touch the home screen for long, choose Widgets, then Termux:Widget; the one under 'tasks' has no terminal.")


@app.command()
def status(as_json: Json = False) -> None:
    """Show what is ready on this phone, and what to do about the rest."""
    from voiceguide.cli.tables import print_json
    from voiceguide.guide.phone import able_to_play, clear_up, phone_status

    parts = phone_status()
    if cleared := clear_up():
        seen = "is gone" if cleared.unseen else "could not be taken away"
        kept = "may sleep again" if cleared.asleep else "is still kept awake: take 'Exit' in Termux's own notification"
        note(f"A session was killed: its notification {seen}, and the phone {kept}.")
    if as_json:
        print_json(parts)
    else:
        for part in parts:
            print(f"{part.name:<11} {part.state:<8} {part.about}")
    if not able_to_play(parts):
        raise typer.Exit(1)


@app.command(hidden=True)
def clear() -> None:
    """Take away a notification whose session is over: what its buttons do when nobody answers them."""
    from voiceguide.guide.phone import clear_up

    clear_up(notification=True)


@app.command()
@unfolded
def send(session: SessionOptions, sound: SoundOptions, routine: RoutineName, force: Force = False) -> None:
    """Write a session as a track among the phone's music, where every player finds it."""
    from voiceguide.cli.bars import progress_bars
    from voiceguide.cli.requests import request_of
    from voiceguide.guide import phone

    request = request_of(routine, session, sound)
    with progress_bars("Speaking", "Writing") as (speaking, writing):
        track, told = phone.send(request, overwrite=force, speaking=speaking, writing=writing)
    note(f"{track}: {track.stat().st_size / 1e6:.1f} MB")
    if not told:
        note("The phone's players will find it later: they could not be told.")


@app.command()
def take(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A routine file, or a how-to text.", show_default=False)],
) -> None:
    """Store a file that was shared with you among your own routines: checked, or drafted from a text."""
    from voiceguide.guide.sharing import take as store

    taken = store(file)
    print(taken.name)
    note(f"{taken.path}: {'stored' if taken.new else 'was there already'}")
    if taken.drafted:
        note("It is a draft: look for 'change this' in it before you play it.")
    note(f"Play it with 'voiceguide play {taken.name}'")


def words_of(bundle: Any) -> list[str]:
    """Return what was given of a bundle of options, as it is written on a command line."""
    words: list[str] = []
    for each in fields(bundle):
        value = getattr(bundle, each.name)
        option = f"--{each.name.replace('_', '-')}"
        if value == each.default or value is None or each.default is MISSING:
            continue
        if value is True:
            words.append(option)
        else:
            values = value if isinstance(value, list) else [f"{value:g}" if isinstance(value, float) else value]
            words += [word for one in values for word in (option, str(one))]
    return words
