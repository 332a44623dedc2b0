"""What a session may need, and whether it is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that a session may need."""

    kind: Literal["voice", "output", "file"]
    name: str
    hint: str | None
    """What to do about it; `None` when it is ready."""


def diagnose() -> list[Part]:
    """Return every voice, sound output and file format, and what to do about those that are not ready."""
    from voiceguide.outputs import registry as outputs
    from voiceguide.speech import registry as speech

    voices = [Part(kind="voice", name=each.name, hint=each.hint) for each in speech.describe()]
    return voices + [Part(kind=each.kind, name=each.name, hint=each.hint) for each in outputs.describe()]


def able_to_export(parts: Iterable[Part]) -> bool:
    """Return whether at least one voice is ready, which is all that an export cannot do without."""
    return any(part.kind == "voice" and part.hint is None for part in parts)
