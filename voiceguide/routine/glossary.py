"""The words for strokes and parts of the body, from `glossary.yaml`, which tells their meaning."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml

from voiceguide.shapes import Meta, convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A way to move the hands."""

    explain: dict[str, str]
    """By language: one sentence that says what it is."""

    gentle: bool = False
    """Whether it is never done more firmly than written."""

    pace_s: Annotated[int, Meta(ge=1)] | None = None
    """How long one slow stroke takes, in seconds; `None` where it has no rhythm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the body."""

    names: dict[str, str]
    """By language: what people call it."""

    within: tuple[str, ...] = ()
    """Every area that it lies in, the nearest first."""

    touches: tuple[str, ...] = ()
    """Areas that it runs along or through."""

    gentle: bool = False
    """Whether nothing is ever done here more firmly than written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """All words that a step may use for its technique and its area."""

    strokes: dict[str, Stroke]
    areas: dict[str, Area]

    def area_called(self, name: str) -> str | None:
        """Return the area that is called `name` in any language, or `None`."""
        wanted = name.casefold().strip()
        for key, area in self.areas.items():
            if wanted in (key.casefold(), *(each.casefold() for each in area.names.values())):
                return key
        return None

    def is_in(self, area: str, other: str) -> bool:
        """Return whether `area` is `other` or a part of it."""
        return area == other or (area in self.areas and other in self.areas[area].within)

    def overlap(self, area: str, other: str) -> bool:
        """Return whether the two share any of the body."""
        reach = (area, *(self.areas[area].touches if area in self.areas else ()))
        back = (other, *(self.areas[other].touches if other in self.areas else ()))
        return any(self.is_in(a, b) or self.is_in(b, a) for a in reach for b in back)

    def names(self, language: str) -> list[str]:
        """Return what all areas are called in a language."""
        return [self.called(area, language) for area in self.areas]

    def called(self, area: str, language: str) -> str:
        """Return what `area` is called in a language."""
        names = self.areas[area].names if area in self.areas else {}
        return names.get(language.split("-", maxsplit=1)[0], area)


@cache
def glossary() -> Glossary:
    """Return the glossary that comes with the package."""
    text = Path(__file__).with_name("glossary.yaml").read_text("utf-8")
    return convert(yaml.safe_load(text), Glossary)
