"""Whether what makes the sound runs before other programs, where the system allows it."""

import os
import subprocess
import sys
import threading

import pytest
from needs import needs

from voiceguide.precedence import precedence, take_precedence

BEFORE_OTHERS = getattr(os, "SCHED_RR", 0) | getattr(os, "SCHED_RESET_ON_FORK", 0)


def place() -> int:
    return os.sched_getscheduler(0)


def is_allowed() -> bool:
    """Ask in a thread of its own, whose place is gone with it."""
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(take_precedence()))
    asking.start()
    asking.join()
    return answers[0]


needs_precedence = needs(is_allowed(), "this system does not let this user run before others")


@needs_precedence
def test_a_thread_runs_before_others_until_it_has_played():
    with precedence():
        assert place() == BEFORE_OTHERS

    assert place() & ~os.SCHED_RESET_ON_FORK == os.SCHED_OTHER


ORDINARY_USER = """
import os
from voiceguide.precedence import precedence
with precedence():
    os.setuid(65534)
print(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_OTHER)
"""


@needs_precedence
@needs(hasattr(os, "geteuid") and os.geteuid() == 0, "only root can become another user")
def test_an_ordinary_user_who_has_it_gives_it_back_without_an_error():
    done = subprocess.run([sys.executable, "-c", ORDINARY_USER], check=False, capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("True\n", "")


@needs_precedence
def test_threads_and_programs_that_are_started_meanwhile_wait_in_line():
    places: list[int] = []
    ask = [sys.executable, "-c", "import os; print(os.sched_getscheduler(0))"]
    with precedence():
        thread = threading.Thread(target=lambda: places.append(place()))
        thread.start()
        thread.join()
        places.append(int(subprocess.run(ask, check=True, capture_output=True).stdout))

    assert places == [os.SCHED_OTHER, os.SCHED_OTHER]


@needs_precedence
def test_a_player_runs_before_others():
    player = subprocess.Popen(["sleep", "60"])
    try:
        assert take_precedence(player.pid)
        assert os.sched_getscheduler(player.pid) == BEFORE_OTHERS
    finally:
        player.kill()
        player.wait(5)


def test_where_it_is_refused_all_goes_on_as_it_was(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse, raising=False)

    with precedence():
        pass
    assert not take_precedence()


def test_where_it_cannot_be_given_back_all_goes_on_too(monkeypatch: pytest.MonkeyPatch):
    answers = iter([None, PermissionError(1, "Operation not permitted")])

    def answer(*_: object) -> None:
        if error := next(answers):
            raise error

    monkeypatch.setattr(os, "sched_setscheduler", answer, raising=False)

    with precedence():
        pass

    assert next(answers, "all were asked for") == "all were asked for"


def test_a_phone_is_not_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "android")
    monkeypatch.setattr(os, "sched_setscheduler", None, raising=False)

    assert not take_precedence()
