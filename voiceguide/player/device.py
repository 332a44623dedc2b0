"""A sound device that may go away and come back, or come only later."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self

from voiceguide.audio.samples import Block
from voiceguide.background import in_background
from voiceguide.errors import OutputError
from voiceguide.outputs.output import Output

RETRY_S: Final = 0.5
"""From the end of one look for a device to the next, at least."""

RETRY_AT_MOST_S: Final = 1.5
"""A look that took long, because many players were started, is followed by a rest twice as long, up to this."""

_log = logging.getLogger(__name__)


class Device:
    """Plays blocks on an output; when that goes away, looks for the same one or the next.

    To open or to leave a device may take seconds, so both are done beside: whoever writes never waits for them.

    Args:
        find: Returns an output that is open: the one asked for, or the best there is.
        first: One that is open already; `None` where none was found yet.
    """

    def __init__(self, find: Callable[[], Output], first: Output | None = None) -> None:
        self._find = find
        self._output = first
        self._search: Future[Output] | None = None
        self._look_began_s = self._next_look_s = 0.0

    def __enter__(self) -> Self:
        """Return this device; it plays to its end, unless an error ends the block: then it is let go at once."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        output, self._output = self._output, None
        if self._search is not None:
            # It may find one when nobody waits for it any more.
            self._search.add_done_callback(let_go)
        if output is None:
            return
        try:
            if kind is None or not issubclass(kind, Exception):
                # What fades out for Ctrl-C is heard to its end, too.
                output.close()
        finally:
            output.abort()

    @property
    def lost(self) -> bool:
        """Whether there is no device."""
        return self._output is None

    def write(self, block: Block) -> bool:
        """Play a block; return whether there was a device to take it."""
        if self._output is None:
            return False
        try:
            self._output.write(block)
        except OutputError as error:
            _log.warning("the sound device went away: %s", error.message)
            self._lose(self._output)
            return False
        return True

    def look(self) -> bool:
        """Return whether there is a device again; never waits.

        Has to be asked now and then while the device is lost: a search lasts until its outcome is asked for.
        """
        if self._search is not None and self._search.done():
            self._take(self._search)
        if self._output is None and self._search is None and time.monotonic() >= self._next_look_s:
            self._search = in_background(self._look, "find a sound device")
        return self._output is not None

    def _lose(self, output: Output) -> None:
        self._output = None
        self._search = in_background(lambda: self._look_after(output), "find a sound device")

    def _look_after(self, output: Output) -> Output:
        # First let go of the old: it may be the one that comes back. One that was found just now was none: no hurry.
        output.abort()
        time.sleep(max(0.0, self._next_look_s - time.monotonic()))
        return self._look()

    def _look(self) -> Output:
        self._look_began_s = time.monotonic()
        return self._find()

    def _take(self, search: Future[Output]) -> None:
        self._search = None
        now_s = time.monotonic()
        self._next_look_s = now_s + min(max(RETRY_S, 2 * (now_s - self._look_began_s)), RETRY_AT_MOST_S)
        try:
            self._output = search.result()
        except (OutputError, OSError) as error:
            # Even a machine that is out of something for a while may have it again.
            _log.debug("no sound device yet: %s", error)


def let_go(search: Future[Output]) -> None:
    """Let the device of a search go that nobody waits for any more."""
    if search.exception() is None:
        search.result().abort()
