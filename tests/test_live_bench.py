"""The bench that plays, captures and measures, in short: what it promises of a live session holds here too."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from needs import needs, needs_command, needs_module
from null_sink import PROGRAMS, realtime

BENCH = Path(__file__).parents[1] / "scripts" / "bench" / "live.py"

pytestmark = [needs_command(*PROGRAMS), needs_module("espeakng_loader"), needs_module("miniaudio")]


def measured(part: str) -> dict[str, Any]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PULSE")}
    command = [sys.executable, str(BENCH), part, "--short", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)[part]
    return figures


@needs(bool(realtime()), "without real-time priority the null sink itself leaves gaps")
def test_with_every_core_busy_each_chime_is_in_its_place_and_the_music_has_no_gap():
    # What else the machine does for a moment is no fault of ours; a fault of ours comes every time.
    tries = (measured("clock") for _ in range(3))

    # In less than a minute, a drift is nothing but the few milliseconds that a chime may be beside its place.
    assert any(figures["worst chime ms"] <= 5 and figures["gaps ms"] == [] for figures in tries)


@needs(bool(realtime()), "without real-time priority the null sink itself leaves gaps")
def test_where_the_whole_machine_stands_for_a_moment_the_music_has_no_gap():
    tries = (measured("stalls") for _ in range(3))

    assert any(figures["gaps ms"] == [] for figures in tries)


def test_commands_are_heard_soon():
    tries = (measured("commands") for _ in range(3))

    assert any(figures["95 of 100 within ms"] < 200 for figures in tries)


def test_a_session_costs_little_processor_time_and_memory():
    tries = (measured("cost") for _ in range(3))

    assert any(figures["processor %"] < 3 and figures["at most"] < 150 for figures in tries)


def test_a_session_that_is_killed_goes_on_at_its_step():
    figures = measured("kills")

    assert figures["resumed at the right step"] == figures["kills"]


def test_a_sound_server_that_dies_twice_does_not_end_the_session():
    figures = measured("server")

    assert figures["session"] == "complete"
    assert figures["heard again within s"] < 3
