"""Use cases of a phone with Termux: what is ready on it, and a session as a track among its music."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Literal, NamedTuple, TypeVar

from voiceguide.background import in_background
from voiceguide.errors import OutputError, TargetError, VoiceguideError
from voiceguide.guide.request import Progress, Request
from voiceguide.platforms import is_termux
from voiceguide.routine.library import find_routine
from voiceguide.units import MINUTE_MS

T = TypeVar("T")

PATIENCE_S: Final = 5.0
"""How long anything on the phone may take to answer."""

STORAGE_HINT: Final = "run 'termux-setup-storage', allow what the phone asks for, and try again"

BATTERY_HINT: Final = (
    "in the phone's settings, under Apps, Termux, Battery, choose 'Unrestricted'; the makers' own battery savers have "
    "a list of exceptions of their own"
)

_LONGEST_NAME: Final = 60


class PhoneError(VoiceguideError):
    """A command that belongs on a phone was given elsewhere."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneWishes:
    """How a phone shows a session that plays; elsewhere nothing is done."""

    controls: Literal["buttons", "media", "none"] = "buttons"
    """What the notification looks like, if there is to be one."""

    vibrate: bool = False
    """Whether each change of step or side is felt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePart:
    """Something on the phone that a session may need."""

    name: str
    state: Literal["ready", "missing", "advice"]
    """Advice is about what no program can find out."""

    about: str
    """What it is, or what to do about it."""


class Cleared(NamedTuple):
    """What has become of what a session had left behind."""

    unseen: bool
    """Whether its notification is gone."""

    asleep: bool
    """Whether the phone may sleep again."""


def require_phone() -> None:
    """Make sure that this is a phone.

    Raises:
        PhoneError: It is none.
    """
    if not is_termux():
        hint = "on a phone, run it in Termux; for a phone without, export an .html page or an .mp3 and send it there"
        raise PhoneError("this is for a phone with Termux", hint=hint)


def phone_status() -> list[PhonePart]:
    """Return what is ready on this phone, and what to do about the rest; nothing is waited for over 5 s.

    Raises:
        PhoneError: This is no phone.
    """
    require_phone()
    return [_app(), _storage(), _sound(), _voice(), _wake_lock(), _battery()]


def able_to_play(parts: list[PhonePart]) -> bool:
    """Return whether a session can be played: it needs a voice and some way to be heard, and nothing else."""
    return all(part.state != "missing" for part in parts if part.name in ("sound", "voice"))


def clear_up(*, notification: bool = False) -> Cleared | None:
    """Take away what a session that was killed has left: the notification, the wake lock, the file that plays on.

    Args:
        notification: Whether a notification is known to be there, which the end of a session has left.

    Returns:
        What could be done; `None` when there is nothing to take away, or a session that it belongs to.
    """
    from voiceguide.player.awake import left_behind, let_phone_sleep
    from voiceguide.player.controls.notification import REMOVE
    from voiceguide.termux.call import Termux
    from voiceguide.termux.handed import clear_handed, take_back_owed

    killed = left_behind()
    if not (is_termux() and (killed or notification)) or _is_playing():
        return None
    clear_handed()
    take_back_owed(Termux())
    unseen = Termux().call(*REMOVE) is not None
    return Cleared(unseen=unseen, asleep=not killed or let_phone_sleep())


def send(
    request: Request, *, overwrite: bool = False, speaking: Progress | None = None, writing: Progress | None = None
) -> tuple[Path, bool]:
    """Write a session as a track among the phone's music.

    Args:
        request: What to write.
        overwrite: Whether a track of that name may be replaced.
        speaking: Is told how many sentences are spoken.
        writing: Is told how many frames are written.

    Returns:
        The track, and whether the phone's players were told of it.

    Raises:
        PhoneError: This is no phone.
        VoiceguideError: The storage is not there, or whatever keeps the track from being written.
    """
    from voiceguide.guide.exporting import export
    from voiceguide.outputs.target import target_errors
    from voiceguide.termux.call import Termux

    require_phone()
    target = _music() / "voiceguide" / f"{name_of(request)}.mp3"
    if not _music().is_dir():
        raise TargetError("Termux may not use the phone's storage yet", hint=STORAGE_HINT)
    with target_errors(target):
        target.parent.mkdir(exist_ok=True)
    export(request, target, overwrite=overwrite, speaking=speaking, writing=writing)
    return target, Termux().call("termux-media-scan", str(target)) is not None


def name_of(request: Request) -> str:
    """Return a name for the files of a session, such as ``eleven-steps-30``.

    Raises:
        RoutineError: There is no such routine.
    """
    budget_ms = request.options.budget_ms
    minutes = f"-{budget_ms / MINUTE_MS:g}" if budget_ms else ""
    return f"{plain_name(find_routine(request.routine).stem)}{minutes}"


def plain_name(text: str) -> str:
    """Return `text` as the name of a file that every phone, shell and player can do with: letters, digits, ``._-``."""
    return re.sub(r"[^\w.]+", "-", text)[:_LONGEST_NAME].strip("-._") or "massage"


def _music() -> Path:
    return Path.home() / "storage" / "music"


def _is_playing() -> bool:
    from voiceguide.player.controls.channel import USUAL, connect

    try:
        connect(USUAL, PATIENCE_S)[0].close()
    except (FileNotFoundError, ConnectionRefusedError, PermissionError):
        return False
    except OSError:
        # There is one, and it is busy.
        return True
    return True


def _app() -> PhonePart:
    from voiceguide.termux.call import APP_HINT, Termux

    if Termux().answers():
        return PhonePart(name="Termux:API", state="ready", about="notification, buzz and media scan")
    return PhonePart(name="Termux:API", state="missing", about=APP_HINT)


def _storage() -> PhonePart:
    if _music().is_dir():
        return PhonePart(name="storage", state="ready", about=str(_music()))
    return PhonePart(name="storage", state="missing", about=STORAGE_HINT)


def _sound() -> PhonePart:
    from voiceguide.guide.file_players import FILE_PLAYERS, able_to_hand_over
    from voiceguide.outputs.registry import open_device

    def look() -> str:
        try:
            open_device().abort()
        except OutputError as error:
            return f"{error.message}: {error.hint}"
        return ""

    if _is_playing():
        # Whoever looked might take a server that is slow for one that hangs, and end it.
        return PhonePart(name="sound", state="ready", about="not tried: a session plays")
    reason = _in_time(look)
    if reason == "":
        return PhonePart(name="sound", state="ready", about="a sound output opens")
    reason = reason or _late("take 'Exit' in Termux's own notification, then open it and try again")
    if able_to_hand_over():
        way = f"a session is made first, played as a whole by {' or '.join(FILE_PLAYERS)}, and cannot be steered"
        return PhonePart(name="sound", state="advice", about=f"{way}; {reason}")
    return PhonePart(name="sound", state="missing", about=reason)


def _voice() -> PhonePart:
    from voiceguide.speech.registry import describe

    def look() -> PhonePart:
        found = list(_up_to_ready(describe))
        name, hint = found[-1]
        if hint is None:
            return PhonePart(name="voice", state="ready", about=name)
        return PhonePart(name="voice", state="missing", about=f"for {name}, {hint}")

    late = _late("run 'voiceguide doctor', which waits longer")
    return _in_time(look) or PhonePart(name="voice", state="advice", about=late)


def _up_to_ready(describe: Callable[[], Iterator[tuple[str, str | None]]]) -> Iterator[tuple[str, str | None]]:
    """Yield how each engine stands, up to the first that is ready."""
    for name, hint in describe():
        yield name, hint
        if hint is None:
            return


def _wake_lock() -> PhonePart:
    if shutil.which("termux-wake-lock"):
        return PhonePart(name="wake lock", state="ready", about="held while a session plays")
    return PhonePart(name="wake lock", state="missing", about="run 'pkg upgrade', which brings termux-tools")


def _battery() -> PhonePart:
    return PhonePart(name="battery", state="advice", about=BATTERY_HINT)


def _late(hint: str) -> str:
    return f"no answer within {PATIENCE_S:.0f} s: {hint}"


def _in_time(look: Callable[[], T]) -> T | None:
    """Return what was found, or `None` when that takes too long; it is then left to itself."""
    try:
        return in_background(look, "look at the phone").result(PATIENCE_S)
    except TimeoutError:
        return None
