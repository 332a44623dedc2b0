"""What a live session is made of."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from voiceguide.audio.bed import Bed
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Buffer
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.scheduler.pauses import BETWEEN_SENTENCES_MS, MUSIC_ALONE_MS, USEFUL_MS
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule
from voiceguide.scheduler.timeline import Chapter, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session, or what is known of it."""

    mix: Mix

    made: Schedule | None = None
    """How it was planned, so that it can be fitted again; `None` while it is not known to its end."""

    known_ms: int = LONGEST_MS
    """Where it waits, while the music plays, until more of it is known."""

    begins_with: int = 0
    """The chapter in which it begins: 0, or where it was interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a live session needs of the world around it."""

    title: str
    """Of the session, as lock screens show it."""

    terms: Terms
    """What the session is planned by, its speech measured; asked beside the sound, because a new sentence takes time
    to speak."""

    bed: Bed
    """The music, at its idle level."""

    levels: Levels
    """The balance that the music and the mixes are made with."""

    mix: Callable[[Timeline], Mix]
    """Makes a timeline heard."""

    say: Callable[[str], Buffer]
    """Speaks one sentence, mono or stereo; asked beside the sound."""

    aloud: Callable[[str], None] = lambda _text: None
    """Says a sentence now, where a voice is heard that is not in the mix; never waits."""

    keep_end: bool = False
    """Whether what was held, repeated or skipped is taken from, or given to, the steps that remain."""

    ends_at_s: float | None = None
    """The end by `clock` that was promised before the session was interrupted."""

    clock: Callable[[], float] = time.time
    """The time in seconds, as clocks on walls tell it: an end was promised by those, and on Linux the monotonic clock
    stands still while a computer sleeps."""

    def prelude(self) -> Session:
        """Return the music alone, before anything else is known."""
        return Session(mix=self.mix(_NOTHING), known_ms=MUSIC_ALONE_MS)


def beginning(made: Schedule) -> tuple[Timeline, int]:
    """Return the first words of a session, which hold whatever the length of the speech to come turns out to be.

    They are the opening and the first instruction, without the number of repeats, which is a matter of the whole.

    Args:
        made: A session whose later speech may be estimated.

    Returns:
        The timeline without what comes later, and where to wait for that, in milliseconds: as far into the first
        step as it lasts in any case.
    """
    step, lines = made.plan.steps[0], made.script.steps[0]
    said = [line for line in lines if line.kind == "instruction"]
    if step.part.step.time is None:
        said = said[:-1]
        # Past the last word, so that it is said to its end, and before the next.
        after_ms = max((line.at_ms + line.length_ms for line in said), default=0)
        known_ms = step.start_ms + after_ms + BETWEEN_SENTENCES_MS // 2
    else:
        known_ms = step.start_ms + max(step.talk_ms, step.part.step.time.min_ms - USEFUL_MS)
    begins_ms = step.start_ms + max((line.at_ms for line in said), default=0)
    cues = tuple(cue for cue in made.timeline.cues if cue.at_ms <= begins_ms)
    return replace(made.timeline, cues=cues), known_ms


_NOTHING: Final = Timeline(length_ms=LONGEST_MS, cues=(), chapters=(Chapter(start_ms=0, end_ms=LONGEST_MS, title=""),))
