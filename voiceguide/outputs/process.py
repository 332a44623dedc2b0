"""Sound through a player program that reads from a pipe, which bridges a thread of Python's that comes late.

A pipe holds 64 KiB unless told otherwise, a third of a second, and some players read far ahead: what is not yet heard
is kept short by a small pipe, by what each player is told, and, for ffplay, by the clock.
"""

import atexit
import os
import select
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import FileIO
from typing import Final, cast

from voiceguide.audio.samples import Block
from voiceguide.errors import OutputError
from voiceguide.media.child import Child
from voiceguide.outputs.output import CONNECT_HINT, FRAME_BYTES, PATIENCE_S, not_open, pcm
from voiceguide.outputs.wav import endless_header
from voiceguide.precedence import take_precedence
from voiceguide.units import FRAMES_PER_MS, SECOND_MS, frames

PIPE_BYTES: Final = 16_384
"""What waits in the pipe where we can choose: 85 ms. Four pages; in fewer, some players stumble."""

_LAST_WORDS_S: Final = 1.0
"""How long a player that closed its input may take to say why."""

_PATIENCE_MS: Final = round(PATIENCE_S * SECOND_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A program and how it is made to play raw frames with little delay."""

    arguments: tuple[str, ...]
    """The program, and what it is told."""

    package: str
    """What to install where it is missing, as most systems call it."""

    latency_ms: int
    """What it holds at most, with the pipe; measured."""

    preamble: bytes = b""
    """What it reads first, to know what the rest is."""

    raw_option: str | None = None
    """What its newer versions must be told and its older ones do not know."""

    tail_ms: int = 0
    """Silence to send after the last frame, where the player drops or repeats what it holds at the end."""

    settle_ms: int = 150
    """A player that finds no device has ended after so long."""

    pipe_bytes: int = PIPE_BYTES
    """What waits in the pipe where we can choose."""

    lead_ms: int | None = None
    """How far we write ahead of the clock; `None` where the player itself takes no more than it needs."""


PLAYERS: Final = {
    "pw-cat": Player(
        arguments=("pw-cat", "--playback", "--latency=60ms", "--rate=48000", "--channels=2", "--format=s16", "-"),
        package="pipewire",
        latency_ms=250,
        raw_option="--raw",
        tail_ms=100,
    ),
    "pacat": Player(
        arguments=("pacat", "--playback", "--raw", "--format=s16le", "--rate=48000", "--channels=2",
                   "--latency-msec=160", "--client-name=voiceguide"),
        package="pulseaudio-utils",
        latency_ms=180,
        # What is at the server bridges a moment in which the whole machine stands; what is in the pipe does not. So as
        # little as there can be is here: one page, 21 ms.
        pipe_bytes=4_096,
    ),
    "aplay": Player(
        arguments=("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "48000", "-c", "2", "--buffer-time=80000", "-"),
        package="alsa-utils",
        latency_ms=220,
    ),
    "mpv": Player(
        # Its own reader of raw frames fills the last packet with old ones, so it gets a WAV header.
        arguments=("mpv", "--no-config", "--input-terminal=no", "--msg-level=all=error", "--no-video", "--cache=no",
                   "--profile=low-latency", "--audio-buffer=0.05", "--demuxer-thread=no", "--demuxer=lavf",
                   "--demuxer-lavf-format=wav", "-"),
        package="mpv",
        latency_ms=420,
        preamble=endless_header(),
        settle_ms=800,
        tail_ms=100,
    ),
    # Last, because it plays on to nobody, and says nothing, when its sound server dies.
    "ffplay": Player(
        arguments=("ffplay", "-nodisp", "-autoexit", "-nostats", "-v", "error", "-fflags", "nobuffer",
                   "-probesize", "32", "-analyzeduration", "0", "-f", "wav", "-i", "pipe:0"),
        package="ffmpeg",
        latency_ms=300,
        preamble=endless_header(),
        settle_ms=800,
        lead_ms=150,
        tail_ms=100,
    ),
}  # fmt: skip
"""Name of a player to how it is used."""


class ProcessOutput:
    """Plays through a program.

    Args:
        name: One of `PLAYERS`.
        player: How it is used.
    """

    def __init__(self, name: str, player: Player) -> None:
        self.name = name
        self.latency_ms = player.latency_ms
        self._player = player
        self._child: Child | None = None
        self._pace = _Pace(player.lead_ms)

    def missing(self) -> str | None:
        """Return how to install the program, or `None` when it is there."""
        if sys.platform == "win32":
            return "a player's pipe cannot be watched on Windows: take --output miniaudio"
        if shutil.which(self._player.arguments[0]) is None:
            return f"install {self._player.package}, or take another device with --output"
        return None

    def open(self) -> None:
        """Start the program, and see that it plays: it gets a moment of silence.

        Raises:
            OutputError: It is not installed, found no device, or takes no sound.
        """
        if hint := self.missing():
            raise OutputError(f"{self.name} is not installed", hint=hint)
        try:
            child = self._child = Child(_arguments(self._player), stdin=subprocess.PIPE)
        except (OSError, subprocess.SubprocessError) as error:
            raise OutputError(f"{self.name} does not start: {error}", hint=CONNECT_HINT) from error
        # Where the program ends while this thread still waits for a server that hangs.
        atexit.register(self.abort)
        take_precedence(child.process.pid)
        try:
            child.size_pipe(self._player.pipe_bytes)
            os.set_blocking(_pipe_of(child).fileno(), False)
            self._settle(child)
        except BaseException:
            self.abort()
            raise

    def write(self, block: Block) -> None:
        """Hand a block to the program; wait while it has enough.

        Raises:
            OutputError: The program ended, or took nothing for 2 s.
        """
        child = self._child
        if child is None:
            raise not_open(self.name)
        try:
            self._put(child, pcm(block))
        except (OutputError, ValueError):
            # Once aborted, a broken or a closed pipe is as it should be.
            if self._child is not None:
                raise

    def close(self) -> None:
        """Let the program play what it has; wait for it."""
        child = self._child
        if child is not None:
            with suppress(OutputError):
                self._put(child, memoryview(bytes(frames(self._player.tail_ms) * FRAME_BYTES)))
            _pipe_of(child).close()
            child.wait(self.latency_ms / SECOND_MS + PATIENCE_S)
        self.abort()

    def abort(self) -> None:
        """Kill the program."""
        atexit.unregister(self.abort)
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _settle(self, child: Child) -> None:
        pipe = _pipe_of(child)
        silence = bytes(frames(self._silence_ms()) * FRAME_BYTES)
        rest = memoryview(self._player.preamble + silence)
        self._pace.went(len(silence))
        enough = len(rest) - self._player.pipe_bytes
        start = time.monotonic()
        while (waited_s := time.monotonic() - start) < PATIENCE_S:
            if child.wait(0) is not None:
                raise self._ended(child)
            if len(rest) < enough and waited_s * SECOND_MS >= self._player.settle_ms:
                return
            try:
                rest = rest[pipe.write(rest) or 0 :]
            except OSError as error:
                raise self._ended(child) from error
            time.sleep(0.005)
        raise OutputError(f"{self.name} takes no sound", hint=CONNECT_HINT)

    def _silence_ms(self) -> int:
        # A player that would swallow all gets what it plays meanwhile and its lead. The others take what they need,
        # and the pipe stays full.
        lead_ms = self._player.lead_ms
        return _PATIENCE_MS if lead_ms is None else self._player.settle_ms + lead_ms

    def _put(self, child: Child, data: memoryview) -> None:
        pipe = _pipe_of(child)
        room = select.poll()
        room.register(pipe.fileno(), select.POLLOUT)
        while data:
            self._pace.wait()
            if not room.poll(_PATIENCE_MS):
                raise OutputError(f"{self.name} took nothing for {PATIENCE_S:.0f} s", hint=CONNECT_HINT)
            try:
                taken = pipe.write(data) or 0
            except OSError as error:
                raise self._ended(child) from error
            self._pace.went(taken)
            data = data[taken:]

    def _ended(self, child: Child) -> OutputError:
        child.wait(_LAST_WORDS_S)
        return OutputError(f"{self.name} ended: {child.last_line()}", hint=CONNECT_HINT)


class _Pace:
    """Holds a writer to the clock, for a player that reads as far ahead as it gets.

    Args:
        lead_ms: How far the writer may be ahead; `None` lets it go.
    """

    def __init__(self, lead_ms: int | None) -> None:
        self._lead_s = None if lead_ms is None else lead_ms / SECOND_MS
        self._heard_at = 0.0
        # When all that went out will have been heard.

    def wait(self) -> None:
        """Wait until no more than the lead is ahead."""
        if self._lead_s is not None:
            time.sleep(max(0.0, self._heard_at - time.monotonic() - self._lead_s))

    def went(self, size_bytes: int) -> None:
        """Count what went out. What comes too late starts a new count: it is not made up for."""
        seconds = size_bytes / FRAME_BYTES / FRAMES_PER_MS / SECOND_MS
        self._heard_at = max(self._heard_at, time.monotonic()) + seconds


def _arguments(player: Player) -> list[str]:
    program, *rest = player.arguments
    if player.raw_option is None:
        return [program, *rest]
    told = subprocess.run([program, "--help"], check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    return [program, *([player.raw_option] if player.raw_option in told.stdout else []), *rest]


def _pipe_of(child: Child) -> FileIO:
    # Unbuffered, a pipe is a plain file: while it is full, its `write` returns `None`.
    return cast("FileIO", child.process.stdin)


pw_cat: Final = partial(ProcessOutput, "pw-cat", PLAYERS["pw-cat"])
aplay: Final = partial(ProcessOutput, "aplay", PLAYERS["aplay"])
mpv: Final = partial(ProcessOutput, "mpv", PLAYERS["mpv"])
ffplay: Final = partial(ProcessOutput, "ffplay", PLAYERS["ffplay"])
