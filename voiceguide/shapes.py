"""Plain data, as YAML, TOML and JSON give it, into frozen dataclasses; and what these are made of, for who asks.

It needs the standard library alone: what does this well elsewhere is compiled, and a phone has no compiler.

There are the shapes that the models here use, and no more: ``str``, ``int``, ``float``, ``bool``, ``Any``, ``Literal``,
dataclasses, and ``X | None``, ``tuple[X, ...]``, ``list[X]`` and ``dict[K, X]`` of these; `Annotated` adds a `Meta`. A
key whose name Python needs for itself is a field with an underscore behind it: ``and_`` for ``and``.
"""

import json
import math
import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_NAMES: Final = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false", NoneType: "nothing", dict: "keys",
    list: "a list", tuple: "a list",
}  # fmt: skip

_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can spell, and nobody can write."""


class ShapeError(ValueError):
    """A value is not of its shape: what was expected and found, and where, such as ``.strokes['glide'].pace_s``."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{place.removeprefix('.')}: {message}" if place else message)
        self.message, self.place = message, place


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What a value is for, and the limits that it keeps."""

    description: str | None = None
    ge: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    """Is found somewhere in the text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value must be."""

    kind: Any
    """The type; of one with brackets, what stands before them."""
    of: tuple[Any, ...] = ()
    """The values of a `Literal`; the shape of the items; of a ``dict``, the shapes of its keys and its values."""
    optional: bool = False
    """Whether it may also be `None`."""
    meta: Meta = Meta()


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a dataclass."""

    attribute: str
    shape: Shape
    required: bool


@cache
def fields_of(model: type) -> Mapping[str, Field]:
    """Return the fields of a dataclass in order, by the keys that a file has for them."""
    hints = get_type_hints(model, include_extras=True)
    found = {}
    for each in fields(model):
        required = each.default is MISSING and each.default_factory is MISSING
        found[each.name.removesuffix("_")] = Field(each.name, shape_of(hints[each.name]), required)
    return found


@cache
def shape_of(kind: Any) -> Shape:
    """Return what a type asks of a value; a type that is none of those above is a `TypeError`."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        shape = shape_of(parts[0])
        told = {key: said for meta in parts[1:] for key in Meta.__slots__ if (said := getattr(meta, key)) is not None}
        return replace(shape, meta=replace(shape.meta, **told))
    if origin in {Union, UnionType} and len(some := [part for part in parts if part is not NoneType]) == 1:
        return replace(shape_of(some[0]), optional=True)
    kind = dict if origin is Mapping else origin or kind
    if kind not in _MAKERS and not is_dataclass(kind):
        raise TypeError(f"{kind} is no shape")
    return Shape(kind, parts if kind is Literal else tuple(shape_of(part) for part in parts if part is not Ellipsis))


def from_json(content: bytes, kind: type[T], *, strict: bool = True) -> T:
    """Return what JSON says, as `convert` does; what is no JSON is a `ShapeError` too."""
    try:
        value = json.loads(content.decode(), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise ShapeError(f"this is no JSON: {error}") from error
    return convert(value, kind, strict=strict)


def _finite(written: str) -> float:
    if not math.isfinite(number := float(written)):
        raise ValueError(f"{written:.20} is out of range")
    return number


def convert(value: Any, kind: type[T], *, strict: bool = True) -> T:
    """Return plain data as `kind`.

    Args:
        value: What a file gave.
        kind: One of the types named above.
        strict: Whether a key that a dataclass does not have is an error; else it is passed over.

    Raises:
        ShapeError: It is not of this shape; the first place where it is not is named.
    """
    return cast("T", _made(value, shape_of(cast("Any", kind)), strict))


def _made(value: Any, shape: Shape, strict: bool, place: str = "") -> Any:
    if value is None and shape.optional:
        return None
    try:
        made = _MAKERS.get(shape.kind, _record)(value, shape, strict)
        for name, (keeps, asked) in _LIMITS.items():
            if (limit := getattr(shape.meta, name)) is not None and not keeps(made, limit):
                raise ShapeError(f"expected {asked.format(limit)}")
    except ShapeError as error:
        raise ShapeError(error.message, f"{place}{error.place}") from None
    return made


def _expect(fits: bool, expected: str, value: Any) -> None:
    if not fits:
        found = reprlib.repr(value) if isinstance(value, str) else _NAMES.get(type(value), type(value).__name__)
        raise ShapeError(f"expected {expected}, got {found}")


def _plain(value: Any, shape: Shape, _strict: bool) -> Any:
    # A float keeps whole numbers up to there.
    whole = shape.kind is float and type(value) is int and abs(value) <= 2**53
    _expect(whole or type(value) is shape.kind, _NAMES[shape.kind], value)
    _expect(shape.kind is not str or not _HALF.search(value), "whole characters", value)
    return shape.kind(value)


def _choice(value: Any, shape: Shape, _strict: bool) -> Any:
    fits = any(type(value) is type(each) and value == each for each in shape.of)
    _expect(fits, f"one of {', '.join(map(str, shape.of))}", value)
    return value


def _items(value: Any, shape: Shape, strict: bool) -> Any:
    _expect(isinstance(value, list | tuple), _NAMES[list], value)
    return shape.kind(_made(each, shape.of[0], strict, f"[{index}]") for index, each in enumerate(value))


def _mapping(value: Any, shape: Shape, strict: bool) -> dict[Any, Any]:
    _expect(isinstance(value, dict), _NAMES[dict], value)
    keys, values = shape.of
    return {_made(key, keys, strict): _made(each, values, strict, f"[{key!r:.40}]") for key, each in value.items()}


def _record(value: Any, shape: Shape, strict: bool) -> Any:
    _expect(isinstance(value, dict), _NAMES[dict], value)
    known = fields_of(shape.kind)
    for key in value if strict else ():
        _expect(key in known, f"one of the keys {', '.join(known)}", key)
    made = {}
    for key, field in known.items():
        if key in value:
            made[field.attribute] = _made(value[key], field.shape, strict, f".{key}")
        elif field.required:
            raise ShapeError(f"the key {key!r} is missing")
    return shape.kind(**made)


_LIMITS: Final[Mapping[str, tuple[Callable[[Any, Any], bool], str]]] = {
    "ge": (lambda value, least: value >= least, "{} or more"),
    "min_length": (lambda value, least: len(value) >= least, "a length of {} or more"),
    "max_length": (lambda value, most: len(value) <= most, "a length of {} or less"),
    "pattern": (lambda value, pattern: bool(re.search(pattern, value)), "a match of {}"),
}

_MAKERS: Final[Mapping[Any, Callable[[Any, Shape, bool], Any]]] = {
    Any: lambda value, _shape, _strict: value, Literal: _choice, str: _plain, int: _plain, float: _plain, bool: _plain,
    tuple: _items, list: _items, dict: _mapping,
}  # fmt: skip
"""Who makes a value of its kind; a dataclass is made by `_record`."""
