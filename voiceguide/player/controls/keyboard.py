r"""Single keys from the terminal, which is always left as it was.

| key | what it asks for |
|---|---|
| space | hold, or go on |
| enter, →, n | next step |
| ←, p | previous step |
| r | this step again |
| ↑, ↓ | a minute longer, shorter |
| w | where am I? |
| s | silence: everything fades out until space |
| m | mute, or sound again |
| +, - | music louder, quieter |
| \*, / | voice louder, quieter |
| q | end gently |

A presenter's remote control works too: it sends page down (next), page up (previous) and b (hold).
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from types import MappingProxyType
from typing import Final

from voiceguide.player.commands import Command, Commands, Verb
from voiceguide.player.controls.terminal import NextKeys, has_keys, outliving_the_terminal, single_keys

KEYS: Final[Mapping[str, Verb]] = MappingProxyType(
    {
        **dict.fromkeys((" ", "b"), Verb.TOGGLE),
        **dict.fromkeys(("enter", "right", "page down", "n"), Verb.NEXT),
        **dict.fromkeys(("left", "page up", "p"), Verb.PREVIOUS),
        "r": Verb.REPEAT,
        "up": Verb.LONGER,
        "down": Verb.SHORTER,
        "w": Verb.WHERE,
        "s": Verb.PAUSE,
        "m": Verb.MUTE,
        **dict.fromkeys(("+", "="), Verb.MUSIC_UP),
        "-": Verb.MUSIC_DOWN,
        "*": Verb.VOICE_UP,
        "/": Verb.VOICE_DOWN,
        "q": Verb.STOP,
    }
)
"""Name of a key to what it asks for."""

LEANING_S: Final = 0.1
"""A key that comes again within this is leant on, not pressed: it counts once."""

LEANING_AT_FIRST_S: Final = 0.7
"""A keyboard waits 0.25 to 0.66 s before it says a key again. Said twice, these would undo themselves, or end all."""

_UNDONE_BY_TWO: Final = frozenset({Verb.TOGGLE, Verb.MUTE, Verb.STOP})

_NAMES: Final = {
    **dict.fromkeys(("\r", "\n"), "enter"),
    # As terminals send them, and as Windows does.
    **dict.fromkeys(("\x1b[A", "\x1bOA", "\xe0H"), "up"),
    **dict.fromkeys(("\x1b[B", "\x1bOB", "\xe0P"), "down"),
    **dict.fromkeys(("\x1b[C", "\x1bOC", "\xe0M"), "right"),
    **dict.fromkeys(("\x1b[D", "\x1bOD", "\xe0K"), "left"),
    **dict.fromkeys(("\x1b[5~", "\xe0I"), "page up"),
    **dict.fromkeys(("\x1b[6~", "\xe0Q"), "page down"),
}
"""What a key sends to its name. The letters of what is not here were not pressed."""

_KEY: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|\x1b[^\[O]|[\xe0\0].|[^\x1b\xe0\0]", re.DOTALL)
_BEGUN: Final = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|O)?|[\xe0\0])\Z")
"""A key of which the rest is still on its way: over a network it may come in parts."""

_LONGEST_BEGUN: Final = 16


@contextmanager
def keyboard(commands: Commands) -> Iterator[bool]:
    """Turn keys into commands during the block; yield whether there is a keyboard at all.

    A terminal that goes away takes its keys along and nothing else, whatever of us it shows or reads.
    """
    with outliving_the_terminal():
        if not has_keys():
            yield False
            return
        done = Event()
        with single_keys() as next_keys:
            reader = Thread(target=_read_keys, args=(next_keys, commands, done), name="keyboard", daemon=True)
            reader.start()
            try:
                yield True
            finally:
                done.set()
                reader.join()


class Presses:
    """Tells the keys that were pressed from the characters that came."""

    def __init__(self) -> None:
        self._begun = ""
        self._last, self._last_s = "", 0.0

    def taken(self, typed: str, now_s: float) -> list[str]:
        """Return the names of the keys that were pressed.

        Args:
            typed: What came; "" when nothing did for a while.
            now_s: When, by any clock.
        """
        whole = self._begun + typed if typed else ""
        begun = _BEGUN.search(whole)
        self._begun = begun.group()[:_LONGEST_BEGUN] if begun else ""
        if begun:
            whole = whole[: begun.start()]
        return [key for key in map(_name, _KEY.findall(whole)) if not self._leant_on(key, now_s)]

    def _leant_on(self, key: str, now_s: float) -> bool:
        leaning_s = LEANING_AT_FIRST_S if KEYS.get(key) in _UNDONE_BY_TWO else LEANING_S
        again = key == self._last and now_s - self._last_s < leaning_s
        self._last, self._last_s = key, now_s
        return again


def _name(sent: str) -> str:
    return _NAMES.get(sent, sent.lower())


def _read_keys(next_keys: NextKeys, commands: Commands, done: Event) -> None:
    presses = Presses()
    while not done.is_set():
        typed = next_keys()
        if typed is None:
            return
        for key in presses.taken(typed, time.monotonic()):
            if key in KEYS:
                commands.put(Command(KEYS[key]))
