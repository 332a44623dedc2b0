import fcntl
import itertools
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Collection, Iterator
from queue import SimpleQueue

import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_command

from voiceguide.player.commands import Commands, Verb
from voiceguide.player.controls import keyboard as keyboard_module
from voiceguide.player.controls.keyboard import KEYS, LEANING_S, Presses, keyboard

pty = pytest.importorskip("pty", reason="needs a terminal, as Unix has them")

SENT = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "page up": "\x1b[5~",
        "page down": "\x1b[6~", "enter": "\n"}  # fmt: skip


def pressed(*typed: str, every_s: float = 1.0) -> list[str]:
    """Return the keys of what comes in such pieces; "" is when nothing came for a while."""
    presses = Presses()
    return [key for count, text in enumerate(typed) for key in presses.taken(text, count * every_s)]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("n", ["n"]),
        ("N", ["n"]),
        ("\r", ["enter"]),
        ("\x1b[C", ["right"]),
        ("\x1bOC", ["right"]),
        ("\xe0M", ["right"]),
        ("\x1b[Aq", ["up", "q"]),
        ("n\x1b[D ", ["n", "left", " "]),
    ],
)
def test_a_key_is_known_by_what_it_sends(typed, keys):
    assert pressed(typed) == keys


@pytest.mark.parametrize(
    "sent",
    [
        "\x1b[1;5C",
        "\x1b[15~",
        "\x1b[H",
        "\x1bOP",
        "\x1b[200~",
        "\x1b[<0;12;5M",
        "\x1b[?62;c",
        "\x1bn",
        "\x1b\x1b",
        "\0;",
    ],
)
def test_keys_that_mean_nothing_do_nothing_and_their_letters_were_not_pressed(sent):
    assert [key for key in pressed(sent) if key in KEYS] == []
    assert pressed(sent, "", "n")[-1] == "n"


def test_an_arrow_may_come_in_parts():
    for cut in itertools.combinations(range(4), 2):
        parts = ["\x1b[5~"[a:b] for a, b in itertools.pairwise((0, *(c + 1 for c in cut if c < 3), 4))]
        assert pressed(*parts) == ["page up"]


def test_escape_alone_swallows_nothing_that_comes_later():
    assert pressed("\x1b", "", "n") == ["n"]


def test_a_key_that_is_leant_on_counts_once():
    assert pressed(*"n" * 50, every_s=LEANING_S / 3) == ["n"]
    assert pressed("nnnn") == ["n"]
    assert pressed(*"nnn", every_s=LEANING_S * 1.1) == ["n"] * 3
    assert pressed("npn") == ["n", "p", "n"]


@pytest.mark.parametrize("key", [" ", "m", "q"])
@pytest.mark.parametrize("delay_s", [0.25, 0.66])
def test_a_key_that_would_undo_itself_counts_once_however_long_it_is_leant_on(key: str, delay_s: float):
    presses = Presses()
    moments_s = [0.0, *(delay_s + 0.033 * count for count in range(60))]

    came = [name for moment_s in moments_s for name in presses.taken(key, moment_s)]

    assert came == [key]
    assert presses.taken(key, moments_s[-1] + 1.0) == [key]


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=20)))
def test_whatever_comes_no_key_fails_and_the_next_one_is_heard(typed):
    assert pressed(*typed, "", "q")[-1] == "q"


def test_every_command_without_a_number_has_a_key_but_those_that_space_means():
    assert set(Verb) - set(KEYS.values()) == {Verb.HOLD, Verb.RESUME, Verb.JUMP}


SESSION = """
import os, signal, sys
from queue import Empty, SimpleQueue
from voiceguide.player.controls.keyboard import keyboard

signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
out = int(sys.argv[1])
commands = SimpleQueue()
with keyboard(commands) as there:
    os.write(out, f"{there}\\n".encode())
    for _ in range(int(sys.argv[2])):
        try:
            command = commands.get(timeout=0.1)
        except Empty:
            os.write(out, b"\\n")
            continue
        os.write(out, f"{command}\\n".encode())
        if str(command) == "stop":
            break
os.write(out, b"over\\n")
"""


class AtTerminal:
    """A keyboard at a terminal of its own, and what it asks for.

    Args:
        rounds: The session waits so often for a key, 0.1 s at most.
        shell: Starts it, if any.
        at: What of the session is at the terminal, 0 to 2.
    """

    def __init__(self, rounds: int, *shell: str, at: Collection[int] = (0,)) -> None:
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        asked, asks = os.pipe()
        stdin, stdout, stderr = (self.slave if number in at else subprocess.PIPE for number in range(3))
        self.process = subprocess.Popen(
            shell or [sys.executable, "-c", SESSION, str(asks), str(rounds)],
            env={**os.environ, "PYTHON": sys.executable, "SESSION": SESSION},
            stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, pass_fds=[asks],
            preexec_fn=lambda: fcntl.ioctl(min(at), termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads are about
        )  # fmt: skip
        if shell:
            self.press(f'"$PYTHON" -c "$SESSION" {asks} {rounds}\n')
        os.close(asks)
        self.asked = os.fdopen(asked, buffering=1)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def next(self) -> str:
        """Return the next command; "" when the session has ended."""
        return next((line.strip() for line in self.asked if line.strip()), "")

    @property
    def foreground(self) -> int:
        """The process group whose terminal it is just now."""
        return os.tcgetpgrp(self.master)

    @property
    def gives_lines(self) -> bool:
        """Whether it is as shells want it, with lines that are shown; else it gives single keys."""
        local = termios.tcgetattr(self.slave)[3]
        assert bool(local & termios.ECHO) is bool(local & termios.ICANON)
        return bool(local & termios.ICANON)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.asked.close()
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)


@pytest.fixture
def terminal() -> Iterator[AtTerminal]:
    terminal = AtTerminal(rounds=400)
    assert terminal.next() == "True"
    yield terminal
    terminal.close()


def test_keys_at_a_terminal_ask_for_what_the_table_says_and_leave_it_as_it_was(terminal):
    keys = [key for key in KEYS if key != "q"]
    for key in [*keys, "q"]:
        terminal.press(SENT.get(key, key))
        assert terminal.next() == KEYS[key]

    assert terminal.next() == "over"
    assert terminal.process.wait(5) == 0
    assert termios.tcgetattr(terminal.slave) == terminal.before


def test_what_is_pressed_is_not_shown(terminal):
    terminal.press("n")
    assert terminal.next() == "next"

    assert not select.select([terminal.master], [], [], 0.1)[0]


@pytest.mark.parametrize("at", [[0], [2], [1], [0, 1, 2]])
def test_a_terminal_that_goes_away_ends_the_keyboard_and_not_the_session(at):
    terminal = AtTerminal(rounds=8, at=at)
    try:
        assert terminal.next() == str(0 in at)
        if 0 in at:
            terminal.press("n")
            assert terminal.next() == "next"
        for end in (terminal.slave, terminal.master):
            os.close(end)
        terminal.master = terminal.slave = -1

        # It hangs up first; then there is nothing to read from, nor to leave as it was.
        assert terminal.next() == "over"
        _, said = terminal.process.communicate(timeout=10)
        assert (terminal.process.returncode, said or b"") == (0, b"")
    finally:
        terminal.close()


@pytest.mark.parametrize("at", [[0], [2], [0, 1, 2]])
def test_a_hang_up_that_somebody_sends_ends_the_session_and_leaves_the_terminal_as_it_was(at):
    terminal = AtTerminal(rounds=400, at=at)
    try:
        assert terminal.next() == str(0 in at)

        terminal.process.send_signal(signal.SIGHUP)

        assert terminal.process.wait(5) == 129
        assert termios.tcgetattr(terminal.slave) == terminal.before
    finally:
        terminal.close()


def test_ctrl_s_stops_nothing(terminal):
    terminal.press("\x13n")
    assert terminal.next() == "next"

    assert select.select([], [terminal.slave], [], 0)[1]


def by_ctrl_z(terminal: AtTerminal) -> None:
    terminal.press("\x1a")


def by_force(terminal: AtTerminal) -> None:
    """Without giving it the time to put anything in order."""
    os.killpg(terminal.foreground, signal.SIGSTOP)


SHELLS = [
    pytest.param(["bash", "--norc", "--noediting", "-i"], marks=needs_command("bash")),
    pytest.param(["dash", "-i"], marks=needs_command("dash")),
]


@pytest.mark.parametrize("stop", [by_ctrl_z, by_force])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_session_that_is_stopped_and_goes_on_has_its_keys_and_leaves_the_terminal_as_it_was(shell, stop):
    terminal = AtTerminal(400, *shell, at=(0, 1, 2))
    try:
        assert terminal.next() == "True"
        session = terminal.foreground
        for key in "np":
            assert not terminal.gives_lines
            stop(terminal)
            wait_until(lambda: terminal.foreground == terminal.process.pid)
            # Some shells leave it to us.
            if stop is by_ctrl_z:
                wait_until(lambda: terminal.gives_lines)

            terminal.press("fg\n")
            wait_until(lambda: terminal.foreground == session and not terminal.gives_lines)
            terminal.press(key)
            assert terminal.next() == KEYS[key]

        terminal.press("q")
        assert [terminal.next(), terminal.next()] == ["stop", "over"]
        wait_until(lambda: terminal.foreground == terminal.process.pid and terminal.gives_lines)
        assert termios.tcgetattr(terminal.slave) == terminal.before
    finally:
        terminal.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.01)


@pytest.mark.parametrize("stdin", ["nothing", "a file", "closed"])
def test_without_a_terminal_there_is_no_keyboard(stdin, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("nnn")
    commands: Commands = SimpleQueue()
    with (tmp_path / "file").open() as file:
        monkeypatch.setattr(sys, "stdin", None if stdin == "nothing" else file)
        if stdin == "closed":
            file.close()
        with keyboard(commands) as there:
            assert not there

    assert commands.empty()


def test_the_table_names_every_key():
    described = (keyboard_module.__doc__ or "").translate(str.maketrans({"\\": "", "→": "right", "←": "left"}))
    described = described.replace("↑", "up").replace("↓", "down").replace("space", "' '")
    missing = [key for key in KEYS if f" {key}" not in described and repr(key) not in described and key != "="]

    assert missing == []
