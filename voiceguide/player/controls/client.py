"""What steers a session from outside: one line there, one answer back."""

import json
from typing import Any, Final

from voiceguide.errors import SessionError
from voiceguide.player.commands import CommandError
from voiceguide.player.controls.channel import USUAL, Way, connect
from voiceguide.units import short_clock

PATIENCE_S: Final = 2.0
"""A session answers within milliseconds, or not at all."""

_MUCH: Final = 1_000_000
"""Bytes of an answer: a routine may have a thousand steps."""


def send(line: str, way: Way = USUAL) -> dict[str, Any]:
    """Send a command, or "status", to the session that runs, and return what it answers.

    Raises:
        SessionError: There is none, or it does not answer.
        CommandError: It does not know the command.
    """
    try:
        caller, token = connect(way, PATIENCE_S)
        with caller, caller.makefile("rb") as answers:
            caller.sendall(f"{token} {line}".strip().encode(errors="replace") + b"\n")
            answer: dict[str, Any] = json.loads(answers.readline(_MUCH))
    except (FileNotFoundError, ConnectionRefusedError, PermissionError) as error:
        raise SessionError("no session is running", hint="start one with 'voiceguide play'") from error
    except (OSError, ValueError) as error:
        raise SessionError("the session does not answer", hint="end it with Ctrl-C where it plays") from error
    if "error" in answer:
        raise CommandError(answer["error"], hint=answer["hint"])
    return answer


def running_already(way: Way = USUAL) -> SessionError:
    """Return why no other session may start."""
    hint = "steer it with 'voiceguide ctl', or end it with 'voiceguide ctl stop'"
    try:
        status = send("status", way)
        told = f"a session is running already: {status['session_title']}, {short_clock(status['left_ms'])} left"
    except (SessionError, KeyError):
        told = "a session is running already"
    return SessionError(told, hint=hint)
