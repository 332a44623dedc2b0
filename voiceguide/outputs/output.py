"""What an output is."""

from typing import Final, Protocol

import numpy as np

from voiceguide.audio.samples import Block
from voiceguide.units import CHANNELS

FRAME_BYTES: Final = 4
"""One frame on its way out: two channels of 16 bits."""

PATIENCE_S: Final = 2.0
"""A device that consumes nothing for so long has gone away."""

CONNECT_HINT: Final = 'connect or start a sound device; "voiceguide doctor" shows what there is'
"""What to do where a device does not open, or went away."""


class Output(Protocol):
    """Takes blocks of frames, in order, and makes them heard or keeps them.

    An output is made cheaply; `open` takes the device or the file, once. An `open` that fails leaves nothing behind;
    after one that worked, `close` or `abort` ends the output. One thread writes; any thread may abort.
    """

    name: str
    """The name in the registry, such as ``miniaudio`` or ``wav``."""

    latency_ms: int
    """The most that a device holds of what was written and is not yet heard; 0 for a file."""

    def missing(self) -> str | None:
        """Return how to install what is missing, or `None` when it may be opened."""

    def open(self) -> None:
        """Take the device or the file.

        Raises:
            OutputError: There is no such device, or it does not answer.
            TargetError: The file cannot be written.
        """

    def write(self, block: Block) -> None:
        """Take a block; wait while there is no room.

        A device never holds more than `latency_ms` that is not yet heard, so that a command is heard soon. The block
        is the caller's again afterwards. A write that waits while another thread aborts returns.

        Raises:
            OutputError: The device went away: nothing was consumed for 2 s, or the pipe broke.
            TargetError: The disk is full, or the encoder died.
            RuntimeError: The output is not open.
        """

    def close(self) -> None:
        """Finish: play what was written, or put the finished file in its place.

        A device that went away meanwhile is let go in silence. Whatever happens, nothing half-written stays.

        Raises:
            TargetError: The disk is full, the encoder died, or something else took the file's name meanwhile.
        """

    def abort(self) -> None:
        """Stop at once: drop what was not heard, or remove what was half-written.

        May be called at any time, twice, after `close` and before `open` too.
        """


def not_open(name: str) -> RuntimeError:
    """Return the error for a write before `open`, or after the end: a bug of the caller."""
    return RuntimeError(f"the output {name} is not open")


def pcm(block: Block) -> memoryview:
    """Return the bytes of `block`, little-endian and interleaved, as devices and files take them; no copy if it can be.

    Raises:
        TypeError: The samples are not 16-bit, or not in two channels.
    """
    if block.dtype.newbyteorder("=") != np.int16 or block.ndim != 2 or block.shape[1] != CHANNELS:
        raise TypeError(f"a block is int16 of shape (frames, 2), not {block.dtype} of {block.shape}")
    return np.ascontiguousarray(block, "<i2").reshape(-1).view(np.uint8).data
