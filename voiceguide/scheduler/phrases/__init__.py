"""What the guide itself says, in each language: one YAML file a language beside this one."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from voiceguide.errors import ScheduleError
from voiceguide.routine.model import Pressure, Side
from voiceguide.shapes import convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Plural:
    """A phrase with a number in it."""

    one: str
    other: str
    two: str | None = None

    def of(self, count: int) -> str:
        """Return the phrase for `count`."""
        form = {1: self.one, 2: self.two}.get(count) or self.other
        return form.format(count=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterNames:
    """What the chapters before and after the steps are called."""

    opening: str
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All phrases of a language."""

    welcome: str
    sides: dict[Side, str]
    first_side: str
    next_side: str
    times: Plural
    two_more: str
    last: str
    pressure: dict[Pressure, str]
    spare: str
    ready: str
    preview: str
    preview_side: str
    preview_close: str
    check_in: dict[Pressure, str]
    """By the pressure that the session is to have."""
    time_left: Plural
    dropped: str
    """Said when steps no longer fit."""
    later: Plural
    """Said when the end cannot be kept, with the minutes."""
    sooner: Plural
    closing: str
    chapters: ChapterNames
    on_side: str


def languages() -> list[str]:
    """Return the codes of the languages that the guide speaks."""
    return sorted(file.name.removesuffix(".yaml") for file in _folder().iterdir() if file.name.endswith(".yaml"))


@cache
def phrases(language: str) -> Phrases:
    """Return the phrases of `language`, a code such as "en" or "de-AT"; the part after the hyphen may be ignored.

    Raises:
        ScheduleError: The guide does not speak it.
    """
    code = language.split("-", maxsplit=1)[0]
    if code not in languages():
        raise ScheduleError(
            f"the guide has no phrases for the language '{language}'",
            hint=f"write 'language:' with one of {', '.join(languages())} in the routine",
        )
    return convert(yaml.safe_load((_folder() / f"{code}.yaml").read_text("utf-8")), Phrases)


def _folder() -> resources.abc.Traversable:
    return resources.files(__name__)
