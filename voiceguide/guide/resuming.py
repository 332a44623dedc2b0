"""What makes an interrupted session again, and where it goes on."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import ProgressError, SessionError
from voiceguide.guide.request import Request, rooted_music, rooted_voice
from voiceguide.paths import expanded
from voiceguide.scheduler.schedule import Schedule
from voiceguide.shapes import ShapeError, convert

if TYPE_CHECKING:
    from voiceguide.player.progress import Progress

_log = logging.getLogger(__name__)


def to_resume() -> tuple[Request, Progress]:
    """Return what was interrupted in the last week.

    Raises:
        SessionError: There is nothing, or what was kept cannot be used.
    """
    from voiceguide.player.progress import read_progress

    progress = read_progress()
    if progress is None:
        raise SessionError("there is no session to resume", hint="start one with 'voiceguide play ROUTINE'")
    try:
        request = convert(progress.options, Request, strict=False)
    except ShapeError as error:
        hint = "start anew with 'voiceguide play ROUTINE'"
        raise ProgressError(f"what was kept of the session cannot be used ({error})", hint=hint) from error
    lies_ahead = progress.ends_at_s is not None and progress.ends_at_s > time.time()
    if progress.ends_at_s and not lies_ahead:
        _log.warning("the time is past at which the session was to end: it goes on without an end to keep")
    return replace(request, keep_end=lies_ahead), progress


def progress_of(request: Request, file: Path, resumed: Progress | None) -> Progress:
    """Return what makes this session again; one that is resumed stands where it stood.

    Args:
        request: What is played.
        file: The routine's.
        resumed: From `to_resume`.
    """
    from voiceguide.player.progress import Progress, fingerprint

    request = _rooted(request, file)
    progress = Progress(routine=request.routine, content=fingerprint(file.read_bytes()), options=asdict(request))
    if resumed is None:
        return progress
    return replace(progress, step=resumed.step, title=resumed.title, position_ms=resumed.position_ms)


def chapter_of(resumed: Progress, progress: Progress, made: Schedule) -> int:
    """Return the chapter to go on with; where the routine has changed since, that of the step most like it."""
    from voiceguide.player.progress import nearest_step

    titles = made.timeline.step_titles
    if not (resumed.step and titles):
        return 0
    index = nearest_step(resumed, titles)
    if resumed.content != progress.content:
        _log.warning(
            "the routine has changed since: after '%s' the session goes on with step %d, '%s'",
            resumed.title, index + 1, titles[index],
        )  # fmt: skip
    return index + 1


def _rooted(request: Request, file: Path) -> Request:
    """Return what is asked for with paths that hold from any folder."""
    return replace(
        request,
        routine=str(file.resolve()) if os.path.isfile(expanded(request.routine)) else request.routine,  # noqa: PTH113
        music=rooted_music(request.music),
        voice=rooted_voice(request.voice),
    )
