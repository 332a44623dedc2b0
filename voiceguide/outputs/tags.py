"""What a sound file tells of itself: title, chapters, picture.

Chapters in MP4 are a track of its own, which ffmpeg writes with the sound, and a WAV has all of it in chunks (`riff`);
all else is put into the finished file by mutagen, which writes each format as its players read it: ID3v2.3 (`id3`) in
MP3, Vorbis comments ``CHAPTER000`` (xiph.org, "Chapter Extension") in FLAC, Ogg and Opus.
"""

import base64
import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voiceguide.units import clock

_AUDIOBOOK: Final = 2
"""What the MP4 tag ``stik`` has for one."""

CHPL_TITLE_BYTES: Final = 255
"""Of a title in the older kind of MP4 chapters; a longer one is cut wherever that is, in the midst of a letter too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A chapter of a file."""

    start_ms: int
    end_ms: int
    title: str
    section: str | None = None
    """What it is a part of; neighbours of one section lie under one parent where the format knows parents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What a file tells of itself. Text may hold anything but NUL."""

    title: str
    language: str
    """BCP 47."""
    date: str
    """ISO 8601, such as ``2026-11-21``."""
    source: str | None = None
    """Where the routine comes from."""
    marks: tuple[Mark, ...] = ()
    cover: bytes | None = None
    """A PNG picture."""
    album: str | None = None
    """What the file is a track of."""
    track: tuple[int, int] | None = None
    """Its number there, counted from 1, and how many there are."""


def ffmetadata(tags: Tags) -> str:
    """Return the chapters as ffmpeg reads them."""
    lines = [";FFMETADATA1"]
    for mark in tags.marks:
        lines += [
            "[CHAPTER]",
            "TIMEBASE=1/1000",
            f"START={mark.start_ms}",
            f"END={mark.end_ms}",
            f"title={_escaped(mark.title)}",
        ]
    return "\n".join([*lines, ""])


def write_tags(path: Path, kind: str, tags: Tags) -> None:
    """Put tags into a finished file.

    Args:
        path: The file.
        kind: Its ending, such as ``.mp3``, whatever its name is.
        tags: What it is to tell.

    Raises:
        OSError: It cannot be written.
    """
    from mutagen import MutagenError

    if kind not in _WRITERS:
        return
    try:
        _WRITERS[kind](path, tags)
    except MutagenError as error:
        # It wraps what the system said.
        reason = next((each for each in error.args if isinstance(each, OSError)), None)
        raise reason or OSError(errno.EIO, f"its tags cannot be written: {error}") from error


def _mp3(path: Path, tags: Tags) -> None:
    from voiceguide.outputs.id3 import id3_of

    id3_of(tags).save(path, v2_version=3)


def _flac(path: Path, tags: Tags) -> None:
    from mutagen.flac import FLAC

    file = FLAC(path)
    _comment(file, tags)
    if tags.cover:
        file.add_picture(_picture(tags.cover))
    file.save()


def _ogg(path: Path, tags: Tags) -> None:
    from mutagen.oggvorbis import OggVorbis

    _ogg_comments(OggVorbis(path), tags)


def _opus(path: Path, tags: Tags) -> None:
    from mutagen.oggopus import OggOpus

    _ogg_comments(OggOpus(path), tags)


def _ogg_comments(file: Any, tags: Tags) -> None:
    _comment(file, tags)
    if tags.cover:
        file["METADATA_BLOCK_PICTURE"] = [base64.b64encode(_picture(tags.cover).write()).decode("ascii")]
    file.save()


def _comment(file: Any, tags: Tags) -> None:
    file["TITLE"] = [tags.title]
    file["LANGUAGE"] = [tags.language]
    file["DATE"] = [tags.date]
    if tags.source:
        file["COMMENT"] = [tags.source]
    if tags.album:
        file["ALBUM"] = [tags.album]
    if tags.track:
        file["TRACKNUMBER"], file["TRACKTOTAL"] = ([str(number)] for number in tags.track)
    for number, mark in enumerate(tags.marks):
        file[f"CHAPTER{number:03}"] = [clock(mark.start_ms)]
        file[f"CHAPTER{number:03}NAME"] = [mark.title]


def _mp4(path: Path, tags: Tags) -> None:
    from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm

    file = MP4(path)
    file["\xa9nam"] = [tags.title]
    file["\xa9day"] = [tags.date]
    if tags.source:
        file["\xa9cmt"] = [tags.source]
    if tags.album:
        file["\xa9alb"] = [tags.album]
    if tags.track:
        file["trkn"] = [tags.track]
    file["----:com.apple.iTunes:LANGUAGE"] = [MP4FreeForm(tags.language.encode())]
    if tags.cover:
        file["covr"] = [MP4Cover(tags.cover, MP4Cover.FORMAT_PNG)]
    # A copy of an audiobook is none.
    file.pop("stik", None)
    file.save()


def _m4b(path: Path, tags: Tags) -> None:
    from mutagen.mp4 import MP4

    _mp4(path, tags)
    file = MP4(path)
    file["stik"] = [_AUDIOBOOK]
    file.save()


def _picture(cover: bytes) -> Any:
    from mutagen.flac import Picture

    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/png", cover
    # Width and height stand in the head of a PNG.
    picture.width, picture.height = (int.from_bytes(cover[at : at + 4], "big") for at in (16, 20))
    picture.depth = 24
    return picture


def _escaped(text: str) -> str:
    """Return text as ffmpeg's metadata files take it: its own signs and ends of lines behind a backslash."""
    return "".join(f"\\{sign}" if sign in "=;#\\\n\r" else sign for sign in text)


_THREE_LETTERS: Final = {"en": "eng", "de": "deu", "es": "spa"}


def iso_639_2(language: str) -> str:
    """Return three letters for a language; ``und`` for one that the guide does not speak."""
    return _THREE_LETTERS.get(language.partition("-")[0].lower(), "und")


_WRITERS: Final[dict[str, Callable[[Path, Tags], None]]] = {
    ".mp3": _mp3,
    ".flac": _flac,
    ".ogg": _ogg,
    ".opus": _opus,
    ".m4a": _mp4,
    ".m4b": _m4b,
}
"""Kind of file to what puts tags into it when it is finished; a WAV is written with them."""
