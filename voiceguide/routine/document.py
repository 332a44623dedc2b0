"""A stranger's YAML as a tree of nodes, each with its place; refused while it is read if it could do harm.

Only plain data passes: no tags, no anchors, no depth, no control characters, one document, 1 MB. So the tree is
never larger than the text, and reading it takes time in proportion.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from voiceguide.errors import RoutineError

MOST_BYTES: Final = 1_000_000
MOST_DEPTH: Final = 10

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What a terminal might obey instead of showing it: control characters, changes of writing direction, half signs."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in the file, counted from 1 as editors do."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a routine file."""

    place: Place
    message: str
    """What was found, with the key."""
    hint: str
    """What to write instead."""


class BrokenRoutineError(RoutineError):
    """A routine file has problems, all of which are named.

    Args:
        file: The file's name as the person gave it.
        problems: At least one, in the order of the file.
    """

    def __init__(self, file: str, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{file}:{first.place.line}:{first.place.column}: {first.message}", hint=first.hint)
        self.file = file
        self.problems = tuple(problems)


class DocumentError(Exception):
    """The text is no document that may be read on; carries the one problem that stopped it."""

    def __init__(self, place: Place, message: str, hint: str) -> None:
        super().__init__(message)
        self.problem = Problem(place, message, hint)


def compose(content: bytes) -> yaml.Node:
    """Return the root node of the document.

    Raises:
        DocumentError: It is too large, no UTF-8, no YAML, empty, or uses what routine files may not.
    """
    text = _decode(content)
    try:
        _refuse_what_could_do_harm(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text) from None
    except yaml.YAMLError:
        raise DocumentError(Place(1, 1), "this is no YAML", 'start with "format: 1"') from None
    if root is None:
        raise DocumentError(Place(1, 1), "the file is empty", "run 'voiceguide show eleven-steps' to see a whole one")
    return root


def place_of(node: yaml.Node) -> Place:
    """Return where `node` starts."""
    return _place(node.start_mark)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _decode(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise DocumentError(
            Place(1, 1), f"the file has {len(content)} bytes", "a routine file has 1 MB at most: split it"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        raise DocumentError(_end_of(before), "the text is not UTF-8", "save the file as UTF-8") from None
    control = CONTROL.search(text)
    if control:
        message = f"a control character (U+{ord(control[0]):04X}) stands here"
        raise DocumentError(_end_of(text[: control.start()]), message, "delete it; write plain text")
    return text


def _end_of(before: str) -> Place:
    lines = before.split("\n")
    return Place(len(lines), len(lines[-1]) + 1)


def _refuse_what_could_do_harm(text: str) -> None:
    depth = documents = 0
    for event in _events(text):
        place = _place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise DocumentError(place, "a second document starts here", 'delete the line "---"')
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(
                place, "anchors and aliases (& and *) are not used here", "write the text out, in quotes"
            )
        elif getattr(event, "tag", None):
            raise DocumentError(place, "tags (!) are not used here", "put a text that starts with ! in quotes")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                raise DocumentError(place, f"this lies {depth} levels deep", "a routine has sections, steps and keys")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_LOADER)


def _syntax_error(error: yaml.MarkedYAMLError, text: str) -> DocumentError:
    place = _place(error.problem_mark or error.context_mark)
    problem = error.problem or "this cannot be read as YAML"
    # YAML knows more ends of lines than these, so its line may lie past the last.
    line = "".join(text.split("\n")[place.line - 1 : place.line])
    if "\t" in line[: len(line) - len(line.lstrip())]:
        hint = "indent with spaces, never with tabs"
    elif "mapping values are not allowed" in problem:
        hint = 'a text with ": " in it needs quotes around it; else check the indentation'
    elif "unexpected end" in problem or "end of stream" in problem:
        hint = "a quote or a bracket is still open: close it"
    else:
        hint = "check the indentation, the colon after each key, and quotes around texts with special signs"
    return DocumentError(place, f"this is no YAML: {problem}", hint)
