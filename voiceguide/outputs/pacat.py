"""Sound through PulseAudio's own player, which is also PipeWire's, on a computer whose speakers come and go."""

import shutil

from voiceguide.audio.samples import Block
from voiceguide.errors import SilentError
from voiceguide.outputs.output import CONNECT_HINT
from voiceguide.outputs.process import PLAYERS, ProcessOutput
from voiceguide.outputs.speakers import Speakers


class PacatOutput(ProcessOutput):
    """Plays through ``pacat`` as long as its server has a speaker."""

    def __init__(self) -> None:
        super().__init__("pacat", PLAYERS["pacat"])
        self._speakers: Speakers | None = None

    def open(self) -> None:
        """Start the program, and see that it plays on something.

        Raises:
            OutputError: It is not installed, or takes no sound.
            SilentError: Nobody would hear it.
        """
        # Beside the player's start, which takes longer unless the computer is busy; then a write tells.
        self._speakers = _watched()
        try:
            super().open()
            self._check()
        except BaseException:
            self.abort()
            raise

    def write(self, block: Block) -> None:
        """Hand a block to the program; wait while it has enough.

        Raises:
            OutputError: The program ended, or took nothing for 2 s.
            SilentError: The last speaker went away.
        """
        self._check()
        super().write(block)

    def abort(self) -> None:
        """Kill the program."""
        speakers, self._speakers = self._speakers, None
        if speakers is not None:
            speakers.end()
        super().abort()

    def _check(self) -> None:
        speakers = self._speakers
        if speakers is not None and speakers.silent:
            raise SilentError("the sound server has no speaker", hint=CONNECT_HINT)


def _watched() -> Speakers | None:
    """Return the server's speakers, where there is a program to ask for them."""
    return Speakers() if shutil.which("pactl") else None
