"""Calls of Termux's own commands, which may hang for ever and say that all is well.

Most of them hand their work to the app Termux:API. Without it they never end, and most exit with 0 even on errors: so
each call has a time limit, and whether the app is there is asked once.
"""

import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import IO, Final

from voiceguide.background import in_background
from voiceguide.media.child import Child, notebook

LIMIT_S: Final = 5.0
"""How long a call may take; one that works takes 0.05 to 0.5 s."""

MOST_WAITING: Final = 8
"""So many calls wait for their turn; an older one is dropped for a newer."""

APP_HINT: Final = 'install the app Termux:API from where Termux came from, open it once, then "pkg install termux-api"'

UPGRADE_HINT: Final = 'update Termux: "pkg upgrade"'

FULL_HINT: Final = "the phone's storage is full: make room"

_LOOK_S: Final = 0.1
"""So often it is looked whether a call may still take its time."""

_MOST_BYTES: Final = 100_000
"""What is read of an answer."""

_WITHOUT_APP: Final = frozenset({"termux-wake-lock", "termux-wake-unlock", "termux-setup-storage"})
"""Commands of Termux itself."""

_AT_ONCE: Final = frozenset({"termux-wake-unlock", "termux-media-player"})
"""Commands that wait for no other one: what ends a session is short of time."""

_BLOCK_BYTES: Final = 4096
"""The least that a storage with room takes."""

_log = logging.getLogger(__name__)


class Termux:
    """Runs Termux's commands; any thread may ask.

    No call is worth a gap in the sound: who plays says `later`.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, ...]] = []
        self._worker: Future[None] | None = None
        self._closed = False
        self._lock = Lock()
        self._hurry: tuple[float, float] | None = None

    def answers(self) -> bool:
        """Return whether the app Termux:API is there; asked once in a program, which takes up to `LIMIT_S`."""
        is_over = self._limit()
        if _has_turn(_PROBING, is_over):
            try:
                return self._app_answers(is_over)
            finally:
                _PROBING.release()
        return False

    def call(self, *words: str) -> str | None:
        """Run a command and return what it says; waits for it, up to `LIMIT_S`, and once more for the first answer.

        Works after `close` too. Of all commands only one runs at a time: Android counts a program's children.

        Args:
            words: The command, such as ``termux-vibrate``, and what it is told.

        Returns:
            What it says, which need not be what was asked for: most exit with 0 on errors too. `None` when it is not
            there, hangs or fails, or the app does not answer; the first time a hint is logged.
        """
        hint = UPGRADE_HINT if words[0] in _WITHOUT_APP else APP_HINT
        if words[0] not in _WITHOUT_APP and not self.answers():
            _tell_once("the phone does not answer", hint)
            return None
        said = _run(words, self._limit())
        if said is None:
            _tell_once(f"{words[0]} does not work", hint)
        return said

    def later(self, *words: str) -> None:
        """Run a command in the background; never waits.

        Calls are made one after the other, in order. Of those of one command that wait, only the newest is made.
        """
        with self._lock:
            if self._closed:
                return
            others = [each for each in self._waiting if each[0] != words[0]]
            self._waiting = [*others, words][-MOST_WAITING:]
            if self._worker is None:
                self._worker = in_background(self._work, "termux")

    def hurry(self, limit_s: float) -> None:
        """Give each call so long from now on, the one that is being made included: a session ends.

        Until its turn comes a call waits no longer either.

        Args:
            limit_s: In seconds, less than `LIMIT_S`.
        """
        self._hurry = (time.monotonic(), limit_s)

    def close(self) -> None:
        """Drop what waits, and wait for the call that is being made. May be called twice."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            worker = self._worker
        if worker is not None:
            wait([worker], 2 * LIMIT_S)

    def _limit(self) -> Callable[[], bool]:
        """Return what tells whether a hurry ends a call that is asked for now."""
        return partial(self._is_over, time.monotonic())

    def _is_over(self, asked_s: float) -> bool:
        if self._hurry is None:
            return False
        hurried_s, limit_s = self._hurry
        return time.monotonic() >= max(asked_s, hurried_s) + limit_s

    def _app_answers(self, is_over: Callable[[], bool]) -> bool:
        if not _answered:
            answers = _is_list(_run(("termux-volume",), is_over))
            if not answers and is_over():
                # It might have, with more time.
                return False
            _answered.append(answers)
        return _answered[0]

    def _work(self) -> None:
        while (words := self._next()) is not None:
            self.call(*words)

    def _next(self) -> tuple[str, ...] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.pop(0)
            self._worker = None
            return None


def _has_turn(lock: Lock, is_over: Callable[[], bool]) -> bool:
    """Wait for a lock; return whether it was taken before that was over."""
    while not lock.acquire(timeout=_LOOK_S):
        if is_over():
            return False
    return True


def _run(words: tuple[str, ...], is_over: Callable[[], bool]) -> str | None:
    """Run a command when its turn comes; return what it says, or `None` when it fails or there is no time for it."""
    if words[0] in _AT_ONCE:
        return _run_now(words, is_over)
    if not _has_turn(_RUNNING, is_over):
        _log.info("%s had no time left: another command takes long", words[0])
        return None
    try:
        return _run_now(words, is_over)
    finally:
        _RUNNING.release()


def _run_now(words: tuple[str, ...], is_over: Callable[[], bool]) -> str | None:
    """Run a command with all that it starts."""
    program = shutil.which(words[0])
    if program is None:
        _log.info("%s is not installed", words[0])
        return None
    try:
        # A file, not a pipe: what a killed script leaves behind may hold a pipe open for ever.
        with notebook() as said:
            return _said(Child([program, *words[1:]], stdout=said.fileno()), words[0], said, is_over)
    except (OSError, ValueError) as error:  # a ValueError for what no argument can hold
        _log.info("%s cannot be run: %s", words[0], error)
        return None


def _said(child: Child, name: str, said: IO[bytes], is_over: Callable[[], bool]) -> str | None:
    began_s = time.monotonic()
    try:
        while (code := child.wait(_LOOK_S)) is None and time.monotonic() < began_s + LIMIT_S and not is_over():
            pass
        if code is None:
            _log.info("%s did not end within %.1f s", name, time.monotonic() - began_s)
        elif code:
            _log.info("%s failed: %s", name, child.last_line())
    finally:
        end_with_all(child)
    said.seek(0)
    return said.read(_MOST_BYTES).decode(errors="replace") if code == 0 else None


def end_with_all(child: Child) -> None:
    """End a command and what it has started: Termux's are scripts, and another program does their work."""
    if sys.platform != "win32" and child.process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
    child.end()


def _is_list(answer: str | None) -> bool:
    """Return whether an answer is the list of volumes; an app that is not well says anything."""
    try:
        return isinstance(json.loads(answer or ""), list)
    except ValueError:
        return False


def _tell_once(what: str, hint: str) -> None:
    """Log what fails and what to do, once for each hint: a session goes on all the same."""
    if _is_full():
        hint = FULL_HINT
    if hint not in _told:
        _told.add(hint)
        _log.warning("%s (%s)", what, hint)


def _is_full() -> bool:
    """Return whether the storage takes nothing any more: then nothing else is to blame."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(_BLOCK_BYTES))
    except OSError:
        return True
    return False


_told: Final[set[str]] = set()
_answered: Final[list[bool]] = []
"""Whether the app is there, once that is known: it holds as long as the program runs."""
_PROBING: Final = Lock()
_RUNNING: Final = Lock()
