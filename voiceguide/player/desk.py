"""The mixing desk of a live session: makes a timeline that jumps sound as if it did not.

The music has a clock of its own and never jumps. Speech that is cut fades out over 80 ms while the next begins, and
the music's level glides to where it has to be.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from voiceguide.audio.bed import Bed
from voiceguide.audio.ducking import Curve
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block, Buffer, as_block, as_buffer
from voiceguide.units import CHANNELS, frames

CUT_FRAMES = frames(80)
"""What is cut fades over this."""

GLIDE_FRAMES = frames(400)
"""The music takes this long to a new level."""

SILENCE_FRAMES = frames(200)
"""Silence after the end: more than a device holds back, so that nothing is lost when it is stopped."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Voices that were cut off and fade."""

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
    """

    def __init__(self, mix: Mix, bed: Bed) -> None:
        self._mix, self._bed = mix, bed
        self._bed_at = 0
        self._expected: int | None = 0
        self._since = 0
        self._cuts: list[_Cut] = []
        self._gain = 0.0
        self._glide: tuple[float, int] | None = None

    def take(self, mix: Mix) -> None:
        """Go on with another session, which must be alike up to now."""
        self._mix = mix

    def block(self, count: int, position: int | None) -> Block:
        """Return the next `count` frames.

        Args:
            count: How many frames.
            position: The frame of the session that comes first, or `None` while only music plays.
        """
        if position != self._expected:
            self._jump(position)
        curve = self._glided(self._target(position, count))
        buffer = as_buffer(self._bed.read(self._bed_at, self._bed_at + count)) * curve[:, None]
        if position is not None:
            buffer += self._mix.voices(position, position + count, self._since)
        self._add_cuts(buffer)
        self._bed_at += count
        self._expected = None if position is None else position + count
        self._gain = float(curve[-1])
        return as_block(buffer)

    def fade_out(self, length: int, position: int | None) -> Iterator[Block]:
        """Yield blocks that fade all that is heard to silence over `length` frames, and some silence after."""
        step = frames(20)
        for at in range(0, length, step):
            block = as_buffer(self.block(step, None if position is None else position + at))
            falling = 0.5 + 0.5 * np.cos(np.pi * np.minimum(1.0, (at + np.arange(1, step + 1)) / length))
            yield as_block(block * falling[:, None].astype(np.float32))
        yield np.zeros((SILENCE_FRAMES, CHANNELS), np.int16)

    def _jump(self, position: int | None) -> None:
        if self._expected is not None:
            self._cuts.append(_Cut(self._expected, self._since))
        self._since = position or 0
        target = float(self._target(position, 1)[0])
        self._glide = (self._gain - target, 0)

    def _target(self, position: int | None, count: int) -> Curve:
        if position is None:
            return np.ones(count, np.float32)
        return self._mix.music_curve(position, position + count)

    def _glided(self, curve: Curve) -> Curve:
        """Lead the gain from where it was to the curve, without a step."""
        if self._glide is None:
            return curve
        distance, done = self._glide
        along = np.minimum(1.0, (done + np.arange(1, len(curve) + 1)) / GLIDE_FRAMES)
        self._glide = (distance, done + len(curve)) if along[-1] < 1.0 else None
        glided = curve + np.float32(distance) * (0.5 + 0.5 * np.cos(math.pi * along)).astype(np.float32)
        return np.maximum(glided, np.float32(0.0))

    def _add_cuts(self, buffer: Buffer) -> None:
        """Let what was cut off fade, all of it: a second cut may come before the first is silent."""
        going_on: list[_Cut] = []
        for cut in self._cuts:
            count = min(len(buffer), CUT_FRAMES - cut.done)
            at = cut.position + cut.done
            falling = 0.5 + 0.5 * np.cos(math.pi * (cut.done + np.arange(1, count + 1)) / CUT_FRAMES)
            buffer[:count] += self._mix.voices(at, at + count, cut.since) * falling[:, None].astype(np.float32)
            if cut.done + count < CUT_FRAMES:
                going_on.append(replace(cut, done=cut.done + count))
        self._cuts = going_on
