#!/usr/bin/env python3
"""Plays whole sessions into a real PulseAudio null sink, captures them, and prints what can be measured there.

Run it with the project's own Python: ``.venv/bin/python scripts/bench/live.py``, with the names of some parts to run
just those, with ``--short`` for two minutes instead of an hour or so, with ``--json`` for figures alone. It needs
pulseaudio, pactl and parec; the server should get real-time priority (``chrt``), or it leaves gaps of its own.

clock     a session of 20 minutes, with other work on every core: is it heard as planned, and a player alone too?
stalls    the whole machine stands for a moment, as a virtual one does whose host is busy: is the music whole?
commands  from a command to its sound
first     from the start of the program to the first sound, with a cold and a warm cache
cost      processor time and memory while it plays
kills     killed at random moments: does it go on at the right step?
server    the sound server dies and comes back
"""

import argparse
import compileall
import json
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from live_session import Capture, onset_s, plain_player, planned_chimes, planned_sound  # noqa: E402 - it lies beside
from null_sink import NullSink, null_sink_server, pulse_env, pulseaudio, realtime  # noqa: E402
from playing import Playing  # noqa: E402

from voiceguide.media.sounds import load_chime  # noqa: E402
from voiceguide.units import SAMPLE_RATE, SECOND_MS, frames  # noqa: E402

Figures = dict[str, Any]

FULL_SCALE = 32_767
STALL_MS = 60
STEPS = 60
WALK = """\
format: 1
title: Walk
sections:
  - title: All
    steps:
""" + "".join(f"      - {{title: Stroke {n}, say: Stroke number {n}., time: 20-60 s}}\n" for n in range(1, STEPS + 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--short", action="store_true", help="two minutes instead of an hour")
    parser.add_argument("--json", action="store_true", help="figures alone")
    parser.add_argument("--output", metavar="NAME", help="play through this, rather than through the best there is")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    # In the background of a shell it is ignored, and so it would be by the sessions that it is to end.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    figures = {}
    for name in asked.parts or PARTS:
        with home(asked.output) as folder:
            figures[name] = PARTS[name](folder, short=asked.short)
        if not asked.json:
            print(f"{name:<9}", *(f"{key} {value}" for key, value in figures[name].items()), sep="  ", flush=True)
    if asked.json:
        print(json.dumps(figures))


@contextmanager
def home(output: str | None) -> Iterator[Path]:
    """Give a new folder in which a session finds nobody's settings, cache or progress, but the name of an output."""
    with tempfile.TemporaryDirectory(prefix="voiceguide-bench-") as name:
        folder = Path(name)
        os.environ |= {
            "HOME": name,
            "XDG_RUNTIME_DIR": name,
            **{f"XDG_{kind}_HOME": f"{name}/{kind.lower()}" for kind in ("CACHE", "CONFIG", "DATA", "STATE")},
        }
        (folder / "walk.yaml").write_text(WALK, "utf-8")
        if output:
            settings = folder / "config" / "voiceguide" / "settings.toml"
            settings.parent.mkdir(parents=True)
            settings.write_text(f'output = "{output}"\n', "utf-8")
        yield folder


def clock(folder: Path, *, short: bool) -> Figures:
    """Find every chime, and every silence, in what is heard while other work takes all cores."""
    words = ("slow-strokes", "--minutes", "3") if short else ("oil-and-glide", "--minutes", "20")
    chimes, planned = planned_chimes(folder, *words), planned_sound(folder, *words)
    with null_sink_server(folder) as sink, Capture(sink) as capture, Playing(folder, sink.env, *words) as session:
        session.until(lambda status: status["step"] >= 1)
        with plain_player(sink) as plain:
            with every_core_busy():
                stolen_s = -stolen()
                session.wait(48 if short else None)
                stolen_s += stolen()
            heard, beside = capture.frames(), plain.frames()
    return {
        **as_planned(heard, planned, chimes),
        "gaps ms": gaps_ms(heard),
        "gaps of the player alone ms": gaps_ms(beside),
        "taken by the host s": round(stolen_s, 1),
        "real-time server": bool(realtime()),
    }


def stolen() -> float:
    """Return how long the machine's host kept its processors from it since it was started, in seconds."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def every_core_busy() -> Iterator[None]:
    others = [multiprocessing.Process(target=_work, daemon=True) for _ in range(os.cpu_count() or 1)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.join()


def _work() -> None:
    while True:
        sum(range(10_000))


def as_planned(heard: np.ndarray, planned: np.ndarray, chimes: list[int]) -> Figures:
    """Tell how far each chime is from its plan, relative to the first.

    What is looked for is the chime as it was planned, with the music under it, which alone shifts it by some ms.
    """
    patterns = {chime_ms: planned[frames(chime_ms) :][: frames(550)] for chime_ms in chimes}
    begins_ms = chimes[0]
    begun_s = onset_s(heard[: frames(20_000)], patterns[begins_ms])
    if begun_s is None:
        raise RuntimeError("the first chime was not heard")
    late_ms, at_ms = [], []
    for chime_ms, pattern in patterns.items():
        at = round(begun_s * SAMPLE_RATE) + frames(chime_ms - begins_ms)
        if at + frames(800) > len(heard):
            break
        found = onset_s(heard[at - frames(100) : at + frames(800)], pattern)
        late_ms.append(999.0 if found is None else found * SECOND_MS - 100)
        at_ms.append(chime_ms)
    drift = np.polyfit(np.array(at_ms) / 60_000, late_ms, 1)[0] if len(late_ms) > 1 else 0.0
    return {
        "minutes": round(at_ms[-1] / 60_000, 1),
        "chimes": len(late_ms),
        "worst chime ms": round(float(np.abs(late_ms).max()), 2),
        "drift ms a minute": round(float(drift), 4),
    }


def gaps_ms(heard: np.ndarray) -> list[float]:
    """Return how long each silence is between the first and the last sound: music plays all the while."""
    loud = np.flatnonzero(np.abs(heard).max(axis=1) > 0)
    # It begins and ends too softly for every frame to be heard.
    inside = loud[(loud > loud[0] + frames(1_000)) & (loud < loud[-1] - frames(2_000))]
    silences = np.diff(inside)
    return [round(float(each) / frames(1), 1) for each in silences[silences > frames(1)]]


def stalls(folder: Path, *, short: bool) -> Figures:
    """Let all that makes the sound stand for a moment, again and again, and find every silence."""
    chance = random.Random(3)
    rounds = 8 if short else 100
    env = pulse_env(folder)
    with (
        pulseaudio(folder) as server,
        Capture(NullSink(env)) as capture,
        Playing(folder, env, "slow-strokes", "--minutes", "5") as session,
    ):
        session.until(lambda status: status["step"] >= 1)
        for _ in range(rounds):
            time.sleep(chance.uniform(0.5, 1.0))
            stand_still([server.pid, *session.processes()], STALL_MS)
        time.sleep(3)
        heard = capture.frames()
    return {"stalls": rounds, "of ms": STALL_MS, "gaps ms": gaps_ms(heard)}


def stand_still(processes: list[int], ms: int) -> None:
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    time.sleep(ms / SECOND_MS)
    for process in processes:
        os.kill(process, signal.SIGCONT)


def commands(folder: Path, *, short: bool) -> Figures:
    """Ask for steps at random moments, and find the chime with which each begins."""
    chime = load_chime("bowl", "change")[: frames(150)] * FULL_SCALE
    taken_ms: list[float] = []
    chance = random.Random(1)
    with null_sink_server(folder) as sink, Capture(sink) as capture:
        words = ("./walk.yaml", "--minutes", "40", "--music", "none")
        with Playing(folder, sink.env, *words) as session:
            session.until(lambda status: status["step"] >= 1)
            # The first step begins with another chime.
            session.ctl("jump 2")
            for _ in range(10 if short else 100):
                time.sleep(chance.uniform(0.6, 1.6))
                begun_s = time.monotonic()
                session.ctl(chance.choice(("repeat", f"jump {chance.randint(2, STEPS)}")))
                time.sleep(0.7)
                found = onset_s(capture.since(begun_s), chime)
                taken_ms.append(9_999.0 if found is None else found * SECOND_MS)
            session.end()
    taken_ms.sort()
    return {
        "commands": len(taken_ms),
        "median ms": round(statistics.median(taken_ms)),
        "95 of 100 within ms": round(taken_ms[int(len(taken_ms) * 0.95) - 1]),
        "worst ms": round(taken_ms[-1]),
    }


def first(folder: Path, *, short: bool) -> Figures:
    """Measure from the start of the program to the first frame that is not silent."""
    # As an installer leaves it.
    compileall.compile_dir(ROOT / "voiceguide", quiet=1)
    figures: Figures = {}
    rounds = 1 if short else 5
    for kind in ("cold", "warm"):
        taken_s = []
        for _ in range(rounds):
            if kind == "cold":
                shutil.rmtree(folder / "cache", ignore_errors=True)
            with null_sink_server(folder) as sink, Capture(sink) as capture:
                begun_s = time.monotonic()
                with Playing(folder, sink.env, "eleven-steps", "--minutes", "30") as session:
                    taken_s.append(capture.first_loud_s(after_s=begun_s) - begun_s)
                    if kind == "cold":
                        session.until(lambda status: status["step"] >= 1)
                    session.end()
        figures[f"{kind} s"] = round(statistics.median(taken_s), 2)
    return figures


def cost(folder: Path, *, short: bool) -> Figures:
    """Watch a session of an hour: processor time of all its threads, and memory each minute."""
    minutes = 0.7 if short else 60
    with null_sink_server(folder) as sink, Playing(folder, sink.env, "complete-session", "--minutes", "60") as session:
        session.until(lambda status: status["step"] >= 1)
        time.sleep(15)
        begun_s, used_s = time.monotonic(), session.processor_s()
        memory_mb = []
        while time.monotonic() < begun_s + minutes * 60 and session.alive:
            memory_mb.append(session.memory_mb())
            time.sleep(min(60, minutes * 15))
        percent = 100 * (session.processor_s() - used_s) / (time.monotonic() - begun_s)
        session.end()
    return {
        "processor %": round(percent, 1),
        "memory MB at first": round(memory_mb[0]),
        "at last": round(memory_mb[-1]),
        "at most": round(max(memory_mb)),
        "minutes": minutes,
    }


def kills(folder: Path, *, short: bool) -> Figures:
    """Kill sessions at random moments, and see at which step each is gone on with."""
    chance = random.Random(2)
    rounds = 3 if short else 100
    wrong: list[str] = []
    with null_sink_server(folder) as sink:
        for _ in range(rounds):
            with Playing(folder, sink.env, "./walk.yaml", "--minutes", "40") as session:
                session.until(lambda status: status["step"] >= 1)
                session.ctl(f"jump {chance.randint(1, STEPS)}")
                time.sleep(chance.uniform(0.0, 1.5))
                before = session.status()
                if chance.random() < 0.5:
                    session.ctl("next")
                    time.sleep(chance.uniform(0.0, 0.3))
                after = session.status()
                session.kill()
            if chance.random() < 0.3:
                # Once more, while it is being prepared.
                with Playing(folder, sink.env, "--resume") as session:
                    time.sleep(chance.uniform(0.2, 1.5))
                    session.kill()
            with Playing(folder, sink.env, "--resume") as session:
                resumed = session.until(lambda status: status["step"] >= 1)
                # A step that began in the very moment of the kill is not on the disk yet.
                if resumed["step"] not in {before["step"], after["step"]}:
                    wrong.append(f"{before['step']}-{after['step']} became {resumed['step']}")
                session.kill()
    return {"kills": rounds, "resumed at the right step": rounds - len(wrong), **({"wrong": wrong} if wrong else {})}


def server(folder: Path, *, short: bool) -> Figures:
    """Kill the sound server and start it again, and see that the session comes to its end."""
    rounds = 2 if short else 10
    env = pulse_env(folder) | {"ALSA_CONFIG_PATH": "/dev/null"}
    back_s: list[float] = []
    with ExitStack() as servers:
        servers.enter_context(pulseaudio(folder))
        with Playing(folder, env, "./walk.yaml", "--minutes", "22") as session:
            session.until(lambda status: status["step"] >= 1)
            for _ in range(rounds):
                time.sleep(4)
                servers.close()
                session.until(lambda status: status["device_lost"])
                step = session.status()["step"]
                servers.enter_context(pulseaudio(folder))
                begun_s = time.monotonic()
                found = session.until(lambda status: not status["device_lost"])
                back_s.append(time.monotonic() - begun_s)
                if found["step"] != step:
                    raise RuntimeError(f"step {step} became {found['step']}")
            session.ctl(f"jump {STEPS}")
            code = session.wait(120)
            kept = (folder / "state" / "voiceguide" / "progress.json").exists()
    complete = "complete" if code == 0 and not kept else "broken off"
    return {"deaths": rounds, "heard again within s": round(max(back_s), 2), "exit code": code, "session": complete}


PARTS: dict[str, Callable[..., Figures]] = {
    "clock": clock,
    "stalls": stalls,
    "commands": commands,
    "first": first,
    "cost": cost,
    "kills": kills,
    "server": server,
}

if __name__ == "__main__":
    main()
