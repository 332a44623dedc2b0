"""A cover picture of a session: a band for each step, as high as the step is long, coloured by section."""

import colorsys
import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

from voiceguide.scheduler.timeline import Chapter, Timeline

SIDE: Final = 600
"""Width and height in pixels."""

_MARGIN: Final = 60
_GAP: Final = 3
_GROUND: Final = (24, 26, 33)
_CORNER: Final = 8


def cover(timeline: Timeline, side: int = SIDE) -> bytes:
    """Return a PNG picture of the session, the same for the same session; `side`, in pixels, divides `SIDE`."""
    picture = np.empty((SIDE, SIDE, 3), np.uint8)
    picture[:] = _GROUND
    room = SIDE - 2 * _MARGIN
    sections = list(dict.fromkeys(chapter.section for chapter in timeline.chapters))
    for chapter in timeline.chapters:
        top = _MARGIN + room * chapter.start_ms // timeline.length_ms
        bottom = _MARGIN + room * chapter.end_ms // timeline.length_ms - _GAP
        _band(picture[top : max(top + 1, bottom), _MARGIN : SIDE - _MARGIN], _colour(chapter, sections))
    return _png(picture[:: SIDE // side, :: SIDE // side])


def _colour(chapter: Chapter, sections: list[str | None]) -> tuple[int, int, int]:
    """Return a calm colour: one hue a section, from a warm red through green to blue; grey outside of all."""
    place = sections.index(chapter.section) / max(1, len(sections))
    red, green, blue = colorsys.hls_to_rgb(0.05 + 0.6 * place, 0.62, 0.35 if chapter.section else 0.0)
    return round(255 * red), round(255 * green), round(255 * blue)


def _band(place: npt.NDArray[np.uint8], colour: tuple[int, int, int]) -> None:
    height, width, _ = place.shape
    radius = min(_CORNER, height // 2)
    place[:] = colour
    for row in range(radius):
        cut = radius - round((radius**2 - (radius - row - 0.5) ** 2) ** 0.5)
        for line in (row, height - 1 - row):
            place[line, :cut] = place[line, width - cut :] = _GROUND


def _png(picture: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture of 8 bits a colour as PNG (ISO/IEC 15948); each line has no filter."""
    height, width, _ = picture.shape
    lines = np.zeros((height, 1 + 3 * width), np.uint8)
    lines[:, 1:] = picture.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
