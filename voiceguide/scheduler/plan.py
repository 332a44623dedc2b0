"""The plan of one session: which steps are in, how often, how long."""

from dataclasses import dataclass

from voiceguide.routine.model import Pressure, Routine
from voiceguide.scheduler.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A part with its place in the session."""

    part: Part

    number: int
    """Counted from 1."""

    start_ms: int
    """Where its chime sounds, from the beginning of the session."""

    length_ms: int

    talk: tuple[str, ...]
    """The sentences of its instruction, the number of repeats included."""

    talk_ms: int
    """From `start_ms` to the first stroke; at least the chime and the instruction."""

    repeats: int | None = None
    """How often the stroke is done; `None` where it simply goes on."""

    each_ms: int | None = None
    """Length of one repeat; for a hold, pressing and moving on."""

    hold_ms: int | None = None
    """How long one press lasts, where the step is a hold."""

    pressure: Pressure | None = None
    """How firm it is done in this session."""

    pace_ms: int | None = None
    """The time of one slow stroke, where a pulse gives its rhythm."""

    waits: bool = False
    """Whether it ends when a key is pressed, and not before."""

    @property
    def end_ms(self) -> int:
        """One past its last millisecond."""
        return self.start_ms + self.length_ms

    @property
    def repeat_starts_ms(self) -> list[int]:
        """Where each repeat begins, from the beginning of the session; empty where there is none to count."""
        first_ms, each_ms = self.start_ms + self.talk_ms, self.each_ms or 0
        return [first_ms + turn * each_ms for turn in range(self.repeats or 0)]

    @property
    def pulses_ms(self) -> range:
        """Where a pulse is heard, from the beginning of the session; empty where there is no pace."""
        if self.pace_ms is None:
            return range(0)
        return range(self.start_ms + self.talk_ms, self.end_ms - self.pace_ms // 2, self.pace_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One session: the opening words, the steps without a gap between them, the closing words."""

    routine: Routine

    length_ms: int
    """Of the whole session, exactly."""

    opening: tuple[str, ...]
    """The first sentences."""

    steps: tuple[PlannedStep, ...]

    closing: tuple[str, ...]
    """The last sentences."""

    quiet_ms: int
    """How long the music goes on after the end bell, before it fades."""

    left_out: tuple[str, ...]
    """Titles of the optional steps for which there is no time, in the order of the routine."""

    avoided: tuple[str, ...]
    """Titles of the steps that are left out for the sake of an area."""

    spared: tuple[str, ...]
    """Titles of the steps that stay, but leave out an area."""

    least_ms: int
    """The shortest session that the routine can be, with the same options."""

    most_ms: int
    """The longest."""

    @property
    def closing_ms(self) -> int:
        """Where the last step ends and the closing begins."""
        return self.steps[-1].end_ms
