import gc
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue

import pytest
from needs import needs

from voiceguide.errors import SessionError
from voiceguide.player.commands import Command, CommandError, Commands, Verb
from voiceguide.player.controls import server as server_module
from voiceguide.player.controls.channel import Way, connect, listen
from voiceguide.player.controls.client import send
from voiceguide.player.controls.server import LONGEST_LINE, MOST_CALLERS, remote_control
from voiceguide.player.status import Status

HERE = Status(
    session_title="Back", step=2, title="Rücken ↔ Schultern", next_title=None, position_ms=61_000, length_ms=120_000,
    left_ms=59_000, step_left_ms=9_000, step_start_ms=40_000, held=False, paused=False, muted=False, waits=False,
    device_lost=False, steps=("Oil", "Rücken ↔ Schultern"),
)  # fmt: skip


@dataclass
class Session:
    """A session that can be steered, and what was asked of it."""

    commands: Commands = field(default_factory=SimpleQueue)
    status: Status | None = HERE

    def asked(self) -> list[Command]:
        return [self.commands.get_nowait() for _ in range(self.commands.qsize())]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for what runs, which others may enter, so that it is ours inside that has to keep them out."""
    made = Path(tempfile.mkdtemp(prefix="vg-"))
    made.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made))
    yield made / "voiceguide"
    shutil.rmtree(made)


@pytest.fixture(params=list(Way) if sys.platform != "win32" else [Way.LOOPBACK])
def way(request: pytest.FixtureRequest, folder: Path) -> Way:
    return request.param


@contextmanager
def running(way: Way, status: Status | None = HERE) -> Iterator[Session]:
    session = Session(status=status)
    with remote_control(session.commands, lambda: session.status, way) as reached:
        assert reached
        yield session


@pytest.fixture
def session(way: Way) -> Iterator[Session]:
    with running(way) as session:
        yield session


def said_to(way: Way, said: bytes, *, ends: bool = False) -> bytes:
    """Say bytes as they are, the token first, and return all that is answered."""
    caller, token = connect(way, 5)
    with caller:
        caller.sendall(token.encode() + b" " * bool(token) + said)
        if ends:
            caller.shutdown(socket.SHUT_WR)
        return heard(caller)


def heard(caller: socket.socket) -> bytes:
    answer = b""
    try:
        while more := caller.recv(65_536):
            answer += more
    except ConnectionResetError:
        pass
    return answer


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.JUMP])
def test_every_command_reaches_the_session(session: Session, way: Way, verb: Verb):
    answer = send(f"  {verb.upper()} ", way)

    assert answer == {"ok": True, "command": verb.value}
    assert session.asked() == [Command(verb)]


def test_a_jump_keeps_its_number(session: Session, way: Way):
    assert send("jump 3", way) == {"ok": True, "command": "jump 3"}
    assert session.asked() == [Command(Verb.JUMP, 3)]


def test_status_tells_where_the_session_stands(session: Session, way: Way):
    told = send("status", way)

    assert told["ok"]
    assert (told["title"], told["left_ms"], told["held"]) == ("Rücken ↔ Schultern", 59_000, False)
    assert told["steps"] == ["Oil", "Rücken ↔ Schultern"]
    session.status = None
    assert send("status", way) == {"ok": True}


def test_what_a_session_does_not_obey_is_refused_with_what_it_does(session: Session, way: Way):
    session.status = replace(session.status, obeys=(Verb.PAUSE, Verb.STOP))

    with pytest.raises(CommandError, match="as a whole by another program") as refused:
        send("next", way)

    assert refused.value.hint == "it obeys pause, stop"
    assert send("stop", way)["ok"]
    assert session.asked() == [Command(Verb.STOP)]


def test_an_unknown_command_is_answered_with_those_near_to_it(session: Session, way: Way):
    with pytest.raises(CommandError, match="nxet") as refused:
        send("nxet", way)

    assert "next" in refused.value.hint
    assert session.asked() == []


def test_what_is_no_text_is_no_command(session: Session, way: Way):
    with pytest.raises(CommandError, match="there is no command"):
        send("\udcff", way)

    assert session.asked() == []


def test_without_a_session_one_is_told_how_to_start_one(way: Way):
    with pytest.raises(SessionError, match="no session is running") as refused:
        send("next", way)

    assert "voiceguide play" in refused.value.hint


def test_a_second_session_is_told_which_one_runs(session: Session, way: Way):
    with pytest.raises(SessionError, match=r"running already: Back, 0:59 left") as refused, running(way):
        pass

    assert "voiceguide ctl" in refused.value.hint
    assert send("next", way)["ok"]


def test_when_a_session_has_ended_another_may_start(way: Way, folder: Path):
    for _ in range(3):
        with running(way):
            assert send("next", way)["ok"]

    assert [file.name for file in folder.iterdir()] == ["lock"]


DIES = """
import os, signal, sys
from voiceguide.player.controls.channel import Way, listen
listen(Way(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_session_leaves_behind_does_not_matter(way: Way, folder: Path):
    subprocess.run([sys.executable, "-c", DIES, way], check=False, timeout=30)
    assert len(list(folder.iterdir())) == 2

    with pytest.raises(SessionError, match="no session"):
        send("next", way)
    with running(way):
        assert send("next", way)["ok"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\0\xff\xfe\x80\n", b"\n", b"   \n", b"{}\n", b"GET / HTTP/1.1\r\n\r\n", b"jump -1\n", b"jump 99999999999\n",
        b"next next\n", b"\x1b[2Jnext\n", "нext\n".encode(), b"x" * LONGEST_LINE + b"\n",
        b"x" * (LONGEST_LINE + 1) + b"\n", b"next" + b" " * LONGEST_LINE + b"\n",
    ],
)  # fmt: skip
def test_garbage_is_refused_and_does_no_harm(session: Session, way: Way, garbage: bytes):
    answer = said_to(way, garbage)

    assert answer == b"" or set(json.loads(answer)) == {"error", "hint"}
    assert answer.isascii()
    assert session.asked() == []
    assert send("next", way)["ok"]


def test_ten_megabytes_are_not_listened_to(session: Session, way: Way):
    caller, token = connect(way, 5)
    began_s = time.monotonic()
    with caller, pytest.raises((BrokenPipeError, ConnectionResetError)):
        caller.sendall(f"{token} ".encode() + b"next " * 2_000_000)

    # At once, and not when patience is over.
    assert time.monotonic() - began_s < 0.5 * server_module.PATIENCE_S
    assert session.asked() == []
    assert send("next", way)["ok"]


def test_a_line_may_come_in_parts_and_without_its_end(session: Session, way: Way):
    caller, token = connect(way, 5)
    with caller:
        for part in (token, " ", "ne", "xt\n") if token else ("ne", "xt\n"):
            caller.sendall(part.encode())
            time.sleep(0.02)
        assert json.loads(heard(caller))["ok"]
    assert json.loads(said_to(way, b"hold", ends=True))["ok"]
    assert session.asked() == [Command(Verb.NEXT), Command(Verb.HOLD)]


def test_who_says_nothing_is_let_go(session: Session, way: Way, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server_module, "PATIENCE_S", 0.2)
    caller, _ = connect(way, 5)
    with caller:
        began = time.monotonic()
        assert heard(caller) == b""
        assert 0.1 < time.monotonic() - began < 1.5


def test_who_is_still_there_at_the_end_of_the_session_is_let_go(way: Way):
    with running(way):
        caller, _ = connect(way, 5)
        assert send("next", way)["ok"]
    with caller:
        assert heard(caller) == b""
    gc.collect()


def test_a_thousand_connections_at_once_keep_nobody_out_and_leave_nothing_behind(way: Way):
    threads, files = threading.active_count(), open_files()
    with running(way) as session:
        callers = []
        for _ in range(1_000):
            callers.append(connect(way, 5)[0])
            if len(callers) % 100 == 0:
                assert send("next", way)["ok"]
        assert threading.active_count() == threads + 1
        # Ours are still open; of the session's own ends only so many are.
        assert open_files() <= files + len(callers) + MOST_CALLERS + 12
        assert len(session.asked()) == 10
        for caller in callers:
            caller.close()
        assert send("next", way)["ok"]

    assert (threading.active_count(), open_files()) == (threads, files)


def test_many_programs_may_steer_at_once(session: Session, way: Way):
    answers: list[dict[str, object]] = []
    threads = [threading.Thread(target=lambda: answers.append(send("next", way))) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == len(session.asked()) == 50


def test_a_session_that_nobody_calls_costs_nothing(session: Session, way: Way):
    before_s = time.process_time()
    time.sleep(0.5)

    assert time.process_time() - before_s < 0.02


def test_a_wrong_token_is_not_answered(folder: Path):
    with running(Way.LOOPBACK) as session:
        for token in (b"", b"0" * 32, b"\xff" * 32):
            caller, _ = connect(Way.LOOPBACK, 5)
            with caller:
                caller.sendall(token + b" next\n")
                assert heard(caller) == b""
        assert session.asked() == []


def test_a_damaged_port_file_means_no_session(folder: Path):
    with running(Way.LOOPBACK):
        (folder / "control.json").write_text("{")
        with pytest.raises(SessionError, match="no session"):
            send("next", Way.LOOPBACK)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps users apart by other means")
class TestAnotherUser:
    def test_can_read_neither_folder_nor_what_is_in_it(self, session: Session, folder: Path):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 or file.is_socket()

    @needs(hasattr(os, "geteuid") and os.geteuid() == 0, "root, to become another user,")
    @pytest.mark.parametrize(("way", "name"), [(Way.UNIX, "control"), (Way.LOOPBACK, "control.json")])
    def test_cannot_open_the_socket_nor_learn_the_token(self, folder: Path, way: Way, name: str):
        tries = "import socket,sys; p=sys.argv[1]; socket.socket(socket.AF_UNIX).connect(p) if p[-1]=='l' else open(p)"

        def as_nobody() -> subprocess.CompletedProcess[str]:
            words = ["/usr/bin/env", "python3", "-c", tries, str(folder / name)]
            return subprocess.run(words, user="nobody", cwd="/", capture_output=True, text=True, check=False)

        with running(way):
            refused = as_nobody()
            assert refused.returncode == 1
            assert "PermissionError" in refused.stderr
            # Would the folder let them in, they would be in: it is the folder that is tested here.
            folder.chmod(0o755)
            (folder / name).chmod(0o666)
            assert as_nobody().returncode == 0

    @pytest.mark.parametrize("trap", ["open to all", "a link", "a file"])
    def test_cannot_put_a_folder_in_our_way(self, folder: Path, trap: str, tmp_path: Path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        if trap == "open to all":
            folder.mkdir()
            folder.chmod(0o777)
        elif trap == "a link":
            (tmp_path / "elsewhere").mkdir(mode=0o700)
            folder.symlink_to(tmp_path / "elsewhere")
        else:
            folder.write_text("")
        with running(Way.UNIX):
            assert send("next")["ok"]

        assert folder.is_file() or not any(folder.iterdir())
        assert len(list(tmp_path.glob("voiceguide-*"))) == 1


@pytest.mark.parametrize("runtime", ["/nowhere/at/all", "relative", "x" * 120])
def test_without_a_folder_for_what_runs_a_private_temporary_one_does(runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / runtime).mkdir(parents=True) if runtime[0] == "x" else None
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / runtime) if runtime[0] == "x" else runtime)
    with running(Way.UNIX):
        assert send("next", Way.UNIX)["ok"]

    assert [file.name for file in tmp_path.glob("voiceguide-*/*")] == ["lock"]


def test_where_no_folder_is_private_the_session_plays_without(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    caplog.set_level("INFO")
    with remote_control(SimpleQueue(), lambda: None) as reached:
        assert not reached

    assert "cannot be steered" in caplog.text
    with pytest.raises(SessionError, match="no session"):
        send("next")


def test_two_sessions_never_listen_at_once(folder: Path):
    first = listen(Way.UNIX)
    with pytest.raises(BlockingIOError):
        listen(Way.UNIX)
    first.close()
    listen(Way.UNIX).close()
