"""ctl: steers a session that plays in another window, on this machine."""

from typing import Annotated, Any

import typer

from voiceguide.cli.options import Json


def _verbs(incomplete: str) -> list[str]:
    from voiceguide.player.commands import Verb

    return [verb for verb in ("status", *Verb) if verb.startswith(incomplete)]


def ctl(
    command: Annotated[
        list[str],
        typer.Argument(
            metavar="COMMAND",
            help="toggle, hold, resume, pause, next, previous, repeat, longer, shorter, jump N, voice-up, voice-down, "
            "music-up, music-down, mute, where, stop; or status.",
            autocompletion=_verbs,
            show_default=False,
        ),
    ],
    as_json: Json = False,
) -> None:
    """Steer the session that plays, from another window or a script."""
    from voiceguide.cli.tables import print_json
    from voiceguide.player.controls.client import send

    line = " ".join(command)
    answer = send(line)
    if as_json:
        print_json(answer)
    elif line.strip().lower() == "status":
        print(told(answer))


def told(status: dict[str, Any]) -> str:
    """Return where a session stands, on one line."""
    from voiceguide.units import short_clock

    if "title" not in status:
        return "The music plays; the voice gets ready."
    state = next((name for name in ("device_lost", "paused", "held", "muted") if status.get(name)), "")
    words = {"device_lost": "waits for a sound device", "": "plays"}.get(state, state)
    step, steps = status["step"], len(status["steps"])
    number = f"{step}/{steps} " if 0 < step <= steps else ""
    return f"{number}{status['title']}: {words}, {short_clock(status['left_ms'])} left"
