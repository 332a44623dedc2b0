"""What to play: the tracks that a file, a folder or a playlist stands for, and the order in which they come round.

Nothing is decoded here. Only names are looked at, and only regular files are taken, so that a folder of thousands is
listed at once and a pipe or a device among them holds nothing up.
"""

import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import unquote, urlsplit

from voiceguide.errors import MediaError

TRACK_ENDINGS: Final = frozenset({
    ".aac", ".ac3", ".aif", ".aiff", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b", ".mka", ".mp2", ".mp3", ".oga",
    ".ogg", ".opus", ".tta", ".w64", ".wav", ".webm", ".wma", ".wv",
})  # fmt: skip
"""How the files of a folder end that are taken for tracks. A file that is named is tried whatever its ending."""

PLAYLIST_ENDINGS: Final = frozenset({".m3u", ".m3u8"})

_LONGEST_BYTES: Final = 16_000_000
"""What is read of a playlist: more than a hundred thousand entries, and little of a film with a wrong ending."""

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
"""Two letters at least, because one is a drive."""

_NUMBER: Final = re.compile(r"(\d+)")

_log = logging.getLogger(__name__)


def find_tracks(what: Path) -> list[Path]:
    """Return the files that `what` stands for.

    A folder stands for the tracks in it and in its folders, in the order in which people count; what is hidden is left
    out. A playlist stands for its entries, which lie beside it and may be folders and playlists themselves. Entries
    that are not there, and addresses, are left out with a line of warning.

    Raises:
        MediaError: It is not there, no regular file, or holds no track.
    """
    if not _is_there(what):
        message, hint = f"there is no file or folder called '{what}'", "check the name, and that you may read it"
        raise MediaError(message, hint=hint)
    tracks: list[Path] = []
    waiting, known = [what], set[str]()
    while waiting:
        each = waiting.pop()
        if each.is_dir():
            tracks += _in_folder(each)
        elif each.suffix.lower() not in PLAYLIST_ENDINGS:
            tracks.append(each)
        elif (name := os.path.realpath(each)) in known:
            _log.warning("%s is named again by a playlist, and left out", each)
        else:
            known.add(name)
            waiting += reversed(_entries(each))
    if not tracks:
        message, hint = f"there is no track in {what}", "tracks end in .mp3, .flac, .m4a and the like, on this machine"
        raise MediaError(message, hint=hint)
    return tracks


class Playlist:
    """Tracks that come round without an end.

    Args:
        tracks: At least one.
        shuffle: Whether each round has an order of its own; none begins with the track that ended the last.
        seed: The same one gives the same rounds.
    """

    def __init__(self, tracks: Iterable[Path], *, shuffle: bool = False, seed: int | None = None) -> None:
        self._all = list(tracks)
        self._dropped: set[Path] = set()
        self._chance = Random(seed) if shuffle else None  # noqa: S311 - no secret hangs on it

    def drop(self, track: Path) -> None:
        """Let a track not come again."""
        self._dropped.add(track)

    @property
    def tracks(self) -> list[Path]:
        """Those that are left."""
        return [each for each in self._all if each not in self._dropped]

    def __iter__(self) -> Iterator[Path]:
        last = None
        while self.tracks:
            for track in self._round(last):
                # It may have been dropped meanwhile.
                if track not in self._dropped:
                    yield track
                    last = track

    def _round(self, last: Path | None) -> list[Path]:
        order = list(self.tracks)
        if self._chance:
            self._chance.shuffle(order)
            if order[0] == last and len(order) > 1:
                other = self._chance.randrange(1, len(order))
                order[0], order[other] = order[other], order[0]
        return order


def _in_folder(folder: Path) -> list[Path]:
    tracks: list[Path] = []
    known: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        # A link may lead back up: each folder is entered once.
        name = os.path.realpath(place)
        folders[:] = [] if name in known else sorted(each for each in folders if not each.startswith("."))
        if name not in known:
            tracks += filter(_is_track, (Path(place, each) for each in names))
        known.add(name)
    return sorted(tracks, key=lambda track: [_as_counted(part) for part in track.parts])


def _is_track(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() in TRACK_ENDINGS and _is_there(path)


def _as_counted(name: str) -> list[tuple[int, str]]:
    """Return a key that puts "track 2" before "track 10"."""
    parts = _NUMBER.split(name.casefold())
    # Text and numbers take turns, beginning with text.
    return [(int(part) if index % 2 else 0, part) for index, part in enumerate(parts)]


def _is_there(path: Path) -> bool:
    """Tell whether it is a folder or a regular file; what cannot be a name, such as one too long, is not there."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _entries(playlist: Path) -> list[Path]:
    found: list[Path] = []
    missing: list[str] = []
    addresses: list[str] = []
    for entry in _lines(playlist):
        path = _located(entry, playlist.parent)
        if path:
            found.append(path)
        else:
            (addresses if _is_address(entry) else missing).append(entry)
    _tell_left_out(playlist, missing, "not there")
    _tell_left_out(playlist, addresses, "on the net")
    return found


def _lines(playlist: Path) -> Iterator[str]:
    try:
        with playlist.open("rb") as file:
            content = file.read(_LONGEST_BYTES)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f"cannot read {playlist}: {reason}", hint="check that you may read it") from error
    for line in _text(content).splitlines():
        entry = line.strip()
        if entry and not entry.startswith("#"):
            yield entry


def _text(content: bytes) -> str:
    """Return the text of a playlist: UTF-8, or what older Windows programs wrote."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _is_address(entry: str) -> bool:
    return bool(_ADDRESS.match(entry))


def _located(entry: str, folder: Path) -> Path | None:
    """Return where an entry lies, as it is written or as the programs of others write names."""
    spellings = [entry, unquote(entry), entry.replace("\\", "/")]
    if entry.lower().startswith("file:"):
        # It brings half a web client along: 40 ms that few playlists need.
        from urllib.request import url2pathname

        spellings = [url2pathname(urlsplit(entry).path)]
    return next((path for path in (folder / each for each in spellings) if _is_there(path)), None)


def _tell_left_out(playlist: Path, entries: list[str], why: str) -> None:
    if entries:
        more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
        _log.warning("%s: left out '%s'%s, %s", playlist, entries[0], more, why)
