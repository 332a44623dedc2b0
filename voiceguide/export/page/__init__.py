"""A session as one page for any phone: the sound inside, big letters, a big button, the list to jump in.

The page asks nothing of any address, and its policy forbids it to. What an author wrote goes in as JSON in which no tag
can begin, and is shown as text. The sound comes last, in pieces of base64, each of which is made binary and forgotten
as soon as it is read: neither this program nor a phone ever holds the text of it all.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any, Final

import yaml

from voiceguide.export.captions import webvtt, webvtt_chapters
from voiceguide.routine.model import Routine
from voiceguide.scheduler.timeline import Chapter, Timeline

SOUND: Final = ".m4a"
"""The ending of the sound to put in: AAC has a table of its frames, so that every browser jumps to a step exactly.

In half an hour of MP3 with a variable rate Chromium lands up to 8 s beside; with a constant rate, a frame of 24 ms.
"""

_SOUND_TYPE: Final = "audio/mp4"

_PIECE_BYTES: Final = 3 << 18
"""Of sound in one piece: 1 MiB of base64. A multiple of 3, so that no piece but the last is padded."""

_TAKE: Final = "take()"
"""What runs after each piece; `page.js` says what it does."""


def page(routine: Routine, timeline: Timeline, sound: Path, cover: bytes | None = None) -> Iterator[bytes]:
    """Yield the page, UTF-8, a piece at a time.

    Args:
        routine: What tells the title, the language, the summary and the cautions.
        timeline: The session as it sounds.
        sound: The whole session as a finished file of the kind `SOUND`.
        cover: A PNG picture, which lock screens show.

    Raises:
        OSError: The sound cannot be read.
    """
    words = _words(routine.language)
    session = {**_session(routine, timeline, cover), "words": words}
    session["sound"] = {"type": _SOUND_TYPE, "bytes": sound.stat().st_size}
    style, script = _part("page.css"), _part("page.js")
    head, tail = _part("page.html").split("<!-- sound -->\n")
    yield _encoded(
        Template(head).substitute(
            {name: html.escape(text) for name, text in words.items()},
            language=html.escape(routine.language),
            title=html.escape(routine.title),
            policy=_policy(style, script),
            style=style,
            script=script,
            data=_json(session),
        )
    )
    with sound.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield b'<script type="text/plain">' + base64.b64encode(piece)
            yield f"</script><script>{_TAKE}</script>\n".encode()
    yield _encoded(tail)


def _session(routine: Routine, timeline: Timeline, cover: bytes | None) -> dict[str, Any]:
    """Return what the script is told of the session; the position is kept under `key`, the same for the same plan."""
    told: dict[str, Any] = {
        "title": routine.title,
        "language": routine.language,
        "summary": routine.summary,
        "cautions": routine.cautions,
        "lengthMs": timeline.length_ms,
        "steps": [_step(chapter) for chapter in timeline.chapters if chapter.end_ms > chapter.start_ms],
        "captions": webvtt(timeline),
        "chapters": webvtt_chapters(timeline),
    }
    key = hashlib.sha256(_json(told).encode()).hexdigest()[:16]
    picture = cover and f"data:image/png;base64,{base64.b64encode(cover).decode()}"
    return {**told, "key": key, "cover": picture}


def _step(chapter: Chapter) -> dict[str, str | int | None]:
    return {
        "title": chapter.title,
        "section": chapter.section,
        "startMs": chapter.start_ms,
        "endMs": chapter.end_ms,
    }


def _policy(style: str, script: str) -> str:
    """Return a Content Security Policy (W3C) that lets our own style and scripts through, and no address at all."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)} {_hash(_TAKE)}",
            "media-src blob: data:",
            "img-src blob: data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(value: object) -> str:
    """Return JSON in ASCII in which no tag and no comment of HTML can begin or end."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")


def _encoded(text: str) -> bytes:
    # A title may hold half of a character, which has no UTF-8.
    return text.encode("utf-8", "replace")


@cache
def _words(language: str) -> dict[str, str]:
    """Return what the page says of itself in `language`, such as "de-AT"."""
    table: dict[str, dict[str, str]] = yaml.safe_load(_part("words.yaml"))
    return table[language.split("-", maxsplit=1)[0]]


def _part(name: str) -> str:
    return (resources.files(__name__) / name).read_text("utf-8")
