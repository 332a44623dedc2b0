"""Runs the real command as a person would, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

VOICEGUIDE = [sys.executable, "-m", "voiceguide"]


def voiceguide(
    *words: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, timeout_s: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run ``voiceguide WORDS`` and return what came of it."""
    return subprocess.run(
        [*VOICEGUIDE, *map(str, words)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str], code: int, error: str, hint: str) -> None:
    """Assert two lines, error and hint, the exit code, nothing on stdout, and no traceback."""
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(lines) == 2, done.stderr
    assert lines[0].startswith("error: ")
    assert lines[1].startswith(" hint: ")
    assert error in lines[0]
    assert hint in lines[1]
