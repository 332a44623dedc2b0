"""Text in which no engine finds a command.

Engines take more than words from a text: eSpeak has commands behind the character U+0001, its program and macOS have
phonemes and commands in ``[[…]]``, SAPI reads XML. A routine from a stranger is spoken, never obeyed.
"""

import re
import unicodedata
from typing import Final

from voiceguide.errors import SpeechError

LONGEST_TEXT: Final = 2_000
"""Characters in one sentence; some engines crash from much longer ones."""


def plain_text(text: str) -> str:
    """Return the words of `text`, on one line, as they go to an engine.

    Raises:
        SpeechError: There are none, or too many.
    """
    if len(text) > LONGEST_TEXT:
        raise SpeechError(
            f"a text of {len(text):,} characters is too long to speak",
            hint=f"split it into sentences; {LONGEST_TEXT:,} characters is the most",
        )
    words = re.sub(r"\[(?=\[)", "[ ", "".join(map(_harmless, text))).split()
    if not words:
        raise SpeechError("there is nothing to speak: the text is empty", hint="write a sentence, or leave it out")
    return " ".join(words)


def _harmless(character: str) -> str:
    # Cc are control characters, Cs halves of characters, which UTF-8 cannot hold.
    return " " if character in "<>" or unicodedata.category(character) in ("Cc", "Cs") else character
