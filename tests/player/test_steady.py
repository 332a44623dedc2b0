import gc
import sys
import time

from voiceguide.player.steady import SWITCH_S, steady


def longest_collection_ms() -> float:
    """Return how long the longest of some full collections takes."""
    taken = []
    for _ in range(5):
        begun_s = time.perf_counter()
        gc.collect()
        taken.append((time.perf_counter() - begun_s) * 1000)
    return max(taken)


def test_until_all_is_prepared_nothing_is_collected():
    with steady():
        before = gc.get_stats()[2]["collections"]
        kept = [[each] for each in range(100_000)]

        assert gc.get_stats()[2]["collections"] == before
        assert len(kept) == 100_000
    assert gc.isenabled()


def test_what_was_prepared_is_never_looked_through_again():
    with steady() as prepared:
        kept = [[each] for each in range(300_000)]
        slow_ms = longest_collection_ms()

        prepared()

        assert longest_collection_ms() < slow_ms / 5
        assert gc.isenabled()
        assert gc.get_freeze_count() > len(kept)
    assert gc.get_freeze_count() == 0


def test_threads_take_shorter_turns_and_all_is_as_before_afterwards():
    before_s = sys.getswitchinterval()

    with steady():
        assert sys.getswitchinterval() == SWITCH_S

    assert sys.getswitchinterval() == before_s
