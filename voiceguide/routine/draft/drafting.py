"""From a how-to text to a routine file to edit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from voiceguide.errors import RoutineError
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.document import MOST_BYTES, BrokenRoutineError
from voiceguide.routine.draft.blocks import split_blocks
from voiceguide.routine.draft.fields import CHANGE, DraftStep, cut, step_fields
from voiceguide.routine.draft.figures import find_figures
from voiceguide.routine.draft.intake import clean_lines, one_line
from voiceguide.routine.draft.sorting import Findings, FoundSection, sort_blocks
from voiceguide.routine.draft.words import find_sides
from voiceguide.routine.draft.writing import Line, as_item, comment, indented, listed, shortened, written
from voiceguide.routine.model import MOST_STEPS
from voiceguide.routine.reader import parse_routine

_LONGEST_NAME: Final = 120
"""Characters of a title, as the model has it."""

_MOST_LEFT_OUT: Final = 100
_LONGEST_LEFT_OUT: Final = 100

_INTRODUCTION: Final = (
    f'A draft, made from a text. The words are the text\'s own; what it does not say is marked "{CHANGE}".',
    "Read it, change it, and run 'voiceguide check' on it. If it is not in English, add a line such as: language: de",
    "",
)

_KINDS: Final = {
    "aftercare": re.compile(r"\b(?:after ?-?care|afterwards?|after the massage|recovery)\b", re.IGNORECASE),
    "preparation": re.compile(
        r"\b(?:prepar(?:e|ing|ation)|before|environment|atmosphere|space|set (?:the )?(?:mood|tone|scene)|"
        r"set(?:ting)? up|supplies|getting ready)\b",
        re.IGNORECASE,
    ),
    "close": re.compile(r"\b(?:ending|finish(?:ing)?|clos(?:e|ing)|cool(?:ing)? down)\b", re.IGNORECASE),
}
"""Kind of a section to the words of its heading that say it."""


@dataclass(frozen=True, slots=True)
class _Section:
    lines: tuple[Line, ...]
    steps: tuple[DraftStep, ...]


def draft(text: str, *, title: str | None = None) -> str:
    """Return the YAML of a routine to edit, made from a how-to text.

    Every step keeps the author's words. Times, repeats, holds, sides, strokes, areas, pressure and cautions become
    keys where the text plainly says them; a key that a routine must have and the text does not give gets a value
    whose comment says so. What became no step is listed in comments at the end.

    Args:
        text: At most 1 MB of plain text.
        title: Of the routine; the text's own when left out.

    Raises:
        RoutineError: The text is empty, too large, a web page's markup, or no step is found in it; or there are more
            than 2,000 steps, 12 hours, or 100,000 characters to say.
    """
    found = sort_blocks(split_blocks(clean_lines(text)))
    count = sum(len(section.steps) for section in found.sections)
    if count == 0:
        raise RoutineError(
            "no step was found in the text", hint='number the steps, as in "1. Rub your hands warm.", one on each line'
        )
    if count > MOST_STEPS:
        raise RoutineError(f"the text has {count:,} steps", hint=f"{MOST_STEPS:,} at most: draft it in parts")
    sections = [_section(section) for section in found.sections]
    if sum(step.least_ms for section in sections for step in section.steps) > LONGEST_MS:
        raise RoutineError(f"the {count:,} steps of the text would take more than 12 hours", hint="draft it in parts")
    routine = "\n".join(_document(found, sections, _title(title, found))) + "\n"
    if len(routine.encode()) > MOST_BYTES:
        raise RoutineError("the draft would be larger than 1 MB", hint="draft the text in parts")
    try:
        parse_routine(routine.encode())
    except BrokenRoutineError as error:
        # What a single step may have is kept to above; this is what all together may have.
        raise RoutineError(f"of the whole text, {error.problems[0].message}", hint="draft it in parts") from None
    return routine


def _title(asked: str | None, found: Findings) -> Line:
    named = one_line(asked or "") or found.title or ""
    if not named:
        return Line(key="title", text="My routine", note=f"the text has no title: {CHANGE}")
    return Line(key="title", text=shortened(named, _LONGEST_NAME - 1))


def _section(section: FoundSection) -> _Section:
    steps = tuple(step_fields(step, sides_above=bool(section.other_side)) for step in section.steps)
    return _Section(tuple(_section_lines(section)), steps)


def _section_lines(section: FoundSection) -> Iterator[Line]:
    if section.heading is None:
        yield Line(key="title", text="Massage", note=f"the text has no heading here: {CHANGE}")
    else:
        yield Line(key="title", text=shortened(section.heading, _LONGEST_NAME - 1))
        kind = next((kind for kind, pattern in _KINDS.items() if pattern.search(section.heading)), None)
        if kind:
            yield Line(key="kind", text=kind, note="from the heading")
    if section.other_side:
        sides = find_sides(section.other_side[0])
        order = sides.order if sides else "left, right"
        yield Line(key="sides", text=order, note=f'the text: "{section.other_side[0]}"')


def _document(found: Findings, sections: Sequence[_Section], title: Line) -> Iterator[str]:
    yield from (comment(line) if line else "" for line in _INTRODUCTION)
    yield "format: 1"
    yield from written([title])
    yield from listed("needs", [shortened(need, _LONGEST_NAME - 1) for need in found.needs])
    yield from listed("cautions", [cut(caution)[0] for caution in found.cautions])
    yield "sections:"
    for section in sections:
        yield from indented(as_item(_section_text(section)), 2)
        yield ""
    yield from _left_out(found.left_out)


def _section_text(section: _Section) -> Iterator[str]:
    yield from written(section.lines)
    yield "steps:"
    for step in section.steps:
        yield from indented(as_item(written(step.lines)), 2)


def _left_out(texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield "# Left out, because it looked like no step:"
    for text in texts[:_MOST_LEFT_OUT]:
        words = [figure.words for figure in find_figures(text)]
        figures = f'  (says "{shortened(", ".join(words), _LONGEST_LEFT_OUT)}")' if words else ""
        yield f"#   {shortened(text, _LONGEST_LEFT_OUT)}{figures}"
    if len(texts) > _MOST_LEFT_OUT:
        yield f"#   … and {len(texts) - _MOST_LEFT_OUT} more"
