"""Android's own voice: what it is told to say, and when; and what is heard where it falls silent."""

import logging
import time
from pathlib import Path

import numpy as np
import pytest
from command import assert_refused
from emulated_phone import Phone
from live_parts import SESSION, Performance, mix_of, settled
from needs import needs_command

from voiceguide.errors import SpeechError
from voiceguide.player.commands import Command, Verb
from voiceguide.player.live import BLOCK_FRAMES
from voiceguide.player.stage import Session
from voiceguide.scheduler.schedule import estimated_ms
from voiceguide.scheduler.timeline import Role
from voiceguide.speech.aloud import Aloud, AloudClips, open_aloud
from voiceguide.speech.android import AndroidEngine
from voiceguide.speech.engine import VoiceRequest
from voiceguide.units import FRAMES_PER_MS, frames

pytestmark = needs_command("espeak-ng", "ffmpeg")

SPOKEN = "Lay both palms on the lower back."


@pytest.fixture
def here(here: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Phone:
    """Give a phone that this process runs on, where nothing is waited for for long."""
    caplog.set_level(logging.INFO, "voiceguide")
    monkeypatch.setattr("voiceguide.termux.call.LIMIT_S", 1.5)
    return here


def said(phone: Phone) -> list[str | None]:
    return [each.line for each in phone.lines("termux-tts-speak")]


# --- when ---


class Mouth:
    """Notes what is said aloud, and at which moment of the performance."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int]] = []
        self.performance: Performance | None = None
        self.now_ms = 0

    def aloud(self, text: str) -> None:
        self.said.append((text, self.now_ms))

    def hear(self, now_ms: int) -> None:
        self.now_ms = now_ms


def performed(asks: dict[int, list[Verb]]) -> list[tuple[str, int]]:
    mouth = Mouth()
    commands = {at_ms: [Command(verb) for verb in verbs] for at_ms, verbs in asks.items()}
    Performance(commands, settled(Session(mix=mix_of(SESSION))), passing=mouth.hear, aloud=mouth.aloud)
    return mouth.said


SPEECH_MS = [cue.at_ms for cue in SESSION.cues if cue.role is Role.SPEECH]


def is_close(at_ms: int, wanted_ms: int) -> bool:
    """Return whether two moments are at most a block apart."""
    return abs(at_ms - wanted_ms) <= BLOCK_FRAMES // FRAMES_PER_MS


def test_each_sentence_is_said_at_its_moment_and_once():
    sentences = performed({})

    assert [words for words, _ in sentences] == ["words"] * len(SPEECH_MS)
    assert all(is_close(at_ms, wanted_ms) for (_, at_ms), wanted_ms in zip(sentences, SPEECH_MS, strict=True))


def test_while_it_is_held_nothing_is_said_and_a_sentence_that_was_cut_is_said_again():
    held_ms, resumed_ms = SPEECH_MS[0] + 1_000, SPEECH_MS[0] + 20_000

    first, again, last = performed({held_ms: [Verb.HOLD], resumed_ms: [Verb.RESUME]})

    assert is_close(first[1], SPEECH_MS[0])
    assert is_close(again[1], resumed_ms)
    assert last[1] - again[1] == SPEECH_MS[1] - SPEECH_MS[0]


def test_what_is_jumped_over_is_not_said():
    sentences = performed({3_000: [Verb.NEXT, Verb.NEXT]})

    ((_, at_ms),) = sentences
    assert is_close(at_ms, 3_600)


def test_a_mute_session_says_nothing():
    assert performed({1_000: [Verb.MUTE]}) == []


def test_what_is_asked_for_besides_is_said_too():
    (step, _), (left, _), *rest = performed({12_000: [Verb.WHERE]})[1:]

    assert step == "5000."
    assert "minute" in left
    assert rest == [("words", rest[0][1])]


# --- what ---


def test_a_session_is_said_by_the_phone_and_the_music_makes_room(phone: Phone):
    (phone.home / "quiet.yaml").write_text(
        f"format: 1\ntitle: Quiet\nsections:\n  - title: All\n    steps:\n      - title: Palms\n        say: {SPOKEN}\n"
        "        time: 12-60 s\n",
        "utf-8",
    )

    done = phone.run("voiceguide", "play", "./quiet.yaml", "--voice", "android", "--music", "none")

    assert done.returncode == 0, done.stderr
    (program,) = phone.calls("termux-tts-speak")
    assert program.words[:4] == ["-e", "com.google.android.tts", "-l", "en"]
    assert SPOKEN in said(phone)
    assert said(phone)[0] == "Quiet."
    # Chimes are all that comes from us: between them it is silent.
    loud = np.abs(phone.heard()).max(axis=1) > 1_000
    assert 0 < loud.mean() < 0.2


def test_no_file_can_be_made_of_it(phone: Phone):
    done = phone.run("voiceguide", "export", "slow-strokes", "--voice", "android", "-o", "massage.mp3")

    assert_refused(done, 5, "no file can be made", "--voice auto")
    assert not (phone.home / "massage.mp3").exists()


def test_its_voices_are_listed(here: Phone):
    assert [voice.name for voice in AndroidEngine(VoiceRequest()).voices()] == [
        "com.google.android.tts", "org.example.voice",
    ]  # fmt: skip


def test_language_region_and_rate_are_asked_for(here: Phone):
    command = AndroidEngine(VoiceRequest(language="de-at", rate_wpm=85)).command()

    assert command == ["termux-tts-speak", "-e", "com.google.android.tts", "-l", "de", "-r", "0.50", "-n", "AT"]


@pytest.mark.parametrize(("voice", "hint"), [("android:org.example.voise", "org.example.voice")])
def test_a_voice_that_the_phone_does_not_have_is_refused(here: Phone, voice, hint):
    with pytest.raises(SpeechError) as error:
        open_aloud(voice, "en", 145)

    assert hint in error.value.hint


@pytest.mark.parametrize("mood", ["hangs", "rubbish", "missing"])
def test_without_the_app_it_is_refused_with_what_to_do(here: Phone, mood: str):
    here.mood("termux-*", mood)

    with pytest.raises(SpeechError, match="not ready") as error:
        open_aloud("android", "en", 145)

    assert "Termux:API" in error.value.hint


@pytest.mark.parametrize("mood", ["hangs", "rubbish", "missing"])
def test_a_phone_that_does_not_tell_its_engines_has_no_voice(here: Phone, mood: str):
    here.mood("termux-tts-engines", mood)

    with pytest.raises(SpeechError, match="no voices"):
        open_aloud("android", "en", 145)


def test_away_from_a_phone_it_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PREFIX", raising=False)
    monkeypatch.delenv("TERMUX_VERSION", raising=False)

    with pytest.raises(SpeechError, match="not ready"):
        open_aloud("android", "en", 145)


# --- when it falls silent ---


@pytest.fixture
def clips(here: Phone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("voiceguide.speech.aloud.LIMIT_S", 1.5)
    opened: list[AloudClips] = []

    def opening(mood: str) -> AloudClips:
        here.mood("termux-tts-speak", *mood.split(", "))
        opened.append(open_aloud("android", "en", 145))
        return opened[-1]

    yield opening
    for each in opened:
        each.close()


def test_as_long_as_it_is_well_its_clips_are_silence_of_about_its_length(clips, here: Phone):
    speaking = clips("works")

    sound = speaking.samples(SPOKEN)

    assert not sound.any()
    assert len(sound) == frames(speaking.length_ms(SPOKEN))
    assert speaking.length_ms(SPOKEN) >= estimated_ms(SPOKEN)
    assert speaking.speaker == "android:com.google.android.tts"


@pytest.mark.parametrize("mood", ["hangs", "rubbish", "missing", "blocks 1"])
def test_when_it_falls_silent_the_next_best_voice_is_heard_and_it_is_told_once(
    clips, here: Phone, caplog: pytest.LogCaptureFixture, mood: str
):
    speaking = clips(mood)
    length_ms = speaking.length_ms(SPOKEN)

    for text in ("One.", "Two.", "Three."):
        speaking.aloud(text)
    here.until(lambda: speaking.samples(SPOKEN).any())

    assert len(speaking.samples(SPOKEN)) == frames(length_ms)
    warnings = [each.getMessage() for each in caplog.records if "silent" in each.getMessage()]
    assert len(warnings) == 1


def test_one_that_ends_by_itself_is_started_once_more(clips, here: Phone):
    speaking = clips("dies 1, works")

    for text in ("One.", "Two.", "Three."):
        speaking.aloud(text)
        here.until(lambda text=text: text in said(here))

    # One that ends just after it has taken a sentence may not have said it: rather twice than never.
    assert list(dict.fromkeys(said(here))) == ["One.", "Two.", "Three."]
    assert len(here.calls("termux-tts-speak")) == 2


def test_who_has_it_say_something_never_waits_and_nor_does_the_end(here: Phone):
    here.mood("termux-tts-speak", "hangs")
    aloud = Aloud([str(here.bin / "termux-tts-speak")], 30.0)
    here.until(lambda: here.calls("termux-tts-speak"))
    (program,) = here.calls("termux-tts-speak")
    start = time.monotonic()

    # More than a pipe holds, which nobody reads.
    for _ in range(1_000):
        aloud.say("Press here. " * 20_000)
    aloud.close()
    aloud.close()

    assert time.monotonic() - start < 15
    assert not Path(f"/proc/{program.pid}").exists()
