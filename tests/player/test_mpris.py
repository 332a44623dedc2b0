import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

import pytest
from needs import needs_command, needs_module

from voiceguide.player.commands import Command, Commands, Verb
from voiceguide.player.controls.mpris import media_keys
from voiceguide.player.status import Status

pytestmark = [needs_module("dbus_fast"), needs_command("dbus-daemon", "playerctl", "dbus-monitor")]

HERE = Status(
    session_title="Eleven steps", step=2, title="Kreise ◯ & <mehr>", next_title=None, position_ms=61_000,
    length_ms=120_000, left_ms=59_000, step_left_ms=9_000, step_start_ms=40_000, held=False, paused=False, muted=False,
    waits=False, device_lost=False, steps=("Oil", "Kreise ◯ & <mehr>"),
)  # fmt: skip


@dataclass
class Session:
    """A session that a desktop may steer, and what was asked of it."""

    commands: Commands = field(default_factory=SimpleQueue)
    status: Status | None = HERE

    def asked(self) -> list[Command]:
        return [self.commands.get_nowait() for _ in range(self.commands.qsize())]


def playerctl(*words: str) -> str:
    done = subprocess.run(["playerctl", *words], capture_output=True, text=True, timeout=10, check=False)
    return done.stdout.strip() or done.stderr.strip()


def until(expected: Callable[[], bool], within_s: float = 10) -> None:
    end_s = time.monotonic() + within_s
    while not expected():
        assert time.monotonic() < end_s
        time.sleep(0.02)


@contextmanager
def playing(status: Status | None = HERE) -> Iterator[Session]:
    session = Session(status=status)
    with media_keys(session.commands, lambda: session.status):
        until(lambda: "voiceguide" in playerctl("--list-all"))
        yield session


@pytest.fixture
def session(session_bus) -> Iterator[Session]:
    with playing() as session:
        yield session


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("play-pause", Verb.TOGGLE),
        ("play", Verb.RESUME),
        ("pause", Verb.PAUSE),
        ("next", Verb.NEXT),
        ("previous", Verb.PREVIOUS),
        ("stop", Verb.STOP),
    ],
)
def test_a_media_key_steers_the_session(session: Session, word: str, verb: Verb):
    assert playerctl(word) == ""
    until(lambda: session.commands.qsize() > 0)
    assert session.asked() == [Command(verb)]


def test_a_lock_screen_shows_the_step_and_how_far_it_is(session: Session):
    shown = playerctl("metadata", "--format", "{{status}}|{{title}}|{{album}}|{{mpris:length}}|{{xesam:trackNumber}}")

    assert shown == "Playing|Kreise ◯ & <mehr>|Eleven steps|30000000|2"
    assert float(playerctl("position")) == pytest.approx(21.0, abs=0.1)


@pytest.mark.parametrize("halted", [{"held": True}, {"paused": True}, {"device_lost": True}])
def test_a_session_that_is_held_is_shown_as_paused(session: Session, halted: dict[str, bool]):
    session.status = replace(HERE, **halted)

    assert playerctl("status") == "Paused"


def test_before_the_session_is_known_there_is_nothing_to_show(session_bus):
    with playing(None) as session:
        assert playerctl("status") == "Playing"
        assert HERE.title not in playerctl("metadata")
        assert float(playerctl("position")) == pytest.approx(0, abs=0.1)
        session.status = HERE
        assert playerctl("metadata", "title") == HERE.title


@pytest.fixture
def told(session: Session) -> Iterator[list[str]]:
    """Listen to the bus; give the names of the signals that the session sends, as they come."""
    words = ["dbus-monitor", "--session", "path=/org/mpris/MediaPlayer2,type=signal"]
    told: list[str] = []

    def listen() -> None:
        assert monitor.stdout is not None
        told.extend(line.split("member=")[1].strip() for line in monitor.stdout if "member=" in line)

    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as monitor:
        listening = threading.Thread(target=listen)
        listening.start()
        try:
            # It listens when it hears something: until then the step changes again and again.
            while not told:
                session.status = replace(HERE, step=3 + int(time.monotonic() * 10))
                time.sleep(0.05)
            yield told
        finally:
            monitor.kill()
            listening.join()


def test_what_changes_is_told_and_nothing_else(session: Session, told: list[str]):
    session.status = replace(HERE, step=2_000_000_000)
    time.sleep(0.5)
    told.clear()
    began_s = time.monotonic()
    while (gone_ms := int((time.monotonic() - began_s) * 1_000)) < 1_000:
        session.status = replace(session.status, position_ms=61_000 + gone_ms, step_left_ms=9_000 - gone_ms)
        time.sleep(0.02)
    assert told == []
    session.status = replace(session.status, held=True)
    until(lambda: told == ["PropertiesChanged"])
    time.sleep(0.5)
    session.status = replace(session.status, position_ms=40_000, step_left_ms=30_000)
    until(lambda: told == ["PropertiesChanged", "Seeked"])


def test_it_is_gone_with_the_session(session_bus):
    threads = threading.active_count()
    with playing():
        pass

    until(lambda: "No players" in playerctl("--list-all"))
    assert threading.active_count() == threads


def test_another_player_of_our_name_is_no_obstacle(session: Session):
    with media_keys(SimpleQueue(), lambda: None):
        until(lambda: len(playerctl("--list-all").splitlines()) == 2)

    until(lambda: playerctl("--list-all") == "voiceguide")


def test_a_bus_that_ends_takes_nothing_along(session_bus, caplog):
    caplog.set_level("INFO")
    threads = threading.active_count()
    with playing():
        session_bus.die()
        until(lambda: threading.active_count() == threads)

    assert "no media keys" in caplog.text


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere", "garbage", "unix:path=/etc/passwd", None])
def test_without_a_bus_the_session_plays_without(address, monkeypatch, caplog, capfd):
    caplog.set_level("INFO")
    monkeypatch.delenv("DISPLAY", raising=False)
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    threads = threading.active_count()
    with media_keys(SimpleQueue(), lambda: None):
        until(lambda: threading.active_count() == threads)

    assert "no media keys" in caplog.text
    assert capfd.readouterr() == ("", "")


def test_the_start_of_a_session_does_not_wait_for_the_desktop(session_bus):
    began_s = time.perf_counter()
    with media_keys(SimpleQueue(), lambda: None):
        assert time.perf_counter() - began_s < 0.05
