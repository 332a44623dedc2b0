"""Which speech engines there are, and how one is chosen."""

import difflib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import SpeechEngine, VoiceRequest

AUTO: Final = "auto"
"""Stands for the best engine that is ready."""

ENGINES: Final = {
    "system": "voiceguide.speech.system:SystemEngine",
    "espeak": "voiceguide.speech.espeak:EspeakEngine",
}
"""Engine name to ``module:class``, best first; the class takes a `VoiceRequest`."""

_SAME_AS_ESPEAK: Final = "system"
"""Except on macOS and Windows, where it has natural voices, this is eSpeak once more, by a slower way."""


class Readiness(NamedTuple):
    """How an engine stands, as ``doctor`` tells it."""

    name: str
    hint: str | None
    """What to do about it; `None` when it is ready."""


def parse_voice(voice: str) -> tuple[str, str | None]:
    """Split what ``--voice`` takes, ``ENGINE`` or ``ENGINE:VOICE``, into the two; the second may be `None`.

    Raises:
        SpeechError: One of them is left empty, or a voice is named without an engine.
    """
    engine, colon, name = (part.strip() for part in voice.partition(":"))
    if not engine or (colon and not name):
        raise SpeechError(f"{voice!r} names no voice", hint="write ENGINE or ENGINE:VOICE, such as espeak:en-gb")
    if engine == AUTO and name:
        raise SpeechError(f"{voice!r} names a voice of no engine", hint=f"write ENGINE:{name}; {_there_are()}")
    return engine, name or None


def open_engine(name: str, request: VoiceRequest) -> SpeechEngine:
    """Return an engine that is ready.

    Args:
        name: One of `ENGINES`, or ``auto``.
        request: How to speak.

    Raises:
        SpeechError: There is no engine of that name, or it is not installed, or none at all is.
    """
    if name == AUTO:
        return _best(request)
    if name not in ENGINES:
        near = difflib.get_close_matches(name.lower(), [*ENGINES, AUTO], n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise SpeechError(f"there is no speech engine called {name!r}", hint=f"{meant}{_there_are()}".capitalize())
    engine = _made(name, request)
    if hint := engine.missing():
        raise SpeechError(f"the speech engine {name} is not ready", hint=hint)
    return engine


def describe(request: VoiceRequest | None = None) -> Iterator[Readiness]:
    """Yield how each engine stands, in the order in which ``auto`` asks them."""
    for name in automatic_order():
        engine = _made(name, request or VoiceRequest())
        yield Readiness(name, engine.missing())
        engine.close()


def automatic_order(platform: str = sys.platform) -> list[str]:
    """Return the names of all engines in the order in which ``auto`` asks them, on a platform of `sys.platform`."""
    if platform in ("darwin", "win32"):
        return list(ENGINES)
    return sorted(ENGINES, key=lambda name: name == _SAME_AS_ESPEAK)


def _best(request: VoiceRequest) -> SpeechEngine:
    hints = []
    for name in automatic_order():
        engine = _made(name, request)
        hint = engine.missing()
        if hint is None:
            return engine
        hints.append(f"for {name}, {hint}")
    raise SpeechError("no speech engine is installed", hint="; ".join(hints))


def _made(name: str, request: VoiceRequest) -> SpeechEngine:
    module, _, kind = ENGINES[name].partition(":")
    factory: Callable[[VoiceRequest], Any] = getattr(importlib.import_module(module), kind)
    engine: SpeechEngine = factory(request)
    return engine


def _there_are() -> str:
    return f"there are {AUTO}, {', '.join(ENGINES)}"
