"""Reading what an engine has written: WAV, and AIFF as macOS writes it.

Engines crash, hang and fill disks half-way, so everything is checked: a file is whole, or it is an error.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import Speech

_LARGEST_BYTES: Final = 200_000_000
_LOWEST_HZ: Final = 4_000
_HIGHEST_HZ: Final = 192_000

_PCM: Final = 1
_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE


class _Broken(Exception):  # noqa: N818 - becomes a SpeechError, which knows the file
    """What is wrong with a file, in words that follow its name."""


class _Format(NamedTuple):
    """How samples are stored."""

    channels: int
    rate_hz: int
    bits: int
    floating: bool
    order: Literal["<", ">"]


def read_recording(path: Path) -> Speech:
    """Return the sound of a WAV or AIFF file, as mono.

    Raises:
        SpeechError: It is missing, empty, cut short, or of a kind that no engine of ours writes.
    """
    try:
        # A pipe or a device, which a program may have put there, has no end.
        if not S_ISREG(path.lstat().st_mode):
            raise _Broken("is no ordinary file")
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise _Broken("is too large")
        return _parsed(content)
    except OSError as error:
        raise _unusable(f"is not there ({error.strerror})") from error
    except _Broken as error:
        raise _unusable(str(error)) from error


def _unusable(why: str) -> SpeechError:
    return SpeechError(
        f"the recording that the voice made {why}",
        hint='try again, or choose another voice: "voiceguide doctor" shows which are ready',
    )


def _parsed(content: bytes) -> Speech:
    kind = content[:4], content[8:12]
    if kind == (b"RIFF", b"WAVE"):
        layout, stored = _wav(content)
    elif kind in ((b"FORM", b"AIFF"), (b"FORM", b"AIFC")):
        layout, stored = _aiff(content)
    else:
        raise _Broken("is neither WAV nor AIFF")
    if not _LOWEST_HZ <= layout.rate_hz <= _HIGHEST_HZ:
        raise _Broken(f"has {layout.rate_hz} samples in a second")
    samples = _decoded(stored, layout)
    if not len(samples):
        raise _Broken("is empty")
    return Speech(samples, layout.rate_hz)


def _wav(content: bytes) -> tuple[_Format, bytes]:
    chunks = dict(_chunks(content, "little"))
    layout = chunks.get(b"fmt ", b"")
    if len(layout) < 16 or b"data" not in chunks:
        raise _Broken("has no sound in it")
    tag = int.from_bytes(layout[0:2], "little")
    if tag == _EXTENSIBLE and len(layout) >= 26:
        tag = int.from_bytes(layout[24:26], "little")
    if tag not in (_PCM, _FLOAT):
        raise _Broken(f"is compressed (WAV format {tag})")
    return _Format(
        channels=int.from_bytes(layout[2:4], "little"),
        rate_hz=int.from_bytes(layout[4:8], "little"),
        bits=int.from_bytes(layout[14:16], "little"),
        floating=tag == _FLOAT,
        order="<",
    ), chunks[b"data"]


def _aiff(content: bytes) -> tuple[_Format, bytes]:
    chunks = dict(_chunks(content, "big"))
    layout, sound = chunks.get(b"COMM", b""), chunks.get(b"SSND", b"")
    if len(layout) < 18 or len(sound) < 8:
        raise _Broken("has no sound in it")
    compression = layout[18:22] or b"NONE"
    if compression not in (b"NONE", b"twos", b"sowt", b"fl32", b"FL32"):
        raise _Broken(f"is compressed (AIFF format {compression!r})")
    offset = int.from_bytes(sound[:4], "big")
    return _Format(
        channels=int.from_bytes(layout[0:2], "big"),
        rate_hz=round(_extended(layout[8:18])),
        bits=int.from_bytes(layout[6:8], "big"),
        floating=compression.lower() == b"fl32",
        order="<" if compression == b"sowt" else ">",
    ), sound[8 + offset :]


def _chunks(content: bytes, order: Literal["little", "big"]) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], order)
        if at + 8 + size > len(content):
            raise _Broken("is cut short")
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _extended(number: bytes) -> float:
    """Return an 80-bit float, as AIFF has its rate: 16 bits of sign and exponent, 64 of mantissa."""
    exponent = int.from_bytes(number[:2], "big") & 0x7FFF
    try:
        return math.ldexp(int.from_bytes(number[2:], "big"), exponent - 16383 - 63)
    except OverflowError:
        return 0.0


def _decoded(stored: bytes, layout: _Format) -> npt.NDArray[np.float32]:
    if not 1 <= layout.channels <= 8:
        raise _Broken(f"has {layout.channels} channels")
    width = layout.bits // 8
    usable = len(stored) - len(stored) % max(1, width * layout.channels)
    values = _values(stored[:usable], layout)
    mono: npt.NDArray[np.float32] = values.reshape(-1, layout.channels).mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        raise _Broken("holds numbers that are none")
    return mono


def _values(stored: bytes, layout: _Format) -> npt.NDArray[np.float32]:
    match layout.bits, layout.floating:
        case 32, True:
            return np.frombuffer(stored, f"{layout.order}f4").astype(np.float32)
        case 8, False if layout.order == "<":
            return np.frombuffer(stored, np.uint8).astype(np.float32) / np.float32(128.0) - np.float32(1.0)
        case 8, False:
            return np.frombuffer(stored, np.int8).astype(np.float32) / np.float32(128.0)
        case 16, False:
            return np.frombuffer(stored, f"{layout.order}i2").astype(np.float32) / np.float32(32768.0)
        case 32, False:
            return (np.frombuffer(stored, f"{layout.order}i4") / 2.0**31).astype(np.float32)
        case 24, False:
            padded = np.zeros((len(stored) // 3, 4), np.uint8)
            padded[:, slice(1, 4) if layout.order == "<" else slice(0, 3)] = np.frombuffer(stored, np.uint8).reshape(
                -1, 3
            )
            return (padded.view(f"{layout.order}i4").ravel() / 2.0**31).astype(np.float32)
        case _:
            raise _Broken(f"has samples of {layout.bits} bits")
