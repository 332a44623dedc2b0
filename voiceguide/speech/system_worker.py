"""A process of its own in which pyttsx3 may hang, crash and print as it likes.

One line of JSON comes in for each text and one goes out when its file is whole:

```text
out {"voices": [{"id": …, "name": …, "languages": […]}, …], "default": …, "driver": …, "version": …}
in  {"text": …, "path": …, "voice": …, "rate": …}
out {} or {"error": …}
```

The process ends with its input. It is small on purpose, and imports nothing of this package.

pyttsx3's ways, which shape this file: its eSpeak driver looks for a library of a fixed name, which one that is loaded
already satisfies; `runAndWait` may return before the file is there; only one save at a time works; it prints to stdout.
"""

import ctypes
import importlib.metadata
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TextIO

_STEADY_S: Final = 0.3
"""A file that has not grown for so long is whole, where the driver does not tell its end, as that of SAPI."""

_POLL_S: Final = 0.005


def main(arguments: list[str]) -> None:
    """Serve until the input ends.

    Args:
        arguments: Empty, or the path of an eSpeak NG library and of its data.
    """
    replies = _own_stdout()
    settle = _load_espeak(*arguments) if arguments else _nothing_to_settle
    import pyttsx3

    engine = pyttsx3.init()
    _send(replies, _about(engine))
    save = _Save(engine, settle)
    for line in sys.stdin:
        request = json.loads(line)
        error = save(request["text"], Path(request["path"]), request["voice"], request["rate"])
        _send(replies, {"error": error} if error else {})


def _load_espeak(library: str, data: str) -> Callable[[], object]:
    """Load the eSpeak that pyttsx3 is to find, and return what waits until it has done all that it was told."""
    os.environ["ESPEAK_DATA_PATH"] = data
    espeak = ctypes.CDLL(library, ctypes.RTLD_GLOBAL)
    settle: Callable[[], object] = espeak.espeak_Synchronize
    return settle


def _nothing_to_settle() -> None:
    """Return: the other drivers do at once what they are told."""


def _own_stdout() -> TextIO:
    """Return the real stdout; what anybody prints goes to stderr from now on."""
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return replies


def _send(replies: TextIO, message: dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


def _about(engine: Any) -> dict[str, Any]:
    voices = [
        {"id": str(voice.id), "name": str(voice.name), "languages": [str(code) for code in voice.languages or []]}
        for voice in engine.getProperty("voices")
    ]
    return {
        "voices": voices,
        "default": engine.getProperty("voice"),
        "driver": str(engine),
        "version": importlib.metadata.version("pyttsx3"),
    }


class _Save:
    """Saves one text at a time.

    Args:
        engine: From `pyttsx3.init`.
        settle: Waits until the driver has done all that it was told.
    """

    def __init__(self, engine: Any, settle: Callable[[], object]) -> None:
        self._engine = engine
        self._settle = settle
        self._finished = threading.Event()
        self._errors: list[str] = []
        engine.connect("finished-utterance", lambda **_: self._finished.set())
        engine.connect("error", lambda exception, **_: self._note(exception))

    def __call__(self, text: str, path: Path, voice: str, rate: int) -> str | None:
        """Return what went wrong, or `None` when the file is whole."""
        self._finished.clear()
        self._errors.clear()
        try:
            self._set(voice, rate)
            if not self._errors:
                self._engine.save_to_file(text, str(path))
                self._engine.runAndWait()
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            self._note(error)
        if not self._errors:
            self._wait_for(path)
        return self._errors[0] if self._errors else None

    def _set(self, voice: str, rate: int) -> None:
        # runAndWait would hand these over and at once cancel what eSpeak has not done by then: in one of ten tries
        # it spoke at its own rate. A queue that is not busy hands over now.
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", rate)
        self._engine.proxy.setBusy(False)
        self._settle()
        self._engine.proxy.setBusy(True)

    def _note(self, error: Exception) -> None:
        self._errors.append(f"{type(error).__name__}: {error}")

    def _wait_for(self, path: Path) -> None:
        """Wait until the driver says that it has finished, or the file has stopped growing.

        Whoever asked has a limit for all this.
        """
        size, since = 0, time.monotonic()
        while not (size and (self._finished.is_set() or time.monotonic() - since > _STEADY_S)):
            time.sleep(_POLL_S)
            now = path.stat().st_size if path.exists() else 0
            if now != size:
                size, since = now, time.monotonic()


if __name__ == "__main__":
    main(sys.argv[1:])
