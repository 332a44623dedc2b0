"""Clips on disk, so that no sentence is spoken twice.

One file for each clip: a head of 20 bytes, then the samples as 16-bit little-endian numbers. A file appears under its
name only when it is whole, so any number of processes may read and write at once; what is damaged later is seen by
its length or its checksum, and counts as missing.

A file's time is when it was last used, to the day. What was not used for longest is removed first.
"""

import hashlib
import logging
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from voiceguide import paths
from voiceguide.audio.clip import length_ms
from voiceguide.files import written_beside

MOST_BYTES: Final = 500_000_000
"""What all clips may take on disk: three hours of speech at 22 050 Hz."""

_VERSION: Final = "2"
"""To be raised when the finishing of clips, the reading of texts or this format changes: old files are then no longer
found, and go as those that nobody uses."""

_HEAD: Final = struct.Struct("<8sIII")
_MAGIC: Final = b"vg-clip\n"

_ROOM_AFTER: Final = 0.1
"""So much of the whole is free after a trim, so that the next one is not due at once."""

_DAY_S: Final = 86_400.0
_ABANDONED_S: Final = 600.0
"""A trim that began so long ago has died."""

_log = logging.getLogger(__name__)


class StoredClip(NamedTuple):
    """A clip as it is kept."""

    samples: npt.NDArray[np.int16]
    """Mono, shape ``(n,)``."""

    rate_hz: int
    """Samples in a second."""

    @property
    def length_ms(self) -> int:
        """How long it is heard."""
        return length_ms(len(self.samples), self.rate_hz)


class _Head(NamedTuple):
    """What stands before the samples."""

    samples: int
    rate_hz: int
    checksum: int


class _Kept(NamedTuple):
    """A file of the cache, as a trim sees it."""

    used_s: float
    size_bytes: int
    path: Path


def clip_key(identity: str, text: str) -> str:
    """Return the name of a clip: a hash of all that its sound depends on.

    Args:
        identity: What `SpeechEngine.identity` says, and the lexicon.
        text: What is spoken.
    """
    return hashlib.sha256(f"{_VERSION}\0{identity}\0{text}".encode(errors="surrogatepass")).hexdigest()


class ClipCache:
    """Keeps clips by their key; nothing that the disk does stops it. Safe to use from several threads.

    Where the folder cannot be written, new clips go to a temporary folder, and where that is full too, into memory.

    Args:
        folder: Where the clips lie; the cache folder of the person by default.
        most_bytes: What they may take there.
    """

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._folders = [folder or paths.cache_folder() / "clips"]
        self._most_bytes = most_bytes
        self._kept: dict[str, StoredClip] = {}
        self._in_use: set[str] = set()
        self._moving = Lock()

    def length_ms(self, key: str) -> int | None:
        """Return how long a clip is, or `None` when it is not there; only its head is read."""
        if key in self._kept:
            return self._kept[key].length_ms
        self._in_use.add(key)
        return next(filter(None, (_length_ms(_file(folder, key)) for folder in self._folders)), None)

    def get(self, key: str) -> StoredClip | None:
        """Return a clip, or `None` when it is not there or damaged."""
        if key in self._kept:
            return self._kept[key]
        self._in_use.add(key)
        found = (_clip(_file(folder, key)) for folder in self._folders)
        return next((clip for clip in found if clip is not None), None)

    def put(self, key: str, clip: StoredClip) -> None:
        """Keep a clip."""
        self._in_use.add(key)
        try:
            _write(_file(self._folders[-1], key), clip)
        except OSError as error:
            self._put_elsewhere(key, clip, error)

    def trim(self) -> None:
        """Remove the clips that were not used for longest, where all together take too much.

        What was asked for here stays. Where another process trims, nothing is done.
        """
        with suppress(OSError), _alone(self._folders[0]):
            kept = sorted(_all_kept(self._folders[0]))
            excess_bytes = sum(each.size_bytes for each in kept) - self._most_bytes
            if excess_bytes <= 0:
                return
            excess_bytes += round(_ROOM_AFTER * self._most_bytes)
            for each in kept:
                if excess_bytes > 0 and each.path.stem not in self._in_use:
                    excess_bytes -= _removed(each)

    def size(self) -> tuple[int, int]:
        """Return how many clips are kept on disk, and how many bytes they take."""
        sizes = [each.size_bytes for each in _all_kept(self._folders[0])]
        return len(sizes), sum(sizes)

    def clear(self) -> int:
        """Remove all clips from the disk, and return how many bytes are free now."""
        return sum(map(_removed, list(_all_kept(self._folders[0]))))

    def _put_elsewhere(self, key: str, clip: StoredClip, error: OSError) -> None:
        with self._moving:
            if len(self._folders) == 1:
                folder = self._folders[0]
                _log.warning("spoken clips cannot be kept in %s (%s): they will be made again next time", folder, error)
                with suppress(OSError):
                    self._folders.append(Path(_temporary_folder().name))
        try:
            _write(_file(self._folders[-1], key), clip)
        except OSError:
            self._kept[key] = clip


@cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes away with this process."""
    return tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True)


def _file(folder: Path, key: str) -> Path:
    # Two levels, because folders with thousands of files are slow on some systems.
    return folder / key[:2] / f"{key}.clip"


def _write(file: Path, clip: StoredClip) -> None:
    content = clip.samples.astype("<i2", copy=False).tobytes()
    head = _HEAD.pack(_MAGIC, len(clip.samples), clip.rate_hz, zlib.crc32(content))
    file.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(file) as beside:
        beside.write_bytes(head + content)


def _length_ms(file: Path) -> int | None:
    try:
        with file.open("rb") as stream:
            head = _head(stream.read(_HEAD.size))
            if head is None or _used(file, stream) != _size(head):
                return None
            return length_ms(head.samples, head.rate_hz)
    except OSError:
        return None


def _clip(file: Path) -> StoredClip | None:
    try:
        with file.open("rb") as stream:
            content = stream.read()
            _used(file, stream)
    except OSError:
        return None
    head = _head(content[: _HEAD.size])
    stored = memoryview(content)[_HEAD.size :]
    if head is None or len(content) != _size(head) or zlib.crc32(stored) != head.checksum:
        return None
    return StoredClip(np.frombuffer(stored, "<i2").astype(np.int16, copy=False), head.rate_hz)


def _head(content: bytes) -> _Head | None:
    if len(content) < _HEAD.size:
        return None
    magic, samples, rate_hz, checksum = _HEAD.unpack(content)
    return _Head(samples, rate_hz, checksum) if magic == _MAGIC and samples and rate_hz else None


def _size(head: _Head) -> int:
    return _HEAD.size + 2 * head.samples


def _used(file: Path, stream: BinaryIO) -> int:
    """Note that a file is used, unless that was noted today, and return its size."""
    state = os.fstat(stream.fileno())
    if time.time() - state.st_mtime > _DAY_S:
        with suppress(OSError):
            os.utime(file)
    return state.st_size


def _all_kept(folder: Path) -> Iterator[_Kept]:
    """Yield all clips of a folder, and what is left of those that were never finished."""
    for path in folder.glob("??/*.clip"):
        with suppress(OSError):
            state = path.stat()
            yield _Kept(state.st_mtime, state.st_size, path)


def _removed(kept: _Kept) -> int:
    """Remove a file, and return how many bytes are free now: none where another program holds it."""
    with suppress(OSError):
        kept.path.unlink()
        return kept.size_bytes
    return 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from doing the same to a folder.

    Raises:
        OSError: One does it now, or the folder cannot be written.
    """
    mark = folder / ".trimming"
    with suppress(FileNotFoundError):
        if time.time() - mark.stat().st_mtime > _ABANDONED_S:
            mark.unlink()
    mark.touch(exist_ok=False)
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)
