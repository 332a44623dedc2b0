import asyncio
import gc
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable

import pytest
from command import machine_without
from needs import needs_command, needs_module

from voiceguide.player.awake import awake

FORGETFUL = """
import logging
logging.basicConfig(level="INFO")
from voiceguide.player.awake import awake
with awake():
    pass
"""


def until(expected: Callable[[], bool], within_s: float = 10) -> None:
    end_s = time.monotonic() + within_s
    while not expected():
        assert time.monotonic() < end_s
        time.sleep(0.01)


class Desktop:
    """A power manager on the session bus, which counts who wants to stay awake."""

    def __init__(self) -> None:
        self.awake: list[int] = []
        self.answers = True
        self.ready, self.done = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        from dbus_fast import Message
        from dbus_fast.aio import MessageBus

        def answer(message: Message) -> Message | bool | None:
            if message.member == "Inhibit":
                self.awake.append(7)
                return Message.new_method_return(message, "u", [7]) if self.answers else True
            if message.member == "UnInhibit":
                self.awake.remove(message.body[0])
                return Message.new_method_return(message)
            return None

        bus = await MessageBus().connect()
        bus.add_message_handler(answer)
        await bus.request_name("org.freedesktop.PowerManagement")
        self.ready.set()
        while not self.done.is_set():
            await asyncio.sleep(0.02)
        bus.disconnect()


@pytest.fixture
def desktop(session_bus):
    desktop = Desktop()
    desktop.thread.start()
    assert desktop.ready.wait(10)
    yield desktop
    desktop.done.set()
    desktop.thread.join()


@needs_module("wakepy", "dbus_fast")
@needs_command("dbus-daemon")
class TestOnADesktop:
    def test_the_computer_stays_awake_while_a_session_plays_and_no_longer(self, desktop):
        assert desktop.awake == []
        with awake():
            until(lambda: desktop.awake == [7])
        until(lambda: desktop.awake == [])

    def test_a_session_that_breaks_off_lets_it_sleep(self, desktop):
        def break_off() -> None:
            with awake():
                until(lambda: desktop.awake == [7])
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            break_off()
        until(lambda: desktop.awake == [])

    def test_a_bus_that_ends_takes_nothing_along(self, desktop, session_bus, capfd):
        with awake():
            until(lambda: desktop.awake == [7])
            desktop.done.set()
            desktop.thread.join()
            session_bus.die()

        assert capfd.readouterr() == ("", "")

    def test_a_desktop_that_never_answers_delays_nothing(self, desktop):
        desktop.answers = False
        threads = threading.active_count()
        began_s = time.perf_counter()
        with awake():
            assert time.perf_counter() - began_s < 0.05
            until(lambda: desktop.awake == [7])
        assert time.perf_counter() - began_s < 1.8
        until(lambda: threading.active_count() == threads)
        with warnings.catch_warnings():
            # wakepy leaves its connection to the collector then.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@needs_module("wakepy")
def test_without_a_desktop_the_session_plays_and_nothing_is_said(monkeypatch, capfd):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    threads = threading.active_count()
    began_s = time.perf_counter()
    with awake():
        assert time.perf_counter() - began_s < 0.05

    assert capfd.readouterr() == ("", "")
    until(lambda: threading.active_count() == threads)


def test_without_wakepy_the_log_says_why(tmp_path):
    env = machine_without(tmp_path / "machine", modules=("wakepy",))
    done = subprocess.run([sys.executable, "-c", FORGETFUL], env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "wakepy is not installed" in done.stderr
    assert "Traceback" not in done.stderr
