"""Neither macOS nor Windows is here, and pynput needs a compiler on Linux: so a stand-in has its interface.

`Listener(on_press=...)`, `start`, `stop`, and keys with a `name`, as pynput 1.8 documents them.
"""

import sys
import time
from queue import Empty, SimpleQueue
from types import ModuleType, SimpleNamespace

import pytest

from voiceguide.player.commands import Commands, Verb
from voiceguide.player.controls.pressed_keys import KEYS, pressed_keys


class Listener:
    """Stands in for pynput's."""

    running: "list[Listener]" = []  # noqa: RUF012 - a record of the test's own

    def __init__(self, *, on_press):
        self.press = on_press

    def start(self):
        self.running.append(self)

    def stop(self):
        self.running.remove(self)


@pytest.fixture(params=["darwin", "win32"])
def desk(request, monkeypatch) -> type[Listener]:
    monkeypatch.setattr(sys, "platform", request.param)
    keyboard = ModuleType("pynput.keyboard")
    keyboard.Listener = Listener
    monkeypatch.setitem(sys.modules, "pynput", ModuleType("pynput"))
    monkeypatch.setitem(sys.modules, "pynput.keyboard", keyboard)
    Listener.running.clear()
    return Listener


def until_somebody_listens(desk: type[Listener]) -> None:
    end_s = time.monotonic() + 10
    while not desk.running:
        assert time.monotonic() < end_s
        time.sleep(0.001)


def asked(commands: Commands) -> list[Verb]:
    verbs = []
    while True:
        try:
            verbs.append(commands.get_nowait().verb)
        except Empty:
            return verbs


def test_each_media_key_asks_for_what_its_sign_says(desk):
    commands: Commands = SimpleQueue()

    with pressed_keys(commands):
        until_somebody_listens(desk)
        for name in KEYS:
            desk.running[0].press(SimpleNamespace(name=name))

    assert asked(commands) == [Verb.TOGGLE, Verb.NEXT, Verb.PREVIOUS]


def test_whatever_else_is_typed_is_not_ours(desk):
    commands: Commands = SimpleQueue()

    with pressed_keys(commands):
        until_somebody_listens(desk)
        for key in (SimpleNamespace(char="n"), SimpleNamespace(name="space"), SimpleNamespace(name="media_volume_up")):
            desk.running[0].press(key)

    assert asked(commands) == []


def test_nobody_listens_when_the_session_is_over(desk):
    def end() -> None:
        with pressed_keys(SimpleQueue()):
            until_somebody_listens(desk)
            raise KeyError

    with pytest.raises(KeyError):
        end()

    assert desk.running == []


def test_without_the_package_the_session_plays_without(desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynput.keyboard", None)

    with pressed_keys(SimpleQueue()):
        pass


def test_where_the_desktop_has_its_own_way_no_key_is_listened_to(desk, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")

    with pressed_keys(SimpleQueue()):
        assert desk.running == []
