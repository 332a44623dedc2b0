"""How a phone sounds, and what is done where it does not."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from emulated_phone import Phone
from needs import needs_command

from voiceguide.errors import OutputError
from voiceguide.outputs import termux
from voiceguide.outputs.output import Output
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
from voiceguide.units import frames

pytestmark = [needs_command("espeak-ng", "ffmpeg"), pytest.mark.usefixtures("short")]

LENGTH_S = 60


@pytest.fixture
def impatient(here: Phone, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Give the same, and wait for nothing for long."""
    monkeypatch.setattr(termux, "_LIMIT_S", 1.5)
    monkeypatch.setattr(termux, "_START_LIMIT_S", 1.5)
    return here


def asked(phone: Phone) -> list[str]:
    return [" ".join([each.name, *each.words[:2]]) for each in phone.calls() if each.name in ("pulseaudio", "pactl")]


def played(output: Output, blocks: int = 200) -> None:
    output.open()
    for _ in range(blocks):
        output.write(np.zeros((960, 2), np.int16))


# --- speech ---


def test_the_voice_is_the_program_of_espeak(phone: Phone):
    done = phone.run("python", "-c", "from voiceguide.speech.espeak import *; print(find_espeak().__class__.__name__)")

    assert done.stdout == "EspeakProgram\n"


def test_the_systems_own_voice_is_never_asked(phone: Phone):
    done = phone.run("voiceguide", "doctor")

    assert done.returncode == 0, done.stderr
    assert "Android has no such voices" in done.stdout
    assert "miniaudio" not in done.stdout


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux tells")
def test_however_many_cores_there_are_one_speaks_at_a_time(here: Phone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))

    assert EspeakEngine(VoiceRequest()).at_once == 1


# --- PulseAudio ---


def test_a_session_starts_the_sound_server_and_is_heard_whole(phone: Phone):
    done = phone.run("voiceguide", "play", "./short.yaml", "--minutes", "1")

    assert done.returncode == 0, done.stderr
    assert "The end" in done.stderr
    assert asked(phone) == [
        "pulseaudio --check", "pulseaudio --kill", "pulseaudio --start --exit-idle-time=-1",
        "pactl list short", "pactl load-module module-aaudio-sink", "pactl list short",
    ]  # fmt: skip
    assert len(phone.heard()) >= frames(LENGTH_S * 1000)
    assert np.abs(phone.heard()).max() > 3000


def test_a_server_that_runs_and_sounds_is_left_alone(here: Phone):
    termux._serve()
    before = len(asked(here))

    termux._serve()

    assert asked(here)[before:] == ["pulseaudio --check", "pactl list short", "pactl list short"]


def test_where_the_better_sink_is_unknown_the_older_one_is_taken(here: Phone):
    here.modules("module-sles-sink")

    termux._serve()

    assert (here.state / "pulse" / "sinks").read_text() == "sles-sink\n"


def test_a_pulseaudio_that_reaches_nothing_is_told_with_what_to_do(here: Phone):
    here.modules("none")

    with pytest.raises(OutputError, match="pkg upgrade"):
        termux._serve()


@pytest.mark.parametrize("mood", ["hangs", "rubbish", "missing"])
@pytest.mark.parametrize("program", ["pulseaudio", "pactl", "pacat"])
def test_whatever_part_of_it_is_not_well_it_is_told_soon(impatient: Phone, program: str, mood: str):
    impatient.mood(program, mood)
    output = termux.PulseAudioOutput()
    start = time.monotonic()

    with pytest.raises(OutputError) as error:
        played(output)

    output.abort()
    assert error.value.hint
    assert time.monotonic() - start < 20


def test_a_server_that_hangs_is_ended_and_started_anew(impatient: Phone):
    termux._serve()
    before = len(asked(impatient))
    impatient.mood("pactl", "hangs", "works")

    termux._serve()

    assert asked(impatient)[before : before + 4] == [
        "pulseaudio --check", "pactl list short", "pulseaudio --kill", "pulseaudio --start --exit-idle-time=-1",
    ]  # fmt: skip


def test_a_server_of_the_persons_own_choice_is_taken_as_it_is(here: Phone, monkeypatch: pytest.MonkeyPatch):
    (here.state / "pulse").mkdir()
    monkeypatch.setenv("PULSE_SERVER", "192.0.2.1")

    output = termux.pacat()
    output.open()
    output.abort()

    assert asked(here) == []


@pytest.mark.parametrize("mood", ["dies 8", "blocks 8"])
def test_a_player_that_goes_away_is_waited_for_and_the_session_goes_on(phone: Phone, mood: str):
    phone.mood("pacat", mood, "works")

    done = phone.run("voiceguide", "play", "./short.yaml", "--minutes", "1")

    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the sound device went away") == 1
    assert "The end" in done.stderr
    assert len(phone.calls("pacat")) == 2
    assert len(phone.heard()) >= frames(LENGTH_S * 1000)


@needs_command("pulseaudio", "pactl", "pacat")
def test_a_real_server_is_started_and_given_a_sink(here: Phone):
    here.real_sound()
    output = termux.pacat()

    played(output, 20)
    output.close()

    assert termux._sinks() == ["AAudio_sink"]


@needs_command("pulseaudio", "pactl", "pacat")
def test_a_real_server_that_hangs_is_ended_and_started_anew(impatient: Phone):
    impatient.real_sound()
    termux._serve()
    file = impatient.prefix / "tmp" / "pulse" / "pid"
    hung = int(file.read_text())
    os.kill(hung, signal.SIGSTOP)

    termux._serve()

    assert int(file.read_text()) != hung
    assert termux._server(file)
    assert termux._sinks() == ["AAudio_sink"]
    assert not Path(f"/proc/{hung}/cmdline").exists() or not Path(f"/proc/{hung}/cmdline").read_bytes()


@pytest.mark.parametrize("where", ["tmp/pulse-x/pid", "../home/.config/pulse/machine-runtime/pid"])
def test_a_process_that_is_no_server_is_left_alone_wherever_it_is_told_of(
    here: Phone, monkeypatch: pytest.MonkeyPatch, where: str
):
    monkeypatch.delenv("PULSE_RUNTIME_PATH")
    file = (here.prefix / where).resolve()
    file.parent.mkdir(parents=True)
    other = here.start("sleep", "60")
    file.write_text(f"{other.pid}\n")

    termux._kill()

    assert list(termux._pid_files()) == [file]
    assert other.poll() is None


def test_what_a_question_to_the_server_has_started_is_ended_with_it(impatient: Phone):
    impatient.mood("pactl", "hangs")

    assert termux._sinks() is None

    impatient.until(lambda: not impatient.left())
