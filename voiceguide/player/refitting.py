"""Keeps what was promised while a session plays: fits it again, beside the sound, and says what that costs.

The promise is the moment at which the session ends. Once a later end is said aloud, that is the promise. A sooner end,
where nobody can take the time that is over, is said and leaves it: the time may be needed yet.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from voiceguide.background import in_background
from voiceguide.errors import VoiceguideError
from voiceguide.player.stage import Session, Stage
from voiceguide.player.transport import Transport
from voiceguide.scheduler.parts import Part
from voiceguide.scheduler.refit import Refit, refit
from voiceguide.scheduler.schedule import Schedule
from voiceguide.units import MINUTE_MS, SECOND_MS

LEAD_MS: Final = 3 * SECOND_MS
"""What begins so soon stays as it is: the time to fit the rest again, and to speak what is new."""

TOLERANCE_MS: Final = SECOND_MS
"""How far the end may be from where it has to be."""

WORTH_TELLING_MS: Final = MINUTE_MS // 2
"""By how much the end has to move from where it was last said to be, so that it is said again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refitted:
    """A session to go on with."""

    session: Session

    fitted: Refit

    until_ms: int
    """How far it is as the one before: it may be taken up to here."""

    longer_ms: Mapping[Part, int]
    """What was asked for, and is granted as far as can be."""


class Refitting:
    """Watches over the lengths of a running session.

    Args:
        stage: Its terms, and its clock.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.ends_at_s: float | None = None
        """What is promised, by the stage's clock."""
        self._moved_ms, self._told_ms, self._told_minutes = 0, 0, 0
        self._wishes: list[tuple[int, int]] = []
        self._longer_ms: Counter[Part] = Counter()
        self._fitted: Refit | None = None
        self._job: Future[Refitted] | None = None
        self._late_then_ms: int | None = None
        """When the job began."""
        self._left_late_ms = 0
        """What the last fit could not mend."""

    def promise(self, ends_at_s: float) -> None:
        """Keep the end of the session at a moment of the stage's clock."""
        self.ends_at_s = ends_at_s

    def longer(self, by_ms: int, transport: Transport) -> None:
        """Make the step that is being done longer, or shorter, as soon as can be; in the opening, the first step."""
        self._wishes.append((max(1, transport.chapter_index), by_ms))

    def poll(self, session: Session, transport: Transport, *, moves: bool) -> Refitted | None:
        """Return a session to go on with at this position, when there is one; never waits.

        Args:
            session: The one that plays.
            transport: Where it stands.
            moves: Whether it goes on at this moment; while it waits nobody knows how late it will be.
        """
        if session.made is None or transport.closing:
            return None
        self._note(session.made)
        if self._job is None:
            self._start(session.made, transport, moves=moves)
            return None
        return self._outcome(self._job, transport) if self._job.done() else None

    def news(self, refitted: Refitted) -> list[str]:
        """Return what the giver has to be told of a session that is fitted again; from now on it holds."""
        phrases, fitted = self._stage.terms.phrases, refitted.fitted
        news = []
        if fitted.left_out:
            news.append(phrases.dropped.format(titles=", ".join(title.rstrip(".") for title in fitted.left_out)))
        in_all_ms = self._moved_ms + fitted.late_ms
        minutes = _minutes(in_all_ms)
        if minutes == self._told_minutes or abs(in_all_ms - self._told_ms) < WORTH_TELLING_MS:
            return news
        self._told_ms, self._told_minutes = in_all_ms, minutes
        if fitted.late_ms > 0:
            self._move(fitted.late_ms)
        if minutes:
            return [*news, (phrases.later if minutes > 0 else phrases.sooner).of(abs(minutes))]
        left_ms = fitted.made.plan.length_ms - refitted.until_ms
        return [*news, phrases.time_left.of(max(1, _minutes(left_ms)))]

    def _move(self, by_ms: int) -> None:
        """Promise another end."""
        if self.ends_at_s is not None:
            self.ends_at_s += by_ms / SECOND_MS
            self._moved_ms += by_ms
            self._left_late_ms -= by_ms

    def _note(self, made: Schedule) -> None:
        """Take down for which step something was asked, whatever number it will have."""
        for number, by_ms in self._wishes:
            if number <= len(made.plan.steps):
                self._longer_ms[made.plan.steps[number - 1].part] += by_ms
        self._wishes.clear()

    def _start(self, made: Schedule, transport: Transport, *, moves: bool) -> None:
        if self._longer_ms:
            left = {step.part for step in made.plan.steps[max(0, transport.chapter_index - 1) :]}
            kept = {part: by_ms for part, by_ms in self._longer_ms.items() if by_ms and part in left}
            self._longer_ms = Counter(kept)
        late_ms = self._late_ms(transport)
        if late_ms is not None and not moves:
            return
        if not self._longer_ms and abs((late_ms or 0) - self._left_late_ms) <= TOLERANCE_MS:
            return
        from_ms = min(transport.position_ms + LEAD_MS, transport.chapter.end_ms)
        end_ms = None if late_ms is None else transport.timeline.length_ms - late_ms
        asked, longer_ms = self._fitted.asked if self._fitted else {}, dict(self._longer_ms)

        def fit_again() -> Refitted:
            terms = self._stage.terms
            fitted = refit(made, terms, from_ms=from_ms, longer_ms=longer_ms, asked=asked, end_ms=end_ms)
            session = Session(mix=self._stage.mix(fitted.made.timeline), made=fitted.made)
            return Refitted(session=session, fitted=fitted, until_ms=from_ms, longer_ms=longer_ms)

        self._late_then_ms = late_ms
        self._job = in_background(fit_again, "refit")

    def _outcome(self, job: "Future[Refitted]", transport: Transport) -> Refitted | None:
        self._job = None
        late_ms = self._late_ms(transport)
        try:
            refitted = job.result()
        except VoiceguideError as error:
            _log.warning("the session goes on as it was: %s", error.message)
            self._longer_ms.clear()
            self._left_late_ms = late_ms or 0
            return None
        if transport.position_ms > refitted.until_ms or abs((late_ms or 0) - (self._late_then_ms or 0)) > TOLERANCE_MS:
            # It took too long, or the giver went elsewhere. It is tried again; the words that were new are known now.
            return None
        self._longer_ms.subtract(refitted.longer_ms)
        self._fitted, self._left_late_ms = refitted.fitted, refitted.fitted.late_ms
        return refitted

    def _late_ms(self, transport: Transport) -> int | None:
        """Return how much later than promised the session would end; `None` where no end was promised."""
        if self.ends_at_s is None:
            return None
        left_ms = transport.timeline.length_ms - transport.position_ms
        return left_ms - round((self.ends_at_s - self._stage.clock()) * SECOND_MS)


def _minutes(ms: int) -> int:
    """Return the nearest whole minutes; half a minute is one."""
    minutes = (abs(ms) + MINUTE_MS // 2) // MINUTE_MS
    return minutes if ms > 0 else -minutes
