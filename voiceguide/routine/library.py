"""Finds routines by name: the person's own first, then the built-in ones."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voiceguide import paths
from voiceguide.errors import RoutineError, near
from voiceguide.routine.model import Routine
from voiceguide.routine.reader import read_routine

ENDINGS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A routine of the library, not yet read."""

    name: str
    path: Path
    own: bool
    """Whether it lies in the person's own folder."""


def entries() -> list[Entry]:
    """Return all routines by name; one's own hides a built-in one of the same name."""
    found = {entry.name: entry for own in (False, True) for entry in _entries_in(own=own)}
    return [found[name] for name in sorted(found)]


def find_routine(name: str) -> Path:
    """Return the file of the routine called `name`: a name of the library, or a path.

    Raises:
        RoutineError: There is none; near names are offered.
    """
    known = {entry.name: entry.path for entry in entries()}
    if name in known:
        return known[name]
    path = paths.expanded(name)
    if path.suffix.lower() in ENDINGS or path.parent != Path():
        # `Path.is_file` raises where a name is too long, or one may not look.
        if os.path.isfile(path):  # noqa: PTH113
            return path
        raise RoutineError(f"there is no routine file {name}", hint="check the path, or run 'voiceguide list'")
    hint = f"{near(name, known)} (a file is named by its path, with .yaml)"
    raise RoutineError(f"there is no routine called '{name}'", hint=hint)


def load_routine(name: str) -> Routine:
    """Find and read the routine called `name`.

    Raises:
        RoutineError: There is none, or it is broken.
    """
    return read_routine(find_routine(name))


def _entries_in(*, own: bool) -> Iterator[Entry]:
    folder = paths.own_routines() if own else paths.built_in_routines()
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file():
                yield Entry(path.stem, path, own)
