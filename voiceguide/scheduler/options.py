"""What the two people want of one session."""

from dataclasses import dataclass
from typing import Literal

from voiceguide.routine.model import Pressure

Detail = Literal["full", "brief", "bells"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one session is fitted and guided."""

    budget_ms: int | None = None
    """How long the session lasts, exactly; `None` takes what the routine wishes, in whole minutes."""

    stretch: bool = False
    """Whether more time than the routine has goes to its open steps, or else to a quiet ending."""

    only: tuple[str, ...] = ()
    """Titles or kinds of the sections to keep; none keeps all."""

    skip: tuple[str, ...] = ()
    """Titles or kinds of the sections to leave out."""

    focus: tuple[str, ...] = ()
    """Areas that get more of the time."""

    avoid: tuple[str, ...] = ()
    """Areas that are not touched."""

    pressure: Pressure | None = None
    """How firm the receiver wants it; `None` takes it as written."""

    detail: Detail = "full"
    """`full`: all words. `brief`: short names. `bells`: chimes and names only."""

    time_left_ms: int | None = None
    """How often the time that is left is told; `None` is never."""

    pace: bool = False
    """Whether a soft pulse gives the rhythm of slow strokes."""

    keys: bool = False
    """Whether somebody can press a key, so that a step may wait for it."""
