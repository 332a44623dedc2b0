"""Every sound at its absolute time, and the chapters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from voiceguide.scheduler.narration import Line, Script
from voiceguide.scheduler.pauses import END_MS, MUSIC_ALONE_MS
from voiceguide.scheduler.phrases import Phrases
from voiceguide.scheduler.plan import Plan, PlannedStep
from voiceguide.units import clock

_END: Final = "end"
"""The chime with which all ends, but for music that plays on."""


class Role(StrEnum):
    """What a sound is for. Speech ducks the music; a chime does not."""

    SPEECH = "speech"
    CHIME = "chime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Something that is heard at a moment."""

    at_ms: int
    """Start, in milliseconds from the beginning of the session; >= 0."""

    length_ms: int
    """How long the speech lasts; 0 for a chime, which rings out by itself."""

    role: Role

    name: str
    """The sentence of a speech, the kind of a chime: the key of its sound in the bank, together with the role."""

    @property
    def end_ms(self) -> int:
        """One past its last millisecond."""
        return self.at_ms + self.length_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A stretch of the session that one may jump to: a step, the opening or the closing."""

    start_ms: int
    end_ms: int
    title: str
    section: str | None = None
    """The section that a step belongs to."""
    waits: bool = False
    """Whether a live session goes on from it only when a key is pressed."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A whole session. Cues are sorted by time; chapters follow each other without a gap."""

    length_ms: int
    cues: tuple[Cue, ...]
    chapters: tuple[Chapter, ...]

    @cached_property
    def cue_starts_ms(self) -> list[int]:
        """Where each cue starts: a live session looks there with every block."""
        return [cue.at_ms for cue in self.cues]

    @cached_property
    def chapter_starts_ms(self) -> list[int]:
        """Where each chapter starts."""
        return [chapter.start_ms for chapter in self.chapters]

    @cached_property
    def step_titles(self) -> tuple[str, ...]:
        """The titles of all steps, in order: of the chapters between the opening and the closing."""
        return tuple(chapter.title for chapter in self.chapters[1:-1])

    def without_quiet_ending(self) -> "Timeline":
        """Return a session that ends with its bell, where music was to play on after it."""
        bells = [cue for cue in self.cues if (cue.role, cue.name) == (Role.CHIME, _END)]
        length_ms = bells[-1].at_ms + END_MS if bells else self.length_ms
        chapters = (*self.chapters[:-1], replace(self.chapters[-1], end_ms=length_ms))
        return replace(self, length_ms=length_ms, chapters=chapters)

    def __str__(self) -> str:
        lines = [f"{clock(cue.at_ms)} {cue.role:<7} {cue.name}" for cue in self.cues]
        return "\n".join([*lines, f"{clock(self.length_ms)} end", ""])


def build(plan: Plan, script: Script, phrases: Phrases) -> Timeline:
    """Lay all that is heard in a session on one line."""
    cues = [
        _chime(MUSIC_ALONE_MS, "start"),
        *_speech(script.opening, 0),
        *(cue for step, lines in zip(plan.steps, script.steps, strict=True) for cue in _step_cues(step, lines)),
        *_speech(script.closing, plan.closing_ms),
        _chime(plan.length_ms - plan.quiet_ms - END_MS, _END),
    ]
    return Timeline(
        length_ms=plan.length_ms,
        cues=tuple(sorted(cues, key=lambda cue: cue.at_ms)),
        chapters=tuple(_chapters(plan, phrases)),
    )


def step_title(step: PlannedStep, phrases: Phrases) -> str:
    """Return the title of a step with its side, as lists and chapters show it."""
    title, side = step.part.step.title, step.part.side
    return phrases.on_side.format(title=title, side=phrases.sides[side]) if side else title


def _step_cues(step: PlannedStep, lines: tuple[Line, ...]) -> Iterator[Cue]:
    part = step.part
    yield _chime(step.start_ms, "side" if part.turn == "next" else "section" if part.opens_section else "change")
    yield from _speech(lines, step.start_ms)
    for turn, start_ms in enumerate(step.repeat_starts_ms, 1):
        yield _chime(start_ms, "last" if 1 < turn == step.repeats else "tick")
        if step.hold_ms is not None:
            yield _chime(start_ms + step.hold_ms, "release")
    yield from (_chime(at_ms, "tick") for at_ms in step.pulses_ms)


def _chapters(plan: Plan, phrases: Phrases) -> Iterator[Chapter]:
    yield Chapter(start_ms=0, end_ms=plan.steps[0].start_ms, title=phrases.chapters.opening)
    for step in plan.steps:
        yield Chapter(
            start_ms=step.start_ms,
            end_ms=step.end_ms,
            title=step_title(step, phrases),
            section=step.part.section,
            waits=step.waits,
        )
    yield Chapter(start_ms=plan.closing_ms, end_ms=plan.length_ms, title=phrases.chapters.closing)


def _chime(at_ms: int, kind: str) -> Cue:
    return Cue(at_ms=at_ms, length_ms=0, role=Role.CHIME, name=kind)


def _speech(lines: tuple[Line, ...], origin_ms: int) -> list[Cue]:
    return [
        Cue(at_ms=origin_ms + line.at_ms, length_ms=line.length_ms, role=Role.SPEECH, name=line.text) for line in lines
    ]
