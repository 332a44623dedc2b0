"""The blocks of a text: headings, numbered steps, bullets and prose, in order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from voiceguide.routine.draft.furniture import is_furniture
from voiceguide.routine.draft.sentences import instruction
from voiceguide.routine.draft.vocabulary import OPENERS, SMALL_WORDS

Kind = Literal["heading", "number", "bullet", "prose", "furniture"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text that belongs together, on one line."""

    kind: Kind
    text: str
    """Without its number, bullet or heading sign; not empty."""
    numbered: bool = False
    """Whether a heading has a number, and is one of several."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    after_gap: bool
    """Whether the text starts here or a blank line lies above."""


_LONGEST_HEADING: Final = 80
_LONGEST_NAME: Final = 60
"""Characters of an item that may be no more than the name of what stands below it."""

_STEP: Final = re.compile(
    r"[Ss](?:tep|TEP) (?:[0-9]{1,3}|(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))"
    r"(?: ?[.):–—-]{1,2}(?: |$)|[.):](?=[A-Za-z])|$| (?=[A-Z]))"
)
_NUMBER: Final = re.compile(r"\(?(?:[0-9]{1,3}[.)](?![0-9])|[0-9]{1,3} ?[–—:-] (?=[A-Z])|[①-⑳]) ?")
_BULLET: Final = re.compile(r"(?:[•‣◦▪▫●○■□–—*+✓✔➤►·-] |[•‣◦▪●■✓✔➤►·](?=\S))")
_HASHES: Final = re.compile(r"#{1,6} (?=\S)")
_RULE: Final = re.compile(r"[-=_*~–—.•# ]{1,200}$")

_INLINE_ITEM: Final = re.compile(r"(?<=[.!?:;]) (?=(?:\(?[0-9]{1,3}\)|[Ss]tep [0-9]{1,3}[.):]|[•●▪]) ?[A-Za-z])")
_INLINE_NUMBER: Final = re.compile(r"(?<=[a-z)][.!?]) (?=[0-9]{1,2}\. [A-Z])")

_RAN_TOGETHER: Final = re.compile(r"(?<=[a-z]{2})([.!?:])?(?=([A-Z][a-z]{1,12})\b)")
_LEAD_IN: Final = re.compile(r"\b(?:includes?|are|is|follow|following|these|here|some|such as)\b", re.IGNORECASE)


def split_blocks(lines: Sequence[str]) -> list[Block]:
    """Return the blocks of `lines`, which are clean; see `voiceguide.routine.draft.intake`."""
    parted = ["" if _RULE.match(piece) else piece for line in lines for piece in _pieces(line)]
    apart = [_Line(line, place == 0 or not parted[place - 1]) for place, line in enumerate(parted) if line]
    return _with_list_titles(_with_lone_steps(list(_joined(apart))))


def _pieces(line: str) -> list[str]:
    """Part what ran together on one line: a heading and its text, several numbered steps."""
    parted = _INLINE_ITEM.sub("\n", _RAN_TOGETHER.sub(_gap, line))
    if _NUMBER.match(parted):
        parted = _INLINE_NUMBER.sub("\n", parted)
    return [piece.strip() for piece in parted.split("\n")]


def _gap(match: re.Match[str]) -> str:
    sign, word = match[1] or "", match[2]
    if sign:
        return f"{sign} "
    if word.lower() not in OPENERS and not instruction(f"{word} the"):
        return ""
    # Near the start of a line it was the end of a heading; later, the end of a sentence.
    return "\n" if match.start() <= _LONGEST_HEADING else ". "


def _joined(lines: Sequence[_Line]) -> Iterator[Block]:
    """Yield the blocks of `lines`; a line without a sign of its own goes on with the block above it."""
    current: Block | None = None
    for place, line in enumerate(lines):
        started = _started(lines, place, current)
        if started is None and current is not None:
            current = _put_together(current, line.text)
            continue
        if current is not None and current.text:
            yield current
        current = started
    if current is not None and current.text:
        yield current


def _started(lines: Sequence[_Line], place: int, current: Block | None) -> Block | None:
    """Return the block that starts with this line, or `None` when the line goes on with `current`."""
    line = lines[place]
    signed = _signed(line.text)
    if signed is not None:
        return signed
    if current is not None and not current.text:
        return None  # "Step 1" stood alone: this is its text.
    if _is_bare_step(line.text) and _has_bare_neighbour(lines, place):
        return Block("bullet", line.text)
    if _is_heading(lines, place):
        return _heading(line.text)
    goes_on = current is not None and current.kind in ("number", "bullet", "prose") and not line.after_gap
    return None if goes_on else Block("prose", line.text)


def _heading(text: str) -> Block:
    return Block("heading", text.removesuffix(":") or text)


def _signed(text: str) -> Block | None:
    """Return the block of a line that says itself what it is."""
    hashes = _HASHES.match(text)
    rest = text[hashes.end() :] if hashes else text
    number = _STEP.match(rest) or _NUMBER.match(rest)
    if number:
        item = rest[number.end() :]
        return Block("furniture" if is_furniture(item) else "number", item)
    if is_furniture(rest):
        return Block("furniture", rest)
    if hashes:
        return _heading(rest)
    bullet = _BULLET.match(rest)
    if bullet is None:
        return None
    item = rest[bullet.end() :]
    return Block("furniture" if is_furniture(item) else "bullet", item)


def _put_together(above: Block, below: str) -> Block:
    if not above.text:
        return replace(above, text=below)
    # "1) Warm up" with its text on the next line.
    named = above.kind != "prose" and is_name(above.text) and below[0].isupper()
    return replace(above, text=f"{above.text}{':' if named else ''} {below}")


def is_name(text: str) -> bool:
    """Return whether an item may be no more than the name of what stands below it."""
    return len(text) <= _LONGEST_NAME and text[-1] not in ".!?:;,…"


def _is_bare_step(text: str) -> bool:
    return (
        len(text) <= _LONGEST_HEADING and text[-1] not in ".!?:;," and bool(instruction(text)) and not _is_title(text)
    )


def _has_bare_neighbour(lines: Sequence[_Line], place: int) -> bool:
    above = place > 0 and not lines[place].after_gap and _is_bare_step(lines[place - 1].text)
    below = place + 1 < len(lines) and not lines[place + 1].after_gap and _is_bare_step(lines[place + 1].text)
    return above or below


def _is_heading(lines: Sequence[_Line], place: int) -> bool:
    text = lines[place].text
    if len(text) > _LONGEST_HEADING or text[-1] in ".,;" or not (text[0].isupper() or text[0].isdigit()):
        return False
    if text[-1] == ":" and _LEAD_IN.search(text):
        return False
    if not lines[place].after_gap and lines[place - 1].text[-1] not in ".!?:":
        return False  # the middle of a paragraph that goes over several lines
    if _is_title(text):
        return True
    below = lines[place + 1] if place + 1 < len(lines) else None
    alone = below is None or below.after_gap
    names = below is not None and len(text) <= _LONGEST_NAME and not below.text[0].islower()
    return lines[place].after_gap and (alone or names)


def _is_title(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha() and word.lower() not in SMALL_WORDS]
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _with_lone_steps(blocks: Sequence[Block]) -> list[Block]:
    """Make an item of a short instruction that looks like a heading with nothing under it; the title is none."""

    def is_lone(place: int) -> bool:
        empty = place + 1 == len(blocks) or blocks[place + 1].kind == "heading"
        return place > 0 and blocks[place].kind == "heading" and empty and bool(instruction(blocks[place].text))

    return [replace(block, kind="bullet") if is_lone(place) else block for place, block in enumerate(blocks)]


def _with_list_titles(blocks: Sequence[Block]) -> list[Block]:
    """Make a heading of a numbered name with bullets under it."""

    def is_title(place: int) -> bool:
        block, below = blocks[place], blocks[place + 1 : place + 2]
        short = len(block.text) <= _LONGEST_NAME and block.text[-1] not in ".!?;,"
        return block.kind == "number" and short and bool(below) and below[0].kind == "bullet"

    return [
        replace(_heading(block.text), numbered=True) if is_title(place) else block for place, block in enumerate(blocks)
    ]
