"""What a session may need, and whether it is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from voiceguide.errors import MediaError


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that a session may need."""

    kind: Literal["voice", "sound", "output", "file"]
    name: str
    hint: str | None
    """What to do about it; `None` when it is ready."""


def diagnose() -> list[Part]:
    """Return every voice, sound output and file format, and what to do about those that are not ready."""
    from voiceguide.outputs import registry as outputs
    from voiceguide.speech import registry as speech

    voices = [Part(kind="voice", name=each.name, hint=each.hint) for each in speech.describe()]
    sounds = [Part(kind="sound", name="music and chimes", hint=_sounds_hint())]
    return voices + sounds + [Part(kind=each.kind, name=each.name, hint=each.hint) for each in outputs.describe()]


def able_to_export(parts: Iterable[Part]) -> bool:
    """Return whether a voice is ready and the bundled sounds can be decoded: no export can do without."""
    ready = {part.kind for part in parts if part.hint is None}
    return {"voice", "sound"} <= ready


def _sounds_hint() -> str | None:
    from voiceguide.media.ffmpeg import INSTALL_HINT
    from voiceguide.media.sounds import load_chime

    try:
        load_chime("bowl", "tick")
    except MediaError:
        return f"nothing here decodes them: {INSTALL_HINT}"
    return None
