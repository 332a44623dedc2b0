"""Speech, chimes and music in one.

`Mix` turns a timeline into sound, any range of frames in any order, always the same: so block sizes are never heard,
and seeking, streaming and working on several ranges at once come free. Nothing has a state, there is no limiter;
the levels are such that the sum stays under full scale.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Protocol

import numpy as np

from voiceguide.audio.bed import Bed
from voiceguide.audio.ducking import Curve, Duck, Span, duck_curve, merge
from voiceguide.audio.levels import Levels
from voiceguide.audio.samples import Block, Buffer, as_block, as_buffer, both, stereo
from voiceguide.scheduler.timeline import Cue, Role, Timeline
from voiceguide.units import CHANNELS, frames

FADE_IN_FRAMES = frames(1_500)
"""The music comes in over this."""

FADE_OUT_FRAMES = frames(8_000)
"""And goes out over this, to the last frame of the session."""

BLOCK_FRAMES = frames(1_000)


class Bank(Protocol):
    """Where the sounds are."""

    def frames(self, cue: Cue) -> int:
        """Return how long the sound of `cue` is."""

    def samples(self, cue: Cue) -> Buffer:
        """Return the sound of `cue`, mono or stereo."""


class Mix:
    """A whole session as sound.

    Args:
        timeline: What is heard when.
        bank: The sounds.
        bed: The music, at its idle level.
        levels: The balance.
    """

    def __init__(self, timeline: Timeline, bank: Bank, bed: Bed, levels: Levels) -> None:
        self.timeline = timeline
        self.length_frames = frames(timeline.length_ms)
        self._bank, self.bed = bank, bed
        self._duck = Duck(depth_db=levels.duck_db)
        self._gains = {Role.SPEECH: levels.speech_gain, Role.CHIME: levels.chime_gain}
        self._cues = timeline.cues
        self._starts = [frames(cue.at_ms) for cue in self._cues]
        stops = [start + bank.frames(cue) for start, cue in zip(self._starts, self._cues, strict=True)]
        self._latest_stops = list(accumulate(stops, max))
        speech = [Span(frames(cue.at_ms), frames(cue.end_ms)) for cue in self._cues if cue.role is Role.SPEECH]
        self._speech = merge(speech, self._duck.bridge_frames)
        self._busy = self._busy_spans(stops)

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[Block]:
        """Yield the frames ``[start, stop)`` in blocks; where only music plays, without working on it."""
        end = self.length_frames if stop is None else stop
        for at in range(start, end, BLOCK_FRAMES):
            yield from self.over(self.bed.read(at, min(end, at + BLOCK_FRAMES)), at)

    def over(self, music: Block, start: int) -> Iterator[Block]:
        """Yield the session over some of its music, in blocks; where only music plays, that is passed on as it is.

        Any thread may ask.

        Args:
            music: Frames of the bed.
            start: The first of them.
        """
        at, stop = start, start + len(music)
        while at < stop:
            index = bisect_right(self._busy, at, key=lambda span: span.stop)
            idle_until = self._busy[index].start if index < len(self._busy) else stop
            if at < idle_until:
                until = min(stop, idle_until)
                yield music[at - start : until - start]
            else:
                until = min(stop, self._busy[index].stop)
                yield self._mixed(music[at - start : until - start], at)
            at = until

    def block(self, start: int, stop: int) -> Block:
        """Return the frames ``[start, stop)`` with everything in them."""
        return self._mixed(self.bed.read(start, stop), start)

    def _mixed(self, music: Block, start: int) -> Block:
        buffer = as_buffer(music)
        buffer *= both(self.music_curve(start, start + len(music)))
        self._add_voices(buffer, start)
        return as_block(buffer)

    def voices(
        self, start: int, stop: int, since: int = 0, until: int | None = None, only: Role | None = None
    ) -> Buffer:
        """Return speech and chimes alone, shape ``(stop - start, 2)``.

        Args:
            start: First frame.
            stop: One past the last.
            since: Sounds that began before this frame are left out, as after a jump to it.
            until: Those that begin at this frame or after it are left out, as before a jump from it.
            only: Speech alone, or chimes alone.
        """
        buffer = np.zeros((stop - start, CHANNELS), np.float32)
        self._add_voices(buffer, start, since, until, only)
        return buffer

    def _add_voices(
        self, buffer: Buffer, start: int, since: int = 0, until: int | None = None, only: Role | None = None
    ) -> None:
        stop = start + len(buffer)
        first = max(bisect_right(self._latest_stops, start), bisect_left(self._starts, since))
        last = bisect_left(self._starts, stop if until is None else min(stop, until))
        for index in range(first, last):
            cue, at = self._cues[index], self._starts[index]
            if only not in (None, cue.role):
                continue
            low, high = max(start, at), min(stop, at + self._bank.frames(cue))
            if low < high:
                sound = stereo(self._bank.samples(cue)[low - at : high - at])
                if self._gains[cue.role] != 1.0:
                    sound = sound * np.float32(self._gains[cue.role])
                buffer[low - start : high - start] += sound

    def music_curve(self, start: int, stop: int, *, fades_in: bool = True) -> Curve:
        """Return the gain of the music: ducked under speech, faded at both ends of the session.

        Args:
            start: First frame.
            stop: One past the last.
            fades_in: Whether it begins with the session; not where it plays already.
        """
        curve = duck_curve(start, stop, self._speech, self._duck)
        fade_in = FADE_IN_FRAMES if fades_in else 1
        if start < fade_in or stop > self.length_frames - FADE_OUT_FRAMES:
            at = np.arange(start, stop)
            inside = np.minimum((at + 1) / fade_in, (self.length_frames - 1 - at) / FADE_OUT_FRAMES)
            curve *= (0.5 - 0.5 * np.cos(np.pi * np.clip(inside, 0.0, 1.0))).astype(np.float32)
        return curve

    def _busy_spans(self, stops: list[int]) -> list[Span]:
        """Return where more than idle music is heard."""
        sounds = [Span(start, stop) for start, stop in zip(self._starts, stops, strict=True)]
        ducked = [Span(s.start - self._duck.down_frames, s.stop + self._duck.up_frames) for s in self._speech]
        ends = [Span(0, FADE_IN_FRAMES), Span(self.length_frames - FADE_OUT_FRAMES, self.length_frames)]
        return merge([*sounds, *ducked, *ends], 0)
