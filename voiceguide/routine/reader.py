"""A routine file in, a `Routine` out; or all that is wrong with it, each with its place.

The model tells what is expected at each place, so a text is a text even where YAML 1.1 would see a number, a date
or a Norwegian "no". The file is walked once, and every problem is kept, so that a person mends them all in one go.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec import inspect

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
    if path.exists() and not path.is_file():
        raise RoutineError(f"{path} is no file", hint="give the path of a routine file, which ends in .yaml")
    try:
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
    routine = walk.value(root, _root_type(), "routine")
    if walk.problems or not isinstance(routine, Routine):
        raise BrokenRoutineError(name, sorted(walk.problems, key=lambda problem: problem.place))
    return routine


@cache
def _root_type() -> inspect.Type:
    return inspect.type_info(Routine)


class _Walk:
    """One walk over the nodes of a file, beside the model."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, kind: inspect.Type, key: str) -> Any:
        """Return what `node` says, or `_MISSING` after noting why not."""
        kind = _without_none(_bare(kind))
        match kind:
            case inspect.StructType():
                return self._struct(node, kind, key)
            case inspect.VarTupleType():
                return self._list(node, kind, key)
            case inspect.DataclassType(cls=cls):
                return self._amount(node, AMOUNTS[cls], key)
            case _:
                return self._scalar(node, kind, key)

    def note(self, node: yaml.Node, message: str, hint: str) -> Any:
        self.problems.append(Problem(place_of(node), message, hint))
        return _MISSING

    def _struct(self, node: yaml.Node, kind: inspect.StructType, key: str) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self.note(node, f"'{key}' is {_shown(node)}", f"write keys below it, such as {_required(kind)}")
        fields = {field.encode_name: field for field in kind.fields}
        values: dict[str, Any] = {}
        nodes: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else _shown(key_node)
            if name not in fields:
                self.note(key_node, f"'{_cut(str(name))}' is no key of a {_called(kind)}", near(str(name), fields))
            elif name in values:
                self.note(key_node, f"'{name}' stands twice in this {_called(kind)}", "delete one of the two")
            else:
                nodes[name] = key_node
                values[name] = self.value(value_node, fields[name].type, name)
        for field in kind.fields:
            if field.required and field.encode_name not in values:
                self.note(node, f"this {_called(kind)} has no '{field.encode_name}'", f"add a line {_example(field)}")
        if len(values) < sum(field.required for field in kind.fields) or _MISSING in values.values():
            return _MISSING
        if any(field.required and field.encode_name not in values for field in kind.fields):
            return _MISSING
        made = kind.cls(**values)
        self.problems += [
            Problem(place_of(nodes.get(broken.key, node)), broken.message, broken.hint) for broken in broken_rules(made)
        ]
        return made

    def _list(self, node: yaml.Node, kind: inspect.VarTupleType, key: str) -> Any:
        item = _bare(kind.item_type)
        if isinstance(item, inspect.LiteralType) and isinstance(node, yaml.ScalarNode):
            return self._words(node, item, key)
        if not isinstance(node, yaml.SequenceNode):
            return self.note(node, f"'{key}' is {_shown(node)}", 'write a list: one line "- …" for each')
        if not node.value and kind.min_length:
            return self.note(node, f"'{key}' is empty", 'write at least one line "- …" below it')
        values = tuple(self.value(child, item, _singular(key)) for child in node.value)
        return _MISSING if _MISSING in values else values

    def _words(self, node: yaml.ScalarNode, item: inspect.LiteralType, key: str) -> Any:
        words = tuple(word.strip() for word in node.value.split(","))
        for word in words:
            if word not in item.values:
                return self.note(node, f"'{key}' has \"{_cut(word)}\"", _choice([*map(str, item.values)], ", "))
        return words

    def _amount(self, node: yaml.Node, parse: Callable[[str], object], key: str) -> Any:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            return self.note(node, f"'{key}' is {_shown(node)}", 'write an amount, such as "5-6 min" or "3-4 times"')
        try:
            return parse(node.value)
        except AmountError as error:
            return self.note(node, f"'{key}' is \"{_cut(node.value)}\", which {error}", error.hint)

    def _scalar(self, node: yaml.Node, kind: inspect.Type, key: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self.note(node, f"'{key}' is {_shown(node)}", "write a text on the same line")
        text = _SPACE.sub(" ", node.value).strip()
        if not text:
            return self.note(node, f"'{key}' is empty", "write a text after the colon, or leave the line out")
        if CONTROL.search(text):
            return self.note(node, f"'{key}' has a control character in it", "write plain text")
        match kind:
            case inspect.StrType(max_length=longest, pattern=pattern):
                return self._text(node, text, longest, pattern, key)
            case inspect.BoolType():
                choices: dict[str, Any] = {"true": True, "false": False}
            case inspect.LiteralType(values=values):
                choices = {str(value): value for value in values}
            case _:
                raise TypeError(f"the model has a type that the reader does not know: {kind}")
        if text not in choices:
            return self.note(node, f"'{key}' is \"{_cut(text)}\"", _choice(list(choices), " or "))
        return choices[text]

    def _text(self, node: yaml.Node, text: str, longest: int | None, pattern: str | None, key: str) -> Any:
        if longest is not None and len(text) > longest:
            return self.note(node, f"'{key}' has {len(text)} characters", f"{longest} at most: say it shorter")
        if pattern is not None and not re.search(pattern, text):
            return self.note(node, f"'{key}' is \"{_cut(text)}\"", 'write a language code, such as "en" or "de"')
        return text


def _bare(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _without_none(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.UnionType):
        (only,) = (each for each in kind.types if not isinstance(each, inspect.NoneType))
        return _bare(only)
    return kind


def _called(kind: inspect.StructType) -> str:
    return kind.cls.__name__.lower()


def _required(kind: inspect.StructType) -> str:
    return " and ".join(f'"{field.encode_name}: …"' for field in kind.fields if field.required)


def _example(field: inspect.Field) -> str:
    kind = _bare(field.type)
    return f'"{field.encode_name}: {kind.values[0] if isinstance(kind, inspect.LiteralType) else "…"}"'


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
