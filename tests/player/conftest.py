"""A real session bus, as a desktop has one."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest


@dataclass
class SessionBus:
    """A private D-Bus daemon, which tests may end."""

    daemon: subprocess.Popen[str]

    def die(self) -> None:
        self.daemon.kill()
        self.daemon.wait(5)


@pytest.fixture
def session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[SessionBus]:
    """Start a session bus that is this process's own; a test that asks for it needs the command ``dbus-daemon``."""
    with (
        tempfile.TemporaryDirectory(prefix="vg-") as folder,
        subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address=unix:path={folder}/bus"],
            stdout=subprocess.PIPE, text=True,
        ) as daemon,
    ):  # fmt: skip
        assert daemon.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        try:
            yield SessionBus(daemon)
        finally:
            daemon.kill()
