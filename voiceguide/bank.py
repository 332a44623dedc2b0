"""The sounds of one session, by cue: spoken clips and chimes."""

from voiceguide.audio.samples import Buffer
from voiceguide.media.sounds import load_chime
from voiceguide.scheduler.timeline import Cue, Role
from voiceguide.speech.clips import Clips
from voiceguide.units import frames


class SoundBank:
    """Gives the mixer what it asks for.

    Args:
        clips: The speech; `None` where nobody speaks.
        chime_set: Name of the set of chimes.
    """

    def __init__(self, clips: Clips | None, chime_set: str) -> None:
        self._clips = clips
        self._chime_set = chime_set

    def frames(self, cue: Cue) -> int:
        """Return how long the sound of `cue` is."""
        return frames(cue.length_ms) if cue.role is Role.SPEECH else len(self.samples(cue))

    def samples(self, cue: Cue) -> Buffer:
        """Return the sound of `cue`: mono for speech, stereo for a chime."""
        if cue.role is Role.SPEECH:
            if self._clips is None:
                raise LookupError(f"nobody speaks here, but there is a sentence: {cue.name!r}")
            return self._clips.samples(cue.name)
        return load_chime(self._chime_set, cue.name)
