"""Players that misbehave, as real ones do on other machines."""

import os
import signal
import stat
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.samples import Block
from voiceguide.errors import OutputError
from voiceguide.outputs.output import PATIENCE_S
from voiceguide.outputs.process import PLAYERS, Player, ProcessOutput, _arguments, _Pace
from voiceguide.units import FRAMES_PER_MS

SILENCE = np.zeros((960, 2), np.int16)


def player(folder: Path, script: str, **what: object) -> Player:
    program = folder / "player"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Player(**{"arguments": (str(program),), "package": "player", "latency_ms": 100, **what})


def output_of(folder: Path, script: str, **what: object) -> ProcessOutput:
    return ProcessOutput("player", player(folder, script, **what))


def write(output: ProcessOutput, times: int) -> None:
    for _ in range(times):
        output.write(SILENCE)


def test_a_player_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path):
    output = output_of(tmp_path, "echo starting >&2; echo 'no such device' >&2; exit 1")

    with pytest.raises(OutputError, match="player ended: no such device") as error:
        output.open()

    assert error.value.hint


def test_a_player_that_ends_a_little_later_is_told_too(tmp_path: Path):
    output = output_of(tmp_path, "head -c 20000 >/dev/null; sleep 0.1; echo 'no sound' >&2")

    with pytest.raises(OutputError, match="no sound"):
        output.open()


def test_what_a_player_says_on_its_output_counts_as_said(tmp_path: Path):
    output = output_of(tmp_path, "echo 'no sound'; exit 2")

    with pytest.raises(OutputError, match="no sound"):
        output.open()


def test_a_player_that_takes_nothing_does_not_open(tmp_path: Path):
    output = output_of(tmp_path, "exec sleep 20")
    start = time.monotonic()

    with pytest.raises(OutputError, match="takes no sound"):
        output.open()

    assert time.monotonic() - start < PATIENCE_S + 1


def test_a_player_that_dies_is_told_at_the_next_write(tmp_path: Path):
    output = output_of(tmp_path, "exec cat >/dev/null")
    output.open()
    output.write(SILENCE)

    os.kill(output._child.process.pid, signal.SIGKILL)

    with pytest.raises(OutputError, match="player ended: exit code -9"):
        write(output, 50)
    output.abort()


def test_a_player_that_hangs_is_told_after_two_seconds(tmp_path: Path):
    output = output_of(tmp_path, "exec cat >/dev/null")
    output.open()
    os.kill(output._child.process.pid, signal.SIGSTOP)
    start = time.monotonic()

    with pytest.raises(OutputError, match="took nothing for 2 s"):
        write(output, 50)

    assert time.monotonic() - start < PATIENCE_S + 1
    output.abort()
    assert time.monotonic() - start < PATIENCE_S + 2


def test_closing_waits_for_a_player_but_not_for_ever(tmp_path: Path):
    output = output_of(tmp_path, "cat >/dev/null; exec sleep 20")
    output.open()
    start = time.monotonic()

    output.close()

    assert PATIENCE_S < time.monotonic() - start < PATIENCE_S + 1


def test_ctrl_c_in_the_terminal_does_not_reach_a_player(tmp_path: Path):
    output = output_of(tmp_path, "exec cat >/dev/null")
    output.open()

    group = os.getpgid(output._child.process.pid)

    output.abort()
    assert group != os.getpgid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets us choose the size of a pipe")
def test_little_waits_in_the_pipe(tmp_path: Path):
    output = output_of(tmp_path, "exec cat >/dev/null")
    output.open()
    os.kill(output._child.process.pid, signal.SIGSTOP)
    os.waitpid(output._child.process.pid, os.WUNTRACED)
    taken: list[Block] = []

    with pytest.raises(OutputError):
        write_pieces(output, taken)

    output.abort()
    assert sum(map(len, taken)) / FRAMES_PER_MS <= 90


def write_pieces(output: ProcessOutput, taken: list[Block]) -> None:
    for _ in range(10_000):
        output.write(SILENCE[:48])
        taken.append(SILENCE[:48])


def test_a_player_that_reads_ahead_is_held_to_the_clock(tmp_path: Path):
    output = output_of(tmp_path, "exec cat >/dev/null", lead_ms=100, settle_ms=100)
    output.open()
    start = time.monotonic()

    for _ in range(50):
        output.write(SILENCE)

    took_s = time.monotonic() - start
    output.abort()
    assert took_s == pytest.approx(1.0, abs=0.15)


def test_a_pause_is_not_made_up_for():
    pace = _Pace(lead_ms=100)
    pace.went(48_000 * 4 // 10)
    time.sleep(0.3)
    start = time.monotonic()

    for _ in range(10):
        pace.wait()
        pace.went(960 * 4)

    assert time.monotonic() - start == pytest.approx(0.1, abs=0.06)


def test_an_option_is_given_only_to_a_version_that_knows_it(tmp_path: Path):
    new = player(tmp_path, "echo '  -a, --raw   RAW mode'", raw_option="--raw")
    told = _arguments(new)
    old = player(tmp_path, "echo '  --rate   Rate'", raw_option="--raw")

    assert told == [*new.arguments, "--raw"]
    assert _arguments(old) == list(old.arguments)


def test_a_player_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")

    for name, row in PLAYERS.items():
        output = ProcessOutput(name, row)
        with pytest.raises(OutputError, match=f"{name} is not installed") as error:
            output.open()
        assert row.package in error.value.hint == output.missing()
