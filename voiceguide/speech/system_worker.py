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
    if arguments:
        library, data = arguments
        os.environ["ESPEAK_DATA_PATH"] = data
        ctypes.CDLL(library, ctypes.RTLD_GLOBAL)
    import pyttsx3

    engine = pyttsx3.init()
    finished = threading.Event()
    engine.connect("finished-utterance", lambda **_: finished.set())
    _send(replies, _about(engine))
    for line in sys.stdin:
        _send(replies, _answer(engine, finished, json.loads(line)))


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


def _answer(engine: Any, finished: threading.Event, request: dict[str, Any]) -> dict[str, Any]:
    try:
        engine.setProperty("voice", request["voice"])
        engine.setProperty("rate", request["rate"])
        finished.clear()
        engine.save_to_file(request["text"], request["path"])
        engine.runAndWait()
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    _wait_for(Path(request["path"]), finished)
    return {}


def _wait_for(path: Path, finished: threading.Event) -> None:
    """Wait until the driver says that it has finished, or the file has stopped growing; whoever asked has a limit."""
    size, since = 0, time.monotonic()
    while not (size and (finished.is_set() or time.monotonic() - since > _STEADY_S)):
        time.sleep(_POLL_S)
        now = path.stat().st_size if path.exists() else 0
        if now != size:
            size, since = now, time.monotonic()


if __name__ == "__main__":
    main(sys.argv[1:])
