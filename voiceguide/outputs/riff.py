"""What a WAV tells of itself, in chunks behind the sound, where whoever looks for no more than sound is not disturbed.

Each reader has its own: title and date stand in ``LIST INFO``, which old players and file managers show; the steps in
``cue`` and ``LIST adtl``, which editors show as marks (Microsoft, "Multimedia Programming Interface and Data
Specifications 1.0"); all of it in ``id3``, where mutagen and ffmpeg, and players that are made of it, find their
chapters.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from voiceguide.outputs.tags import Mark, Tags
from voiceguide.units import frames


def chunks_of(tags: Tags) -> bytes:
    """Return the chunks, one behind the other, as they follow the samples."""
    return _info(tags) + _cue(tags.marks) + _id3(tags)


def _info(tags: Tags) -> bytes:
    told = {
        b"INAM": tags.title,
        b"ICRD": tags.date,
        b"ILNG": tags.language,
        b"ICMT": tags.source,
        b"IPRD": tags.album,
        b"ITRK": tags.track and str(tags.track[0]),
    }
    return _chunk(b"LIST", b"INFO" + b"".join(_chunk(name, _text(value)) for name, value in told.items() if value))


def _cue(marks: Sequence[Mark]) -> bytes:
    """Return where the steps begin, and what they are called."""
    if not marks:
        return b""
    # From 0, as ffmpeg counts the chapters in ID3 too: it takes those of one number for one.
    numbered = [(number, frames(mark.start_ms), mark) for number, mark in enumerate(marks)]
    # Which number, at which frame of the play order, in which chunk, from where in it, which block, which frame there.
    points = [struct.pack("<II4sIII", number, frame, b"data", 0, 0, frame) for number, frame, _ in numbered]
    labels = [_chunk(b"labl", struct.pack("<I", number) + _text(mark.title)) for number, _, mark in numbered]
    return _chunk(b"cue ", struct.pack("<I", len(points)) + b"".join(points)) + _chunk(
        b"LIST", b"adtl" + b"".join(labels)
    )


def _id3(tags: Tags) -> bytes:
    from voiceguide.outputs.id3 import id3_of

    made = BytesIO()
    # A picture would be a video to ffmpeg, and whoever turns a WAV into another kind would have to leave it out.
    id3_of(replace(tags, cover=None)).save(made, v2_version=3, padding=lambda _info: 0)
    return _chunk(b"id3 ", made.getvalue())


def _text(text: str) -> bytes:
    # A title may hold half of a character, which has no UTF-8.
    return text.encode("utf-8", "replace") + b"\0"


def _chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk, filled to an even length that its size does not count."""
    return struct.pack("<4sI", name, len(content)) + content + bytes(len(content) % 2)
