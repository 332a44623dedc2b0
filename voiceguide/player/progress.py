"""How far a session came, kept on disk so that it can go on after a crash, a kill or a power cut.

There is one file, in ``paths.state_folder()``: the last session's. A session that ends as it should takes it away.
"""

import difflib
import json
import logging
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Annotated, Any, Final, Self

from voiceguide import paths
from voiceguide.errors import ProgressError
from voiceguide.player.status import Status
from voiceguide.shapes import Meta, ShapeError, convert, from_json

VERSION: Final = 1
"""Of the file's format."""

KEPT_FOR_S: Final = 7 * 24 * 3600
"""Who comes back later than this begins anew."""

EVERY_S: Final = 1.0

_ALIKE: Final = 0.6
"""How much of a step's title must still be there after its routine was edited; as `errors.near` has it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a session stood, and what makes the same session again."""

    routine: str
    """Name of the library, or absolute path."""

    content: str
    """`fingerprint` of the routine's file."""

    options: Mapping[str, Any]
    """What `play` was asked for, such as minutes and voice; whatever JSON can hold."""

    step: Annotated[int, Meta(ge=0)] = 0
    """From 1; 0 before the first."""

    title: str = ""
    """Of the step."""

    position_ms: Annotated[int, Meta(ge=0)] = 0
    """From the beginning of the session."""

    ends_at_s: float | None = None
    """When it was to end, in seconds since 1970, where that was promised."""

    saved_s: float = field(default_factory=time.time)
    """When, in seconds since 1970."""

    version: int = VERSION


def fingerprint(content: bytes) -> str:
    """Return what tells whether a routine has changed."""
    return sha256(content).hexdigest()[:16]


def progress_file() -> Path:
    """Return where progress is kept; it need not be there."""
    return paths.state_folder() / "progress.json"


def read_progress() -> Progress | None:
    """Return how far the last session came; `None` when it ended as it should, or a week ago.

    Raises:
        ProgressError: What was kept is damaged, or another version's.
    """
    file = progress_file()
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProgressError(f"{file}: {error.strerror}", hint="make it a file that you may read") from error
    progress = _decoded(content, file)
    return None if time.time() - progress.saved_s > KEPT_FOR_S else progress


def save(progress: Progress) -> None:
    """Keep `progress`. Whatever happens meanwhile, a power cut included, the file is whole: as before, or as now.

    Raises:
        OSError: The folder is read-only or full.
    """
    file = progress_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name: what a crash leaves behind is written over.
    beside = file.with_name(f".{file.name}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(json.dumps(asdict(progress)).encode())
        stream.flush()
        os.fsync(handle)
    beside.replace(file)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    """Have the new name, too, outlast a power cut, where a folder can be written to the disk."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def forget() -> None:
    """Keep nothing of the last session, where that can be taken away."""
    file = progress_file()
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("this session is over, and yet 'play --resume' may go on with it: %s", error)


def nearest_step(progress: Progress, titles: Sequence[str]) -> int:
    """Return the index of the step to go on with: of a title alike, else of the same number.

    Args:
        progress: What was kept.
        titles: Of the steps, as they are now; a routine may have been edited since.
    """
    before = max(progress.step - 1, 0)
    alike = difflib.get_close_matches(progress.title, titles, n=1, cutoff=_ALIKE)
    same = [index for index, title in enumerate(titles) if title in alike]
    return min(same, key=lambda index: abs(index - before), default=max(0, min(before, len(titles) - 1)))


class ProgressKeeper:
    """Keeps a session's progress during a block: every second, and soon after each change of step.

    `note` costs the caller nothing: another thread writes. A block that ends well has nothing left to resume; one
    that ends by an exception, Ctrl-C included, does. Before the first note, what was kept of the session before stays.

    Args:
        session: What makes the session again.
    """

    def __init__(self, session: Progress) -> None:
        self._latest = session
        self._written: Progress | None = None
        self._begun = False
        self._changed, self._done = Event(), Event()
        self._told = False
        self._thread = Thread(target=self._keep, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._changed.set()
        self._thread.join()
        if kind is not None:
            self._write()
        elif self._begun:
            forget()

    def note(self, status: Status) -> None:
        """Take down where the session stands, but for the closing, which is not gone back to."""
        if status.step > len(status.steps):
            return
        before = self._latest
        self._latest = replace(
            before,
            step=status.step,
            title=status.title,
            position_ms=status.position_ms,
            ends_at_s=status.ends_at_s,
        )
        if before.step != status.step or not self._begun:
            self._begun = True
            self._changed.set()

    def _keep(self) -> None:
        while not self._done.is_set():
            self._changed.wait(EVERY_S)
            self._changed.clear()
            self._write()

    def _write(self) -> None:
        latest = self._latest
        if not self._begun or latest == self._written:
            return
        try:
            save(replace(latest, saved_s=time.time()))
        except OSError as error:
            # Once is enough, and the disk may have room again.
            _log.log(logging.DEBUG if self._told else logging.WARNING, "this session cannot be resumed: %s", error)
            self._told = True
        else:
            self._written = latest


def _decoded(content: bytes, file: Path) -> Progress:
    hint = "begin anew: voiceguide play ROUTINE"
    try:
        kept = from_json(content, dict[str, Any])
        if kept.get("version") != VERSION:
            raise ProgressError(f"{file} was written by another version of voiceguide", hint=hint)
        return convert(kept, Progress, strict=False)
    except ShapeError as error:
        raise ProgressError(f"{file} is damaged: {error}", hint=hint) from error
