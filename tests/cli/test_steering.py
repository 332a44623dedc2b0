"""Sessions that are steered, interrupted and resumed, by the real command, into a real sound server."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command import VOICEGUIDE, assert_refused, voiceguide
from needs import needs_module
from null_sink import null_sink_server, pulse_env, pulseaudio
from playing import Playing

from voiceguide import paths

pytestmark = needs_module("espeakng_loader")

WALK = """\
format: 1
title: Walk
sections:
  - title: All
    steps:
      - {title: Glide, say: Glide up., time: 20-60 s}
      - {title: Press, say: Press here., time: 20-60 s}
      - {title: Circle, say: Circle here., time: 20-60 s}
      - {title: Rest, say: Rest., time: 20-60 s}
"""
MINUTES = ("./walk.yaml", "--minutes", "3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "walk.yaml").write_text(WALK, "utf-8")
    return tmp_path


def begun(session: Playing) -> Playing:
    """Let a session come to its steps, past the words of its opening."""
    if session.until(lambda status: True)["step"] == 0:
        session.ctl("next")
    session.until(lambda status: status["step"] >= 1)
    return session


def progress_file() -> Path:
    paths._dirs.cache_clear()
    return paths.state_folder() / "progress.json"


def wait_for_progress(as_it_should_be: Callable[[dict[str, Any]], bool]) -> None:
    end_s = time.monotonic() + 10
    while not (progress_file().exists() and as_it_should_be(json.loads(progress_file().read_bytes()))):
        assert time.monotonic() < end_s
        time.sleep(0.02)


def interrupted_at(folder: Path, env: dict[str, str], step: int, *words: str) -> None:
    """Let a power cut end a session at a step."""
    with Playing(folder, env, *MINUTES, *words) as session:
        begun(session).ctl(f"jump {step}")
        session.until(lambda status: status["step"] == step)
        wait_for_progress(lambda kept: kept["step"] == step)
        session.kill()


def test_another_window_steers_the_session_and_ends_it(folder, null_sink):
    def ctl(*words: str) -> subprocess.CompletedProcess[str]:
        return voiceguide("ctl", *words, env=null_sink.env)

    with Playing(folder, null_sink.env, *MINUTES) as session:
        begun(session)

        assert ctl("jump", "3").returncode == 0
        session.until(lambda status: status["step"] == 3)
        assert ctl("hold").returncode == 0
        session.until(lambda status: status["held"])
        assert "3/4 Circle: held" in ctl("status").stdout
        assert json.loads(ctl("status", "--json").stdout)["title"] == "Circle"
        assert_refused(ctl("nxet"), 2, "'nxet'", "next")
        assert ctl("stop").returncode == 0
        assert session.wait(20) == 0

    assert not progress_file().exists()
    assert_refused(ctl("next"), 10, "no session is running", "voiceguide play")


def test_a_second_session_is_told_what_runs_and_how_to_steer_it(folder, null_sink):
    with Playing(folder, null_sink.env, *MINUTES) as session:
        begun(session)

        second = voiceguide("play", *MINUTES, cwd=folder, env=null_sink.env)

        assert_refused(second, 10, "a session is running already: Walk", "voiceguide ctl")
        assert session.alive


def test_what_a_power_cut_ended_goes_on_at_its_step(folder, null_sink):
    interrupted_at(folder, null_sink.env, 3)

    with Playing(folder, null_sink.env, "--resume") as session:
        resumed = begun(session).status()

    assert (resumed["step"], resumed["title"]) == (3, "Circle")
    assert resumed["position_ms"] - resumed["step_start_ms"] < 3_000
    assert len(resumed["steps"]) == 4


def test_a_routine_that_has_changed_goes_on_at_the_step_most_like_it_and_says_so(folder, null_sink):
    interrupted_at(folder, null_sink.env, 3)
    more = "    steps:\n      - {title: Warm up, say: Warm your hands., time: 20-60 s}\n"
    (folder / "walk.yaml").write_text(WALK.replace("    steps:\n", more), "utf-8")

    with Playing(folder, null_sink.env, "--resume") as session:
        resumed = begun(session).status()
        said = session.said()

    assert (resumed["step"], resumed["title"]) == (4, "Circle")
    assert "the routine has changed since: after 'Circle' the session goes on with step 4, 'Circle'" in said


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "damaged"),
        (b'{"version": 1, "rou', "damaged"),
        (b"\x00" * 4096, "damaged"),
        (b'{"version": 99}', "another version"),
        (b'{"version": 1, "routine": "walk", "content": "", "options": {"rate_wpm": "fast"}}', "cannot be used"),
    ],
)
def test_what_was_kept_and_cannot_be_used_is_told(content, error, folder):
    progress_file().parent.mkdir(parents=True, exist_ok=True)
    progress_file().write_bytes(content)

    assert_refused(voiceguide("play", "--resume", cwd=folder), 10, error, "voiceguide play ROUTINE")
    assert progress_file().read_bytes() == content


def test_where_nothing_was_interrupted_there_is_nothing_to_resume(folder):
    assert_refused(voiceguide("play", "--resume", cwd=folder), 10, "no session to resume", "voiceguide play ROUTINE")


def test_the_routine_of_an_interrupted_session_may_be_gone(folder, null_sink):
    interrupted_at(folder, null_sink.env, 2)
    (folder / "walk.yaml").unlink()

    done = voiceguide("play", "--resume", cwd=folder, env=null_sink.env)

    assert_refused(done, 3, "walk.yaml", "voiceguide list")


def test_an_end_that_was_an_hour_ago_is_no_end_to_play_until(folder):
    past = (datetime.now().astimezone() - timedelta(hours=1)).strftime("%H:%M")

    done = voiceguide("play", "./walk.yaml", "--until", past, cwd=folder)

    assert_refused(done, 4, "has passed", "the next 12 hours")


def test_quiet_is_quiet(folder, null_sink):
    with Playing(folder, null_sink.env, *MINUTES, "--quiet") as session:
        begun(session).ctl("stop")
        assert session.wait(20) == 0

        assert session.said() == ""


def test_where_the_output_is_no_terminal_there_is_a_plain_line_a_step(folder, null_sink):
    with Playing(folder, null_sink.env, *MINUTES) as session:
        begun(session).ctl("next")
        session.until(lambda status: status["step"] == 2)
        session.ctl("stop")
        assert session.wait(20) == 0

        lines = session.said().splitlines()

    assert [line.split()[1] for line in lines if "next:" in line][-2:] == ["Glide", "Press"]
    assert "\r" not in session.said()
    assert "\x1b" not in session.said()


def test_a_terminal_that_goes_away_takes_nothing_along(folder, null_sink):
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [*VOICEGUIDE, "play", *MINUTES, "--voice", "espeak"],
        cwd=folder, env=null_sink.env | {name: os.environ[name] for name in ("HOME", "XDG_STATE_HOME")},
        stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    try:
        end_s = time.monotonic() + 20
        while "4" not in voiceguide("ctl", "status", env=null_sink.env).stdout:
            assert time.monotonic() < end_s

        os.close(controller)

        time.sleep(1)
        assert voiceguide("ctl", "next", env=null_sink.env).returncode == 0
        assert process.poll() is None
        assert voiceguide("ctl", "stop", env=null_sink.env).returncode == 0
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(5)


def test_a_session_that_is_killed_in_its_opening_begins_anew_and_not_the_one_before(folder, null_sink):
    interrupted_at(folder, null_sink.env, 3)
    (folder / "new.yaml").write_text(WALK.replace("title: Walk", "title: New"), "utf-8")
    with Playing(folder, null_sink.env, "./new.yaml", "--minutes", "3") as session:
        session.until(lambda status: status["step"] == 0)
        wait_for_progress(lambda kept: kept["routine"].endswith("new.yaml"))
        session.kill()

    with Playing(folder, null_sink.env, "--resume") as session:
        resumed = session.until(lambda status: True)

    assert (resumed["session_title"], resumed["step"]) == ("New", 0)


def test_a_session_that_is_killed_again_while_it_is_resumed_is_still_at_its_step(folder, null_sink):
    interrupted_at(folder, null_sink.env, 3)
    for _ in range(2):
        with Playing(folder, null_sink.env, "--resume") as session:
            time.sleep(0.7)
            session.kill()

    assert json.loads(progress_file().read_bytes())["step"] == 3


def test_it_goes_on_from_any_folder_and_with_other_music_where_its_own_is_gone(folder, null_sink):
    (folder / "music").mkdir()
    (folder / "music" / "calm.ogg").symlink_to(paths.bundled_sounds() / "ambience" / "rain.ogg")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    interrupted_at(folder, null_sink.env, 2, "--music", "music")

    with Playing(elsewhere, null_sink.env, "--resume") as session:
        assert begun(session).status()["step"] == 2
    (folder / "music" / "calm.ogg").unlink()
    refused = voiceguide("play", "--resume", cwd=elsewhere, env=null_sink.env)
    with Playing(elsewhere, null_sink.env, "--resume", "--music", "none") as session:
        assert begun(session).status()["step"] == 2

    assert_refused(refused, 8, "music", "tracks end in")


@pytest.mark.parametrize("words", [("--minutes", "9"), ("--voice", "flite"), ("--until", "03:00"), ("--keep-end",)])
def test_a_session_goes_on_as_it_was_begun_and_other_wishes_are_refused(folder, words):
    done = voiceguide("play", "--resume", *words, cwd=folder)

    assert done.returncode == 2
    assert f"{words[0]} cannot be given with --resume" in done.stderr


def test_a_session_waits_for_a_sound_device_that_was_never_there(folder, tmp_path):
    sound = tmp_path / "sound"
    sound.mkdir(mode=0o700)
    env = pulse_env(sound) | {"ALSA_CONFIG_PATH": "/dev/null"}
    with Playing(folder, env, *MINUTES, "--output", "miniaudio") as session:
        end_s = time.monotonic() + 20
        while "waits for one" not in session.said():
            assert session.alive
            assert time.monotonic() < end_s
            time.sleep(0.05)
        with pulseaudio(sound):
            back_s = time.monotonic()
            status = session.until(lambda status: not status["device_lost"] and status["position_ms"] > 0)
            assert time.monotonic() - back_s < 4
    assert status["step"] == 0


def test_a_session_waits_for_a_speaker_whose_server_lives_on(folder, tmp_path_factory):
    # Its own: others play on the shared one.
    with (
        null_sink_server(tmp_path_factory.mktemp("sound")) as sink,
        Playing(folder, sink.env, *MINUTES, "--output", "pacat") as session,
    ):
        step = begun(session).status()["step"]
        sink.unplug()
        session.until(lambda status: status["device_lost"], within_s=3)
        sink.plug()
        status = session.until(lambda status: not status["device_lost"], within_s=4)

    assert status["step"] == step
    assert "the sound server has no speaker" in session.said()


def test_without_a_device_a_session_can_be_ended(folder, tmp_path):
    sound = tmp_path / "sound"
    sound.mkdir(mode=0o700)
    with Playing(folder, pulse_env(sound) | {"ALSA_CONFIG_PATH": "/dev/null"}, *MINUTES) as session:
        session.until(lambda status: status["device_lost"])
        session.ctl("stop")

        assert session.wait(10) == 0


@pytest.fixture
def hung_device(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a player that takes no sound, before all others, and return where it notes its process."""
    noted = folder / "pids"
    player = folder / "bin" / "pacat"
    player.parent.mkdir()
    player.write_text(f'#!/bin/sh\necho $$ >>"{noted}"\nexec sleep 60\n', "utf-8")
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(player.parent), prepend=os.pathsep)
    return noted


def is_running(noted: Path) -> bool:
    return any(Path(f"/proc/{pid}").exists() for pid in noted.read_text("utf-8").split())


def while_it_is_opened(session: Playing, noted: Path) -> None:
    end_s = time.monotonic() + 20
    while not (noted.exists() and noted.read_text("utf-8")):
        assert session.alive, session.said()
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_a_stop_is_obeyed_while_the_device_is_still_being_opened(folder, hung_device):
    with Playing(folder, dict(os.environ), *MINUTES, "--output", "pacat") as session:
        while_it_is_opened(session, hung_device)
        session.ctl("stop")

        assert session.wait(20) == 0

        assert "waits" not in session.said()
    assert not is_running(hung_device)


def test_ctrl_c_while_the_device_is_still_being_opened_leaves_nothing_running(folder, hung_device):
    with Playing(folder, dict(os.environ), *MINUTES, "--output", "pacat") as session:
        while_it_is_opened(session, hung_device)
        session.end()

        assert session.wait(20) == 130
        assert "Traceback" not in session.said()
    assert not is_running(hung_device)


def test_a_session_that_is_refused_opens_no_device(folder, hung_device, null_sink, monkeypatch):
    with Playing(folder, null_sink.env, *MINUTES, "--output", "miniaudio") as session:
        session.until(lambda status: True)

        second = voiceguide("play", *MINUTES, cwd=folder, env=dict(os.environ))

    assert_refused(second, 10, "a session is running already", "voiceguide ctl")
    assert not hung_device.exists()
