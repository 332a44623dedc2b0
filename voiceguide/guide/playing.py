"""The use case of an evening: a session that plays, is steered, and goes on after whatever happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing, suppress
from queue import Empty
from typing import TYPE_CHECKING, Any, Final

from voiceguide.background import in_background
from voiceguide.errors import BudgetError, OutputError
from voiceguide.guide.phone import PhoneWishes
from voiceguide.guide.request import Request
from voiceguide.guide.resuming import chapter_of, progress_of
from voiceguide.guide.stage import bed_of, clips_of, mix_of, rehearsed, scheduled, tell_voice
from voiceguide.precedence import precedence
from voiceguide.routine.library import find_routine, load_routine
from voiceguide.routine.model import Routine
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import estimated_ms
from voiceguide.scheduler.timeline import Role

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.outputs.output import Output
    from voiceguide.player.commands import Command, Commands
    from voiceguide.player.device import Device
    from voiceguide.player.progress import Progress
    from voiceguide.player.stage import Session, Stage
    from voiceguide.player.status import Status
    from voiceguide.speech.clips import Clips

_LOOK_S: Final = 0.01
"""So often it is looked whether what is waited for is there; the first sound waits for the device."""

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
        watch: Is told where the session stands, 25 times a second; `None` while the speech is still being made.
        resumed: From `to_resume`: goes on at the step that was interrupted.
        phone: How a phone shows it.

    Raises:
        VoiceguideError: Whatever keeps it from being played.
        KeyboardInterrupt: As it came, after a short fade.
    """
    from voiceguide.player.live import Live, perform
    from voiceguide.player.stage import Session
    from voiceguide.player.steady import steady

    file = find_routine(request.routine)
    routine = load_routine(request.routine)
    with ExitStack() as parts:
        settle = parts.enter_context(steady())
        progress = progress_of(request, file, resumed)
        tell = _surrounded(parts, commands, watch, progress, phone or PhoneWishes())
        # Not sooner: only now it is known that no other session plays, whose sound server is not to be touched.
        opening = _opening(parts, request.output)
        clips = parts.enter_context(clips_of(request, routine.language, live=True))
        bed = parts.enter_context(closing(bed_of(request)))
        ends_at_s = resumed.ends_at_s if resumed else None
        stage = _stage(request, routine, clips, bed, ends_at_s)
        # What is resumed does not begin with its first words.
        first: Future[Session] | None = None if resumed else Future()

        def prepare() -> Session:
            if first:
                _speak_first_words(request, routine, clips, stage, first)
            made = rehearsed(request, routine, clips, None)
            tell_voice(request, clips)
            begins_with = chapter_of(resumed, progress, made) if resumed else 0
            session = Session(mix=stage.mix(made.timeline), made=made, begins_with=begins_with)
            settle()
            return session

        prepared = in_background(prepare, "prepare")
        if not _waited_for(opening, commands):
            return
        device = _device(opening, request.output)
        if device:
            perform(Live(stage, prepared, commands, tell, first=first), device)
            return
        tell(None)
        if _waited_for(prepared, commands):
            _hand_over(prepared.result(), routine.title, commands, tell, clips)


def _opening(parts: ExitStack, wanted: str | None) -> Future[Output]:
    """Open a sound device beside all else; it is let go with the parts."""
    from voiceguide.outputs.registry import open_device
    from voiceguide.player.device import let_go

    opening = in_background(lambda: open_device(wanted), "open the sound device")
    parts.callback(opening.add_done_callback, let_go)
    return opening


def _waited_for(outcome: Future[Any], commands: Commands) -> bool:
    """Wait until something is done, or has failed; return whether nobody asked for a stop meanwhile."""
    from voiceguide.player.commands import Verb

    early: list[Command] = []
    while not outcome.done() and not any(command.verb is Verb.STOP for command in early):
        with suppress(Empty):
            early.append(commands.get(timeout=_LOOK_S))
    for command in early:
        commands.put(command)
    return outcome.done()


def _device(opening: Future[Output], wanted: str | None) -> Device | None:
    """Return the device to play on, which may come only later; `None` where the session is to be handed over.

    Raises:
        OutputError: There is none, and none will come.
    """
    from voiceguide.guide.file_players import able_to_hand_over
    from voiceguide.outputs.registry import may_come, open_device
    from voiceguide.player.device import Device

    try:
        found: Output | None = opening.result()
    except OutputError as error:
        if not wanted and able_to_hand_over():
            _log.warning("%s: the session is played as a whole, and q just ends it", error.message)
            return None
        if not may_come(wanted):
            raise
        _log.warning("%s; the session waits for one (%s)", error.message, error.hint)
        found = None
    return Device(lambda: open_device(wanted), found)


def _hand_over(
    session: Session, title: str, commands: Commands, tell: Callable[[Status | None], None], clips: Clips
) -> None:
    from voiceguide.guide.file_players import MediaPlayer, PlayAudio
    from voiceguide.guide.handing import Handing

    handing = Handing(session.mix, title, commands, tell, clips.aloud, begins_with=session.begins_with)
    handing.perform(PlayAudio(), MediaPlayer())


def _stage(request: Request, routine: Routine, clips: Clips, bed: Bed, ends_at_s: float | None) -> Stage:
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
        ends_at_s=ends_at_s,
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
    parts.enter_context(precedence())
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
