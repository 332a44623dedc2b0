import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.player.transport import BACK_TO_BEFORE_MS, Command, Transport
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import frames

STARTS = [0, 10_000, 40_000, 70_000, 100_000]
TIMELINE = Timeline(
    length_ms=100_000,
    cues=(Cue(at_ms=12_000, length_ms=3_000, role=Role.SPEECH, name="Glide."),),
    chapters=tuple(Chapter(start_ms=start, end_ms=end, title=str(start)) for start, end in itertools.pairwise(STARTS)),
)


def at(ms: int, *, held: bool = False) -> Transport:
    return Transport(timeline=TIMELINE, position=frames(ms), held=held)


@pytest.mark.parametrize(
    ("command", "from_ms", "to_ms"),
    [
        (Command.NEXT, 5_000, 10_000),
        (Command.NEXT, 69_999, 70_000),
        (Command.NEXT, 80_000, 80_000),
        (Command.PREVIOUS, 10_000 + BACK_TO_BEFORE_MS, 10_000),
        (Command.PREVIOUS, 10_000 + BACK_TO_BEFORE_MS - 1, 0),
        (Command.PREVIOUS, 100, 0),
        (Command.STOP, 20_000, 70_000),
        (Command.STOP, 75_000, 75_000),
    ],
)
def test_a_command_leads_where_one_expects(command, from_ms, to_ms):
    assert at(from_ms).apply(command).position == frames(to_ms)


def test_while_held_the_session_waits():
    held = at(20_000).apply(Command.HOLD)

    assert held.held
    assert held.advance(1_000) == held
    assert held.apply(Command.HOLD) == at(20_000)


def test_a_sentence_that_a_hold_cuts_is_said_again_from_its_start():
    held = at(13_000).apply(Command.HOLD)

    assert held.apply(Command.HOLD).position == frames(12_000)
    assert at(15_000).apply(Command.HOLD).position == frames(15_000)


@pytest.mark.parametrize("command", [Command.NEXT, Command.PREVIOUS, Command.STOP])
def test_a_jump_ends_a_hold(command):
    assert not at(20_000, held=True).apply(command).held


def test_a_step_that_waits_is_left_by_space_and_not_by_time():
    first, *others = TIMELINE.chapters
    waiting = replace(TIMELINE, chapters=(replace(first, waits=True), *others))
    transport = Transport(timeline=waiting)

    over = transport.advance(frames(10_000))
    assert (over.held, over.chapter_index) == (True, 0)
    assert over.advance(frames(5_000)) == over
    assert over.apply(Command.HOLD) == Transport(timeline=waiting, position=frames(10_000))
    early = transport.advance(frames(3_000)).apply(Command.HOLD)
    assert early == Transport(timeline=waiting, position=frames(10_000))


@given(st.lists(st.one_of(st.sampled_from(list(Command)), st.integers(1, 500_000)), max_size=200))
def test_whatever_is_asked_the_session_stays_on_its_timeline_and_can_end(walk):
    transport = Transport(timeline=TIMELINE)
    for move in walk:
        transport = transport.apply(move) if isinstance(move, Command) else transport.advance(move)
        assert transport.position >= 0
        assert 0 <= transport.chapter_index < len(TIMELINE.chapters)
        if not transport.ended:
            assert transport.chapter.start_ms <= transport.position_ms < transport.chapter.end_ms
    final = transport.apply(Command.STOP)
    assert final.advance(frames(30_000)).ended
