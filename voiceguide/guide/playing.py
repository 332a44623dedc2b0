"""The use case of an evening: a session that plays, is steered, and goes on after whatever happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING

from voiceguide.background import in_background
from voiceguide.errors import BudgetError, OutputError
from voiceguide.guide.phone import PhoneWishes
from voiceguide.guide.request import Request
from voiceguide.guide.resuming import go_on, progress_of
from voiceguide.guide.stage import bed_of, clips_of, mix_of, rehearsed, scheduled, tell_voice
from voiceguide.routine.library import find_routine, load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import estimated_ms
from voiceguide.scheduler.timeline import Role

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.outputs.output import Output
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
        watch: Is told where the session stands, 40 times a second; `None` while the speech is still being made.
        resumed: From `to_resume`: goes on at the step that was interrupted.
        phone: How a phone shows it.

    Raises:
        VoiceguideError: Whatever keeps it from being played.
        KeyboardInterrupt: As it came, after a short fade.
    """
    from voiceguide.guide.file_players import MediaPlayer, PlayAudio, able_to_hand_over
    from voiceguide.guide.handing import Handing
    from voiceguide.outputs.registry import may_come, open_device
    from voiceguide.player.device import Device, let_go
    from voiceguide.player.live import Live, perform
    from voiceguide.player.stage import Session
    from voiceguide.player.steady import steady

    file = find_routine(request.routine)
    routine = load_routine(request.routine)
    with ExitStack() as parts:
        settle = parts.enter_context(steady())
        opening = in_background(lambda: open_device(request.output), "open the sound device")
        parts.callback(opening.add_done_callback, let_go)
        progress = progress_of(request, file, resumed)
        tell = _surrounded(parts, commands, watch, progress, phone or PhoneWishes())
        clips = parts.enter_context(clips_of(request, routine.language, live=True))
        bed = parts.enter_context(closing(bed_of(request)))
        stage = _stage(request, routine, clips, bed)
        # What is resumed does not begin with its first words.
        first: Future[Session] | None = None if resumed else Future()

        def prepare() -> Session:
            if first:
                _speak_first_words(request, routine, clips, stage, first)
            made = rehearsed(request, routine, clips, None)
            tell_voice(request, clips)
            if resumed:
                go_on(resumed, progress, made, commands)
            session = Session(mix=stage.mix(made.timeline), made=made)
            settle()
            return session

        try:
            output: Output | None = opening.result()
        except OutputError as error:
            if not request.output and able_to_hand_over():
                _log.warning("%s: the session is played as a whole, and q just ends it", error.message)
                Handing(prepare().mix, routine.title, commands, tell, clips.aloud).perform(PlayAudio(), MediaPlayer())
                return
            if not may_come(request.output):
                raise
            _log.warning("%s; the session waits for one (%s)", error.message, error.hint)
            output = None
        device = Device(lambda: open_device(request.output), output)
        perform(Live(stage, in_background(prepare, "prepare"), commands, tell, first=first), device)


def _stage(request: Request, routine: Routine, clips: Clips, bed: Bed) -> Stage:
    from voiceguide.player.stage import Stage

    return Stage(
        title=routine.title,
        terms=Terms(request.options, phrases(routine.language), clips.length_ms),
        bed=bed,
        levels=request.levels,
        mix=lambda timeline: mix_of(request, timeline, clips, bed),
        say=clips.samples,
        aloud=clips.aloud,
        keep_end=request.keep_end,
    )


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


def _speak_first_words(request: Request, routine: Routine, clips: Clips, stage: Stage, first: Future[Session]) -> None:
    """Let the first words of a session be heard before the last ones are spoken."""
    from voiceguide.player.stage import Session, beginning

    with suppress(BudgetError):
        estimated, _ = beginning(scheduled(request, routine))
        said = [cue.name for cue in estimated.cues if cue.role is Role.SPEECH]
        clips.prepare(said)
        made = scheduled(request, routine, lambda text: clips.length_ms(text) if text in said else estimated_ms(text))
        timeline, known_ms = beginning(made)
        first.set_result(Session(mix=stage.mix(timeline), known_ms=known_ms))
