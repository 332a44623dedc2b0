"""Keeps what was promised while a session plays: fits it again, beside the sound, and says what that costs."""

import logging
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from voiceguide.background import in_background
from voiceguide.errors import VoiceguideError
from voiceguide.player.stage import Session, Stage
from voiceguide.player.transport import Transport
from voiceguide.scheduler.refit import Refit, refit
from voiceguide.scheduler.schedule import Schedule
from voiceguide.units import MINUTE_MS, SECOND_MS

LEAD_MS: Final = 3 * SECOND_MS
"""What begins so soon stays as it is: the time to fit the rest again, and to speak what is new."""

TOLERANCE_MS: Final = SECOND_MS
"""How far the end may be from where it has to be."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refitted:
    """A session to go on with."""

    session: Session

    until_ms: int
    """How far it is as the one before: it may be taken up to here."""

    asked_ms: int
    """How much of what was asked for it grants."""

    late_ms: int
    """How much later it ends than was promised; negative is sooner."""

    left_out: tuple[str, ...]


class Refitting:
    """Watches over the lengths of a running session.

    Args:
        stage: Its terms, and its clock.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ends_at_s: float | None = None
        self._asked_ms, self._asked_in = 0, 0
        self._conceded_ms, self._told_minutes = 0, 0
        self._job: Future[Refitted] | None = None

    def promise(self, ends_at_s: float) -> None:
        """Keep the end of the session at a moment of the stage's clock."""
        self._ends_at_s = ends_at_s

    def longer(self, by_ms: int, transport: Transport) -> None:
        """Make the step that is being done longer, or shorter, as soon as can be."""
        if transport.chapter_index != self._asked_in:
            self._asked_ms, self._asked_in = 0, transport.chapter_index
        self._asked_ms += by_ms

    def poll(self, session: Session, transport: Transport, *, moves: bool) -> Refitted | None:
        """Return a session to go on with at this position, when there is one; never waits.

        Args:
            session: The one that plays.
            transport: Where it stands.
            moves: Whether it goes on at this moment; while it waits nobody knows how late it will be.
        """
        if session.made is None or transport.closing:
            return None
        if self._job is None:
            self._start(session.made, transport, moves=moves)
            return None
        return self._outcome(transport) if self._job.done() else None

    def news(self, refitted: Refitted) -> Iterator[str]:
        """Yield what the giver has to know of a session that is fitted again."""
        phrases = self._stage.terms.phrases
        if refitted.left_out:
            yield phrases.dropped.format(titles=", ".join(title.rstrip(".") for title in refitted.left_out))
        minutes = round(refitted.late_ms / MINUTE_MS)
        if minutes and minutes != self._told_minutes:
            yield (phrases.later if minutes > 0 else phrases.sooner).of(abs(minutes))
        self._told_minutes = minutes

    def _start(self, made: Schedule, transport: Transport, *, moves: bool) -> None:
        if transport.chapter_index != self._asked_in:
            self._asked_ms = 0
        late_ms = self._late_ms(transport)
        is_late = moves and late_ms is not None and abs(late_ms - self._conceded_ms) > TOLERANCE_MS
        if not self._asked_ms and not is_late:
            return
        from_ms = min(transport.position_ms + LEAD_MS, transport.chapter.end_ms)
        end_ms = None if late_ms is None else transport.timeline.length_ms - late_ms
        asked_ms = self._asked_ms
        self._job = in_background(lambda: self._refitted(made, from_ms, asked_ms, end_ms), "refit")

    def _refitted(self, made: Schedule, from_ms: int, asked_ms: int, end_ms: int | None) -> Refitted:
        fitted: Refit = refit(made, self._stage.terms, from_ms=from_ms, longer_ms=asked_ms, end_ms=end_ms)
        return Refitted(
            session=Session(mix=self._stage.mix(fitted.made.timeline), made=fitted.made),
            until_ms=from_ms,
            asked_ms=asked_ms,
            late_ms=fitted.late_ms,
            left_out=fitted.left_out,
        )

    def _outcome(self, transport: Transport) -> Refitted | None:
        job, self._job = self._job, None
        if job is None:
            return None
        try:
            refitted = job.result()
        except VoiceguideError as error:
            _log.warning("the session goes on as it was: %s", error.message)
            self._asked_ms, self._conceded_ms = 0, self._late_ms(transport) or 0
            return None
        if transport.position_ms > refitted.until_ms:
            # It took too long; it is tried again, and the words that were new are known now.
            return None
        self._asked_ms -= refitted.asked_ms
        self._conceded_ms = refitted.late_ms
        return refitted

    def _late_ms(self, transport: Transport) -> int | None:
        """Return how much later than promised the session would end; `None` where no end was promised."""
        if self._ends_at_s is None:
            return None
        left_ms = transport.timeline.length_ms - transport.position_ms
        return left_ms - round((self._ends_at_s - self._stage.clock()) * SECOND_MS)
