"""What the desktop sees of a session, by MPRIS 2.2; the names on the bus are those of the specification.

A track is a step: its title, its length, how far it is. A session that is held is "Paused".
"""

import asyncio
import os
import time
from collections.abc import Callable
from threading import Event
from typing import Annotated, Any, Final

from dbus_fast import NameFlag, PropertyAccess, RequestNameReply, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusDict, DBusDouble, DBusInt64, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from voiceguide.player.commands import Command, Commands, Verb
from voiceguide.player.status import Status
from voiceguide.units import SECOND_MS

CONNECT_S: Final = 5.0

LOOK_EVERY_S: Final = 0.2
"""How soon a lock screen shows what has changed."""

_PATH: Final = "/org/mpris/MediaPlayer2"
_NAME: Final = "org.mpris.MediaPlayer2.voiceguide"
_US_PER_MS: Final = 1_000
_Names = Annotated[list[str], DBusSignature("as")]


async def present(commands: Commands, status: Callable[[], Status | None], done: Event) -> None:
    """Be on the session bus until it is time to end.

    Args:
        commands: Takes what is asked for.
        status: Tells where the session stands; `None` before it does.
        done: Set by another thread.

    Raises:
        OSError: There is no bus, or it does not answer.
        EOFError: The bus has ended.
        DBusFastError: The bus does not let us in.
    """
    async with asyncio.timeout(CONNECT_S):
        bus = await MessageBus().connect()
    try:
        player = Player(commands, status)
        bus.export(_PATH, Application(commands))
        bus.export(_PATH, player)
        async with asyncio.timeout(CONNECT_S):
            await _take_name(bus)
        gone = asyncio.ensure_future(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        while not done.is_set():
            player.tell_changes()
            await asyncio.wait([gone], timeout=LOOK_EVERY_S)
            if gone.done():
                gone.result()
                return
    finally:
        bus.disconnect()


async def _take_name(bus: MessageBus) -> None:
    if await bus.request_name(_NAME, NameFlag.DO_NOT_QUEUE) is not RequestNameReply.PRIMARY_OWNER:
        await bus.request_name(f"{_NAME}.instance{os.getpid()}")


def _fixed(name: str, value: Any, kind: Any) -> Any:
    """Return a property that never changes."""

    def get(_self: ServiceInterface) -> Any:
        return value

    # The library looks it up by both.
    get.__name__, get.__annotations__["return"] = name, kind
    return dbus_property(PropertyAccess.READ, name)(get)


class Application(ServiceInterface):
    """The program: it has no window to raise, but it can be ended."""

    def __init__(self, commands: Commands) -> None:
        super().__init__("org.mpris.MediaPlayer2")
        self._commands = commands

    Identity = _fixed("Identity", "voiceguide", DBusStr)
    CanQuit = _fixed("CanQuit", True, DBusBool)
    CanRaise = _fixed("CanRaise", False, DBusBool)
    HasTrackList = _fixed("HasTrackList", False, DBusBool)
    SupportedUriSchemes = _fixed("SupportedUriSchemes", [], _Names)
    SupportedMimeTypes = _fixed("SupportedMimeTypes", [], _Names)

    @dbus_method("Raise")
    def raise_(self) -> None:
        """Do nothing: there is no window."""

    @dbus_method("Quit")
    def quit(self) -> None:
        """End gently."""
        self._commands.put(Command(Verb.STOP))


class Player(ServiceInterface):
    """The session.

    Args:
        commands: Takes what is asked for.
        status: Tells where the session stands.
    """

    def __init__(self, commands: Commands, status: Callable[[], Status | None]) -> None:
        super().__init__("org.mpris.MediaPlayer2.Player")
        self._commands, self._status = commands, status
        self._told = self._changing()
        self._told_at = (time.monotonic(), self._step_ms())

    Rate = _fixed("Rate", 1.0, DBusDouble)
    MinimumRate = _fixed("MinimumRate", 1.0, DBusDouble)
    MaximumRate = _fixed("MaximumRate", 1.0, DBusDouble)
    Volume = _fixed("Volume", 1.0, DBusDouble)
    CanGoNext = _fixed("CanGoNext", True, DBusBool)
    CanGoPrevious = _fixed("CanGoPrevious", True, DBusBool)
    CanPlay = _fixed("CanPlay", True, DBusBool)
    CanPause = _fixed("CanPause", True, DBusBool)
    CanSeek = _fixed("CanSeek", False, DBusBool)
    CanControl = _fixed("CanControl", True, DBusBool)

    @dbus_property(PropertyAccess.READ, "PlaybackStatus")
    def playback_status(self) -> DBusStr:
        """Whether the session goes on."""
        status = self._status()
        return "Paused" if status and (status.held or status.paused or status.device_lost) else "Playing"

    @dbus_property(PropertyAccess.READ, "Metadata")
    def metadata(self) -> DBusDict:
        """Which step it is."""
        status = self._status()
        if status is None:
            return {"mpris:trackid": Variant("o", f"{_PATH}/TrackList/NoTrack")}
        length_ms = status.position_ms - status.step_start_ms + status.step_left_ms
        return {
            "mpris:trackid": Variant("o", f"/voiceguide/step/{status.step or 0}"),
            "mpris:length": Variant("x", length_ms * _US_PER_MS),
            "xesam:title": Variant("s", status.title),
            "xesam:album": Variant("s", status.session_title),
            "xesam:trackNumber": Variant("i", status.step or 0),
        }

    @dbus_property(PropertyAccess.READ, "Position")
    def position(self) -> DBusInt64:
        """How far the step is, in microseconds."""
        return self._step_ms() * _US_PER_MS

    @dbus_signal("Seeked")
    def seeked(self) -> DBusInt64:
        """Tell that the step goes on elsewhere, in microseconds."""
        return self._step_ms() * _US_PER_MS

    @dbus_method("PlayPause")
    def play_pause(self) -> None:
        """Hold, or go on."""
        self._ask(Verb.TOGGLE)

    @dbus_method("Play")
    def play(self) -> None:
        """Go on."""
        self._ask(Verb.RESUME)

    @dbus_method("Pause")
    def pause(self) -> None:
        """Fade everything out: a call comes in, or the headset was taken off."""
        self._ask(Verb.PAUSE)

    @dbus_method("Stop")
    def stop(self) -> None:
        """End gently."""
        self._ask(Verb.STOP)

    @dbus_method("Next")
    def next(self) -> None:
        """Go to the next step."""
        self._ask(Verb.NEXT)

    @dbus_method("Previous")
    def previous(self) -> None:
        """Go back."""
        self._ask(Verb.PREVIOUS)

    @dbus_method("Seek")
    def seek(self, offset: DBusInt64) -> None:
        """Do nothing: `CanSeek` says so."""

    @dbus_method("SetPosition")
    def set_position(self, track: DBusObjectPath, position: DBusInt64) -> None:
        """Do nothing: `CanSeek` says so."""

    @dbus_method("OpenUri")
    def open_uri(self, uri: DBusStr) -> None:
        """Do nothing: no kind of address is supported."""

    def tell_changes(self) -> None:
        """Tell the desktop what has changed since it was told."""
        changing = self._changing()
        new = {name: value for name, value in changing.items() if value != self._told[name]}
        if new:
            self.emit_properties_changed(new)
        now_s, step_ms = time.monotonic(), self._step_ms()
        before_s, before_ms = self._told_at
        playing_ms = (now_s - before_s) * SECOND_MS if changing["PlaybackStatus"] == "Playing" else 0
        if "Metadata" not in new and abs(step_ms - before_ms - playing_ms) > SECOND_MS:
            self.seeked()
        self._told, self._told_at = changing, (now_s, step_ms)

    def _changing(self) -> dict[str, Any]:
        return {"PlaybackStatus": self.playback_status, "Metadata": self.metadata}

    def _step_ms(self) -> int:
        status = self._status()
        return status.position_ms - status.step_start_ms if status else 0

    def _ask(self, verb: Verb) -> None:
        self._commands.put(Command(verb))
