"""What is said when, in the formats that players read: WebVTT, SubRip, LRC; and the cue sheet.

All of it is exact: a sentence stands from its first to its last millisecond. Titles and sentences may hold anything;
each format gets what it can carry, on one line.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import clock

_CUE_FRAMES_A_SECOND: Final = 75
"""Of a compact disc, in which a cue sheet counts."""

_MOST_CUE_TRACKS: Final = 99


def webvtt(timeline: Timeline) -> str:
    """Return the sentences as WebVTT captions (W3C), UTF-8."""
    return _vtt((cue.at_ms, cue.end_ms, cue.name) for cue in _sentences(timeline))


def webvtt_chapters(timeline: Timeline) -> str:
    """Return the chapters as a WebVTT file of the kind ``chapters``."""
    return _vtt((chapter.start_ms, chapter.end_ms, chapter.title) for chapter in _chapters(timeline))


def subrip(timeline: Timeline) -> str:
    """Return the sentences as SubRip."""
    blocks = [
        f"{number}\n{_comma(cue.at_ms)} --> {_comma(cue.end_ms)}\n{_line(cue.name)}\n"
        for number, cue in enumerate(_sentences(timeline), 1)
    ]
    return "\n".join(blocks)


def lyrics(timeline: Timeline, title: str) -> str:
    """Return the sentences as LRC, which music players show; it counts in hundredths of a second."""
    lines = [f"[ti:{_line(title)}]", f"[length:{_minutes(timeline.length_ms)[:-3]}]"]
    for cue in _sentences(timeline):
        # An empty line takes the sentence away; a bracket at the front would be taken for a time.
        lines += [f"[{_minutes(cue.at_ms)}]{_line(cue.name).lstrip('[')}", f"[{_minutes(cue.end_ms)}]"]
    return "\n".join([*lines, ""])


def cue_sheet(timeline: Timeline, title: str, file_name: str) -> str:
    """Return a cue sheet of the chapters: for players that show none of those in a file.

    A cue sheet has no way to write a double quote, and at most 99 tracks; the chapters beyond stay part of the last.

    Args:
        timeline: The session.
        title: Of the whole.
        file_name: Of the sound file beside it.
    """
    lines = [
        f"TITLE {_quoted(title)}",
        f"FILE {_quoted(file_name)} {'MP3' if file_name.lower().endswith('.mp3') else 'WAVE'}",
    ]
    for number, chapter in enumerate(list(_chapters(timeline))[:_MOST_CUE_TRACKS], 1):
        lines += [
            f"  TRACK {number:02} AUDIO",
            f"    TITLE {_quoted(chapter.title)}",
            f"    INDEX 01 {_cue_time(chapter.start_ms)}",
        ]
    return "\n".join([*lines, ""])


FORMATS: Final[dict[str, Callable[[Timeline, str], str]]] = {
    "vtt": lambda timeline, _title: webvtt(timeline),
    "srt": lambda timeline, _title: subrip(timeline),
    "lrc": lyrics,
}
"""Name of a caption format to what writes it: takes the timeline and the title."""


def _vtt(rows: Iterator[tuple[int, int, str]]) -> str:
    blocks = [
        f"{number}\n{clock(start)} --> {clock(end)}\n{_vtt_text(text)}\n"
        for number, (start, end, text) in enumerate(rows, 1)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _vtt_text(text: str) -> str:
    """Return text in which WebVTT sees no tag, no entity and no arrow."""
    return _line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sentences(timeline: Timeline) -> Iterator[Cue]:
    return (cue for cue in timeline.cues if cue.role is Role.SPEECH)


def _chapters(timeline: Timeline) -> Iterator[Chapter]:
    return (chapter for chapter in timeline.chapters if chapter.end_ms > chapter.start_ms)


def _line(text: str) -> str:
    """Return text on one line, without what a terminal or a player would take for a command."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def _comma(ms: int) -> str:
    return clock(ms).replace(".", ",")


def _minutes(ms: int) -> str:
    """Return ``MM:SS.hh``; a minute may have three digits."""
    hundredths = ms // 10
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _cue_time(ms: int) -> str:
    """Return ``MM:SS:FF``, at or before the moment."""
    frames = ms * _CUE_FRAMES_A_SECOND // 1000
    minutes, rest = divmod(frames, 60 * _CUE_FRAMES_A_SECOND)
    return f"{minutes:02}:{rest // _CUE_FRAMES_A_SECOND:02}:{rest % _CUE_FRAMES_A_SECOND:02}"


def _quoted(text: str) -> str:
    return '"' + _line(text).replace('"', "'") + '"'
