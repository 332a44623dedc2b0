"""Commands that make sound: play, export."""

from pathlib import Path
from typing import Annotated

import typer

from voiceguide.cli.options import Chimes, DetailLevel, Device, Minutes, Music, RoutineName, Voice
from voiceguide.cli.report import note


def play(
    routine: RoutineName,
    minutes: Minutes = None,
    detail: DetailLevel = "full",
    voice: Voice = "auto",
    music: Music = "warm-pad",
    chimes: Chimes = "bowl",
    output: Device = None,
) -> None:
    """Guide a massage: space holds and goes on, n next, p previous, q ends gently."""
    from queue import SimpleQueue

    from voiceguide import guide
    from voiceguide.cli.screen import Screen
    from voiceguide.player.controls.keyboard import keyboard
    from voiceguide.player.live import Commands

    request = guide.Request(
        routine=routine, minutes=minutes, detail=detail, voice=voice, music=music, chimes=chimes, output=output
    )
    commands: Commands = SimpleQueue()
    with keyboard(commands) as has_keys, Screen(keys=has_keys) as screen:
        guide.play(request, commands, screen.watch)


def export(
    routine: RoutineName,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file; its ending tells the format.", show_default=False
        ),
    ],
    minutes: Minutes = None,
    detail: DetailLevel = "full",
    voice: Voice = "auto",
    music: Music = "warm-pad",
    chimes: Chimes = "bowl",
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace a file that is there.")] = False,
) -> None:
    """Write a session to a sound file: .wav .flac .mp3 .opus .m4a."""
    from voiceguide import guide
    from voiceguide.cli.screen import progress_bars
    from voiceguide.units import short_clock

    request = guide.Request(routine=routine, minutes=minutes, detail=detail, voice=voice, music=music, chimes=chimes)
    with progress_bars("Speaking", "Writing") as (speaking, writing):
        made = guide.export(request, output, overwrite=force, speaking=speaking, writing=writing)
    if made.left_out:
        note(f"Left out, for want of time: {', '.join(made.left_out)}")
    note(f"{made.target}: {short_clock(made.length_ms)}, {made.target.stat().st_size / 1e6:.1f} MB")
