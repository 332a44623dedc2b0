"""The bundled sounds by name: chimes in sets, and ambiences."""

from concurrent.futures import Future
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from voiceguide import paths
from voiceguide.audio.bed import Loop, levelled
from voiceguide.audio.samples import Block, Buffer, as_buffer
from voiceguide.background import in_background
from voiceguide.errors import MediaError, near
from voiceguide.media.decode import decode, decode_stream
from voiceguide.units import frames

NO_MUSIC = "none"
"""The ambience that is none."""

_HEAD_FRAMES: Final = frames(10_000)
"""So much is decoded before the first sound; the rest takes far less than these seconds."""

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
    return decode(_ambience_file(name))


def open_ambience(name: str, gain: float) -> "Arriving":
    """Return a bundled ambience as music that can be heard at once, while the rest of it is still being decoded.

    Args:
        name: One of `ambiences`.
        gain: Linear, over all of it.

    Raises:
        MediaError: There is none of that name, or it cannot be decoded.
    """
    with closing(decode_stream(_ambience_file(name), _HEAD_FRAMES)) as blocks:
        head = levelled(next(blocks), gain)
    return Arriving(head, in_background(lambda: levelled(load_ambience(name), gain), "decode"))


class Arriving:
    """A loop of which the beginning is there; whoever reads further waits for the rest.

    Args:
        head: Its first seconds.
        whole: All of it.
    """

    def __init__(self, head: Loop, whole: "Future[Loop]") -> None:
        self._head, self._whole = head, whole

    def read(self, start: int, stop: int) -> Block:
        """Return the frames ``[start, stop)``.

        Raises:
            MediaError: The rest cannot be decoded.
        """
        loop = self._head if stop <= len(self._head.samples) else self._whole.result()
        return loop.read(start, stop)

    def close(self) -> None:
        """Do nothing."""


@cache
def load_chime(chime_set: str, kind: str) -> Buffer:
    """Return a chime as a stereo clip, not to be written to: it is decoded once.

    Raises:
        MediaError: There is no such set, or the file cannot be decoded.
    """
    known = chime_sets()
    if chime_set not in known:
        raise MediaError(f"there are no chimes called '{chime_set}'", hint=near(chime_set, known))
    chime = as_buffer(decode(_chime_file(chime_set, kind)))
    chime.flags.writeable = False
    return chime


def _ambience_file(name: str) -> Path:
    known = ambiences()
    if name not in known:
        raise MediaError(f"there is no music called '{name}'", hint=near(name, [*known, NO_MUSIC]))
    return paths.bundled_sounds() / "ambience" / f"{name}.ogg"


def _chime_file(chime_set: str, kind: str) -> Path:
    return paths.bundled_sounds() / "chimes" / chime_set / f"{kind}.flac"
