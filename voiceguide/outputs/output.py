"""What an output is."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[np.int16]
"""Frames on their way out: ``int16``, shape ``(frames, 2)``, 48 kHz."""


class Output(Protocol):
    """Takes blocks of frames, in order, and makes them heard or keeps them.

    An output is made cheaply; `open` takes the device or the file. After `open`, exactly one of `close` and
    `abort` ends it.
    """

    name: str
    """The name in the registry, such as ``miniaudio`` or ``wav``."""

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

        A device never holds more than `latency_ms` that is not yet heard, so that a command is heard soon.

        Raises:
            OutputError: The device went away: nothing was consumed for 2 s, or the pipe broke.
            TargetError: The disk is full, or the encoder died.
        """

    def close(self) -> None:
        """Finish: play what was written, or put the finished file in its place."""

    def abort(self) -> None:
        """Stop at once: drop what was not heard, or remove what was half-written. May be called at any time."""
