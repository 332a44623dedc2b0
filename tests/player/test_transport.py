import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.player.commands import Command, Verb
from voiceguide.player.transport import BACK_TO_BEFORE_MS, MUSIC_DB, VOICE_DB, Transport
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import frames

STARTS = [0, 10_000, 40_000, 70_000, 100_000]
TIMELINE = Timeline(
    length_ms=100_000,
    cues=(Cue(at_ms=12_000, length_ms=3_000, role=Role.SPEECH, name="Glide."),),
    chapters=tuple(Chapter(start_ms=start, end_ms=end, title=str(start)) for start, end in itertools.pairwise(STARTS)),
)
FIRST, *OTHERS = TIMELINE.chapters
WAITING = replace(TIMELINE, chapters=(replace(FIRST, waits=True), *OTHERS))

commands = st.sampled_from([*map(Command, set(Verb) - {Verb.JUMP}), *(Command(Verb.JUMP, n) for n in (1, 2, 3, 99))])


def at(ms: int, **state) -> Transport:
    return Transport(timeline=TIMELINE, position=frames(ms), **state)


def after(transport: Transport, *verbs: Verb) -> Transport:
    for verb in verbs:
        transport = transport.apply(Command(verb))
    return transport


@pytest.mark.parametrize(
    ("verb", "from_ms", "to_ms"),
    [
        (Verb.NEXT, 5_000, 10_000),
        (Verb.NEXT, 69_999, 70_000),
        (Verb.NEXT, 80_000, 80_000),
        (Verb.PREVIOUS, 10_000 + BACK_TO_BEFORE_MS, 10_000),
        (Verb.PREVIOUS, 10_000 + BACK_TO_BEFORE_MS - 1, 0),
        (Verb.PREVIOUS, 100, 0),
        (Verb.PREVIOUS, 71_000, 40_000),
        (Verb.PREVIOUS, 80_000, 40_000),
        (Verb.REPEAT, 39_999, 10_000),
        (Verb.REPEAT, 10_000, 10_000),
        (Verb.STOP, 20_000, 70_000),
        (Verb.STOP, 75_000, 75_000),
        (Verb.WHERE, 20_000, 20_000),
        (Verb.LONGER, 20_000, 20_000),
    ],
)
def test_a_command_leads_where_one_expects(verb, from_ms, to_ms):
    assert after(at(from_ms), verb).position == frames(to_ms)


@pytest.mark.parametrize("from_ms", [5_000, 12_000, 60_000])
def test_who_did_not_mean_to_stop_goes_back_to_the_step_where_that_was(from_ms):
    stopped = after(at(from_ms), Verb.STOP).advance(frames(7_000))

    assert after(stopped, Verb.PREVIOUS).chapter == at(from_ms).chapter
    # Keys that lead nowhere change nothing about that.
    assert after(stopped, Verb.REPEAT, Verb.NEXT, Verb.PREVIOUS).chapter == at(from_ms).chapter


@pytest.mark.parametrize(("number", "to_ms"), [(1, 10_000), (2, 40_000), (3, 40_000), (9_999, 40_000)])
def test_a_jump_leads_to_a_step_and_never_past_the_last(number, to_ms):
    assert at(75_000).apply(Command(Verb.JUMP, number)).position == frames(to_ms)


@pytest.mark.parametrize(("wait", "on"), [(Verb.HOLD, Verb.RESUME), (Verb.TOGGLE, Verb.TOGGLE)])
def test_while_held_the_session_waits(wait, on):
    held = after(at(20_000), wait)

    assert held.held
    assert held.advance(1_000) == held
    assert after(held, on) == at(20_000)


@pytest.mark.parametrize("on", [Verb.RESUME, Verb.TOGGLE])
def test_a_pause_waits_too_until_one_goes_on(on):
    paused = after(at(20_000), Verb.PAUSE, Verb.PAUSE)

    assert paused.paused
    assert paused.advance(1_000) == paused
    assert after(paused, on) == at(20_000)
    assert after(at(20_000), Verb.HOLD, Verb.PAUSE, on) == at(20_000)


def test_to_hold_twice_is_to_hold_and_to_go_on_while_one_goes_on_changes_nothing():
    assert after(at(13_000), Verb.HOLD, Verb.HOLD) == at(12_000, held=True)
    assert after(at(13_000), Verb.RESUME) == at(13_000)


@pytest.mark.parametrize("wait", [Verb.HOLD, Verb.TOGGLE, Verb.PAUSE])
def test_a_sentence_that_is_cut_is_said_again_from_its_start(wait):
    assert after(at(13_000), wait, Verb.RESUME).position == frames(12_000)
    assert after(at(15_000), wait, Verb.RESUME).position == frames(15_000)


@pytest.mark.parametrize("verb", [Verb.NEXT, Verb.PREVIOUS, Verb.REPEAT, Verb.STOP])
def test_a_jump_ends_a_hold_and_a_pause(verb):
    assert not after(at(20_000, held=True, paused=True), verb).waiting


def test_a_step_that_waits_is_left_by_space_and_not_by_time():
    transport = Transport(timeline=WAITING)
    second = Transport(timeline=WAITING, position=frames(10_000))

    over = transport.advance(frames(10_000))
    assert (over.held, over.chapter_index) == (True, 0)
    assert over.advance(frames(5_000)) == over
    assert after(over, Verb.TOGGLE) == after(over, Verb.RESUME) == second
    assert after(over, Verb.PAUSE, Verb.TOGGLE) == second
    assert after(transport.advance(frames(3_000)), Verb.TOGGLE) == second
    assert after(transport.advance(frames(3_000)), Verb.HOLD, Verb.RESUME) == transport.advance(frames(3_000))


@pytest.mark.parametrize(
    ("up", "down", "level", "bounds"),
    [
        (Verb.VOICE_UP, Verb.VOICE_DOWN, "voice_db", VOICE_DB),
        (Verb.MUSIC_UP, Verb.MUSIC_DOWN, "music_db", MUSIC_DB),
    ],
)
def test_levels_move_by_two_decibels_within_their_bounds(up, down, level, bounds):
    least, most = bounds

    assert getattr(after(at(0), up), level) == 2.0
    assert getattr(after(at(0), up, down), level) == 0.0
    assert getattr(after(at(0), *[up] * 50), level) == most
    assert getattr(after(at(0), *[down] * 50), level) == least


def test_mute_is_a_switch_and_time_goes_on():
    muted = after(at(20_000), Verb.MUTE)

    assert muted.muted
    assert muted.advance(frames(1_000)).position == frames(21_000)
    assert after(muted, Verb.MUTE) == at(20_000)


def assert_on_its_timeline(transport: Transport) -> None:
    timeline = transport.timeline
    assert transport.position >= 0
    assert 0 <= transport.chapter_index < len(timeline.chapters)
    if not transport.ended:
        assert transport.chapter.start_ms <= transport.position_ms < transport.chapter.end_ms
    assert VOICE_DB[0] <= transport.voice_db <= VOICE_DB[1]
    assert MUSIC_DB[0] <= transport.music_db <= MUSIC_DB[1]


def assert_can_end(transport: Transport) -> None:
    final = after(transport, Verb.STOP)
    assert final.advance(frames(30_000)).ended


@given(st.sampled_from([TIMELINE, WAITING]), st.lists(commands | st.integers(1, 500_000), max_size=200))
def test_whatever_is_asked_the_session_stays_on_its_timeline_and_can_end(timeline, walk):
    transport = Transport(timeline=timeline)
    for move in walk:
        transport = transport.apply(move) if isinstance(move, Command) else transport.advance(move)
        assert_on_its_timeline(transport)
    assert_can_end(transport)


def test_ten_thousand_commands_lead_nowhere_off_the_timeline():
    chance = random.Random(6)
    verbs = [verb for verb in Verb if verb is not Verb.STOP]
    transport = Transport(timeline=WAITING)
    for _ in range(10_000):
        transport = transport.apply(Command(chance.choice(verbs), chance.randint(1, 5)))
        transport = transport.advance(chance.randint(1, frames(3_000)))
        assert_on_its_timeline(transport)
    assert_can_end(transport)
