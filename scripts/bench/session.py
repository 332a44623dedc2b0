#!/usr/bin/env python3
"""Measures the first session end to end, and prints every figure beside what it is compared with.

Run it with the project's own Python: ``.venv/bin/python scripts/bench/session.py``. It needs ffmpeg for the peak, and
PulseAudio for the first sound; what is missing is said.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

VOICEGUIDE = [str(Path(sys.executable).with_name("voiceguide"))]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as folder:
        home = Path(folder)
        os.environ.update(HOME=folder, XDG_CACHE_HOME=folder, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder)
        starting_up()
        exports(home)
        memory(home)
        first_sound(home)


def starting_up() -> None:
    base = best_of(5, [sys.executable, "-c", "import typer"])
    for words in (["--help"], ["list"], ["show", "eleven-steps", "--minutes", "30"]):
        seconds = best_of(5, [*VOICEGUIDE, *words])
        print(f"{' '.join(words):<40} {seconds:6.3f} s   {seconds / base:5.2f} x 'import typer' ({base:.3f} s)")


def exports(home: Path) -> None:
    target = home / "x.wav"
    digests = set()
    for name in ("cold cache", "warm cache", "warm cache again"):
        seconds, _ = timed(export_words(30, target))
        digests.add(digest(target))
        print(f"30 minutes to WAV, {name:<22} {seconds:6.2f} s")
    start = time.perf_counter()
    shutil.copyfile(target, home / "copy.wav")
    print(f"copying that file {time.perf_counter() - start:29.2f} s")
    with wave.open(str(target)) as file:
        shape = (file.getnframes(), file.getframerate(), file.getnchannels(), 8 * file.getsampwidth())
    print(f"frames, rate, channels, bits             {shape}; bytes the same every time: {len(digests) == 1}")
    if shutil.which("ffmpeg"):
        words = ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(target), "-af", "ebur128=peak=true", "-f", "null", "-"]
        report = subprocess.run(words, capture_output=True, text=True, check=True).stderr
        print(f"true peak (ffmpeg ebur128)               {report.rsplit('Peak:', 1)[1].split('dBFS')[0].strip()} dBTP")
    for ending in ("mp3", "opus", "flac", "m4a"):
        seconds, _ = timed(export_words(30, home / f"x.{ending}"))
        print(f"30 minutes to {ending:<5} {seconds:27.2f} s")


def digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def memory(home: Path) -> None:
    long = home / "long.yaml"
    step = "{title: Strokes %d, say: Glide up and down. Slowly., time: 1-12 min}"
    lines = "".join(f"      - {step % number}\n" for number in range(40))
    long.write_text(f"format: 1\ntitle: Long\nsections:\n  - title: All\n    steps:\n{lines}", "utf-8")
    for minutes in (60, 240):
        seconds, megabytes = timed(export_words(minutes, home / "y.wav", str(long)))
        print(f"{minutes:>4} minutes to WAV {seconds:26.2f} s   {megabytes:5.0f} MB at most")


def first_sound(home: Path) -> None:
    if not all(map(shutil.which, ("pulseaudio", "pactl", "parec"))):
        print("first sound: not measured, needs PulseAudio")
        return
    socket = home / "native"
    os.environ.update(PULSE_SERVER=f"unix:{socket}", XDG_RUNTIME_DIR=str(home))
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
         "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1",
         "-L", "module-null-sink sink_name=cap rate=48000 channels=2"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(2)
        for name in ("cold", "warm"):
            if name == "cold":
                shutil.rmtree(home / "voiceguide", ignore_errors=True)
            print(f"first sound after the start, {name} cache   {time_to_sound():6.2f} s")
    finally:
        server.terminate()
        server.wait(5)


def time_to_sound() -> float:
    """Return the seconds from the start of `play` to the first captured sample over -60 dBFS."""
    import numpy as np

    recorder = subprocess.Popen(
        ["parec", "-d", "cap.monitor", "--raw", "--rate=48000", "--channels=2", "--format=s16le", "--latency-msec=10"],
        stdout=subprocess.PIPE,
    )
    assert recorder.stdout
    os.set_blocking(recorder.stdout.fileno(), False)
    time.sleep(2.5)
    recorder.stdout.read()
    start = time.perf_counter()
    player = subprocess.Popen([*VOICEGUIDE, "play", "eleven-steps", "--minutes", "30"], stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - start < 10:
            heard = recorder.stdout.read() or b""
            if heard and np.abs(np.frombuffer(heard[: len(heard) // 4 * 4], np.int16).astype(int)).max() > 32:
                return time.perf_counter() - start
            time.sleep(0.002)
        return float("nan")
    finally:
        player.terminate()
        player.wait(10)
        recorder.terminate()
        recorder.wait(5)


def export_words(minutes: int, target: Path, routine: str = "eleven-steps") -> list[str]:
    return [*VOICEGUIDE, "export", routine, "--minutes", str(minutes), "-o", str(target), "--force"]


def timed(words: list[str]) -> tuple[float, float]:
    """Return the seconds and the peak memory in MB of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(words)}\n{process.stderr.read().decode() if process.stderr else ''}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def best_of(times: int, words: list[str]) -> float:
    return min(timed(words)[0] for _ in range(times))


if __name__ == "__main__":
    main()
