"""What is seen while something goes on."""

import sys
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from voiceguide.player.status import Status
from voiceguide.units import short_clock

KEYS: Final = "space: hold or go on   n: next   p: previous   r: again   w: where am I?   q: end gently"


class Screen:
    """A glance from two metres: the step, what comes next, the time left; without a terminal, a line a step.

    Args:
        keys: Whether there is a keyboard, whose keys are then named.
        quiet: Whether nothing is shown.
    """

    def __init__(self, *, keys: bool, quiet: bool = False) -> None:
        self._live = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._keys, self._quiet = keys, quiet
        self._shown = ""
        self._step: tuple[int, str] | None = None
        self._news: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._shown:
            self._print("\n")

    def watch(self, status: Status | None) -> None:
        """Show where the session stands; `None` while the voice gets ready."""
        if self._quiet:
            return
        if self._keys:
            self._line(KEYS)
            self._keys = False
        if status is None:
            self._status("The music plays; the voice gets ready …")
            return
        if (status.step, status.title) != self._step:
            self._step = (status.step, status.title)
            after = f"   next: {status.next_title}" if status.next_title else ""
            self._line(f"{short_clock(status.position_ms):>7}  {status.title}{after}")
        if status.news and status.news != self._news:
            self._line(f"         {status.news}")
        self._news = status.news
        self._status(f"         {_state(status)}   {short_clock(status.left_ms)} left")

    def _line(self, text: str) -> None:
        self._print(f"\r{text:<{len(self._shown)}}\n" if self._live else f"{text}\n")
        self._shown = ""

    def _status(self, text: str) -> None:
        if self._live and text != self._shown:
            self._print(f"\r{text:<{len(self._shown)}}")
            self._shown = text

    def _print(self, text: str) -> None:
        # A terminal that went away takes the picture with it, and not the session.
        with suppress(OSError):
            print(text, end="", file=sys.stderr, flush=True)


def _state(status: Status) -> str:
    """Return what the session does just now: the time left in the step, or why it waits."""
    if status.device_lost:
        return "waits for a sound device"
    if status.waits and status.held:
        return "press space when ready"
    if status.paused or status.held:
        return "paused" if status.paused else "held"
    return f"{short_clock(status.step_left_ms)}{' (muted)' if status.muted else ''}"
