"""Where a running session is reached, by the same user and nobody else.

There are two ways, alike to those who use them:

* a Unix socket in a folder that only its owner may enter;
* where there are none (Windows), a port of the loopback device and a token, told by a file in such a folder.

A lock beside it tells whether a session runs. The system lets go of it however a session ends, so that what a dead one
leaves behind is never taken for one that lives.
"""

import json
import os
import secrets
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from voiceguide import paths

LONGEST_PATH: Final = 100
"""Bytes in the path of a Unix socket: macOS takes 103, Linux 107."""

_BACKLOG: Final = 64
_TOKEN_BYTES: Final = 16
_IN_A_MOMENT_S: Final = 0.01


class Way(StrEnum):
    """How a session is reached."""

    UNIX = "unix"
    LOOPBACK = "loopback"


USUAL: Final = Way.UNIX if sys.platform != "win32" else Way.LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where a session listens."""

    listener: socket.socket
    """Does not block."""

    token: str
    """The first word of what a caller says; "" where the folder keeps others out."""

    address: Path
    """The socket, or the file that tells port and token."""

    lock: int
    """A descriptor, open as long as the session runs."""

    def close(self) -> None:
        """Be reached no more."""
        self.listener.close()
        self.address.unlink(missing_ok=True)
        os.close(self.lock)


def listen(way: Way = USUAL) -> Channel:
    """Listen for who wants to steer this session.

    Raises:
        BlockingIOError: Another session does already.
        OSError: There is no place where only this user could be.
    """
    folder = _own_folder()
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock)
        return _unix(folder / "control", lock) if way is Way.UNIX else _loopback(folder / "control.json", lock)
    except BaseException:
        os.close(lock)
        raise


def connect(way: Way, patience_s: float) -> tuple[socket.socket, str]:
    """Return a connection to the session that runs, and the token to begin with.

    Raises:
        OSError: There is none.
    """
    folder = _own_folder()
    if way is Way.UNIX:
        return _connected(folder / "control", patience_s), ""
    try:
        told = json.loads((folder / "control.json").read_bytes())
        return socket.create_connection(("127.0.0.1", told["port"]), patience_s), told["token"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConnectionRefusedError("the file that tells the port is damaged") from error


def _connected(path: Path, patience_s: float) -> socket.socket:
    until_s = time.monotonic() + patience_s
    caller = socket.socket(socket.AF_UNIX)
    try:
        caller.settimeout(patience_s)
        while True:
            try:
                caller.connect(str(path))
            except BlockingIOError:
                # Too many are waiting to be heard; there is room in a moment.
                if time.monotonic() > until_s:
                    raise
                time.sleep(_IN_A_MOMENT_S)
            else:
                return caller
    except OSError:
        caller.close()
        raise


def _unix(path: Path, lock: int) -> Channel:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    return _opened(listener, str(path), Channel(listener=listener, token="", address=path, lock=lock))


def _loopback(path: Path, lock: int) -> Channel:
    listener, token = socket.socket(), secrets.token_hex(_TOKEN_BYTES)
    channel = _opened(listener, ("127.0.0.1", 0), Channel(listener=listener, token=token, address=path, lock=lock))
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"port": listener.getsockname()[1], "token": token}, file)
    return channel


def _opened(listener: socket.socket, address: str | tuple[str, int], channel: Channel) -> Channel:
    try:
        listener.setblocking(False)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return channel


def _own_folder() -> Path:
    """Return a folder that only this user may enter, the same for each of their programs.

    Raises:
        OSError: There is none.
    """
    for folder in _candidates():
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if len(os.fsencode(folder / "control")) <= LONGEST_PATH and _is_private(folder):
                return folder
    raise PermissionError("there is no folder that only this user may enter")


def _candidates() -> Iterator[Path]:
    if sys.platform == "win32":
        # Windows itself keeps other users out.
        folder = paths.cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder / "session"
        return
    user = os.geteuid()
    # A login without the variable has the folder all the same.
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{user}")
    if runtime.is_absolute():
        yield runtime / "voiceguide"
    yield Path(tempfile.gettempdir()) / f"voiceguide-{user}"


if sys.platform == "win32":
    import msvcrt

    def _is_private(_folder: Path) -> bool:
        return True

    def _take(lock: int) -> None:
        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error

else:
    import fcntl

    def _is_private(folder: Path) -> bool:
        """Return whether nobody else can enter, nor has put it there for us to find."""
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077

    def _take(lock: int) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
