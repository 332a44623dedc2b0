"""Players of a phone that are given a file. Read in the sources of Termux, and never heard."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, Protocol

from voiceguide.media.child import Child
from voiceguide.platforms import is_android
from voiceguide.player.commands import Verb
from voiceguide.termux.call import Termux
from voiceguide.termux.handed import give, take_back

FILE_PLAYERS: Final = ("play-audio", "termux-media-player")
"""Programs of Termux that are given a file, the better one first: it needs no app."""

STOP_LIMIT_S: Final = 1.0
"""How long Android's player may take to end; it takes 0.05 to 0.5 s."""


class FilePlayer(Protocol):
    """Plays one file."""

    name: str
    """The program."""

    obeys: tuple[Verb, ...]
    """What can be done with it once it plays; with any of the others but `Verb.STOP`, it can be paused."""

    tells_its_end: bool
    """Whether `ended` is ever true of one that has played all."""

    def play(self, file: Path) -> bool:
        """Begin; return whether it seems to play."""

    def ended(self) -> bool:
        """Return whether it has ended by itself; one that does not tell plays on."""

    def pause(self) -> bool:
        """Keep it from playing on; return whether it says so."""

    def go_on(self) -> bool:
        """Play on; return whether it says so."""

    def stop(self) -> None:
        """End it. May be called at any time."""


def able_to_hand_over() -> bool:
    """Return whether this is a phone with a player to be given a file."""
    return is_android() and any(map(shutil.which, FILE_PLAYERS))


class PlayAudio:
    """Termux's own player, which ends when the file does."""

    name = "play-audio"
    obeys: tuple[Verb, ...] = (Verb.STOP,)
    tells_its_end = True

    def __init__(self) -> None:
        self._child: Child | None = None

    def play(self, file: Path) -> bool:
        """Begin; return whether it could be started."""
        try:
            self._child = Child([self.name, str(file)])
        except OSError:
            return False
        return True

    def ended(self) -> bool:
        """Return whether it has ended."""
        return self._child is None or self._child.wait(0) is not None

    def pause(self) -> bool:
        """Return `False`: it cannot."""
        return False

    def go_on(self) -> bool:
        """Return `True`: it has never stood."""
        return True

    def stop(self) -> None:
        """Kill it."""
        if self._child is not None:
            self._child.end()


class MediaPlayer:
    """Android's player, by way of Termux:API, which plays on by itself."""

    name = "termux-media-player"
    obeys: tuple[Verb, ...] = (Verb.TOGGLE, Verb.HOLD, Verb.PAUSE, Verb.RESUME, Verb.STOP)
    tells_its_end = False

    def __init__(self) -> None:
        self._termux = Termux()

    def play(self, file: Path) -> bool:
        """Begin; return whether the player says so: it exits with 0 on errors too."""
        return "Now Playing" in (give(file, self._termux) or "")

    def ended(self) -> bool:
        """Return `False`: it does not tell."""
        return False

    def pause(self) -> bool:
        """Keep it from playing on; return whether it says so."""
        return "paused" in (self._termux.call(self.name, "pause") or "").casefold()

    def go_on(self) -> bool:
        """Play on; return whether it says so."""
        said = self._termux.call(self.name, "play") or ""
        return any(each in said for each in ("Resumed", "Already playing"))

    def stop(self) -> None:
        """End what it plays; if that cannot be done, the next session does."""
        self._termux.hurry(STOP_LIMIT_S)
        take_back(self._termux)
