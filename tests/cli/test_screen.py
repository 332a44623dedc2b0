"""What a terminal shows, in real ones, read by an emulator."""

import fcntl
import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_command
from rich.cells import cell_len

from voiceguide.cli.glance import BRIGHT, KEYS, Story, folded, glance
from voiceguide.player.status import Status

pty = pytest.importorskip("pty", reason="needs a terminal, as Unix has them")

SESSION = """
import json, logging, sys, time
from voiceguide.cli.report import show_notes
from voiceguide.cli.screen import Screen
from voiceguide.player.status import Status

show_notes()
worst_s = 0
with Screen(keys=True, quiet="quiet" in sys.argv) as screen:
    for line in sys.stdin:
        asked = json.loads(line)
        began_s = time.monotonic()
        for number in range(asked.get("times", 1)):
            if "warning" in asked:
                logging.getLogger("voiceguide.player").warning("%s", asked["warning"])
            elif asked["status"] is None:
                screen.watch(None)
            else:
                screen.watch(Status(**asked["status"] | {"step": asked["status"]["step"] + number}))
            took_s, began_s = time.monotonic() - began_s, time.monotonic()
            worst_s = max(worst_s, took_s)
print(worst_s, time.monotonic() - began_s)
"""

USUAL_TERMINAL = {"TERM": "xterm-256color", "NO_COLOR": "", "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": ""}


def status(**changes: Any) -> Status:
    usual = {
        "session_title": "Walk", "step": 3, "title": "Sweep beside the spine", "next_title": "Circles",
        "position_ms": 120_000, "length_ms": 600_000, "left_ms": 480_000, "step_left_ms": 92_000,
        "step_start_ms": 100_000, "held": False, "paused": False, "muted": False, "waits": False,
        "device_lost": False, "steps": ("a", "b", "c", "d"),
    }  # fmt: skip
    return Status(**usual | changes)


class Shown:
    """A session whose screen is a terminal, and what can be seen there."""

    def __init__(self, columns: int, rows: int, *, shell: str = "", **env: str) -> None:
        self.controller, self.terminal = pty.openpty()
        self.picture = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.picture)
        self.sent = b""
        self.resize(columns, rows)
        self.process = subprocess.Popen(
            ["bash", "-c", shell] if shell else [sys.executable, "-c", SESSION],
            env={**os.environ, **USUAL_TERMINAL, "PYTHON": sys.executable, "SESSION": SESSION, **env},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.terminal, text=True, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads are about
        )  # fmt: skip

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
        self.picture.resize(rows, columns)

    def resize_and_break_rows(self, columns: int, rows: int) -> None:
        """Resize it as most terminals do: what is too long for a row goes on in the next."""
        broken = [part for row in self.rows for part in re.findall(f".{{1,{columns}}}", row) or [""]]
        while not broken[-1]:
            broken.pop()
        self.resize(columns, rows)
        self.picture.reset()
        self._stream.feed("\r\n".join(broken).encode())

    def ask(self, **what: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def watch(self, told: Status | None, times: int = 1) -> None:
        self.ask(status=told and asdict(told), times=times)

    def until(self, seen: Callable[[list[str]], bool]) -> list[str]:
        """Read until what is seen is right; return it, row by row."""
        end_s = time.monotonic() + 10
        while not seen(self.rows):
            assert time.monotonic() < end_s, "\n".join(self.rows)
            self._read()
        return self.rows

    def end(self) -> tuple[float, float]:
        """End the session; return how long it waited for the screen, at worst and at the end."""
        out, _ = self.process.communicate(timeout=20)
        while select.select([self.controller], [], [], 0)[0]:
            self._read()
        assert self.process.returncode == 0
        worst_s, end_s = map(float, out.split())
        return worst_s, end_s

    def _read(self) -> None:
        if select.select([self.controller], [], [], 0.1)[0]:
            sent = os.read(self.controller, 65_536)
            self.sent += sent
            self._stream.feed(sent)

    @property
    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.picture.display]

    @property
    def bright(self) -> list[int]:
        """The rows with ink and ground changed places over the whole width but the edge."""
        width = self.picture.columns - 1
        return [y for y, row in self.picture.buffer.items() if all(row[x].reverse for x in range(width))]

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self.controller)
        os.close(self.terminal)


@pytest.fixture
def shown() -> Iterator[Callable[..., Shown]]:
    opened: list[Shown] = []

    def show(columns: int = 80, rows: int = 24, **env: str) -> Shown:
        opened.append(Shown(columns, rows, **env))
        return opened[-1]

    yield show
    for each in opened:
        each.close()


USUAL = """
 SWEEP BESIDE THE SPINE
 next: Circles

   ██        ██████  ██████
 ████    ██      ██      ██
   ██        ██████  ██████
   ██    ██      ██  ██
 ██████      ██████  ██████
 step 3 of 4                                                   8:00 left in all
 ████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
 space: hold   n: next   p: back   r: again   w: where?   q: end gently"""

SMALL = """\
 SWEEP BESIDE THE SPINE, WITH BOTH HAN…
 next: Circles

 ▄█  ▄ ▀▀█ ▀▀█
  █  ▄ ▀▀█ █▀▀
 ▀▀▀   ▀▀▀ ▀▀▀
 step 3 of 4           8:00 left in all
 ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
 space: hold   n: next   p: back
 r: again   w: where?   q: end gently"""


def test_a_usual_terminal_shows_step_next_and_time(shown):
    screen = shown(80, 24)
    screen.watch(status())

    rows = screen.until(lambda rows: any("end gently" in row for row in rows))

    assert "\n".join(rows).rstrip() == USUAL
    assert screen.picture.buffer[1][1].bold
    assert screen.bright == []


def test_a_small_terminal_shows_the_same(shown):
    screen = shown(40, 12)
    screen.watch(status(title="Sweep beside the spine, with both hands at once"))

    rows = screen.until(lambda rows: any("end gently" in row for row in rows))

    assert "\n".join(rows).rstrip() == SMALL


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"held": True}, "HELD"),
        ({"paused": True}, "PAUSED"),
        ({"muted": True}, "MUTED"),
        ({"held": True, "waits": True}, "PRESS SPACE WHEN READY"),
        ({"device_lost": True}, "WAITS FOR A SOUND DEVICE"),
    ],
)
def test_what_a_session_waits_for_stands_on_a_bright_bar(shown, changes, text):
    screen = shown()
    screen.watch(status())
    screen.until(lambda rows: "SWEEP" in rows[1])

    screen.watch(status(**changes))
    rows = screen.until(lambda rows: rows[3] == f" {text}")

    assert screen.bright == [3, 4, 5, 6, 7, 8]
    assert rows[1:3] == [" SWEEP BESIDE THE SPINE", " next: Circles"]
    screen.watch(status())
    screen.until(lambda rows: rows[3] == "")
    assert screen.bright == []


def test_steps_done_and_news_scroll_away_above_and_are_all_that_is_left(shown):
    screen = shown(60, 16)
    screen.watch(None)
    screen.until(lambda rows: any("voice gets ready" in row for row in rows))
    for number in range(1, 21):
        screen.watch(status(step=number, title=f"Stroke {number}", position_ms=number * 10_000))
    screen.watch(status(step=20, title="Stroke 20", position_ms=200_000, news="Circles no longer fits."))
    screen.ask(warning="the sound device went away: it was unplugged\nand \x1b[2J more of it")

    rows = screen.until(lambda rows: any("more of it" in row for row in rows))
    assert rows[:4] == [
        "         Circles no longer fits.",
        "the sound device went away: it was unplugged",
        "and ?[2J more of it",
        "",
    ]
    assert [row for row in rows if "STROKE" in row] == [" STROKE 20"]

    screen.end()
    rows = [row for row in screen.rows if row]
    assert rows[-1] == "   3:20  Stroke 20"
    assert not any("█" in row or "space" in row for row in rows)


@pytest.mark.parametrize("resize", [Shown.resize, Shown.resize_and_break_rows])
@pytest.mark.parametrize("to", [(40, 12), (41, 24), (80, 9), (200, 40)])
def test_a_window_may_be_resized(shown, to, resize):
    screen = shown(80, 24)
    screen.watch(status(step=1, title="Stroke", position_ms=0))
    screen.watch(status())
    screen.until(lambda rows: any("end gently" in row for row in rows))
    columns, rows = to

    resize(screen, *to)
    expected = [row.text.rstrip() for row in glance(status(), KEYS, columns, rows)]
    seen = screen.until(lambda rows: "\n".join(expected) in "\n".join(rows))

    assert [row for row in seen if "SWEEP" in row] == [" SWEEP BESIDE THE SPINE"]
    assert sum("left in all" in row for row in seen) == 1
    if resize is Shown.resize_and_break_rows and rows > 12:
        assert seen[0] == "   0:00  Stroke"


def test_who_was_stopped_goes_on_below_what_a_shell_has_written(shown):
    screen = shown(60, 40)
    screen.watch(status())
    screen.until(lambda rows: any("end gently" in row for row in rows))

    screen.process.send_signal(signal.SIGSTOP)
    # So long that nobody can take it for a machine that is busy.
    time.sleep(1)
    os.write(screen.terminal, b"\n[1]+  Stopped\n$ fg\n")
    screen.process.send_signal(signal.SIGCONT)
    screen.watch(status(held=True))
    rows = screen.until(lambda rows: " HELD" in rows and "left in all" in "".join(rows[rows.index(" HELD") :]))

    assert rows.index("[1]+  Stopped") + 1 == rows.index("$ fg") < rows.index(" HELD") == screen.bright[0]
    assert rows.count(" SWEEP BESIDE THE SPINE") == 2


@needs_command("bash")
def test_in_the_background_lines_come_between_what_somebody_types(shown):
    screen = shown(shell='stty tostop <&2; set -m; "$PYTHON" -c "$SESSION" <&0 & wait $!')
    screen.watch(status(step=1, title="Glide"))
    screen.watch(status(step=2, title="Press"))

    # A terminal may be told to stop whoever writes from there: nothing is worth that the sound stops.
    screen.until(lambda rows: "   2:00  Glide" in rows)
    screen.end()

    assert [row for row in screen.rows if row][:2] == ["   2:00  Glide", "   2:00  Press"]
    assert "█".encode() not in screen.sent


def reading_stops(screen: Shown) -> None:
    """Nobody reads, as with an ssh link that hangs."""


def output_stops(screen: Shown) -> None:
    """As Ctrl-S does it."""
    termios.tcflow(screen.terminal, termios.TCOOFF)


@pytest.mark.parametrize("stop", [reading_stops, output_stops])
def test_a_terminal_that_takes_nothing_holds_nothing_up(shown, stop):
    screen = shown()
    screen.watch(status())
    screen.until(lambda rows: "SWEEP" in rows[1])
    stop(screen)

    # Far more than a terminal takes that nobody reads, 20 kB.
    for number in range(100):
        screen.watch(status(step=number, news=f"News {number}"), times=20)
        screen.ask(warning="the sound device went away " * 10, times=20)
        time.sleep(0.005)
    worst_s, end_s = screen.end()

    assert worst_s < 0.1
    assert end_s < 0.9


def test_a_terminal_that_goes_on_shows_the_latest(shown):
    screen = shown()
    termios.tcflow(screen.terminal, termios.TCOOFF)
    for number in range(1, 9):
        screen.watch(status(step=number, title=f"Stroke {number}"))
        time.sleep(0.05)

    termios.tcflow(screen.terminal, termios.TCOON)
    rows = screen.until(lambda rows: any("STROKE 8" in row for row in rows))

    done = [row.split()[-1] for row in rows if "Stroke" in row]
    assert done == [str(number) for number in range(1, 8)]


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "latin-1"}])
def test_a_terminal_that_draws_nothing_gets_lines(shown, env):
    screen = shown(**env)
    screen.watch(status())
    screen.watch(status(held=True))
    screen.watch(status())
    screen.end()

    assert [row for row in screen.rows if row] == [
        "   ".join(KEYS), "   2:00  Sweep beside the spine   next: Circles", f"{'':9}held", f"{'':9}goes on",
    ]  # fmt: skip
    assert b"\x1b" not in screen.sent


def run(tmp_path: Path, *told: Status, quiet: bool = False) -> str:
    """Return what a file gets that a session is shown in."""
    with (tmp_path / "log").open("w") as log:
        subprocess.run(
            [sys.executable, "-c", SESSION, *(["quiet"] if quiet else [])],
            input="".join(json.dumps({"status": asdict(each)}) + "\n" for each in told) + '{"warning": "Hm."}\n',
            stdout=subprocess.DEVNULL, stderr=log, text=True, check=True, timeout=20,
        )  # fmt: skip
    return (tmp_path / "log").read_text("utf-8")


def test_a_file_gets_a_line_a_step_and_one_for_each_change(tmp_path):
    told = [
        status(), status(position_ms=121_000), status(held=True), status(paused=True), status(),
        status(device_lost=True), status(muted=True), status(), status(news="Circles no longer fits."),
        status(step=5, title="Rest", next_title=None, news="Circles no longer fits."),
    ]  # fmt: skip

    lines = run(tmp_path, *told).splitlines()

    assert [line.strip() for line in lines] == [
        "   ".join(KEYS), "2:00  Sweep beside the spine   next: Circles", "held", "paused", "goes on",
        "waits for a sound device", "muted", "sound again", "Circles no longer fits.", "2:00  Rest", "Hm.",
    ]  # fmt: skip


def test_quiet_shows_nothing(tmp_path):
    assert run(tmp_path, status(), status(held=True), quiet=True) == ""


TITLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90) | st.sampled_from(
    ["背中をなでる" * 20, "👐🏽 Hände 👨‍👩‍👧 " * 9, "ﷺ" * 50, "e\u0301" * 90, "Streichen\nder\tSeite\x1b[2J"]
)


@given(TITLES, TITLES, st.integers(1, 250), st.integers(1, 70), st.booleans(), st.integers(0, 40_000_000))
def test_no_row_is_broken_whatever_is_written_and_however_small_the_terminal(title, after, columns, rows, held, left):
    told = status(title=title, next_title=after, held=held, step_left_ms=left, left_ms=left)

    picture = glance(told, KEYS, columns, rows)

    assert len(picture) <= max(1, rows - 1)
    assert all(cell_len(row.text) <= max(2, columns - 1) for row in picture)
    assert all(cell_len(row.text) == columns - 1 for row in picture if row.style == BRIGHT and columns > 2)
    assert not any(set(row.text) & set("\n\r\t\x1b\x9b") for row in picture)


@given(st.text(st.sampled_from("ab ü背👐"), max_size=200), st.integers(2, 60))
def test_a_long_line_is_broken_between_words_and_a_word_is_cut(text, width):
    rows = folded(f"    {text.strip()}", width)

    assert all(cell_len(row) <= width for row in rows)
    if all(cell_len(word) <= width - min(4, width // 2) for word in text.split()):
        assert " ".join(rows).split() == text.split()


def test_a_step_that_is_done_again_is_told_again():
    story = Story(steps_done=True)
    glide, press = status(step=1, title="Glide"), status(step=2, title="Press")

    told = [line.split()[1] for each in (glide, glide, press, glide) for line in story.told(each)]

    assert told == ["Glide", "Press"]
    assert [line.split()[1] for line in story.ended()] == ["Glide"]


IGNORING = """
import signal, sys
from voiceguide.cli import main
sys.argv = ["voiceguide", "list"]
try:
    main()
except SystemExit:
    pass
print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)
"""


def test_nohup_is_respected():
    done = subprocess.run(
        [sys.executable, "-c", IGNORING], capture_output=True, text=True, check=True, timeout=20,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip

    assert done.stdout.endswith("True\n")
