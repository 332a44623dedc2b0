import random
from collections.abc import Iterable
from dataclasses import replace
from queue import SimpleQueue

import numpy as np
import pytest
from live_parts import (
    BED,
    GONE,
    SESSION,
    Arriving,
    Fragile,
    Kept,
    Performance,
    ToneBank,
    exported,
    mix_of,
    plugged,
    settled,
    stage_of,
)
from strategies import measure

from voiceguide.audio.bed import Loop, Silence
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block
from voiceguide.errors import SpeechError, VoiceguideError
from voiceguide.player.commands import Command, Commands, Verb
from voiceguide.player.live import BLOCK_FRAMES, Live, perform
from voiceguide.player.stage import Session, beginning
from voiceguide.player.status import Status
from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule, schedule
from voiceguide.scheduler.timeline import Cue, Role, Timeline
from voiceguide.units import FRAMES_PER_MS, frames

TERMS = Terms(Options(), phrases("en"), measure)
BLOCK_MS = BLOCK_FRAMES // FRAMES_PER_MS


def block_at(moment_ms: int) -> int:
    """Return the number of the block that is heard then, while nothing waits for a device."""
    return moment_ms // BLOCK_MS


def play(asks: dict[int, Verb], *, bed=BED, ready_after_ms: int = 0, error: VoiceguideError | None = None):
    """Perform the session; `asks` are commands by the millisecond of the performance."""
    prepared = Arriving(ready_after_ms, error or Session(mix=mix_of(SESSION, bed)))
    done = Performance(as_commands(asks), prepared, bed=bed)
    return done.sound, done.seen


def as_commands(asks: dict[int, Verb]) -> dict[int, Iterable[Command]]:
    return {ms: [Command(verb)] for ms, verb in asks.items()}


def play_made(made: Schedule, asks: dict[int, Iterable[Verb]], **stage) -> Performance:
    """Perform a session that can be fitted again."""
    session = Session(mix=mix_of(made.timeline), made=made)
    commands = {ms: [Command(verb) for verb in verbs] for ms, verbs in asks.items()}
    return Performance(commands, settled(session), terms=TERMS, **stage)


def routine_of(*steps: Step) -> Routine:
    return Routine(format=1, title="A routine", sections=(Section(title="All", steps=steps),))


def timed(title: str, least_s: int, most_s: int, **others) -> Step:
    return Step(title=title, say=f"{title}.", time=Duration(least_s * 1_000, most_s * 1_000), **others)


MADE = schedule(
    routine_of(timed("Glide", 30, 60), timed("Knead", 15, 60), timed("Rest", 15, 60)),
    Terms(Options(budget_ms=95_000), phrases("en"), measure),
)


def steepest(block: Block) -> int:
    return int(np.abs(np.diff(block.astype(np.int32), axis=0)).max())


UNTOUCHED, _ = play({})


def test_left_alone_a_live_session_sounds_as_its_export():
    planned = exported(SESSION)

    assert len(UNTOUCHED) == len(planned)
    assert np.abs(UNTOUCHED.astype(int) - planned).max() <= 1


CUTS: dict[str, dict[int, Verb]] = {
    "next in a sentence": {6_000: Verb.NEXT},
    "next in a chime": {5_100: Verb.NEXT},
    "next in a fade": {5_300: Verb.NEXT, 5_320: Verb.NEXT},
    "previous in a sentence": {17_000: Verb.PREVIOUS},
    "repeat in a sentence": {6_500: Verb.REPEAT},
    "hold and go on": {6_000: Verb.TOGGLE, 9_000: Verb.TOGGLE},
    "hold and go on at once": {6_000: Verb.HOLD, 6_040: Verb.RESUME},
    "pause and go on": {6_000: Verb.PAUSE, 9_000: Verb.RESUME},
    "pause and go on at once": {6_000: Verb.PAUSE, 6_300: Verb.TOGGLE},
    "next in a pause": {6_000: Verb.PAUSE, 9_000: Verb.NEXT},
    "mute in a sentence": {6_000: Verb.MUTE, 8_000: Verb.MUTE},
    "mute and back at once": {6_000: Verb.MUTE, 6_060: Verb.MUTE},
    "a quieter voice": {6_000: Verb.VOICE_DOWN, 6_100: Verb.VOICE_DOWN, 7_000: Verb.VOICE_UP},
    "a louder voice": {6_000: Verb.VOICE_UP, 12_000: Verb.VOICE_UP},
    "other music": {4_000: Verb.MUSIC_UP, 6_000: Verb.MUSIC_DOWN, 6_020: Verb.MUSIC_DOWN},
    "where in a sentence": {6_000: Verb.WHERE},
    "next in an aside": {6_000: Verb.WHERE, 7_000: Verb.NEXT},
    "where, hold, where": {6_000: Verb.WHERE, 7_000: Verb.HOLD, 7_300: Verb.WHERE, 15_000: Verb.RESUME},
    "stop": {6_500: Verb.STOP},
    "stop twice": {6_500: Verb.STOP, 8_000: Verb.STOP},
}


@pytest.mark.parametrize("asks", CUTS.values(), ids=CUTS.keys())
def test_no_command_makes_a_click(asks):
    sound, _ = play({**asks, 20_000: Verb.STOP, 20_040: Verb.STOP})

    # Two tones may overlap for the 80 ms of a cut; a click of the tone itself would be ten times steeper.
    assert steepest(sound) < 2 * steepest(UNTOUCHED)


def test_a_click_would_be_found():
    clicked = UNTOUCHED.copy()
    peak = frames(6_000) + int(np.abs(clicked[frames(6_000) : frames(7_000), 0].astype(int)).argmax())
    clicked[peak:] //= -2

    assert steepest(clicked) > 2 * steepest(UNTOUCHED)


RAMP = Loop((np.arange(frames(60_000)) % 30_000).astype(np.int16)[:, None].repeat(2, 1) // 30)


def test_a_command_never_moves_the_music():
    asks = {6_000: Verb.NEXT, 9_500: Verb.PREVIOUS, 10_500: Verb.TOGGLE, 14_000: Verb.TOGGLE}
    sound, _ = play(asks, bed=RAMP)

    quiet = slice(frames(13_000), frames(13_500))
    assert np.array_equal(sound[quiet], RAMP.read(quiet.start, quiet.stop))


STILL = Loop(np.full((48_000, 2), 8_000, np.int16))


@pytest.mark.parametrize(
    "asks",
    [
        {500: Verb.REPEAT},
        {1_000: Verb.PREVIOUS},
        {300: Verb.HOLD, 900: Verb.RESUME},
        {1_200: Verb.PAUSE, 1_400: Verb.RESUME},
    ],
)
def test_while_the_music_comes_in_no_command_makes_it_leap(asks):
    sound, _ = play(asks, bed=STILL)

    # It comes in within 1.5 s, and after a jump within 0.4: by no more than 32 a frame.
    assert steepest(sound[: frames(2_000)]) < 50


def test_a_device_that_goes_while_the_music_comes_in_makes_it_leap_no_more_than_that():
    first, second = Fragile(block_at(1_400)), Fragile(block_at(200_000))

    live = Live(stage_of(STILL), settled(Session(mix=mix_of(SESSION, STILL))), SimpleQueue(), lambda _: None)
    perform(live, plugged(first, second))

    assert steepest(second.frames[: frames(1_900)]) < 50


@pytest.mark.parametrize("asks", [{3_000: Verb.REPEAT}, {6_000: Verb.PREVIOUS}])
def test_who_goes_back_to_the_beginning_finds_the_music_playing(asks):
    sound, _ = play(asks, bed=RAMP)

    (back_ms,) = asks
    # After what was cut, and before the first bell.
    quiet = slice(frames(back_ms + 450), frames(back_ms + 1_900))
    assert np.array_equal(sound[quiet], RAMP.read(quiet.start, quiet.stop))


def test_through_a_pause_all_is_silent_and_the_music_goes_on_where_it_was():
    sound, seen = play({6_000: Verb.PAUSE, 9_000: Verb.RESUME}, bed=RAMP)

    assert not sound[frames(6_700) : frames(9_000)].any()
    assert {status.paused for status in seen[block_at(6_100) : block_at(8_900)]} == {True}
    quiet = slice(frames(17_000), frames(17_500))
    lost = frames(9_000 - 6_600)
    assert np.array_equal(sound[quiet], RAMP.read(quiet.start - lost, quiet.stop - lost))


def test_mute_silences_all_and_the_session_goes_on():
    sound, seen = play({6_000: Verb.MUTE, 20_000: Verb.MUTE})

    assert not sound[frames(6_300) : frames(20_000)].any()
    assert len(sound) == len(UNTOUCHED)
    assert np.array_equal(sound[frames(20_300) :], UNTOUCHED[frames(20_300) :])
    assert seen[block_at(10_000)].muted


def test_louder_music_stays_as_far_under_the_words():
    sound, _ = play({3_000: Verb.MUSIC_UP})
    softer, _ = play({3_000: Verb.VOICE_UP})

    under_words, idle = slice(frames(7_000), frames(8_000)), slice(frames(13_000), frames(14_000))
    assert np.array_equal(sound[under_words], UNTOUCHED[under_words])
    assert loudness_db(sound[idle]) - loudness_db(UNTOUCHED[idle]) == pytest.approx(2.0, abs=0.05)
    assert loudness_db(softer[idle]) - loudness_db(UNTOUCHED[idle]) == pytest.approx(-2.0, abs=0.05)


def test_a_quieter_voice_is_quieter():
    sound, _ = play({3_000: Verb.VOICE_DOWN}, bed=Silence())
    before, _ = play({}, bed=Silence())

    words = slice(frames(8_500), frames(9_000))
    assert loudness_db(sound[words]) - loudness_db(before[words]) == pytest.approx(-2.0, abs=0.05)


def loudness_db(sound: Block) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound.astype(float))))))


def test_where_am_i_is_said_over_soft_music_and_the_sentence_that_it_cuts_again():
    sound, seen = play({7_000: Verb.WHERE})

    said_ms = measure("5000.") + 800 + measure("One minute left.")
    # From its start again: what was heard of the sentence, the music's way down, and what was said.
    longer_ms = 7_000 - 5_600 + 400 + said_ms
    assert abs(len(sound) - len(UNTOUCHED) - frames(longer_ms)) <= 3 * BLOCK_FRAMES
    assert {status.position_ms for status in seen[block_at(7_200) : block_at(8_000)]} == {5_600}
    assert not any(status.held for status in seen)
    tone = np.abs(np.fft.rfft(sound[frames(7_600) : frames(7_800), 0].astype(float)))
    hz = np.fft.rfftfreq(frames(200), 1 / 48_000)
    assert hz[tone.argmax()] == pytest.approx(330, abs=5)
    assert tone[hz == 110] < 0.1 * tone.max()
    assert tone[hz == 220] < 0.01 * tone.max()


def test_the_session_waits_for_its_speech_while_the_music_plays():
    sound, seen = play({}, ready_after_ms=6_000)

    assert len(sound) == frames(40_000 + 4_000)
    assert seen[0] is None
    assert sound[frames(3_000) : frames(4_000)].any()
    bell = np.abs(sound[frames(5_900) : frames(6_500)].astype(int)).max(axis=1)
    assert bell[: frames(80)].max() < 3_000 < bell[frames(200) :].max()


def test_a_jump_that_is_asked_for_early_is_done_when_the_session_is_there():
    prepared = Arriving(1_000, Session(mix=mix_of(SESSION)))

    done = Performance({100: [Command(Verb.JUMP, 2)]}, prepared)

    known = [status for status in done.seen if status]
    assert (known[0].step, known[0].position_ms) == (2, 15_000 + BLOCK_MS)


def test_what_is_pressed_before_the_first_words_is_done_with_them():
    timeline, known_ms = beginning(MADE)
    first = Arriving(4_000, Session(mix=mix_of(timeline), known_ms=known_ms))
    whole = Arriving(15_000, Session(mix=mix_of(MADE.timeline), made=MADE))

    done = Performance({500: [Command(Verb.NEXT)]}, whole, first=first, terms=TERMS)

    begun = next(status for status in done.seen if status)
    assert (begun.step, begun.position_ms) == (1, MADE.timeline.chapters[1].start_ms + BLOCK_MS)
    # And not a second time, when the whole is there.
    assert done.seen[block_at(16_000)].step == 1


@pytest.mark.parametrize(
    ("asked", "step", "held"),
    [
        ([Command(Verb.JUMP, 1), Command(Verb.NEXT)], 2, False),
        ([Command(Verb.NEXT), Command(Verb.TOGGLE)], 1, True),
        ([Command(Verb.TOGGLE), Command(Verb.NEXT)], 1, False),
        ([Command(Verb.NEXT), Command(Verb.PAUSE), Command(Verb.TOGGLE)], 1, False),
    ],
)
def test_what_is_pressed_early_is_done_in_its_order(asked, step, held):
    timeline, known_ms = beginning(MADE)
    first = Arriving(4_000, Session(mix=mix_of(timeline), known_ms=known_ms))
    whole = Arriving(5_000, Session(mix=mix_of(MADE.timeline), made=MADE))

    over = {8_000: [Command(Verb.STOP), Command(Verb.STOP)]}
    done = Performance({500: asked, **over}, whole, first=first, terms=TERMS)

    status = done.seen[block_at(5_300)]
    assert (status.step, status.held) == (step, held)


def test_a_minute_that_is_asked_for_early_counts_for_the_step_that_is_resumed():
    prepared = Arriving(3_000, Session(mix=mix_of(MADE.timeline), made=MADE, begins_with=2))

    done = Performance({500: [Command(Verb.LONGER)]}, prepared, terms=TERMS)

    knead = MADE.plan.steps[1]
    assert max(s.position_ms - s.step_start_ms for s in done.seen if s and s.title == "Knead") == pytest.approx(
        knead.length_ms + 60_000, abs=BLOCK_MS
    )


def test_a_session_that_is_resumed_begins_with_its_step_and_a_hold_lasts():
    prepared = Arriving(3_000, Session(mix=mix_of(SESSION), begins_with=2))

    done = Performance(as_commands({500: Verb.TOGGLE, 9_000: Verb.TOGGLE}), prepared)

    known = [status for status in done.seen if status]
    assert (known[0].step, known[0].position_ms, known[0].held) == (2, 15_000, True)
    assert done.seen[block_at(8_500)].position_ms == 15_000
    assert known[-1].left_ms == 0


def test_speech_that_cannot_be_made_ends_the_session_with_its_reason():
    with pytest.raises(SpeechError, match="hoarse"):
        play({}, ready_after_ms=1_000, error=SpeechError("hoarse", hint="tea"))


def test_an_aside_that_cannot_be_spoken_changes_nothing():
    def say(_text: str) -> np.ndarray:
        raise SpeechError("hoarse", hint="tea")

    done = Performance(as_commands({7_000: Verb.WHERE}), settled(Session(mix=mix_of(SESSION))), say=say)

    assert np.array_equal(done.sound, UNTOUCHED)


def test_stop_before_the_speech_is_there_fades_and_ends():
    sound, _ = play({1_500: Verb.STOP}, ready_after_ms=9_000)

    assert len(sound) < frames(3_000)
    assert not sound[-100:].any()


def test_a_stop_goes_to_the_closing_and_a_second_one_ends_quickly():
    once, seen = play({6_000: Verb.STOP}, bed=Silence())
    twice, _ = play({6_000: Verb.STOP, 7_000: Verb.STOP}, bed=Silence())

    assert seen[-1] is not None
    assert seen[-1].left_ms == 0
    assert abs(len(once) - frames(6_000 + 15_000)) <= BLOCK_FRAMES
    assert len(twice) < frames(8_500)
    assert not twice[-100:].any()


def test_a_stop_ends_with_the_bell_even_where_music_was_to_play_on():
    stretched = Terms(Options(budget_ms=250_000, stretch=True), phrases("en"), measure)
    made = schedule(MADE.plan.routine, stretched)
    closing_ms = made.plan.length_ms - made.plan.quiet_ms - made.plan.closing_ms

    done = play_made(made, {15_000: [Verb.STOP]})

    assert made.plan.quiet_ms > 15_000
    assert len(done.sound) == pytest.approx(frames(15_000 + closing_ms), abs=BLOCK_FRAMES)
    assert steepest(done.sound) < 2 * steepest(exported(made.timeline))
    end = done.sound[-frames(6_000) :].reshape(12, -1)
    loudness = [float(np.abs(part.astype(int)).max()) for part in end]
    assert loudness == sorted(loudness, reverse=True)


def test_a_stop_that_is_taken_back_leaves_all_as_it_was():
    made = schedule(MADE.plan.routine, Terms(Options(budget_ms=250_000, stretch=True), phrases("en"), measure))

    done = play_made(made, {15_000: [Verb.STOP], 18_000: [Verb.PREVIOUS]})

    glide = made.plan.steps[0]
    assert len(done.sound) == pytest.approx(frames(18_000 + made.plan.length_ms - glide.start_ms), abs=BLOCK_FRAMES)


def test_ctrl_c_fades_quickly_and_is_passed_on():
    def interrupt(status: Status | None) -> None:
        if status and status.position_ms > 6_000:
            raise KeyboardInterrupt

    output = Kept()
    live = Live(stage_of(), settled(Session(mix=mix_of(SESSION))), SimpleQueue(), interrupt)
    with pytest.raises(KeyboardInterrupt):
        perform(live, plugged(output))

    sound = output.frames
    assert not sound[-100:].any()
    assert steepest(sound) < 2 * steepest(UNTOUCHED)


# A minute longer, and the end that was promised


def test_a_minute_longer_is_a_minute_longer_however_often_it_is_asked_for():
    now = [Verb.STOP, Verb.STOP]
    once = play_made(MADE, {8_000: [Verb.LONGER]})
    thrice = play_made(MADE, {8_000: [Verb.LONGER, Verb.LONGER], 8_040: [Verb.LONGER], 9_000: now})
    undone = play_made(MADE, {8_000: [Verb.LONGER], 9_000: [Verb.SHORTER], 10_000: now})

    planned_ms = MADE.plan.length_ms
    assert len(once.sound) == frames(planned_ms + 60_000)
    assert [each.seen[-1].length_ms for each in (thrice, undone)] == [planned_ms + 180_000, planned_ms]


def test_when_a_step_gets_longer_nothing_clicks_and_what_was_begun_is_said_to_its_end():
    glide = MADE.timeline.chapters[1]
    done = play_made(MADE, {glide.start_ms + 700: [Verb.LONGER], glide.end_ms: [Verb.STOP, Verb.STOP]})

    alone = exported(MADE.timeline)
    assert steepest(done.sound) < 2 * steepest(alone)
    same = frames(glide.end_ms - 12_000)
    assert np.abs(done.sound[:same].astype(int) - alone[:same]).max() <= 1


@pytest.mark.parametrize(
    "asks",
    [
        {15_000: [Verb.HOLD], 25_000: [Verb.RESUME]},
        {15_000: [Verb.PAUSE], 25_000: [Verb.RESUME]},
        {12_000: [Verb.REPEAT]},
        {15_000: [Verb.NEXT]},
        {15_000: [Verb.LONGER, Verb.SHORTER], 16_000: [Verb.WHERE]},
    ],
)
def test_with_a_promise_the_session_ends_when_it_was_to(asks):
    done = play_made(MADE, asks, keep_end=True)

    assert len(done.sound) == pytest.approx(frames(MADE.plan.length_ms), abs=frames(1_100))
    assert done.seen[-1].news is None


def test_a_promise_holds_through_an_interruption():
    session = Session(mix=mix_of(MADE.timeline), made=MADE, begins_with=2)
    ends_at_s = (MADE.plan.length_ms - MADE.timeline.chapters[2].start_ms) / 1_000 + 10

    done = Performance({}, settled(session), terms=TERMS, keep_end=True, ends_at_s=ends_at_s)

    assert len(done.sound) == pytest.approx(frames(round(ends_at_s * 1_000)), abs=frames(1_100))
    assert done.seen[-1].ends_at_s == ends_at_s


def test_an_end_is_promised_with_the_first_words():
    timeline, known_ms = beginning(MADE)
    first = settled(Session(mix=mix_of(timeline), known_ms=known_ms))
    whole = Arriving(10_000, Session(mix=mix_of(MADE.timeline), made=MADE))

    done = Performance({}, whole, first=first, terms=TERMS, keep_end=True)

    assert {status.ends_at_s for status in done.seen} == {MADE.plan.length_ms / 1_000}


def test_without_a_promise_a_hold_moves_the_end():
    done = play_made(MADE, {15_000: [Verb.HOLD], 25_000: [Verb.RESUME]})

    assert len(done.sound) == frames(MADE.plan.length_ms + 10_000)


def test_what_no_longer_fits_is_said_and_told():
    made = schedule(
        routine_of(timed("Glide", 30, 60), timed("Knead", 60, 60, optional=True), timed("Rest", 20, 60)), TERMS
    )
    said: list[str] = []

    def say(text: str) -> np.ndarray:
        said.append(text)
        return np.zeros(frames(500), np.float32)

    done = play_made(made, {15_000: [Verb.HOLD], 75_000: [Verb.RESUME]}, keep_end=True, say=say)

    assert said == ["No time is left for: Knead."]
    assert done.seen[-1].news == "No time is left for: Knead."
    assert done.seen[-1].steps == ("Glide", "Rest")
    assert len(done.sound) == pytest.approx(frames(made.plan.length_ms), abs=frames(1_100))


def test_an_end_that_cannot_be_kept_is_told_once_in_minutes_and_given_up():
    said: list[str] = []
    mixed: list[Timeline] = []

    def say(text: str) -> np.ndarray:
        said.append(text)
        return np.zeros(frames(500), np.float32)

    def mix(timeline: Timeline) -> Mix:
        mixed.append(timeline)
        return mix_of(timeline)

    holds = {15_000: [Verb.HOLD], 150_000: [Verb.RESUME], 160_000: [Verb.HOLD], 164_000: [Verb.RESUME]}
    done = play_made(MADE, holds, keep_end=True, say=say, mix=mix)

    late_ms = len(done.sound) // 48 - MADE.plan.length_ms
    assert said == [f"We will end {round(late_ms / 60_000)} minutes later."]
    assert len(mixed) <= 5


def test_new_words_that_cannot_be_spoken_leave_the_session_as_it_was():
    def hoarse(_text: str) -> int:
        raise SpeechError("hoarse", hint="tea")

    session = Session(mix=mix_of(MADE.timeline), made=MADE)
    done = Performance(
        as_commands({8_000: Verb.LONGER}), settled(session), terms=Terms(Options(), phrases("en"), hoarse)
    )

    assert len(done.sound) == frames(MADE.plan.length_ms)


@pytest.mark.parametrize("more_ms", [0, 1, BLOCK_MS // 2])
def test_where_a_step_waits_for_a_key_the_bell_of_the_next_is_not_heard_before(more_ms):
    first, second, *others = SESSION.chapters
    end_ms = second.end_ms + more_ms
    chapters = (first, replace(second, end_ms=end_ms, waits=True), replace(others[0], start_ms=end_ms), *others[1:])
    bell = next(cue for cue in SESSION.cues if cue.at_ms == second.end_ms)
    cues = tuple(replace(cue, at_ms=end_ms) if cue is bell else cue for cue in SESSION.cues)
    mix = mix_of(replace(SESSION, chapters=chapters, cues=cues), Silence())

    done = Performance(as_commands({20_000: Verb.NEXT, 23_000: Verb.STOP}), settled(Session(mix=mix)), bed=Silence())

    assert not done.sound[frames(10_000) : frames(20_000)].any()
    assert done.sound[frames(20_000) : frames(21_000)].any()


# The first words, before the last are spoken


def test_the_first_words_do_not_wait_for_the_last():
    other = schedule(
        MADE.plan.routine, Terms(Options(budget_ms=100_000), phrases("en"), lambda text: 2 * measure(text))
    )
    timeline, known_ms = beginning(other)
    assert [cue.name for cue in timeline.cues if cue.role is Role.SPEECH] == ["A routine.", "Take your time.", "Glide."]
    # What comes later turns out to be a little longer than was thought.
    slower = Terms(Options(budget_ms=100_000), phrases("en"), lambda text: 2 * measure(text) + (text == "Knead."))
    made = schedule(MADE.plan.routine, slower)
    whole = Arriving(20_000, Session(mix=mix_of(made.timeline), made=made))

    done = Performance({}, whole, first=settled(Session(mix=mix_of(timeline), known_ms=known_ms)), terms=TERMS)

    assert known_ms == timeline.chapters[1].start_ms + 20_000
    assert np.abs(done.sound.astype(int) - exported(made.timeline)).max() <= 1


@pytest.mark.parametrize("more_ms", [0, 1, BLOCK_MS - 1])
def test_where_the_first_words_end_the_session_waits_for_the_whole(more_ms):
    timeline, known_ms = beginning(MADE)
    known_ms += more_ms
    whole = Arriving(known_ms + 5_000, Session(mix=mix_of(MADE.timeline), made=MADE))

    first = settled(Session(mix=mix_of(timeline), known_ms=known_ms))
    done = Performance({}, whole, first=first, terms=TERMS)

    assert len(done.sound) == pytest.approx(frames(MADE.plan.length_ms + 5_000), abs=BLOCK_FRAMES)
    assert steepest(done.sound) < 2 * steepest(exported(MADE.timeline))


@pytest.mark.parametrize("more_ms", [0, 1, BLOCK_MS // 2])
def test_where_the_steps_turn_out_to_be_others_the_words_are_said_to_their_end_and_the_session_goes_on(more_ms):
    terms = Terms(Options(), phrases("en"), lambda text: measure(text) + more_ms)
    count = Step(title="Press", say="Press.", repeat=Count(3, 4), each=Duration(10_000, 10_000))
    thought = schedule(routine_of(count, timed("Rest", 15, 60)), terms)
    made = schedule(routine_of(timed("Glide", 30, 60), timed("Rest", 15, 60)), terms)
    timeline, known_ms = beginning(thought)
    whole = Arriving(known_ms + 5_000, Session(mix=mix_of(made.timeline), made=made))

    done = Performance(
        {known_ms + 60_000: [Command(Verb.STOP), Command(Verb.STOP)]},
        whole,
        first=settled(Session(mix=mix_of(timeline), known_ms=known_ms)),
        terms=TERMS,
    )

    assert done.seen[block_at(known_ms + 6_000)].title == "Glide"


def test_a_step_further_than_the_first_words_begins_when_the_whole_is_there():
    timeline, known_ms = beginning(MADE)
    whole = Arriving(8_000, Session(mix=mix_of(MADE.timeline), made=MADE))

    first = settled(Session(mix=mix_of(timeline), known_ms=known_ms))
    done = Performance({3_000: [Command(Verb.NEXT), Command(Verb.NEXT)]}, whole, first=first, terms=TERMS)

    assert done.seen[block_at(9_000)].title == "Knead"
    # It begins with the block after the one in which it was settled.
    begun_ms = 8_000 - BLOCK_MS
    assert done.seen[block_at(8_400)].position_ms == MADE.timeline.chapters[2].start_ms + 8_400 - begun_ms


# Without a device


def test_a_session_waits_for_its_device_and_goes_on_from_the_instruction():
    first, second = Fragile(block_at(8_000)), Fragile(block_at(200_000))
    told: list[Status] = []
    live = Live(stage_of(), settled(Session(mix=mix_of(SESSION))), SimpleQueue(), told.append)

    perform(live, plugged(first, GONE, second))

    lost = [status.device_lost for status in told]
    assert {status.position_ms for status in told if status.device_lost} == {8_000 + BLOCK_MS}
    assert 0 < sum(lost) < 40
    assert told[lost.index(True) + sum(lost)].position_ms == 5_000
    assert len(first.frames) == frames(8_000)
    assert len(second.frames) == frames(40_000 - 5_000)
    chime_alone = second.frames.astype(int)[frames(450) : frames(500)] - BED.read(
        frames(450 + 8_000 + BLOCK_MS), frames(500 + 8_000 + BLOCK_MS)
    )
    planned = exported(SESSION).astype(int)[frames(5_450) : frames(5_500)] - BED.read(frames(5_450), frames(5_500))
    assert (chime_alone * planned).sum() / np.square(planned).sum() == pytest.approx(1, abs=0.1)


def test_without_a_device_commands_are_obeyed_and_stop_ends():
    commands: Commands = SimpleQueue()
    told: list[Status] = []

    def watch(status: Status | None) -> None:
        if status and status.device_lost:
            told.append(status)
            if len(told) in (2, 5):
                commands.put(Command(Verb.NEXT if len(told) == 2 else Verb.STOP))

    live = Live(stage_of(), settled(Session(mix=mix_of(SESSION))), commands, watch)
    perform(live, plugged(Fragile(100), *[GONE] * 100))

    assert [status.step for status in told] == [0, 0, 1, 1, 1]


# Anything in any order


def test_ten_thousand_commands_never_make_two_sentences_be_heard_at_once_and_the_end_is_reached():
    chance = random.Random(6)
    verbs = [verb for verb in Verb if verb is not Verb.STOP]
    asks: dict[int, list[Command]] = {}
    now_ms = 0
    for _ in range(10_000):
        now_ms += BLOCK_MS * chance.choice((0, 0, 0, 0, 0, 0, 1, 7))
        asks.setdefault(now_ms, []).append(Command(chance.choice(verbs), chance.randint(1, 4)))
    asks[now_ms + BLOCK_MS] = [Command(Verb.STOP)]

    class Steady(ToneBank):
        """Speech of one level; chimes that nobody hears."""

        def samples(self, cue: Cue) -> np.ndarray:
            return np.full(self.frames(cue), 0.1 if cue.role is Role.SPEECH else 0.0, np.float32)

    done = Performance(
        asks,
        settled(Session(mix=Mix(MADE.timeline, Steady(), Silence(), Levels()), made=MADE)),
        bed=Silence(),
        mix=lambda timeline: Mix(timeline, Steady(), Silence(), Levels()),
        say=lambda text: np.full(frames(measure(text)), 0.1, np.float32),
    )

    levels = np.abs(done.sound[: len(done.seen) * BLOCK_FRAMES, 0].astype(int)).reshape(-1, BLOCK_FRAMES).max(axis=1)
    asked = np.zeros(len(levels), bool)
    asked[[ms // BLOCK_MS for ms in asks if ms < BLOCK_MS * len(levels)]] = True
    # What a command cuts fades over 80 ms, while the next may begin.
    calm = ~np.convolve(asked, np.ones(1 + 80 // BLOCK_MS, bool))[: len(levels)].astype(bool)
    one_voice = round(0.1 * 0.5**0.5 * 32_768)
    assert levels[calm].max() == pytest.approx(one_voice, abs=1)
    assert sum(calm) > 500
    assert done.seen[-1].left_ms == 0
