"""Commands that make sound: play, export."""

from pathlib import Path
from typing import Annotated

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Device, Force, RoutineName, SessionOptions, SoundOptions, Until
from voiceguide.cli.report import note


@unfolded
def play(
    routine: RoutineName,
    session: SessionOptions,
    sound: SoundOptions,
    until: Until = None,
    output: Device = None,
) -> None:
    """Guide a massage: space holds and goes on, n next, p previous, q ends gently."""
    from queue import SimpleQueue

    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.cli.screen import Screen
    from voiceguide.player.controls.keyboard import keyboard
    from voiceguide.player.live import Commands

    commands: Commands = SimpleQueue()
    with keyboard(commands) as has_keys, Screen(keys=has_keys) as screen:
        request = request_of(routine, session, sound, output=output, until=until, keys=has_keys)
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
    force: Force = False,
) -> None:
    """Write a session to a sound file: .wav .flac .mp3 .opus .ogg .m4a .m4b."""
    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.cli.screen import progress_bars
    from voiceguide.units import short_clock

    request = request_of(routine, session, sound)
    with progress_bars("Speaking", "Writing") as (speaking, writing):
        made = guide.export(request, output, overwrite=force, speaking=speaking, writing=writing)
    if made.left_out:
        note(f"Left out, for want of time: {', '.join(made.left_out)}")
    if made.avoided:
        note(f"Left out, as asked: {', '.join(made.avoided)}")
    note(f"{made.target}: {short_clock(made.length_ms)}, {made.target.stat().st_size / 1e6:.1f} MB")
