"""What is told while bars are shown, in a real terminal, read by an emulator."""

import fcntl
import os
import struct
import subprocess
import sys
import termios
from contextlib import suppress

import pyte
import pytest

pty = pytest.importorskip("pty", reason="needs a terminal, as Unix has them")

COLUMNS, ROWS = 80, 24
WARNING = "a-file-of-music.mp3 cannot be played, and is left out: " + "no sound in it, " * 6 + "the end"
SAID = "the voice is espeak"

EXPORT = f"""
import logging
from voiceguide.cli.bars import WRITING, progress_bars
from voiceguide.cli.report import note, show_notes

show_notes()
with progress_bars("Speaking", WRITING) as (speaking, writing):
    speaking(1, 2)
    logging.getLogger("voiceguide.media").warning({WARNING!r})
    writing(48_000, 96_000)
    logging.getLogger("voiceguide.guide.stage").info({SAID!r})
    note("one of two is made")
    speaking(2, 2)
note("both are made")
"""


def seen(script: str) -> tuple[list[str], bytes]:
    """Return the rows that a terminal shows in the end, without the empty ones, and all that was sent to it."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    sent = b""
    # Linux ends with an error, macOS with nothing.
    with suppress(OSError):
        while data := os.read(controller, 65_536):
            sent += data
    os.close(controller)
    assert process.wait(20) == 0
    picture = pyte.Screen(COLUMNS, ROWS)
    pyte.ByteStream(picture).feed(sent)
    return [row.rstrip() for row in picture.display if row.strip()], sent


def test_what_is_told_stands_whole_above_the_bars_and_no_bar_stays():
    rows, sent = seen(EXPORT)

    assert b"Speaking" in sent
    assert b"Writing" in sent
    *warning, said, one, both = rows
    assert " ".join(warning) == WARNING
    assert [said, one, both] == [SAID, "one of two is made", "both are made"]
