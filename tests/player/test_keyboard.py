import fcntl
import itertools
import os
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from queue import SimpleQueue

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    """A keyboard at a terminal of its own, and what it asks for."""

    def __init__(self, rounds: int) -> None:
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        asked, asks = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SESSION, str(asks), str(rounds)],
            stdin=self.slave, stderr=subprocess.PIPE, start_new_session=True, pass_fds=[asks],
            preexec_fn=own_terminal,  # noqa: PLW1509 - no threads are about
        )  # fmt: skip
        os.close(asks)
        self.asked = os.fdopen(asked, buffering=1)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def next(self) -> str:
        """Return the next command; "" when the session has ended."""
        return next((line.strip() for line in self.asked if line.strip()), "")

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.asked.close()
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)


def own_terminal() -> None:
    """Make standard input the terminal that hangs up."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


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


def test_a_terminal_that_goes_away_ends_the_keyboard_and_not_the_session():
    terminal = AtTerminal(rounds=8)
    try:
        assert terminal.next() == "True"
        terminal.press("n")
        assert terminal.next() == "next"
        for end in (terminal.slave, terminal.master):
            os.close(end)
        terminal.master = terminal.slave = -1

        # It hangs up first; then there is nothing to read from, nor to leave as it was.
        assert terminal.next() == "over"
        _, said = terminal.process.communicate(timeout=10)
        assert (terminal.process.returncode, said) == (0, b"")
    finally:
        terminal.close()


def test_a_hang_up_that_somebody_sends_ends_the_session_and_leaves_the_terminal_as_it_was(terminal):
    terminal.process.send_signal(signal.SIGHUP)

    assert terminal.process.wait(5) == 129
    assert termios.tcgetattr(terminal.slave) == terminal.before


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
