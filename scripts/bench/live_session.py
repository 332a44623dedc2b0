"""What the live bench hears with."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from command import VOICEGUIDE
from null_sink import NullSink, realtime
from playing import SESSION

from voiceguide.media.decode import decode
from voiceguide.outputs.process import PLAYERS
from voiceguide.precedence import take_precedence
from voiceguide.units import SAMPLE_RATE

AS_HEARD = 0.2
"""So much louder or softer than its pattern a sound may be to be the pattern."""


class Capture:
    """All that a null sink plays, and when it was heard.

    Args:
        sink: The server.
        name: Its speaker.
    """

    def __init__(self, sink: NullSink, name: str = "cap") -> None:
        self._recorder = subprocess.Popen(
            [*realtime(), "parec", "-d", f"{name}.monitor", "--raw", f"--rate={SAMPLE_RATE}", "--channels=2",
             "--format=s16le", "--latency-msec=10"],
            bufsize=0, stdout=subprocess.PIPE, env=sink.env,
        )  # fmt: skip
        self._pieces: list[bytes] = []
        self._size = 0
        self._begun_s = float("inf")
        self._thread = threading.Thread(target=self._hear, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while self._size < SAMPLE_RATE * 4:
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._recorder.kill()
        self._thread.join()
        self._recorder.wait(5)

    def frames(self) -> np.ndarray:
        """Return all that was heard, int16, shape ``(frames, 2)``."""
        data = b"".join(list(self._pieces))
        return np.frombuffer(data[: len(data) // 4 * 4], "<i2").reshape(-1, 2)

    def since(self, moment_s: float) -> np.ndarray:
        """Return what was heard from a moment of `time.monotonic` on."""
        return self.frames()[max(0, round((moment_s - self._begun_s) * SAMPLE_RATE)) :]

    def first_loud_s(self, *, after_s: float, level: int = 1) -> float:
        """Return the moment at which there was sound first."""
        for _ in range(400):
            loud = np.abs(self.since(after_s).astype(np.int32)).max(axis=1) >= level
            if loud.any():
                return after_s + int(loud.argmax()) / SAMPLE_RATE
            time.sleep(0.05)
        raise RuntimeError("nothing was heard")

    def _hear(self) -> None:
        while data := self._recorder.stdout.read(4096):
            self._pieces.append(data)
            self._size += len(data)
            # What comes soonest tells best when the first frame was heard.
            self._begun_s = min(self._begun_s, time.monotonic() - self._size / 4 / SAMPLE_RATE)


@contextmanager
def plain_player(sink: NullSink) -> Iterator[Capture]:
    """Let the player program alone play noise into a speaker of its own, and capture that.

    What is missing in it no program that feeds a player could have kept: the machine, the server or the recorder stood.
    """
    load = ["pactl", "load-module", "module-null-sink", "sink_name=plain", "rate=48000", "channels=2"]
    subprocess.run(load, env=sink.env, check=True, capture_output=True)
    with Capture(sink, "plain") as capture, Path("/dev/urandom").open("rb") as noise:
        player = subprocess.Popen([*PLAYERS["pacat"].arguments, "--device=plain"], stdin=noise, env=sink.env)
        take_precedence(player.pid)
        try:
            yield capture
        finally:
            player.kill()
            player.wait(5)


def planned_chimes(folder: Path, *words: str) -> list[int]:
    """Return the milliseconds of a session's chimes; its speech is in the cache then."""
    shown = subprocess.run(
        [*VOICEGUIDE, "show", *words, *SESSION, "--timeline"], cwd=folder, check=True, capture_output=True, text=True
    )
    return [_milliseconds(line.split()[0]) for line in shown.stdout.splitlines() if " chime " in line]


def planned_sound(folder: Path, *words: str) -> np.ndarray:
    """Return what a session sounds like that nobody touches: its export."""
    file = folder / "planned.wav"
    subprocess.run(
        [*VOICEGUIDE, "export", *words, *SESSION, "-o", str(file)], cwd=folder, check=True, capture_output=True
    )
    return decode(file)


def onset_s(heard: np.ndarray, pattern: np.ndarray) -> float | None:
    """Return where a pattern is heard best, in seconds; `None` where it is not heard at its own level.

    By a matched filter over the sum of both channels, in the frequency domain.
    """
    sound, wanted = heard.astype(np.float64).sum(axis=1), pattern.astype(np.float64).sum(axis=1)
    count = len(sound) - len(wanted) + 1
    if count < 1:
        return None
    size = 1 << (len(sound) + len(wanted)).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)[:count]
    at = int(product.argmax())
    return at / SAMPLE_RATE if abs(product[at] / np.square(wanted).sum() - 1) < AS_HEARD else None


def _milliseconds(moment: str) -> int:
    hours, minutes, seconds = moment.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)
