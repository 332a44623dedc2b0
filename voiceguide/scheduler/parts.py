"""A routine spread out: one part for each time that a step is done, in the order in which the hands do it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from voiceguide.routine.model import Kind, Routine, Section, Side, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A step, done once on one side (or on the whole)."""

    step: Step

    step_index: int
    """Which step of the routine, counted from 0; parts of one step on two sides share it."""

    section: str
    """Title of its section."""

    section_index: int
    """Which section of the routine, counted from 0."""

    kind: Kind
    """What its section is for."""

    opens_section: bool = False
    """Whether it is the first of its section."""

    side: Side | None = None

    turn: Literal["first", "next"] | None = None
    """Set where the hands come to this side with this part, so that the voice has to say so."""

    again: bool = False
    """Whether the same step was done before, on the other side."""

    spare: tuple[str, ...] = ()
    """Areas to leave out while doing it."""


def lay_out(routine: Routine) -> list[Part]:
    """Return the parts of the whole routine, in order.

    A step with sides is done on one and then on the other; a section with sides is done as a whole on one and
    then as a whole on the other.
    """
    parts: list[Part] = []
    first = 0
    for index, section in enumerate(routine.sections):
        parts += _mark_first(list(_parts_of(section, index, first)))
        first += len(section.steps)
    return parts


def _parts_of(section: Section, section_index: int, first: int) -> Iterator[Part]:
    passes: Sequence[Side | None] = section.sides or (None,)
    for turn, section_side in enumerate(passes):
        for index, step in enumerate(section.steps):
            for again, side in enumerate(step.sides or (section_side,)):
                yield Part(
                    step=step,
                    step_index=first + index,
                    section=section.title,
                    section_index=section_index,
                    kind=section.kind,
                    side=side,
                    turn=_turn(step.sides or section.sides, side) if step.sides or index == 0 else None,
                    again=turn > 0 or again > 0,
                )


def _turn(sides: Sequence[Side], side: Side | None) -> Literal["first", "next"] | None:
    if side is None:
        return None
    return "first" if side == sides[0] and len(sides) > 1 else "next"


def _mark_first(parts: list[Part]) -> list[Part]:
    return [replace(parts[0], opens_section=True), *parts[1:]]
