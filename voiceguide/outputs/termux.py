"""Sound on a phone: through the PulseAudio of Termux, which has to be started and told which way the speaker is.

Told by Termux's packages, and never heard. Bluetooth speakers that come or go may leave the server hanging: so each
question has a time limit, and a server that does not answer is ended, to be started anew.
"""

import os
import shutil
from dataclasses import replace
from typing import Final

from voiceguide.errors import OutputError
from voiceguide.media.child import Child
from voiceguide.outputs.output import CONNECT_HINT
from voiceguide.outputs.process import PLAYERS, ProcessOutput

SINKS: Final = ("module-aaudio-sink", "module-sles-sink")
"""What plays on Android's speaker, the better one first."""

_SILENT: Final = "auto_null"
"""What PulseAudio has where it finds nothing that sounds."""

_LATENCY_MS: Final = 400
"""What the server and Android's own buffers are said to hold at most."""

_LIMIT_S: Final = 2.0
"""A server that does not answer in so long hangs."""

_START_LIMIT_S: Final = 5.0

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
        # None that was well would have answered; one that is not there takes no harm.
        _asked("pulseaudio", "--kill")
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
    if lines is None:
        return None
    names = [line.split("\t")[1] for line in lines if line.count("\t") >= 2]
    return [name for name in names if name != _SILENT]


def _asked(*words: str, limit_s: float = _LIMIT_S) -> list[str] | None:
    """Run a command and return what it says; `None` when it fails or does not end."""
    try:
        child = Child(words)
    except OSError:
        return None
    try:
        return child.said() if child.wait(limit_s) == 0 else None
    finally:
        child.end()
