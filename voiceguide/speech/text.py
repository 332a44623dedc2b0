"""Text in which no engine finds a command.

Engines take more than words from a text: eSpeak has commands behind the character U+0001, its program and macOS have
phonemes and commands in ``[[…]]``, SAPI reads XML. A routine from a stranger is spoken, never obeyed.
"""

import re
import unicodedata
from typing import Final

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.lexicon import Alphabet
from voiceguide.speech.reading import read_aloud

LONGEST_TEXT: Final = 2_000
"""Characters in one sentence; some engines crash from much longer ones."""


class TextError(SpeechError):
    """A sentence that no engine would speak: there are no words in it, or too many."""


def spoken_text(text: str, request: VoiceRequest, phonemes: Alphabet | None = None) -> str:
    """Return `text` as it goes to an engine: words only, numbers and hard terms as they are said.

    Args:
        text: What a routine says.
        request: Language and lexicon.
        phonemes: In which alphabet the engine takes phonemes between ``[[`` and ``]]``. Those of the lexicon are then
            put in; no other ``[`` is left in the text, so that it can bring none of its own.

    Raises:
        TextError: There are none, or too many.
    """
    return request.lexicon.applied(read_aloud(plain_text(text), request.language), request.language, phonemes)


def plain_text(text: str) -> str:
    """Return the words of `text`, on one line, as they go to an engine.

    Raises:
        TextError: There are none, or too many.
    """
    if len(text) > LONGEST_TEXT:
        raise TextError(
            f"a text of {len(text):,} characters is too long to speak",
            hint=f"split it into sentences; {LONGEST_TEXT:,} characters is the most",
        )
    words = re.sub(r"\[(?=\[)", "[ ", "".join(map(_harmless, text))).split()
    if not any(character.isalnum() for word in words for character in word):
        raise TextError("there is nothing to speak: the text is empty", hint="write a sentence, or leave it out")
    return " ".join(words)


def _harmless(character: str) -> str:
    # Cc are control characters, Cs halves of characters, which UTF-8 cannot hold.
    return " " if character in "<>" or unicodedata.category(character) in ("Cc", "Cs") else character
