"""Clips: spoken once, exact in length, safe to ask for from anywhere."""

import logging
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pyloudnorm
import pytest
from needs import needs_module

from voiceguide import guide, paths
from voiceguide.audio.loudness import true_peak_db
from voiceguide.errors import SpeechError
from voiceguide.guide.stage import scheduled
from voiceguide.routine.library import load_routine
from voiceguide.speech.cache import ClipCache, StoredClip
from voiceguide.speech.chain import Chain, Link, open_chain
from voiceguide.speech.clips import Clips, open_clips
from voiceguide.speech.engine import Quality, Speech, Voice, VoiceRequest
from voiceguide.speech.text import TextError, plain_text

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
    """An engine that hums as long as the text is, and notes what it was asked.

    Args:
        version: Is part of its identity.
        delay_s: How long it takes to speak.
        at_once: How many of it speak side by side.
        deaf_to: A text that it fails at.
    """

    name = "hummer"

    def __init__(self, version=1, delay_s=0.0, at_once=1, deaf_to=None):
        self.version = version
        self.delay_s = delay_s
        self.at_once = at_once
        self.deaf_to = deaf_to
        self.spoken = []
        self.closed = 0
        self.speaking = 0

    def missing(self):
        return None

    def voice(self):
        return Voice(name="hum", language="en", quality=Quality.PLAIN)

    def voices(self):
        return iter([self.voice()])

    def identity(self):
        return f"hummer {self.version}"

    def speak(self, text):
        plain_text(text)
        self.speaking += 1
        assert self.speaking == 1, "two threads speak at once"
        time.sleep(self.delay_s)
        self.spoken.append(text)
        seconds = 0.1 + 0.05 * len(text) / 3
        times = np.arange(round(22_050 * seconds)) / 22_050
        self.speaking -= 1
        if text == "silence":
            return Speech(np.zeros(22_050, np.float32), 22_050)
        if text == self.deaf_to:
            raise SpeechError("it broke", hint="mend it")
        return Speech((0.3 * np.sin(2 * np.pi * 200 * times)).astype(np.float32), 22_050)

    def close(self):
        self.closed += 1


def clips_of(cache, *engines):
    """Return clips that these engines speak, the first as long as all goes well; more of one are made like it."""
    links = [Link(engine, lambda engine=engine: Hummer(engine.version, engine.delay_s)) for engine in engines]
    return Clips(Chain(links[0], iter(links[1:])), cache)


@pytest.fixture
def cache(tmp_path):
    return ClipCache(tmp_path)


def test_the_length_is_exactly_that_of_the_samples(cache):
    clips = clips_of(cache, Hummer())

    for text in ("one", "two words", "a good deal more than that"):
        assert len(clips.samples(text)) == 48 * clips.length_ms(text)
        assert clips.length_ms(text) > 0


def test_a_sentence_is_spoken_once_ever(cache):
    first, second = Hummer(), Hummer()
    clips = clips_of(cache, first)
    clips.prepare(["one", "two", "one"])
    clips.length_ms("one")
    clips.samples("two")

    again = clips_of(cache, second)
    again.prepare(["one", "two"])

    assert sorted(first.spoken) == ["one", "two"]
    assert second.spoken == []
    assert np.array_equal(again.samples("two"), clips.samples("two"))


def test_another_voice_speaks_for_itself(cache):
    clips_of(cache, Hummer(1)).prepare(["one"])
    other = Hummer(2)

    clips_of(cache, other).prepare(["one"])

    assert other.spoken == ["one"]


def test_preparing_goes_in_order_and_tells_how_far_it_is_in_the_thread_that_asks(cache):
    engine, told = Hummer(delay_s=0.005), []
    texts = [f"sentence {number}" for number in range(9, -1, -1)]

    clips_of(cache, engine).prepare(texts, lambda *how_far: told.append((*how_far, threading.current_thread())))

    # One may overtake another: two are under way, and one engine is free.
    assert all(abs(texts.index(text) - place) <= 1 for place, text in enumerate(engine.spoken))
    assert told == [(number, 10, threading.main_thread()) for number in range(1, 11)]


def test_preparing_nothing_is_nothing(cache):
    clips_of(cache, Hummer()).prepare([])


def test_samples_cannot_be_written_to(cache):
    with pytest.raises(ValueError, match="read-only"):
        clips_of(cache, Hummer()).samples("one")[0] = 1.0


def test_where_no_voice_can_speak_a_soft_chime_is_heard_that_is_never_kept(cache, caplog):
    clips = clips_of(cache, Hummer())
    clips.prepare(["silence", "one"])

    chime = clips.samples("silence")

    assert len(chime) == 48 * clips.length_ms("silence") > 0
    assert 0.02 < np.abs(chime).max() < 0.5
    assert cache.size()[0] == 1
    assert len(clips.samples("one")) > 0
    reports = [record.getMessage() for record in caplog.records]
    assert len(reports) == 2
    assert "only silence" in reports[0]
    assert "on the screen" in reports[1]


def test_a_sentence_that_one_engine_cannot_speak_is_spoken_by_the_next_and_kept_as_its(cache):
    second = Hummer(2)
    clips = clips_of(cache, Hummer(1, deaf_to="two"), second)

    clips.prepare(["one", "two", "three"])

    assert second.spoken == ["two"]
    assert clips_of(cache, second).length_ms("two") == clips.length_ms("two")
    assert second.spoken == ["two"]


def test_no_sentence_is_an_error_and_the_others_are_ready(cache):
    engine = Hummer()
    clips = clips_of(cache, engine, Hummer(2))

    with pytest.raises(TextError):
        clips.prepare(["one", "  ", "two"])

    assert sorted(engine.spoken) == ["one", "two"]


def test_what_is_made_is_counted(cache):
    clips = clips_of(cache, Hummer())
    clips.prepare(["one", "two", "one"])
    clips.samples("one")

    again = clips_of(cache, Hummer())
    again.prepare(["one", "two"])

    assert (clips.made, again.made) == (2, 0)


def test_several_engines_speak_side_by_side(cache):
    clips = clips_of(cache, Hummer(delay_s=0.3, at_once=4))
    start = time.perf_counter()

    clips.prepare(["one", "two", "three", "four"])

    assert time.perf_counter() - start < 0.9


def test_an_error_that_is_ours_is_not_swallowed(cache, monkeypatch):
    engine = Hummer()
    clips = clips_of(cache, engine)
    monkeypatch.setattr(engine, "speak", lambda text: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        clips.prepare(["one", "two"])


INTERRUPTED = """
import sys, threading, time
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from test_clips import Hummer, clips_of
from voiceguide.speech.cache import ClipCache
clips = clips_of(ClipCache(Path(sys.argv[3])), Hummer(delay_s=0.2))
try:
    with clips:
        clips.prepare([f"sentence {number}" for number in range(500)], lambda *_: print("ready", flush=True))
except KeyboardInterrupt:
    print("interrupted", clips.made < 10)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to whole consoles")
def test_ctrl_c_ends_the_preparing_at_once(tmp_path):
    here = __file__.rpartition("/")[0]
    command = [sys.executable, "-c", INTERRUPTED, here, here.rpartition("/")[0], str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.readline()
    start = time.perf_counter()

    process.send_signal(signal.SIGINT)

    try:
        said, errors = process.communicate(timeout=10)
    finally:
        process.kill()
    assert said.splitlines()[-1:] == ["interrupted True"], errors
    assert time.perf_counter() - start < 3.0


def test_closing_stops_a_preparing_elsewhere(cache):
    engine = Hummer(delay_s=0.1)
    clips = clips_of(cache, engine)
    preparing = threading.Thread(target=clips.prepare, args=([f"sentence {number}" for number in range(500)],))
    preparing.start()

    clips.close()
    preparing.join(5)

    assert not preparing.is_alive()
    assert len(engine.spoken) < 10


def test_a_file_damaged_after_its_length_was_told_keeps_that_length(cache, tmp_path):
    clips = clips_of(cache, Hummer())
    length_ms = clips.length_ms("one")
    (file,) = [file for file in tmp_path.rglob("*") if file.is_file()]
    content = bytearray(file.read_bytes())
    content[100] ^= 0xFF
    file.write_bytes(content)

    assert len(clips.samples("one")) == 48 * length_ms
    assert np.abs(clips.samples("one")).max() > 0.01


@pytest.mark.parametrize("change_ms", [50, -50])
def test_a_clip_that_comes_out_otherwise_is_fitted_to_the_length_that_was_told(cache, change_ms):
    """The timeline was made with the length; another process may since have kept a clip of another one."""
    clips = clips_of(cache, Hummer())
    length_ms = clips.length_ms("one")
    key = clips._told["one"].key

    cache.put(key, StoredClip(np.ones(48 * (length_ms + change_ms), np.int16), 48_000))

    assert len(clips.samples("one")) == 48 * length_ms


def test_many_threads_ask_and_each_sentence_is_spoken_once(cache):
    engine = Hummer(delay_s=0.002)
    clips = clips_of(cache, engine)
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
    clips = clips_of(cache, Hummer())
    clips.prepare(["ready"])
    slow = clips_of(cache, Hummer(delay_s=1.0))
    preparing = threading.Thread(target=slow.prepare, args=(["slow"],))

    preparing.start()
    start = time.perf_counter()
    slow.samples("ready")
    took_s = time.perf_counter() - start
    preparing.join()

    assert took_s < 0.5


def test_memory_is_bounded(cache, monkeypatch):
    monkeypatch.setattr("voiceguide.speech.clips._MEMORY_BYTES", 200_000)
    clips = clips_of(cache, Hummer())
    texts = [f"sentence {number}" for number in range(30)]

    for text in texts:
        clips.samples(text)

    assert clips._decoded._used_bytes <= 200_000
    assert clips._decoded._used_bytes == sum(sound.nbytes for sound in clips._decoded._sounds.values())
    assert texts[-1] in clips._decoded._sounds


def test_closing_closes_the_engine(cache):
    engine = Hummer()

    with clips_of(cache, engine) as clips:
        clips.length_ms("one")

    assert engine.closed == 1


def test_a_folder_that_cannot_be_written_does_not_stop_it(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    engine = Hummer()
    clips = clips_of(ClipCache(tmp_path / "file" / "clips"), engine)

    clips.prepare(["one", "two"])
    clips.samples("one")

    assert sorted(engine.spoken) == ["one", "two"]


@needs_module("espeakng_loader")
@pytest.mark.parametrize("voice", [None, "en-us", "en-gb-x-rp", "de", "en-us+f3"])
def test_every_sentence_is_levelled_trimmed_and_low_enough(cache, voice):
    clips = Clips(open_chain(f"espeak:{voice}" if voice else "espeak", VoiceRequest()), cache)

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
def test_a_second_run_over_all_that_the_library_says_makes_none_anew_and_takes_no_time(tmp_path):
    routines = [guide.Request(routine=entry.name) for entry in guide.library()]
    texts = [text for each in routines for text in scheduled(each, load_routine(each.routine)).sentences()]
    first = Clips(open_chain("espeak", VoiceRequest()), ClipCache(tmp_path))
    first.prepare(texts)

    second = Clips(open_chain("espeak", VoiceRequest()), ClipCache(tmp_path))
    start = time.perf_counter()
    second.prepare(texts)
    took_s = time.perf_counter() - start

    assert first.made == len(set(texts)) > 500
    assert second.made == 0
    assert took_s < 0.3


@needs_module("espeakng_loader")
def test_clips_open_by_the_name_of_a_voice_and_lie_in_the_persons_cache():
    with open_clips("espeak:en-gb", "en") as clips:
        assert clips.length_ms("Hello.") > 200

    assert list((paths.cache_folder() / "clips").rglob("*.clip"))


@needs_module("espeakng_loader")
def test_a_voice_of_another_language_is_warned_of(caplog):
    open_clips("espeak:de", "en").close()
    open_clips("espeak:en-gb", "en-US").close()
    open_clips("espeak:de", None).close()

    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "speaks de" in record.getMessage()


@pytest.mark.parametrize("voice", ["espaek", "espeak:nobody", "", "auto:x"])
def test_a_voice_that_is_not_there_is_refused_at_once(voice):
    with pytest.raises(SpeechError):
        open_clips(voice, "en")
