"""``voiceguide play`` in a process of its own, steered as other programs steer it; for tests, and for benches."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from command import VOICEGUIDE

from voiceguide.errors import SessionError
from voiceguide.player.controls.client import send

SESSION = ("--voice", "espeak")


class Playing:
    """``voiceguide play`` in a process of its own, which is ended with the block.

    Args:
        folder: Where it runs.
        env: Its environment; folders and the way to reach it are this process's.
        words: What to play, and how.
    """

    def __init__(self, folder: Path, env: dict[str, str], *words: str) -> None:
        voice = () if "--resume" in words else SESSION
        names = ("HOME", "XDG_RUNTIME_DIR", *(f"XDG_{kind}_HOME" for kind in ("CACHE", "CONFIG", "DATA", "STATE")))
        self._path = folder / "log"
        self._log = self._path.open("w")
        self._process = subprocess.Popen(
            [*VOICEGUIDE, "play", *words, *voice],
            cwd=folder,
            env=env | {name: os.environ[name] for name in names},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._log.close()

    @property
    def alive(self) -> bool:
        """Whether it plays."""
        return self._process.poll() is None

    def said(self) -> str:
        """Return what it printed."""
        return self._path.read_text("utf-8")

    def ctl(self, line: str) -> dict[str, Any]:
        """Send a command."""
        return send(line)

    def status(self) -> dict[str, Any]:
        """Return where it stands."""
        return send("status")

    def until(self, ready: Callable[[dict[str, Any]], bool], within_s: float = 30) -> dict[str, Any]:
        """Return the first status that is as it should be."""
        end_s = time.monotonic() + within_s
        while time.monotonic() < end_s and self.alive:
            try:
                status = self.status()
            except SessionError:
                status = {}
            if "step" in status and ready(status):
                return status
            time.sleep(0.02)
        raise RuntimeError(f"the session did not come so far:\n{self.said()}")

    def wait(self, at_most_s: float | None = None) -> int | None:
        """Let it play to its end, or for so long; return its exit code, `None` while it plays."""
        try:
            return self._process.wait(at_most_s)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(10)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.alive:
            self._process.kill()
        self._process.wait(10)

    def processor_s(self) -> float:
        """Return the processor time of all its threads, and of its children, those that have ended too."""
        return sum(
            sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:15]))
            for process in self._folders()
        ) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Return how much memory it and its children hold; what several programs share is shared out between them."""
        return sum(
            int(line.split()[1]) * 1024 / 1e6
            for process in self._folders()
            for line in (process / "smaps_rollup").read_text().splitlines()
            if line.startswith("Pss:")
        )

    def processes(self) -> list[int]:
        """Return the numbers of its process and of its children."""
        own = self._process.pid
        children = " ".join(path.read_text() for path in Path(f"/proc/{own}").glob("task/*/children")).split()
        return [own, *map(int, children)]

    def _folders(self) -> list[Path]:
        return [Path(f"/proc/{number}") for number in self.processes()]
