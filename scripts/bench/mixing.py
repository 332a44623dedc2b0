#!/usr/bin/env python3
"""Mixes one hour twice, with voiceguide and with ffmpeg, from the same prompts and the same bed, in one run.

Run it with the project's own Python: ``.venv/bin/python scripts/bench/mixing.py``. It needs ffmpeg. Both sides begin
with finished prompts and a decoded, levelled bed and end with a 16-bit WAV; that they did equal work is checked by the
moments at which the words begin and by how far the music goes down under them.
"""

import shutil
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from voiceguide.audio.bed import Bed, levelled
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import as_block, stereo
from voiceguide.bank import SoundBank
from voiceguide.guide.stage import write
from voiceguide.media.sounds import load_ambience
from voiceguide.outputs.wav import WavOutput
from voiceguide.routine.library import load_routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import schedule
from voiceguide.scheduler.timeline import Role, Timeline
from voiceguide.speech.clips import Clips, open_clips
from voiceguide.units import SAMPLE_RATE, frames

ROUNDS = 3
HOUR_MS = 60 * 60_000
FILTER = (
    "[1:a]pan=stereo|c0=0.7071*c0|c1=0.7071*c0,apad,asplit[key][speech];"
    "[0:a][key]sidechaincompress=threshold=0.003:ratio=4:attack=20:release=250[music];"
    "[music][speech]amix=inputs=2:duration=first:normalize=0"
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder, open_clips("espeak", "en") as clips:
        home = Path(folder)
        bed = levelled(load_ambience("warm-pad"), Levels().music_gain)
        terms = Terms(Options(budget_ms=HOUR_MS), phrases("en"), clips.length_ms)
        timeline = only_speech(schedule(load_routine("complete-session"), terms).timeline)
        prompts_of(timeline, clips, home)
        write_wav(home / "bed.wav", bed.samples)
        ours, theirs, copied = home / "ours.wav", home / "theirs.wav", home / "copy.wav"
        seconds = {
            "voiceguide": best(lambda: mix(timeline, clips, bed, ours)),
            "ffmpeg": best(lambda: ffmpeg(home, theirs), rounds=1),
            "copy": best(lambda: copy(ours, copied)),
        }
        report(seconds)
        for name, file in (("voiceguide", ours), ("ffmpeg", theirs)):
            print(f"{name:<12} {equal_work(file, timeline, clips, bed)}")


def only_speech(timeline: Timeline) -> Timeline:
    cues = tuple(cue for cue in timeline.cues if cue.role is Role.SPEECH)
    return Timeline(length_ms=timeline.length_ms, cues=cues, chapters=timeline.chapters)


def prompts_of(timeline: Timeline, clips: Clips, home: Path) -> None:
    """Write each sentence and each gap as a file, and the list of them for ffmpeg's concat demuxer."""
    lines, at_ms = [], 0
    for index, cue in enumerate(timeline.cues):
        write_wav(home / f"gap{index}.wav", np.zeros((frames(cue.at_ms - at_ms), 1), np.int16))
        write_wav(home / f"prompt{index}.wav", as_block(clips.samples(cue.name))[:, None])
        lines += [f"file gap{index}.wav", f"file prompt{index}.wav"]
        at_ms = cue.end_ms
    (home / "prompts.txt").write_text("\n".join(lines), "utf-8")


def write_wav(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[1], 2, SAMPLE_RATE, len(samples), "NONE", ""))
        file.writeframes(np.ascontiguousarray(samples, "<i2").tobytes())


def mix(timeline: Timeline, clips: Clips, bed: Bed, target: Path) -> None:
    output = WavOutput(target, overwrite=True, frames=frames(timeline.length_ms))
    output.open()
    write(Mix(timeline, SoundBank(clips, "bowl"), bed, Levels()), output)


def ffmpeg(home: Path, target: Path) -> None:
    bed = ["-stream_loop", "-1", "-i", "bed.wav"]
    prompts = ["-f", "concat", "-i", "prompts.txt"]
    written = ["-t", str(HOUR_MS // 1000), "-c:a", "pcm_s16le", target.name]
    words = ["ffmpeg", "-nostdin", "-v", "error", "-y", *bed, *prompts, "-filter_complex", FILTER, *written]
    subprocess.run(words, cwd=home, check=True)


def copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def best(work: Callable[[], None], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def report(seconds: dict[str, float]) -> None:
    ours, theirs, copied = seconds["voiceguide"], seconds["ffmpeg"], seconds["copy"]
    print(f"60 minutes to WAV: voiceguide {ours:.2f} s, ffmpeg {theirs:.2f} s, a copy {copied:.2f} s")
    print(f"ffmpeg takes {theirs / ours:.1f} times as long; voiceguide takes {ours / copied:.1f} copies")


def equal_work(file: Path, timeline: Timeline, clips: Clips, bed: Bed) -> str:
    """Return how late words begin at worst, and how far the music goes down under them, against the bed itself."""
    with wave.open(str(file)) as stream:
        sound = np.frombuffer(stream.readframes(stream.getnframes()), "<i2").reshape(-1, 2)
    late, depth_db = [], []
    for cue in timeline.cues[1:]:
        clip = clips.samples(cue.name)
        late.append(abs(lag(sound[:, 0], clip, frames(cue.at_ms))))
        start, stop = frames(cue.at_ms) + late[-1], frames(cue.end_ms)
        music = sound[start:stop] / 32768 - stereo(clip)[: stop - start]
        depth_db.append(10 * np.log10(np.square(music).mean() / np.square(bed.read(start, stop) / 32768).mean()))
    length_s = len(sound) / SAMPLE_RATE
    return f"{length_s:.0f} s; words begin within {max(late)} frames; music at {np.median(depth_db):.0f} dB under them"


def lag(sound: np.ndarray, clip: np.ndarray, at: int, reach: int = 480) -> int:
    """Return by how many frames a sentence is late: where its first second fits best."""
    head = clip[:SAMPLE_RATE]
    around = sound[at - reach : at + reach + len(head)].astype(np.float32)
    size = 1 << (len(around) + len(head)).bit_length()
    fit = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(head, size)), size)
    return int(np.argmax(fit[: 2 * reach + 1])) - reach


if __name__ == "__main__":
    main()
