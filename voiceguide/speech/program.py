"""A program that speaks into a file: started without a shell, watched, ended with all that it has started."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from voiceguide.errors import SpeechError
from voiceguide.media.child import Child
from voiceguide.speech.engine import Speech
from voiceguide.speech.recording import read_recording

LIMIT_S: Final = 10.0
"""How long a run may take, beyond what the length of its text adds."""

_LIMIT_PER_BYTE_S: Final = 0.05
"""A slow voice on a busy computer needs a twentieth of a second for a letter."""

_ANSWER_LIMIT_S: Final = 10.0


class Program:
    """Lets a program speak, one text at a time.

    Args:
        name: What errors call it, such as ``the program flite``.
        limit_s: How long a run may take, beyond what the length of its text adds.
    """

    def __init__(self, name: str, limit_s: float = LIMIT_S) -> None:
        self._name = name
        self._limit_s = limit_s
        self._child: Child | None = None

    def speak(self, arguments: Callable[[Path], Sequence[str]], words: bytes) -> Speech:
        """Return what the program has spoken.

        Args:
            arguments: Gives, for the file that is to be written, the program and what it is told.
            words: What it reads from its input.

        Raises:
            SpeechError: It cannot be started, fails, takes too long, or writes no sound.
        """
        with tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True) as folder:
            target, text = Path(folder) / "speech.wav", Path(folder) / "words.txt"
            text.write_bytes(words)
            # A file, not a pipe: a program that does not read it stops nobody.
            with text.open("rb") as stdin:
                self._run(arguments(target), stdin.fileno(), self._limit_s + len(words) * _LIMIT_PER_BYTE_S)
            return read_recording(target)

    def stop(self) -> None:
        """End the program, if it runs; any thread may ask for that. Whoever waits for its speech gets an error."""
        if self._child:
            _kill(self._child)

    def _run(self, arguments: Sequence[str], stdin: int, limit_s: float) -> None:
        try:
            child = self._child = Child(arguments, stdin=stdin)
        except (OSError, ValueError) as error:  # a ValueError for what no argument can hold
            raise self._failed(f"cannot be started ({error})") from error
        try:
            code = child.wait(limit_s)
            if code is None:
                raise self._failed(f"did not end within {limit_s:.0f} s")
            if code:
                raise self._failed(f"failed ({child.last_line()})")
        finally:
            self._child = None
            _kill(child)
            child.end()

    def _failed(self, what: str) -> SpeechError:
        return SpeechError(
            f"{self._name} {what}", hint='choose another voice: "voiceguide doctor" shows which are ready'
        )


def answer(program: str, *arguments: str) -> str:
    """Return what a program says when it is asked about itself; nothing when it is not there, or hangs.

    Some say it and fail, as flite does.
    """
    try:
        told = subprocess.run(
            [program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_ANSWER_LIMIT_S
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.decode(errors="replace")


def make(program: str) -> str:
    """Return what tells one making of a program from another, where it tells no version; empty when it is not there."""
    path = shutil.which(program)
    if path is None:
        return ""
    about = Path(path).stat()
    return f"{about.st_size} {about.st_mtime_ns}"


def _kill(child: Child) -> None:
    """Kill a program that still runs, and all that it has started."""
    if sys.platform != "win32" and child.process.poll() is None:
        # It leads a group of its own. On macOS one whose leader is just gone is not permitted.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
