"""Sound on a phone: through the PulseAudio of Termux, which has to be started and told which way the speaker is.

Told by Termux's packages, and never heard. Bluetooth speakers that come or go may leave the server hanging: so each
question has a time limit, and a server that does not answer is ended, to be started anew.
"""

import atexit
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

from voiceguide.errors import OutputError
from voiceguide.media.child import Child
from voiceguide.outputs.output import CONNECT_HINT
from voiceguide.outputs.process import PLAYERS, ProcessOutput
from voiceguide.outputs.speakers import heard_sinks
from voiceguide.platforms import termux_prefix
from voiceguide.termux.call import end_with_all

SINKS: Final = ("module-aaudio-sink", "module-sles-sink")
"""What plays on Android's speaker, the better one first."""

_LATENCY_MS: Final = 400
"""What the server and Android's own buffers are said to hold at most."""

_LIMIT_S: Final = 2.0
"""A server that does not answer in so long hangs."""

_START_LIMIT_S: Final = 5.0

_GRACE_S: Final = 1.0
"""A server that is well has ended so long after it was asked to."""

_LOOK_S: Final = 0.02
"""So often it is looked whether it has."""

_PULSEAUDIO: Final = replace(PLAYERS["pacat"], package="pulseaudio", latency_ms=_LATENCY_MS)


class PulseAudioOutput(ProcessOutput):
    """Plays through ``pacat``, after it has seen to a server that reaches the speaker."""

    def __init__(self) -> None:
        super().__init__("pacat", _PULSEAUDIO)

    def missing(self) -> str | None:
        """Return how to install PulseAudio, or `None` when it is there."""
        there = all(map(shutil.which, ("pulseaudio", "pactl", "pacat")))
        return None if there else 'install it: "pkg install pulseaudio"'

    def open(self) -> None:
        """Start the server where it does not run, load a sink that is heard, and start playing.

        A server of the person's own choice, named by ``PULSE_SERVER``, is taken as it is.

        Raises:
            OutputError: PulseAudio is not installed, does not run, or does not reach the speaker.
        """
        if hint := self.missing():
            raise OutputError("PulseAudio is not installed", hint=hint)
        if "PULSE_SERVER" not in os.environ:
            _serve()
        super().open()


pacat: Final = PulseAudioOutput


def _serve() -> None:
    """See to it that a server runs which reaches the speaker.

    Raises:
        OutputError: It does not.
    """
    if _asked("pulseaudio", "--check") is None or _sinks() is None:
        if _leaving.is_set():
            # Nobody has answered because nobody could: a server that is well is left alone.
            raise OutputError("the program ends", hint=CONNECT_HINT)
        # None that was well would have answered; one that is not there takes no harm.
        _asked("pulseaudio", "--kill")
        _kill()
        _asked("pulseaudio", "--start", "--exit-idle-time=-1", limit_s=_START_LIMIT_S)
    modules = iter(SINKS)
    while not (sinks := _sinks()):
        module = None if sinks is None else next(modules, None)
        if module is None:
            # What to do is part of the message: where other ways out are tried too, hints are dropped.
            raise OutputError('PulseAudio does not reach the speaker (update it: "pkg upgrade")', hint=CONNECT_HINT)
        _asked("pactl", "load-module", module)


def _sinks() -> list[str] | None:
    """Return the sinks that are heard; `None` when no server answers."""
    lines = _asked("pactl", "list", "short", "sinks")
    return None if lines is None else heard_sinks(lines)


def _kill() -> None:
    """End a server that has not heeded the polite signal, because it hangs."""
    until_s = time.monotonic() + _GRACE_S
    for file in _pid_files():
        pid = _server(file)
        while pid is not None and time.monotonic() < until_s:
            time.sleep(_LOOK_S)
            pid = _server(file)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            file.unlink(missing_ok=True)


def _pid_files() -> Iterator[Path]:
    """Yield the files in which servers of this person tell their process."""
    if folder := os.environ.get("PULSE_RUNTIME_PATH"):
        yield Path(folder) / "pid"
        return
    yield from Path(os.environ.get("TMPDIR") or termux_prefix() / "tmp").glob("pulse-*/pid")
    yield from (Path.home() / ".config" / "pulse").glob("*-runtime/pid")


def _server(file: Path) -> int | None:
    """Return the process that a file tells of, if it is a server of this person that still runs."""
    try:
        pid = int(file.read_text("ascii"))
        process = Path(f"/proc/{pid}")
        # One that has ended and waits to be buried has no words.
        program = (process / "cmdline").read_bytes().partition(b"\0")[0].rpartition(b"/")[2]
        return pid if program == b"pulseaudio" and process.stat().st_uid == os.geteuid() else None
    except (OSError, ValueError):
        return None


def _asked(*words: str, limit_s: float = _LIMIT_S) -> list[str] | None:
    """Run a command and return what it says; `None` when it fails or does not end."""
    if _leaving.is_set():
        return None
    try:
        child = Child(words)
    except OSError:
        return None
    _running.append(child)
    try:
        return child.said() if child.wait(limit_s) == 0 else None
    finally:
        end_with_all(child)
        _running.remove(child)


@atexit.register
def _leave() -> None:
    """Leave no question behind when the program ends while another thread waits for its answer."""
    _leaving.set()
    for child in _running.copy():
        end_with_all(child)


_running: Final[list[Child]] = []
_leaving: Final = Event()
