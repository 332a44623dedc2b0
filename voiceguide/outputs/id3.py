"""ID3v2.3, with CHAP and CTOC frames for the chapters (id3.org, "ID3v2 Chapter Frame Addendum"): in MP3 and in WAV."""

from itertools import groupby
from typing import Any, Final

from mutagen import id3

from voiceguide.outputs.tags import Mark, Tags, iso_639_2

_MOST_ENTRIES: Final = 255
"""Of a table of contents: they are counted in one byte."""


def id3_of(tags: Tags) -> id3.ID3:
    """Return all that is told, in version 2.3, which more players read than 2.4."""
    made = id3.ID3()
    made.add(id3.TIT2(encoding=1, text=_whole(tags.title)))
    made.add(id3.TLAN(encoding=1, text=iso_639_2(tags.language)))
    made.add(id3.TDRC(encoding=1, text=tags.date))
    if tags.source:
        made.add(id3.COMM(encoding=1, lang=iso_639_2(tags.language), desc="", text=_whole(tags.source)))
    if tags.album:
        made.add(id3.TALB(encoding=1, text=_whole(tags.album)))
    if tags.track:
        made.add(id3.TRCK(encoding=0, text="{}/{}".format(*tags.track)))
    if tags.cover:
        made.add(id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=tags.cover))
    for frame in _chapter_frames(tags.marks):
        made.add(frame)
    made.update_to_v23()
    return made


def _chapter_frames(marks: tuple[Mark, ...]) -> list[Any]:
    """Return a chapter frame a mark, and tables of contents: one for the whole, one for each section in it."""
    if not marks:
        return []
    frames: list[Any] = []
    whole: list[str] = []
    numbered = [(f"chp{number:04}", mark) for number, mark in enumerate(marks)]
    longest = max(len(mark.title.encode("utf-16", "replace")) for mark in marks)
    for section, group in groupby(numbered, key=lambda each: each[1].section):
        members = list(group)
        names = [name for name, _ in members]
        frames += [
            id3.CHAP(
                element_id=name,
                start_time=mark.start_ms,
                end_time=mark.end_ms,
                start_offset=0xFFFFFFFF,
                end_offset=0xFFFFFFFF,
                sub_frames=[id3.TIT2(encoding=1, text=_whole(mark.title)), _filler(mark.title, longest)],
            )
            for name, mark in members
        ]
        if section is None:
            whole += names
            continue
        name = f"toc-{names[0]}"
        whole.append(name)
        frames += _contents(name, names, section)
    return [*frames, *_contents("toc", whole, None, top=True)]


def _filler(title: str, longest: int) -> Any:
    """Return what makes all chapters equally long.

    mutagen writes the shortest frames first; those of one length it writes by their names. Players that look at no
    table of contents, ffmpeg's among them, take the chapters as they lie.
    """
    return id3.PRIV(owner="filler", data=bytes(longest - len(title.encode("utf-16", "replace"))))


def _contents(name: str, children: list[str], title: str | None, *, top: bool = False) -> list[Any]:
    """Return a table of contents, and those under it where one cannot count so many entries."""
    parts = [children[at : at + _MOST_ENTRIES] for at in range(0, len(children), _MOST_ENTRIES)]
    if len(parts) > 1:
        names = [f"{name}-{number}" for number in range(len(parts))]
        under = [each for part, its in zip(parts, names, strict=True) for each in _contents(its, part, None)]
        return [*under, *_contents(name, names, title, top=top)]
    flags = id3.CTOCFlags.ORDERED | (id3.CTOCFlags.TOP_LEVEL if top else 0)
    sub_frames = [id3.TIT2(encoding=1, text=_whole(title))] if title else []
    return [id3.CTOC(element_id=name, flags=flags, child_element_ids=children, sub_frames=sub_frames)]


def _whole(text: str) -> str:
    """Return text without halves of characters, which cannot be written."""
    return text.encode("utf-16", "replace").decode("utf-16")
