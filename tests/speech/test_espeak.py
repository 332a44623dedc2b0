"""eSpeak's own matters: fresh processes, long paths, voices."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from needs import needs_command, needs_module

from voiceguide.audio.clip import finish
from voiceguide.errors import SpeechError
from voiceguide.speech import espeak_library
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
from voiceguide.speech.espeak_library import EspeakLibrary, find_library
from voiceguide.speech.espeak_program import find_program
from voiceguide.speech.espeak_voices import choose_voice, espeak_rate

pytestmark = needs_module("espeakng_loader")

TEXT = "Slow strokes on the lower back."

SPEAK = """
import hashlib, sys
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
engine = EspeakEngine(VoiceRequest(voice=sys.argv[1] or None))
for text in sys.argv[2:]:
    print(hashlib.sha256(engine.speak(text).samples.tobytes()).hexdigest())
"""


def in_a_fresh_process(voice, *texts):
    spoken = subprocess.run([sys.executable, "-c", SPEAK, voice, *texts], capture_output=True, check=True, text=True)
    return spoken.stdout.split()


@pytest.fixture
def data() -> Path:
    library = find_library()
    assert library is not None
    return library.data


@pytest.mark.parametrize("voice", ["", "en-us+f3"])
def test_a_fresh_process_speaks_the_same_samples(voice):
    here = EspeakEngine(VoiceRequest(voice=voice or None)).speak(TEXT).samples
    time.sleep(1.1)  # eSpeak seeds its noise with the second

    there = in_a_fresh_process(voice, "Another text first.", TEXT)

    assert there[1] == hashlib.sha256(here.tobytes()).hexdigest()


def test_the_library_of_the_package_is_preferred():
    import espeakng_loader

    library = find_library()

    assert library is not None
    assert library.library == espeakng_loader.get_library_path()
    assert EspeakEngine(VoiceRequest()).identity().startswith("EspeakLibrary")


def test_a_data_folder_with_a_long_path_works(tmp_path):
    import espeakng_loader

    folder = tmp_path / ("long" * 50)
    shutil.copytree(espeakng_loader.get_data_path(), folder / "espeak-ng-data")
    library = EspeakLibrary(espeakng_loader.get_library_path(), folder / "espeak-ng-data", "1.52.0")

    far = EspeakEngine(VoiceRequest(), lambda: library).speak(TEXT)

    assert len(os.fsencode(library.data)) > 200
    assert np.array_equal(far.samples, EspeakEngine(VoiceRequest()).speak(TEXT).samples)


def test_side_by_side_it_speaks_the_same_samples():
    texts = [f"{number} slow strokes on the lower back." for number in range(12)]
    one_by_one = [EspeakEngine(VoiceRequest()).speak(text).samples for text in texts]

    with ThreadPoolExecutor(4) as threads:
        side_by_side = [speech.samples for speech in threads.map(EspeakEngine(VoiceRequest()).speak, texts)]

    assert all(map(np.array_equal, one_by_one, side_by_side))


@pytest.mark.parametrize("voice", ["en-us", "en-gb-x-rp", "en-us+f3", "de", "pt-br", "zh"])
def test_the_short_way_to_a_voice_leads_to_the_same_voice(voice, monkeypatch):
    short = EspeakEngine(VoiceRequest(voice=voice)).speak(TEXT).samples
    monkeypatch.setattr(espeak_library, "_at_hand", lambda data, language: (data, language))

    assert np.array_equal(short, EspeakEngine(VoiceRequest(voice=voice)).speak(TEXT).samples)


def test_many_texts_do_not_fill_the_memory():
    program = (
        "import resource\n"
        "from voiceguide.speech.engine import VoiceRequest\n"
        "from voiceguide.speech.espeak import EspeakEngine\n"
        "engine = EspeakEngine(VoiceRequest())\n"
        "for _ in range(20): engine.speak('Now.')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for _ in range(300): engine.speak('Now.')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )

    grown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout

    assert int(grown) < 20_000  # KiB; 300 copies of eSpeak's data would be 250 000


INTERRUPTED = """
import sys
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
engine = EspeakEngine(VoiceRequest())
engine.speak("Hello.")
print(flush=True)
try:
    while True:
        engine.speak("Slow strokes on the lower back, and then some more of it. " * 20)
except KeyboardInterrupt:
    print(len(engine.speak("Again.").samples))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to whole consoles")
@pytest.mark.parametrize("delay_s", [0.005, 0.012, 0.02, 0.031, 0.05])
def test_ctrl_c_while_it_speaks_is_never_lost(delay_s):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    time.sleep(delay_s)

    process.send_signal(signal.SIGINT)

    try:
        said, errors = process.communicate(timeout=10)
    finally:
        process.kill()
    assert errors == ""
    assert int(said) > 1_000


def test_without_any_espeak_the_hint_says_what_to_install():
    engine = EspeakEngine(VoiceRequest(), lambda: None)

    assert "espeak" in (engine.missing() or "")
    with pytest.raises(SpeechError, match="not installed"):
        engine.speak(TEXT)
    with pytest.raises(SpeechError, match="not installed"):
        engine.identity()


@pytest.mark.parametrize(
    ("language", "voice", "name"),
    [
        ("en", None, "en-US+Annie"),
        ("en-GB", None, "en-GB-x-rp+Annie"),
        ("en-AU", None, "en-US+Annie"),
        ("de-AT", None, "de+Annie"),
        ("pt-BR", None, "pt-BR+Annie"),
        ("es-419", None, "es-419+Annie"),
        ("zh-TW", None, "cmn+Annie"),
        ("no", None, "nb+Annie"),
        ("en", "f3", "en-US+f3"),
        ("de", "Annie", "de+Annie"),
        ("en", "EN-us", "en-US"),
        ("de", "en-gb", "en-GB-x-rp"),
        ("de", "en+f3", "en-US+f3"),
        ("de", "en-gb-scotland+m3", "en-GB-scotland+m3"),
    ],
)
def test_a_voice_is_found_by_language_variant_or_both(data, language, voice, name):
    assert choose_voice(VoiceRequest(language=language, voice=voice), data).name == name


@pytest.mark.parametrize("voice", ["f33", "en-us+f33", "en-xx", "../../etc/passwd", "en-us+../x", "+", "en-us+", "-w"])
def test_a_voice_that_is_not_there_is_refused(data, voice):
    with pytest.raises(SpeechError, match="no voice"):
        choose_voice(VoiceRequest(voice=voice), data)


def test_a_near_voice_is_offered(data):
    with pytest.raises(SpeechError) as caught:
        choose_voice(VoiceRequest(voice="en-us+anni"), data)

    assert "Annie" in caught.value.hint


def test_the_default_voice_is_calmer_than_the_variant_by_itself(data):
    default, named = choose_voice(VoiceRequest(), data), choose_voice(VoiceRequest(voice="Annie"), data)

    assert default.pitch < named.pitch
    assert default.range < named.range


@pytest.mark.parametrize(("asked", "rate"), [(145, 128), (1, 80), (10_000, 450)])
def test_a_rate_stays_within_what_espeak_can_do(asked, rate):
    assert espeak_rate(asked) == rate


@needs_command("espeak-ng")
def test_library_and_program_have_clips_of_their_own():
    assert EspeakEngine(VoiceRequest()).identity() != EspeakEngine(VoiceRequest(), find_program).identity()


@needs_command("espeak-ng")
def test_library_and_program_speak_alike():
    by_library = EspeakEngine(VoiceRequest()).speak(TEXT)
    by_program = EspeakEngine(VoiceRequest(), find_program).speak(TEXT)

    lengths = [len(finish(speech.samples, speech.rate_hz)) for speech in (by_library, by_program)]

    assert lengths[0] == pytest.approx(lengths[1], rel=0.05)


def test_a_program_that_is_no_espeak_is_not_taken_for_one(tmp_path, monkeypatch):
    fake = tmp_path / "espeak-ng"
    fake.write_text("#!/bin/sh\necho hello\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_program() is None


@needs_command("espeak-ng")
def test_a_program_that_fails_is_an_error_with_its_words(tmp_path, monkeypatch):
    program = find_program()
    assert program is not None
    broken = tmp_path / "espeak-ng"
    broken.write_text("#!/bin/sh\necho 'no more memory' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(program, "_program", str(broken))

    with pytest.raises(SpeechError, match="no more memory"):
        EspeakEngine(VoiceRequest(), lambda: program).speak(TEXT)
