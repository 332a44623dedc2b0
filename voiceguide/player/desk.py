"""The mixing desk of a live session: makes a timeline that jumps sound as if it did not.

The music has a clock of its own and never jumps. Speech that is cut fades out over 80 ms while the next begins, and
every level glides to where it has to be.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from voiceguide.audio.bed import Bed
from voiceguide.audio.ducking import Curve
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block, Buffer, as_block, as_buffer, both, stereo
from voiceguide.units import CHANNELS, frames, gain

CUT_FRAMES: Final = frames(80)
"""What is cut fades over this."""

GLIDE_FRAMES: Final = frames(400)
"""The music takes this long to a new level."""

TURN_FRAMES: Final = frames(150)
"""A turn of a knob takes this long: soon enough to answer a hand, too slow to click."""

PAUSE_FRAMES: Final = frames(600)
"""The music goes for a pause, and comes back after it, over this."""


class Knob:
    """A gain that glides to where it is turned.

    Args:
        length: How many frames a turn takes.
    """

    def __init__(self, length: int = TURN_FRAMES) -> None:
        self.value = 1.0
        """Where it stands."""
        self._length = length
        self._from, self._to, self._done = 1.0, 1.0, length

    def turn(self, value: float) -> None:
        """Glide from here to `value`, a linear gain."""
        if value != self._to:
            self._from, self._to, self._done = self.value, value, 0

    @property
    def rests(self) -> bool:
        """Whether it has come to where it was turned."""
        return self._done >= self._length

    def apply(self, buffer: Buffer) -> None:
        """Bring the next frames of a sound to its gain; where it rests, without much work."""
        if not self.rests:
            buffer *= both(self.read(len(buffer)))
        elif self.value != 1.0:
            buffer *= np.float32(self.value)

    def read(self, count: int) -> Curve:
        """Return the gain of the next `count` frames, shape ``(count,)``."""
        if self.rests:
            return np.full(count, self.value, np.float32)
        along = np.minimum(1.0, (self._done + np.arange(1, count + 1)) / self._length)
        self._done += count
        curve = (self._to + (self._from - self._to) * _falling(along)).astype(np.float32)
        self.value = self._to if self._done >= self._length else float(curve[-1])
        return curve


@dataclass(frozen=True, slots=True)
class _Cut:
    """Voices that were cut off and fade."""

    mix: Mix
    position: int
    """The frame of the session that would have come next."""
    since: int
    """Sounds that began before this frame were not heard."""
    done: int = 0
    """How many frames of the fade were heard."""


class Desk:
    """Makes blocks, one after the other, for positions that may jump.

    Args:
        mix: The session.
        bed: The music, at its idle level.
        levels: The balance that both were made with.
    """

    def __init__(self, mix: Mix, bed: Bed, levels: Levels) -> None:
        self._mix, self._bed = mix, bed
        self._low = gain(levels.duck_db)
        self._bed_at = 0
        self._expected: int | None = 0
        self._since = 0
        self._cuts: list[_Cut] = []
        self._aside: Buffer | None = None
        self._gain = 0.0
        self._fades_in = True
        self._glide: tuple[float, int] | None = None
        self._all, self._voice, self._music, self._going_on = Knob(), Knob(), Knob(), Knob(PAUSE_FRAMES)

    @property
    def speaking(self) -> bool:
        """Whether a sentence is said besides the session, which waits meanwhile."""
        return self._aside is not None

    def take(self, mix: Mix, *, alike: bool = True) -> None:
        """Go on with another session.

        Args:
            mix: The other.
            alike: Whether both are the same up to now; else what is heard fades, and only what begins from now on
                is heard of the other.
        """
        if not alike and self._expected is not None:
            self._cuts.append(_Cut(self._mix, self._expected, self._since))
            self._since = self._expected
        self._mix = mix
        self._glide_to(self._expected)

    def turn(self, *, muted: bool, paused: bool, voice_db: float, music_db: float) -> None:
        """Set the balance.

        A voice that is to be louder than its anchor, which leaves no room above it, gets softer music instead.

        Args:
            muted: Whether nothing at all is heard.
            paused: Whether the music is silent too, while the session waits.
            voice_db: Of all voices and chimes, against the session's levels.
            music_db: Of the music while nobody speaks.
        """
        self._all.turn(0.0 if muted else 1.0)
        self._going_on.turn(0.0 if paused else 1.0)
        self._voice.turn(gain(min(0.0, voice_db)))
        self._music.turn(gain(music_db - max(0.0, voice_db)))

    def say(self, sound: Buffer) -> None:
        """Say a sentence besides the session, whose position has to be `None` until it is said.

        Args:
            sound: Mono or stereo.
        """
        # The music makes room first.
        self._aside = np.concatenate([np.zeros((GLIDE_FRAMES, CHANNELS), np.float32), stereo(sound)])
        self._glide_to(None)

    def hush(self) -> None:
        """Break the sentence off that is said besides the session."""
        if self._aside is not None:
            rest = self._aside[:CUT_FRAMES]
            self._aside = rest * both(_falling(np.arange(1, len(rest) + 1) / CUT_FRAMES).astype(np.float32))

    def begin_again(self) -> None:
        """Go on after a silence that nobody chose: what was heard before is not there to fade."""
        self._cuts.clear()
        self._aside, self._expected, self._gain = None, None, 0.0
        self._glide_to(None)

    def block(self, count: int, position: int | None, until: int | None = None) -> Block:
        """Return the next `count` frames.

        Args:
            count: How many frames.
            position: The frame of the session that comes first, or `None` while only music plays.
            until: The frame at which the session will wait.
        """
        if position != self._expected:
            self._jump(position)
        buffer = self._music_block(count, position)
        voices = (
            np.zeros_like(buffer)
            if position is None
            else self._mix.voices(position, position + count, self._since, until)
        )
        self._add_cuts(voices)
        self._add_aside(voices)
        self._voice.apply(voices)
        buffer += voices
        self._all.apply(buffer)
        self._expected = None if position is None else min(position + count, until or position + count)
        return as_block(buffer)

    def fade_out(self, length: int, position: int | None) -> Iterator[Block]:
        """Yield blocks that fade all that is heard to silence over `length` frames."""
        step = frames(20)
        for at in range(0, length, step):
            block = as_buffer(self.block(step, None if position is None else position + at))
            falling = _falling(np.minimum(1.0, (at + np.arange(1, step + 1)) / length))
            yield as_block(block * falling[:, None].astype(np.float32))

    def _music_block(self, count: int, position: int | None) -> Buffer:
        curve = self._glided(self._target(position, count))
        self._gain = float(curve[-1])
        music = as_buffer(self._bed.read(self._bed_at, self._bed_at + count))
        music *= both(self._turned(curve))
        if self._going_on.value or not self._going_on.rests:
            # Through a pause the music waits too.
            self._bed_at += count
        self._going_on.apply(music)
        return music

    def _turned(self, curve: Curve) -> Curve:
        """Return the gain of the music as its knob has it: louder while it idles, never under words."""
        if self._music.rests and self._music.value == 1.0:
            return curve
        knob = self._music.read(len(curve))
        if self._low >= 1.0:
            return curve * knob
        idle = np.clip((curve - np.float32(self._low)) / np.float32(1.0 - self._low), 0.0, 1.0)
        louder: Curve = curve * (1 + (knob - 1) * idle)
        return louder

    def _jump(self, position: int | None) -> None:
        if self._expected is not None:
            self._cuts.append(_Cut(self._mix, self._expected, self._since))
        self._since = position or 0
        # Whoever comes back to the beginning finds the music playing.
        self._fades_in = False
        self._glide_to(position)

    def _glide_to(self, position: int | None) -> None:
        """Let the music's gain, from where it is, find the one that belongs to `position`."""
        target = float(self._target(position, 1)[0])
        self._glide = (self._gain - target, 0)

    def _target(self, position: int | None, count: int) -> Curve:
        if position is None:
            return np.full(count, self._low if self.speaking else 1.0, np.float32)
        return self._mix.music_curve(position, position + count, fades_in=self._fades_in)

    def _glided(self, curve: Curve) -> Curve:
        """Lead the gain from where it was to the curve, without a step."""
        if self._glide is None:
            return curve
        distance, done = self._glide
        along = np.minimum(1.0, (done + np.arange(1, len(curve) + 1)) / GLIDE_FRAMES)
        self._glide = (distance, done + len(curve)) if along[-1] < 1.0 else None
        glided = curve + np.float32(distance) * _falling(along).astype(np.float32)
        return np.maximum(glided, np.float32(0.0))

    def _add_cuts(self, voices: Buffer) -> None:
        """Let what was cut off fade, all of it: a second cut may come before the first is silent."""
        going_on: list[_Cut] = []
        for cut in self._cuts:
            count = min(len(voices), CUT_FRAMES - cut.done)
            at = cut.position + cut.done
            falling = _falling((cut.done + np.arange(1, count + 1)) / CUT_FRAMES)
            heard = cut.mix.voices(at, at + count, cut.since, cut.position)
            voices[:count] += heard * falling[:, None].astype(np.float32)
            if cut.done + count < CUT_FRAMES:
                going_on.append(replace(cut, done=cut.done + count))
        self._cuts = going_on

    def _add_aside(self, buffer: Buffer) -> None:
        if self._aside is None:
            return
        heard, rest = self._aside[: len(buffer)], self._aside[len(buffer) :]
        buffer[: len(heard)] += heard
        self._aside = rest if len(rest) else None
        if self._aside is None:
            self._glide_to(None)


def _falling(along: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a raised cosine: 1 where nothing of the way is done, 0 where all of it is."""
    return 0.5 + 0.5 * np.cos(math.pi * along)
