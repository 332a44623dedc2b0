"""Plays raw frames from standard input through simpleaudio: ``python -m voiceguide.outputs.simpleaudio_player``.

simpleaudio plays one buffer to its end and reads it as it goes. The buffer here is hours long, but only the little of
it that is about to be heard is ever in memory: it is written just ahead of the playing, and given back behind it. Where
the playing is, simpleaudio does not tell; the clock does.
"""

import mmap
import os
import sys
import time
from typing import Any, Final

from voiceguide.outputs.output import FRAME_BYTES
from voiceguide.units import CHANNELS, FRAMES_PER_MS, SAMPLE_RATE, SECOND_MS

LEAD_MS: Final = 220
"""So far ahead of the clock it writes: the 100 ms that simpleaudio holds, and as much as a sound card of 30 millionths
of its own mind runs off in an hour."""

STORE_MS: Final = 3 * 3600 * SECOND_MS
"""The longest buffer of whole hours that simpleaudio counts right: it has 31 bits for bytes."""

_SLICE_BYTES: Final = 20 * FRAMES_PER_MS * FRAME_BYTES

_BYTES_A_SECOND: Final = SAMPLE_RATE * FRAME_BYTES

_GIVE_BACK_BYTES: Final = 1 << 17

_BYTES_A_SAMPLE: Final = FRAME_BYTES // CHANNELS


class Store:
    """A buffer that plays, and where its next frame belongs.

    Raises:
        SimpleaudioError: There is no device.
    """

    def __init__(self) -> None:
        import simpleaudio

        # Shared memory, which is what there is otherwise, would be kept after it was given back.
        own = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        self._bytes = mmap.mmap(-1, STORE_MS * FRAMES_PER_MS * FRAME_BYTES, flags=own)
        self._playing: Any = simpleaudio.play_buffer(self._bytes, CHANNELS, _BYTES_A_SAMPLE, SAMPLE_RATE)
        self._begun_s = time.monotonic()
        self._at = self._given_back = 0

    def put(self, data: bytes) -> bool:
        """Write `data` when its time has come; return whether the device still plays and has room for more."""
        now = self._now()
        lead = LEAD_MS * FRAMES_PER_MS * FRAME_BYTES
        # What comes too late is heard as soon as it can be.
        self._at = max(self._at, now + lead // 2)
        time.sleep(max(0, self._at - now - lead) / _BYTES_A_SECOND)
        if self._at + len(data) > len(self._bytes):
            return False
        self._bytes[self._at : self._at + len(data)] = data
        self._at += len(data)
        self._give_back()
        return bool(self._playing.is_playing())

    def drain(self) -> None:
        """Wait until all was heard."""
        time.sleep(max(0, self._at - self._now()) / _BYTES_A_SECOND)

    def _now(self) -> int:
        """Return the byte that the device asks for about now."""
        frames = int((time.monotonic() - self._begun_s) * SAMPLE_RATE)
        return frames * FRAME_BYTES

    def _give_back(self) -> None:
        """Give the memory behind the playing back to the system, where it takes some."""
        heard = self._now() - _GIVE_BACK_BYTES
        if heard - self._given_back < _GIVE_BACK_BYTES or not hasattr(mmap, "MADV_DONTNEED"):
            return
        count = (heard - self._given_back) // mmap.PAGESIZE * mmap.PAGESIZE
        self._bytes.madvise(mmap.MADV_DONTNEED, self._given_back, count)
        self._given_back += count


def main() -> None:
    """Play standard input to its end; exit code 1, with a line that says why, when the device goes away."""
    from simpleaudio._simpleaudio import SimpleaudioError

    code = 0
    try:
        store = Store()
        while data := sys.stdin.buffer.read(_SLICE_BYTES):
            while not store.put(data):
                store = Store()
        store.drain()
    except KeyboardInterrupt:
        pass
    except (OSError, SimpleaudioError) as error:
        sys.stderr.write(f"{error}\n")
        code = 1
    sys.stderr.flush()
    # Without more ado: the buffer still plays, and nothing may wait for it or take it away.
    os._exit(code)


if __name__ == "__main__":
    main()
