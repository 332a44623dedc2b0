"""Which speech engines there are, and how one is chosen."""

import importlib
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from voiceguide.errors import SpeechError, near
from voiceguide.speech.engine import SpeechEngine, Voice, VoiceRequest

AUTO: Final = "auto"
"""Stands for the best engine that is ready."""

ENGINES: Final = {
    "piper": "voiceguide.speech.piper:PiperEngine",
    "system": "voiceguide.speech.system:SystemEngine",
    "rhvoice": "voiceguide.speech.command:rhvoice",
    "pico": "voiceguide.speech.command:pico",
    "flite": "voiceguide.speech.command:flite",
    "festival": "voiceguide.speech.command:festival",
    "espeak": "voiceguide.speech.espeak:EspeakEngine",
}
"""Engine name to ``module:factory``, best first; the factory takes a `VoiceRequest`."""

BY_NAME_ONLY: Final = {
    "say": "voiceguide.speech.command:say",
    "command": "voiceguide.speech.command:own_command",
    "recorded": "voiceguide.speech.recorded:RecordedEngine",
    "android": "voiceguide.speech.android:AndroidEngine",
}
"""The same for those that ``auto`` never takes."""

_SAME_AS_ESPEAK: Final = "system"
"""Except on macOS and Windows, where it has natural voices, this is eSpeak once more, by a slower way."""

_EASIEST: Final = "espeak"
"""To install."""

_log = logging.getLogger(__name__)


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
        raise SpeechError(f"{voice!r} names a voice of no engine", hint=f"write ENGINE:{name}; {near('', _names())}")
    return engine, name or None


def open_engine(name: str, request: VoiceRequest) -> SpeechEngine:
    """Return an engine that is ready and has the voice.

    Args:
        name: One of `ENGINES` or `BY_NAME_ONLY`, or ``auto``.
        request: How to speak.

    Raises:
        SpeechError: There is no engine of that name, it is not installed or has no such voice, or none at all is ready.
    """
    if name == AUTO:
        for engine in automatic(request):
            return engine
        raise _none_ready(request)
    engine = make_engine(name, request)
    try:
        if hint := engine.missing():
            raise SpeechError(f"the speech engine {name} is not ready", hint=hint)
        engine.voice()
    except SpeechError:
        engine.close()
        raise
    return engine


def make_engine(name: str, request: VoiceRequest) -> SpeechEngine:
    """Return an engine, ready or not.

    Raises:
        SpeechError: There is none of that name.
    """
    known = {**ENGINES, **BY_NAME_ONLY}
    if name not in known:
        raise SpeechError(f"there is no speech engine called {name!r}", hint=near(name, _names()))
    module, _, kind = known[name].partition(":")
    factory: Callable[[VoiceRequest], Any] = getattr(importlib.import_module(module), kind)
    engine: SpeechEngine = factory(request)
    return engine


def automatic(request: VoiceRequest, but: str | None = None) -> Iterator[SpeechEngine]:
    """Yield the engines that are ready and have a voice for the language, best first, each made when asked for.

    Args:
        request: How to speak.
        but: Name of an engine that is left out.
    """
    for name in automatic_order():
        if name == but:
            continue
        engine = make_engine(name, request)
        try:
            if engine.missing() is None:
                engine.voice()
                yield engine
                continue
        except SpeechError as error:
            _log.info("%s is passed over: %s", name, error.message)
        engine.close()


def best_voice(request: VoiceRequest) -> tuple[str, str] | None:
    """Return the engine and the voice that ``auto`` takes."""
    for engine in automatic(request):
        voice = engine.voice()
        engine.close()
        return engine.name, voice.name
    return None


def all_voices(request: VoiceRequest) -> Iterator[tuple[str, Voice]]:
    """Yield every voice that is ready, and before it the name of its engine; the best engine first."""
    for name in [*automatic_order(), *BY_NAME_ONLY]:
        engine = make_engine(name, request)
        try:
            if engine.missing() is None:
                yield from ((name, voice) for voice in engine.voices())
        except SpeechError as error:
            _log.warning("the voices of %s are not known: %s (%s)", name, error.message, error.hint)
        finally:
            engine.close()


def describe(request: VoiceRequest | None = None) -> Iterator[Readiness]:
    """Yield how each engine stands that ``auto`` asks, in its order."""
    for name in automatic_order():
        engine = make_engine(name, request or VoiceRequest())
        yield Readiness(name, engine.missing())
        engine.close()


def automatic_order(platform: str = sys.platform) -> list[str]:
    """Return the names of `ENGINES` in the order in which ``auto`` asks them, on a platform of `sys.platform`."""
    if platform in ("darwin", "win32"):
        return list(ENGINES)
    return sorted(ENGINES, key=lambda name: name == _SAME_AS_ESPEAK)


def _none_ready(request: VoiceRequest) -> SpeechError:
    """Return why ``auto`` has found no engine."""
    hints = {}
    for name in automatic_order():
        engine = make_engine(name, request)
        try:
            hint = engine.missing()
            if hint is None:
                engine.voice()
            else:
                hints[name] = hint
        except SpeechError as error:
            return error
        finally:
            engine.close()
    easiest = _EASIEST if _EASIEST in hints else next(iter(hints))
    return SpeechError("no speech engine is installed", hint=f"for {easiest}, {hints[easiest]}")


def _names() -> list[str]:
    return [AUTO, *ENGINES, *BY_NAME_ONLY]
