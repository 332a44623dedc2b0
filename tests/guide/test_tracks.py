"""How far several passes over one session are."""

from hypothesis import given
from hypothesis import strategies as st

from voiceguide.guide.tracks import over_passes


def test_each_pass_goes_on_where_the_one_before_it_ended():
    told = []
    tell = over_passes(lambda done, total: told.append((done, total)), 100, 3)

    for done in (50, 100, 100, 40, 100, 60, 100):
        tell(done, 100)

    assert told == [(50, 300), (100, 300), (100, 300), (140, 300), (200, 300), (260, 300), (300, 300)]


@given(st.lists(st.integers(0, 100)), st.integers(1, 3))
def test_a_bar_never_goes_back_nor_over_its_end(steps: list[int], passes: int):
    told: list[int] = []
    tell = over_passes(lambda done, total: told.append(done) or total == 100 * passes, 100, passes)

    for done in steps:
        tell(done, 100)

    assert told == sorted(told)
    assert max(told, default=0) <= 100 * passes
