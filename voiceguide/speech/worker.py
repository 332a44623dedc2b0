"""A process that answers one line of JSON with another, and may die or hang without harm."""

import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, Final, cast

from voiceguide.errors import SpeechError
from voiceguide.media.child import Child

_OVER: Final = ""


class WorkerError(SpeechError):
    """The process died, hung or answered nonsense, and has been ended."""


class Worker:
    """A process that is asked over pipes, one question at a time.

    Args:
        command: The program and its arguments.

    Raises:
        WorkerError: It cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._child = Child(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise _failed(f"cannot be started ({error.strerror})") from error
        self._questions = cast("BinaryIO", self._child.process.stdin)
        self._answers = BufferedReader(cast("RawIOBase", self._child.process.stdout))
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="worker replies", daemon=True).start()

    def ask(self, question: dict[str, Any], limit_s: float) -> dict[str, Any]:
        """Return the answer.

        Args:
            question: Goes to the process as it is.
            limit_s: How long it may take.

        Raises:
            WorkerError: There is none in time, or none that can be read; the process has been ended.
        """
        try:
            self._questions.write(json.dumps(question).encode() + b"\n")
        except OSError as error:
            raise self._end("has ended") from error
        return self.listen(limit_s)

    def listen(self, limit_s: float) -> dict[str, Any]:
        """Return what the process says next, unasked.

        Args:
            limit_s: How long it may take.

        Raises:
            WorkerError: As `ask`.
        """
        try:
            line = self._lines.get(timeout=limit_s)
        except queue.Empty as error:
            raise self._end(f"did not answer within {limit_s:.0f} s") from error
        if line == _OVER:
            raise self._end("has ended")
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise self._end("answered nonsense") from error
        if not isinstance(answer, dict):
            raise self._end("answered nonsense")
        return answer

    def close(self) -> None:
        """End the process. May be called twice."""
        self._child.end()

    def _listen(self) -> None:
        try:
            for line in self._answers:
                self._lines.put(line.decode(errors="replace"))
        except (OSError, ValueError):
            pass  # It was closed while it was read.
        self._lines.put(_OVER)

    def _end(self, what: str) -> WorkerError:
        # Its last words come from a process that is about to be gone, or is.
        self._child.wait(0.1)
        said = self._child.said()
        self.close()
        return _failed(f"{what} ({said[-1]})" if said else what)


def _failed(what: str) -> WorkerError:
    return WorkerError(
        f"the process that speaks {what}", hint='try again, or choose another voice: "--voice espeak" is always there'
    )
