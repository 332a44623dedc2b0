"""A program that runs beside us."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, Final

_CAN_SIZE_PIPES: Final = sys.platform in ("linux", "android")
if _CAN_SIZE_PIPES:
    import fcntl

_TAIL_BYTES: Final = 4096
_GRACE_S: Final = 5.0
"""How long a killed program may take to be gone; only one that waits for a broken disk takes longer."""


class Child:
    """A running program that Ctrl-C in the terminal does not reach: its end is ours to choose.

    What it says goes to a file, so that it never waits for us to read, and can be asked for.

    Args:
        arguments: The program and what it is told.
        stdin: As for `subprocess.Popen`.
        stdout: As for `subprocess.Popen`; `None` takes it for something that is said, as the error output is.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, arguments: Sequence[str], *, stdin: int = subprocess.DEVNULL, stdout: int | None = None) -> None:
        self._said = notebook()
        try:
            self.process = subprocess.Popen(
                arguments,
                bufsize=0,
                stdin=stdin,
                stdout=self._said if stdout is None else stdout,
                stderr=self._said,
                **_session_of_its_own(),
            )
        except BaseException:
            self._said.close()
            raise

    def size_pipe(self, size_bytes: int) -> None:
        """Let so much wait in the pipe to the program, where the system lets us choose, as Linux does."""
        if _CAN_SIZE_PIPES and self.process.stdin is not None:
            # Refused above a limit of the system's: then it stays at 64 KiB.
            with suppress(OSError):
                fcntl.fcntl(self.process.stdin, fcntl.F_SETPIPE_SZ, size_bytes)

    def said(self) -> list[str]:
        """Return the last lines that the program said, without empty ones."""
        end = self._said.seek(0, 2)
        self._said.seek(max(0, end - _TAIL_BYTES))
        lines = self._said.read().decode(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def last_line(self) -> str:
        """Return the last thing that the program said, or its exit code where it said nothing."""
        said = self.said()
        return said[-1] if said else f"exit code {self.process.poll()}"

    def wait(self, seconds: float | None = None) -> int | None:
        """Return the exit code, or `None` when the program still runs after `seconds`."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """Kill the program, if it still runs, and let go of all that belongs to it. May be called twice."""
        self.process.kill()
        self.wait(_GRACE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._said.close()


def notebook() -> IO[bytes]:
    """Return a nameless file for what a program says.

    Where a full storage takes none it is in memory; where there is no such file either, what is written is lost: a
    program that has to run does so all the same.

    Raises:
        OSError: Nothing at all can be opened.
    """
    try:
        return tempfile.TemporaryFile()
    except OSError:
        if hasattr(os, "memfd_create"):
            with suppress(OSError):
                return os.fdopen(os.memfd_create("said"), "w+b")
        return open(os.devnull, "w+b")  # noqa: PTH123 - unbuffered or not, nobody reads it


def _session_of_its_own() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
