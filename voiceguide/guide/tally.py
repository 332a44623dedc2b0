"""How far what is written is: several passes over one session, and several sessions, each told as one."""

from __future__ import annotations

from threading import Event, Lock

from voiceguide.guide.request import Progress


class Passes:
    """How far several passes over one session are.

    Args:
        writing: Is told frames, and of how many; of all passes.
        length_frames: Of the session, which each pass goes through.
        count: How many there will be.
    """

    def __init__(self, writing: Progress, length_frames: int, count: int) -> None:
        self._writing, self._length, self._count = writing, length_frames, count
        self._begun = self._far = 0

    def begin(self) -> Progress:
        """Return what the next pass tells; it may go through the session once more, where the first time failed."""
        before = self._begun * self._length
        self._begun += 1

        def tell(done: int, _total: int) -> None:
            # Who begins anew has to come as far as it was before it is told of.
            self._far = max(self._far, before + done)
            self._writing(self._far, self._length * self._count)

        return tell


class Stopped(BaseException):
    """The others were stopped, and this one with them."""


class Tally:
    """How far all of several sessions are.

    Args:
        count: How many will be written.
        writing: Is told.
        stopped: When it is set, whoever tells how far it is ends.
    """

    def __init__(self, count: int, writing: Progress, stopped: Event) -> None:
        self._count, self._writing, self._stopped = count, writing, stopped
        self._far: list[tuple[int, int]] = []
        self._lock = Lock()

    def leave(self) -> None:
        """Count one less: it cannot be written."""
        self._count -= 1

    def joined(self) -> Progress:
        """Return what one more session tells how far it is; it raises `Stopped` where all are to end."""
        with self._lock:
            index = len(self._far)
            self._far.append((0, 0))

        def tell(done: int, total: int) -> None:
            if self._stopped.is_set():
                raise Stopped
            with self._lock:
                self._far[index] = done, total
                known = [far for far in self._far if far[1]]
                whole = sum(total for _, total in known)
                # Those that are not begun are as long as the others, on the average.
                self._writing(sum(done for done, _ in known), whole * max(self._count, len(known)) // len(known))

        return tell
