"""A phone with Termux, without the phone.

The real command runs in it, with real Python, eSpeak and ffmpeg; Termux's own commands are stand-ins
(``phone/standins/standin.py``). Nothing here was heard on a phone.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

_PATH = os.environ["PATH"]
"""Where this machine's own programs are."""

STANDINS = Path(__file__).parent / "phone" / "standins"

TERMUX_API = (
    "termux-volume", "termux-notification", "termux-notification-remove", "termux-tts-engines", "termux-tts-speak",
    "termux-vibrate", "termux-toast", "termux-media-scan", "termux-media-player", "termux-battery-status",
)  # fmt: skip
"""Commands that need the app."""

TERMUX = (*TERMUX_API, "termux-wake-lock", "termux-wake-unlock", "termux-setup-storage", "pkg")
SOUND = ("pulseaudio", "pactl", "pacat", "play-audio")

LINKED = (
    "espeak-ng", "ffmpeg", "ffprobe", "sh", "bash", "env", "cat", "ls", "mkdir", "chmod", "cp", "mv", "rm", "ln",
    "touch", "printf", "dirname", "basename", "readlink", "grep", "sed", "head", "sleep", "timeout", "id", "uname",
)  # fmt: skip
"""Real programs that a phone has too."""


def press(line: str) -> subprocess.CompletedProcess[str]:
    """Press a button as Android does: its line in a bare shell."""
    return subprocess.run(
        ["/bin/sh", "-c", line], env={}, cwd="/", capture_output=True, text=True, check=False, timeout=60
    )


@dataclass(frozen=True)
class Call:
    """A run of a stand-in, or a line that it read."""

    at: float
    name: str
    words: list[str]
    pid: int
    mood: str | None = None
    line: str | None = None
    heard: float | None = None


@dataclass
class Phone:
    """A phone: Termux's folders, its programs, and what was asked of them."""

    root: Path
    prefix: Path = field(init=False)
    home: Path = field(init=False)

    def __post_init__(self) -> None:
        self.prefix = self.root / "com.termux" / "files" / "usr"
        self.home = self.root / "com.termux" / "files" / "home"
        self._started: list[subprocess.Popen[str]] = []
        for folder in ("bin", "lib", "libexec", "tmp", "etc", "standin/moods"):
            (self.prefix / folder).mkdir(parents=True)
        self.home.mkdir()
        self._install()

    @property
    def bin(self) -> Path:
        return self.prefix / "bin"

    @property
    def state(self) -> Path:
        """What the stand-ins keep: ``held/wake-lock``, ``notifications/ID``, ``heard``."""
        return self.prefix / "standin"

    @property
    def env(self) -> dict[str, str]:
        """All of a phone's environment; nothing is left of this machine's."""
        return {
            "PATH": str(self.bin),
            "PREFIX": str(self.prefix),
            "HOME": str(self.home),
            "TMPDIR": str(self.prefix / "tmp"),
            "TERMUX_VERSION": "0.118.3",
            "ANDROID_DATA": "/data",
            "ANDROID_ROOT": "/system",
            "SHELL": str(self.bin / "bash"),
            "LANG": "en_US.UTF-8",
            "TERM": "dumb",
            "COLUMNS": "120",
            "PYTHONPATH": str(STANDINS),
            "PYTHONDONTWRITEBYTECODE": "1",
            # There is none on a phone; this one leads nowhere, so that no folder of this machine is taken.
            "XDG_RUNTIME_DIR": str(self.prefix / "nowhere" / "run"),
            "PULSE_RUNTIME_PATH": str(self.prefix / "tmp" / "pulse"),
        }

    def run(
        self, *words: str | Path, timeout_s: float = 60, stdin: str = "", cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the phone, such as ``voiceguide``, and return what came of it."""
        return subprocess.run(
            [self.bin / words[0], *words[1:]], cwd=cwd or self.home, env={**self.env, **env}, input=stdin,
            capture_output=True, text=True, timeout=timeout_s, check=False,
        )  # fmt: skip

    def start(self, *words: str | Path, **env: str) -> subprocess.Popen[str]:
        """Start a program of the phone; what it says is in its ``stderr``. It ends with the test at the latest."""
        process = subprocess.Popen(
            [self.bin / words[0], *words[1:]], cwd=self.home, env={**self.env, **env}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._started.append(process)
        return process

    def mood(self, pattern: str, *moods: str) -> None:
        """Set the moods of some stand-ins (``termux-*`` are all of these), each run taking the next; see there.

        ``missing`` takes the program away.
        """
        for name in [each.name for each in self.bin.glob(pattern)]:
            if moods == ("missing",):
                (self.bin / name).unlink()
            else:
                (self.state / "moods" / name).write_text("\n".join(moods))

    def modules(self, *names: str) -> None:
        """Set which sinks its PulseAudio knows."""
        (self.state / "moods" / "modules").write_text(" ".join(names))

    def calls(self, name: str | None = None) -> list[Call]:
        """Return the runs of stand-ins, in order; of one name."""
        return [each for each in self._noted() if each.line is None and name in (None, each.name)]

    def lines(self, name: str) -> list[Call]:
        """Return the lines that a stand-in read, in order."""
        return [each for each in self._noted() if each.line is not None and name == each.name]

    def shown(self, number: str = "voiceguide") -> dict[str, Any] | None:
        """Return a notification on the screen: its title, its content, and what each of its buttons runs."""
        with suppress(OSError, ValueError):
            return json.loads((self.state / "notifications" / number).read_text())
        return None

    def heard(self) -> np.ndarray:
        """Return all sound that came to the speaker: int16, shape ``(frames, 2)``."""
        file = self.state / "heard"
        sound = file.read_bytes() if file.exists() else b""
        return np.frombuffer(sound[: len(sound) // 4 * 4], "<i2").reshape(-1, 2)

    def until(self, true: Callable[[], T], within_s: float = 60.0) -> T:
        """Wait until something is true, and return it; a machine that is busy may take its time."""
        end = time.monotonic() + within_s
        while not (found := true()):
            assert time.monotonic() < end, "this did not come true in time"
            time.sleep(0.01)
        return found

    def real_sound(self) -> None:
        """Have a real PulseAudio, whose sink for Android is a null sink."""
        pulseaudio, pactl, pacat = (shutil.which(each, path=_PATH) for each in ("pulseaudio", "pactl", "pacat"))
        start = "-n --daemonize=yes --exit-idle-time=-1 -L module-native-protocol-unix -L module-always-sink"
        self._script("pulseaudio", f'case "$1" in --start) exec {pulseaudio} {start};; esac\nexec {pulseaudio} "$@"')
        null = "load-module module-null-sink sink_name=AAudio_sink"
        self._script("pactl", f'case "$2" in module-aaudio-sink) exec {pactl} {null};; esac\nexec {pactl} "$@"')
        self._script("pacat", f'exec {pacat} "$@"')

    def left(self) -> list[str]:
        """Return the command lines of the phone's processes that still run."""
        return [words.replace(b"\0", b" ").decode(errors="replace") for _, words in self._processes()]

    def end(self) -> None:
        """End all that was started here."""
        for process in self._started:
            process.kill()
            process.communicate()
        with suppress(OSError, ValueError):
            os.kill(int((self.prefix / "tmp" / "pulse" / "pid").read_text()), signal.SIGKILL)
        for pid, _ in self._processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _processes(self) -> Iterator[tuple[int, bytes]]:
        """Yield the phone's processes that still run, each with its words."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes()
                if str(self.root).encode() in words:
                    yield int(process.name), words

    def _noted(self) -> list[Call]:
        file = self.state / "calls"
        return [Call(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []

    def _install(self) -> None:
        standin = self.prefix / "libexec" / "standin"
        standin.write_text(f"#!{sys.executable} -IS\n{(STANDINS / 'standin.py').read_text('utf-8')}", "utf-8")
        standin.chmod(0o755)
        for name in (*TERMUX, *SOUND):
            (self.bin / name).symlink_to(standin)
        for name in LINKED:
            if program := shutil.which(name, path=_PATH):
                (self.bin / name).symlink_to(program)
        for name in ("python", "python3"):
            self._script(name, f'exec {sys.executable} "$@"')
        main = "import sys\nfrom voiceguide.cli import main\nsys.exit(main())\n"
        (self.bin / "voiceguide").write_text(f"#!{self.bin / 'python3'}\n{main}")
        (self.bin / "voiceguide").chmod(0o755)

    def _script(self, name: str, text: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(f"#!{shutil.which('sh', path=_PATH)}\n{text}\n")
        (self.bin / name).chmod(0o755)
