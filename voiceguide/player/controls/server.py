"""Lets other programs of the same user steer the session: ``voiceguide ctl``, a phone's notification.

One line comes in, a command or "status"; one line of JSON goes out, and the connection is closed:

```text
next     {"ok": true, "command": "next"}
status   {"ok": true, "title": "Circles on the lower back", "left_ms": 754000, …}
nxet     {"error": "…", "hint": "did you mean next?"}
```

Whatever comes instead does no harm: a line has its limit, a caller has two seconds, and the newest caller is heard
even when somebody else keeps all the places.
"""

import hmac
import json
import logging
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from threading import Thread
from typing import Any, Final

from voiceguide.player.commands import Command, CommandError, Commands, parse_command
from voiceguide.player.controls.channel import USUAL, Channel, Way, listen
from voiceguide.player.controls.client import running_already
from voiceguide.player.status import Status

LONGEST_LINE: Final = 200
"""Bytes of a command."""

MOST_CALLERS: Final = 16
"""At once; when one more comes, the oldest has to go."""

PATIENCE_S: Final = 2.0

_SHORT_OF_FILES_S: Final = 0.1

_PATIENCE_TO_TELL_S: Final = 0.2
"""A long answer may be more than a socket holds; who asked reads it at once, or not at all."""

_log = logging.getLogger(__name__)


@contextmanager
def remote_control(commands: Commands, status: Callable[[], Status | None], way: Way = USUAL) -> Iterator[bool]:
    """Turn what other programs say into commands during the block; yield whether they can reach us at all.

    Args:
        commands: Takes what is asked for.
        status: Tells where the session stands; `None` before it does. Called by another thread.
        way: How to be reached.

    Raises:
        SessionError: Another session is running.
    """
    try:
        channel = listen(way)
    except BlockingIOError as error:
        raise running_already(way) from error
    except OSError as error:
        _log.info("this session cannot be steered by other programs: %s", error)
        yield False
        return
    stop, stopped = socket.socketpair()
    server = _Server(channel, stopped, commands, status)
    thread = Thread(target=server.serve, name="remote control", daemon=True)
    thread.start()
    try:
        yield True
    finally:
        stop.close()
        thread.join()
        stopped.close()
        channel.close()


@dataclass(slots=True, eq=False)
class _Caller:
    """A connection that has not said its line yet."""

    connection: socket.socket
    until_s: float
    said: bytes = b""


class _Server:
    """Hears all callers, one after the other.

    Args:
        channel: Where they call.
        stopped: Becomes readable when it is time to end.
        commands: Takes what is asked for.
        status: Tells where the session stands.
    """

    def __init__(
        self, channel: Channel, stopped: socket.socket, commands: Commands, status: Callable[[], Status | None]
    ) -> None:
        self._channel, self._stopped = channel, stopped
        self._commands, self._status = commands, status
        self._selector = selectors.DefaultSelector()
        self._callers: list[_Caller] = []

    def serve(self) -> None:
        """Answer until it is time to end."""
        with self._selector:
            self._selector.register(self._channel.listener, selectors.EVENT_READ)
            self._selector.register(self._stopped, selectors.EVENT_READ)
            while self._serve_who_is_there():
                pass
            while self._callers:
                self._drop(self._callers[0])

    def _serve_who_is_there(self) -> bool:
        """Wait for callers, hear them, drop those who stay silent; return whether to go on."""
        oldest = self._callers[0].until_s - time.monotonic() if self._callers else None
        for key, _ in self._selector.select(oldest):
            if key.fileobj is self._stopped:
                return False
            if key.fileobj is self._channel.listener:
                self._accept()
            elif key.data in self._callers:
                self._hear(key.data)
        while self._callers and self._callers[0].until_s <= time.monotonic():
            self._drop(self._callers[0])
        return True

    def _accept(self) -> None:
        try:
            connection, _ = self._channel.listener.accept()
        except BlockingIOError:
            return
        except OSError:
            # Out of descriptors: wait for some to be free again.
            time.sleep(_SHORT_OF_FILES_S)
            return
        connection.setblocking(False)
        if len(self._callers) == MOST_CALLERS:
            self._drop(self._callers[0])
        caller = _Caller(connection, time.monotonic() + PATIENCE_S)
        self._callers.append(caller)
        self._selector.register(connection, selectors.EVENT_READ, caller)

    def _hear(self, caller: _Caller) -> None:
        longest = len(self._channel.token) + 1 + LONGEST_LINE
        try:
            heard = caller.connection.recv(longest + 1)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        caller.said += heard
        line, ended, _ = caller.said.partition(b"\n")
        if heard and not ended and len(line) <= longest:
            return
        said = self._admitted(line.decode("utf-8", "replace"))
        if said:
            caller.connection.settimeout(_PATIENCE_TO_TELL_S)
            with suppress(OSError):
                caller.connection.sendall(json.dumps(self._answer(said)).encode() + b"\n")
        self._drop(caller)

    def _admitted(self, line: str) -> str | None:
        """Return what was said; `None` when whoever said it does not know the token."""
        if not self._channel.token:
            return line
        token, _, said = line.partition(" ")
        return said if hmac.compare_digest(token.encode(), self._channel.token.encode()) else None

    def _answer(self, said: str) -> dict[str, Any]:
        if said.strip().casefold() == "status":
            status = self._status()
            return {"ok": True, **(asdict(status) if status else {})}
        try:
            if len(said) > LONGEST_LINE:
                raise CommandError("the line is too long", hint=f"a command has {LONGEST_LINE} bytes at most")
            command = parse_command(said)
            self._check_obeyed(command)
        except CommandError as error:
            return {"error": error.message, "hint": error.hint}
        self._commands.put(command)
        return {"ok": True, "command": str(command)}

    def _check_obeyed(self, command: Command) -> None:
        status = self._status()
        if status is not None and status.obeys is not None and command.verb not in status.obeys:
            raise CommandError(
                f'this session is played as a whole by another program and cannot do "{command}"',
                hint=f"it obeys {', '.join(status.obeys)}",
            )

    def _drop(self, caller: _Caller) -> None:
        self._callers.remove(caller)
        self._selector.unregister(caller.connection)
        caller.connection.close()
