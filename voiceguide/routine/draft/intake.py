"""Plain text, or a refusal that says what to do."""

import codecs
import re
from typing import Final

from voiceguide.errors import RoutineError

MOST_BYTES: Final = 1_000_000

_AS_PLAIN_TEXT: Final = "save the page or document as plain text (.txt, UTF-8), and draft that"

_SIGNATURES: Final = {
    b"%PDF": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"PK\x03\x04": "a packed document, such as .docx or .odt",
}

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_PAGE_START: Final = ("<!doctype", "<html", "<head", "<body", "<?xml")
_TAG: Final = re.compile(
    r"</(?:html|body|p|div|span|li|ul|ol|a|h[1-6]|td|table|section|article|strong|em)>", re.IGNORECASE
)
_MOST_TAGS: Final = 2

_JUNK: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff"
    "\ud800-\udfff\U000e0000-\U000effff]"
)
"""Control characters, zero-width and direction signs, half characters: nothing that is read aloud."""

_LINE_END: Final = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_MARKS: Final = re.compile(r"\*\*|__|`")


def decode_text(content: bytes, name: str) -> str:
    """Return the text of a file's bytes.

    Args:
        content: UTF-8, or UTF-16 with its mark, as some editors on Windows save it.
        name: What errors call the file.

    Raises:
        RoutineError: It is larger than 1 MB, or no text.
    """
    if len(content) > MOST_BYTES:
        raise RoutineError(f"{name} has {len(content):,} bytes", hint="1 MB at most: keep the part with the steps")
    for signature, called in _SIGNATURES.items():
        if content.startswith(signature):
            raise RoutineError(f"{name} is {called}", hint=_AS_PLAIN_TEXT)
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise RoutineError(f"{name} is no text in UTF-8", hint=_AS_PLAIN_TEXT) from None
    if "\x00" in text:
        raise RoutineError(f"{name} is no text: it has zero bytes in it", hint=_AS_PLAIN_TEXT)
    return text


def clean_lines(text: str) -> list[str]:
    """Return the lines of `text` with single spaces, without signs that nobody reads.

    Raises:
        RoutineError: It is empty, larger than 1 MB, or a web page with its markup.
    """
    if len(text) > MOST_BYTES:
        raise RoutineError(f"the text has {len(text):,} characters", hint="1 MB at most: keep the part with the steps")
    if _is_markup(text):
        raise RoutineError("the text is a web page with its markup", hint=_AS_PLAIN_TEXT)
    lines = [" ".join(_MARKS.sub("", line).split()) for line in _LINE_END.split(_JUNK.sub("", text))]
    if not any(lines):
        raise RoutineError("the text is empty", hint='give a how-to text, such as "1. Rub your hands warm."')
    return lines


def one_line(text: str) -> str:
    """Return `text` on one line, without signs that nobody reads."""
    return " ".join(_JUNK.sub("", text).split())


def _is_markup(text: str) -> bool:
    if text[:1000].lstrip("\ufeff \t\r\n").lower().startswith(_PAGE_START):
        return True
    return sum(1 for _ in _TAG.finditer(text)) > _MOST_TAGS
