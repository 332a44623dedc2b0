"""A stream that is fetched ahead of whoever reads it, so that nobody waits for a disk or for a decoder to start."""

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import wait
from contextlib import closing
from threading import Condition
from typing import Final

import numpy as np

from voiceguide.audio.samples import Block
from voiceguide.background import in_background
from voiceguide.units import CHANNELS, SAMPLE_RATE

PIECE_FRAMES: Final = SAMPLE_RATE
"""The stream is fetched in pieces of exactly this length."""

AHEAD: Final = 30
"""Pieces that are fetched ahead: 6 MB, and longer than any next track needs to be measured and opened."""

BEHIND: Final = 5
"""Pieces that stay after they were read."""

_PATIENCE_S: Final = 5.0

Pieces = Generator[Block, None, None]
"""A stream without an end, in pieces of `PIECE_FRAMES`."""


class Ahead:
    """A `Bed` that is fetched by a thread of its own; for one reader at a time.

    Reading on is cheap, and so is going back a little. Going back further begins the stream anew and passes over all
    that lies before, and so does a first read that does not begin at 0.

    Args:
        begin: Makes the stream, which must be the same each time.

    Raises:
        VoiceguideError: What keeps the stream from beginning.
    """

    def __init__(self, begin: Callable[[], Pieces]) -> None:
        self._begin = begin
        self._fetched = _Fetched(begin())
        try:
            self._fetched.piece(0)
        except BaseException:
            self.close()
            raise

    def read(self, start: int, stop: int) -> Block:
        """Return the frames ``[start, stop)``: a view where they lie in one piece, else a copy."""
        first, last = start // PIECE_FRAMES, max(start, stop - 1) // PIECE_FRAMES
        pieces = [self._piece(number) for number in range(first, last + 1)]
        whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        offset = start - first * PIECE_FRAMES
        return whole[offset : offset + stop - start]

    def close(self) -> None:
        """Let go of the thread, and of what the stream has opened. May be called twice."""
        self._fetched.close()

    def _piece(self, number: int) -> Block:
        piece = self._fetched.piece(number)
        if piece is None:
            self._fetched.close()
            self._fetched = _Fetched(self._begin())
            piece = self._fetched.piece(number)
        return np.empty((0, CHANNELS), np.int16) if piece is None else piece


class _Fetched:
    """The pieces around the last that was asked for."""

    def __init__(self, stream: Pieces) -> None:
        self._pieces: deque[Block] = deque()
        self._first = 0
        self._wanted = 0
        self._is_closed = self._is_over = False
        self._moved = Condition()
        self._outcome = in_background(lambda: self._fetch(stream), "music")

    def piece(self, number: int) -> Block | None:
        """Return a piece, as soon as it is there; `None` when it is gone.

        Raises:
            ValueError: It was closed.
            VoiceguideError: What ended the stream.
        """
        with self._moved:
            if number < self._first:
                return None
            self._wanted = number
            self._moved.notify_all()
            self._moved.wait_for(lambda: number < self._next or self._is_over)
            if number < self._next:
                return self._pieces[number - self._first]
        self._outcome.result()
        raise ValueError("the music was closed")

    def close(self) -> None:
        with self._moved:
            self._is_closed = True
            self._moved.notify_all()
        wait([self._outcome], _PATIENCE_S)

    @property
    def _next(self) -> int:
        return self._first + len(self._pieces)

    def _fetch(self, stream: Pieces) -> None:
        try:
            with closing(stream):
                while self._has_room():
                    self._keep(next(stream))
        finally:
            with self._moved:
                self._is_over = True
                self._moved.notify_all()

    def _has_room(self) -> bool:
        """Wait for room; return whether anyone still wants more."""
        with self._moved:
            self._moved.wait_for(lambda: self._is_closed or self._next <= self._wanted + AHEAD)
            return not self._is_closed

    def _keep(self, piece: Block) -> None:
        with self._moved:
            self._pieces.append(piece)
            while self._pieces and self._first < self._wanted - BEHIND:
                self._pieces.popleft()
                self._first += 1
            self._moved.notify_all()
