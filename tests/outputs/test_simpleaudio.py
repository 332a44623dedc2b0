"""What only simpleaudio's output promises; `test_contract` has the rest."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from needs import needs_module

from voiceguide.errors import OutputError
from voiceguide.outputs import registry
from voiceguide.outputs.simpleaudio import LAST_PYTHON, SimpleaudioOutput

fits = pytest.mark.skipif(sys.version_info[:2] > LAST_PYTHON, reason="simpleaudio is refused from Python 3.12 on")


@pytest.mark.parametrize("version", [(3, 12, 0), (3, 14, 1)])
def test_on_a_python_on_which_it_crashes_it_is_refused_with_the_reason(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)

    with pytest.raises(OutputError) as error:
        registry.open_device("simpleaudio")

    assert "crashes on Python 3.12" in error.value.hint
    assert "--output miniaudio" in error.value.hint


def test_on_android_it_is_refused_with_what_to_take(monkeypatch):
    monkeypatch.setattr(sys, "platform", "android")

    assert "--output pacat" in SimpleaudioOutput().missing()


@fits
def test_where_it_is_not_installed_one_is_told_how(monkeypatch):
    monkeypatch.setitem(sys.modules, "simpleaudio", None)

    assert "pip install simpleaudio" in SimpleaudioOutput().missing()


def test_nobody_gets_it_who_has_not_asked_for_it(no_server):
    with pytest.raises(OutputError) as error:
        registry.open_device()

    assert "simpleaudio" not in error.value.message


@fits
@needs_module("simpleaudio")
def test_what_was_heard_costs_no_memory(ear_at, tmp_path):
    ear_at("pulseaudio")
    sound = tmp_path / "noise"
    # Faster than it is heard: the player itself must not take it all.
    sound.write_bytes(bytes(48_000 * 4 * 60))
    with sound.open("rb") as pipe:
        player = subprocess.Popen([sys.executable, "-m", "voiceguide.outputs.simpleaudio_player"], stdin=pipe)
    try:
        time.sleep(2)
        early_kb = resident_kb(player.pid)
        time.sleep(8)
        late_kb = resident_kb(player.pid)
        kept_by_all = shared(player.pid)
    finally:
        player.kill()
        player.wait()

    # Eight seconds are 1,500 kB.
    assert late_kb - early_kb < 800
    # What is given back of shared memory is still there, only not of this program.
    assert not kept_by_all


def shared(pid: int) -> list[str]:
    """Return the mappings of over 100 MB that several programs could share."""
    lines = [line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    sizes = {" ".join(words): int(words[0].split("-")[1], 16) - int(words[0].split("-")[0], 16) for words in lines}
    return [name for name, size in sizes.items() if "s" in name.split()[1] and size > 100e6]


def resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError("it has ended")
