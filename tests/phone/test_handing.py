"""What is done on a phone where no sound device opens: a session that another program plays."""

from pathlib import Path

import pytest
from emulated_phone import Phone, press
from needs import needs_command

from voiceguide.guide.file_players import MediaPlayer, PlayAudio

pytestmark = [needs_command("espeak-ng", "ffmpeg"), pytest.mark.usefixtures("short")]


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

    assert press(phone.shown()["buttons"]["Stop"]).returncode == 0

    _, told = playing.communicate(timeout=60)
    assert playing.returncode == 0, told
    assert told.count("pkg upgrade") == told.count("q just ends it") == 1
    assert not file.parent.exists()
    assert not Path(f"/proc/{player.pid}").exists()


def test_a_stop_is_obeyed_while_the_speech_is_still_being_made(phone: Phone):
    phone.modules("none")
    phone.mood("play-audio", "works 60")
    settings = phone.home / ".config" / "voiceguide" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[commands.slow]\nspeak = ["sh", "-c", "exec sleep 60", "{file}"]\n', "utf-8")
    playing = phone.start("voiceguide", "play", "./short.yaml", "--voice", "command:slow")
    assert playing.stderr is not None
    assert any("q just ends it" in line for line in playing.stderr)

    assert phone.run("voiceguide", "ctl", "stop").returncode == 0

    _, told = playing.communicate(timeout=20)
    assert playing.returncode == 0, told
    assert not phone.calls("play-audio")


def has_buttons(phone: Phone, *labels: str) -> bool:
    return tuple((phone.shown() or {"buttons": ()})["buttons"]) == labels


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


def test_what_could_not_be_ended_is_ended_by_the_start_after_that(phone: Phone):
    phone.modules("none")
    phone.mood("play-audio", "rubbish")
    playing = phone.start("voiceguide", "play", "./short.yaml")
    phone.until((phone.state / "media-player" / "playing").exists)
    playing.kill()
    playing.wait()
    phone.mood("termux-media-player", "hangs", "works")
    fails = ("voiceguide", "play", "./short.yaml", "--voice", "piper:nobody")

    phone.run(*fails)
    assert (phone.state / "media-player" / "playing").exists()
    assert not list(phone.home.rglob("session.*"))
    phone.run(*fails)

    assert not (phone.state / "media-player" / "playing").exists()
    asked = len(phone.calls("termux-media-player"))
    phone.run(*fails)
    assert len(phone.calls("termux-media-player")) == asked


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

    assert press(phone.shown()["buttons"]["Pause"]).returncode == 0
    phone.until((phone.state / "media-player" / "paused").exists)
    phone.until(lambda: has_buttons(phone, "Go on", "Stop"))
    assert press(phone.shown()["buttons"]["Go on"]).returncode == 0
    phone.until((phone.state / "media-player" / "playing").exists)
    phone.until(lambda: has_buttons(phone, "Pause", "Stop"))
    assert press(phone.shown()["buttons"]["Stop"]).returncode == 0

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
