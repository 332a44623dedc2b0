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


IDLE_UNDER_DB: Final = 9.0
"""How far the music idles under the speech; people find it too loud sooner than too soft."""

DUCKED_UNDER_DB: Final = 23.0
"""How far it stays under while there is speech; WCAG 2 criterion 1.4.7 asks for 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The balance of a session, in dB around what it is for most people.

    The voice never gets louder than its anchor, which leaves no room above it: a louder voice is softer music and
    chimes. Louder music is louder where nobody speaks, and stays as far under the words.
    """

    voice_db: float = 0.0
    """More or less of the voice."""

    music_db: float = 0.0
    """More or less of the music while nobody speaks."""

    chime_db: float = 0.0
    """More or less of the chimes, which come 6 dB under the speech."""

    idle_under_db: float = IDLE_UNDER_DB
    ducked_under_db: float = DUCKED_UNDER_DB

    @property
    def speech_gain(self) -> float:
        """Linear gain of a clip; at most 1."""
        return gain(min(0.0, self.voice_db))

    @property
    def chime_gain(self) -> float:
        """Linear gain of a chime."""
        return gain(self.chime_db - max(0.0, self.voice_db))

    @property
    def music_gain(self) -> float:
        """Linear gain of an ambience while nobody speaks."""
        return gain(SPEECH_LUFS + min(0.0, self.voice_db) - self._idle_under_db - MUSIC_LUFS)

    @property
    def duck_db(self) -> float:
        """Gain of the music under speech, against its idle level; <= 0."""
        return min(0.0, self._idle_under_db - self.ducked_under_db)

    @property
    def _idle_under_db(self) -> float:
        return self.idle_under_db + self.voice_db - self.music_db


ACCESSIBLE: Final = Levels(idle_under_db=14.0, ducked_under_db=33.0)
"""For those who do not hear well: the music is 30 dB under every word, and softer where there is none."""
