import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.audio.ducking import Duck, Span, duck_curve, merge
from voiceguide.units import frames, gain

DUCK = Duck()
SPEECH = merge([Span(frames(2_000), frames(4_000)), Span(frames(9_000), frames(9_500))], DUCK.bridge_frames)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    starts = draw(st.lists(st.tuples(st.integers(0, 500_000), st.integers(1, 100_000)), max_size=8))
    return [Span(start, start + length) for start, length in starts]


@given(spans(), st.integers(0, 600_000), st.integers(0, 30_000), st.integers(1, 20_000))
def test_block_size_never_changes_the_curve(speech, start, length, block):
    merged = merge(speech, DUCK.bridge_frames)
    whole = duck_curve(start, start + length, merged, DUCK)

    pieces = [
        duck_curve(at, min(at + block, start + length), merged, DUCK) for at in range(start, start + length, block)
    ]

    assert np.array_equal(whole, np.concatenate(pieces or [whole]))


@given(spans())
def test_the_music_is_all_the_way_down_while_there_is_speech(speech):
    curve = duck_curve(0, 700_000, merge(speech, DUCK.bridge_frames), DUCK)

    for span in speech:
        assert np.allclose(curve[span.start : span.stop], gain(DUCK.depth_db))


def test_the_fade_ends_exactly_where_the_first_word_begins():
    curve = duck_curve(0, frames(6_000), SPEECH, DUCK)
    start, stop = SPEECH[0].start, SPEECH[0].stop

    assert curve[start - DUCK.down_frames] == 1.0
    assert curve[start - 500] > curve[start] == np.float32(gain(DUCK.depth_db))
    assert curve[stop - 1] < curve[stop + 100]
    assert curve[stop + DUCK.up_frames] == 1.0


def test_the_curve_moves_so_slowly_that_it_cannot_click():
    steps_db = np.diff(20 * np.log10(duck_curve(0, frames(12_000), SPEECH, DUCK)))

    assert np.abs(steps_db).max() < 0.01


def test_the_music_stays_down_over_a_short_pause_and_comes_up_in_a_long_one():
    first = Span(0, frames(1_000))
    for pause_ms, comes_up in ((1_400, False), (1_600, True)):
        second = Span(frames(1_000 + pause_ms), frames(5_000))
        curve = duck_curve(0, frames(5_000), merge([first, second], DUCK.bridge_frames), DUCK)
        assert (curve.max() > 0.9) == comes_up


@given(spans(), st.integers(0, 100_000))
def test_merged_spans_are_in_order_and_apart(speech, bridge):
    merged = merge(speech, bridge)

    for one, following in itertools.pairwise(merged):
        assert following.start - one.stop > bridge
    for span in speech:
        assert any(each.start <= span.start and span.stop <= each.stop for each in merged)
