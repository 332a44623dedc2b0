"""What every session needs before a sound is heard: its clips, its schedule, its bed, its mix."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import BudgetError, MediaError
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.routines import fitting
from voiceguide.paths import expanded
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.routine.model import Routine
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule, estimated_ms, schedule
from voiceguide.scheduler.timeline import Timeline

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.audio.mixer import Mix
    from voiceguide.outputs.output import Output
    from voiceguide.speech.clips import Clips

_log = logging.getLogger(__name__)

_OFF_BY = 1.5
"""Where the estimate is this far from the time, measuring hours of speech would not change it."""


def scheduled(request: Request, routine: Routine, measure: Measure = estimated_ms) -> Schedule:
    """Schedule a session; a time that does not fit names the routines that would.

    Raises:
        ScheduleError: The session cannot be made.
    """
    try:
        return schedule(routine, Terms(request.options, phrases(routine.language), measure))
    except BudgetError as error:
        others = ", ".join(fitting(request.options.budget_ms or 0))
        error.hint += f"; that time suits {others}" if others else ""
        raise


def rehearsed(request: Request, routine: Routine, clips: Clips, speaking: Progress | None) -> Schedule:
    """Schedule a session with its speech measured.

    A rehearsal with estimated lengths tells which sentences are needed, in the order in which they are heard; they
    are spoken in one go. The few that the measured session needs besides are spoken as it asks for them.

    Raises:
        VoiceguideError: The session cannot be made, or not be spoken.
    """
    try:
        clips.prepare(scheduled(request, routine).sentences(), speaking)
    except BudgetError as error:
        budget_ms = request.options.budget_ms or LONGEST_MS
        if error.least_ms > _OFF_BY * budget_ms or _OFF_BY * error.most_ms < budget_ms:
            raise
    return scheduled(request, routine, clips.length_ms)


def clips_of(request: Request, language: str | None, *, live: bool = False) -> Clips:
    """Return the speech of a session, ready to be made.

    Args:
        request: Its voice and its rate count.
        language: Of what is said; `None` for that of the voice.
        live: Whether it is heard at once, so that a voice will do of which no file can be made.

    Raises:
        SpeechError: There is no voice as asked for.
    """
    from voiceguide.speech.android import is_android_voice
    from voiceguide.speech.clips import open_clips

    if live and is_android_voice(request.voice):
        from voiceguide.speech.aloud import open_aloud

        return open_aloud(request.voice, language, request.rate_wpm)
    return open_clips(request.voice, language, request.rate_wpm)


def tell_voice(request: Request, clips: Clips) -> None:
    """Say which voice was chosen, and how to get a better one; where a person chose, there is nothing to say."""
    from voiceguide.speech.engine import Quality

    if request.voice == "auto":
        better = "" if clips.voice.quality >= Quality.NATURAL else "; 'voiceguide voices' tells how to get a better one"
        _log.info("The voice is %s%s.", clips.speaker, better)


def bed_of(request: Request) -> Bed:
    """Return the music of a session, which must be closed.

    A name of the bundled music wins over a file of that name; ``./rain`` is the file.

    Raises:
        MediaError: There is none of that name, or it cannot be played.
    """
    from voiceguide.audio.bed import Silence
    from voiceguide.media.music import open_music
    from voiceguide.media.sounds import NO_MUSIC, ambiences, open_ambience

    if request.music == NO_MUSIC:
        return Silence()
    gain = request.levels.music_gain
    if not request.music.strip() or "://" in request.music:
        hint = "name a file, a folder or a playlist on this machine, bundled music ('voiceguide sounds'), or none"
        raise MediaError(f"'{request.music}' is no music that can be played", hint=hint)
    own = expanded(request.music)
    # `Path.exists` raises where a name is too long, or one may not look.
    there = os.path.exists(own)  # noqa: PTH110
    if request.music in ambiences() or not (there or own.suffix or len(own.parts) > 1):
        return open_ambience(request.music, gain)
    return open_music(own, idle_gain=gain, shuffle=request.shuffle, seed=request.seed)


def mix_of(request: Request, timeline: Timeline, clips: Clips | None, bed: Bed) -> Mix:
    """Return a session as sound; without speech on its timeline it needs no clips."""
    from voiceguide.audio.mixer import Mix
    from voiceguide.bank import SoundBank

    return Mix(timeline, SoundBank(clips, request.chimes), bed, request.levels)


def write_or_play(mix: Mix, target: Path | None, device: str | None, *, overwrite: bool = False) -> None:
    """Write a whole mix to a file, or play it where there is none.

    Args:
        mix: What is heard.
        target: A sound file.
        device: Name of a sound output; `None` takes the best that opens.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        VoiceguideError: What the output met; nothing half-written stays.
    """
    from voiceguide.outputs.registry import file_output, open_device

    if target is None:
        write(mix, open_device(device))
        return
    output = file_output(target, overwrite, frames=mix.length_frames)
    output.open()
    write(mix, output)


def write(mix: Mix, output: Output, writing: Progress | None = None) -> None:
    """Write a whole session to an open output, and close it.

    Args:
        mix: The session.
        output: A file or a device.
        writing: Is told how many frames are written.

    Raises:
        VoiceguideError: What the output met; nothing half-written stays.
    """
    from voiceguide.export.render import render
    from voiceguide.outputs.pump import finishing
    from voiceguide.outputs.wav import WavOutput

    with finishing(output):
        if isinstance(output, WavOutput):
            render(mix, output, writing)
            return
        written = 0
        for block in mix.blocks():
            output.write(block)
            written += len(block)
            if writing:
                writing(written, mix.length_frames)
