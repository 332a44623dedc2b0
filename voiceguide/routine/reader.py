"""A routine file in, a `Routine` out; or all that is wrong with it, each with its place.

The model tells what is expected at each place, so a text is a text even where YAML 1.1 would see a number, a date
or a Norwegian "no". The file is walked once, and every problem is kept, so that a person mends them all in one go.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from voiceguide.errors import RoutineError, near
from voiceguide.routine.amounts import AmountError, Count, Duration, parse_count, parse_duration
from voiceguide.routine.document import (
    CONTROL,
    MOST_BYTES,
    BrokenRoutineError,
    DocumentError,
    Problem,
    compose,
    place_of,
)
from voiceguide.routine.model import Routine
from voiceguide.routine.rules import broken_rules
from voiceguide.shapes import Field, Meta, Shape, fields_of, shape_of

AMOUNTS: Final[Mapping[type, Callable[[str], object]]] = {Duration: parse_duration, Count: parse_count}
"""Types that are written as one line of text, and who reads them."""

_MISSING: Final = object()
_SPACE: Final = re.compile(r"\s+")


def read_routine(path: Path) -> Routine:
    """Read the routine file at `path`.

    Raises:
        BrokenRoutineError: It has problems; all are named.
        RoutineError: It cannot be opened.
    """
    try:
        if path.exists() and not path.is_file():
            raise RoutineError(f"{path} is no file", hint="give the path of a routine file, which ends in .yaml")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise RoutineError(
            f"{path}: {error.strerror or error}", hint="give the path of a routine file that you may read"
        ) from None
    return parse_routine(content, str(path))


def parse_routine(content: bytes, name: str = "routine") -> Routine:
    """Read a routine from the bytes of a file; `name` is what errors call it.

    Raises:
        BrokenRoutineError: It has problems; all are named.
    """
    try:
        root = compose(content)
    except DocumentError as error:
        raise BrokenRoutineError(name, [error.problem]) from None
    walk = _Walk()
    routine = walk.value(root, shape_of(Routine), "routine")
    if walk.problems or not isinstance(routine, Routine):
        raise BrokenRoutineError(name, sorted(walk.problems, key=lambda problem: problem.place))
    return routine


class _Walk:
    """One walk over the nodes of a file, beside the model."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, shape: Shape, key: str) -> Any:
        """Return what `node` says, or `_MISSING` after noting why not."""
        if shape.kind in AMOUNTS:
            return self._amount(node, AMOUNTS[shape.kind], key)
        if shape.kind is tuple:
            return self._list(node, shape, key)
        if shape.kind in {str, bool, Literal}:
            return self._scalar(node, shape, key)
        return self._record(node, shape.kind, key)

    def note(self, node: yaml.Node, message: str, hint: str) -> Any:
        self.problems.append(Problem(place_of(node), message, hint))
        return _MISSING

    def _record(self, node: yaml.Node, model: type, key: str) -> Any:
        fields = fields_of(model)
        if not isinstance(node, yaml.MappingNode):
            return self.note(node, f"'{key}' is {_shown(node)}", f"write keys below it, such as {_required(fields)}")
        values: dict[str, Any] = {}
        nodes: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else _shown(key_node)
            if name not in fields:
                self.note(key_node, f"'{_cut(str(name))}' is no key of a {_called(model)}", near(str(name), fields))
            elif name in values:
                self.note(key_node, f"'{name}' stands twice in this {_called(model)}", "delete one of the two")
            else:
                nodes[name] = key_node
                values[name] = self.value(value_node, fields[name].shape, name)
        missing = [name for name, field in fields.items() if field.required and name not in values]
        for name in missing:
            self.note(node, f"this {_called(model)} has no '{name}'", f"add a line {_example(name, fields[name])}")
        if missing or _MISSING in values.values():
            return _MISSING
        made = model(**{fields[name].attribute: value for name, value in values.items()})
        self.problems += [
            Problem(place_of(nodes.get(broken.key, node)), broken.message, broken.hint) for broken in broken_rules(made)
        ]
        return made

    def _list(self, node: yaml.Node, shape: Shape, key: str) -> Any:
        (item,) = shape.of
        if item.kind is Literal and isinstance(node, yaml.ScalarNode):
            return self._words(node, item, key)
        if not isinstance(node, yaml.SequenceNode):
            return self.note(node, f"'{key}' is {_shown(node)}", 'write a list: one line "- …" for each')
        if not node.value and shape.meta.min_length:
            return self.note(node, f"'{key}' is empty", 'write at least one line "- …" below it')
        values = tuple(self.value(child, item, _singular(key)) for child in node.value)
        return _MISSING if _MISSING in values else values

    def _words(self, node: yaml.ScalarNode, item: Shape, key: str) -> Any:
        words = tuple(word.strip() for word in node.value.split(","))
        for word in words:
            if word not in item.of:
                return self.note(node, f"'{key}' has \"{_cut(word)}\"", _choice([*map(str, item.of)], ", "))
        return words

    def _amount(self, node: yaml.Node, parse: Callable[[str], object], key: str) -> Any:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            return self.note(node, f"'{key}' is {_shown(node)}", 'write an amount, such as "5-6 min" or "3-4 times"')
        try:
            return parse(node.value)
        except AmountError as error:
            return self.note(node, f"'{key}' is \"{_cut(node.value)}\", which {error}", error.hint)

    def _scalar(self, node: yaml.Node, shape: Shape, key: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self.note(node, f"'{key}' is {_shown(node)}", "write a text on the same line")
        text = _SPACE.sub(" ", node.value).strip()
        if not text:
            return self.note(node, f"'{key}' is empty", "write a text after the colon, or leave the line out")
        if CONTROL.search(text):
            return self.note(node, f"'{key}' has a control character in it", "write plain text")
        if shape.kind is str:
            return self._text(node, text, shape.meta, key)
        choices = {"true": True, "false": False} if shape.kind is bool else {str(value): value for value in shape.of}
        if text not in choices:
            return self.note(node, f"'{key}' is \"{_cut(text)}\"", _choice(list(choices), " or "))
        return choices[text]

    def _text(self, node: yaml.Node, text: str, limits: Meta, key: str) -> Any:
        if limits.max_length is not None and len(text) > limits.max_length:
            return self.note(
                node, f"'{key}' has {len(text)} characters", f"{limits.max_length} at most: say it shorter"
            )
        if limits.pattern is not None and not re.search(limits.pattern, text):
            return self.note(node, f"'{key}' is \"{_cut(text)}\"", 'write a language code, such as "en" or "de"')
        return text


def _called(model: type) -> str:
    return model.__name__.lower()


def _required(fields: Mapping[str, Field]) -> str:
    return " and ".join(f'"{name}: …"' for name, field in fields.items() if field.required)


def _example(name: str, field: Field) -> str:
    return f'"{name}: {field.shape.of[0] if field.shape.kind is Literal else "…"}"'


def _choice(choices: list[str], sign: str) -> str:
    return f"write {sign.join(sorted(choices))}"


def _singular(key: str) -> str:
    return key.removesuffix("s")


def _shown(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a group of keys"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f'"{_cut(node.value)}"' if node.value.strip() else "empty"


def _cut(text: str) -> str:
    """Shorten what a stranger wrote, so that an error stays one line."""
    flat = CONTROL.sub("?", _SPACE.sub(" ", text))
    return flat if len(flat) <= 60 else f"{flat[:59]}…"
