"""How loud each thing is.

Speech is the anchor, at -18 LUFS (AES TD1008 for streams); all else is told in decibels around it. Integrated
loudness of the whole would mean nothing here, with few words in much music, so speech and music are measured apart
(ITU-R BS.1770).
"""

from dataclasses import dataclass
from typing import Final

from voiceguide.units import gain

SPEECH_LUFS: Final = -18.0
"""Every spoken clip, within 0.5."""

MUSIC_LUFS: Final = -28.0
"""Every bundled ambience, as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The balance of a session, in dB."""

    music_under_db: float = 9.0
    """How far the music idles under the speech."""

    ducked_under_db: float = 23.0
    """How far it stays under while there is speech; WCAG 2 criterion 1.4.7 asks for 20."""

    chime_db: float = 0.0
    """Added to the chimes, which come 6 dB under the speech."""

    @property
    def music_gain(self) -> float:
        """Linear gain of an ambience while nobody speaks."""
        return gain(SPEECH_LUFS - self.music_under_db - MUSIC_LUFS)

    @property
    def duck_db(self) -> float:
        """Gain of the music under speech, against its idle level; <= 0."""
        return min(0.0, self.music_under_db - self.ducked_under_db)
