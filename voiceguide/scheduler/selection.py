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

    A step in an avoided area is out. A step over a larger area that holds it stays, and names what to spare.

    Raises:
        ScheduleError: A section or an area is none of the routine's, or nothing is left.
    """
    kept = _sections(routine, options)
    parts = [part for part in lay_out(routine) if part.section_index in kept]
    avoid = [_area(name, parts, words, "avoid") for name in options.avoid]
    focus = [_area(name, parts, words, "focus") for name in options.focus]
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


def _area(name: str, parts: Sequence[Part], words: Glossary, option: str) -> str:
    area = words.area_called(name)
    if area is None:
        raise ScheduleError(f"--{option}: '{name}' is no part of the body that is known", hint=near(name, words.areas))
    used = {part.step.area for part in parts if part.step.area}
    if not any(words.is_in(each, area) or words.is_in(area, each) for each in used):
        raise ScheduleError(f"--{option}: nothing in this routine touches '{name}'", hint=near(name, used))
    if option == "focus" and not any(words.is_in(each, area) for each in used):
        raise ScheduleError(f"--{option}: no step of this routine is just for '{name}'", hint=near(name, used))
    return area


def _lies_in(part: Part, area: str, words: Glossary) -> bool:
    return part.step.area is not None and words.is_in(part.step.area, area)


def _sparing(part: Part, avoid: Iterable[str], words: Glossary) -> Part:
    own = part.step.area
    return replace(part, spare=tuple(area for area in avoid if own is not None and words.is_in(area, own)))
