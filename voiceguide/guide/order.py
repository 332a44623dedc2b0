"""What is to be made of a session as files, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voiceguide.errors import VoiceguideError
from voiceguide.guide.extras import PAGE, Extras

if TYPE_CHECKING:
    from voiceguide.outputs.encoders import Quality

AUDIOBOOK: Final = "audiobook"
"""The quality of what is for ACX."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made of a session."""

    targets: tuple[Path, ...]
    """The files; the ending of each tells its format, ``.html`` is a page with the track inside."""
    overwrite: bool = False
    """Whether files that are there may be replaced."""
    extras: Extras = field(default_factory=Extras)
    """What is to stand beside them."""
    quality: Quality = "good"
    """How good the sound is; ``audiobook`` keeps ACX's limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What became of one target."""

    target: Path
    size_bytes: int = 0
    chapters: int = 0
    """How many it holds."""
    error: VoiceguideError | None = None
    """Why it was not made."""
    error_beside: VoiceguideError | None = None
    """Why not all was made that was to stand beside it."""


def one_a_stem(targets: Sequence[Path]) -> list[Path]:
    """Return the targets without those that differ from one before in their ending only: what is beside is the same."""
    first: dict[Path, Path] = {}
    for target in targets:
        first.setdefault(target.with_suffix(""), target)
    return list(first.values())


def sound_beside(target: Path, targets: Sequence[Path]) -> Path:
    """Return the sound that a cue sheet beside `target` is for: a WAV, where there is one."""
    sounds = [
        each for each in targets if each.with_suffix("") == target.with_suffix("") and each.suffix.lower() != PAGE
    ]
    return next((each for each in sounds if each.suffix.lower() == ".wav"), sounds[0] if sounds else target)
