from collections.abc import Callable
from concurrent.futures import Future
from itertools import pairwise
from queue import SimpleQueue

import numpy as np
import pytest

from voiceguide.audio.bed import Loop, Silence
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block
from voiceguide.errors import SpeechError
from voiceguide.outputs.memory import MemoryOutput
from voiceguide.player.live import BLOCK_FRAMES, Live, perform
from voiceguide.player.transport import Command, Transport
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import frames

AT = np.arange(frames(30_000))
BED = Loop((1_000 * np.sin(2 * np.pi * 110 * np.arange(48_000) / 48_000)).astype(np.int16)[:, None].repeat(2, 1))


class ToneBank:
    """Speech that is a steady tone, so that every cut would be heard; chimes that ring for 3 s."""

    def frames(self, cue: Cue) -> int:
        return frames(cue.length_ms or 3_000)

    def samples(self, cue: Cue) -> np.ndarray:
        hz = 220 if cue.role is Role.SPEECH else 440
        return (0.3 * np.sin(2 * np.pi * hz * AT[: self.frames(cue)] / 48_000)).astype(np.float32)


class Kept(MemoryOutput):
    """Keeps what was heard even when the session is broken off, as the ears of the people do."""

    def abort(self) -> None:
        self.close()


def speech(at_ms: int, length_ms: int) -> Cue:
    return Cue(at_ms=at_ms, length_ms=length_ms, role=Role.SPEECH, name="words")


def chime(at_ms: int) -> Cue:
    return Cue(at_ms=at_ms, length_ms=0, role=Role.CHIME, name="change")


def chapters(*starts: int) -> tuple[Chapter, ...]:
    return tuple(Chapter(start_ms=a, end_ms=b, title=str(a)) for a, b in pairwise(starts))


SESSION = Timeline(
    length_ms=40_000,
    cues=(chime(2_000), chime(5_000), speech(5_600, 4_000), chime(15_000), speech(15_600, 4_000), chime(25_000)),
    chapters=chapters(0, 5_000, 15_000, 25_000, 40_000),
)
EMPTY = Timeline(length_ms=LONGEST_MS, cues=(), chapters=chapters(0, LONGEST_MS))


def play(
    asks: dict[int, Command], *, bed=BED, ready_after_ms: int = 0, error: Exception | None = None
) -> tuple[np.ndarray, list[Transport | None]]:
    """Perform the session; `asks` are commands by the millisecond of the performance."""
    commands: SimpleQueue[Command] = SimpleQueue()
    prepared: Future[Mix] = Future()
    seen: list[Transport | None] = []

    def watch(transport: Transport | None) -> None:
        seen.append(transport)
        now_ms = len(seen) * BLOCK_FRAMES // 48
        if now_ms >= ready_after_ms and not prepared.done():
            settle(prepared, bed, error)
        for ms in [ms for ms in asks if ms <= now_ms]:
            commands.put(asks.pop(ms))

    if not ready_after_ms:
        settle(prepared, bed, error)
    output = MemoryOutput()
    output.open()
    perform(Live(Mix(EMPTY, ToneBank(), bed, Levels()), prepared, bed, commands, watch), output)
    return output.frames, seen


def settle(prepared: Future[Mix], bed, error: Exception | None) -> None:
    if error:
        prepared.set_exception(error)
    else:
        prepared.set_result(Mix(SESSION, ToneBank(), bed, Levels()))


def steepest(block: Block) -> int:
    return int(np.abs(np.diff(block.astype(np.int32), axis=0)).max())


UNTOUCHED, _ = play({})


def test_left_alone_a_live_session_sounds_as_its_export():
    exported = np.concatenate(list(Mix(SESSION, ToneBank(), BED, Levels()).blocks()))

    assert len(UNTOUCHED) == len(exported)
    assert np.abs(UNTOUCHED.astype(int) - exported).max() <= 1


CUTS: dict[str, Callable[[], dict[int, Command]]] = {
    "next in a sentence": lambda: {6_000: Command.NEXT},
    "next in a chime": lambda: {5_100: Command.NEXT},
    "next in a fade": lambda: {5_300: Command.NEXT, 5_320: Command.NEXT},
    "previous in a sentence": lambda: {17_000: Command.PREVIOUS},
    "hold and go on": lambda: {6_000: Command.HOLD, 9_000: Command.HOLD},
    "hold and go on at once": lambda: {6_000: Command.HOLD, 6_040: Command.HOLD},
    "stop": lambda: {6_500: Command.STOP},
    "stop twice": lambda: {6_500: Command.STOP, 8_000: Command.STOP},
}


@pytest.mark.parametrize("asks", CUTS.values(), ids=CUTS.keys())
def test_no_command_makes_a_click(asks):
    sound, _ = play(asks())

    # Two tones may overlap for the 80 ms of a cut; a click of the tone itself would be ten times steeper.
    assert steepest(sound) < 2 * steepest(UNTOUCHED)


def test_a_click_would_be_found():
    clicked = UNTOUCHED.copy()
    peak = frames(6_000) + int(np.abs(clicked[frames(6_000) : frames(7_000), 0].astype(int)).argmax())
    clicked[peak:] //= -2

    assert steepest(clicked) > 2 * steepest(UNTOUCHED)


def test_a_command_never_moves_the_music():
    asks = {6_000: Command.NEXT, 9_500: Command.PREVIOUS, 10_500: Command.HOLD, 14_000: Command.HOLD}
    loop = Loop((np.arange(frames(60_000)) % 30_000).astype(np.int16)[:, None].repeat(2, 1) // 30)
    sound, _ = play(asks, bed=loop)

    quiet = slice(frames(13_000), frames(13_500))
    assert np.array_equal(sound[quiet], loop.read(quiet.start, quiet.stop))


def test_the_session_waits_for_its_speech_while_the_music_plays():
    sound, seen = play({}, ready_after_ms=6_000)

    assert len(sound) == frames(40_000 + 4_000)
    assert seen[0] is None
    assert sound[frames(3_000) : frames(4_000)].any()
    bell = np.abs(sound[frames(5_900) : frames(6_500)].astype(int)).max(axis=1)
    assert bell[: frames(80)].max() < 3_000 < bell[frames(200) :].max()


def test_speech_that_cannot_be_made_ends_the_session_with_its_reason():
    with pytest.raises(SpeechError, match="hoarse"):
        play({}, ready_after_ms=1_000, error=SpeechError("hoarse", hint="tea"))


def test_stop_before_the_speech_is_there_fades_and_ends():
    sound, _ = play({1_500: Command.STOP}, ready_after_ms=9_000)

    assert len(sound) < frames(3_000)
    assert not sound[-100:].any()


def test_a_stop_goes_to_the_closing_and_a_second_one_ends_quickly():
    once, seen = play({6_000: Command.STOP}, bed=Silence())
    twice, _ = play({6_000: Command.STOP, 7_000: Command.STOP}, bed=Silence())

    assert seen[-1] is not None
    assert seen[-1].ended
    assert abs(len(once) - frames(6_000 + 15_000)) <= BLOCK_FRAMES
    assert len(twice) < frames(8_500)
    assert not twice[-100:].any()


def test_ctrl_c_fades_quickly_and_is_passed_on():
    def interrupt(transport: Transport | None) -> None:
        if transport and transport.position_ms > 6_000:
            raise KeyboardInterrupt

    prepared: Future[Mix] = Future()
    settle(prepared, BED, None)
    output = Kept()
    output.open()
    with pytest.raises(KeyboardInterrupt):
        perform(Live(Mix(EMPTY, ToneBank(), BED, Levels()), prepared, BED, SimpleQueue(), interrupt), output)

    sound = output.frames
    assert not sound[-100:].any()
    assert steepest(sound) < 2 * steepest(UNTOUCHED)
