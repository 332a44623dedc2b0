#!/usr/bin/env python3
"""Measures how fast sentences become clips, and how alike all engines are in loudness and rate.

Run it with the project's own Python: ``.venv/bin/python scripts/bench/speech.py``. The bare loop is what eSpeak's
library takes by itself, loaded once and told one text after the other. Times are the best of three, in seconds: by the
clock, and of processor, which tells more where other programs are busy.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from voiceguide import guide
from voiceguide.audio.clip import trimmed
from voiceguide.errors import SpeechError
from voiceguide.guide.stage import scheduled
from voiceguide.routine.library import load_routine
from voiceguide.speech.cache import ClipCache
from voiceguide.speech.chain import Chain, Link, open_chain
from voiceguide.speech.clips import Clips
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak_library import find_library
from voiceguide.speech.registry import automatic_order, make_engine, open_engine

SENTENCES = 100
RATES_WPM = (110, 145, 180)
FEW = 30
"""Sentences for each engine of the table: some are slow."""


def main() -> None:
    texts = sentences()
    if sys.argv[1:] == ["--speed"]:
        speed(texts)
        return
    for count in (1, os.cpu_count() or 1):
        print(f"\n{count} of {os.cpu_count()} cores")
        subprocess.run([*allowed(count), sys.executable, __file__, "--speed"], check=True)
    print(f"\n{'engine':<10}{'voice':<28}{'sentences':>9}{'LUFS':>8}{'worst':>7}   heard at {RATES_WPM} words a minute")
    for name in automatic_order():
        row(name, texts[:FEW])


def allowed(count: int) -> list[str]:
    return ["taskset", "-c", f"0-{count - 1}"] if sys.platform == "linux" else []


def sentences() -> list[str]:
    """Return what all built-in routines say, in order, each sentence once."""
    said: dict[str, None] = {}
    for entry in guide.library():
        said |= dict.fromkeys(scheduled(guide.Request(routine=entry.name), load_routine(entry.name)).sentences())
    return list(said)


def speed(texts: list[str]) -> None:
    some = texts[:SENTENCES]
    bare = min(timed(lambda: bare_loop(some)) for _ in range(3))
    print(f"  {SENTENCES} sentences, bare loop over eSpeak   {bare}")
    with tempfile.TemporaryDirectory() as folder:
        cold = min(prepared(some, Path(folder, str(turn)))[0] for turn in range(3))
        times = cold.processor_s / bare.processor_s
        print(f"  {SENTENCES} sentences, ours, cold              {cold}   {times:.2f} times the bare loop's processor")
        for name in ("cold", "warm"):
            took, made = prepared(texts, Path(folder, "all"))
            print(f"  all {len(texts)} sentences, {name}                {took}   {made} made")


class Took(NamedTuple):
    """How long something took."""

    clock_s: float
    processor_s: float

    def __str__(self) -> str:
        return f"{self.clock_s:8.3f} ({self.processor_s:.3f})"


def timed(work: Callable[[], object]) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


def prepared(texts: list[str], folder: Path) -> tuple[Took, int]:
    with Clips(open_chain("espeak", VoiceRequest()), ClipCache(folder)) as clips:
        return timed(lambda: clips.prepare(texts)), clips.made


def bare_loop(texts: list[str]) -> list[bytes]:
    """Speak with eSpeak's library as its documentation tells, and with nothing around it."""
    library = find_library()
    assert library, "eSpeak NG is not installed"
    espeak = ctypes.CDLL(library.library)
    assert espeak.espeak_Initialize(2, 1_000, os.fsencode(library.data), 0) > 0
    espeak.espeak_SetVoiceByName(b"en-us+Annie")
    for parameter, value in ((1, 128), (3, 32), (4, 35)):
        espeak.espeak_SetParameter(parameter, value, 0)
    spoken: list[bytes] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def collect(samples: int | None, count: int, _events: int) -> int:
        if samples:
            spoken.append(ctypes.string_at(samples, 2 * count))
        return 0

    espeak.espeak_SetSynthCallback(collect)
    for text in map(str.encode, texts):
        espeak.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, 1, None, None)
    espeak.espeak_Terminate()
    return spoken


def row(name: str, texts: list[str]) -> None:
    try:
        engine = open_engine(name, VoiceRequest())
    except SpeechError as error:
        print(f"{name:<10}not ready: {error.hint}")
        return
    voice = engine.voice().name
    with (
        tempfile.TemporaryDirectory() as folder,
        Clips(
            Chain(Link(engine, lambda: make_engine(name, VoiceRequest())), iter([])), ClipCache(Path(folder))
        ) as clips,
    ):
        clips.prepare(texts)
        lufs = [measured(clips.samples(text)) for text in texts]
    heard = "  ".join(f"{heard_wpm(name, rate, texts):5.0f}" for rate in RATES_WPM)
    worst = max(abs(each + 18.0) for each in lufs)
    print(f"{name:<10}{voice[:27]:<28}{len(texts):>9}{np.mean(lufs):8.2f}{worst:7.2f}   {heard}")


def measured(clip: np.ndarray) -> float:
    """Return the loudness as pyloudnorm tells it."""
    import pyloudnorm

    meter = pyloudnorm.Meter(48_000, block_size=min(0.4, (len(clip) - 0.5) / 48_000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(meter.integrated_loudness(clip.astype(np.float64)))


def heard_wpm(name: str, rate_wpm: int, texts: list[str]) -> float:
    """Return how many words a minute are heard of sentences of six words or more."""
    engine = open_engine(name, replace(VoiceRequest(), rate_wpm=rate_wpm))
    words = seconds = 0.0
    for text in texts:
        if len(text.split()) >= 6:
            speech = engine.speak(text)
            words += len(text.split())
            seconds += len(trimmed(speech.samples, speech.rate_hz)) / speech.rate_hz
    engine.close()
    return words / seconds * 60


if __name__ == "__main__":
    main()
