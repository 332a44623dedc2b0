"""The notification that a phone shows while a session plays: the step, what comes next, and buttons.

Its buttons run ``voiceguide ctl``, so they work as long as the session does, whatever has become of the terminal.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from voiceguide.player.controls.action import action, own_program
from voiceguide.player.status import Status
from voiceguide.units import MINUTE_MS

Style = Literal["buttons", "media", "none"]
"""Three buttons with words, the four signs of a media player, or no notification."""

REMOVE: Final = ("termux-notification-remove", "voiceguide")
"""Takes the notification away."""

_MEDIA: Final = {"previous": "previous", "pause": "hold", "play": "resume", "next": "next"}
"""Sign to command. All four, or Android shows none."""


class Glance(NamedTuple):
    """What is seen of a session; the same until there is something else to be seen."""

    title: str
    text: str
    """What comes next and the minutes left, so that it changes once a minute where nothing happens."""
    buttons: tuple[tuple[str, str], ...]
    """What each button says, and its command: only what the session obeys."""
    whole: bool = True
    """Whether it obeys all commands; else the signs of a media player would do nothing."""


def glance(status: Status) -> Glance:
    """Return what is to be seen of a session."""
    left = f"{max(1, -(-status.left_ms // MINUTE_MS))} min left"
    after = f"next: {status.next_title}" if status.next_title else ""
    text = ", ".join(part for part in (_state(status), after, left) if part)
    return Glance(status.title, text, tuple(_labels(status)), status.obeys is None)


def notification(seen: Glance, style: Style) -> tuple[str, ...]:
    """Return the words of the command that shows it."""
    # Without a text the command would wait for one. Once on the screen, it makes no sound again.
    shown = ("-i", REMOVE[1], "-t", seen.title, "-c", seen.text, "--ongoing", "--alert-once")
    return ("termux-notification", *shown, *(_signs() if style == "media" and seen.whole else _buttons(seen.buttons)))


def _state(status: Status) -> str:
    if status.device_lost:
        return "waits for a sound device"
    if status.waits and status.held:
        return "waits until you are ready"
    return next((name for name in ("paused", "held", "muted") if getattr(status, name)), "")


def _labels(status: Status) -> Iterator[tuple[str, str]]:
    waits = status.held or status.paused
    if status.obeys is None:
        yield from (("Go on" if waits else "Hold", "toggle"), ("Next", "next"), ("Repeat", "repeat"))
        return
    for label, command in (("Go on" if waits else "Pause", "toggle"), ("Stop", "stop")):
        if command in status.obeys:
            yield label, command


def _buttons(buttons: Iterable[tuple[str, str]]) -> list[str]:
    return [
        word
        for number, (label, command) in enumerate(buttons, 1)
        for word in (f"--button{number}", label, f"--button{number}-action", _pressed(command))
    ]


def _signs() -> list[str]:
    actions = (word for sign, command in _MEDIA.items() for word in (f"--media-{sign}", _pressed(command)))
    return ["--type", "media", *actions]


def _pressed(command: str) -> str:
    # Pressed after the end, or after a crash, it takes itself away; a session that is only slow to answer keeps it.
    return action(command, or_else=[*own_program(), "phone", "clear"])
