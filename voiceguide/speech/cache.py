"""Clips on disk, so that no sentence is spoken twice.

One file for each clip: a head of 16 bytes, then the frames as 16-bit little-endian numbers. A file appears under its
name only when it is whole, so any number of processes may read and write at once; what is damaged later is seen by
its length or its checksum, and counts as missing.
"""

import hashlib
import logging
import struct
import tempfile
import zlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from voiceguide import paths
from voiceguide.files import written_beside

Stored = npt.NDArray[np.int16]
"""A clip as it is kept: mono, 48 kHz, shape ``(frames,)``."""

_VERSION: Final = "1"
"""To be raised when the finishing of clips or this format changes: old files are then no longer found."""

_HEAD: Final = struct.Struct("<8sII")
_MAGIC: Final = b"vg-clip\n"

_log = logging.getLogger(__name__)


class _Head(NamedTuple):
    """What stands before the frames."""

    frames: int
    checksum: int


def clip_key(identity: str, text: str) -> str:
    """Return the name of a clip: a hash of all that its sound depends on.

    Args:
        identity: What `SpeechEngine.identity` says.
        text: What is spoken.
    """
    return hashlib.sha256(f"{_VERSION}\0{identity}\0{text}".encode(errors="surrogatepass")).hexdigest()


class ClipCache:
    """Keeps clips by their key; nothing that the disk does stops it.

    Where the folder cannot be written, new clips go to a temporary folder, and where that is full too, into memory.

    Args:
        folder: Where the clips lie; the cache folder of the person by default.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folders = [folder or paths.cache_folder() / "clips"]
        self._kept: dict[str, Stored] = {}

    def frames(self, key: str) -> int | None:
        """Return the length of a clip in frames, or `None` when it is not there; only its head is read."""
        if key in self._kept:
            return len(self._kept[key])
        return next(filter(None, (_frames(_file(folder, key)) for folder in self._folders)), None)

    def get(self, key: str) -> Stored | None:
        """Return a clip, or `None` when it is not there or damaged."""
        if key in self._kept:
            return self._kept[key]
        found = (_clip(_file(folder, key)) for folder in self._folders)
        return next((clip for clip in found if clip is not None), None)

    def put(self, key: str, clip: Stored) -> None:
        """Keep a clip."""
        try:
            _write(_file(self._folders[-1], key), clip)
        except OSError as error:
            self._put_elsewhere(key, clip, error)

    def _put_elsewhere(self, key: str, clip: Stored, error: OSError) -> None:
        if len(self._folders) > 1:
            self._kept[key] = clip
            return
        _log.warning("spoken clips cannot be kept in %s (%s): they will be made again next time", *self._folders, error)
        try:
            self._folders.append(Path(_temporary_folder().name))
        except OSError:
            self._kept[key] = clip
            return
        self.put(key, clip)


@cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes away with this process."""
    return tempfile.TemporaryDirectory(prefix="voiceguide-")


def _file(folder: Path, key: str) -> Path:
    # Two levels, because folders with thousands of files are slow on some systems.
    return folder / key[:2] / f"{key}.clip"


def _write(file: Path, clip: Stored) -> None:
    content = clip.astype("<i2").tobytes()
    file.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(file) as beside:
        beside.write_bytes(_HEAD.pack(_MAGIC, len(clip), zlib.crc32(content)) + content)


def _frames(file: Path) -> int | None:
    try:
        with file.open("rb") as stream:
            head = _head(stream.read(_HEAD.size))
            size = stream.seek(0, 2)
    except OSError:
        return None
    return head.frames if head and size == _size(head) else None


def _clip(file: Path) -> Stored | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    head = _head(content[: _HEAD.size])
    stored = memoryview(content)[_HEAD.size :]
    if head is None or len(content) != _size(head) or zlib.crc32(stored) != head.checksum:
        return None
    return np.frombuffer(stored, "<i2").astype(np.int16, copy=False)


def _head(content: bytes) -> _Head | None:
    if len(content) < _HEAD.size:
        return None
    magic, frames, checksum = _HEAD.unpack(content)
    return _Head(frames, checksum) if magic == _MAGIC and frames else None


def _size(head: _Head) -> int:
    return _HEAD.size + 2 * head.frames
