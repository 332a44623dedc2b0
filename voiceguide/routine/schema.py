"""The JSON Schema of a routine file, for editors."""

import json
import sys
from typing import Any, Final, Literal

from voiceguide.routine.amounts import COUNT_PATTERN, DURATION_PATTERN
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.shapes import Shape, fields_of

_LIMITS: Final = {"max_length": "maxLength", "min_length": "minLength", "pattern": "pattern"}
"""Of a text."""


def routine_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a routine file, made from the model."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "voiceguide routine, format 1",
        "$ref": "#/$defs/Routine",
        "$defs": {
            **{model.__name__: _record(model) for model in (Routine, Section, Step)},
            "Duration": {"type": "string", "pattern": DURATION_PATTERN, "examples": ["5-6 min", "10-15 s", "1:30"]},
            "Count": {"type": ["string", "integer"], "pattern": COUNT_PATTERN, "examples": ["3-4 times", "3"]},
        },
    }


def _record(model: type) -> dict[str, Any]:
    keys = fields_of(model)
    return {
        "title": model.__name__,
        "description": model.__doc__,
        "type": "object",
        "properties": {
            key: {"description": field.shape.meta.description, **_value(field.shape)} for key, field in keys.items()
        },
        "required": [key for key, field in keys.items() if field.required],
        "additionalProperties": False,
    }


def _value(shape: Shape) -> dict[str, Any]:
    """Return what a value must be; never `None`, since what is not wanted is left out of a file."""
    if shape.kind is Literal:
        return {"enum": sorted(shape.of)}
    if shape.kind is bool:
        return {"type": "boolean"}
    if shape.kind is tuple:
        return _list(shape)
    if shape.kind is str:
        limits = {name: getattr(shape.meta, limit) for limit, name in _LIMITS.items()}
        return {"type": "string", **{name: limit for name, limit in limits.items() if limit is not None}}
    return {"$ref": f"#/$defs/{shape.kind.__name__}"}


def _list(shape: Shape) -> dict[str, Any]:
    (item,) = shape.of
    values = {"type": "array", "items": _value(item)}
    if item.kind is Literal:
        # On one line, with commas between them.
        word = f"({'|'.join(item.of)})"
        return {"anyOf": [{"type": "string", "pattern": f"^{word}(, *{word})?$"}, values]}
    return {**values, "minItems": shape.meta.min_length} if shape.meta.min_length else values


def main() -> None:
    """Write the schema to stdout, for an editor's settings."""
    sys.stdout.write(json.dumps(routine_schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
