"""How a phone sounds, and what is done where it does not."""

import os
import signal
import subprocess
import time
from pathlib import Path
from queue import Empty
from types import SimpleNamespace

import numpy as np
import pytest
from emulated_phone import Phone
from live_parts import chapters, chime, mix_of, speech
from needs import needs_command

from voiceguide.errors import OutputError, TargetError
from voiceguide.guide import handing
from voiceguide.guide.file_players import MediaPlayer, PlayAudio
from voiceguide.guide.handing import Handing
from voiceguide.outputs import termux
from voiceguide.outputs.output import Output
from voiceguide.player.commands import Command, Verb
from voiceguide.player.status import Status
from voiceguide.scheduler.timeline import Timeline
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
from voiceguide.units import frames

pytestmark = needs_command("espeak-ng", "ffmpeg")

SHORT = """\
format: 1
title: Short
sections:
  - title: All
    steps:
      - {title: Glide, say: Glide up., time: 12-60 s}
      - {title: Press, say: Press here., hold: 5 s, repeat: 2}
"""
LENGTH_S = 60


@pytest.fixture
def phone(phone: Phone) -> Phone:
    (phone.home / "short.yaml").write_text(SHORT, "utf-8")
    return phone


@pytest.fixture
def here(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Give a phone that this process runs on, too."""
    for name in os.environ.keys() - phone.env.keys():
        if not name.startswith("PYTEST"):
            monkeypatch.delenv(name)
    for name, value in phone.env.items():
        monkeypatch.setenv(name, value)
    return phone


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


# --- without it ---


def test_without_a_server_the_session_is_given_to_a_player_and_a_stop_ends_it(phone: Phone):
    phone.modules("none")
    phone.mood("play-audio", "works 60")
    playing = phone.start("voiceguide", "play", "./short.yaml")
    phone.until(lambda: phone.calls("play-audio"))
    (player,) = phone.calls("play-audio")
    file = Path(player.words[0])
    assert file.stat().st_size > 100_000
    assert file.is_relative_to(phone.home / ".cache")
    phone.until(phone.shown)
    assert list(phone.shown()["buttons"]) == ["Stop"]

    pressed(phone.shown()["buttons"]["Stop"])

    _, told = playing.communicate(timeout=60)
    assert playing.returncode == 0, told
    assert told.count("pkg upgrade") == told.count("q just ends it") == 1
    assert not file.parent.exists()
    assert not Path(f"/proc/{player.pid}").exists()


def has_buttons(phone: Phone, *labels: str) -> bool:
    return tuple((phone.shown() or {"buttons": ()})["buttons"]) == labels


def pressed(line: str) -> None:
    """Press a button as Android does: its line in a bare shell."""
    subprocess.run(["/bin/sh", "-c", line], env={}, cwd="/", check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("player", ["play-audio", "termux-media-player"])
def test_what_plays_on_of_a_session_that_was_killed_is_ended_by_the_next_start(phone: Phone, player: str):
    phone.modules("none")
    phone.mood("play-audio", "works 60" if player == "play-audio" else "rubbish")
    playing = phone.start("voiceguide", "play", "./short.yaml")
    phone.until(lambda: phone.calls(player) and phone.shown())
    file = Path(phone.calls(player)[0].words[-1])
    playing.kill()
    playing.wait()
    assert file.exists()

    done = phone.run("voiceguide", "play", "./short.yaml", "--voice", "piper:nobody")

    assert done.returncode == 5, done.stderr
    assert not file.exists()
    phone.until(lambda: not phone.left())
    assert not (phone.state / "media-player" / "playing").exists()


def test_where_nothing_plays_it_is_refused_with_what_to_do(phone: Phone):
    phone.modules("none")
    for name in ("play-audio", "termux-media-player", "pacat"):
        phone.mood(name, "missing")

    done = phone.run("voiceguide", "play", "./short.yaml")

    assert done.returncode == 6
    assert "voiceguide export" in done.stderr


def test_where_only_the_sound_server_may_play_some_day_it_is_waited_for_and_told_what_to_do(phone: Phone):
    phone.modules("none")
    for name in ("play-audio", "termux-media-player"):
        phone.mood(name, "missing")
    playing = phone.start("voiceguide", "play", "./short.yaml")
    phone.until(lambda: phone.calls("termux-notification"))

    phone.run("voiceguide", "ctl", "stop")

    _, told = playing.communicate(timeout=60)
    assert "waits for one" in told
    assert "pkg upgrade" in told


def test_a_player_that_does_not_play_is_followed_by_the_next(phone: Phone):
    phone.modules("none")
    phone.mood("play-audio", "rubbish")
    playing = phone.start("voiceguide", "play", "./short.yaml")
    phone.until(lambda: has_buttons(phone, "Pause", "Stop"))

    pressed(phone.shown()["buttons"]["Pause"])
    phone.until((phone.state / "media-player" / "paused").exists)
    phone.until(lambda: has_buttons(phone, "Go on", "Stop"))
    pressed(phone.shown()["buttons"]["Go on"])
    phone.until((phone.state / "media-player" / "playing").exists)
    phone.until(lambda: has_buttons(phone, "Pause", "Stop"))
    pressed(phone.shown()["buttons"]["Stop"])

    assert playing.wait(60) == 0
    words = [each.words for each in phone.calls("termux-media-player")]
    assert words[1:] == [["pause"], ["play"], ["stop"]]
    assert not Path(words[0][1]).exists()
    assert not (phone.state / "media-player" / "playing").exists()


@pytest.mark.parametrize("mood", ["hangs", "rubbish", "missing"])
def test_androids_player_that_does_not_say_that_it_plays_does_not(here: Phone, monkeypatch: pytest.MonkeyPatch, mood):
    monkeypatch.setattr("voiceguide.termux.call.LIMIT_S", 1.5)
    player = MediaPlayer()
    file = here.home / "session.wav"
    file.touch()
    assert player.play(file)
    here.mood("termux-media-player", mood)

    assert not player.play(file)

    here.mood("play-audio", "missing")
    assert not PlayAudio().play(file)


class Waited:
    """Commands, and a clock that goes on only while somebody waits for one."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.at_s: dict[float, Command] = {}
        self._commands: list[Command] = []

    def monotonic(self) -> float:
        return self.now_s

    def put(self, command: Command) -> None:
        self._commands.append(command)

    def get(self, *, block: bool, timeout: float) -> Command:
        if not self._commands and block:
            self.now_s = round(self.now_s + timeout, 3)
            self._commands = [self.at_s.pop(each) for each in sorted(self.at_s) if each <= self.now_s]
        if not self._commands:
            raise Empty
        return self._commands.pop(0)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Waited:
    made = Waited()
    monkeypatch.setattr(handing, "time", made)
    monkeypatch.setattr(handing, "_TAIL_MS", 0)
    return made


class Instant:
    """A player that plays for ever."""

    name = "instant"
    obeys = (Verb.TOGGLE, Verb.HOLD, Verb.RESUME, Verb.STOP)

    def __init__(
        self, waited: Waited, *, plays: bool = True, ended: bool = False, ends_after_s: float | None = None
    ) -> None:
        self._waited = waited
        self.plays, self._ended, self._ends_after_s = plays, ended, ends_after_s
        self.log: list[str] = []
        self.sizes: list[int] = []

    def play(self, file: Path) -> bool:
        self._began_s = self._waited.now_s
        self.sizes.append(file.stat().st_size)
        self.log.append(f"play {file.suffix} {file.exists()}")
        return self.plays

    def ended(self) -> bool:
        if self._ends_after_s is not None:
            return self._waited.now_s - self._began_s > self._ends_after_s
        return self._ended

    def pause(self) -> bool:
        self.log.append("pause")
        return True

    def go_on(self) -> bool:
        self.log.append("go on")
        return True

    def stop(self) -> None:
        self.log.append("stop")


BRIEF = Timeline(
    length_ms=1_200, cues=(chime(0), speech(100, 300), speech(500, 300)), chapters=chapters(0, 400, 800, 1_200)
)


def handed(waited: Waited, *players: Instant) -> tuple[list[Status], list[str]]:
    told: list[Status] = []
    said: list[str] = []
    Handing(mix_of(BRIEF), "Brief", waited, told.append, said.append).perform(*players)
    return told, said


def test_a_session_out_of_hand_is_told_by_the_clock_and_said_at_its_moments(waited: Waited):
    player = Instant(waited)

    told, said = handed(waited, Instant(waited, plays=False), player)

    assert waited.now_s == 1.2
    assert player.log == ["play .flac True", "stop"]
    assert [each.position_ms for each in told] == list(range(0, 1_200, 100))
    assert {each.title for each in told} == {"0", "400", "800"}
    assert {each.obeys for each in told} == {("toggle", "hold", "resume", "stop")}
    assert said == ["words", "words"]


@pytest.mark.parametrize(("hold", "go_on"), [("toggle", "toggle"), ("hold", "resume")])
def test_one_whose_player_can_be_paused_goes_on_where_it_stood(waited: Waited, hold: str, go_on: str):
    waited.at_s = {0.3: Command(Verb(hold)), 5.3: Command(Verb(go_on))}
    player = Instant(waited)

    told, said = handed(waited, player)

    assert waited.now_s == 6.2
    assert player.log[1:] == ["pause", "go on", "stop"]
    assert {each.position_ms for each in told if each.paused} == {300}
    assert said == ["words", "words"]


@pytest.mark.parametrize("verb", [Verb.TOGGLE, Verb.HOLD, Verb.NEXT])
def test_one_whose_player_can_only_be_ended_plays_on(waited: Waited, verb: Verb):
    waited.at_s = {0.3: Command(verb)}
    player = Instant(waited)
    player.obeys = PlayAudio.obeys

    told, _ = handed(waited, player)

    assert waited.now_s == 1.2
    assert player.log[1:] == ["stop"]
    assert not any(each.paused for each in told)


def test_a_player_that_does_not_pause_is_no_session_that_stands(waited: Waited, caplog: pytest.LogCaptureFixture):
    waited.at_s = {0.3: Command(Verb.HOLD)}
    player = Instant(waited)
    player.pause = lambda: False

    told, _ = handed(waited, player)

    assert waited.now_s == 1.2
    assert not any(each.paused for each in told)
    assert "did not do that" in caplog.text


def test_one_that_is_resumed_begins_where_it_was_interrupted(waited: Waited):
    waited.put(Command(Verb.JUMP, 1))

    told, said = handed(waited, Instant(waited))

    assert told[0].position_ms == 400
    assert said == ["words"]


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.guide.handing.shutil.which", lambda _: None)


@pytest.mark.usefixtures("no_ffmpeg")
def test_a_player_that_ends_in_the_middle_is_followed_by_the_next_from_there(waited: Waited):
    first, second = Instant(waited, ends_after_s=0.8), Instant(waited)

    told, said = handed(waited, first, second)

    assert 1.2 <= waited.now_s <= 1.4
    assert 0 < second.sizes[0] < 0.5 * first.sizes[0]
    assert [each.position_ms for each in told] == sorted(each.position_ms for each in told)
    assert said == ["words", "words"]


@pytest.mark.usefixtures("no_ffmpeg")
def test_where_the_last_player_ends_in_the_middle_it_is_told_how_to_go_on(waited: Waited):
    with pytest.raises(OutputError, match="as far as") as error:
        handed(waited, Instant(waited, ends_after_s=0.8), Instant(waited, plays=False))

    assert "--resume" in error.value.hint


def test_one_that_nobody_plays_is_an_error(waited: Waited):
    gone = Instant(waited, ended=True)

    with pytest.raises(OutputError, match="none of"):
        handed(waited, gone)

    assert gone.log[-1] == "stop"


def test_a_stop_that_comes_early_makes_no_file(waited: Waited):
    player = Instant(waited)
    waited.put(Command(Verb.STOP))

    handed(waited, player)

    assert player.log == []


def test_a_phone_without_room_says_so_before_the_work(waited: Waited, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000))

    with pytest.raises(TargetError, match="room") as error:
        handed(waited, Instant(waited))

    assert error.value.hint
