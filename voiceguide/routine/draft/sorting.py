"""Which blocks are steps, and what the others are: cautions, things to have at hand, or left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from voiceguide.routine.draft.blocks import Block, is_name
from voiceguide.routine.draft.figures import find_figures
from voiceguide.routine.draft.furniture import leads_beside, leads_to_links
from voiceguide.routine.draft.sentences import instruction, is_caution, split_caution, split_sentences, without_lead
from voiceguide.routine.draft.words import Sides, find_sides, find_strokes


@dataclass(slots=True, kw_only=True)
class FoundStep:
    """One thing to do, in the author's words; it grows while the text is sorted."""

    name: str = ""
    """What the text calls it; often nothing."""
    sentences: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    other_side: list[str] = field(default_factory=list)
    """Sentences that are nothing but "and now the other side"."""


@dataclass(slots=True, kw_only=True)
class FoundSection:
    """Steps under one heading."""

    heading: str | None
    steps: list[FoundStep] = field(default_factory=list)
    other_side: list[str] = field(default_factory=list)
    """Sentences that send the hands through several steps again, on the other side."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """All of a text, sorted."""

    title: str | None
    sections: list[FoundSection] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


_LABEL: Final = re.compile(r"([^:.!?]{2,60}): (?=[^a-z\s])")
_MOST_LABEL_WORDS: Final = 6
_CAUTION_LABEL: Final = re.compile(r"(?:caution|cautions|warning|safety|important)\b", re.IGNORECASE)
_NEEDS: Final = re.compile(
    r"\b(?:(?:what )?you(?:[’']ll| will) need|(?:what|things) you need|supplies|equipment|materials|ingredients)\b",
    re.IGNORECASE,
)
_ACTION: Final = re.compile(
    r"\b(?:press|hold|strok|glid|sweep|rub|knead|rest|circl|squeez|tap|push|stretch|slid|pull|roll|breath)",
    re.IGNORECASE,
)
_TELLS_OF: Final = re.compile(r"\b(?:is|are|was|were|has|can|may|will|would|helps?)\b", re.IGNORECASE)
_GOES_ON: Final = re.compile(
    r"(?:repeat|do (?:this|it|the same|so)|continue|go on|hold|release|let go|switch|change sides)\b", re.IGNORECASE
)
_GOES_ON_NEARBY: Final = re.compile(r"(?:make sure|be sure|keep|stay|return|remain|work this)\b", re.IGNORECASE)
_AGAIN: Final = re.compile(r"(?:repeat|do (?:the same|this|it|so|all)|(?:the )?same|switch|change)\b", re.IGNORECASE)
_LONGEST_AGAIN: Final = 120
_REMARK: Final = re.compile(r"(?:this|that|these|it|they)\b", re.IGNORECASE)
_LONGEST_REMARK: Final = 80
"""Characters of "This stroke is called effleurage", which stays with its step."""


def sort_blocks(blocks: Sequence[Block]) -> Findings:
    """Sort the blocks of a text; their order is kept."""
    first = next((block for block in blocks if block.kind != "furniture"), None)
    title = first.text if first is not None and _is_title(first) else None
    sorting = _Sorting(title)
    more_numbers = _more_numbers(blocks)
    links = _links_start(blocks)
    for place, block in enumerate(blocks):
        if block.kind == "furniture" or place >= links:
            sorting.leave_out(block.text)
        elif block is first and title is not None:
            continue
        else:
            sorting.take(block, inside_a_list=more_numbers[place])
    return sorting.finished()


def _is_title(first: Block) -> bool:
    beside = leads_beside(first.text) or _NEEDS.search(first.text)
    return first.kind == "heading" and not first.numbered and not beside


def _more_numbers(blocks: Sequence[Block]) -> list[bool]:
    """Return for each block whether a numbered one follows under the same heading."""

    def before(follows: bool, block: Block) -> bool:
        return block.kind == "number" or (follows and block.kind != "heading")

    follows = list(accumulate(reversed(blocks), before, initial=False))[:-1]
    return follows[::-1]


def _links_start(blocks: Sequence[Block]) -> int:
    """Return where a closing list of links starts, such as "Related articles"; the number of blocks if nowhere."""
    start = len(blocks)
    for place in range(len(blocks) - 1, -1, -1):
        block = blocks[place]
        if block.kind == "number" or (block.kind == "prose" and any(map(instruction, split_sentences(block.text)))):
            break
        if block.kind == "furniture" and leads_to_links(block.text):
            start = place
    return start


class _Sorting:
    """One pass over the blocks."""

    def __init__(self, title: str | None) -> None:
        self._found = Findings(title=title)
        self._section = FoundSection(heading=None)
        self._beside = False
        self._needs = False
        self._numbered = False
        self._heading_place = 0

    def take(self, block: Block, *, inside_a_list: bool) -> None:
        if block.kind == "heading":
            self._open(block.text)
        elif self._beside:
            self.leave_out(block.text)
        elif self._needs and block.kind != "prose":
            self._found.needs.append(block.text)
        elif block.kind == "prose":
            self._prose(block.text, inside_a_list=inside_a_list and self._numbered)
        else:
            self._item(block.text, numbered=block.kind == "number")
        self._numbered = block.kind == "number" or (self._numbered and block.kind == "prose")

    def leave_out(self, text: str) -> None:
        self._found.left_out.append(text)

    def finished(self) -> Findings:
        self._close()
        return self._found

    def _open(self, heading: str) -> None:
        if heading == self._found.title:
            return
        self._close()
        self._section = FoundSection(heading=heading)
        self._beside = leads_beside(heading)
        self._needs = bool(_NEEDS.search(heading))
        self._heading_place = len(self._found.left_out)

    def _close(self) -> None:
        heading = self._section.heading
        if heading and not self._section.steps and not (self._beside or self._needs):
            # "Ask how much pressure is right!", with nothing but thoughts under it.
            if instruction(heading):
                self._section.steps.append(FoundStep(sentences=[heading]))
            else:
                self._found.left_out.insert(self._heading_place, heading)
        if self._section.steps:
            self._found.sections.append(self._section)

    def _item(self, text: str, *, numbered: bool) -> None:
        name, body = _without_label(text)
        sentences = split_sentences(body)
        if _CAUTION_LABEL.match(name):
            self._keep_from(sentences)
        elif numbered or _is_step(sentences):
            for part in _apart_by_minutes(sentences):
                self._add(name, part)
                name = ""
        else:
            self._left_over(split_sentences(text))

    def _prose(self, text: str, *, inside_a_list: bool) -> None:
        """Sort a paragraph sentence by sentence; inside a numbered list it belongs to the step above."""
        name, body = _without_label(text)
        if _CAUTION_LABEL.match(name):
            self._keep_from(split_sentences(body))
            return
        under_a_name = self._numbered and bool(self._section.steps) and _is_only_a_name(self._section.steps[-1])
        left: list[str] = []
        taken = False
        for sentence in split_sentences(text):
            if self._sentence(sentence, same_paragraph=taken, belongs=inside_a_list or under_a_name):
                taken = True
            else:
                left.append(sentence)
        if left:
            self.leave_out(" ".join(left))

    def _sentence(self, sentence: str, *, same_paragraph: bool, belongs: bool) -> bool:
        """Take a sentence of prose, if it tells anything to do or to keep from."""
        steps = self._section.steps
        if is_caution(sentence):
            self._keep_from([sentence])
        elif instruction(sentence) or _is_done_for_long(sentence):
            head = without_lead(sentence)
            goes_on = belongs or _GOES_ON.match(head) or (same_paragraph and _GOES_ON_NEARBY.match(head))
            if goes_on and steps and not (_has_minutes([sentence]) and _has_minutes(steps[-1].sentences)):
                self._fill(steps[-1], [sentence])
            else:
                self._add("", [sentence])
        elif same_paragraph and steps and _is_remark(sentence):
            steps[-1].sentences.append(sentence)
        else:
            return False
        return True

    def _left_over(self, sentences: Sequence[str]) -> None:
        self._keep_from([sentence for sentence in sentences if is_caution(sentence)])
        left = " ".join(sentence for sentence in sentences if not is_caution(sentence))
        if left:
            self.leave_out(left)

    def _keep_from(self, cautions: Sequence[str]) -> None:
        steps = self._section.steps
        (steps[-1].cautions if steps else self._found.cautions).extend(cautions)

    def _add(self, name: str, sentences: Sequence[str]) -> None:
        step = FoundStep(name=name)
        self._fill(step, sentences)
        if step.sentences or name:
            self._section.steps.append(step)
        else:
            self._keep_from(step.cautions)

    def _fill(self, step: FoundStep, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            todo, caution = split_caution(sentence)
            if caution:
                step.cautions.append(caution)
            if todo:
                self._to_do(step, todo)

    def _to_do(self, step: FoundStep, sentence: str) -> None:
        sides = _only_the_other_side(sentence)
        steps = self._section.steps
        if sides is not None and sides.many and steps:
            self._section.other_side.append(sentence)
        elif sides is not None and (step.sentences or steps):
            (step if step.sentences else steps[-1]).other_side.append(sentence)
        else:
            step.sentences.append(sentence)


def _without_label(text: str) -> tuple[str, str]:
    """Part "Circles: lay your hands down" into its name and its text."""
    label = _LABEL.match(text)
    if label is None or len(label[1].split()) > _MOST_LABEL_WORDS:
        return "", text
    return label[1], text[label.end() :]


def _is_step(sentences: Sequence[str]) -> bool:
    return any(
        instruction(sentence) or _is_done_for_long(sentence) or _names_a_stroke(sentence) for sentence in sentences
    )


def _names_a_stroke(sentence: str) -> bool:
    return not _TELLS_OF.search(sentence) and bool(find_strokes(sentence))


def _is_done_for_long(sentence: str) -> bool:
    """Return whether `sentence` tells how long or how often hands do something, in whatever form."""
    return bool(_ACTION.search(sentence)) and bool(find_figures(sentence))


def _is_remark(sentence: str) -> bool:
    """Return whether `sentence` gives the stroke before it a name: "This is called effleurage"."""
    return len(sentence) <= _LONGEST_REMARK and bool(_REMARK.match(sentence)) and bool(find_strokes(sentence))


def _is_only_a_name(step: FoundStep) -> bool:
    return len(step.sentences) == 1 and not step.name and is_name(step.sentences[0])


def _only_the_other_side(sentence: str) -> Sides | None:
    """Return the sides when `sentence` is nothing but "repeat this on the right side"."""
    if len(sentence) > _LONGEST_AGAIN or not _AGAIN.match(without_lead(sentence)) or find_figures(sentence):
        return None
    return find_sides(sentence)


def _apart_by_minutes(sentences: Sequence[str]) -> list[list[str]]:
    """Part an item that says minutes more than once into one step for each."""
    parts: list[list[str]] = [[]]
    timed = False
    for sentence in sentences:
        minutes = _has_minutes([sentence])
        if timed and minutes:
            parts.append([])
        timed = timed or minutes
        parts[-1].append(sentence)
    return parts


def _has_minutes(sentences: Sequence[str]) -> bool:
    return any(
        figure.kind == "time" and ("min" in figure.words.lower() or "hour" in figure.words.lower())
        for sentence in sentences
        for figure in find_figures(sentence)
    )
