import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from voiceguide import paths
from voiceguide.routine.schema import routine_schema

BUILT_IN = sorted(paths.built_in_routines().glob("*.yaml"))
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
def test_every_built_in_routine_follows_the_schema(path):
    jsonschema.Draft202012Validator(routine_schema()).validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "step",
    [
        {"title": "A", "say": "B", "time": "fast"},
        {"title": "A", "say": "B", "time": "5 min", "tecnique": "effleurage"},
        {"title": "A", "say": "B", "repeat": "three", "each": "5 s"},
        {"title": "A", "say": "B", "time": "5 min", "sides": "middle"},
        {"say": "B", "time": "5 min"},
    ],
)
def test_the_schema_finds_what_the_reader_finds(step):
    routine = {"format": 1, "title": "A", "sections": [{"title": "B", "steps": [step]}]}

    assert not jsonschema.Draft202012Validator(routine_schema()).is_valid(routine)


def test_the_schema_for_editors_is_the_one_of_the_model():
    written = json.loads((DOCS / "routine.schema.json").read_text("utf-8"))

    assert written == routine_schema(), "write it anew: python -m voiceguide.routine.schema > docs/routine.schema.json"


def test_every_key_is_described_in_the_docs():
    text = (DOCS / "routine-format.md").read_text("utf-8")

    for part in ("Routine", "Section", "Step"):
        for key in routine_schema()["$defs"][part]["properties"]:
            assert f"`{key}`" in text
