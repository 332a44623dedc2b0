"""Which parts of a routine a session has at all, whatever its time: sections chosen, areas avoided or favoured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from voiceguide.errors import ScheduleError, near
from voiceguide.routine.glossary import Glossary
from voiceguide.routine.model import Routine, Section
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.parts import Part, lay_out


@dataclass(frozen=True, slots=True)
class Selection:
    """The parts that may be in, and what was kept out of them."""

    parts: list[Part]
    avoided: tuple[str, ...]
    """Titles of the steps that are left out for the sake of an area."""
    focused: frozenset[int]
    """Indices of the steps that get more of the time."""


def select(routine: Routine, options: Options, words: Glossary) -> Selection:
    """Return the parts of `routine` that the options leave.

    A step in an avoided area is out. A step that passes over it, or works on a larger area that holds it, stays and
    names what to spare. To avoid what nothing touches is granted.

    Raises:
        ScheduleError: A section or an area is none of the routine's, or nothing is left.
    """
    kept = _sections(routine, options)
    parts = [part for part in lay_out(routine) if part.section_index in kept]
    avoid = [_area(name, routine, words, "avoid") for name in options.avoid]
    focus = [_focus(name, routine, parts, words) for name in options.focus]
    for area in focus:
        if any(words.is_in(area, each) for each in avoid):
            raise ScheduleError(f"'{area}' is to be both a focus and avoided", hint="choose one of the two")
    touched = [part for part in parts if any(_lies_in(part, area, words) for area in avoid)]
    left = [_sparing(part, avoid, words) for part in parts if part not in touched]
    if not any(part.kind == "massage" for part in left) and any(part.kind == "massage" for part in parts):
        raise ScheduleError(
            f"without {', '.join(options.avoid)} nothing is left of '{routine.title}'",
            hint="avoid less, or take another routine: 'voiceguide list' shows them",
        )
    focused = {part.step_index for part in left for area in focus if _lies_in(part, area, words)}
    return Selection(left, tuple(dict.fromkeys(part.step.title for part in touched)), frozenset(focused))


def _sections(routine: Routine, options: Options) -> set[int]:
    sections = dict(enumerate(routine.sections))
    only = {index for name in options.only for index in _called(name, sections, "only")}
    skipped = {index for name in options.skip for index in _called(name, sections, "skip-section")}
    kept = (only or set(sections)) - skipped
    if not kept:
        raise ScheduleError(f"no section of '{routine.title}' is left", hint="skip less")
    return kept


def _called(name: str, sections: dict[int, Section], option: str) -> list[int]:
    wanted = name.casefold().strip()
    found = [i for i, section in sections.items() if wanted in (section.title.casefold(), section.kind)]
    if not found:
        names = {section.title for section in sections.values()} | {section.kind for section in sections.values()}
        raise ScheduleError(f"--{option}: there is no section '{name}'", hint=near(name, names))
    return found


def _area(name: str, routine: Routine, words: Glossary, option: str) -> str:
    area = words.area_called(name)
    if area is None:
        hint = near(name, words.names(routine.language))
        raise ScheduleError(f"--{option}: '{name}' is no part of the body that is known", hint=hint)
    return area


def _focus(name: str, routine: Routine, parts: Sequence[Part], words: Glossary) -> str:
    area = _area(name, routine, words, "focus")
    used = {part.step.area for part in parts if part.step.area}
    if not any(words.is_in(each, area) for each in used):
        raise ScheduleError(f"--focus: no step of this routine is just for '{name}'", hint=near(name, used))
    return area


def _lies_in(part: Part, area: str, words: Glossary) -> bool:
    return part.step.area is not None and words.is_in(part.step.area, area)


def _sparing(part: Part, avoid: Iterable[str], words: Glossary) -> Part:
    reach = [area for area in (part.step.area, *part.step.touches) if area is not None]
    return replace(part, spare=tuple(each for each in avoid if any(words.overlap(area, each) for area in reach)))
