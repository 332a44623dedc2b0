"""Runs the real command as a person would, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

SHORT = """\
format: 1
title: Short
sections:
  - title: All
    steps:
      - {title: Glide, say: Glide up., time: 12-60 s}
      - {title: Press, say: Press here., hold: 5 s, repeat: 2}
"""
"""A routine of a minute."""

VOICEGUIDE = [str(Path(sys.executable).with_name("voiceguide"))]


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


_WITHOUT = """\
import ctypes
import importlib.machinery

find, load = importlib.machinery.PathFinder.find_spec, ctypes.CDLL.__init__

def find_spec(name, *rest):
    return None if name.partition(".")[0] in {modules!r} else find(name, *rest)

def init(self, name, *rest, **more):
    if any(library in str(name) for library in {libraries!r}):
        raise OSError(str(name) + ": not here")
    load(self, name, *rest, **more)

importlib.machinery.PathFinder.find_spec = find_spec
ctypes.CDLL.__init__ = init
"""


def machine_without(folder: Path, *, modules: tuple[str, ...] = (), libraries: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the environment of a machine that lacks some packages and libraries, and every program."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_WITHOUT.format(modules=modules, libraries=libraries), "utf-8")
    return {"PATH": str(folder), "PYTHONPATH": str(folder)}


def assert_refused(done: subprocess.CompletedProcess[str], code: int, error: str, hint: str) -> None:
    """Assert two lines, error and hint, the exit code, nothing on stdout, and no traceback."""
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(lines) == 2, done.stderr
    assert lines[0].startswith("error: ")
    assert lines[1].startswith(" hint: ")
    assert error in lines[0]
    assert hint in lines[1]
