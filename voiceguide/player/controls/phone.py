"""What a phone shows and does while a session plays: a notification with buttons, a short buzz at each change."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from functools import partial
from typing import Final

from voiceguide.background import in_background
from voiceguide.platforms import is_termux
from voiceguide.player.awake import left_behind
from voiceguide.player.controls.notification import REMOVE, Glance, Style, glance, notification
from voiceguide.player.status import Status
from voiceguide.termux.call import Termux
from voiceguide.termux.handed import clear_handed, is_owed, take_back_owed
from voiceguide.termux.undisturbed import undisturbed

BUZZ: Final = ("termux-vibrate", "-d", "200")
"""Long enough to be felt through a pocket, in milliseconds."""

LAST_CALL_S: Final = 1.4
"""At the end of a session, how long the last call may still take, and the one that takes the notification away."""

_log = logging.getLogger(__name__)


@contextmanager
def phone_controls(style: Style = "buttons", *, vibrate: bool = False) -> Iterator[Callable[[Status], None]]:
    """Let the phone show the session during the block; elsewhere nothing is done.

    Enter it before `awake`: what a session that was killed has left on the screen is known until then.

    Args:
        style: How the notification looks, if there is to be one.
        vibrate: Whether each change of step or side is felt.

    Yields:
        What is to be told where the session stands, however often: it never waits.
    """
    if not is_termux():
        if vibrate:
            _log.warning("nothing here vibrates: --vibrate is for a phone with Termux")
        yield _nothing
        return
    termux = Termux()
    shown = _Shown(termux, style, vibrate=vibrate)
    # No other session runs here: whatever plays is of one that was killed.
    clear_handed()
    ending = [in_background(partial(take_back_owed, termux), "end what plays on")] if is_owed() else []
    left = left_behind()
    if left:
        termux.later(*REMOVE)
    try:
        yield shown.tell
    finally:
        # A second Ctrl-C would leave the notification there.
        with undisturbed():
            termux.hurry(LAST_CALL_S)
            # What waits is dropped, what is being shown comes first: nothing is shown after this.
            termux.close()
            if shown.is_there or left:
                termux.call(*REMOVE)
            wait(ending, 2 * LAST_CALL_S)


class _Shown:
    """What the phone was last told."""

    def __init__(self, termux: Termux, style: Style, *, vibrate: bool) -> None:
        self._termux, self._style, self._vibrate = termux, style, vibrate
        self._step: tuple[int, str] | None = None
        self._seen: Glance | None = None

    @property
    def is_there(self) -> bool:
        """Whether something was ever to be seen."""
        return self._seen is not None

    def tell(self, status: Status) -> None:
        """Show where the session stands, where that is news."""
        step = (status.step, status.title)
        if self._vibrate and self._step not in (None, step):
            self._termux.later(*BUZZ)
        self._step = step
        if self._style == "none" or (seen := glance(status)) == self._seen:
            return
        self._seen = seen
        self._termux.later(*notification(seen, self._style))


def _nothing(_status: Status) -> None:
    """Show nothing."""
