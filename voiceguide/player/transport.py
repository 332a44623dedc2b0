"""Where the session stands and what a command does to it. A pure state machine.

The music is not its concern: it plays on whatever happens here.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Final

from voiceguide.player.commands import Command, Verb
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import FRAMES_PER_MS, SECOND_MS, frames

BACK_TO_BEFORE_MS: Final = 5 * SECOND_MS
"""In the first seconds of a step, "previous" means the one before; later, its start."""

LEVEL_STEP_DB: Final = 2.0
"""How much louder or quieter one command makes it."""

VOICE_DB: Final = (-12.0, 6.0)
"""The least and the most of the voice, against what the session began with."""

MUSIC_DB: Final = (-20.0, 6.0)
"""The least and the most of the music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """One moment of a session."""

    timeline: Timeline

    position: int = 0
    """The next frame of the session to be heard."""

    held: bool = False
    """Whether the session waits while the music plays on."""

    paused: bool = False
    """Whether the session waits in silence."""

    muted: bool = False
    """Whether the session goes on in silence."""

    voice_db: float = 0.0
    """Louder or quieter voice than the session began with."""

    music_db: float = 0.0
    """Louder or quieter music."""

    stopped_at: int | None = None
    """The chapter in which the session was asked to end."""

    @property
    def position_ms(self) -> int:
        """The position in milliseconds."""
        return self.position // FRAMES_PER_MS

    @property
    def ended(self) -> bool:
        """Whether all was heard."""
        return self.position >= frames(self.timeline.length_ms)

    @property
    def waiting(self) -> bool:
        """Whether the position stays where it is."""
        return self.held or self.paused

    @property
    def waits_by_itself(self) -> bool:
        """Whether a step that waits for a key has come to its end, and nobody has held it before."""
        return self.held and self.chapter.waits and self.position == frames(self.chapter.end_ms) - 1

    @property
    def closing(self) -> bool:
        """Whether the session is at its closing words or past them."""
        return self.chapter_index == self._last

    @property
    def chapter_index(self) -> int:
        """Which chapter the position lies in: 0 is the opening, the last one the closing."""
        return max(0, bisect_right(self.timeline.chapter_starts_ms, self.position_ms) - 1)

    @property
    def chapter(self) -> Chapter:
        """The chapter that the position lies in."""
        return self.timeline.chapters[self.chapter_index]

    @property
    def sentence(self) -> Cue | None:
        """The sentence that the position lies in."""
        cues = self.timeline.cues
        for cue in reversed(cues[: bisect_right(self.timeline.cue_starts_ms, self.position_ms)]):
            if cue.role is Role.SPEECH:
                return cue if self.position_ms < cue.end_ms else None
        return None

    def advance(self, count: int) -> "Transport":
        """Return the transport after `count` frames were heard."""
        if self.waiting:
            return self
        position = self.position + count
        if self.chapter.waits and position >= frames(self.chapter.end_ms):
            return replace(self, position=frames(self.chapter.end_ms) - 1, held=True)
        return replace(self, position=position)

    def apply(self, command: Command) -> "Transport":
        """Return the transport after `command`.

        What changes the timeline itself (longer, shorter) or is only said (where) leaves it as it is.
        """
        chapter = self._asked_chapter(command)
        if chapter is not None:
            moved = self.at_chapter(chapter)
            before = self.chapter_index if command.verb is Verb.STOP else self.stopped_at
            return replace(moved, stopped_at=before if moved.closing else None)
        match command.verb:
            case Verb.TOGGLE:
                return self._toggled()
            case Verb.HOLD:
                return replace(self.rested(), held=True)
            case Verb.PAUSE:
                return replace(self.rested(), paused=True)
            case Verb.RESUME:
                return self._resumed()
            case _:
                return self._balanced(command.verb)

    def at_chapter(self, index: int) -> "Transport":
        """Return the transport at the start of a chapter, going on; the closing is never started twice."""
        going_on = replace(self, held=False, paused=False)
        if index >= self._last and self.closing:
            return going_on
        start_ms = self.timeline.chapters[min(max(index, 0), self._last)].start_ms
        return replace(going_on, position=frames(start_ms))

    def how_it_waits(self) -> Command:
        """Return what makes another wait, or go on, as this one does."""
        return Command(Verb.PAUSE if self.paused else Verb.HOLD if self.held else Verb.RESUME)

    def rested(self) -> "Transport":
        """Return where to go on after a rest: a sentence that is cut is said again from its start."""
        speaking = None if self.waiting else self.sentence
        return replace(self, position=frames(speaking.at_ms)) if speaking else self

    @property
    def _last(self) -> int:
        return len(self.timeline.chapters) - 1

    def _asked_chapter(self, command: Command) -> int | None:
        """Return where a jump leads; `None` for what is no jump."""
        match command.verb:
            case Verb.NEXT:
                return self.chapter_index + 1
            case Verb.PREVIOUS:
                return self._previous_chapter()
            case Verb.REPEAT:
                return self.chapter_index
            case Verb.JUMP:
                return min(command.number or 0, self._last - 1)
            case Verb.STOP:
                return self._last
            case _:
                return None

    def _previous_chapter(self) -> int:
        if self.closing:
            # Who did not mean to stop goes back to where that was.
            return self._last - 1 if self.stopped_at is None else self.stopped_at
        early = self.position_ms - self.chapter.start_ms < BACK_TO_BEFORE_MS
        return self.chapter_index - early

    def _toggled(self) -> "Transport":
        if self.waiting:
            return self._resumed()
        if self.chapter.waits:
            return self.at_chapter(self.chapter_index + 1)
        return replace(self.rested(), held=True)

    def _resumed(self) -> "Transport":
        going_on = replace(self, held=False, paused=False)
        return going_on.at_chapter(self.chapter_index + 1) if self.waits_by_itself else going_on

    def _balanced(self, verb: Verb) -> "Transport":
        match verb:
            case Verb.VOICE_UP | Verb.VOICE_DOWN:
                return replace(self, voice_db=_moved(self.voice_db, verb is Verb.VOICE_UP, VOICE_DB))
            case Verb.MUSIC_UP | Verb.MUSIC_DOWN:
                return replace(self, music_db=_moved(self.music_db, verb is Verb.MUSIC_UP, MUSIC_DB))
            case Verb.MUTE:
                return replace(self, muted=not self.muted)
            case _:
                return self


def _moved(level_db: float, up: bool, bounds_db: tuple[float, float]) -> float:
    least_db, most_db = bounds_db
    return min(max(level_db + (LEVEL_STEP_DB if up else -LEVEL_STEP_DB), least_db), most_db)
