"""Whether a PulseAudio server, or PipeWire in its place, has anything on which what it plays is heard.

A server whose last speaker goes away plays on, to a sink that nobody hears: no player is told.
"""

import atexit
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from threading import Event, Thread
from typing import Final

from voiceguide.media.child import Child
from voiceguide.outputs.output import PATIENCE_S

SILENT: Final = "auto_null"
"""What both servers call the sink that they have where there is nothing that sounds."""

_ASKING: Final = ("env", "LC_ALL=C", "pactl")
"""In English, which is read here."""

_LATER_S: Final = 2.0
"""The first sound does not wait for a program that is of use only afterwards."""

_OF_A_SINK: Final = b" on sink #"


class Speakers:
    """Watches which speakers a server has, in a thread and a program of its own."""

    def __init__(self) -> None:
        self._silent = False
        self._ended = Event()
        self._events: Child | None = None
        # Where the program ends while another thread still opens a device.
        atexit.register(self.end)
        Thread(target=self._watch, name="watch the speakers", daemon=True).start()

    @property
    def silent(self) -> bool:
        """Whether a server runs and is known to have no speaker; never waits for an answer."""
        return self._silent

    def end(self) -> None:
        """Watch no longer. May be called twice."""
        atexit.unregister(self.end)
        self._ended.set()
        if self._events is not None:
            self._events.end()

    def _watch(self) -> None:
        self._look()
        if self._ended.wait(_LATER_S):
            return
        # What it says is closed by who does not want to know any more.
        with suppress(OSError, ValueError):
            child = self._events = Child((*_ASKING, "subscribe"), stdout=subprocess.PIPE)
            if self._ended.is_set():
                child.end()
                return
            self._look()
            events = child.process.stdout
            while events and (said := events.read(4096)):
                if _OF_A_SINK in said:
                    self._look()

    def _look(self) -> None:
        self._silent = _sinks() == []


def heard_sinks(listed: Iterable[str]) -> list[str]:
    """Return the names of the sinks that are heard.

    Args:
        listed: Lines of ``pactl list short sinks``: number, name and more, parted by tabs.
    """
    names = [line.split("\t")[1] for line in listed if line.count("\t") >= 2]
    return [name for name in names if name != SILENT]


def _sinks() -> list[str] | None:
    """Return the sinks that are heard; `None` when no server answers."""
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(
            [*_ASKING, "list", "short", "sinks"],
            check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=PATIENCE_S,
        )  # fmt: skip
        return heard_sinks(asked.stdout.splitlines())
    return None
