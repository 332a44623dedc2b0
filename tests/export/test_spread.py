"""One mix into several takers: what one of them meets is its own."""

import threading
import time

import numpy as np
import pytest

from voiceguide.errors import TargetError
from voiceguide.export.spread import spread

BLOCKS = [np.full((10, 2), number, np.int16) for number in range(40)]


class Taker:
    """Keeps what it is given; fails, dawdles or waits for ever on request."""

    def __init__(self, fail_at=None, dawdle_s=0.0, hang_at=None):
        self.got = []
        self.fail_at, self.dawdle_s, self.hang_at = fail_at, dawdle_s, hang_at
        self.ended = False
        self.torn = threading.Event()

    def take(self, blocks):
        try:
            for number, block in enumerate(blocks):
                if number == self.fail_at:
                    raise TargetError("the disk is full", hint="make room")
                if number == self.hang_at:
                    self.torn.wait()
                time.sleep(self.dawdle_s)
                self.got.append(block)
        finally:
            self.ended = True

    def stop(self):
        self.torn.set()


def quiet(_given):
    pass


def lanes_alive():
    return [thread for thread in threading.enumerate() if thread.name == "spread"]


def test_everybody_gets_everything_in_order():
    takers = [Taker(), Taker(dawdle_s=0.002), Taker()]

    assert spread(BLOCKS, takers, quiet) == [None, None, None]

    for taker in takers:
        assert [int(block[0, 0]) for block in taker.got] == list(range(40))


def test_one_that_fails_ends_alone():
    bad, good = Taker(fail_at=3), Taker(dawdle_s=0.002)

    outcomes = spread(BLOCKS, [bad, good], quiet)

    assert isinstance(outcomes[0], TargetError)
    assert outcomes[1] is None
    assert len(good.got) == 40


def test_when_all_have_failed_nothing_more_is_mixed():
    made = []

    def mixing():
        for _ in range(100_000):
            made.append(1)
            yield BLOCKS[0]

    outcomes = spread(mixing(), [Taker(fail_at=1), Taker(fail_at=5)], quiet)

    assert all(isinstance(outcome, TargetError) for outcome in outcomes)
    assert len(made) < 100_000


def test_the_slowest_sets_the_pace_so_that_little_waits():
    slow, given = Taker(dawdle_s=0.005), []

    def mixing():
        for block in BLOCKS:
            given.append(len(given) - len(slow.got))
            yield block

    spread(mixing(), [slow, Taker()], quiet)

    assert max(given) <= 12


def test_progress_is_told_by_the_thread_that_asks_and_ends_with_all():
    told = []

    spread(BLOCKS, [Taker()], lambda given: told.append((given, threading.get_ident())))

    assert told[-1] == (400, threading.get_ident())
    assert [given for given, _ in told] == sorted(given for given, _ in told)


@pytest.mark.parametrize("hang_at", [None, 2])
def test_ctrl_c_ends_everybody_even_who_waits_for_ever(hang_at):
    takers = [Taker(hang_at=hang_at), Taker()]

    def interrupt(given):
        if given >= 80:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spread(BLOCKS, takers, interrupt)

    assert all(taker.ended for taker in takers)
    assert not lanes_alive()


def test_music_that_breaks_off_ends_everybody():
    taker = Taker()

    def mixing():
        yield BLOCKS[0]
        raise TargetError("the music is gone", hint="find it")

    with pytest.raises(TargetError, match="gone"):
        spread(mixing(), [taker], quiet)

    assert taker.ended
