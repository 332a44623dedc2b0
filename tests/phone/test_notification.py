"""A session on a phone: what it shows and does there, in every mood that Termux's commands have."""

import os
import signal
import subprocess
import time
from dataclasses import replace

import pytest
from emulated_phone import press
from needs import needs_command

from voiceguide.player.controls.notification import glance, notification
from voiceguide.player.controls.phone import phone_controls
from voiceguide.player.status import Status

pytestmark = [needs_command("espeak-ng", "ffmpeg", "bash"), pytest.mark.usefixtures("short")]

PLAY = ("voiceguide", "play", "./short.yaml", "--minutes", "1", "--music", "none")
STATUS = Status(
    session_title="Short", step=1, title="Glide", next_title="Press", position_ms=0, length_ms=700_000,
    left_ms=700_000, step_left_ms=60_000, step_start_ms=0, held=False, paused=False, muted=False, waits=False,
    device_lost=False, steps=("Glide", "Press"),
)  # fmt: skip


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def is_held(phone) -> bool:
    return (phone.state / "held" / "wake-lock").exists()


def is_shown(phone) -> bool:
    return (phone.state / "notifications" / "voiceguide").exists()


class TestWhatIsSeen:
    def test_the_step_and_what_comes_next_and_the_time_left(self):
        words = list(notification(glance(STATUS), "buttons"))

        assert words[0] == "termux-notification"
        assert (option(words, "-i"), option(words, "-t")) == ("voiceguide", "Glide")
        assert option(words, "-c") == "next: Press, 12 min left"
        assert {"--ongoing", "--alert-once"} < set(words)
        assert [option(words, f"--button{number}") for number in (1, 2, 3)] == ["Hold", "Next", "Repeat"]

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"held": True}, "held, next: Press, 12 min left"),
            ({"paused": True}, "paused, next: Press, 12 min left"),
            ({"held": True, "waits": True}, "waits until you are ready, next: Press, 12 min left"),
            ({"device_lost": True}, "waits for a sound device, next: Press, 12 min left"),
            ({"next_title": None, "left_ms": 0}, "1 min left"),
        ],
    )
    def test_why_the_session_waits(self, change, text):
        assert glance(replace(STATUS, **change)).text == text

    def test_it_is_the_same_for_a_minute(self):
        seen = {glance(replace(STATUS, left_ms=left_ms)) for left_ms in range(660_001, 720_001, 500)}

        assert len(seen) == 1

    def test_the_first_button_says_what_it_does_now(self):
        assert option(list(notification(glance(replace(STATUS, held=True)), "buttons")), "--button1") == "Go on"

    @pytest.mark.parametrize("style", ["buttons", "media"])
    @pytest.mark.parametrize(
        ("obeys", "labels"), [(("stop",), ["Stop"]), (("toggle", "hold", "stop"), ["Pause", "Stop"])]
    )
    def test_a_session_that_another_program_plays_has_only_the_buttons_that_it_obeys(self, style, obeys, labels):
        words = list(notification(glance(replace(STATUS, obeys=obeys)), style))

        assert [option(words, each) for each in ("--button1", "--button2") if each in words] == labels
        assert not {"--type", "--button3"} & set(words)

    def test_the_media_style_has_all_four_signs_or_android_shows_none(self):
        words = list(notification(glance(STATUS), "media"))

        assert option(words, "--type") == "media"
        for sign, command in (("previous", "previous"), ("pause", "hold"), ("play", "resume"), ("next", "next")):
            assert f" ctl {command} ||" in option(words, f"--media-{sign}")

    def test_a_full_storage_keeps_nothing_from_being_seen(self, monkeypatch):
        def full():
            raise FileNotFoundError(2, "No usable temporary directory found")

        monkeypatch.setattr("tempfile.gettempdir", full)

        assert notification(glance(STATUS), "buttons")[0] == "termux-notification"


class TestASession:
    def test_it_shows_each_step_and_keeps_the_phone_awake_and_leaves_nothing(self, phone):
        done = phone.run(*PLAY)

        assert done.returncode == 0, done.stderr
        shown = [option(call.words, "-t") for call in phone.calls("termux-notification")]
        # In a hurry, as this speaker is, some are passed over.
        assert set(shown) <= {"Welcome", "Glide", "Press", "The end"}
        assert 2 <= len(shown) <= 6
        assert len(phone.calls("termux-notification-remove")) == 1
        assert not is_shown(phone)
        assert len(phone.calls("termux-wake-lock")) == len(phone.calls("termux-wake-unlock")) == 1
        assert not is_held(phone)
        assert phone.calls("termux-vibrate") == []
        assert "Termux:API" not in done.stderr

    def test_a_change_is_felt_when_asked_for(self, phone):
        phone.run(*PLAY, "--vibrate")

        assert [call.words for call in phone.calls("termux-vibrate")][:1] == [["-d", "200"]]

    def test_without_controls_nothing_is_asked_of_the_app(self, phone):
        done = phone.run(*PLAY, "--phone-controls", "none")

        assert done.returncode == 0, done.stderr
        assert {call.name for call in phone.calls() if call.name.startswith("termux-")} == {
            "termux-wake-lock",
            "termux-wake-unlock",
        }


def test_each_change_of_step_or_side_is_felt_and_nothing_else(phone, monkeypatch):
    for name in ("PATH", "PREFIX", "HOME", "TERMUX_VERSION"):
        monkeypatch.setenv(name, phone.env[name])
    changed = replace(STATUS, step=2, title="Press, left side")

    with phone_controls("none", vibrate=True) as tell:
        for status in (STATUS, replace(STATUS, held=True), STATUS, changed):
            tell(status)
        phone.until(lambda: phone.calls("termux-vibrate"))
        for status in (changed, replace(changed, title="Press, right side")):
            tell(status)
        phone.until(lambda: len(phone.calls("termux-vibrate")) == 2)

    assert len(phone.calls("termux-vibrate")) == 2


@pytest.mark.parametrize("mood", ["works", "hangs", "rubbish", "missing"])
def test_whatever_termux_does_the_session_plays_to_its_end(phone, mood):
    phone.mood("termux-*", mood)
    began = time.monotonic()

    done = phone.run(*PLAY, "--vibrate")

    assert done.returncode == 0, done.stderr
    # A minute of sound, after the music that was played until the speech was there: this speaker is in a hurry.
    assert len(phone.heard()) / 48_000 > 55
    assert done.stderr.count("Termux:API") == (0 if mood == "works" else 1)
    assert time.monotonic() - began < 30
    if mood != "missing":
        assert phone.calls("termux-wake-unlock")
    phone.until(lambda: not phone.left())


def test_commands_that_begin_to_hang_delay_no_sound_and_end_in_time(phone):
    phone.mood("termux-notification", "works", "hangs")
    phone.mood("termux-wake-unlock", "hangs")
    began = time.monotonic()

    done = phone.run(*PLAY)

    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 25
    assert phone.calls("termux-wake-unlock")


class TestWhatEndsASession:
    @pytest.fixture(autouse=True)
    def real_sound(self, phone):
        phone.real_sound()

    def begun(self, phone) -> subprocess.Popen[str]:
        session = phone.start(*PLAY, "--output", "pacat")
        phone.until(lambda: is_shown(phone) and is_held(phone))
        return session

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_leaves_nothing_behind(self, phone, number):
        session = self.begun(phone)

        session.send_signal(number)

        assert session.wait(60) in (128 + number, 130)
        assert not is_shown(phone)
        assert not is_held(phone)

    @pytest.mark.parametrize("slow", ["termux-wake-unlock", "termux-notification-remove"])
    def test_more_signals_while_it_ends_leave_nothing_behind_either(self, phone, slow):
        phone.mood(slow, "late 0.6")
        session = self.begun(phone)

        session.terminate()
        phone.until(lambda: phone.calls(slow))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            session.send_signal(number)
            time.sleep(0.05)

        assert session.wait(60) in (128 + signal.SIGTERM, 130)
        assert not is_shown(phone)
        assert not is_held(phone)

    def test_an_end_that_comes_while_the_app_hangs_and_the_lock_is_late_lets_the_phone_sleep(self, phone):
        # What a killed one has left is taken away first: the app is asked before the phone is kept awake.
        self.begun(phone).kill()
        phone.mood("termux-*", "hangs")
        phone.mood("termux-wake-lock", "late 1.5")
        phone.mood("termux-wake-unlock", "works")
        session = phone.start(*PLAY, "--output", "pacat")
        phone.until(lambda: len(phone.calls("termux-volume")) == 2)
        time.sleep(0.2)
        began = time.monotonic()

        session.terminate()

        assert session.wait(60) in (128 + signal.SIGTERM, 130)
        # Of which 5 s at most are for the phone.
        assert time.monotonic() - began < 7
        assert phone.calls("termux-wake-unlock")
        assert not is_held(phone)
        phone.until(lambda: not [each for each in phone.left() if "pulse" not in each])

    @pytest.mark.parametrize("voice", ["espeak", "android"])
    def test_an_app_that_freezes_meanwhile_does_not_make_the_end_long(self, phone, voice):
        session = phone.start(*PLAY, "--minutes", "1.5", "--output", "pacat", "--voice", voice)
        phone.until(lambda: is_shown(phone) and is_held(phone))
        phone.mood("termux-*", "hangs")
        phone.run("voiceguide", "ctl", "hold")
        phone.until(lambda: [call for call in phone.calls("termux-notification") if call.mood == "hangs"])
        began = time.monotonic()

        session.terminate()

        assert session.wait(60) == 128 + signal.SIGTERM
        # Of which 5 s at most are for the phone.
        assert time.monotonic() - began < 8
        assert phone.calls("termux-wake-unlock")
        assert phone.calls("termux-notification-remove")
        phone.until(lambda: not [each for each in phone.left() if "pulse" not in each])

    def test_what_a_kill_leaves_behind_is_taken_away_by_the_next_session(self, phone):
        self.begun(phone).kill()
        assert is_shown(phone)

        done = phone.start(*PLAY, "--phone-controls", "none")
        phone.until(lambda: not is_shown(phone))
        done.send_signal(signal.SIGINT)

        assert done.wait(60) == 130
        assert not is_held(phone)

    def test_what_a_kill_leaves_behind_is_taken_away_by_status(self, phone):
        self.begun(phone).kill()

        done = phone.run("voiceguide", "phone", "status")

        assert "was killed" in done.stderr
        assert not is_shown(phone)
        assert not is_held(phone)
        assert "was killed" not in phone.run("voiceguide", "phone", "status").stderr

    def test_what_a_kill_leaves_behind_is_taken_away_by_a_session_that_fails(self, phone):
        self.begun(phone).kill()

        failed = phone.run(*PLAY, "--voice", "piper:nobody")

        assert failed.returncode == 5, failed.stderr
        assert not is_shown(phone)
        assert not is_held(phone)

    def test_a_phone_that_cannot_be_let_go_of_is_told_as_that_until_it_can(self, phone):
        phone.mood("termux-wake-unlock", "missing")
        self.begun(phone).kill()

        first = phone.run("voiceguide", "phone", "status")
        (phone.bin / "termux-wake-unlock").symlink_to(phone.prefix / "libexec" / "standin")
        second = phone.run("voiceguide", "phone", "status")

        assert "still kept awake" in first.stderr
        assert "notification is gone" in first.stderr
        assert "may sleep again" in second.stderr
        assert not is_held(phone)

    def test_a_button_leaves_the_notification_of_a_session_that_is_slow_to_answer(self, phone):
        session = self.begun(phone)
        buttons = phone.shown()["buttons"]
        session.send_signal(signal.SIGSTOP)

        done = press(buttons["Hold"])

        session.send_signal(signal.SIGCONT)
        assert done.returncode == 10
        assert "does not answer" in done.stderr
        assert is_shown(phone)

    def test_a_button_steers_it_from_a_bare_shell(self, phone):
        self.begun(phone)
        buttons = phone.shown()["buttons"]

        done = press(buttons["Hold"])

        assert done.returncode == 0, done.stderr
        phone.until(lambda: "held" in (phone.shown() or {"content": ""})["content"])
        assert list(phone.shown()["buttons"]) == ["Go on", "Next", "Repeat"]

    def test_the_media_style_shows_its_four_signs_and_they_steer_it(self, phone):
        session = phone.start(*PLAY, "--output", "pacat", "--phone-controls", "media")
        phone.until(lambda: phone.shown() and is_held(phone))
        buttons = phone.shown()["buttons"]

        done = press(buttons["pause"])

        assert list(buttons) == ["previous", "pause", "play", "next"]
        assert done.returncode == 0, done.stderr
        phone.until(lambda: "held" in (phone.shown() or {"content": ""})["content"])
        session.terminate()
        session.wait(60)

    def test_a_button_pressed_after_the_end_says_so_and_takes_the_notification_away(self, phone):
        session = self.begun(phone)
        buttons = phone.shown()["buttons"]
        session.kill()
        session.wait()

        done = press(buttons["Hold"])

        assert done.returncode == 10
        assert "no session is running" in done.stderr
        assert not is_shown(phone)

    def test_of_two_shortcuts_tapped_at_once_the_second_finds_the_first_and_leaves_it_alone(self, phone):
        self.begun(phone)

        done = phone.run(*PLAY)
        status = phone.run("voiceguide", "phone", "status")

        assert done.returncode == 10
        assert "a session is running already" in done.stderr
        assert "was killed" not in status.stderr
        assert is_shown(phone)
        assert is_held(phone)


def test_outside_of_termux_nothing_is_done(monkeypatch, caplog):
    for name in ("TERMUX_VERSION", "PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", os.devnull)

    with phone_controls("buttons", vibrate=True) as tell:
        tell(STATUS)

    assert "for a phone" in caplog.text
