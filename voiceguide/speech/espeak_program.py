"""eSpeak as a program, where there is no library of it: ``espeak-ng``, or ``espeak``."""

import re
from pathlib import Path
from typing import Final

from voiceguide.speech.engine import Speech
from voiceguide.speech.espeak_voices import EspeakVoice
from voiceguide.speech.program import Program, answer

_PROGRAMS: Final = ("espeak-ng", "espeak")


class EspeakProgram:
    """An eSpeak that speaks into a file; made by `find_program`.

    Args:
        program: Its name or path.
        data: Its data folder.
        version: Such as ``1.51``.
    """

    def __init__(self, program: str, data: Path, version: str) -> None:
        self._program = program
        self.data = data
        self.version = version

    def speak(self, text: str, voice: EspeakVoice) -> Speech:
        """Return the spoken text; the range of the voice cannot be set here.

        Raises:
            SpeechError: eSpeak refuses the voice or the text, or does not end.
        """
        # The text goes in by stdin, where nothing is an option. --stdout would write a false length.
        how = [self._program, "-v", voice.name, "-s", str(voice.rate), "-p", str(voice.pitch), "-b", "1", "--stdin"]
        return Program("the eSpeak program").speak(lambda file: [*how, "-w", str(file)], text.encode())


def find_program() -> EspeakProgram | None:
    """Return the first eSpeak NG program on PATH; the older eSpeak, of 2015, is none."""
    return next(filter(None, map(_tried_out, _PROGRAMS)), None)


def _tried_out(program: str) -> EspeakProgram | None:
    """Return the program, when it tells its version and where its data lies."""
    about = re.search(r"text-to-speech: (?P<version>\S+).*Data at: (?P<data>.+)", answer(program, "--version"))
    if about is None:
        return None
    data = Path(about["data"].strip())
    return EspeakProgram(program, data, about["version"]) if (data / "lang").is_dir() else None
