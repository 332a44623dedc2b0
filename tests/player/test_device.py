import threading
import time
from pathlib import Path

import numpy as np
import pytest
from live_parts import GONE, Fragile, Sockets, plugged
from needs import needs_command
from null_sink import pulse_env, pulseaudio

from voiceguide.outputs.memory import MemoryOutput
from voiceguide.outputs.registry import open_device
from voiceguide.player.device import RETRY_S, Device

BLOCK = np.ones((960, 2), np.int16)


def until(true, within_s: float = 10.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_device_that_was_never_there_is_taken_when_it_comes():
    device = Device(Sockets(GONE, output := Fragile(9)))

    assert device.lost
    assert not device.write(BLOCK)
    until(device.look)
    assert device.write(BLOCK)
    assert len(output.frames) == len(BLOCK)


def test_whatever_a_look_for_a_device_meets_it_is_looked_for_again():
    looks = iter([OSError(24, "Too many open files"), Fragile(9)])

    def find() -> Fragile:
        found = next(looks)
        if isinstance(found, OSError):
            raise found
        found.open()
        return found

    device = Device(find)

    until(device.look)
    assert device.write(BLOCK)


def test_a_device_that_goes_away_is_let_go_and_the_next_one_taken():
    first, second = Fragile(2), Fragile(5)
    device = plugged(first, second)

    assert [device.write(BLOCK) for _ in range(4)] == [True, True, False, False]
    assert device.lost
    until(device.look)
    assert device.write(BLOCK)
    assert first.aborted
    assert not device.lost
    assert len(second.frames) == len(BLOCK)


def test_it_is_looked_for_twice_a_second():
    sockets = Sockets(Fragile(0), GONE, GONE, GONE, Fragile(1))
    device = Device(sockets, sockets())
    device.write(BLOCK)

    until(device.look)

    apart = np.diff(sockets.looks_s[1:])
    assert len(apart) == 3
    assert all(RETRY_S <= each < RETRY_S + 1 for each in apart)


def test_one_that_only_seems_to_be_there_is_not_tried_in_a_hurry():
    sockets = Sockets(Fragile(1), *[Fragile(0) for _ in range(3)], Fragile(1))
    device = Device(sockets, sockets())
    device.write(BLOCK)

    for _ in range(4):
        until(lambda: device.look() and not device.write(BLOCK))
    until(device.look)

    assert device.write(BLOCK)
    assert np.all(np.diff(sockets.looks_s[2:]) >= RETRY_S)


def test_one_that_is_found_when_nobody_waits_any_more_is_let_go():
    late, come = Fragile(9), threading.Event()

    def find() -> MemoryOutput:
        come.wait(10)
        late.open()
        return late

    opened = Fragile(0)
    opened.open()
    with Device(find, opened) as device:
        device.write(BLOCK)
    come.set()

    until(lambda: late.aborted)


def test_an_end_plays_out_and_so_does_an_interruption_and_an_error_breaks_off():
    with plugged(whole := Fragile(9)) as device:
        device.write(BLOCK)
    with pytest.raises(KeyboardInterrupt), plugged(fading := Fragile(9)):
        raise KeyboardInterrupt
    with pytest.raises(KeyError), plugged(broken := Fragile(9)) as device:
        raise KeyError

    assert len(whole.frames) == len(BLOCK)
    assert whole.finished
    assert fading.finished
    assert broken.aborted
    assert not broken.finished


@needs_command("pulseaudio", "pactl")
@pytest.mark.parametrize("name", ["miniaudio", "pacat"])
def test_a_sound_server_that_dies_and_comes_back_is_played_on_within_three_seconds(name, tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    for variable, value in pulse_env(tmp_path).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")

    with pulseaudio(tmp_path):
        device = Device(lambda: open_device(name), open_device(name))
        for _ in range(20):
            assert device.write(BLOCK)
    with device:
        until(lambda: not device.write(BLOCK), 4)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(30):
            assert not device.look()
            time.sleep(0.05)
        with pulseaudio(tmp_path):
            back = time.monotonic()
            until(device.look)
            assert time.monotonic() - back < 3
            assert all(device.write(BLOCK) for _ in range(20))
            assert len(list(Path("/proc/self/fd").iterdir())) <= before + 8
