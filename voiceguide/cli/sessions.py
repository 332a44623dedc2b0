"""The command that plays a session: play."""

from dataclasses import replace
from typing import Annotated

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Device, MaybeRoutineName, SessionOptions, SoundOptions, Until
from voiceguide.cli.phone import PhoneOptions


@unfolded
def play(
    session: SessionOptions,
    sound: SoundOptions,
    phone: PhoneOptions,
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
    from voiceguide.guide.phone import PhoneWishes
    from voiceguide.player.commands import Commands
    from voiceguide.player.controls.keyboard import keyboard

    if (routine is None) is not resume:
        raise typer.BadParameter("give a ROUTINE, or --resume without one")
    commands: Commands = SimpleQueue()
    wishes = PhoneWishes(controls=phone.phone_controls, vibrate=phone.vibrate)
    with keyboard(commands) as has_keys, Screen(keys=has_keys, quiet=quiet) as screen:
        if routine is None:
            request, resumed = guide.to_resume()
            guide.play(request, commands, screen.watch, resumed=resumed, phone=wishes)
            return
        request = request_of(routine, session, sound, output=output, until=until, keys=has_keys)
        request = replace(request, keep_end=keep_end or until is not None)
        guide.play(request, commands, screen.watch, phone=wishes)
