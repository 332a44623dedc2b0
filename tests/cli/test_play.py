"""The real command, played into a real sound server and captured."""

import fcntl
import math
import os
import pty
import signal
import subprocess
import termios
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command import SHORT, VOICEGUIDE, assert_refused, machine_without, voiceguide
from needs import needs_module

from voiceguide.player.controls.keyboard import LEANING_AT_FIRST_S

pytestmark = needs_module("espeakng_loader")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "short.yaml").write_text(SHORT, "utf-8")
    return tmp_path


def own_terminal() -> None:
    """Make standard input the terminal that Ctrl-C comes from."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class AtTerminal:
    """A session in a terminal of its own, whose keys a test presses."""

    def __init__(self, folder: Path, env: dict[str, str], *words: str) -> None:
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [*VOICEGUIDE, "play", "./short.yaml", "--voice", "espeak", *words],
            cwd=folder, env=env, stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=own_terminal,  # noqa: PLW1509 - no threads are about
        )  # fmt: skip

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    def read_until(self, text: str, within_s: float = 20) -> str:
        import select

        seen = ""
        end = time.monotonic() + within_s
        while text.lower() not in seen.lower():
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                pytest.fail(f"{text!r} was not shown within {within_s} s; seen: {seen!r}")
            seen += os.read(self.master, 4096).decode("utf-8", "replace")
        return seen

    def wait(self, within_s: float) -> int:
        import select

        end = time.monotonic() + within_s
        while self.process.poll() is None and time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                os.read(self.master, 4096)
        return self.process.wait(0.1)

    def terminal_is_as_before(self) -> bool:
        return termios.tcgetattr(self.slave) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def at_terminal(folder, null_sink):
    open_ones: list[AtTerminal] = []

    def start(*words: str) -> AtTerminal:
        open_ones.append(AtTerminal(folder, {**os.environ, **null_sink.env}, *words))
        return open_ones[-1]

    yield start
    for each in open_ones:
        each.close()


def offset_ms(heard: np.ndarray, pattern: np.ndarray, near_ms: float, around_ms: int) -> float:
    """Return where `pattern` is heard, within `around_ms` of where it should be, by cross-correlation.

    It is far off where it is not heard as it is, such as with a gap in it.
    """
    first = max(0, int((near_ms - around_ms) * 48))
    sound = heard[first : int((near_ms + around_ms) * 48) + len(pattern)].mean(axis=1)
    match = np.correlate(sound, pattern.mean(axis=1)) / np.square(pattern.mean(axis=1)).sum()
    return (first + int(match.argmax())) / 48 if 0.9 < match.max() < 1.1 else math.inf


def test_a_session_is_heard_with_its_chimes_where_the_timeline_says(folder, null_sink):
    words = ("./short.yaml", "--minutes", "1", "--voice", "espeak")
    voiceguide("export", *words, "-o", "warm.wav", cwd=folder, env=null_sink.env)
    timeline = voiceguide("show", *words, "--timeline", cwd=folder, env=null_sink.env).stdout

    chimes = [(line.split()[2], milliseconds(line)) for line in timeline.splitlines() if " chime " in line]
    assert [kind for kind, _ in chimes] == ["start", "section", "change", "tick", "release", "last", "release", "end"]
    planned, _ = soundfile.read(folder / "warm.wav", dtype="float32")

    def late_ms() -> dict[str, float]:
        with null_sink.record(folder / "heard.wav"):
            done = voiceguide("play", *words, cwd=folder, env=null_sink.env, timeout_s=90)
        assert done.returncode == 0, done.stderr
        heard, rate_hz = soundfile.read(folder / "heard.wav", dtype="float32")
        assert rate_hz == 48_000
        origin_ms = offset_ms(heard, planned[2_000 * 48 : 2_250 * 48], 7_500, 7_500) - chimes[0][1]
        if math.isinf(origin_ms):
            return {"start": origin_ms}
        return {
            kind: offset_ms(heard, planned[int(at_ms) * 48 : int(at_ms + 250) * 48], origin_ms + at_ms, 100)
            - origin_ms
            - at_ms
            for kind, at_ms in chimes
        }

    # The null sink itself leaves gaps of some 10 ms where the machine is busy; a fault of ours comes every time.
    tries = (late_ms() for _ in range(3))
    assert any(max(map(abs, late.values())) <= 5 for late in tries)


def test_keys_steer_the_session_and_the_terminal_is_left_as_it_was(at_terminal):
    session = at_terminal("--minutes", "1")
    session.read_until("space: hold")
    session.read_until("Welcome")

    session.press("n")
    session.read_until("Glide", within_s=3)
    session.press(" ")
    session.read_until("held", within_s=3)
    # One that comes sooner would be a key that is leant on.
    time.sleep(LEANING_AT_FIRST_S)
    session.press(" ")
    session.press("n")
    session.read_until("Press", within_s=3)
    session.press("p")
    session.read_until("Glide", within_s=3)
    session.press("x")
    session.press("\x1bOQ")
    session.press("q")
    session.read_until("The end", within_s=3)
    time.sleep(LEANING_AT_FIRST_S)
    session.press("q")

    assert session.wait(within_s=5) == 0
    assert session.terminal_is_as_before()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_whatever_ends_the_session_the_terminal_is_left_as_it_was(at_terminal, number, code):
    session = at_terminal("--minutes", "1")
    session.read_until("Welcome")

    session.process.send_signal(number)

    assert session.wait(within_s=5) == code
    assert session.terminal_is_as_before()


def test_ctrl_c_at_the_terminal_ends_the_session(at_terminal):
    session = at_terminal("--minutes", "1")
    session.read_until("Welcome")

    session.press("\x03")

    assert session.wait(within_s=5) == 130
    assert session.terminal_is_as_before()


def test_where_nothing_can_ever_play_it_is_refused_in_two_lines(folder):
    env = machine_without(folder, modules=("miniaudio",))

    done = voiceguide("play", "./short.yaml", "--voice", "espeak", cwd=folder, env=env)

    assert_refused(done, 6, "no sound device opens", "voiceguide export")


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["play", "elevensteps"], 3, "no routine called", "eleven-steps"),
        (["play", "eleven-steps", "--output", "miniadio"], 6, "no output called 'miniadio'", "miniaudio"),
        (["play", "eleven-steps", "--minutes", "2"], 4, "cannot be done", "at least"),
    ],
)
def test_what_cannot_be_played_is_refused_in_two_lines(null_sink, words, code, error, hint):
    assert_refused(voiceguide(*words, env=null_sink.env), code, error, hint)


def milliseconds(line: str) -> float:
    """Return the moment that a line of a timeline begins with."""
    hours, minutes, rest = line.split(maxsplit=1)[0].split(":")
    return 1000 * (int(hours) * 3600 + int(minutes) * 60 + float(rest))
