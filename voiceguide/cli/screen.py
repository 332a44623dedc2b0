"""What is seen while a session plays. A terminal may take its time: whoever makes the sound never waits for it."""

import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TextIO

from voiceguide.cli.report import notes_told_to, plain
from voiceguide.player.status import Status

if TYPE_CHECKING:
    from voiceguide.cli.glance import Story

LOOK_S: Final = 0.25
"""So often the time is shown anew; what changes otherwise is shown at once."""

STOPPED_S: Final = 0.75
"""Who has waited so long instead was stopped (Ctrl-Z, fg), and a shell has written meanwhile."""

END_S: Final = 0.5
"""So long the end of a session waits for a terminal."""

MOST_NEWS: Final = 200
"""Where a terminal has no time, so much is kept for later, the latest."""


class Screen:
    """Shows a session on standard error: a block to glance at in a terminal, else lines.

    A thread of its own draws. It is told what has changed by a short queue, and what time it is by a slot.

    Args:
        keys: Whether there is a keyboard, whose keys are then named.
        quiet: Whether nothing is shown.
    """

    def __init__(self, *, keys: bool, quiet: bool = False) -> None:
        self._keys = keys
        self._stream: TextIO | None = None if quiet else sys.stderr
        self._news: deque[Status | str] = deque(maxlen=MOST_NEWS)
        self._latest: Status | None = None
        self._begun = False
        self._change: tuple[object, ...] = ()
        self._wake, self._done = Event(), Event()
        self._parts = ExitStack()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        self._parts.enter_context(notes_told_to(self._note))
        if self._stream is not None:
            self._thread = Thread(target=self._draw, args=(self._stream,), name="screen", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.close()
        self._done.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(END_S)

    def watch(self, status: Status | None) -> None:
        """Show where the session stands, soon; `None` while the voice gets ready. Never waits."""
        self._latest = status
        change = _change(status)
        if change != self._change or not self._begun:
            self._change, self._begun = change, True
            if status is not None:
                self._news.append(status)
            self._wake.set()

    def _note(self, text: str) -> None:
        self._news.extend(plain(line) for line in text.splitlines())
        self._wake.set()

    def _draw(self, stream: TextIO) -> None:
        # The first sound does not wait for these.
        from voiceguide.cli.drawing import Block, Lines, can_draw
        from voiceguide.cli.glance import Story

        _write_even_in_the_background()
        is_block = can_draw(stream)
        drawing = (Block if is_block else Lines)(stream, keys=self._keys)
        story = Story(steps_done=is_block)
        # A terminal that went away takes the picture with it, and not the session.
        with suppress(OSError):
            while True:
                if self._waited_s() > STOPPED_S:
                    drawing.forget()
                is_done = self._done.is_set()
                lines = list(self._lines(story))
                if self._begun:
                    drawing.show(lines, self._latest)
                else:
                    drawing.tell(lines)
                if is_done:
                    break
            drawing.tell(story.ended())

    def _waited_s(self) -> float:
        """Wait for something to show; return how long."""
        began_s = time.monotonic()
        self._wake.wait(LOOK_S)
        self._wake.clear()
        return time.monotonic() - began_s

    def _lines(self, story: "Story") -> Iterator[str]:
        while self._news:
            news = self._news.popleft()
            yield from [news] if isinstance(news, str) else story.told(news)


def _change(status: Status | None) -> tuple[object, ...]:
    """Return what is shown at once when it is another."""
    if status is None:
        return ()
    waits = (status.held, status.paused, status.muted, status.waits, status.device_lost)
    return status.step, status.title, status.next_title, status.news, waits


def _write_even_in_the_background() -> None:
    """Let this thread write to a terminal that stops whoever does so in the background (``stty tostop``)."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
