"""Commands that make sound: play, export."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Device, Force, MaybeRoutineName, RoutineName, SessionOptions, SoundOptions, Until
from voiceguide.cli.report import note


@unfolded
def play(
    session: SessionOptions,
    sound: SoundOptions,
    routine: MaybeRoutineName = None,
    until: Until = None,
    keep_end: Annotated[
        bool, typer.Option("--keep-end", help="End in time, whatever is held or repeated; --until does so too.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the session that was interrupted.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing.")] = False,
    output: Device = None,
) -> None:
    """Guide a massage: space holds and goes on, n next, p previous, r again, w where am I, q ends gently."""
    from queue import SimpleQueue

    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.cli.screen import Screen
    from voiceguide.player.commands import Commands
    from voiceguide.player.controls.keyboard import keyboard

    if (routine is None) is not resume:
        raise typer.BadParameter("give a ROUTINE, or --resume without one")
    commands: Commands = SimpleQueue()
    with keyboard(commands) as has_keys, Screen(keys=has_keys, quiet=quiet) as screen:
        if routine is None:
            request, resumed = guide.to_resume()
            guide.play(request, commands, screen.watch, resumed=resumed)
            return
        request = request_of(routine, session, sound, output=output, until=until, keys=has_keys)
        request = replace(request, keep_end=keep_end or until is not None)
        guide.play(request, commands, screen.watch)


@unfolded
def export(
    routine: RoutineName,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file; its ending tells the format.", show_default=False
        ),
    ],
    session: SessionOptions,
    sound: SoundOptions,
    captions: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Captions beside it: vtt, srt or lrc; may be repeated.", show_default=False),
    ] = None,
    cue: Annotated[bool, typer.Option("--cue", help="A cue sheet of the steps beside it.")] = False,
    force: Force = False,
) -> None:
    """Write a session to a sound file, .wav .flac .mp3 .opus .ogg .m4a .m4b, or to a page for any phone, .html."""
    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.cli.screen import progress_bars
    from voiceguide.units import short_clock

    request = request_of(routine, session, sound)
    with progress_bars("Speaking", "Writing") as (speaking, writing):
        extras = guide.Extras(captions=tuple(captions or ()), cue=cue)
        made = guide.export(request, output, overwrite=force, extras=extras, speaking=speaking, writing=writing)
    if made.left_out:
        note(f"Left out, for want of time: {', '.join(made.left_out)}")
    if made.avoided:
        note(f"Left out, as asked: {', '.join(made.avoided)}")
    for file in made.beside:
        note(f"{file}: written")
    note(f"{made.target}: {short_clock(made.length_ms)}, {made.target.stat().st_size / 1e6:.1f} MB")
