#!/usr/bin/env python3
"""Measures how fast tracks are made, each beside what it is compared with, in one run.

Run it with the project's own Python: ``.venv/bin/python scripts/bench/export.py [--minutes 60]``. It needs ffmpeg;
pydub is measured where it is installed. The speech is made beforehand, for both sides. An encoder alone reads the
finished WAV from memory, as it lies there after it was written. On few cores all formats at once cannot be as fast as
the slowest of them alone: what the machine could do at best, all encoders' work shared by its cores, is printed beside
it.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.outputs.encoders import encoder
from voiceguide.speech.engine import cores

if TYPE_CHECKING:
    from voiceguide.audio.bed import Bed
    from voiceguide.scheduler.timeline import Timeline
    from voiceguide.speech.clips import Clips

VOICEGUIDE = [str(Path(sys.executable).with_name("voiceguide"))]
ALL = ("wav", "flac", "mp3", "opus", "ogg", "m4a")
"""One of each encoder: an .m4b and a page hold what an .m4a does."""

MOST_ALONE, MOST_TOGETHER = 1.1, 1.15
"""Times that a track may take of its encoder alone, and all of them of the slowest encoder."""

MOST_GROWTH_MB = 50
"""More memory for four hours than for ten minutes."""

PYDUB_MINUTES = 10
"""What pydub is given: it takes long."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1, help="the best of so many counts")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
        home = Path(folder)
        os.environ["XDG_CACHE_HOME"] = folder
        # First, while this program is small: what it starts is counted as having been as large as it is.
        memory(home)
        wav = home / "x.wav"
        timed(words_of(told.minutes, wav))
        print(f"{told.minutes} minutes, {cores()} cores, best of {told.rounds}")
        print(f"wav   {best(told.rounds, words_of(told.minutes, wav)).wall:7.2f} s")
        alone = singles(told.minutes, told.rounds, wav, home)
        together(told.minutes, told.rounds, alone, home)
        against_others(told.minutes, home)


def verdict(figure: float, most: float) -> str:
    """Return whether a figure is within what is asked."""
    return f"{'ok' if figure <= most else 'OVER'}, {most:g} asked"


class Time(float):
    """Seconds on the clock, with those of the processors."""

    work: float
    peak_mb: float

    @property
    def wall(self) -> float:
        """The seconds on the clock, as a plain number."""
        return float(self)


def timed(words: list[str], **more: object) -> Time:
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(words)}\n{process.stderr.read().decode() if process.stderr else ''}")
    took = Time(time.perf_counter() - start)
    took.work, took.peak_mb = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    return took


def best(rounds: int, words: list[str], **more: object) -> Time:
    return min(timed(words, **more) for _ in range(rounds))


def words_of(minutes: int, *targets: Path) -> list[str]:
    named = [word for target in targets for word in ("-o", str(target))]
    return [
        *VOICEGUIDE,
        "export",
        "complete-session",
        "--minutes",
        str(minutes),
        "--voice",
        "espeak",
        *named,
        "--force",
    ]


def encode_words(kind: str, wav: Path, target: Path) -> list[str]:
    bitexact = ["-fflags", "+bitexact", "-flags", "+bitexact"]
    return ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(wav), *bitexact, *encoder(f".{kind}"), str(target)]


def singles(minutes: int, rounds: int, wav: Path, home: Path) -> dict[str, Time]:
    """Time each kind and its encoder in turns, so that whatever else the machine does is fair to both."""
    alone = {}
    for kind in ALL[1:]:
        turns = [
            (timed(encode_words(kind, wav, home / f"alone.{kind}")), timed(words_of(minutes, home / f"x.{kind}")))
            for _ in range(rounds)
        ]
        alone[kind], took = min(turn[0] for turn in turns), min(turn[1] for turn in turns)
        print(
            f"{kind:<5} {took.wall:7.2f} s, the encoder alone on the WAV {alone[kind].wall:7.2f} s:"
            f" {took / alone[kind]:.2f} times, {verdict(took / alone[kind], MOST_ALONE)}"
            f" ({took.work - alone[kind].work:.2f} s more work)",
            flush=True,
        )
    return alone


def together(minutes: int, rounds: int, alone: dict[str, Time], home: Path) -> None:
    took = best(rounds, words_of(minutes, *(home / f"all.{kind}" for kind in ALL)))
    slowest = max(alone, key=lambda kind: alone[kind])
    shared = sum(each.work for each in alone.values()) / cores()
    could = max(alone[slowest], shared)
    print(
        f"{' '.join(ALL)} at once {took.wall:.2f} s:"
        f" {took / alone[slowest]:.2f} times {slowest} alone ({alone[slowest].wall:.2f} s),"
        f" {verdict(took / alone[slowest], MOST_TOGETHER)};"
        f" {took / could:.2f} times what these cores can do ({could:.2f} s)"
    )


def against_others(minutes: int, home: Path) -> None:
    """Write the prompts of a session and its bed, and mix them by what others mix with."""
    import numpy as np
    from mixing import only_speech, prompts_of, write_wav

    from voiceguide.audio.bed import levelled
    from voiceguide.audio.levels import Levels
    from voiceguide.media.sounds import load_ambience
    from voiceguide.routine.library import load_routine
    from voiceguide.scheduler.options import Options
    from voiceguide.scheduler.phrases import phrases
    from voiceguide.scheduler.planning import Terms
    from voiceguide.scheduler.schedule import schedule
    from voiceguide.speech.clips import open_clips

    with open_clips("espeak", "en") as clips:
        terms = Terms(Options(budget_ms=minutes * 60_000), phrases("en"), clips.length_ms)
        timeline = only_speech(schedule(load_routine("complete-session"), terms).timeline)
        prompts_of(timeline, clips, home)
        bed = levelled(load_ambience("warm-pad"), Levels().music_gain)
        write_wav(home / "bed.wav", np.asarray(bed.samples))
        against_ffmpeg(minutes, home)
        against_pydub(timeline, clips, bed, home)


def against_ffmpeg(minutes: int, home: Path) -> None:
    """Mix as many minutes by ffmpeg's filters and encode them in the same process: its own best case."""
    from mixing import FILTER

    for kind in ("wav", "mp3"):
        coding = ["-c:a", "pcm_s16le"] if kind == "wav" else list(encoder(f".{kind}"))
        words = [
            "ffmpeg", "-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i", "bed.wav", "-f", "concat",
            "-i", "prompts.txt", "-filter_complex", FILTER, "-t", str(minutes * 60), *coding, f"theirs.{kind}",
        ]  # fmt: skip
        theirs = timed(words, cwd=home)
        ours = timed(words_of(minutes, home / f"ours.{kind}"))
        print(
            f"{kind:<5} {ours.wall:7.2f} s, by ffmpeg's filters {theirs.wall:7.2f} s: {ours / theirs:.2f} times,"
            f" {verdict(ours / theirs, 1)}"
        )


def against_pydub(timeline: "Timeline", clips: "Clips", bed: "Bed", home: Path) -> None:
    """Lay the prompts of the first minutes over the bed, as pydub's users do, and mix them ourselves; both to a WAV.

    Each of its overlays copies the whole track, so that a longer one is dearer still.
    """
    from mixing import mix

    from voiceguide.audio.levels import Levels

    if importlib.util.find_spec("pydub") is None:
        print("pydub: not installed, not measured")
        return
    from pydub import AudioSegment

    length_ms = min(PYDUB_MINUTES * 60_000, timeline.length_ms)
    cues = tuple(cue for cue in timeline.cues if cue.end_ms <= length_ms)
    start = time.perf_counter()
    mix(replace(timeline, length_ms=length_ms, cues=cues, chapters=()), clips, bed, home / "first.wav")
    mixed = time.perf_counter()
    once = AudioSegment.from_wav(home / "bed.wav")
    track = (once * (length_ms // len(once) + 1))[:length_ms]
    for index, cue in enumerate(cues):
        prompt = AudioSegment.from_wav(home / f"prompt{index}.wav")
        track = track.overlay(prompt, position=cue.at_ms, gain_during_overlay=Levels().duck_db)
    track.export(home / "pydub.wav", format="wav")
    ours, theirs = mixed - start, time.perf_counter() - mixed
    print(
        f"{length_ms // 60_000} minutes of {len(cues)} prompts to WAV {ours:.2f} s, by pydub {theirs:.2f} s:"
        f" {theirs / ours:.0f} times as long"
    )


def memory(home: Path) -> None:
    long = home / "long.yaml"
    step = "{title: Strokes %d, say: Glide up and down. Slowly., time: 1-12 min}"
    lines = "".join(f"      - {step % number}\n" for number in range(40))
    long.write_text(f"format: 1\ntitle: Long\nsections:\n  - title: All\n    steps:\n{lines}", "utf-8")
    peaks_mb = []
    for minutes, routine in ((10, "slow-strokes"), (240, str(long))):
        words = [*VOICEGUIDE, "export", routine, "-m", str(minutes), "--voice", "espeak", "--force"]
        took = timed([*words, "-o", str(home / "m.flac")])
        peaks_mb.append(took.peak_mb)
        print(f"{minutes:>4} minutes to FLAC: {took.peak_mb:.0f} MB at most", flush=True)
    growth_mb = peaks_mb[1] - peaks_mb[0]
    print(f"{growth_mb:.0f} MB more for four hours: {verdict(growth_mb, MOST_GROWTH_MB)}", flush=True)


if __name__ == "__main__":
    main()
