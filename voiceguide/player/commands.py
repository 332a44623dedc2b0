"""The one command language of a running session: keys, ``voiceguide ctl``, headsets and phones all speak it."""

from dataclasses import dataclass
from enum import StrEnum
from queue import SimpleQueue
from typing import ClassVar, Final

from voiceguide.errors import VoiceguideError, near

MOST_NUMBER: Final = 9_999
"""No routine has so many steps, whatever its sides."""

_SHOWN: Final = 40
"""How much of a line that is no command is repeated in the error."""


class CommandError(VoiceguideError):
    """A line is no command."""

    exit_code: ClassVar[int] = 2


class Verb(StrEnum):
    """What one may ask of a running session."""

    TOGGLE = "toggle"
    """Hold, or go on: what the space bar does."""
    HOLD = "hold"
    """Instructions wait, the music plays."""
    RESUME = "resume"
    """Go on after a hold or a pause; a sentence that was cut is said again."""
    PAUSE = "pause"
    """All fades out, until `RESUME` or `TOGGLE`."""
    NEXT = "next"
    PREVIOUS = "previous"
    """The start of this step; in its first seconds, the step before."""
    REPEAT = "repeat"
    """This step again, from its instruction."""
    LONGER = "longer"
    """A minute more at this step."""
    SHORTER = "shorter"
    """A minute less at this step."""
    JUMP = "jump"
    """To a step by its number, as ``voiceguide show`` counts them."""
    VOICE_UP = "voice-up"
    VOICE_DOWN = "voice-down"
    MUSIC_UP = "music-up"
    MUSIC_DOWN = "music-down"
    MUTE = "mute"
    """All silent, or back; the session goes on."""
    WHERE = "where"
    """Says the step and the time that is left."""
    STOP = "stop"
    """End gently: closing words, the end bell, a fade; asked for twice, at once."""


_NAMES: Final = frozenset(Verb)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing asked for."""

    verb: Verb
    number: int | None = None
    """Of the step to jump to, from 1; only with `Verb.JUMP`, and always there."""

    def __str__(self) -> str:
        return self.verb if self.number is None else f"{self.verb} {self.number}"


Commands = SimpleQueue[Command]
"""What was asked for and not yet done."""


def parse_command(line: str) -> Command:
    """Return the command that a line tells, such as ``next`` or ``jump 3``; case and spaces around do not matter.

    Raises:
        CommandError: It tells none.
    """
    name, _, rest = line.strip(" \t\r\n").lower().partition(" ")
    if name not in _NAMES:
        raise CommandError(f"there is no command {_shown(line)}", hint=near(name[:_SHOWN], list(Verb)))
    verb = Verb(name)
    if verb is Verb.JUMP:
        return Command(verb, _number(rest.strip()))
    if rest:
        raise CommandError(f"the command {_shown(line)} has a word too many", hint=f"write just '{verb}'")
    return Command(verb)


def _number(text: str) -> int:
    # `int` would take "1_0", "+1" and the digits of every script too.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_NUMBER)) and int(text) > 0):
        raise CommandError(
            f"'{Verb.JUMP}' needs the number of a step, not {_shown(text)}", hint="write such as 'jump 3'"
        )
    return int(text)


def _shown(text: str) -> str:
    """Return `text` so that it does no harm on any screen."""
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
