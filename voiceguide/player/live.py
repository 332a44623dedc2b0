"""A live session: commands in, blocks out, until it has ended."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Final

from voiceguide.audio.bed import Bed
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block
from voiceguide.outputs.output import Output
from voiceguide.outputs.pump import finishing, pump
from voiceguide.player.desk import Desk
from voiceguide.player.transport import Command, Transport
from voiceguide.scheduler.pauses import MUSIC_ALONE_MS
from voiceguide.units import frames

BLOCK_FRAMES: Final = frames(20)

QUICK_FADE_FRAMES: Final = frames(600)
"""How a session ends that is interrupted."""

Commands = SimpleQueue[Command]
"""What was asked for and not yet done."""

Watch = Callable[[Transport | None], None]
"""Is told where the session stands, 50 times a second; `None` while the speech is still being made."""


def perform(live: "Live", output: Output) -> None:
    """Play a session to its end on an open output, which is closed then.

    Raises:
        OutputError: The device went away.
        KeyboardInterrupt: As it came, after a short fade.
        VoiceguideError: What kept the session from being prepared.
    """
    with finishing(output):
        try:
            pump(live.blocks(), output)
        except KeyboardInterrupt:
            pump(live.fade(), output)
            raise


class Live:
    """A session that plays.

    The music begins at once. The session's first sound comes 2 s later, or as soon as the session is prepared.

    Args:
        prelude: A session without a cue, played until the other is there.
        prepared: The session, which another thread makes.
        bed: The music, at its idle level.
        commands: What is asked for while it plays.
        watch: Is told where the session stands.
    """

    def __init__(self, prelude: Mix, prepared: Future[Mix], bed: Bed, commands: Commands, watch: Watch) -> None:
        self._desk = Desk(prelude, bed)
        self._prepared, self._ready = prepared, False
        self._transport = Transport(timeline=prelude.timeline)
        self._commands, self._watch = commands, watch

    def blocks(self) -> Iterator[Block]:
        """Yield the session.

        Raises:
            VoiceguideError: What kept the session from being prepared.
        """
        while not self._transport.ended:
            self._take_what_is_prepared()
            for command in self._asked():
                if command is Command.STOP and (not self._ready or self._transport.closing):
                    yield from self.fade()
                    return
                if self._ready:
                    self._transport = self._transport.apply(command)
            position = self._position()
            yield self._desk.block(BLOCK_FRAMES, position)
            if position is not None:
                self._transport = self._transport.advance(BLOCK_FRAMES)
            self._watch(self._transport if self._ready else None)

    def fade(self) -> Iterator[Block]:
        """Yield a quick end, from wherever the session stands."""
        return self._desk.fade_out(QUICK_FADE_FRAMES, self._position())

    def _take_what_is_prepared(self) -> None:
        if not self._ready and self._prepared.done():
            mix = self._prepared.result()
            self._desk.take(mix)
            self._transport = replace(self._transport, timeline=mix.timeline)
            self._ready = True

    def _asked(self) -> Iterator[Command]:
        while True:
            try:
                yield self._commands.get_nowait()
            except Empty:
                return

    def _position(self) -> int | None:
        """Return the frame to play next; `None` while only music plays."""
        waits = not self._ready and self._transport.position >= frames(MUSIC_ALONE_MS)
        return None if self._transport.held or waits else self._transport.position
