"""A session as a folder with a file a step, so that "next" on any player is the next step.

The files follow each other without a gap, as far as their format can: joined again, those without loss are the whole,
sample for sample. The playlist beside them names them all, and by it a folder is known to be of our making.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from voiceguide.audio.mixer import Mix
from voiceguide.errors import TargetError
from voiceguide.export.drafts import drafts_for
from voiceguide.export.pieces import Piece, write_pieces
from voiceguide.outputs.encoders import Quality
from voiceguide.outputs.registry import file_output
from voiceguide.outputs.tags import Mark, Tags
from voiceguide.outputs.target import check_target, target_errors
from voiceguide.units import SECOND_MS, frames

_OURS: Final = "# Made by voiceguide. In this folder, --force replaces what is named here."
"""The line by which a playlist of ours is known."""

_OF_THE_SYSTEM: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in a folder that they have shown."""

_MOST_CHARACTERS: Final = 60
"""Of a title in a file name: a whole path on Windows has 260."""

_MOST_BYTES: Final = 120
"""The same in UTF-8: a name has 255, on an encrypted disk 143, with the number, the ending and what a draft adds."""

_INSTEAD: Final = str.maketrans(
    {"/": "-", "\\": "-", "|": "-", ":": "-", '"': "'", "<": "(", ">": ")", "?": "", "*": ""}
)
"""For the letters that Windows and FAT do not take."""


def folder_of(target: Path) -> Path:
    """Return the folder of the steps of a track: its name without the ending."""
    return target.with_suffix("")


def check_folder(folder: Path, overwrite: bool) -> None:
    """Find out whether a folder of steps may be put at `folder`; nothing is touched.

    Args:
        folder: The folder to be.
        overwrite: Whether one of our making may be replaced; anything else never is.

    Raises:
        TargetError: It may not.
    """
    with target_errors(folder):
        if not (folder.exists() or folder.is_symlink()):
            check_target(folder, overwrite=False)
            return
        other = "choose another name for the track"
        if folder.is_symlink() or not folder.is_dir():
            raise TargetError(f"{folder} is no folder", hint=f"move it away, or {other}")
        if strange := _strange(folder):
            raise TargetError(
                f"{folder} holds files that are not of our making: {strange}", hint=f"move them away, or {other}"
            )
        if not overwrite:
            raise TargetError(f"{folder} exists already", hint=f"{other}, or replace it with --force")


def split(
    mix: Mix,
    tags: Tags,
    folder: Path,
    kind: str,
    *,
    quality: Quality = "good",
    progress: Callable[[int, int], None] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a session as a file a step, with a playlist; the folder appears when all of it is whole.

    Args:
        mix: The session.
        tags: What the whole tells of itself; its marks are the steps.
        folder: The folder to be.
        kind: The ending of the files, such as ``.mp3``.
        quality: How good their sound is.
        progress: Is told how many frames are written, and of how many.
        overwrite: Whether a folder of our making that is there may be replaced.

    Raises:
        TargetError: It cannot be written; what was there stays.
    """
    names = file_names([mark.title for mark in tags.marks], kind)
    with drafts_for(folder) as hidden:
        draft = hidden / folder.name
        draft.mkdir()
        pieces = []
        for number, (name, mark) in enumerate(zip(names, tags.marks, strict=True), 1):
            about = replace(tags, title=mark.title, marks=(), album=tags.title, track=(number, len(names)))
            pieces.append(_piece(draft / name, mark, about, quality))
        write_pieces(mix, pieces, progress)
        text = playlist(tags, names)
        (draft / _playlist_name(folder)).write_bytes(text.encode("utf-8", "replace"))
        _put(draft, folder, overwrite)


def file_names(titles: Sequence[str], kind: str) -> list[str]:
    """Return names that every system takes, such as ``01 Welcome.mp3``, in order when sorted, and each only once.

    The number in front keeps a title from being hidden, a reserved name such as CON, or a comment in a playlist.
    """
    digits = max(2, len(str(len(titles))))
    return [f"{number:0{digits}} {_safe(title)}".strip() + kind for number, title in enumerate(titles, 1)]


def playlist(tags: Tags, names: Sequence[str]) -> str:
    """Return an extended M3U of files beside it.

    Args:
        tags: Of the whole; its marks are the steps.
        names: The files, one a mark.
    """
    lines = ["#EXTM3U", "#EXTENC:UTF-8", f"#PLAYLIST:{_line(tags.title)}", _OURS]
    for mark, name in zip(tags.marks, names, strict=True):
        # Whole seconds: older players read no others.
        lines += [f"#EXTINF:{round((mark.end_ms - mark.start_ms) / SECOND_MS)},{_line(mark.title)}", name]
    return "\n".join([*lines, ""])


def _piece(path: Path, mark: Mark, tags: Tags, quality: Quality) -> Piece:
    start, stop = frames(mark.start_ms), frames(mark.end_ms)
    return Piece(start, stop, file_output(path, frames=stop - start, tags=tags, quality=quality))


def _put(draft: Path, folder: Path, overwrite: bool) -> None:
    """Move a folder to its place; the one that was there goes with the drafts, or comes back."""
    check_folder(folder, overwrite)
    old = draft.with_name(f"{folder.name}.old")
    try:
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise


def _playlist_name(folder: Path) -> str:
    return f"{folder.name}.m3u8"


def _strange(folder: Path) -> str | None:
    """Return something in a folder that we did not put there; `None` where there is nothing."""
    ours = _OF_THE_SYSTEM | _named(folder / _playlist_name(folder))
    return next((path.name for path in sorted(folder.iterdir()) if path.name not in ours or not path.is_file()), None)


def _named(file: Path) -> set[str]:
    """Return the names in a playlist of ours, its own among them; none where it is not ours."""
    with suppress(OSError, UnicodeDecodeError):
        lines = file.read_text("utf-8").splitlines()
        if _OURS in lines:
            return {file.name, *lines}
    return set()


def _safe(title: str) -> str:
    """Return a title as a part of a file name.

    Signs that not every stick and car takes go: control and joining signs, and all beyond 16 bits, as most emoji are.
    """
    plain = unicodedata.normalize("NFC", _line(title)).translate(_INSTEAD)
    known = "".join(sign for sign in plain if ord(sign) <= 0xFFFF and unicodedata.category(sign)[0] != "C")
    short = known[:_MOST_CHARACTERS].encode()[:_MOST_BYTES].decode(errors="ignore")
    return re.sub(" +", " ", short).strip(" .")


def _line(text: str) -> str:
    """Return text on one line."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()
