"""A person's recordings are found by the words of their sentences, and used from the first word to the last."""

import os
import re
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_command

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import NotSpokenHere, Quality, VoiceRequest
from voiceguide.speech.recorded import RecordedEngine, find_recordings, load_recording, sentence_code

SENTENCE = "Place both hands on the lower back."
CODE = sentence_code(SENTENCE)
RATE_HZ = 44_100


def spoken(seconds: float, peak: float = 0.5) -> np.ndarray:
    """Return what has the ups and downs of speech: a buzz in syllables of a quarter of a second."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return peak * np.sign(np.sin(2 * np.pi * 140 * t)) * (0.15 + 0.85 * np.sin(np.pi * 4 * t) ** 2)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ))


def room(sound: np.ndarray, noise_db: float) -> np.ndarray:
    """Return a sound in a room with some noise."""
    return sound + np.random.default_rng(1).normal(0.0, 10 ** (noise_db / 20), len(sound))


def save(file: Path, sound: np.ndarray, channels: int = 1) -> Path:
    frames = np.repeat((np.clip(sound, -1, 1) * 32_767).astype("<i2"), channels)
    with wave.open(str(file), "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(2)
        target.setframerate(RATE_HZ)
        target.writeframes(frames.tobytes())
    return file


def engine(folder: Path, **how) -> RecordedEngine:
    return RecordedEngine(VoiceRequest(voice=str(folder), **how))


def seconds(speech) -> float:
    return len(speech.samples) / speech.rate_hz


@pytest.mark.parametrize(
    "same",
    [
        "Place both hands on the lower back",
        "place both hands, on the\nLOWER back …",
        "Place  both hands on the lower-back!",
    ],
)
def test_case_spaces_and_punctuation_change_no_code(same):
    assert sentence_code(same) == CODE


def test_other_words_have_another_code():
    others = {SENTENCE, "Place both hands on the upper back.", "3-4 times", "34 times", "Größe", "Grosse", "手"}

    assert len({sentence_code(text) for text in others}) == len(others)
    assert sentence_code("Größe") == sentence_code("Gro\u0308ße")


@given(st.text(st.characters(codec=None), max_size=40))
def test_a_code_is_seven_signs_that_nobody_mixes_up(text):
    assert re.fullmatch("[2-9a-z]{7}", sentence_code(text))
    assert not set("ilo") & set(sentence_code(text))


@pytest.mark.parametrize(
    "name", [f"001 place-both-hands {CODE}.wav", f"{CODE.upper()}.WAV", f"mine_{CODE} (1).wav", f"x-{CODE}-take2.wav"]
)
def test_a_recording_is_found_by_the_code_in_its_name(tmp_path, name):
    save(tmp_path / name, spoken(1.0))

    assert seconds(engine(tmp_path).speak(SENTENCE)) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    "name", [f"x{CODE}.wav", f"{CODE}x.wav", f".{CODE}.wav", f"{CODE}.txt", f"{CODE}.aup3", f"{CODE}/x.wav", "x.wav"]
)
def test_other_files_are_no_recordings(tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    save(file, spoken(1.0))

    assert find_recordings(tmp_path) == {}


def test_of_several_the_newest_counts(tmp_path):
    for age_s, length_s in ((30, 1.0), (10, 2.0), (20, 3.0)):
        file = save(tmp_path / f"{age_s} {CODE}.wav", spoken(length_s))
        os.utime(file, (1e9 - age_s, 1e9 - age_s))

    assert seconds(engine(tmp_path).speak(SENTENCE)) == pytest.approx(2.0, abs=0.05)


def test_a_sentence_without_a_recording_is_left_to_others(tmp_path):
    save(tmp_path / f"{CODE}.wav", spoken(1.0))

    with pytest.raises(NotSpokenHere) as caught:
        engine(tmp_path).speak("Something else.")

    assert sentence_code("Something else.") in caught.value.hint


@needs_command("ffmpeg")
@pytest.mark.parametrize("ending", ["m4a", "mp3", "opus", "flac", "ogg"])
def test_any_format_is_used(tmp_path, ending):
    source = save(tmp_path / "source.wav", np.concatenate([silence(0.5), spoken(1.0), silence(0.5)]), channels=2)
    target = tmp_path / f"001 place {CODE}.{ending}"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), str(target)], check=True)

    speech = engine(tmp_path).speak(SENTENCE)

    assert speech.samples.ndim == 1
    assert seconds(speech) == pytest.approx(1.32, abs=0.1)
    assert np.abs(speech.samples).max() == pytest.approx(0.5, abs=0.3)


@pytest.mark.parametrize("noise_db", [-100.0, -60.0, -45.0, -38.0])
def test_a_quiet_or_noisy_room_around_the_words_is_cut_away(tmp_path, noise_db):
    file = save(tmp_path / "x.wav", room(np.concatenate([silence(1.0), spoken(2.0), silence(1.5)]), noise_db))

    assert seconds(load_recording(file)) == pytest.approx(2.0 + 0.32, abs=0.05)


def test_soft_words_at_the_ends_are_kept(tmp_path):
    sound = np.concatenate([silence(0.5), spoken(0.3, 0.03), spoken(1.0), spoken(0.3, 0.03), silence(0.5)])

    assert seconds(load_recording(save(tmp_path / "x.wav", sound))) > 1.6


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (silence(1.0), "too quiet"),
        (spoken(1.0, 0.004), "too quiet"),
        (silence(0.0), "cannot be used"),
        (np.tile(spoken(1.0), 61), "longer than 60 s"),
    ],
)
def test_a_recording_that_cannot_be_heard_is_told_of_and_says_nothing_of_the_others(tmp_path, caplog, sound, why):
    save(tmp_path / f"{CODE}.wav", sound)

    with pytest.raises(NotSpokenHere, match=why) as caught:
        engine(tmp_path).speak(SENTENCE)

    assert CODE in caught.value.message
    assert caught.value.hint
    assert why in caplog.text


@pytest.mark.parametrize("content", [b"", b"RIFF\0\0\0\0WAVE", b"no sound at all" * 99])
def test_a_damaged_file_is_refused_with_a_hint(tmp_path, content):
    (tmp_path / f"{CODE}.wav").write_bytes(content)

    with pytest.raises(SpeechError, match="cannot be used") as caught:
        engine(tmp_path).speak(SENTENCE)

    assert caught.value.hint


def test_it_says_how_to_name_a_folder():
    nameless = RecordedEngine(VoiceRequest())

    assert "record-script" in nameless.missing()
    assert list(nameless.voices()) == []
    with pytest.raises(SpeechError) as caught:
        nameless.identity()
    assert "recorded:FOLDER" in caught.value.hint


def test_it_says_that_a_folder_is_not_there(tmp_path):
    (tmp_path / "file").write_text("x")

    for folder in (tmp_path / "none", tmp_path / "file"):
        assert "there is no folder" in engine(folder).missing()
        with pytest.raises(SpeechError):
            engine(folder).voice()


def test_a_folder_is_a_voice_of_a_person(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    mine = RecordedEngine(VoiceRequest(voice="~"))

    assert mine.missing() is None
    assert [(voice.name, voice.quality) for voice in mine.voices()] == [(str(tmp_path), Quality.PERSON)]
    assert mine.voice().language is None


def test_its_identity_changes_with_every_recording_and_nothing_else(tmp_path):
    save(tmp_path / f"{CODE}.wav", spoken(0.1))
    first = engine(tmp_path).identity()
    (tmp_path / "notes.txt").write_text("x")
    again = engine(tmp_path, rate_wpm=100, language="de").identity()
    save(tmp_path / f"{sentence_code('Another.')}.wav", spoken(0.1))
    more = engine(tmp_path).identity()
    save(tmp_path / f"{CODE}.wav", spoken(0.2))
    other = engine(tmp_path).identity()

    assert first == again
    assert len({first, more, other}) == 3


@pytest.mark.parametrize(("text", "why"), [("", "empty"), ("!!!", "empty"), ("word " * 2_000, "too long")])
def test_a_text_that_is_none_is_refused(tmp_path, text, why):
    with pytest.raises(SpeechError, match=why):
        engine(tmp_path).speak(text)
