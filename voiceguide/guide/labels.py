"""What a track tells of itself."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from voiceguide.routine.model import Routine
from voiceguide.scheduler.timeline import Timeline

if TYPE_CHECKING:
    from voiceguide.outputs.tags import Tags


def tags_of(routine: Routine, timeline: Timeline) -> Tags:
    """Return the title, the chapters and the cover of a session."""
    from voiceguide.export.cover import cover
    from voiceguide.outputs.tags import Mark, Tags

    marks = (
        Mark(start_ms=chapter.start_ms, end_ms=chapter.end_ms, title=chapter.title, section=chapter.section)
        for chapter in timeline.chapters
        if chapter.end_ms > chapter.start_ms
    )
    return Tags(
        title=routine.title,
        language=routine.language,
        date=_today().isoformat(),
        source=routine.source,
        marks=tuple(marks),
        cover=cover(timeline),
    )


def _today() -> date:
    """Return the day; the one that ``SOURCE_DATE_EPOCH`` names, where the same bytes are wanted again."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if told.isascii() and told.isdecimal():
        # What no calendar has is as good as nothing.
        with suppress(OverflowError, ValueError, OSError):
            return datetime.fromtimestamp(int(told), UTC).date()
    return datetime.now().astimezone().date()
