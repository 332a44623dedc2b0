"""On a phone where no sound device opens: the session is made into a file, which a player of Android's is given.

Such a player can be ended, and that is all: the session goes by the clock and cannot be steered. Read in the sources of
Termux, and never heard.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Final, Protocol

from voiceguide.errors import OutputError, TargetError
from voiceguide.outputs.output import FRAME_BYTES
from voiceguide.outputs.pump import finishing
from voiceguide.platforms import is_android
from voiceguide.player.commands import Verb
from voiceguide.player.status import status_of
from voiceguide.player.transport import Transport
from voiceguide.scheduler.timeline import Role
from voiceguide.units import SECOND_MS, frames, short_clock

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix
    from voiceguide.media.child import Child
    from voiceguide.player.commands import Command, Commands
    from voiceguide.player.status import Status

PLAYERS: Final = ("play-audio", "termux-media-player")
"""Programs of Termux that are given a file, the better one first: it needs no app."""

_LOOK_S: Final = 0.1
"""So often a command is looked for, and told where the session stands."""

_BEGAN_MS: Final = 3 * SECOND_MS
"""A player that has ended before has never played."""

_TAIL_MS: Final = 2 * SECOND_MS
"""What a player may be late by."""

_SPARE_BYTES: Final = 20_000_000
"""What the phone is left with at least."""

_log = logging.getLogger(__name__)


class Player(Protocol):
    """Plays one file."""

    name: str
    """The program."""

    def play(self, file: Path) -> bool:
        """Begin; return whether it seems to play."""

    def ended(self) -> bool:
        """Return whether it has ended by itself; one that does not tell plays on."""

    def stop(self) -> None:
        """End it. May be called at any time."""


def able_to_hand_over() -> bool:
    """Return whether this is a phone with a player to be given a file."""
    return is_android() and any(map(shutil.which, PLAYERS))


class Handing:
    """A session that is given out of hand.

    Args:
        mix: The session.
        title: Of the session.
        commands: Of these a stop is obeyed, and before it begins a jump.
        tell: Is told where the session stands.
        aloud: Says a sentence now, where a voice is heard that is not in the mix.
    """

    def __init__(
        self,
        mix: Mix,
        title: str,
        commands: Commands,
        tell: Callable[[Status | None], None],
        aloud: Callable[[str], None],
    ) -> None:
        self._mix, self._title, self._commands, self._tell, self._aloud = mix, title, commands, tell, aloud
        self._start = Transport(timeline=mix.timeline)

    def perform(self, *players: Player) -> None:
        """Write the session and have it played to its end, by the first player that does.

        Raises:
            OutputError: None does.
            TargetError: There is no room for the file.
        """
        for command in self._asked():
            if command.verb is Verb.STOP:
                return
            self._start = self._start.apply(command)
        with tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / ("session.flac" if shutil.which("ffmpeg") else "session.wav")
            begun, written = self._start, None
            for player in players:
                if written is not self._start:
                    file.unlink(missing_ok=True)
                    if not self._write(file):
                        return
                    written = self._start
                if self._played(player, file):
                    return
        if self._start is not begun:
            hint = 'go on with "voiceguide play --resume"; or "voiceguide phone send" it, and play the track'
            raise OutputError(f"the session was played as far as {short_clock(self._start.position_ms)}", hint=hint)
        hint = '"pkg upgrade", then "pkg install pulseaudio play-audio"; or "voiceguide export" it'
        raise OutputError(f"the session is played by none of {', '.join(PLAYERS)}", hint=hint)

    def _write(self, file: Path) -> bool:
        """Write what is to be heard; return whether it is wanted to the end."""
        from voiceguide.outputs.registry import file_output

        count = self._mix.length_frames - self._start.position
        _check_room(file.parent, count * FRAME_BYTES)
        output = file_output(file, frames=count)
        output.open()
        with finishing(output):
            for block in self._mix.blocks(self._start.position):
                output.write(block)
                if self._is_stopped():
                    return False
        return True

    def _played(self, player: Player, file: Path) -> bool:
        try:
            return player.play(file) and self._followed(player)
        finally:
            player.stop()

    def _followed(self, player: Player) -> bool:
        """Tell where the session stands until it ends; return whether it was played."""
        timeline, start_ms = self._mix.timeline, self._start.position_ms
        began_s, before_ms, at_ms = time.monotonic(), start_ms, start_ms
        while at_ms < timeline.length_ms + _TAIL_MS:
            self._say(before_ms, at_ms)
            self._tell(status_of(Transport(timeline=timeline, position=frames(at_ms)), self._title))
            if self._is_stopped(_LOOK_S):
                break
            if player.ended():
                return self._is_at_its_end(player, at_ms)
            before_ms, at_ms = at_ms, start_ms + round((time.monotonic() - began_s) * SECOND_MS)
        return True

    def _is_at_its_end(self, player: Player, at_ms: int) -> bool:
        """Return whether a player that has ended had played all; where it began, the next one goes on from there."""
        start_ms, length_ms = self._start.position_ms, self._mix.timeline.length_ms
        if at_ms - start_ms <= min(_BEGAN_MS, (length_ms - start_ms) // 2):
            return False
        if at_ms >= length_ms - _TAIL_MS:
            return True
        _log.warning("%s ended after %s", player.name, short_clock(at_ms - start_ms))
        self._start = replace(self._start, position=frames(at_ms))
        return False

    def _say(self, start_ms: int, stop_ms: int) -> None:
        cues = self._mix.timeline.cues
        first, end = (bisect_left(cues, at_ms, key=lambda cue: cue.at_ms) for at_ms in (start_ms, stop_ms))
        for cue in cues[first:end]:
            if cue.role is Role.SPEECH:
                self._aloud(cue.name)

    def _is_stopped(self, wait_s: float = 0.0) -> bool:
        return any(command.verb is Verb.STOP for command in self._asked(wait_s))

    def _asked(self, wait_s: float = 0.0) -> Iterator[Command]:
        """Yield the commands that have come, or come within a time."""
        with suppress(Empty):
            while True:
                yield self._commands.get(block=wait_s > 0, timeout=wait_s)
                wait_s = 0.0


class PlayAudio:
    """Termux's own player, which ends when the file does."""

    name = "play-audio"

    def __init__(self) -> None:
        self._child: Child | None = None

    def play(self, file: Path) -> bool:
        """Begin; return whether it could be started."""
        from voiceguide.media.child import Child

        try:
            self._child = Child([self.name, str(file)])
        except OSError:
            return False
        return True

    def ended(self) -> bool:
        """Return whether it has ended."""
        return self._child is None or self._child.wait(0) is not None

    def stop(self) -> None:
        """Kill it."""
        if self._child is not None:
            self._child.end()


class MediaPlayer:
    """Android's player, by way of Termux:API, which plays on by itself."""

    name = "termux-media-player"

    def __init__(self) -> None:
        from voiceguide.termux.call import Termux

        self._termux = Termux()

    def play(self, file: Path) -> bool:
        """Begin; return whether the player says so: it exits with 0 on errors too."""
        return "Now Playing" in (self._termux.call(self.name, "play", str(file)) or "")

    def ended(self) -> bool:
        """Return `False`: it does not tell."""
        return False

    def stop(self) -> None:
        """End what it plays."""
        self._termux.call(self.name, "stop")


def _check_room(folder: Path, needed_bytes: int) -> None:
    """Find out before the work whether a session fits; FLAC needs less than this.

    Raises:
        TargetError: It does not.
    """
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes + _SPARE_BYTES:
        needed, free = round(needed_bytes / 1e6), round(free_bytes / 1e6)
        raise TargetError(
            f"the session needs {needed} MB of room for a while, and there are {free}",
            hint="make room, or make a shorter session",
        )
