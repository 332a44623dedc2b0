"""What a button on the phone runs: a line for a bare shell, which knows no PATH and none of our variables."""

import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Final

from voiceguide.platforms import termux_prefix

_KEPT: Final = ("HOME", "PREFIX", "TERMUX_VERSION", "XDG_RUNTIME_DIR")
"""What tells a program where the session is reached."""


def own_program() -> list[str]:
    """Return the absolute words that start voiceguide from anywhere."""
    python = Path(sys.executable)
    installed = python.with_name("voiceguide")
    # -P: a folder that happens to be the working one has no say in what is imported.
    return [str(installed)] if os.access(installed, os.X_OK) else [str(python), "-P", "-m", "voiceguide"]


def termux_program(name: str) -> str:
    """Return the absolute path of one of Termux's own commands, there or not."""
    return str(termux_prefix() / "bin" / name)


def action(command: str, or_else: list[str]) -> str:
    """Return the line that steers the session.

    Args:
        command: Of `voiceguide.player.commands`.
        or_else: The words of a command that is run when the session cannot be steered, in silence. The line keeps the
            exit code.
    """
    known = {name: os.environ[name] for name in _KEPT if name in os.environ}
    known |= {"TMPDIR": _temporary_folder(), "PATH": str(termux_prefix() / "bin")}
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in known.items())
    steer = shlex.join([*own_program(), "ctl", command])
    return f"export {variables}; {steer} || {{ code=$?; {shlex.join(or_else)} >/dev/null 2>&1; exit $code; }}"


def _temporary_folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        # A storage that is full has none that can be used; the session goes on all the same.
        return str(termux_prefix() / "tmp")
