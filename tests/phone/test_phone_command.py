"""The commands of a phone: what they write, and what they say when something is missing there."""

import json
import shutil
import stat
import struct
import time
from pathlib import Path
from threading import Event

import pytest
from command import SHORT, assert_refused, voiceguide
from needs import needs_command

from voiceguide.guide.phone import _voice, able_to_play

pytestmark = needs_command("espeak-ng", "ffmpeg", "bash")


@pytest.fixture
def storage(phone) -> Path:
    folder = phone.home / "storage" / "music"
    folder.mkdir(parents=True)
    return folder


class TestShortcut:
    def test_it_writes_a_script_with_a_terminal_one_without_and_a_picture(self, phone):
        done = phone.run("voiceguide", "phone", "shortcut", "eleven-steps", "--minutes", "30")

        assert done.returncode == 0, done.stderr
        folder = phone.home / ".shortcuts"
        with_terminal, without = folder / "eleven-steps-30.sh", folder / "tasks" / "eleven-steps-30.sh"
        picture = folder / "icons" / "eleven-steps-30.sh.png"
        for script in (with_terminal, without):
            assert stat.S_IMODE(script.stat().st_mode) == 0o700
            assert not script.is_symlink()
            first, *_ = script.read_text().splitlines()
            assert first == f"#!{phone.bin}/bash"
            assert "/bin/voiceguide play eleven-steps --minutes 30" in script.read_text()
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture.read_bytes()[16:24]) == (150, 150)
        for path in (with_terminal, without, picture):
            assert f"{path}: written" in done.stderr
        assert "Termux:Widget" in done.stderr

    def test_again_it_writes_the_same(self, phone):
        words = ("voiceguide", "phone", "shortcut", "slow-strokes", "--minutes", "8")
        files = lambda: {  # noqa: E731
            path: path.read_bytes() for path in (phone.home / ".shortcuts").rglob("*") if path.is_file()
        }
        assert phone.run(*words).returncode == 0
        before = files()

        assert phone.run(*words).returncode == 0

        assert files() == before
        assert len(before) == 3

    def test_a_shortcut_of_another_session_is_not_replaced_unasked(self, phone):
        words = ("voiceguide", "phone", "shortcut", "slow-strokes", "--minutes", "8")
        assert phone.run(*words).returncode == 0
        script = phone.home / ".shortcuts" / "slow-strokes-8.sh"
        before = script.read_text()

        refused = phone.run(*words, "--music", "none")

        assert_refused(refused, 7, f"{script} exists already, for another session", "--name")
        assert "--force" in refused.stderr
        assert script.read_text() == before
        assert phone.run(*words, "--music", "none", "--force").returncode == 0
        assert "--music none" in script.read_text()
        assert phone.run(*words, "--music", "none").returncode == 0

    @pytest.mark.parametrize("folder", [".shortcuts", ".shortcuts/tasks"])
    def test_of_two_that_are_tapped_at_once_one_plays_and_the_other_says_so(self, phone, short, folder):
        phone.mood("pacat", "paced")
        assert phone.run("voiceguide", "phone", "shortcut", short, "--minutes", "1").returncode == 0
        script = phone.home / folder / "short-1.sh"

        both = [phone.start("bash", script), phone.start("bash", script)]
        phone.until(lambda: any(each.poll() is not None for each in both))
        phone.until(lambda: (phone.state / "held" / "wake-lock").exists() and phone.shown())

        late, playing = sorted(both, key=lambda each: each.poll() is None)
        assert late.returncode == 10
        assert playing.poll() is None
        said = late.communicate()[1] + (phone.shown("voiceguide-said") or {"content": ""})["content"]
        assert said.count("a session is running already") == 1
        # Twice: at once.
        assert [phone.run("voiceguide", "ctl", "stop").returncode for _ in range(2)] == [0, 0]
        assert playing.wait(60) == 0

    def test_a_session_that_cannot_be_is_refused_and_nothing_written(self, phone):
        done = phone.run("voiceguide", "phone", "shortcut", "eleven-steps", "--minutes", "2")

        assert done.returncode == 4
        assert not (phone.home / ".shortcuts").exists()

    def test_somebody_elses_script_stays(self, phone):
        (phone.home / ".shortcuts").mkdir()
        theirs = phone.home / ".shortcuts" / "slow-strokes-8.sh"
        theirs.write_text("#!/bin/sh\necho mine\n")
        words = ("voiceguide", "phone", "shortcut", "slow-strokes", "--minutes", "8")

        assert_refused(phone.run(*words), 7, f"{theirs} exists already", "--name")
        assert theirs.read_text() == "#!/bin/sh\necho mine\n"
        assert phone.run(*words, "--force").returncode == 0
        assert "voiceguide play" in theirs.read_text()

    def test_an_error_of_a_shortcut_without_terminal_is_a_notification(self, phone, short):
        assert phone.run("voiceguide", "phone", "shortcut", short, "--minutes", "1").returncode == 0
        short.unlink()

        phone.run("bash", phone.home / ".shortcuts" / "tasks" / "short-1.sh")

        (shown,) = phone.calls("termux-notification")
        assert f"there is no routine file {short}" in shown.words[shown.words.index("-c") + 1]

    def test_without_the_app_such_a_notification_is_given_up_and_nothing_is_left(self, phone, short):
        assert phone.run("voiceguide", "phone", "shortcut", short, "--minutes", "1").returncode == 0
        short.unlink()
        phone.mood("termux-notification", "hangs")

        done = phone.run("bash", phone.home / ".shortcuts" / "tasks" / "short-1.sh")

        assert done.returncode == 3
        assert phone.calls("termux-notification")
        phone.until(lambda: not phone.left())

    def test_an_error_of_a_shortcut_with_a_terminal_waits_to_be_read(self, phone, short):
        assert phone.run("voiceguide", "phone", "shortcut", short, "--minutes", "1").returncode == 0
        short.unlink()

        done = phone.run("bash", phone.home / ".shortcuts" / "short-1.sh", stdin="\n")

        assert done.returncode == 3
        assert f"there is no routine file {short}" in done.stderr
        assert "Press Enter" in done.stdout


class TestStatus:
    def rows(self, phone) -> dict[str, dict[str, str]]:
        done = phone.run("voiceguide", "phone", "status", "--json")
        return {row["name"]: row for row in json.loads(done.stdout)}

    def test_a_phone_that_is_set_up_is_ready(self, phone, storage):
        done = phone.run("voiceguide", "phone", "status")

        assert done.returncode == 0, done.stdout + done.stderr
        states = {line[:11].strip(): line.split()[-1] and line[12:20].strip() for line in done.stdout.splitlines()}
        assert states == {
            "Termux:API": "ready", "storage": "ready", "sound": "ready", "voice": "ready", "wake lock": "ready",
            "battery": "advice",
        }  # fmt: skip

    def test_what_is_missing_says_what_to_do(self, phone):
        phone.mood("termux-*", "missing")

        rows = self.rows(phone)

        assert rows["Termux:API"]["state"] == rows["storage"]["state"] == rows["wake lock"]["state"] == "missing"
        assert "Termux:API" in rows["Termux:API"]["about"]
        assert "termux-setup-storage" in rows["storage"]["about"]
        assert "pkg upgrade" in rows["wake lock"]["about"]
        assert "Unrestricted" in rows["battery"]["about"]

    @pytest.mark.parametrize("mood", ["hangs", "rubbish"])
    def test_an_app_that_is_not_there_is_found_out_in_time(self, phone, mood):
        phone.mood("termux-*", mood)
        began = time.monotonic()

        rows = self.rows(phone)

        assert rows["Termux:API"]["state"] == "missing"
        assert rows["sound"]["state"] == rows["voice"]["state"] == "ready"
        assert time.monotonic() - began < 20

    @pytest.mark.parametrize(("players", "state"), [("works", "advice"), ("missing", "missing")])
    def test_sound_that_hangs_is_found_out_in_time(self, phone, players, state):
        for name in ("pulseaudio", "pactl", "pacat"):
            phone.mood(name, "hangs")
        phone.mood("play-audio", players)
        phone.mood("termux-media-player", players)
        began = time.monotonic()

        rows = self.rows(phone)

        assert rows["sound"]["state"] == state
        assert time.monotonic() - began < 20

    def test_a_session_that_plays_is_left_its_sound(self, phone, short):
        phone.mood("pacat", "paced")
        playing = phone.start("voiceguide", "play", short, "--minutes", "1", "--music", "none")
        phone.until(lambda: phone.calls("pacat"))
        phone.mood("pulseaudio", "hangs")
        before = len(phone.calls("pulseaudio"))

        rows = self.rows(phone)

        assert rows["sound"]["state"] == "ready"
        assert "plays" in rows["sound"]["about"]
        assert len(phone.calls("pulseaudio")) == before
        playing.terminate()
        playing.wait(60)

    def test_nothing_is_left_of_what_was_tried(self, phone):
        for name in ("pulseaudio", "pactl"):
            phone.mood(name, "hangs")

        self.rows(phone)

        phone.until(lambda: not phone.left())

    def test_a_voice_that_answers_late_is_no_missing_one(self, monkeypatch):
        answered = Event()
        monkeypatch.setattr("voiceguide.guide.phone.PATIENCE_S", 0.1)
        monkeypatch.setattr(
            "voiceguide.speech.registry.describe", lambda: iter([("espeak", answered.wait(10) or None)])
        )

        part = _voice()
        answered.set()

        assert part.state == "advice"
        assert able_to_play([part])


class TestSend:
    def test_a_session_lies_among_the_music_and_players_are_told(self, phone, storage, short):
        done = phone.run("voiceguide", "phone", "send", short, "--minutes", "1", "--music", "none")

        assert done.returncode == 0, done.stderr
        track = storage / "voiceguide" / "short-1.mp3"
        assert track.stat().st_size > 100_000
        assert [call.words for call in phone.calls("termux-media-scan")] == [[str(track)]]
        again = phone.run("voiceguide", "phone", "send", short, "--minutes", "1", "--music", "none")
        assert_refused(again, 7, f"{track} exists already", "--force")

    def test_without_the_permission_it_says_how_to_give_it(self, phone, short):
        done = phone.run("voiceguide", "phone", "send", short, "--minutes", "1")

        assert_refused(done, 7, "may not use the phone's storage", "termux-setup-storage")
        assert not (phone.home / "storage").exists()

    def test_a_scan_that_hangs_leaves_the_track(self, phone, storage, short):
        phone.mood("termux-media-scan", "hangs")

        done = phone.run("voiceguide", "phone", "send", short, "--minutes", "1", "--music", "none")

        assert done.returncode == 0, done.stderr
        assert (storage / "voiceguide" / "short-1.mp3").stat().st_size > 100_000
        assert "find it later" in done.stderr

    def test_a_full_storage_is_told_and_nothing_is_left(self, phone, storage, short):
        # As full for whoever writes the track: eSpeak needs room of its own.
        phone._script("ffmpeg", f"ulimit -f 400; trap '' XFSZ; exec {shutil.which('ffmpeg')} \"$@\"")

        done = phone.run("voiceguide", "phone", "send", short, "--minutes", "1", "--music", "none")

        assert done.returncode == 7, done.stderr
        assert "File too large" in done.stderr or "file too large" in done.stderr
        assert [path for path in storage.rglob("*") if path.is_file()] == []


class TestTake:
    def test_a_routine_file_is_checked_and_found_by_name(self, phone):
        shared = phone.home / "My Evening.yaml"
        shared.write_text(SHORT.replace("Short", "Evening"), "utf-8")

        done = phone.run("voiceguide", "phone", "take", shared)

        assert (done.returncode, done.stdout) == (0, "my-evening\n"), done.stderr
        assert phone.run("voiceguide", "show", "my-evening").returncode == 0

    @pytest.mark.parametrize("name", ["evening.yaml.txt", "Evening.YML", "evening.txt"])
    def test_whatever_endings_an_app_has_hung_on_it_its_name_is_its_own(self, phone, name):
        shared = phone.home / name
        shared.write_text(SHORT.replace("Short", "Evening"), "utf-8")

        done = phone.run("voiceguide", "phone", "take", shared)

        assert (done.returncode, done.stdout) == (0, "evening\n"), done.stderr
        assert "draft" not in done.stderr

    def test_a_text_is_said_to_be_a_draft(self, phone):
        shared = phone.home / "article.txt"
        shared.write_text("1. Warm the oil in your hands.\n2. Glide up the back for two minutes.\n")

        done = phone.run("voiceguide", "phone", "take", shared)

        assert (done.returncode, done.stdout) == (0, "article\n"), done.stderr
        assert "change this" in done.stderr

    def test_what_is_wrong_is_told_by_line(self, phone):
        shared = phone.home / "broken.yaml"
        shared.write_text("format: 1\ntitle: x\n")

        assert_refused(phone.run("voiceguide", "phone", "take", shared), 3, "broken.yaml:1:1: ", "sections")


@pytest.mark.parametrize("words", [("status",), ("send", "eleven-steps"), ("shortcut", "eleven-steps")])
def test_on_a_desktop_a_phone_command_says_that_it_is_for_a_phone(words):
    assert_refused(voiceguide("phone", *words), 2, "for a phone with Termux", "export")
