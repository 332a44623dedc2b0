"""The player of a real sound server whose speakers come and go."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from needs import needs_command
from null_sink import PROGRAMS, NullSink, pulse_env, pulseaudio

from voiceguide.errors import OutputError, SilentError
from voiceguide.outputs.output import Output
from voiceguide.outputs.pacat import PacatOutput
from voiceguide.outputs.registry import open_device
from voiceguide.outputs.speakers import heard_sinks

pytestmark = needs_command(*PROGRAMS, "pacat")

BLOCK = np.ones((960, 2), np.int16)


def answer(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def play_for(output: Output, seconds: float) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        output.write(BLOCK)


def play_on(opened: Callable[[], Output]) -> None:
    output = opened()
    try:
        # A busy computer tells a little later.
        play_for(output, 3)
    finally:
        output.abort()


def opened_pacat() -> Output:
    output = PacatOutput()
    output.open()
    return output


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NullSink]:
    env = pulse_env(tmp_path)
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_SERVER", "PULSE_COOKIE"):
        monkeypatch.setenv(name, env[name])
    with pulseaudio(tmp_path):
        yield NullSink(env)


def test_it_plays_on_a_speaker_and_leaves_nothing_running(server: NullSink):
    output = PacatOutput()
    output.open()
    output.write(BLOCK)
    output.close()

    # The one that asks.
    assert server.pactl("list", "short", "clients").count("pactl") == 1


def test_it_does_not_open_where_nobody_would_hear_it(server: NullSink):
    server.unplug()

    with pytest.raises(SilentError, match="no speaker"):
        play_on(opened_pacat)


def test_no_other_device_is_taken_where_nobody_would_hear_it(server: NullSink):
    server.unplug()

    with pytest.raises(SilentError, match="no speaker"):
        play_on(open_device)


def test_a_last_speaker_that_goes_away_is_noticed(server: NullSink):
    output = PacatOutput()
    output.open()
    server.unplug()

    with pytest.raises(SilentError, match="no speaker"):
        play_for(output, 3)
    output.abort()

    server.plug()
    again = PacatOutput()
    again.open()
    again.write(BLOCK)
    again.close()


def test_pipewires_dummy_is_told_from_a_speaker_too(own_server: Callable[[str], object]):
    own_server("pipewire")
    output = PacatOutput()
    output.open()
    (speaker,) = json.loads(answer("pactl", "--format=json", "list", "sinks"))

    answer("pw-cli", "destroy", speaker["properties"]["object.id"])

    with pytest.raises(SilentError, match="no speaker"):
        play_for(output, 3)
    output.abort()


def test_it_plays_on_where_another_speaker_is_left(server: NullSink):
    server.pactl("load-module", "module-rescue-streams")
    server.pactl("load-module", "module-null-sink", "sink_name=other")
    output = PacatOutput()
    output.open()
    play_for(output, 0.3)

    modules = server.pactl("list", "short", "modules").splitlines()
    server.pactl("unload-module", next(line.split()[0] for line in modules if "sink_name=cap" in line))
    play_for(output, 1)
    output.close()


def test_where_no_server_answers_that_is_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'none'}")

    with pytest.raises(OutputError, match="pacat ended") as refused:
        PacatOutput().open()

    assert not isinstance(refused.value, SilentError)


def test_of_the_sinks_of_a_server_those_are_heard_that_are_not_its_dummy():
    assert heard_sinks(
        ["0\tauto_null\tmodule-null-sink.c\ts16le", "1\talsa_output.usb\tmodule-alsa-card.c\ts16le"]
    ) == ["alsa_output.usb"]
    assert heard_sinks(["", "what is this"]) == []
