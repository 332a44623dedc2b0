"""A disk that is full, sound servers that can be killed, and an ear that hears what they play."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from needs import REQUIRE_ALL
from null_sink import realtime

from voiceguide.units import SAMPLE_RATE

_ALSA_TO_PULSE = """
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a disk in memory, where the machine lets us."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "voiceguide-test", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:
        skip_or_fail("needs the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 200 kB."""
    with mounted(tmp_path / "disk", "size=200k") as folder:
        yield folder


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk that not even an administrator can write to."""
    with mounted(tmp_path / "disk", "size=200k,ro") as folder:
        yield folder


@dataclass(frozen=True)
class Server:
    """A sound server of a test's own."""

    pid: int
    """The process to kill."""

    env: dict[str, str]
    """What makes a program find it, and nothing else."""

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        os.kill(self.pid, number)


def skip_or_fail(reason: str) -> None:
    """Skip, or fail under ``--require-all``."""
    (pytest.fail if os.environ.get(REQUIRE_ALL) else pytest.skip)(reason)


def lacking(programs: tuple[str, ...]) -> None:
    """Skip, or fail under ``--require-all``, where one of the programs is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        skip_or_fail(f"needs {', '.join(missing)}")


def server_env(folder: Path) -> dict[str, str]:
    """Return the environment of programs that may find only what lies in `folder`."""
    folder.chmod(0o700)
    alsa = folder / "asound.conf"
    alsa.write_text(_ALSA_TO_PULSE)
    names = {
        "HOME": folder,
        "XDG_RUNTIME_DIR": folder,
        "XDG_CONFIG_HOME": folder,
        "PULSE_SERVER": f"unix:{folder / 'native'}",
        "PULSE_COOKIE": folder / "cookie",
        "ALSA_CONFIG_PATH": alsa,
    }
    return {name: str(value) for name, value in names.items()}


@contextmanager
def started(arguments: list[str], env: dict[str, str], *, whole_session: bool = False) -> Iterator[int]:
    """Run a program during the block, or a program with all that it starts."""
    program = subprocess.Popen(
        arguments, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield program.pid
    finally:
        with suppress(ProcessLookupError):
            (os.killpg if whole_session else os.kill)(program.pid, signal.SIGKILL)
        program.wait(5)


def until(ready: Callable[[], bool], what: str) -> None:
    """Wait up to half a minute."""
    end = time.monotonic() + 30
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come within 30 s")
        time.sleep(0.05)


def succeeds(arguments: list[str], env: dict[str, str]) -> bool:
    return subprocess.run(arguments, env={**os.environ, **env}, check=False, capture_output=True).returncode == 0


def said(arguments: list[str], env: dict[str, str]) -> bytes:
    return subprocess.run(arguments, env={**os.environ, **env}, check=False, capture_output=True).stdout


@contextmanager
def pulseaudio(folder: Path) -> Iterator[Server]:
    """Run a PulseAudio whose only speaker is a null sink called ``cap``."""
    lacking(("pulseaudio", "pactl", "parec"))
    env = server_env(folder)
    arguments = [
        *realtime(), "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
        "-L", f"module-native-protocol-unix socket={folder / 'native'} auth-anonymous=1",
        "-L", "module-null-sink sink_name=cap rate=48000 channels=2",
    ]  # fmt: skip
    with started(arguments, env) as pid:
        until(lambda: succeeds(["pactl", "info"], env), "PulseAudio")
        yield Server(pid, env)


_NULL_SINK = (
    "{ factory.name=support.null-audio-sink node.name=cap media.class=Audio/Sink object.linger=true"
    " audio.position=[FL FR] }"
)


@contextmanager
def pipewire(folder: Path) -> Iterator[Server]:
    """Run a PipeWire whose only speaker is a null sink called ``cap``, and which PulseAudio's programs can use too."""
    lacking(("pipewire", "wireplumber", "pw-cli", "dbus-daemon", "pactl", "parec"))
    env = server_env(folder) | {
        "PULSE_SERVER": f"unix:{folder / 'pulse' / 'native'}",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder / 'bus'}",
        "PIPEWIRE_RUNTIME_DIR": str(folder),
    }
    with ExitStack() as programs:
        bus = ["dbus-daemon", "--session", "--nofork", f"--address=unix:path={folder / 'bus'}"]
        programs.enter_context(started(bus, env))
        until((folder / "bus").exists, "D-Bus")
        pid = programs.enter_context(started([*realtime(), "pipewire"], env))
        until(lambda: succeeds(["pw-cli", "info", "0"], env), "PipeWire")
        programs.enter_context(started(["wireplumber"], env))
        programs.enter_context(started([*realtime(), "pipewire", "-c", "pipewire-pulse.conf"], env))
        until(lambda: succeeds(["pactl", "info"], env), "PipeWire's PulseAudio")
        subprocess.run(["pw-cli", "create-node", "adapter", _NULL_SINK], env={**os.environ, **env}, check=True,
                       capture_output=True)  # fmt: skip
        until(lambda: succeeds(["pactl", "set-default-sink", "cap"], env), "the null sink")
        # Streams are led to it only when the session manager has seen it.
        until(lambda: b"cap" in said(["pw-metadata", "0", "default.audio.sink"], env), "the default sink")
        until(lambda: succeeds(["sh", "-c", "head -c 4096 /dev/zero | pw-cat -p -"], env), "a way to the null sink")
        yield Server(pid, env)


SERVERS = {"pulseaudio": pulseaudio, "pipewire": pipewire}


class Ear:
    """Hears all that a server plays, and when."""

    def __init__(self) -> None:
        self._heard: list[tuple[float, npt.NDArray[np.int16]]] = []

    def hear(self, pipe: "subprocess.Popen[bytes]") -> None:
        rest = b""
        while data := pipe.stdout.read(1920):
            data = rest + data
            whole = len(data) // 4 * 4
            self._heard.append((time.monotonic(), np.frombuffer(data[:whole], "<i2").reshape(-1, 2)))
            rest = data[whole:]

    def forget(self) -> None:
        self._heard.clear()

    def frames(self) -> npt.NDArray[np.int16]:
        """Return what was heard since `forget`."""
        return np.concatenate([np.empty((0, 2), np.int16), *(block for _, block in list(self._heard))])

    def first_loud(self, level: int) -> float | None:
        """Return the moment when something of that level was first heard."""
        for moment, block in list(self._heard):
            if len(block) and np.abs(block.astype(np.int32)).max() >= level:
                return moment
        return None


@contextmanager
def listening(server: Server) -> Iterator[Ear]:
    """Listen to a server's null sink."""
    arguments = [*realtime(), "parec", "-d", "cap.monitor", "--raw", f"--rate={SAMPLE_RATE}", "--channels=2",
                 "--format=s16le", "--latency-msec=10"]  # fmt: skip
    ear = Ear()
    recorder = subprocess.Popen(
        arguments, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **server.env}
    )
    listener = threading.Thread(target=ear.hear, args=(recorder,))
    listener.start()
    try:
        # A null sink that was idle needs time to find its pace.
        until(lambda: len(ear.frames()) > SAMPLE_RATE, "sound")
        time.sleep(1.0)
        yield ear
    finally:
        recorder.kill()
        listener.join(5)
        recorder.stdout.close()
        recorder.wait(5)


@pytest.fixture(scope="session")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Server, Ear]]]:
    """Give a server of either kind, one for all tests, with an ear at it."""
    running: dict[str, tuple[Server, Ear]] = {}
    with ExitStack() as stack:

        def get(kind: str) -> tuple[Server, Ear]:
            if kind not in running:
                server = stack.enter_context(SERVERS[kind](tmp_path_factory.mktemp(kind)))
                running[kind] = server, stack.enter_context(listening(server))
            return running[kind]

        yield get


@pytest.fixture
def ear_at(ears: Callable[[str], tuple[Server, Ear]], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Ear]:
    """Make this process play into a server of that kind, and hear it."""

    def go(kind: str) -> Ear:
        server, ear = ears(kind)
        _go_to(server.env, monkeypatch)
        ear.forget()
        return ear

    return go


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Server]]:
    """Make this process play into a server that the test may kill."""
    with ExitStack() as stack:

        def go(kind: str) -> Server:
            folder = tmp_path / kind
            folder.mkdir()
            server = stack.enter_context(SERVERS[kind](folder))
            _go_to(server.env, monkeypatch)
            return server

        yield go


@pytest.fixture
def no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this process find no sound device of any kind."""
    _go_to(server_env(tmp_path), monkeypatch)


def _go_to(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take ffmpeg away: from the path, and the package that carries one."""
    monkeypatch.setenv("PATH", "/nowhere")
    # What Python imports as if it were not there.
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
