"""A step in the author's words as the lines of a routine file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from voiceguide.routine.amounts import parse_count, parse_duration
from voiceguide.routine.draft.figures import Figure, find_figures
from voiceguide.routine.draft.sentences import instruction, without_lead
from voiceguide.routine.draft.sorting import FoundStep
from voiceguide.routine.draft.vocabulary import word_set
from voiceguide.routine.draft.words import Term, find_areas, find_pressures, find_sides, find_strokes
from voiceguide.routine.draft.writing import Line, remark, shortened
from voiceguide.units import MINUTE_MS, SECOND_MS

CHANGE: Final = "change this"
"""Ends the comment of every value that the text does not give."""

MOST_CHARACTERS: Final = 1_000
"""Of an instruction, as the model has it."""

_PLACEHOLDER_TIME: Final = "1-2 min"
_PLACEHOLDER_EACH: Final = "10-15 s"
_PLACEHOLDER_REPEAT: Final = "1 time"

_LONGEST_TITLE: Final = 60
_SHORTEST_TITLE: Final = 12
_LONGEST_HOLD_MS: Final = 2 * MINUTE_MS
_NEAR: Final = 80
"""Characters before a figure that tell what it is."""

_TITLE_END: Final = re.compile(r"[,;:.!?(–—…]| - ")
_LOOSE: Final = word_set(
    """
    a about after all along an and any are as at before beside both by during each for from her his if in into is it
    like more most of off on or over so some than that the their them then they to toward towards until using very
    which while with without your
    """
)
"""Words that a title does not end with."""

_JOINING: Final = re.compile(
    r" (?:after|and|as|at|before|by|during|for|from|if|in|into|like|of|on|or|over|so|than|that|to|toward|towards|until|"
    r"using|which|while|with|without) "
)
_OPTIONAL: Final = re.compile(r"\boptional(?:ly)?\b", re.IGNORECASE)
_MOVES: Final = re.compile(
    r"\b(?:massag|glid|slid|strok|circl|rub|knead|sweep|roll|work|move|run|tap|repeat|walk|alternat)", re.IGNORECASE
)
_HOLDS: Final = re.compile(r"\bh(?:o|e)ld", re.IGNORECASE)
_PRESSES: Final = re.compile(r"\b(?:press(?:es|ing|ed)?\b|pressure\b|compress|pinch|pause)", re.IGNORECASE)
_ONE_OF: Final = (
    "(?:each|every|per|one|a) (?:time|one|stroke|circle|repeat|repetition|rep|pass|sweep|round|squeeze|press)"
)
_EACH_BEFORE: Final = re.compile(rf"\b{_ONE_OF}\b[^.]{{0,40}}$", re.IGNORECASE)
_EACH_AFTER: Final = re.compile(rf",? ?(?:(?:for |on )?{_ONE_OF}\b|each\b(?! [a-z]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A step as it is written."""

    lines: tuple[Line, ...]
    least_ms: int
    """What its hands take at least, on one side."""
    has_sides: bool


@dataclass(frozen=True, slots=True)
class _Length:
    """How long and how often, with the figures that found no key."""

    lines: tuple[Line, ...]
    least_ms: int
    used: tuple[Figure, ...]


def step_fields(step: FoundStep, *, sides_above: bool) -> DraftStep:
    """Return the step as lines.

    Args:
        step: As found; it has a name or a sentence.
        sides_above: Whether its section has the sides already.
    """
    text = " ".join(step.sentences) or step.name
    length = _length(step.sentences)
    sides = list(_sides(step, sides_above=sides_above))
    lines = [
        Line(key="title", text=_title(step)),
        *_say(text),
        *_term("technique", find_strokes(f"{step.name} {text}")),
        *_area(find_areas(text) or find_areas(step.name)),
        *_pressure(find_pressures(text)),
        *length.lines,
        *sides,
        *_caution(step.cautions),
        *([Line(key="optional", text="true", as_it_is=True)] if _OPTIONAL.search(text) else ()),
        *_leftover_figures(step, length.used),
    ]
    return DraftStep(tuple(lines), length.least_ms, any(line.key == "sides" for line in sides))


def cut(text: str) -> tuple[str, str]:
    """Return as much of `text` as an instruction may have, up to the end of a sentence, and the rest."""
    if len(text) <= MOST_CHARACTERS:
        return text, ""
    head = text[:MOST_CHARACTERS]
    stop = max(head.rfind(sign) for sign in (". ", "! ", "? ")) + 1 or head.rfind(" ")
    stop = stop if stop > 0 else MOST_CHARACTERS
    return text[:stop].rstrip(), text[stop:].lstrip()


def _title(step: FoundStep) -> str:
    if step.name:
        return step.name
    sentence = step.sentences[0]
    clause = _without_figure((instruction(sentence) or without_lead(sentence)).strip())
    end = _TITLE_END.search(clause, _SHORTEST_TITLE)
    title = _brief(clause[: end.start()] if end else clause) or shortened(sentence, _LONGEST_TITLE)
    return title[:1].upper() + title[1:]


def _without_figure(clause: str) -> str:
    """Return `clause` up to its first figure, if enough is left: "knead the neck", not "for 2 minutes"."""
    figure = next(iter(find_figures(clause)), None)
    if figure is None:
        return clause
    before = _tidy(clause[: figure.start])
    enough = len(before) >= _SHORTEST_TITLE or clause[: figure.start].endswith(" for ")
    return before if enough else clause


def _brief(clause: str) -> str:
    """Return the start of `clause` as a title, up to a word that may stand last."""
    head = shortened(clause, _LONGEST_TITLE)
    if head != clause:
        joints = [joint.start() for joint in _JOINING.finditer(head, _LONGEST_TITLE // 3)]
        head = _tidy(head[: joints[-1]] if joints else head)
    return head.rstrip("…,.:; ")


def _tidy(cut_off: str) -> str:
    words = cut_off.split()
    while len(words) > 1 and _is_loose(words):
        words.pop()
    return " ".join(words)


def _is_loose(words: Sequence[str]) -> bool:
    """Return whether something is missing after the last word, as after "by pressing"."""
    last = words[-1].rstrip("…,").lower()
    return last in _LOOSE or (last.endswith("ing") and words[-2].lower() in _LOOSE)


def _say(text: str) -> Iterator[Line]:
    said, rest = cut(text)
    yield Line(key="say", text=said)
    if rest:
        yield remark(f'the text goes on, but {MOST_CHARACTERS:,} characters are the most: "{rest}')


def _term(key: str, terms: Sequence[Term]) -> Iterator[Line]:
    if terms:
        yield Line(key=key, text=terms[0].value, note="" if terms[0].plain else f'from "{terms[0].words}"')


def _area(areas: Sequence[Term]) -> Iterator[Line]:
    if areas:
        others = ", ".join(area.value for area in areas[1:])
        yield Line(key="area", text=areas[0].value, note=f"the text also names: {others}" if others else "")


def _pressure(pressures: Sequence[Term]) -> Iterator[Line]:
    if len(pressures) == 1:
        yield from _term("pressure", pressures)
    elif pressures:
        words = " and ".join(f'"{pressure.words}"' for pressure in pressures)
        yield remark(f"pressure: the text says {words}: choose light, medium or firm")


def _caution(cautions: Sequence[str]) -> Iterator[Line]:
    if cautions:
        said, rest = cut(" ".join(cautions))
        yield Line(key="caution", text=said, note=f"cut; the text goes on: {rest}" if rest else "")


def _sides(step: FoundStep, *, sides_above: bool) -> Iterator[Line]:
    sentences = [*step.other_side, *step.sentences]
    found = next(((sides, sentence) for sentence in sentences if (sides := find_sides(sentence))), None)
    if found is None:
        return
    sides, sentence = found
    others = [other for other in step.other_side if other != sentence]
    said = f'the text: "{shortened(sentence, _NEAR)}"'
    said += ": the steps above too?" if sentence in step.other_side else ""
    if sides_above:
        yield remark(f"sides: {sides.order}, {said}; the section has them already")
    else:
        yield Line(key="sides", text=sides.order, note=said)
    yield from (remark(f'the text also says "{other}"') for other in others)


def _length(sentences: Sequence[str]) -> _Length:
    """Choose the keys of a step's length: what the text gives, and marked placeholders for what it does not."""
    placed = [(sentence, figure) for sentence in sentences for figure in find_figures(sentence) if figure.value]
    counts = [figure for _, figure in placed if figure.kind == "count"]
    times = [(sentence, figure) for sentence, figure in placed if figure.kind == "time"]
    repeat = counts[0] if counts else None
    hold = next((figure for sentence, figure in times if _is_hold(sentence, figure)), None)
    each = next((figure for sentence, figure in times if _is_each(sentence, figure)), None) if repeat else None
    plain = next((figure for _, figure in times if figure not in (hold, each)), None)
    if hold is not None and (repeat is not None or plain is None):
        return _repeated(repeat, "hold", hold)
    if each is not None:
        return _repeated(repeat, "each", each)
    if plain is not None:
        return _timed(plain)
    if repeat is not None:
        return _repeated(repeat, "each", None)
    return _unknown_time(sentences)


def _timed(time: Figure) -> _Length:
    value = str(time.value)
    return _Length((_amount("time", value, _quoted(time)),), parse_duration(value).min_ms, (time,))


def _repeated(repeat: Figure | None, key: str, one: Figure | None) -> _Length:
    if repeat is not None:
        times, often = str(repeat.value), _quoted(repeat)
    else:
        times, often = _PLACEHOLDER_REPEAT, f"the text does not say how often: {CHANGE}"
    if one is not None:
        length, why = str(one.value), _quoted(one)
    else:
        length, why = _PLACEHOLDER_EACH, f"the text does not say how long one takes: {CHANGE}"
    return _Length(
        (_amount("repeat", times, often), _amount(key, length, why)),
        parse_count(times).min * parse_duration(length).min_ms,
        tuple(figure for figure in (repeat, one) if figure is not None),
    )


def _unknown_time(sentences: Sequence[str]) -> _Length:
    vague = next((figure for sentence in sentences for figure in find_figures(sentence) if figure.kind == "time"), None)
    why = f'the text says "{vague.words.strip()}"' if vague is not None else "the text gives no time"
    line = _amount("time", _PLACEHOLDER_TIME, f"{why}: {CHANGE}")
    return _Length((line,), parse_duration(_PLACEHOLDER_TIME).min_ms, (vague,) if vague is not None else ())


def _leftover_figures(step: FoundStep, used: Sequence[Figure]) -> Iterator[Line]:
    rest = list(used)
    for sentence in step.sentences:
        for figure in find_figures(sentence):
            if figure in rest:
                rest.remove(figure)
            elif figure.value:
                yield remark(f'the text also says "{figure.words}": a step has one time, or one number of repeats')
            else:
                example = "2-3 min" if figure.kind == "time" else "3-4 times"
                yield remark(f'the text says "{figure.words}": write a range, such as {example}')


def _amount(key: str, value: str, note: str) -> Line:
    return Line(key=key, text=value, note=note, as_it_is=True)


def _quoted(figure: Figure) -> str:
    return f'the text: "{figure.words.strip()}"' if figure.qualified else ""


def _is_hold(sentence: str, figure: Figure) -> bool:
    """Return whether the figure says how long to press and wait, and not how long to move."""
    duration = parse_duration(str(figure.value))
    if not SECOND_MS <= duration.min_ms <= duration.max_ms <= _LONGEST_HOLD_MS:
        return False
    before = sentence[max(0, figure.start - _NEAR) : figure.start]
    return bool(_HOLDS.search(before) or (_PRESSES.search(before) and not _MOVES.search(before)))


def _is_each(sentence: str, figure: Figure) -> bool:
    if parse_duration(str(figure.value)).min_ms < SECOND_MS:
        return False
    before = sentence[max(0, figure.start - _NEAR) : figure.start]
    return bool(_EACH_BEFORE.search(before) or _EACH_AFTER.match(sentence, figure.stop))
