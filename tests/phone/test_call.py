"""Calls of Termux's commands, in every mood of theirs."""

import logging
import time
from pathlib import Path

import pytest
from emulated_phone import Phone

from voiceguide.termux import call as calling
from voiceguide.termux.call import Termux

LIMIT_S = 1.5
"""For what hangs here; what works has the usual time, so that a busy machine is not taken for a hanging command."""


@pytest.fixture
def termux(phone: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "voiceguide")
    for name, value in phone.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(calling, "_told", set())
    made = Termux()
    yield made
    made.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LIMIT_S", LIMIT_S)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


def test_a_command_that_works_gives_its_answer(phone: Phone, termux: Termux, caplog):
    assert "com.google.android.tts" in termux.call("termux-tts-engines")
    assert termux.call("termux-notification", "-i", "voiceguide", "-c", "Glide") == ""

    assert phone.calls("termux-notification")[0].words == ["-i", "voiceguide", "-c", "Glide"]
    assert warnings(caplog) == []


def test_whether_the_app_is_there_is_asked_once_whoever_asks(phone: Phone, termux: Termux):
    assert termux.answers()
    assert Termux().answers()
    termux.call("termux-vibrate", "-d", "200")

    assert [each.name for each in phone.calls()] == ["termux-volume", "termux-vibrate"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mood", ["hangs", "rubbish", "missing"])
def test_without_the_app_nothing_else_is_asked_and_the_hint_is_told_once(phone: Phone, termux: Termux, caplog, mood):
    phone.mood("termux-*", mood)
    start = time.monotonic()

    assert [termux.call("termux-vibrate"), termux.call("termux-volume"), termux.answers()] == [None, None, False]

    assert time.monotonic() - start < 3 * LIMIT_S
    assert len(phone.calls("termux-volume")) <= 1
    assert phone.calls("termux-vibrate") == []
    assert len(warnings(caplog)) == 1
    assert "Termux:API" in warnings(caplog)[0]


@pytest.mark.parametrize("mood", ["hangs", "missing"])
def test_a_single_command_that_fails_fails_soon_and_is_told_once(
    phone: Phone, termux: Termux, monkeypatch, caplog, mood
):
    termux.answers()
    monkeypatch.setattr(calling, "LIMIT_S", LIMIT_S)
    phone.mood("termux-notification", mood)
    start = time.monotonic()

    assert [termux.call("termux-notification", "-c", each) for each in "ab"] == [None, None]

    assert time.monotonic() - start < 2 * calling.LIMIT_S + 5
    assert len(warnings(caplog)) == 1


def test_rubbish_is_given_back_as_it_is_for_the_caller_to_judge(phone: Phone, termux: Termux):
    termux.answers()
    phone.mood("termux-battery-status", "rubbish")

    assert "rubbish" in termux.call("termux-battery-status")


@pytest.mark.usefixtures("impatient")
def test_what_a_hanging_command_has_started_is_ended_with_it(phone: Phone, termux: Termux):
    phone.mood("termux-volume", "hangs")

    termux.answers()

    leader = phone.calls("termux-volume")[0].pid
    phone.until(lambda: not members(leader))


def members(leader: int) -> list[Path]:
    """Return the processes of a group; those that have ended and wait to be buried are none."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            found.append(stat)
    return found


def test_the_wake_lock_needs_no_app(phone: Phone, termux: Termux):
    phone.mood("termux-volume", "missing")

    assert termux.call("termux-wake-lock") == ""

    assert (phone.state / "held" / "wake-lock").exists()


def test_who_only_asks_whether_the_app_is_there_tells_of_it_himself(phone: Phone, termux: Termux, caplog):
    phone.mood("termux-*", "missing")

    assert not termux.answers()

    assert warnings(caplog) == []


def test_only_one_command_runs_at_a_time_whoever_asks_but_a_release_waits_for_none(phone: Phone, termux: Termux):
    termux.answers()
    phone.mood("termux-vibrate", "hangs")
    termux.later("termux-vibrate")
    phone.until(lambda: phone.calls("termux-vibrate"))
    (hanging,) = phone.calls("termux-vibrate")

    assert Termux().call("termux-wake-unlock") == ""
    assert members(hanging.pid)
    assert Termux().call("termux-setup-storage") == ""
    assert not members(hanging.pid)


def test_who_is_in_a_hurry_waits_neither_for_the_app_nor_for_a_turn(phone: Phone, termux: Termux):
    phone.mood("termux-volume", "hangs", "works")
    termux.later("termux-toast")
    phone.until(lambda: phone.calls("termux-volume"))
    hurried = Termux()
    start = time.monotonic()
    hurried.hurry(0.3)

    assert [hurried.call("termux-setup-storage"), hurried.answers()] == [None, False]

    assert time.monotonic() - start < 3
    assert phone.calls("termux-setup-storage") == []


def test_what_a_hurry_left_unanswered_is_asked_again(phone: Phone, termux: Termux):
    phone.mood("termux-volume", "hangs", "works")
    hurried = Termux()
    hurried.hurry(0.3)

    assert not hurried.answers()
    assert termux.answers()


@pytest.mark.usefixtures("impatient")
def test_calls_in_the_background_are_made_in_order_and_the_newest_of_a_kind_wins(phone: Phone, termux: Termux):
    phone.mood("termux-volume", "hangs")  # the first call takes a while: the others wait
    termux.later("termux-vibrate")
    phone.until(lambda: phone.calls("termux-volume"))
    start = time.monotonic()
    for number in range(100):
        termux.later("termux-wake-lock", str(number))
        termux.later("termux-wake-unlock", str(number))

    assert time.monotonic() - start < LIMIT_S
    phone.until(lambda: phone.calls("termux-wake-unlock"))
    locks = [(each.name, each.words) for each in phone.calls() if "wake" in each.name]
    assert locks == [("termux-wake-lock", ["99"]), ("termux-wake-unlock", ["99"])]


@pytest.mark.usefixtures("impatient")
def test_few_calls_wait_however_many_are_asked_for(phone: Phone, termux: Termux):
    phone.mood("termux-setup-storage", "hangs")
    termux.later("termux-setup-storage")
    phone.until(phone.calls)

    for number in range(50):
        termux.later(f"termux-{number}")

    assert len(termux._waiting) == calling.MOST_WAITING
    assert termux._waiting[-1] == ("termux-49",)


@pytest.mark.usefixtures("impatient")
def test_an_end_drops_what_waits_and_waits_for_what_runs(phone: Phone, termux: Termux):
    phone.mood("termux-setup-storage", "hangs")
    termux.later("termux-setup-storage")
    termux.later("termux-wake-unlock")
    phone.until(phone.calls)

    start = time.monotonic()
    termux.close()
    termux.close()
    termux.later("termux-wake-unlock", "later")

    assert time.monotonic() - start < 2 * calling.LIMIT_S + 5
    assert [each.name for each in phone.calls()] == ["termux-setup-storage"]
    assert termux.call("termux-wake-unlock") == ""


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("has_memory_files", [True, False])
def test_a_phone_without_room_sleeps_again(phone: Phone, termux: Termux, monkeypatch, has_memory_files: bool):
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    if not has_memory_files:
        monkeypatch.delattr("os.memfd_create", raising=False)

    assert termux.call("termux-wake-lock") == ""
    assert (phone.state / "held" / "wake-lock").exists()
    assert termux.call("termux-wake-unlock") == ""
    assert not (phone.state / "held" / "wake-lock").exists()


def test_what_fails_for_want_of_room_is_told_as_that(phone: Phone, termux: Termux, monkeypatch, caplog):
    phone.mood("termux-*", "missing")
    monkeypatch.setattr("tempfile.TemporaryFile", full)

    termux.call("termux-vibrate")
    termux.call("termux-wake-lock")

    (told,) = warnings(caplog)
    assert "make room" in told
