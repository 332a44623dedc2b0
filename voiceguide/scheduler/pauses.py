"""The silences and margins that make a session calm, in milliseconds, and what follows from them."""

from collections.abc import Callable, Sequence
from typing import Final

from voiceguide.units import SECOND_MS

Measure = Callable[[str], int]
"""How long a sentence is when spoken, in milliseconds."""

MUSIC_ALONE_MS: Final = 2 * SECOND_MS
"""Music before anything else, so that a Bluetooth speaker is awake."""

AFTER_CHIME_MS: Final = 600
"""From a chime to the words that belong to it."""

BETWEEN_SENTENCES_MS: Final = 800
"""The least silence between two sentences."""

SETTLE_MS: Final = 1_200
"""From the last word of an instruction to the first stroke, while the hands find their place."""

USEFUL_MS: Final = 10 * SECOND_MS
"""What a step leaves the hands at least, after its instruction."""

MOVE_ON_MS: Final = 5 * SECOND_MS
"""From letting go of one hold to the next, while the thumb finds its place."""

BEFORE_CLOSING_MS: Final = SECOND_MS
"""From the end of the last step to the closing words."""

END_MS: Final = 9 * SECOND_MS
"""From the end bell to the end of the session, while the bell rings out and the music fades."""

QUICKEST_PULSE_S: Final = 5
"""A pulse for quicker strokes would nag rather than calm."""


def spoken_ms(sentences: Sequence[str], measure: Measure) -> int:
    """Return how long the sentences last, one after the other, from the first word to the last."""
    return sum(map(measure, sentences)) + BETWEEN_SENTENCES_MS * max(0, len(sentences) - 1)


def talk_ms(sentences: Sequence[str], measure: Measure) -> int:
    """Return the time from a step's chime to its first stroke."""
    return AFTER_CHIME_MS + spoken_ms(sentences, measure) + SETTLE_MS


def opening_ms(sentences: Sequence[str], measure: Measure) -> int:
    """Return the time from the beginning of the session to its first step."""
    return MUSIC_ALONE_MS + AFTER_CHIME_MS + spoken_ms(sentences, measure) + SETTLE_MS


def end_bell_ms(sentences: Sequence[str], measure: Measure) -> int:
    """Return the time from the end of the last step to the end bell."""
    return BEFORE_CLOSING_MS + spoken_ms(sentences, measure) + BETWEEN_SENTENCES_MS


def closing_ms(sentences: Sequence[str], measure: Measure) -> int:
    """Return the time from the end of the last step to the end of the session."""
    return end_bell_ms(sentences, measure) + END_MS
