"""On a phone where no sound device opens: the session is made into a file, which a player of Android's is given.

Such a player can be ended, one of them paused too, and that is all: the session goes by the clock and cannot be steered
otherwise. Read in the sources of Termux, and never heard.
"""

from __future__ import annotations

import logging
import shutil
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Final

from voiceguide.errors import OutputError, TargetError
from voiceguide.guide.file_players import FILE_PLAYERS
from voiceguide.outputs.output import FRAME_BYTES
from voiceguide.outputs.pump import finishing
from voiceguide.outputs.target import target_errors
from voiceguide.player.commands import Verb
from voiceguide.player.status import status_of
from voiceguide.player.transport import Transport
from voiceguide.scheduler.timeline import Role
from voiceguide.termux.handed import handed_folder
from voiceguide.termux.undisturbed import undisturbed
from voiceguide.units import MINUTE_MS, SECOND_MS, frames, short_clock

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix
    from voiceguide.guide.file_players import FilePlayer
    from voiceguide.player.commands import Command, Commands
    from voiceguide.player.status import Status

_LOOK_S: Final = 0.1
"""So often a command is looked for, and told where the session stands."""

_BEGAN_MS: Final = 3 * SECOND_MS
"""A player that has ended before has never played."""

_TAIL_MS: Final = 2 * SECOND_MS
"""What a player may be late by."""

_STALL_MS: Final = 10 * MINUTE_MS
"""What one that tells its end may be late by: the phone has let it stand."""

_SPARE_BYTES: Final = 20_000_000
"""What the phone is left with at least."""

_log = logging.getLogger(__name__)


class Handing:
    """A session that is given out of hand.

    Args:
        mix: The session.
        title: Of the session.
        commands: Of these those are obeyed that the player does, and before it begins a jump.
        tell: Is told where the session stands.
        aloud: Says a sentence now, where a voice is heard that is not in the mix.
        begins_with: The chapter in which it begins.
    """

    def __init__(
        self,
        mix: Mix,
        title: str,
        commands: Commands,
        tell: Callable[[Status | None], None],
        aloud: Callable[[str], None],
        *,
        begins_with: int = 0,
    ) -> None:
        self._mix, self._title, self._commands, self._tell, self._aloud = mix, title, commands, tell, aloud
        self._start = Transport(timeline=mix.timeline).at_chapter(begins_with)

    def perform(self, *players: FilePlayer) -> None:
        """Write the session and have it played to its end, by the first player that does.

        Raises:
            OutputError: None does.
            TargetError: There is no room for the file.
        """
        self._tell(None)
        for command in self._asked():
            if command.verb is Verb.STOP:
                return
            self._start = self._start.apply(command)
        with _folder() as folder:
            file = folder / ("session.flac" if shutil.which("ffmpeg") else "session.wav")
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
        raise OutputError(f"the session is played by none of {', '.join(FILE_PLAYERS)}", hint=hint)

    def _write(self, file: Path) -> bool:
        """Write what is to be heard; return whether it is wanted to the end."""
        from voiceguide.outputs.registry import file_output

        count = self._mix.length_frames - self._start.position
        _check_room(file.parent, count * FRAME_BYTES)
        output = file_output(file, frames=count)
        output.open()
        told_s = time.monotonic()
        with finishing(output):
            for block in self._mix.blocks(self._start.position):
                output.write(block)
                if self._is_stopped():
                    return False
                if time.monotonic() >= told_s + _LOOK_S:
                    self._tell(None)
                    told_s = time.monotonic()
        return True

    def _played(self, player: FilePlayer, file: Path) -> bool:
        try:
            return player.play(file) and self._followed(player)
        finally:
            with undisturbed():
                player.stop()

    def _followed(self, player: FilePlayer) -> bool:
        """Tell where the session stands until it ends; return whether it was played."""
        timeline, before_ms = self._mix.timeline, self._start.position_ms
        clock = _Clock(before_ms)
        late_ms = _STALL_MS if player.tells_its_end else _TAIL_MS
        while (at_ms := clock.at_ms) < timeline.length_ms + late_ms:
            self._say(before_ms, at_ms)
            position = frames(min(at_ms, timeline.length_ms))
            stand = Transport(timeline=timeline, position=position, paused=clock.stands)
            self._tell(replace(status_of(stand, self._title), obeys=player.obeys))
            if not all(_obeyed(command, player, clock) for command in self._asked(_LOOK_S)):
                break
            if player.ended():
                return self._is_at_its_end(player, at_ms)
            before_ms = at_ms
        return True

    def _is_at_its_end(self, player: FilePlayer, at_ms: int) -> bool:
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
        timeline = self._mix.timeline
        first, end = (bisect_left(timeline.cue_starts_ms, at_ms) for at_ms in (start_ms, stop_ms))
        for cue in timeline.cues[first:end]:
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


class _Clock:
    """Tells where a player is that does not: it plays from the moment on at which this is made.

    Args:
        start_ms: Where it begins.
    """

    def __init__(self, start_ms: int) -> None:
        self._start_ms, self._began_s = start_ms, time.monotonic()
        self._stood_s: float | None = None

    @property
    def at_ms(self) -> int:
        now_s = time.monotonic() if self._stood_s is None else self._stood_s
        return self._start_ms + round((now_s - self._began_s) * SECOND_MS)

    @property
    def stands(self) -> bool:
        return self._stood_s is not None

    def stop(self) -> None:
        self._stood_s = time.monotonic()

    def go_on(self) -> None:
        if self._stood_s is not None:
            self._began_s += time.monotonic() - self._stood_s
            self._stood_s = None


def _obeyed(command: Command, player: FilePlayer, clock: _Clock) -> bool:
    """Do what was asked for, if the player can; return whether the session goes on."""
    verb = command.verb
    if verb is Verb.STOP or verb not in player.obeys:
        return verb is not Verb.STOP
    to_pause = not clock.stands if verb is Verb.TOGGLE else verb is not Verb.RESUME
    if to_pause == clock.stands:
        return True
    if not (player.pause() if to_pause else player.go_on()):
        _log.warning("%s did not do that", player.name)
    elif to_pause:
        clock.stop()
    else:
        clock.go_on()
    return True


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder for the file, which is gone at the end."""
    folder = handed_folder()
    shutil.rmtree(folder, ignore_errors=True)
    with target_errors(folder):
        folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        with undisturbed():
            shutil.rmtree(folder, ignore_errors=True)


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
