"""What the two people want of one session."""

from dataclasses import dataclass
from typing import Literal

from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.units import MINUTE_MS

Detail = Literal["full", "brief", "bells"]

LONGEST_MINUTES = LONGEST_MS // MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one session is fitted and guided."""

    budget_ms: int | None = None
    """How long the session lasts, exactly; `None` takes what the routine wishes, in whole minutes."""

    detail: Detail = "full"
    """`full`: all words. `brief`: short names. `bells`: chimes and names only."""
