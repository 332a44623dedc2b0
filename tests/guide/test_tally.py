"""How far several passes over one session are."""

from hypothesis import given
from hypothesis import strategies as st

from voiceguide.guide.tally import Passes


def test_each_pass_goes_on_where_the_one_before_it_ended():
    told = []
    passes = Passes(lambda done, total: told.append((done, total)), 100, 3)

    for steps in ((50, 100, 100), (40, 60), (1, 100)):
        tell = passes.begin()
        for done in steps:
            tell(done, 100)

    assert told == [(50, 300), (100, 300), (100, 300), (140, 300), (160, 300), (201, 300), (300, 300)]


def test_a_mix_that_begins_anew_stands_until_it_is_as_far_as_before():
    told = []
    passes = Passes(lambda done, _total: told.append(done), 100, 1)
    tell = passes.begin()

    for done in (50, 80, 40, 80, 90):
        tell(done, 100)

    assert told == [50, 80, 80, 80, 90]


@given(st.lists(st.lists(st.integers(0, 100)), min_size=1, max_size=4))
def test_a_bar_never_goes_back_nor_over_its_end(steps: list[list[int]]):
    told: list[tuple[int, int]] = []
    passes = Passes(lambda done, total: told.append((done, total)), 100, len(steps))

    for one in steps:
        tell = passes.begin()
        for done in one:
            tell(done, 100)

    assert told == sorted(told)
    assert all(done <= total == 100 * len(steps) for done, total in told)
