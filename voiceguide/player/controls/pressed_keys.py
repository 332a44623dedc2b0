"""Media keys and headset buttons on macOS and Windows, where a player has to listen for them as keys.

Linux has MPRIS for this: `voiceguide.player.controls.mpris`. On macOS the system asks once whether the terminal may
see keys; until it may, none comes.
"""

import importlib
import logging
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

from voiceguide.background import in_background
from voiceguide.player.commands import Command, Commands, Verb

KEYS: Final = MappingProxyType(
    {
        "media_play_pause": Verb.TOGGLE,
        "media_next": Verb.NEXT,
        "media_previous": Verb.PREVIOUS,
    }
)
"""Name of a key, as pynput has it, to what it asks for. Volume keys stay the system's."""

_log = logging.getLogger(__name__)


@contextmanager
def pressed_keys(commands: Commands) -> Iterator[None]:
    """Turn media keys into commands during the block, on systems where they are keys; it need not work for the session.

    Args:
        commands: Takes what is asked for.
    """
    if not _are_keys():
        yield
        return
    # It is loaded beside, so that the first sound does not wait for it.
    listening = in_background(lambda: _listener(commands), "media keys")
    try:
        yield
    finally:
        listening.add_done_callback(_stop)


def _are_keys() -> bool:
    return sys.platform in {"darwin", "win32"}


def _stop(listening: "Future[Any]") -> None:
    error = listening.exception()
    if error is not None:
        _log.info("no media keys: %r", error)
    elif listening.result() is not None:
        listening.result().stop()


def _listener(commands: Commands) -> Any:
    """Return what listens, or `None` where nothing can."""
    try:
        keyboard = importlib.import_module("pynput.keyboard")
    except ImportError as error:
        # Without a screen, too, it says so in this way.
        _log.info("no media keys: %s", error)
        return None

    def pressed(key: Any) -> None:
        verb = KEYS.get(getattr(key, "name", ""))
        if verb is not None:
            commands.put(Command(verb))

    listener = keyboard.Listener(on_press=pressed)
    listener.start()
    return listener
