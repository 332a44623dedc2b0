#!/usr/bin/env python3
"""Makes the parts of the docs that come from the program: ``.venv/bin/python scripts/make_docs.py``.

The pictures are drawn of what the program really plans; the glossary and the schema are written from what it reads.
"""

import json
from pathlib import Path

from voiceguide import guide
from voiceguide.routine.glossary import glossary
from voiceguide.routine.schema import routine_schema

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    schema = json.dumps(routine_schema(), indent=2, ensure_ascii=False) + "\n"
    (DOCS / "routine.schema.json").write_text(schema, "utf-8")
    (DOCS / "glossary.md").write_text(glossary_page(), "utf-8")
    half_an_hour = guide.Options(budget_ms=30 * 60_000)
    schedule, _ = guide.timetable(guide.Request(routine="eleven-steps", options=half_an_hour))
    guide.plot(schedule, DOCS / "session.svg", overwrite=True)


def glossary_page() -> str:
    """Return the page of strokes and areas."""
    words = glossary()
    strokes = [
        f"| `{name}` | {stroke.explain['en']} | {f'{stroke.pace_s} s' if stroke.pace_s else ''} |"
        for name, stroke in words.strokes.items()
    ]
    areas = [
        f"| `{name}` | {', '.join(area.within)} | {area.names['es']} | {area.names['de']} |"
        for name, area in words.areas.items()
    ]
    return "\n".join(
        [
            "# Glossary",
            "",
            "Made by `scripts/make_docs.py` from `voiceguide/routine/glossary.yaml`, which has the explanations in",
            "Spanish and German too.",
            "",
            "## Strokes",
            "",
            "What a step may name as its `technique`. With all words, the guide explains a stroke the first time that",
            "it comes; `--pace` gives its rhythm where one stroke takes 5 s or more.",
            "",
            "| technique | what it is | one stroke |",
            "|---|---|---|",
            *strokes,
            "",
            "## Areas",
            "",
            "What a step may name as its `area` or `touches`: the English word, whatever the routine's language.",
            "`--focus` and `--avoid` take the words of all three languages.",
            "",
            "| area | lies within | Spanish | German |",
            "|---|---|---|---|",
            *areas,
            "",
        ]
    )


if __name__ == "__main__":
    main()
