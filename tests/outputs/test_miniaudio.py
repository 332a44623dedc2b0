"""What is miniaudio's own; the rest is in the contract."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from needs import needs_command, needs_module
from null_sink import PROGRAMS, null_sink_server, pulse_env

from voiceguide.errors import OutputError
from voiceguide.outputs.miniaudio import MiniaudioOutput

pytestmark = needs_module("miniaudio")


def test_no_device_is_never_the_silent_one(no_server: None):
    with pytest.raises(OutputError, match="miniaudio found no sound device") as error:
        MiniaudioOutput().open()

    assert "doctor" in error.value.hint


def test_no_library_grumbles_on_the_terminal_where_there_is_no_device(no_server: None):
    script = """
from voiceguide.errors import OutputError
from voiceguide.outputs.miniaudio import MiniaudioOutput
try:
    MiniaudioOutput().open()
except OutputError:
    print("none")
"""
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert (run.stdout, run.stderr) == ("none\n", "")


def test_importing_the_output_does_not_load_the_library():
    script = "import sys, voiceguide.outputs.miniaudio; print('_miniaudio' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert run.stdout == "False\n"


def test_no_more_than_160_ms_wait():
    assert MiniaudioOutput.latency_ms <= 160


@needs_command(*PROGRAMS)
def test_a_server_without_any_speaker_costs_no_connection_of_ours_at_each_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, value in pulse_env(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")
    with null_sink_server(tmp_path) as sink:
        sink.pactl("unload-module", "module-null-sink")
        held = []
        for _ in range(4):
            with pytest.raises(OutputError, match="found no sound device"):
                MiniaudioOutput().open()
            held.append(len(list(Path("/proc/self/fd").iterdir())))

    # miniaudio itself keeps five descriptors of each; there were ten.
    assert max(after - before for before, after in pairwise(held)) <= 5
