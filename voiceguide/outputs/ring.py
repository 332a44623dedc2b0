"""A bounded store of sound between the thread that writes and the thread of a device that asks for frames."""

import threading
from typing import Final

from voiceguide.outputs.output import FRAME_BYTES

AGAIN_S: Final = 0.5
"""Who waited in vain waits so much longer: a program that was stopped for a while finds its time over at once, before
the device had a chance to take anything."""


class Ring:
    """Holds a few milliseconds of frames, as bytes.

    Args:
        capacity_frames: The most it holds.
    """

    def __init__(self, capacity_frames: int) -> None:
        self._store = bytearray(capacity_frames * FRAME_BYTES)
        self._written = 0
        self._taken = 0
        # Both count bytes from the beginning and only grow.
        self._is_ended = False
        self._is_stopped = False
        self._moved = threading.Condition()
        self.underruns = 0
        """How often the device asked for more than there was, between the first frame and the last."""

    def put(self, data: memoryview, patience_s: float) -> bool:
        """Store `data`; wait while there is no room.

        Returns:
            Whether it was stored; `False` when nothing was taken for `patience_s`. A stopped ring swallows all.
        """
        while data:
            with self._moved:
                waits = (self._moved.wait_for(self._is_free, each) for each in (patience_s, AGAIN_S))
                if not any(waits):
                    return False
                if self._is_stopped:
                    return True
                data = data[self._store_some(data) :]
        return True

    def take(self, frames: int) -> bytes:
        """Return exactly `frames` frames: what there is, then silence. Never waits."""
        wanted = frames * FRAME_BYTES
        with self._moved:
            got = min(wanted, self._written - self._taken)
            if got < wanted and self._written and not self._is_ended:
                self.underruns += 1
            begin = self._taken % len(self._store)
            head = self._store[begin : begin + got]
            tail = self._store[: got - len(head)]
            self._taken += got
            self._moved.notify_all()
        return bytes(head + tail).ljust(wanted, b"\0")

    def drain(self, patience_s: float) -> bool:
        """Wait until all is taken; nothing more comes, so that silence is no underrun.

        Returns:
            Whether all was taken; `False` when nothing was taken for `patience_s`.
        """
        with self._moved:
            self._is_ended = True
            while not self._is_stopped and self._taken < self._written:
                # Every take and a stop notify, so that a wait in vain means that nothing was taken.
                if not self._moved.wait(patience_s):
                    return False
        return True

    def stop(self) -> None:
        """Let whoever waits go on: nothing is stored or missed any more."""
        with self._moved:
            self._is_stopped = True
            self._is_ended = True
            self._moved.notify_all()

    def _is_free(self) -> bool:
        return self._is_stopped or self._room() > 0

    def _room(self) -> int:
        return len(self._store) - (self._written - self._taken)

    def _store_some(self, data: memoryview) -> int:
        # As much as fits without wrapping round: `put` comes again for the rest.
        begin = self._written % len(self._store)
        some = min(len(data), self._room(), len(self._store) - begin)
        self._store[begin : begin + some] = data[:some]
        self._written += some
        return some
