"""Use cases around routine files: listing, checking, beginning one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from voiceguide import paths
from voiceguide.errors import RoutineError, ScheduleError, VoiceguideError
from voiceguide.routine.library import ENDINGS, Entry, entries
from voiceguide.routine.model import Routine
from voiceguide.routine.reader import read_routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import estimated_ms

MOST_TEXT_BYTES = 1_000_000
"""The longest text that is drafted from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A routine in one line."""

    name: str
    title: str
    summary: str | None
    least_ms: int
    """The shortest session, with estimated speech."""
    most_ms: int
    own: bool


def library() -> list[Entry]:
    """Return all routines that have a name."""
    return entries()


def overview(entry: Entry) -> Overview:
    """Return what a list shows of a routine.

    Raises:
        VoiceguideError: It is broken, or no session can be made of it.
    """
    routine = read_routine(entry.path)
    plan = _tried_out(routine, entry.path)
    return Overview(
        name=entry.name,
        title=routine.title,
        summary=routine.summary,
        least_ms=plan.least_ms,
        most_ms=plan.most_ms,
        own=entry.own,
    )


def check(file: Path) -> Routine:
    """Read a routine file and try it out.

    Raises:
        VoiceguideError: It has errors, or no session can be made of it.
    """
    routine = read_routine(file)
    _tried_out(routine, file)
    return routine


def fitting(budget_ms: int) -> Iterator[str]:
    """Yield the names of the routines that can last `budget_ms`."""
    for entry in entries():
        with suppress(VoiceguideError):
            each = overview(entry)
            if each.least_ms <= budget_ms <= each.most_ms:
                yield each.name


def draft_file(source: Path) -> str:
    """Return a routine to edit, from a how-to text.

    Raises:
        RoutineError: The text cannot be read, or no step was found in it.
    """
    try:
        with source.open("rb") as file:
            content = file.read(MOST_TEXT_BYTES + 1)
    except OSError as error:
        raise RoutineError(f"{source}: {error.strerror or error}", hint="give a text file that you may read") from None
    return draft(content, str(source))


def draft(content: bytes, name: str) -> str:
    """Return a routine to edit, from the bytes of a how-to text that errors call `name`.

    Raises:
        RoutineError: It is no text, or no step was found in it.
    """
    from voiceguide.routine.draft import decode_text
    from voiceguide.routine.draft import draft as drafted

    return drafted(decode_text(content, name))


def new_routine(name: str, *, overwrite: bool = False) -> Path:
    """Write a commented example and return where: among one's own routines, or at a path.

    Raises:
        RoutineError: The name is none.
        TargetError: It cannot be written.
    """
    from voiceguide.routine.example import example

    path = Path(name)
    if path.suffix.lower() not in ENDINGS:
        if not re.fullmatch(r"\w[\w -]*", name):
            hint = "use letters, digits and hyphens, or give a path that ends in .yaml"
            raise RoutineError(f"{name!r} is no name for a routine", hint=hint)
        path = paths.own_routines() / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, example(path.stem), overwrite=overwrite)
    return path


def write_text(target: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a text file, whole or not at all.

    Raises:
        TargetError: It cannot be written.
    """
    from voiceguide.files import written_beside
    from voiceguide.outputs.target import check_target, target_errors

    check_target(target, overwrite)
    with target_errors(target), written_beside(target) as beside:
        beside.write_text(text, "utf-8")


def _tried_out(routine: Routine, file: Path) -> Plan:
    try:
        return make_plan(routine, Terms(Options(), phrases(routine.language), estimated_ms))
    except ScheduleError as error:
        raise ScheduleError(f"{file}: {error.message}", hint=error.hint) from None
