"""What live sessions in tests are made of: voices whose every cut is heard, and devices that can be pulled out."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from itertools import pairwise
from queue import SimpleQueue
from typing import Any

import numpy as np
from strategies import measure

from voiceguide.audio.bed import Bed, Loop
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block
from voiceguide.errors import OutputError, VoiceguideError
from voiceguide.outputs.memory import MemoryOutput
from voiceguide.outputs.output import Output
from voiceguide.player.commands import Command, Commands
from voiceguide.player.device import Device
from voiceguide.player.live import BLOCK_FRAMES, Live, perform
from voiceguide.player.stage import Session, Stage
from voiceguide.player.status import Status
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import FRAMES_PER_MS, frames

_AT = np.arange(frames(30_000))
_TONES = {
    role: (0.3 * np.sin(2 * np.pi * hz * _AT / 48_000)).astype(np.float32)
    for role, hz in ((Role.SPEECH, 220), (Role.CHIME, 440))
}
BED = Loop((1_000 * np.sin(2 * np.pi * 110 * np.arange(48_000) / 48_000)).astype(np.int16)[:, None].repeat(2, 1))
GONE = OutputError("it was unplugged", hint="plug it in")


class ToneBank:
    """Speech that is a steady tone, so that every cut would be heard; chimes that ring for 3 s."""

    def frames(self, cue: Cue) -> int:
        return frames(cue.length_ms or 3_000)

    def samples(self, cue: Cue) -> np.ndarray:
        return _TONES[cue.role][: self.frames(cue)]


def speech(at_ms: int, length_ms: int) -> Cue:
    return Cue(at_ms=at_ms, length_ms=length_ms, role=Role.SPEECH, name="words")


def chime(at_ms: int) -> Cue:
    return Cue(at_ms=at_ms, length_ms=0, role=Role.CHIME, name="change")


def chapters(*starts: int) -> tuple[Chapter, ...]:
    return tuple(Chapter(start_ms=a, end_ms=b, title=str(a)) for a, b in pairwise(starts))


SESSION = Timeline(
    length_ms=40_000,
    cues=(chime(2_000), chime(5_000), speech(5_600, 4_000), chime(15_000), speech(15_600, 4_000), chime(25_000)),
    chapters=chapters(0, 5_000, 15_000, 25_000, 40_000),
)


def mix_of(timeline: Timeline, bed: Bed = BED) -> Mix:
    return Mix(timeline, ToneBank(), bed, Levels())


def say(text: str) -> np.ndarray:
    """Speak as long as `measure` tells, in a tone of its own that ends without a click, as voices do."""
    at = np.arange(frames(measure(text)))
    loudness = 0.3 * np.minimum(1.0, at[::-1] / frames(10))
    return (loudness * np.sin(2 * np.pi * 330 * at / 48_000)).astype(np.float32)


def stage_of(bed: Bed = BED, **others: Any) -> Stage:
    usual = {
        "title": "A session",
        "terms": Terms(Options(), phrases("en"), measure),
        "levels": Levels(),
        "mix": lambda timeline: mix_of(timeline, bed),
        "say": say,
    }
    return Stage(bed=bed, **(usual | others))


def settled(session: Session) -> "Future[Session]":
    future: Future[Session] = Future()
    future.set_result(session)
    return future


class Arriving(Future[Session]):
    """A session that is there after a while.

    Args:
        at_ms: The millisecond of the performance.
        session: The session, or what keeps it from being prepared.
    """

    def __init__(self, at_ms: int, session: Session | VoiceguideError) -> None:
        super().__init__()
        self._at_ms, self._session = at_ms, session

    def come(self, now_ms: int) -> None:
        """Be there, where it is time."""
        if now_ms < self._at_ms or self.done():
            return
        if isinstance(self._session, VoiceguideError):
            self.set_exception(self._session)
        else:
            self.set_result(self._session)


def exported(timeline: Timeline, bed: Bed = BED) -> Block:
    return np.concatenate(list(mix_of(timeline, bed).blocks()))


class Kept(MemoryOutput):
    """Keeps what was heard even when it is broken off, as the ears of the people do."""

    def abort(self) -> None:
        MemoryOutput.close(self)


class Fragile(Kept):
    """A device that goes away after some blocks."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        self.left, self.aborted, self.finished = blocks, False, False

    def write(self, block: Block) -> None:
        if not self.left:
            raise GONE
        self.left -= 1
        super().write(block)

    def close(self) -> None:
        self.finished = True
        super().close()

    def abort(self) -> None:
        self.aborted = True
        super().abort()


class Sockets:
    """Where devices are plugged in: each look takes the next, an error where there is none."""

    def __init__(self, *plugged: Output | OutputError) -> None:
        self.plugged = list(plugged)
        self.looks_s: list[float] = []

    def __call__(self) -> Output:
        self.looks_s.append(time.monotonic())
        found = self.plugged.pop(0)
        if isinstance(found, OutputError):
            raise found
        found.open()
        return found


def plugged(*outputs: Output | OutputError) -> Device:
    """Return a device that plays on the first, and goes over to the next when that goes away."""
    sockets = Sockets(*outputs)
    return Device(sockets, sockets())


class Performance:
    """A session that is performed in no time; what is done beside the sound is waited for.

    Args:
        asks: Commands by the millisecond of the performance.
        prepared: The session.
        passing: Is told each millisecond that is reached.
        first: Its first words.
        stage: What it is made of, where that is not as usual; its clock is the performance's.
    """

    def __init__(
        self,
        asks: dict[int, Iterable[Command]],
        prepared: "Future[Session]",
        *,
        passing: Callable[[int], None] = lambda _now_ms: None,
        first: "Future[Session] | None" = None,
        **stage: Any,
    ) -> None:
        self.seen: list[Status | None] = []
        self._asks, self._passing = deque(sorted(asks.items())), passing
        self._arriving = [each for each in (first, prepared) if isinstance(each, Arriving)]
        self._commands: Commands = SimpleQueue()
        live = Live(
            stage_of(clock=lambda: self.now_ms / 1_000, **stage), prepared, self._commands, self._watch, first=first
        )
        self._let_come()
        output = Kept()
        try:
            perform(live, plugged(output))
        finally:
            self.sound = output.frames

    @property
    def now_ms(self) -> int:
        return len(self.seen) * BLOCK_FRAMES // FRAMES_PER_MS

    def _let_come(self) -> None:
        self._passing(self.now_ms)
        for session in self._arriving:
            session.come(self.now_ms)

    def _watch(self, status: Status | None) -> None:
        self.seen.append(status)
        self._let_come()
        while self._asks and self._asks[0][0] <= self.now_ms:
            for command in self._asks.popleft()[1]:
                self._commands.put(command)
        for thread in threading.enumerate():
            if thread.name in ("refit", "say"):
                thread.join()
