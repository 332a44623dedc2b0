"""The JSON Schema of a routine file, for editors."""

import json
import sys
from typing import Any

import msgspec

from voiceguide.routine.amounts import COUNT_PATTERN, DURATION_PATTERN
from voiceguide.routine.model import Routine


def routine_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a routine file, made from the model."""
    (root,), parts = msgspec.json.schema_components([Routine], ref_template="#/$defs/{name}")
    parts["Duration"] = {"type": "string", "pattern": DURATION_PATTERN, "examples": ["5-6 min", "10-15 s", "1:30"]}
    parts["Count"] = {"type": ["string", "integer"], "pattern": COUNT_PATTERN, "examples": ["3-4 times", "3"]}
    for name in ("Step", "Section"):
        sides = parts[name]["properties"]["sides"]
        sides.pop("default", None)
        parts[name]["properties"]["sides"] = {
            "description": sides.pop("description"),
            "anyOf": [{"type": "string", "pattern": "^(left|right)(, *(left|right))?$"}, sides],
        }
    for part in parts.values():
        for field in part.get("properties", {}).values():
            _without_null(field)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "voiceguide routine, format 1",
        **root,
        "$defs": parts,
    }


def _without_null(field: dict[str, Any]) -> None:
    """Drop the `null` of an optional key: in a file, what is not wanted is left out."""
    if field.pop("default", 0) is None:
        choices = [choice for choice in field.pop("anyOf") if choice != {"type": "null"}]
        field.update(choices[0])


def main() -> None:
    """Write the schema to stdout, for an editor's settings."""
    sys.stdout.write(json.dumps(routine_schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
