"""Where the session stands and what a command does to it. A pure state machine.

The music is not its concern: it plays on whatever happens here.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import FRAMES_PER_MS, SECOND_MS, frames

BACK_TO_BEFORE_MS: Final = 5 * SECOND_MS
"""In the first seconds of a step, "previous" means the one before; later, its start."""


class Command(StrEnum):
    """What one may ask of a running session."""

    HOLD = "hold"
    """Hold, or go on: instructions wait, the music plays."""
    NEXT = "next"
    PREVIOUS = "previous"
    STOP = "stop"
    """End gently: closing words, the end bell, a fade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """One moment of a session."""

    timeline: Timeline

    position: int = 0
    """The next frame of the session to be heard."""

    held: bool = False
    """Whether the session waits while the music plays on."""

    @property
    def position_ms(self) -> int:
        """The position in milliseconds."""
        return self.position // FRAMES_PER_MS

    @property
    def ended(self) -> bool:
        """Whether all was heard."""
        return self.position >= frames(self.timeline.length_ms)

    @property
    def closing(self) -> bool:
        """Whether the session is at its closing words or past them."""
        return self.chapter_index == len(self.timeline.chapters) - 1

    @property
    def chapter_index(self) -> int:
        """Which chapter the position lies in."""
        return max(0, bisect_right(self.timeline.chapters, self.position_ms, key=lambda c: c.start_ms) - 1)

    @property
    def chapter(self) -> Chapter:
        """The chapter that the position lies in."""
        return self.timeline.chapters[self.chapter_index]

    def advance(self, count: int) -> "Transport":
        """Return the transport after `count` frames were heard."""
        if self.held:
            return self
        position = self.position + count
        if self.chapter.waits and position >= frames(self.chapter.end_ms):
            return replace(self, position=frames(self.chapter.end_ms) - 1, held=True)
        return replace(self, position=position)

    def apply(self, command: Command) -> "Transport":
        """Return the transport after `command`."""
        match command:
            case Command.HOLD if self.chapter.waits:
                return self.at_chapter(self.chapter_index + 1)
            case Command.HOLD:
                return replace(self, held=not self.held, position=self._rested() if not self.held else self.position)
            case Command.NEXT:
                return self.at_chapter(self.chapter_index + 1)
            case Command.PREVIOUS:
                early = self.position_ms - self.chapter.start_ms < BACK_TO_BEFORE_MS
                return self.at_chapter(self.chapter_index - early)
            case Command.STOP:
                return self.at_chapter(len(self.timeline.chapters) - 1)

    def at_chapter(self, index: int) -> "Transport":
        """Return the transport at the start of a chapter, going on; the closing is never started twice."""
        last = len(self.timeline.chapters) - 1
        if index >= last and self.closing:
            return replace(self, held=False)
        start_ms = self.timeline.chapters[min(max(index, 0), last)].start_ms
        return replace(self, position=frames(start_ms), held=False)

    def _rested(self) -> int:
        """Return where to go on after a hold: a sentence that was cut is said again from its start."""
        speaking = self._sentence_at(self.position_ms)
        return frames(speaking.at_ms) if speaking else self.position

    def _sentence_at(self, at_ms: int) -> Cue | None:
        cues = self.timeline.cues
        for cue in reversed(cues[: bisect_right(cues, at_ms, key=lambda cue: cue.at_ms)]):
            if cue.role is Role.SPEECH:
                return cue if cue.at_ms <= at_ms < cue.end_ms else None
        return None
