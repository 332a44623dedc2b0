"""eSpeak as a program, where there is no library of it: ``espeak-ng``, or ``espeak``."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import Speech
from voiceguide.speech.espeak_voices import EspeakVoice
from voiceguide.speech.recording import read_recording

_PROGRAMS: Final = ("espeak-ng", "espeak")
_LIMIT_S: Final = 20.0
"""It needs some 10 ms for a sentence."""


class EspeakProgram:
    """An eSpeak that speaks into a file; made by `find_program`.

    Args:
        program: Its path.
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
        with tempfile.TemporaryDirectory(prefix="espeak-") as folder:
            target = Path(folder) / "speech.wav"
            # The text goes in by stdin, where nothing is an option. --stdout would write a false length.
            how = ["-v", voice.name, "-s", str(voice.rate), "-p", str(voice.pitch)]
            self._run([*how, "-b", "1", "--stdin", "-w", str(target)], text)
            return read_recording(target)

    def _run(self, options: list[str], text: str) -> None:
        try:
            subprocess.run(
                [self._program, *options], input=text.encode(), capture_output=True, check=True, timeout=_LIMIT_S
            )
        except subprocess.TimeoutExpired as error:
            raise _failed(f"did not end within {_LIMIT_S:.0f} s") from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines()
            raise _failed(f"failed ({said[-1] if said else error.returncode})") from error
        except OSError as error:
            raise _failed(f"cannot be started ({error.strerror})") from error


def find_program() -> EspeakProgram | None:
    """Return the first eSpeak NG program on PATH; the older eSpeak, of 2015, is none."""
    for name in _PROGRAMS:
        program = shutil.which(name)
        found = _tried_out(program) if program else None
        if found:
            return found
    return None


def _tried_out(program: str) -> EspeakProgram | None:
    """Return the program, when it tells its version and where its data lies."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, check=True, timeout=_LIMIT_S).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    about = re.search(r"text-to-speech: (?P<version>\S+).*Data at: (?P<data>.+)", told.decode(errors="replace"))
    if about is None:
        return None
    data = Path(about["data"].strip())
    return EspeakProgram(program, data, about["version"]) if (data / "lang").is_dir() else None


def _failed(what: str) -> SpeechError:
    return SpeechError(
        f"the eSpeak program {what}", hint='choose another voice: "voiceguide doctor" shows which are ready'
    )
