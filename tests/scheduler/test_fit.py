import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bounds, solvable

from voiceguide.scheduler.fit import Bounds, apportion, fit


@given(solvable())
def test_a_fit_spends_the_whole_budget_and_respects_every_limit(case):
    each, budget_ms = case

    lengths_ms = fit(each, budget_ms)

    assert sum(lengths_ms) == budget_ms
    for limits, length_ms in zip(each, lengths_ms, strict=True):
        assert limits.least_ms <= length_ms <= limits.most_ms


@given(solvable(), st.integers(0, 5_000))
def test_more_time_never_gives_a_step_less(case, more_ms):
    each, budget_ms = case
    larger_ms = min(budget_ms + more_ms, sum(limits.most_ms for limits in each))

    smaller, larger = fit(each, budget_ms), fit(each, larger_ms)

    assert all(one <= other for one, other in zip(smaller, larger, strict=True))


@given(st.lists(bounds(), min_size=1, max_size=20))
def test_the_wish_is_granted_when_the_budget_is_the_sum_of_wishes(each):
    wishes = [limits.wish_ms for limits in each]

    assert fit(each, sum(wishes)) == wishes


@given(solvable())
def test_what_is_shared_is_in_proportion_to_the_room(case):
    each, budget_ms = case
    wish_ms = sum(limits.wish_ms for limits in each)
    below = budget_ms <= wish_ms
    room = [(b.wish_ms - b.least_ms) if below else (b.most_ms - b.wish_ms) for b in each]
    base = [b.least_ms if below else b.wish_ms for b in each]
    share = (budget_ms - sum(base)) / max(1, sum(room))

    for length_ms, start_ms, space in zip(fit(each, budget_ms), base, room, strict=True):
        assert abs(length_ms - start_ms - share * space) <= len(each)


def test_apportioning_does_not_take_from_anyone_when_there_is_more():
    """Largest remainders would: with 26 to share the third loses one against 25 (the Alabama paradox)."""
    room = [9, 7, 1, 30]
    for amount in range(sum(room)):
        fewer, more = apportion(room, amount), apportion(room, amount + 1)
        assert sum(b - a for a, b in zip(fewer, more, strict=True)) == 1
        assert all(a <= b for a, b in zip(fewer, more, strict=True))


def test_a_budget_outside_is_refused():
    for budget_ms in (9, 31):
        with pytest.raises(ValueError, match="outside 10 to 30"):
            fit([Bounds(10, 20, 30)], budget_ms)
