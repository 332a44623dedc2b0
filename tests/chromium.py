"""Drives a real Chromium without a window, over the two pipes of its DevTools protocol: no port, no driver, no package.

Chromium reads commands from its file 3 and writes answers and events to its file 4, each a JSON text that ends with a
zero byte (https://chromedevtools.github.io/devtools-protocol/).
"""

import fcntl
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

COMMAND: Final = "chromium"

_FLAGS: Final = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # which root may not use
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--autoplay-policy=no-user-gesture-required",
)

_PATIENCE_S: Final = 20.0
"""How long an answer, or a condition, may take on a busy machine."""

_KEYS: Final = {" ": ("Space", 32), "End": ("End", 35), "Home": ("Home", 36), "ArrowLeft": ("ArrowLeft", 37),
                "ArrowRight": ("ArrowRight", 39), "Enter": ("Enter", 13), "Tab": ("Tab", 9)}  # fmt: skip
"""Key to its code and the number that Windows has for it."""

Answer = dict[str, Any]


class Browser:
    """A running Chromium.

    Args:
        commands: Where commands are written to.
        answers: Where answers and events are read from.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._unread = b""
        self._last_id = 0
        self.events: list[Answer] = []
        """All that was told without being asked for, in order."""

    def ask(self, method: str, session: str | None = None, **params: Any) -> Answer:
        """Return the answer to a command; the events before it are kept."""
        self._last_id += 1
        asked = {"id": self._last_id, "method": method, "params": params}
        if session:
            asked["sessionId"] = session
        _write_all(self._commands, json.dumps(asked).encode() + b"\0")
        until = time.monotonic() + _PATIENCE_S
        while True:
            message = self._read(until)
            if message.get("id") != self._last_id:
                self.events.append(message)
            elif "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            else:
                return message["result"]

    def _read(self, until: float) -> Answer:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._answers], [], [], max(0, until - time.monotonic()))
            data = os.read(self._answers, 1 << 20) if ready else b""
            if not data:
                raise TimeoutError("Chromium does not answer")
            self._unread += data
        message, self._unread = self._unread.split(b"\0", 1)
        return json.loads(message)

    @contextmanager
    def tab(self, *, width: int = 1280, height: int = 800, phone: bool = False) -> Iterator["Tab"]:
        """Open a tab with a storage of its own, like a person who has never been here."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            tab.ask(f"{domain}.enable")
        tab.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone,
        )  # fmt: skip
        try:
            yield tab
        finally:
            self.ask("Target.disposeBrowserContext", browserContextId=context)


class Tab:
    """A tab of it.

    Args:
        browser: Whose tab.
        session: Its name in the protocol.
    """

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def ask(self, method: str, **params: Any) -> Answer:
        """Return the answer to a command."""
        return self._browser.ask(method, self._session, **params)

    def before(self, script: str) -> None:
        """Run `script` in every page that is opened from now on, before its own."""
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        error = self.ask("Page.navigate", url=url).get("errorText")
        assert error is None, f"{url}: {error}"
        self.wait_for(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def reload(self) -> None:
        """Open the page anew and wait until it has loaded."""
        self.value("window.before_reload = true")
        self.ask("Page.reload")
        self.wait_for("!window.before_reload && document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """Return what an expression, or the promise that it is, comes to."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Return as soon as an expression is true."""
        until = time.monotonic() + _PATIENCE_S
        while not self.value(condition):
            assert time.monotonic() < until, f"never came true: {condition}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Press and release a key of `_KEYS`."""
        code, number = _KEYS[key]
        text = {"text": {"Enter": "\r"}.get(key, key)} if key in (" ", "Enter") else {}
        said = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **said, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **said)

    def click(self, selector: str) -> None:
        """Click with the mouse on the middle of an element, after scrolling there; what covers it gets the click."""
        x, y = self.value(
            f"(element => {{ element.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            " const box = element.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def told(self, method: str) -> list[Answer]:
        """Return what this tab has told of one kind of event."""
        events = self._browser.events
        return [each["params"] for each in events if (each.get("sessionId"), each["method"]) == (self._session, method)]

    def complaints(self) -> list[str]:
        """Return all that is in the console: errors, warnings, and what is logged there."""
        return [
            *(each["exceptionDetails"].get("text", "") for each in self.told("Runtime.exceptionThrown")),
            *(str(each["args"]) for each in self.told("Runtime.consoleAPICalled")),
            *(each["entry"]["text"] for each in self.told("Log.entryAdded")),
        ]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for, in order."""
        return [each["request"]["url"] for each in self.told("Network.requestWillBeSent")]

    def accessible(self) -> list[tuple[str, str]]:
        """Return role and name of everything that a screen reader meets, in order."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
        ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with an empty profile; it is closed with the block."""
    commands_out, commands = _pipe()
    answers, answers_in = _pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{commands_out} 4>&{answers_in}', "bash",
             COMMAND, *_FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(commands_out, answers_in), env={**os.environ, "HOME": profile},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands_out)
        os.close(answers_in)
        try:
            browser = Browser(commands, answers)
            yield browser
            browser.ask("Browser.close")
        finally:
            os.close(commands)
            os.close(answers)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _pipe() -> tuple[int, int]:
    """Return a pipe whose numbers are not those that Chromium gives its own ends."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
