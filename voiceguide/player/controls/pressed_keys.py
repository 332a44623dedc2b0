"""Media keys and headset buttons on macOS and Windows, where a player has to listen for them as keys.

Linux has MPRIS for this: `voiceguide.player.controls.mpris`. On macOS the system asks once whether the terminal may
see keys; until it may, none comes.
"""

import importlib
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

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
    listener = _listener(commands) if _are_keys() else None
    try:
        yield
    finally:
        if listener is not None:
            listener.stop()


def _are_keys() -> bool:
    return sys.platform in {"darwin", "win32"}


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
