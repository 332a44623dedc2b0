"""The command that plays a session: play."""

from dataclasses import replace
from typing import Annotated, Final

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Device, MaybeRoutineName, SessionOptions, SoundOptions, Until
from voiceguide.cli.phone import PhoneOptions


@unfolded
def play(
    session: SessionOptions,
    sound: SoundOptions,
    phone: PhoneOptions,
    ctx: typer.Context,
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
            _refuse_other_wishes(ctx)
            request, resumed = guide.to_resume()
            request = replace(
                request,
                options=replace(request.options, keys=has_keys),
                music=sound.music if _given(ctx, "music") else request.music,
                output=output if _given(ctx, "output") else request.output,
            )
            guide.play(request, commands, screen.watch, resumed=resumed, phone=wishes)
            return
        request = request_of(routine, session, sound, output=output, until=until, keys=has_keys)
        request = replace(request, keep_end=keep_end or until is not None)
        guide.play(request, commands, screen.watch, phone=wishes)


_MAY_CHANGE: Final = frozenset({"resume", "output", "music", "quiet", "phone_controls", "vibrate"})
"""What may be other than it was when a session goes on."""


def _given(ctx: typer.Context, name: str) -> bool:
    """Return whether an option stands on the command line, not in the settings."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _refuse_other_wishes(ctx: typer.Context) -> None:
    for name in ctx.params.keys() - _MAY_CHANGE:
        if _given(ctx, name):
            option = f"--{name.replace('_', '-')}"
            raise typer.BadParameter(f"{option} cannot be given with --resume: the session goes on as it was begun")
