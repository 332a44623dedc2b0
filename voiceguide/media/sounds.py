"""The bundled sounds by name: chimes in sets, and ambiences."""

from pathlib import Path
from typing import Final

from voiceguide import paths
from voiceguide.audio.samples import Block, Buffer, as_buffer
from voiceguide.errors import MediaError, near
from voiceguide.media.decode import decode

NO_MUSIC = "none"
"""The ambience that is none."""

CHIME_KINDS: Final = ("start", "section", "change", "side", "tick", "release", "last", "check-in", "end")
"""What a chime may say."""


def ambiences() -> list[str]:
    """Return the names of the bundled ambiences."""
    return sorted(path.stem for path in (paths.bundled_sounds() / "ambience").glob("*.ogg"))


def chime_sets() -> list[str]:
    """Return the names of the bundled sets of chimes."""
    return sorted(path.name for path in (paths.bundled_sounds() / "chimes").iterdir() if path.is_dir())


def load_ambience(name: str) -> Block:
    """Return the samples of a bundled ambience, which loop without a seam.

    Raises:
        MediaError: There is none of that name, or it cannot be decoded.
    """
    known = ambiences()
    if name not in known:
        raise MediaError(f"there is no music called '{name}'", hint=near(name, [*known, NO_MUSIC]))
    return decode(paths.bundled_sounds() / "ambience" / f"{name}.ogg")


def load_chime(chime_set: str, kind: str) -> Buffer:
    """Return a chime as a stereo clip.

    Raises:
        MediaError: There is no such set, or the file cannot be decoded.
    """
    known = chime_sets()
    if chime_set not in known:
        raise MediaError(f"there are no chimes called '{chime_set}'", hint=near(chime_set, known))
    return as_buffer(decode(_chime_file(chime_set, kind)))


def _chime_file(chime_set: str, kind: str) -> Path:
    return paths.bundled_sounds() / "chimes" / chime_set / f"{kind}.flac"
