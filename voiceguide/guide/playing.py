"""The use case of an evening: a session that plays, is steered, and goes on after whatever happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.background import in_background
from voiceguide.errors import BudgetError, OutputError, ProgressError, SessionError
from voiceguide.guide.phone import PhoneWishes
from voiceguide.guide.request import Request
from voiceguide.guide.stage import bed_of, clips_of, mix_of, rehearsed, scheduled, tell_voice
from voiceguide.routine.library import find_routine, load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule, estimated_ms
from voiceguide.scheduler.timeline import Role

if TYPE_CHECKING:
    from voiceguide.player.commands import Commands
    from voiceguide.player.progress import Progress
    from voiceguide.player.stage import Session, Stage
    from voiceguide.player.status import Status
    from voiceguide.speech.clips import Clips

_log = logging.getLogger(__name__)


def play(
    request: Request,
    commands: Commands,
    watch: Callable[[Status | None], None],
    *,
    resumed: Progress | None = None,
    phone: PhoneWishes | None = None,
) -> None:
    """Play a session on a sound device, until it has ended.

    The music begins while the speech is still being made. Meanwhile other programs and media keys may steer it, the
    computer stays awake, and how far it came is kept.

    Args:
        request: What to play.
        commands: What is asked for while it plays.
        watch: Is told where the session stands, 50 times a second; `None` while the speech is still being made.
        resumed: From `to_resume`: goes on at the step that was interrupted.
        phone: How a phone shows it.

    Raises:
        VoiceguideError: Whatever keeps it from being played.
        KeyboardInterrupt: As it came, after a short fade.
    """
    from voiceguide.guide.handing import Handing, MediaPlayer, PlayAudio, able_to_hand_over
    from voiceguide.outputs.registry import open_device
    from voiceguide.player.device import Device
    from voiceguide.player.live import Live, perform
    from voiceguide.player.stage import Session, Stage
    from voiceguide.player.steady import steady

    file = find_routine(request.routine)
    routine = load_routine(request.routine)
    with ExitStack() as parts:
        settle = parts.enter_context(steady())
        tell = _surrounded(parts, commands, watch, _progress(request, file, resumed), phone or PhoneWishes())
        clips = parts.enter_context(clips_of(request, routine.language, live=True))
        bed = parts.enter_context(closing(bed_of(request)))
        stage = Stage(
            title=routine.title,
            terms=Terms(request.options, phrases(routine.language), clips.length_ms),
            bed=bed,
            levels=request.levels,
            mix=lambda timeline: mix_of(request, timeline, clips, bed),
            say=clips.samples,
            aloud=clips.aloud,
            keep_end=request.keep_end,
        )
        first: Future[Session] = Future()

        def prepare() -> Session:
            made = _prepared(request, routine, clips, stage, first)
            tell_voice(request, clips)
            if resumed:
                _go_on(resumed, made, commands)
            session = Session(mix=stage.mix(made.timeline), made=made)
            settle()
            return session

        try:
            device = Device(lambda: open_device(request.output))
        except OutputError as error:
            if request.output or not able_to_hand_over():
                raise
            _log.warning("%s: the session is played as a whole; q ends it, and nothing else steers it", error.message)
            Handing(prepare().mix, routine.title, commands, tell, clips.aloud).perform(PlayAudio(), MediaPlayer())
            return
        perform(Live(stage, in_background(prepare, "prepare"), commands, tell, first=first), device)


def to_resume() -> tuple[Request, Progress]:
    """Return what was interrupted in the last week.

    Raises:
        SessionError: There is nothing, or what was kept cannot be used.
    """
    import msgspec

    from voiceguide.player.progress import read_progress

    progress = read_progress()
    if progress is None:
        raise SessionError("there is no session to resume", hint="start one with 'voiceguide play ROUTINE'")
    try:
        # The end that was promised has passed, or will have by then.
        return replace(msgspec.convert(progress.options, Request), keep_end=False), progress
    except msgspec.ValidationError as error:
        hint = "start anew with 'voiceguide play ROUTINE'"
        raise ProgressError(f"what was kept of the session cannot be used ({error})", hint=hint) from error


def _surrounded(
    parts: ExitStack,
    commands: Commands,
    watch: Callable[[Status | None], None],
    progress: Progress,
    phone: PhoneWishes,
) -> Callable[[Status | None], None]:
    """Enter all that stands around a session while it plays, and return what is to be told where it stands."""
    from voiceguide.player.awake import awake
    from voiceguide.player.controls.mpris import media_keys
    from voiceguide.player.controls.phone import phone_controls
    from voiceguide.player.controls.pressed_keys import pressed_keys
    from voiceguide.player.controls.server import remote_control
    from voiceguide.player.progress import ProgressKeeper

    latest: list[Status | None] = [None]
    parts.enter_context(remote_control(commands, lambda: latest[0]))
    parts.enter_context(media_keys(commands, lambda: latest[0]))
    parts.enter_context(pressed_keys(commands))
    # Before the phone is kept awake: it is known until then whether a session was killed.
    show_on_phone = parts.enter_context(phone_controls(phone.controls, vibrate=phone.vibrate))
    parts.enter_context(awake())
    keeper = parts.enter_context(ProgressKeeper(progress))

    def tell(status: Status | None) -> None:
        latest[0] = status
        if status is not None:
            keeper.note(status)
            show_on_phone(status)
        watch(status)

    return tell


def _progress(request: Request, file: Path, resumed: Progress | None) -> Progress:
    """Return what makes this session again, and tell when its routine is not the one that was interrupted."""
    import msgspec

    from voiceguide.player.progress import Progress, fingerprint

    content = fingerprint(file.read_bytes())
    if resumed and resumed.content != content:
        _log.warning("the routine has changed since: the session goes on at the step most like the last")
    return Progress(routine=request.routine, content=content, options=msgspec.to_builtins(request))


def _go_on(resumed: Progress, made: Schedule, commands: Commands) -> None:
    from voiceguide.player.commands import Command, Verb
    from voiceguide.player.progress import nearest_step

    titles = [chapter.title for chapter in made.timeline.chapters[1:-1]]
    if resumed.step and titles:
        commands.put(Command(Verb.JUMP, nearest_step(resumed, titles) + 1))


def _prepared(request: Request, routine: Routine, clips: Clips, stage: Stage, first: Future[Session]) -> Schedule:
    """Schedule a session, and let its first words be heard before the last ones are spoken."""
    from voiceguide.player.stage import Session, beginning

    with suppress(BudgetError):
        estimated, _ = beginning(scheduled(request, routine))
        said = [cue.name for cue in estimated.cues if cue.role is Role.SPEECH]
        clips.prepare(said)
        made = scheduled(request, routine, lambda text: clips.length_ms(text) if text in said else estimated_ms(text))
        timeline, known_ms = beginning(made)
        first.set_result(Session(mix=stage.mix(timeline), known_ms=known_ms))
    return rehearsed(request, routine, clips, None)
