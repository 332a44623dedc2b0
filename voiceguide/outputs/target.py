"""Where a file may be written: the checks, the messages, and the file that takes its place when it is whole."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from voiceguide.errors import TargetError
from voiceguide.files import written_beside
from voiceguide.outputs.output import Output

_HINTS: Final = {
    errno.ENOENT: "make the folder first, or choose another",
    errno.ENOTDIR: "a part of the path is a file: choose another folder",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that you may write to",
    errno.ENOSPC: "free some space, choose another disk, or a smaller kind of file such as .mp3",
    errno.EDQUOT: "free some space, choose another disk, or a smaller kind of file such as .mp3",
    errno.EFBIG: "this disk takes no file of that size: choose another, or a smaller kind of file such as .mp3",
    errno.ENAMETOOLONG: "choose a shorter name",
}
"""What to do about a number that the system gives."""


def check_target(path: Path, overwrite: bool) -> None:
    """Find out, before any work is done, whether `path` may be written; nothing is touched.

    Args:
        path: The file to be.
        overwrite: Whether a file of that name may be replaced.

    Raises:
        TargetError: It is a folder, it exists already, or its folder is missing or not writable.
    """
    with target_errors(path):
        if path.is_dir():
            raise TargetError(f"{path} is a folder", hint=f"name a file in it, such as {path / 'massage.wav'}")
        if path.exists() and not path.is_file():
            raise TargetError(f"{path} is a device, not a file", hint="choose the name of an ordinary file")
        if path.exists() and not overwrite:
            raise TargetError(f"{path} exists already", hint="choose another name, or replace it with --force")
        if not path.parent.is_dir():
            # Asks the system, so that its reason is told: missing, or not a folder.
            os.listdir(path.parent)  # noqa: PTH208
        as_we_write = os.access in os.supports_effective_ids
        if not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=as_we_write):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def target_errors(path: Path) -> Iterator[None]:
    """Turn what the system says while `path` is written into an error with a hint.

    Raises:
        TargetError: An `OSError` happened in the block.
    """
    try:
        yield
    except OSError as error:
        raise target_error(path, error.errno or 0, error.strerror or str(error)) from error


def target_error(path: Path, number: int, reason: str) -> TargetError:
    """Return the error for the system's `number`, with the hint that belongs to it."""
    return TargetError(
        f"cannot write {path}: {reason[:1].lower()}{reason[1:]}",
        hint=_HINTS.get(number, "choose another place, or look after the disk"),
    )


class Identity(NamedTuple):
    """What tells a file from another that takes its name, and from itself when it is written to again."""

    device: int
    inode: int
    size_bytes: int
    changed_ns: int


def identity_of(found: os.stat_result) -> Identity:
    """Return the identity of a file that was asked about."""
    return Identity(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class FileOutput(Output, Protocol):
    """An output whose sound is a file in the end."""

    @property
    def kept(self) -> Identity | None:
        """The file that took its place; `None` before."""


class Draft:
    """A file on its way: written beside the target, then kept or dropped.

    Args:
        target: The file to be.
        overwrite: Whether a file of that name may be replaced.
    """

    def __init__(self, target: Path, overwrite: bool) -> None:
        self.target = target
        self.kept: Identity | None = None
        """The file that took its place, which another may take since; `None` before."""
        self._overwrite = overwrite
        self._path = target
        self._beside = ExitStack()

    def begin(self) -> Path:
        """Return the fresh empty file to write.

        Raises:
            TargetError: As `check_target`, or the disk is full.
        """
        check_target(self.target, self._overwrite)
        with target_errors(self.target):
            self._path = self._beside.enter_context(written_beside(self.target))
        return self._path

    def keep(self) -> None:
        """Put the file in its place.

        Raises:
            TargetError: It cannot be, or a file of that name has come meanwhile; the draft is gone then.
        """
        with target_errors(self.target):
            with self._beside:
                check_target(self.target, self._overwrite)
                made = identity_of(self._path.stat())
            self.kept = made

    def drop(self) -> None:
        """Remove the file. May be called at any time."""
        with suppress(_Dropped), self._beside:
            raise _Dropped


class _Dropped(Exception):  # noqa: N818 - it is no error
    """Leaves `written_beside` as an interruption does."""
