"""Sound through simpleaudio, for who asks for it by name.

simpleaudio 1.0.4 of 2019 has no stream, no pause and no volume: it plays one buffer, and reads it as it plays. From
Python 3.12 on it crashes when a sound ends, and while it opens a device nothing else runs. So a program of its own has
it, which fills the buffer just ahead of the playing: `simpleaudio_player`.
"""

import importlib.util
import sys
from typing import Final

from voiceguide.outputs.process import Player, ProcessOutput
from voiceguide.platforms import is_android

LAST_PYTHON: Final = (3, 11)

_INSTALL: Final = (
    'install it with "pip install simpleaudio", which needs a compiler and, on Linux, the headers of ALSA '
    "(libasound2-dev); or take --output miniaudio"
)

_PLAYER: Final = Player(
    arguments=(sys.executable, "-P", "-m", "voiceguide.outputs.simpleaudio_player"),
    package="simpleaudio",
    latency_ms=450,
    settle_ms=600,
    tail_ms=100,
)


class SimpleaudioOutput(ProcessOutput):
    """Plays on the default sound device of ALSA or Core Audio."""

    def __init__(self) -> None:
        super().__init__("simpleaudio", _PLAYER)

    def missing(self) -> str | None:
        """Return why simpleaudio cannot be used and what to use instead, or `None` when it is ready."""
        if is_android():
            return "simpleaudio cannot be built on Android: take --output pacat"
        if sys.version_info[:2] > LAST_PYTHON:
            return "simpleaudio crashes on Python 3.12 and later when a sound ends: take --output miniaudio"
        if importlib.util.find_spec("simpleaudio") is None:
            return _INSTALL
        return super().missing()
