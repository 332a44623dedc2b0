"""YAML with comments, written by hand, because PyYAML keeps none."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_WIDTH: Final = 110
"""Characters of a line, indentation not counted."""

_PLAIN_SIGNS: Final = frozenset(" ,.'’()/;!?-–“”")
_WORDS_OF_YAML: Final = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])
_LONGEST_COMMENT: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A key with its text, and why somebody should look at it."""

    key: str
    """Empty for a comment on a line of its own."""
    text: str = ""
    note: str = ""
    """A comment; on the line of the key, or above it when the text goes over several lines."""
    as_it_is: bool = False
    """Whether the text is a value of ours, such as ``5-6 min`` or ``true``, and needs no quotes."""


def remark(note: str) -> Line:
    """Return a comment on a line of its own."""
    return Line(key="", note=note)


def scalar(text: str) -> str:
    """Return `text`, which has no control characters, as YAML on one line."""
    if _is_plain(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def comment(note: str) -> str:
    """Return `note` as one comment, shortened when it is long."""
    return f"# {shortened(note, _LONGEST_COMMENT)}"


def shortened(text: str, longest: int) -> str:
    """Return `text`, cut at a word with a sign when it has more than `longest` characters."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    return f"{head[: head.rfind(' ')] if ' ' in head[longest // 2 :] else head}…"


def written(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the lines of a mapping, not indented."""
    for line in lines:
        if not line.key:
            yield comment(line.note)
        elif len(line.text) > _WIDTH - len(line.key):
            if line.note:
                yield comment(line.note)
            yield f"{line.key}: >-"
            yield from (f"  {part}" for part in _folded(line.text))
        else:
            text = line.text if line.as_it_is else scalar(line.text)
            yield f"{line.key}: {text}{f'  {comment(line.note)}' if line.note else ''}"


def listed(key: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield a list of texts below its key; nothing when there are none."""
    if texts:
        yield f"{key}:"
        yield from (f"  - {scalar(text)}" for text in texts)


def as_item(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a mapping as one item of a list."""
    sign = "- "
    for line in lines:
        comes_first = sign == "- " and line.startswith("#")
        yield f"  {line}" if comes_first else f"{sign}{line}"
        if not comes_first:
            sign = "  "


def indented(lines: Iterable[str], spaces: int) -> Iterator[str]:
    """Yield `lines` further to the right."""
    return (f"{' ' * spaces}{line}" if line else "" for line in lines)


def _is_plain(text: str) -> bool:
    return (
        text[:1].isalpha()
        and not text.endswith(" ")
        and text.lower() not in _WORDS_OF_YAML
        and all(sign.isalnum() or sign in _PLAIN_SIGNS for sign in text)
    )


def _folded(text: str) -> list[str]:
    # At single spaces only: YAML puts exactly one back for each line end.
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
