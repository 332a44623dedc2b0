"""Files from the network: whole, or not at all, and begun again where they broke off."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_SILENCE_LIMIT_S: Final = 30.0
"""So long may a server say nothing."""

_CHUNK_BYTES: Final = 1 << 16

_TRIES: Final = 5
"""How often a connection that broke is made anew, as long as each brings something."""

_PARTIAL: Final = 206


class DownloadError(Exception):
    """A file did not come; the words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file on a server, and what it must be."""

    address: str

    size_bytes: int

    md5: str
    """In hexadecimal digits. Against damage, not against malice: for that there is https."""


def fetch(address: str, most_bytes: int) -> bytes:
    """Return a small file.

    Raises:
        DownloadError: There is no connection, the server refuses, or it is larger.
    """
    with _answer(address, 0) as answer:
        content = b"".join(_chunks(answer, most_bytes + 1))
    if len(content) > most_bytes:
        raise DownloadError(f"{address} is larger than {most_bytes:,} bytes")
    return content


def download(remote: RemoteFile, target: Path, progress: Callable[[int], None]) -> None:
    """Bring a file to `target`, going on with what lies there from an earlier try.

    Whatever interrupts it, Ctrl-C included, leaves what has come, for the next try. What is whole but wrong goes.

    Args:
        remote: What to bring.
        target: A name under which nobody looks for a whole file.
        progress: Is told how many bytes are there.

    Raises:
        DownloadError: There is no connection, it broke, the server refuses, or what came is not what was promised.
        OSError: It cannot be written.
    """
    for _ in range(_TRIES):
        before_bytes = _size(target)
        if before_bytes != remote.size_bytes:
            _go_on(remote, target, progress)
        size_bytes = _size(target)
        if size_bytes == before_bytes or size_bytes >= remote.size_bytes:
            break
    progress(size_bytes)
    if size_bytes < remote.size_bytes:
        raise DownloadError(f"the connection broke after {size_bytes:,} of {remote.size_bytes:,} bytes")
    if not is_whole(remote, target):
        target.unlink()
        raise DownloadError(f"{remote.address} came damaged")


def is_whole(remote: RemoteFile, file: Path) -> bool:
    """Return whether `file` is there and is what the server promised.

    Raises:
        OSError: It cannot be read.
    """
    if _size(file) != remote.size_bytes:
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, _md5).hexdigest() == remote.md5.lower()


def _go_on(remote: RemoteFile, target: Path, progress: Callable[[int], None]) -> None:
    """Bring what is missing of a file, or all of it where the server does not give parts."""
    have_bytes = _size(target)
    if have_bytes > remote.size_bytes:
        have_bytes = 0
    with _answer(remote.address, have_bytes) as answer:
        if answer.status != _PARTIAL:
            have_bytes = 0
        with target.open("ab" if have_bytes else "wb") as file:
            for chunk in _chunks(answer, remote.size_bytes + 1 - have_bytes):
                file.write(chunk)
                have_bytes += len(chunk)
                progress(have_bytes)


def _answer(address: str, start_byte: int) -> HTTPResponse:
    headers = {"Range": f"bytes={start_byte}-"} if start_byte else {}
    host = urlsplit(address).netloc
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the opener knows http and https only
        answer: HTTPResponse = _opener().open(request, timeout=_SILENCE_LIMIT_S)
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError(f"{host} answered {error.code} {error.reason} for {address}") from error
    except (OSError, HTTPException, ValueError) as error:
        why = error.reason if isinstance(error, urllib.error.URLError) else error
        raise DownloadError(f"there is no connection to {host} ({why})") from error
    return answer


def _opener() -> urllib.request.OpenerDirector:
    """Return what speaks HTTP and HTTPS, through a proxy if there is one, and follows redirections to nothing else."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _chunks(answer: HTTPResponse, most_bytes: int) -> Iterator[bytes]:
    with suppress(OSError, HTTPException):  # The connection broke: what is missing shows by the size.
        while most_bytes > 0 and (chunk := answer.read(min(_CHUNK_BYTES, most_bytes))):
            most_bytes -= len(chunk)
            yield chunk


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _md5() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)
