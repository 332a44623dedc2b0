"""From a routine to a timeline, in one call."""

from dataclasses import dataclass

from voiceguide.routine.model import Routine
from voiceguide.scheduler.narration import Script, narrate
from voiceguide.scheduler.plan import Plan
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.timeline import Role, Timeline, build


@dataclass(frozen=True, slots=True)
class Schedule:
    """One session, from three sides."""

    plan: Plan
    script: Script
    timeline: Timeline

    def sentences(self) -> list[str]:
        """Return every sentence once, in the order in which it is first heard."""
        return list(dict.fromkeys(cue.name for cue in self.timeline.cues if cue.role is Role.SPEECH))


def schedule(routine: Routine, terms: Terms) -> Schedule:
    """Fit, word and lay out one session.

    Raises:
        ScheduleError: The time is too short or too long for the routine.
    """
    plan = make_plan(routine, terms)
    script = narrate(plan, terms)
    return Schedule(plan, script, build(plan, script, terms.phrases))


def estimated_ms(text: str) -> int:
    """Return about how long a sentence is when spoken at 145 words a minute.

    For a rehearsal, before anything was spoken: English has about 6 characters to a word, with its space.
    """
    return 200 + 68 * len(text)
