"""The session as a media player of the desktop: media keys, headset buttons, lock screens, ``playerctl``.

MPRIS is how Linux desktops speak with players, over the session bus. One press of a headset is "PlayPause", which
holds the session or goes on.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from voiceguide.player.commands import Commands
from voiceguide.player.status import Status

LET_GO_S: Final = 1.0
"""How long the end of a session waits for the desktop. If that takes longer, the end of the program tells."""

_log = logging.getLogger(__name__)


@contextmanager
def media_keys(commands: Commands, status: Callable[[], Status | None]) -> Iterator[None]:
    """Be a media player of the desktop during the block, where there is one; it need not be there for the session.

    Args:
        commands: Takes what is asked for.
        status: Tells where the session stands; `None` before it does. Called by another thread.
    """
    done = Event()
    thread = Thread(target=_be_a_player, args=(commands, status, done), name="media keys", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(LET_GO_S)


def _be_a_player(commands: Commands, status: Callable[[], Status | None], done: Event) -> None:
    # All of this loads here, so that the first sound does not wait for it.
    try:
        import asyncio

        from dbus_fast.errors import DBusFastError

        from voiceguide.player.controls.mpris_player import present
    except ImportError as error:
        _log.info("no media keys: %s", error)
        return
    try:
        asyncio.run(present(commands, status, done))
    except (OSError, EOFError, KeyError, DBusFastError) as error:
        # There is no bus, or it does not let us in, or it has ended.
        _log.info("no media keys: %r", error)
