"""Clips: spoken once, exact in length, safe to ask for from anywhere."""

import threading
import time

import numpy as np
import pyloudnorm
import pytest
from needs import needs_module

from voiceguide import paths
from voiceguide.audio.loudness import true_peak_db
from voiceguide.errors import SpeechError
from voiceguide.speech.cache import ClipCache, clip_key
from voiceguide.speech.clips import Clips, open_clips
from voiceguide.speech.engine import Speech, VoiceRequest
from voiceguide.speech.espeak import EspeakEngine

SENTENCES = [
    "Rest.",
    "Now.",
    "Take your time.",
    "4 times.",
    "Place both hands on the lower back.",
    "Sweep fingertips, thumbs and palms along both sides of the spine, never on the bone itself.",
    "Ask: more pressure, less, or just right?",
    "That is the end. Let your hands rest for a moment, and cover the back with a warm towel.",
]


class Hummer:
    """An engine that hums as long as the text is, and counts how often it was asked.

    Args:
        version: Is part of its identity.
        delay_s: How long it takes to speak.
    """

    name = "hummer"

    def __init__(self, version=1, delay_s=0.0):
        self.version = version
        self.delay_s = delay_s
        self.spoken = []
        self.closed = 0
        self.at_once = 0

    def missing(self):
        return None

    def identity(self):
        return f"hummer {self.version}"

    def speak(self, text):
        self.at_once += 1
        assert self.at_once == 1, "two threads speak at once"
        time.sleep(self.delay_s)
        self.spoken.append(text)
        seconds = 0.1 + 0.05 * len(text) / 3
        times = np.arange(round(22_050 * seconds)) / 22_050
        self.at_once -= 1
        if text == "silence":
            return Speech(np.zeros(22_050, np.float32), 22_050)
        return Speech((0.3 * np.sin(2 * np.pi * 200 * times)).astype(np.float32), 22_050)

    def close(self):
        self.closed += 1


@pytest.fixture
def cache(tmp_path):
    return ClipCache(tmp_path)


def test_the_length_is_exactly_that_of_the_samples(cache):
    clips = Clips(Hummer(), cache)

    for text in ("one", "two words", "a good deal more than that"):
        assert len(clips.samples(text)) == 48 * clips.length_ms(text)
        assert clips.length_ms(text) > 0


def test_a_sentence_is_spoken_once_ever(cache):
    first, second = Hummer(), Hummer()
    clips = Clips(first, cache)
    clips.prepare(["one", "two", "one"])
    clips.length_ms("one")
    clips.samples("two")

    again = Clips(second, cache)
    again.prepare(["one", "two"])

    assert first.spoken == ["one", "two"]
    assert second.spoken == []
    assert np.array_equal(again.samples("two"), clips.samples("two"))


def test_another_voice_speaks_for_itself(cache):
    Clips(Hummer(1), cache).prepare(["one"])
    other = Hummer(2)

    Clips(other, cache).prepare(["one"])

    assert other.spoken == ["one"]


def test_preparing_tells_how_far_it_is_in_order(cache):
    engine, told = Hummer(), []

    Clips(engine, cache).prepare(["c", "a", "b"], lambda done, total: told.append((done, total)))

    assert engine.spoken == ["c", "a", "b"]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_preparing_nothing_is_nothing(cache):
    Clips(Hummer(), cache).prepare([])


def test_samples_cannot_be_written_to(cache):
    with pytest.raises(ValueError, match="read-only"):
        Clips(Hummer(), cache).samples("one")[0] = 1.0


def test_silence_is_an_error_and_not_kept(cache):
    clips = Clips(Hummer(), cache)

    with pytest.raises(SpeechError, match="only silence") as caught:
        clips.length_ms("silence")

    assert caught.value.hint
    assert cache.get(clip_key("hummer 1", "silence")) is None


def test_a_file_damaged_after_its_length_was_told_keeps_that_length(cache, tmp_path):
    clips = Clips(Hummer(), cache)
    length_ms = clips.length_ms("one")
    (file,) = [file for file in tmp_path.rglob("*") if file.is_file()]
    content = bytearray(file.read_bytes())
    content[100] ^= 0xFF
    file.write_bytes(content)

    assert len(clips.samples("one")) == 48 * length_ms
    assert np.abs(clips.samples("one")).max() > 0.01


def test_a_clip_that_comes_out_longer_is_fitted_to_the_length_that_was_told(cache):
    """The timeline was made with the length; another process may since have kept a clip of another one."""
    clips = Clips(Hummer(), cache)
    length_ms = clips.length_ms("one")

    for frames in (48 * (length_ms + 50), 48 * (length_ms - 50)):
        cache.put(clip_key("hummer 1", "one"), np.ones(frames, np.int16))
        other = Clips(Hummer(), cache)
        other._lengths["one"] = 48 * length_ms
        assert len(other.samples("one")) == 48 * length_ms


def test_many_threads_ask_and_each_sentence_is_spoken_once(cache):
    engine = Hummer(delay_s=0.002)
    clips = Clips(engine, cache)
    texts = [f"sentence {number}" for number in range(20)]
    wrong = []

    def ask(start):
        order = texts[start:] + texts[:start]
        wrong.extend(text for text in order if len(clips.samples(text)) != 48 * clips.length_ms(text))

    threads = [threading.Thread(target=ask, args=(3 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert sorted(engine.spoken) == sorted(texts)


def test_what_is_ready_is_given_while_another_sentence_is_spoken(cache):
    clips = Clips(Hummer(), cache)
    clips.prepare(["ready"])
    slow = Clips(Hummer(delay_s=1.0), cache)
    preparing = threading.Thread(target=slow.prepare, args=(["slow"],))

    preparing.start()
    start = time.perf_counter()
    slow.samples("ready")
    took_s = time.perf_counter() - start
    preparing.join()

    assert took_s < 0.5


def test_memory_is_bounded(cache, monkeypatch):
    monkeypatch.setattr("voiceguide.speech.clips._MEMORY_BYTES", 200_000)
    clips = Clips(Hummer(), cache)
    texts = [f"sentence {number}" for number in range(30)]

    for text in texts:
        clips.samples(text)

    assert clips._decoded._used_bytes <= 200_000
    assert clips._decoded._used_bytes == sum(sound.nbytes for sound in clips._decoded._sounds.values())
    assert texts[-1] in clips._decoded._sounds


def test_closing_closes_the_engine(cache):
    engine = Hummer()

    with Clips(engine, cache) as clips:
        clips.length_ms("one")

    assert engine.closed == 1


def test_a_folder_that_cannot_be_written_does_not_stop_it(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    engine = Hummer()
    clips = Clips(engine, ClipCache(tmp_path / "file" / "clips"))

    clips.prepare(["one", "two"])
    clips.samples("one")

    assert engine.spoken == ["one", "two"]


@needs_module("espeakng_loader")
@pytest.mark.parametrize("voice", [None, "en-us", "en-gb-x-rp", "de", "en-us+f3"])
def test_every_sentence_is_levelled_trimmed_and_low_enough(cache, voice):
    clips = Clips(EspeakEngine(VoiceRequest(voice=voice)), cache)

    for text in SENTENCES:
        clip = clips.samples(text).astype(np.float64)
        meter = pyloudnorm.Meter(48_000, block_size=min(0.4, (len(clip) - 0.5) / 48_000))
        assert meter.integrated_loudness(clip) == pytest.approx(-18.0, abs=0.5), text
        assert true_peak_db(clips.samples(text)) <= -2.99, text
        quiet = np.abs(clip) < np.abs(clip).max() * 10 ** (-45 / 20)
        assert np.argmin(quiet) < 48 * 30, text
        # The end may be as soft as an echo.
        assert np.argmin(quiet[::-1]) < 48 * 150, text


@needs_module("espeakng_loader")
def test_clips_open_by_the_name_of_a_voice_and_lie_in_the_persons_cache():
    with open_clips("espeak:en-gb", "en") as clips:
        assert clips.length_ms("Hello.") > 200

    assert list((paths.cache_folder() / "clips").rglob("*.clip"))


@pytest.mark.parametrize("voice", ["espaek", "espeak:nobody", "", "auto:x"])
def test_a_voice_that_is_not_there_is_refused_at_once(voice):
    with pytest.raises(SpeechError):
        open_clips(voice, "en")
