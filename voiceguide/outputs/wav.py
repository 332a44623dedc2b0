"""A WAV file: 16 bits, 48 kHz, stereo, of any length.

A size in a RIFF header has 32 bits, so a plain WAV ends at 4 GiB, which is 6 h 12 min. What is longer is an RF64
file by EBU Tech 3306: the same, with the sizes in a ``ds64`` chunk. Where the length is not known in advance, a
``JUNK`` chunk of the same size keeps the room for it, as that paper proposes. Tags follow the samples (`riff`).
"""

import os
import struct
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from voiceguide.audio.samples import Block
from voiceguide.errors import TargetError
from voiceguide.outputs.output import FRAME_BYTES, not_open, pcm
from voiceguide.outputs.riff import chunks_of
from voiceguide.outputs.tags import Tags
from voiceguide.outputs.target import Draft, Identity, target_errors
from voiceguide.units import CHANNELS, SAMPLE_RATE

RIFF_LIMIT: Final = 0xFFFF_FFFF
"""The greatest size that a RIFF header can tell, in bytes; in an RF64 file it stands for "see ``ds64``"."""

_FORMAT = struct.pack(
    "<4sIHHIIHH", b"fmt ", 16, 1, CHANNELS, SAMPLE_RATE, SAMPLE_RATE * FRAME_BYTES, FRAME_BYTES, 16
)  # 1 is PCM
_DS64_BYTES: Final = 28


class WavOutput:
    """Writes a WAV file.

    Args:
        path: The file to be.
        overwrite: Whether a file of that name may be replaced.
        frames: How many frames will come, if that is known: a file that needs no room for large sizes then has the
            plain header of 44 bytes that everything can read.
        tags: What the file is to tell of itself, behind the sound.
    """

    name = "wav"
    latency_ms = 0

    def __init__(
        self, path: Path, overwrite: bool = False, *, frames: int | None = None, tags: Tags | None = None
    ) -> None:
        self._behind = chunks_of(tags) if tags else b""
        self._roomy = frames is None or not _is_plain(frames * FRAME_BYTES + len(self._behind), roomy=False)
        self._draft = Draft(path, overwrite)
        self._file: BinaryIO | None = None
        self._data_bytes = 0
        self._counting = Lock()

    def missing(self) -> str | None:
        """Return `None`: nothing is needed."""
        return None

    @property
    def kept(self) -> Identity | None:
        """The file that took its place; `None` before."""
        return self._draft.kept

    def open(self) -> None:
        """Begin the file beside its target.

        Raises:
            TargetError: The file cannot be written.
        """
        beside = self._draft.begin()
        try:
            with target_errors(self._draft.target):
                self._file = beside.open("wb")
                self._file.write(header(0, roomy=self._roomy))
        except BaseException:
            self.abort()
            raise

    def write(self, block: Block) -> None:
        """Append a block.

        Raises:
            TargetError: The disk is full, or there are more frames than were announced and the header has no room.
        """
        if self._file is None:
            raise not_open(self.name)
        data = pcm(block)
        total = self._data_bytes + len(data)
        if not self._roomy and not _is_plain(total + len(self._behind), roomy=False):
            raise TargetError(
                f"cannot write {self._draft.target}: it is longer than announced", hint="announce no length"
            )
        with target_errors(self._draft.target):
            self._file.write(data)
        self._data_bytes = total

    def write_at(self, frame: int, block: Block) -> None:
        """Write a block to its place; several threads may, in any order, until all places are written.

        Args:
            frame: Where its first frame belongs.
            block: As for `write`.

        Raises:
            TargetError: The disk is full.
        """
        file = self._file
        if file is None:
            raise not_open(self.name)
        data = pcm(block)
        with target_errors(self._draft.target):
            _write_at(file, len(header(0, roomy=self._roomy)) + frame * FRAME_BYTES, data)
        with self._counting:
            self._data_bytes = max(self._data_bytes, frame * FRAME_BYTES + len(data))

    def close(self) -> None:
        """Write the tags behind the sound and the sizes into the header, and put the file in its place.

        Raises:
            TargetError: The disk is full, or another file has taken the name.
        """
        if self._file is None:
            return
        try:
            with target_errors(self._draft.target):
                head = header(self._data_bytes, behind_bytes=len(self._behind), roomy=self._roomy)
                self._file.seek(len(head) + self._data_bytes)
                self._file.write(self._behind)
                self._file.seek(0)
                self._file.write(head)
                self._file.close()
            self._file = None
            self._draft.keep()
        finally:
            self.abort()

    def abort(self) -> None:
        """Remove what was written."""
        file, self._file = self._file, None
        if file is not None:
            # What a full disk did not take is tried once more here, and fails once more.
            with suppress(OSError):
                file.close()
        self._draft.drop()


if sys.platform == "win32":
    _seeking = Lock()

    def _write_at(file: BinaryIO, offset: int, data: memoryview) -> None:
        with _seeking:
            file.seek(offset)
            file.write(data)

else:

    def _write_at(file: BinaryIO, offset: int, data: memoryview) -> None:
        # On a disk that is nearly full, less than all is taken, and the next one fails.
        while len(data):
            taken = os.pwrite(file.fileno(), data, offset)
            data, offset = data[taken:], offset + taken


def header(data_bytes: int, *, behind_bytes: int = 0, roomy: bool) -> bytes:
    """Return all that stands before the samples: 44 bytes, or 80 with room for large sizes.

    Args:
        data_bytes: Size of the samples.
        behind_bytes: Size of all that follows them.
        roomy: Whether there is room for a ``ds64`` chunk, used or not.

    Raises:
        ValueError: The size needs a ``ds64`` chunk and there is no room for it.
    """
    riff_bytes = _riff_bytes(data_bytes + behind_bytes, roomy=roomy)
    if _is_plain(data_bytes + behind_bytes, roomy=roomy):
        room = struct.pack("<4sI28x", b"JUNK", _DS64_BYTES) if roomy else b""
        start = struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE")
        return start + room + _FORMAT + struct.pack("<4sI", b"data", data_bytes)
    if not roomy:
        raise ValueError(f"{data_bytes} bytes need a ds64 chunk")
    start = struct.pack("<4sI4s", b"RF64", RIFF_LIMIT, b"WAVE")
    # The last figure is the length of a table for other chunks of such size; there are none.
    sizes = struct.pack("<4sIQQQI", b"ds64", _DS64_BYTES, riff_bytes, data_bytes, data_bytes // FRAME_BYTES, 0)
    return start + sizes + _FORMAT + struct.pack("<4sI", b"data", RIFF_LIMIT)


def endless_header() -> bytes:
    """Return a header for samples that come through a pipe, as many as there are."""
    start = struct.pack("<4sI4s", b"RIFF", RIFF_LIMIT, b"WAVE")
    return start + _FORMAT + struct.pack("<4sI", b"data", RIFF_LIMIT)


def _riff_bytes(following_bytes: int, *, roomy: bool) -> int:
    # All that follows the size itself.
    return 4 + (8 + _DS64_BYTES if roomy else 0) + len(_FORMAT) + 8 + following_bytes


def _is_plain(following_bytes: int, *, roomy: bool) -> bool:
    return _riff_bytes(following_bytes, roomy=roomy) < RIFF_LIMIT
