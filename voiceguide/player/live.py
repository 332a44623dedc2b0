"""A live session: commands in, blocks out, until it has ended."""

import logging
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from queue import Empty
from typing import Final

import numpy as np

from voiceguide.audio.samples import Block, Buffer
from voiceguide.background import in_background
from voiceguide.errors import VoiceguideError
from voiceguide.player.commands import Command, Commands, Verb
from voiceguide.player.desk import Desk
from voiceguide.player.device import Device
from voiceguide.player.refitting import Refitting
from voiceguide.player.stage import Session, Stage
from voiceguide.player.status import Status, status_of
from voiceguide.player.transport import Transport
from voiceguide.scheduler.pauses import BETWEEN_SENTENCES_MS
from voiceguide.scheduler.timeline import Cue, Role, Timeline
from voiceguide.units import FRAMES_PER_MS, MINUTE_MS, SECOND_MS, frames

BLOCK_FRAMES: Final = frames(40)
"""A command waits for half of it, and what a block costs is paid 25 times a second."""

QUICK_FADE_FRAMES: Final = frames(600)
"""How a session ends that is interrupted."""

LOOK_AGAIN_S: Final = 0.05
"""While there is no device, commands are looked for so often."""

_OF_STEPS: Final = frozenset({Verb.NEXT, Verb.PREVIOUS, Verb.REPEAT, Verb.LONGER, Verb.SHORTER})
"""What is said of the step at which the session stands."""

Watch = Callable[[Status | None], None]
"""Is told where the session stands, with each block; `None` while the speech is still being made."""

_log = logging.getLogger(__name__)


def perform(live: "Live", device: Device) -> None:
    """Play a session to its end. While the device is lost the session waits for it, or for a stop.

    Raises:
        KeyboardInterrupt: As it came, after a short fade.
        SystemExit: Likewise: the program is asked to end.
        VoiceguideError: What kept the session from being prepared.
    """
    with device:
        try:
            for block in live.blocks():
                if not device.write(block) and not _found_again(live, device):
                    return
        except (KeyboardInterrupt, SystemExit):
            for block in () if device.lost else live.fade():
                device.write(block)
            raise


def _found_again(live: "Live", device: Device) -> bool:
    """Wait for a device; return whether there is one, or else nothing is left to be heard."""
    while not device.look():
        if live.over or not live.wait():
            return False
    live.begin_again()
    return True


class Live:
    """A session that plays.

    The music begins at once. The session's first sound comes 2 s later, or as soon as it is prepared.

    Args:
        stage: What it is made of.
        prepared: The whole session, which another thread makes.
        commands: What is asked for while it plays.
        watch: Is told where the session stands.
        first: The first words, known sooner than the whole: a session with which the whole one begins.
    """

    def __init__(
        self,
        stage: Stage,
        prepared: Future[Session],
        commands: Commands,
        watch: Watch,
        *,
        first: Future[Session] | None = None,
    ) -> None:
        self._stage, self._commands, self._watch = stage, commands, watch
        self._arriving = [each for each in (first, prepared) if each is not None]
        self._session = stage.prelude()
        self._desk = Desk(self._session.mix, stage.bed, stage.levels)
        self._transport = Transport(timeline=self._session.mix.timeline)
        self._refitting = Refitting(stage)
        self._early: list[Command] = []
        self._asides: deque[tuple[list[str], Future[Buffer]]] = deque()
        self._news: str | None = None
        self._started_s = stage.clock()
        self._leaving = False

    @property
    def over(self) -> bool:
        """Whether nothing comes any more but a fade."""
        return self._leaving or self._transport.ended

    def blocks(self) -> Iterator[Block]:
        """Yield the session.

        Raises:
            VoiceguideError: What kept the session from being prepared.
        """
        self._started_s = self._stage.clock()
        while not self._transport.ended:
            self._take_what_arrived()
            if not all(self._obey(command) for command in self._asked()):
                yield from self.fade()
                return
            self._take_what_was_refitted()
            self._say_what_waits()
            yield self._block()
            self._tell()

    def fade(self) -> Iterator[Block]:
        """Yield a quick end, from wherever the session stands."""
        self._leaving = True
        return self._desk.fade_out(QUICK_FADE_FRAMES, self._position())

    def wait(self) -> bool:
        """Let a moment without a sound device pass, in which commands are obeyed; return whether to go on waiting.

        Raises:
            VoiceguideError: What kept the session from being prepared.
        """
        self._take_what_arrived()
        self._tell(device_lost=True)
        try:
            command = self._commands.get(timeout=LOOK_AGAIN_S)
        except Empty:
            return True
        return command.verb is not Verb.STOP and self._obey(command)

    def begin_again(self) -> None:
        """Go on after the device was away: what was lost of the step is heard again, from its instruction."""
        self._desk.begin_again()
        transport = self._transport
        # A step that waits for a key begins again, too; only a hold that was asked for lasts.
        held = transport.held and not transport.waits_by_itself
        self._transport = replace(transport, position=frames(transport.chapter.start_ms), held=held)

    def _block(self) -> Block:
        transport, position = self._transport, self._position()
        self._desk.turn(
            muted=transport.muted,
            paused=transport.paused,
            voice_db=transport.voice_db,
            music_db=transport.music_db,
        )
        if position is not None:
            self._say_aloud(position)
            self._transport = transport.advance(BLOCK_FRAMES)
        until = frames(transport.chapter.end_ms) if transport.chapter.waits else None
        return self._desk.block(BLOCK_FRAMES, position, until)

    def _say_aloud(self, position: int) -> None:
        """Have the sentences said that begin in the next block, where the voice is not in the mix.

        What a sound device holds and what such a voice takes to begin are both some tenths of a second: so they are
        taken for the same.
        """
        timeline, ends = self._transport.timeline, (position, position + BLOCK_FRAMES)
        first, end = (bisect_left(timeline.cue_starts_ms, -(-at // FRAMES_PER_MS)) for at in ends)
        self._aloud(cue.name for cue in timeline.cues[first:end] if cue.role is Role.SPEECH)

    def _aloud(self, sentences: Iterable[str]) -> None:
        for sentence in sentences if not self._transport.muted else ():
            self._stage.aloud(sentence)

    def _position(self) -> int | None:
        """Return the frame to play next; `None` while only music plays."""
        transport = self._transport
        # Never past what is known: the step would begin again when the rest is there.
        after = transport.position + BLOCK_FRAMES
        knows_no_more = bool(self._arriving) and after > frames(self._session.known_ms)
        return None if transport.waiting or self._desk.speaking or knows_no_more else transport.position

    def _asked(self) -> Iterator[Command]:
        while True:
            try:
                yield self._commands.get_nowait()
            except Empty:
                return

    def _obey(self, command: Command) -> bool:
        """Do what was asked for; return whether the session goes on."""
        match command.verb:
            case Verb.STOP if self._arriving or self._transport.closing:
                return False
            case verb if self._comes_too_early(verb):
                self._early.append(command)
            case Verb.LONGER:
                self._refitting.longer(MINUTE_MS, self._transport)
            case Verb.SHORTER:
                self._refitting.longer(-MINUTE_MS, self._transport)
            case Verb.WHERE:
                self._say_where()
            case _:
                self._lead(command)
                if self._early:
                    # Once more, after what was asked for before.
                    self._early.append(self._transport.how_it_waits())
        return True

    def _comes_too_early(self, verb: Verb) -> bool:
        """Return whether what is meant is not known yet, or something is to be done before."""
        if verb is Verb.JUMP:
            return bool(self._arriving)
        knows_no_step = len(self._transport.timeline.chapters) == 1
        return verb in _OF_STEPS and (knows_no_step or bool(self._early))

    def _lead(self, command: Command) -> None:
        before = self._transport
        self._transport = before.apply(command)
        if command.verb is Verb.STOP:
            self._asides.clear()
        if (self._transport.stopped_at is None) != (before.stopped_at is None):
            self._end_with_the_bell(stopped=before.stopped_at is None)
        if (self._transport.position, self._transport.waiting) != (before.position, before.waiting):
            self._desk.hush()

    def _end_with_the_bell(self, *, stopped: bool) -> None:
        """Leave out the music that was to play on after the session, or let it play after all."""
        made = self._session.made
        if made and made.plan.quiet_ms:
            timeline = made.timeline.without_quiet_ending() if stopped else made.timeline
            self._take(replace(self._session, mix=self._stage.mix(timeline)))

    def _take_what_arrived(self) -> None:
        """Go over to what is known by now of the session, where that can be done unheard."""
        ready = [each for each in self._arriving if each.done()]
        if not ready:
            return
        session = ready[-1].result()
        alike = self._heard(session.mix.timeline) == self._heard(self._transport.timeline)
        if not alike and self._transport.sentence:
            # It is said to its end first.
            return
        del self._arriving[: self._arriving.index(ready[-1]) + 1]
        self._take(session, alike=alike)
        if self._stage.keep_end:
            length_s = session.mix.timeline.length_ms / SECOND_MS
            self._refitting.promise(self._stage.ends_at_s or self._started_s + length_s)
        if session.begins_with:
            # Not as a jump, which would go on after a hold.
            position = frames(session.mix.timeline.chapters[session.begins_with].start_ms)
            self._transport = replace(self._transport, position=position)
        early, self._early = self._early, []
        for command in early:
            self._obey(command)

    def _take(self, session: Session, *, alike: bool = True) -> None:
        before, known_ms = self._transport, self._session.known_ms
        self._session = session
        self._desk.take(session.mix, alike=alike)
        self._transport = replace(before, timeline=session.mix.timeline)
        is_other_step = before.chapter_index > 0 and self._transport.chapter.title != before.chapter.title
        if before.position_ms > known_ms or is_other_step:
            chapters = session.mix.timeline.chapters
            start_ms = chapters[min(before.chapter_index, len(chapters) - 1)].start_ms
            self._transport = replace(self._transport, position=frames(start_ms))

    def _heard(self, timeline: Timeline) -> tuple[Cue, ...]:
        """Return what begins up to now."""
        return timeline.cues[: bisect_right(timeline.cue_starts_ms, self._transport.position_ms)]

    def _take_what_was_refitted(self) -> None:
        refitted = self._refitting.poll(self._session, self._transport, moves=self._position() is not None)
        if refitted is None:
            return
        self._take(refitted.session)
        news = list(self._refitting.news(refitted))
        if news:
            self._news = " ".join(news)
            self._say_soon(news)

    def _say_where(self) -> None:
        if self._asides or self._desk.speaking or len(self._transport.timeline.chapters) == 1:
            return
        transport = self._transport
        left_ms = transport.timeline.length_ms - transport.position_ms
        time_left = self._stage.terms.phrases.time_left.of(max(1, round(left_ms / MINUTE_MS)))
        self._say_soon([f"{transport.chapter.title.rstrip('.')}.", time_left])

    def _say_soon(self, sentences: Iterable[str]) -> None:
        """Have some sentences spoken beside the sound; they are said as soon as they are there."""
        texts = list(sentences)
        self._asides.append((texts, in_background(lambda: self._spoken(texts), "say")))

    def _spoken(self, texts: list[str]) -> Buffer:
        sounds = [self._stage.say(text) for text in texts]
        gap = np.zeros((frames(BETWEEN_SENTENCES_MS), *sounds[0].shape[1:]), np.float32)
        return np.concatenate([sounds[0], *(part for sound in sounds[1:] for part in (gap, sound))])

    def _say_what_waits(self) -> None:
        """Say what is besides the session; a sentence of the session's that it cuts is said again after it."""
        if not self._asides or self._desk.speaking or not self._asides[0][1].done():
            return
        texts, spoken = self._asides.popleft()
        if self._transport.muted:
            # Nobody would hear it; what is news is on the screen.
            return
        try:
            self._desk.say(spoken.result())
        except VoiceguideError as error:
            _log.warning("this could not be said: %s", error.message)
            return
        self._aloud(texts)
        self._transport = self._transport.rested()

    def _tell(self, *, device_lost: bool = False) -> None:
        timeline = self._transport.timeline
        known = len(timeline.chapters) > 1
        status = status_of(
            self._transport,
            self._stage.title,
            device_lost=device_lost,
            news=self._news,
            ends_at_s=self._refitting.ends_at_s,
        )
        self._watch(status if known else None)
