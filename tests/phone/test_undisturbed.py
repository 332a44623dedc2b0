"""What is done at the end whatever somebody presses."""

import os
import signal
from threading import Thread

import pytest

from voiceguide.termux.undisturbed import undisturbed


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_signals_are_passed_over_and_afterwards_they_are_heard_as_before():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    with undisturbed():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_beside_the_main_thread_it_does_nothing_and_no_harm():
    done = []

    def end() -> None:
        with undisturbed():
            done.append(signal.getsignal(signal.SIGINT))

    beside = Thread(target=end)
    beside.start()
    beside.join()

    assert done == [signal.getsignal(signal.SIGINT)]
