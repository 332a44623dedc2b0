"""A private sound server that nobody hears and that can be recorded; for tests, and for benches."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROGRAMS = ("pulseaudio", "pactl", "parec")
"""What it needs."""


@cache
def realtime() -> tuple[str, ...]:
    """Return what to start a sound server with, so that it keeps its pace on a busy machine, as a desktop's does.

    A null sink has no clock but the processor's: without a place before all others it leaves gaps of its own.
    """
    first = ("chrt", "-f", "5")
    if shutil.which("chrt") and subprocess.run([*first, "true"], check=False, capture_output=True).returncode == 0:
        return first
    return ()


@dataclass(frozen=True)
class NullSink:
    """A private PulseAudio whose only speaker is a null sink called ``cap``."""

    env: dict[str, str]
    """The environment in which a program plays into it."""

    def pactl(self, *words: str) -> str:
        """Tell or ask the server something, and return its answer."""
        done = subprocess.run(["pactl", *words], env=self.env, check=True, capture_output=True, text=True)
        return done.stdout

    def unplug(self) -> None:
        """Take all speakers away; what plays goes on to a sink that nobody hears, as on a desktop."""
        self.pactl("load-module", "module-always-sink")
        self.pactl("unload-module", "module-null-sink")

    def plug(self) -> None:
        """Give it a speaker again."""
        self.pactl("load-module", "module-null-sink", "sink_name=cap", "rate=48000", "channels=2")

    @contextmanager
    def record(self, target: Path) -> Iterator[None]:
        """Capture what is played during the block as a 48 kHz stereo WAV.

        The recorder starts first and has half a second, because a suspended null sink needs time to find its pace.
        """
        recorder = subprocess.Popen(
            [*realtime(), "parec", "-d", "cap.monitor", "--file-format=wav", "--rate=48000", "--channels=2",
             "--format=s16le", "--latency-msec=20", str(target)],
            env=self.env,
        )  # fmt: skip
        try:
            time.sleep(2.0)
            yield
            time.sleep(0.5)
        finally:
            recorder.terminate()
            recorder.wait(5)


def pulse_env(folder: Path) -> dict[str, str]:
    """Return the environment of programs that find the server of `folder`, and no other."""
    return {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PULSE_SERVER": f"unix:{folder / 'native'}",
        "PULSE_COOKIE": str(folder / "cookie"),
    }


@contextmanager
def pulseaudio(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a sound server during the block; it may be killed before.

    Raises:
        RuntimeError: It did not start.
    """
    env = pulse_env(folder)
    server = subprocess.Popen(
        [*realtime(), "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
         "-L", f"module-native-protocol-unix socket={folder / 'native'} auth-anonymous=1",
         "-L", "module-null-sink sink_name=cap rate=48000 channels=2"],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(env)
        yield server
    finally:
        server.kill()
        server.wait(5)


@contextmanager
def null_sink_server(folder: Path) -> Iterator[NullSink]:
    """Run a sound server during the block, to be played into and recorded."""
    with pulseaudio(folder):
        yield NullSink(pulse_env(folder))


def _wait_for(env: dict[str, str]) -> None:
    for _ in range(100):
        if subprocess.run(["pactl", "info"], check=False, env=env, capture_output=True).returncode == 0:
            subprocess.run(["pactl", "set-default-sink", "cap"], env=env, check=True)
            return
        time.sleep(0.1)
    raise RuntimeError("PulseAudio did not start within 10 s")
