"""Programs that speak into a file: what they are told, and all that can go wrong with them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_command

from voiceguide import paths
from voiceguide.audio.clip import trimmed
from voiceguide.errors import SpeechError
from voiceguide.settings import settings
from voiceguide.speech.command import (
    CommandEngine,
    festival,
    filled,
    flite,
    harmless,
    own_command,
    pico,
    readable,
    rhvoice,
    say,
)
from voiceguide.speech.engine import NotSpokenHere, Quality, Voice, VoiceRequest
from voiceguide.speech.presets import Preset, Speaker

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a program is made with a line of POSIX's")

PROGRAM = f"""#!{sys.executable}
import json, os, subprocess, sys, time, wave
from pathlib import Path
here = Path(__file__).parent
def whole(path, seconds=1.0, rate_hz=22050, channels=1, width=2):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels); file.setsampwidth(width); file.setframerate(rate_hz)
        file.writeframes(bytes([16, 32] * (round(rate_hz * seconds) * channels * width // 2)))
def note(**what):
    (here / "beside").write_text(json.dumps(what))
    os.replace(here / "beside", here / "noted.json")
"""
"""How each program begins that the tests write; what it is told and reads it may note for them."""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Give a function that puts a program on PATH, in a folder ``bin``, which does what the lines say."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def put(behave: str, name: str = "mytts") -> Path:
        file = folder / name
        file.write_text(PROGRAM + behave)
        file.chmod(0o755)
        return file

    return put


@pytest.fixture
def noted(tmp_path):
    return lambda: json.loads((tmp_path / "bin" / "noted.json").read_text())


@pytest.fixture
def settle():
    """Give a function that writes the person's settings."""

    def write(text: str) -> None:
        file = paths.settings_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        settings.cache_clear()

    settings.cache_clear()
    yield write
    settings.cache_clear()


def engine(limit_s: float = 10.0) -> CommandEngine:
    voice = Voice(name="mine", language="en", quality=Quality.FAIR)
    speaker = Speaker(voice=voice, arguments=("mytts", "{file}"))
    preset = Preset(name="test", hint="install it", speakers=lambda: [speaker])
    return CommandEngine(VoiceRequest(), preset, limit_s=limit_s)


def wait_for(condition, limit_s: float = 20.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; nobody may have asked for its exit code yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    about = Path(f"/proc/{pid}/stat")
    return about.exists() and about.read_text().rpartition(")")[2].split()[0] == "Z"


@POSIX
@pytest.mark.parametrize(
    ("behave", "why"),
    [
        ("sys.exit('no breath')", "no breath"),
        ("sys.exit(3)", "exit code 3"),
        ("whole(sys.argv[1]); sys.exit(3)", "exit code 3"),
        ("os.kill(os.getpid(), 11)", "exit code -11"),
        ("pass", "not there"),
        ("open(sys.argv[1], 'w').close()", "neither WAV nor AIFF"),
        ("open(sys.argv[1], 'w').write('rubbish' * 999)", "neither WAV nor AIFF"),
        ("whole(sys.argv[1], seconds=0)", "is empty"),
        ("whole(sys.argv[1]); os.truncate(sys.argv[1], 44)", "cut short"),
        ("whole(sys.argv[1]); os.truncate(sys.argv[1], 20_000)", "cut short"),
    ],
)
def test_whatever_goes_wrong_is_an_error_with_a_hint(program, behave, why):
    program(behave)

    with pytest.raises(SpeechError, match=why) as caught:
        engine().speak("Hello.")

    assert caught.value.hint


@POSIX
def test_8_bit_stereo_at_11_khz_is_as_good_as_any(program):
    program("whole(sys.argv[1], rate_hz=11025, channels=2, width=1)")

    speech = engine().speak("Hello.")

    assert speech.rate_hz == 11_025
    assert len(speech.samples) == 11_025


@POSIX
def test_one_that_talks_without_end_and_never_reads_is_not_stopped_by_it(program):
    program("sys.stderr.write('x' * 1_000_000); sys.stdout.write('x' * 1_000_000); whole(sys.argv[1])")

    assert len(engine().speak("Hello. " * 200).samples)


HANGING = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
note(pids=[os.getpid(), child.pid])
time.sleep(60)
"""


@POSIX
def test_one_that_hangs_is_ended_with_all_that_it_has_started(program, noted):
    program(HANGING)
    start = time.monotonic()

    with pytest.raises(SpeechError, match="did not end within 2 s"):
        engine(limit_s=2.0).speak("Hi.")

    assert time.monotonic() - start < 20
    wait_for(lambda: all(map(is_gone, noted()["pids"])))


@POSIX
def test_closing_ends_one_that_speaks(program, noted, tmp_path):
    program(HANGING)
    speaking = engine(limit_s=60)

    with ThreadPoolExecutor(1) as threads:
        speech = threads.submit(speaking.speak, "Hi.")
        wait_for((tmp_path / "bin" / "noted.json").exists)
        speaking.close()

        with pytest.raises(SpeechError, match="exit code"):
            speech.result(timeout=20)
    wait_for(lambda: all(map(is_gone, noted()["pids"])))


INTERRUPTED = """
from voiceguide.speech.command import own_command
from voiceguide.speech.engine import VoiceRequest
own_command(VoiceRequest()).speak("Hi.")
"""


@POSIX
def test_ctrl_c_ends_one_that_speaks(program, noted, settle, tmp_path):
    program(HANGING)
    settle('[commands.mine]\nspeak = ["mytts", "{file}"]')
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stderr=subprocess.PIPE, text=True)
    try:
        wait_for((tmp_path / "bin" / "noted.json").exists)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()

    assert errors.strip().endswith("KeyboardInterrupt")
    wait_for(lambda: all(map(is_gone, noted()["pids"])))


@POSIX
def test_another_making_of_the_program_is_another_identity(program):
    program("pass")
    first, again = engine().identity(), engine().identity()
    program("pass  # and more")

    assert first == again
    assert engine().identity() != first


# A person's own programs

OWN = (
    '[commands.mine]\nspeak = ["mytts", "--say", "{text}", "--at", "{rate}", "--in", "{language}", "--to", "{file}"]\n'
)
NOTING = "note(told=sys.argv[1:], read=sys.stdin.read()); whole(sys.argv[-1])"


@POSIX
def test_an_own_program_is_told_what_its_template_says(program, noted, settle):
    program(NOTING)
    settle(OWN)

    speech = own_command(VoiceRequest(language="de-AT", rate_wpm=120)).speak("Hallo dort.")

    assert len(speech.samples) == 22_050
    assert noted()["told"][:7] == ["--say", "Hallo dort.", "--at", "120", "--in", "de-AT", "--to"]


@POSIX
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("--help", " --help"),
        ("-w x.wav", " -w x.wav"),
        ("@secrets", " @secrets"),
        ("Say {file} and {rate}.", "Say {file} and {rate}."),
        ("$(sleep 9); `sleep 9` | & %PATH% 'a' \"b\" \\", None),
    ],
)
def test_words_are_one_argument_never_an_option_and_never_a_command(program, noted, settle, text, told):
    program(NOTING)
    settle(OWN)

    own_command(VoiceRequest()).speak(text)

    words = noted()["told"][1]
    assert noted()["told"][2] == "--at"
    assert not words.startswith(("-", "@"))
    assert words == told if told else "sleep 9" in words


@POSIX
def test_without_a_place_for_them_the_words_come_by_stdin(program, noted, settle):
    program(NOTING)
    settle('[commands.mine]\nspeak = ["mytts", "{file}"]')

    own_command(VoiceRequest()).speak("Größe, --help and {file}.")

    assert noted()["read"] == "Größe, --help and {file}."
    assert len(noted()["told"]) == 1


@POSIX
def test_own_programs_are_voices_by_their_names(program, settle):
    program("whole(sys.argv[1])")
    settle(
        '[commands.warm]\nspeak = ["mytts", "{file}"]\nlanguage = "de"\n'
        '[commands.mine]\nspeak = ["mytts", "{file}"]\n'
        '[commands.gone]\nspeak = ["nobody-at-all", "{file}"]\n'
    )

    assert [voice.name for voice in own_command(VoiceRequest()).voices()] == ["mine", "warm"]
    assert own_command(VoiceRequest()).voice() == Voice(name="mine", language=None, quality=Quality.FAIR)
    assert own_command(VoiceRequest(language="de-CH")).voice().name == "warm"
    assert own_command(VoiceRequest(voice="Warm")).voice().language == "de"


def test_an_unknown_program_of_ones_own_is_refused_and_a_near_one_offered(settle):
    settle('[commands.mine]\nspeak = ["mytts", "{file}"]')

    with pytest.raises(SpeechError, match="no voice 'mien'") as caught:
        own_command(VoiceRequest(voice="mien")).voice()

    assert "mine" in caught.value.hint


def test_without_any_program_of_ones_own_the_hint_says_where_to_write_one(settle):
    settle("")
    none = own_command(VoiceRequest())

    assert str(paths.settings_file()) in (none.missing() or "")
    assert list(none.voices()) == []
    with pytest.raises(SpeechError, match="not ready"):
        none.voice()


def test_a_program_that_is_not_here_is_named_before_anything_is_spoken(settle):
    settle('[commands.mine]\nspeak = ["nobody-at-all", "{file}"]')

    with pytest.raises(SpeechError, match="'nobody-at-all', which is not here") as caught:
        own_command(VoiceRequest()).voice()

    assert "settings.toml" in caught.value.hint


@POSIX
def test_a_batch_file_never_gets_words_as_arguments(program, settle):
    """Windows hands those to a shell."""
    program("whole(sys.argv[1])", "mytts.bat")
    settle(
        '[commands.asked]\nspeak = ["mytts.bat", "{file}", "{text}"]\n'
        '[commands.mine]\nspeak = ["mytts.bat", "{file}"]\n'
    )

    with pytest.raises(SpeechError, match="batch file"):
        own_command(VoiceRequest(voice="asked")).voice()
    assert own_command(VoiceRequest(voice="mine")).speak("Hello.").rate_hz == 22_050


# Programs that are not here, as their documentation has them

PACED = """
words = {words}
whole({file}, seconds={seconds_a_word} * len(words.split()))
note(told=sys.argv[1:])
"""


def heard_wpm(speaking: CommandEngine) -> float:
    text = "Place both hands on the lower back, and let them rest there."
    speech = speaking.speak(text)
    return len(text.split()) / (len(trimmed(speech.samples, speech.rate_hz)) / speech.rate_hz / 60)


@POSIX
@pytest.mark.parametrize("rate_wpm", [110, 170])
def test_rhvoice_finds_its_voices_and_keeps_the_rate(program, noted, tmp_path, rate_wpm):
    program(
        PACED.format(
            words="sys.stdin.read()",
            file="sys.argv[3].partition('=')[2]",
            seconds_a_word="0.5 * 100 / int(sys.argv[2].partition('=')[2])",
        ),
        "RHVoice-test",
    )
    for name, about in {
        "anna": "name=Anna\nlanguage=Russian\ngender=female\n",
        "alan": "name=Alan\r\nlanguage=English\r\n",
        "slt": "name=SLT\nlanguage=English",
        "odd": "name=Odd\nlanguage=Klingon\n",
        "leticia": "language=Brazilian-Portuguese\nname=Letícia-F123\n",
    }.items():
        info = tmp_path / "share" / "RHVoice" / "voices" / name / "voice.info"
        info.parent.mkdir(parents=True)
        info.write_text(about, "utf-8")

    speaking = rhvoice(VoiceRequest(rate_wpm=rate_wpm))

    assert [(voice.name, voice.language) for voice in speaking.voices()][:3] == [
        ("SLT", "en"),
        ("Alan", "en"),
        ("Anna", "ru"),
    ]
    assert rhvoice(VoiceRequest(language="pt")).voice().name == "Letícia-F123"
    assert heard_wpm(speaking) == pytest.approx(rate_wpm, rel=0.02)
    assert noted()["told"][0] == "--profile=SLT"


@POSIX
@pytest.mark.parametrize("rate_wpm", [110, 170])
def test_pico_gets_its_words_in_markup_and_keeps_the_rate(program, noted, rate_wpm):
    program(
        "import re\n"
        + PACED.format(
            words="re.sub('<.*?>', '', sys.argv[3])",
            file="sys.argv[2].partition('=')[2]",
            seconds_a_word="0.4 * 100 / int(re.search('\"([0-9]+)\"', sys.argv[3])[1])",
        ),
        "pico2wave",
    )

    speaking = pico(VoiceRequest(language="de", rate_wpm=rate_wpm))

    assert speaking.voice().name == "de-DE"
    assert heard_wpm(speaking) == pytest.approx(rate_wpm, rel=0.02)
    speaking.speak("-x </speed><speed level='500'> los")
    language, _, words = noted()["told"]
    assert language == "--lang=de-DE"
    assert words.startswith('<speed level="')
    assert words.count("<") == 2


SAY_VOICES = """\
Albert              en_US    # Hello! My name is Albert.
Bad News            en_US    # Hello! My name is Bad News.
Eddy (German (Germany)) de_DE    # Hallo! Ich heiße Eddy.
Anna                de_DE    # Hallo! Ich heiße Anna.
Fiona               en-scotland # Hello, my name is Fiona.
Samantha            en_US    # Hello! My name is Samantha.
Zoe (Premium)       en_US    # Hello! My name is Zoe.
Majed               ar_001   # #1 مرحبًا
"""


@POSIX
@pytest.mark.parametrize("rate_wpm", [110, 170])
def test_say_takes_the_best_voice_and_keeps_the_rate(program, noted, rate_wpm):
    paced = PACED.format(
        words="sys.stdin.read()",
        file="sys.argv[4].partition('=')[2]",
        seconds_a_word="60 / 0.8 / int(sys.argv[2].partition('=')[2])",
    )
    program(f"if sys.argv[1:] == ['-v', '?']:\n    print({SAY_VOICES!r}); sys.exit()\n{paced}", "say")

    speaking = say(VoiceRequest(rate_wpm=rate_wpm))

    assert speaking.voice() == Voice(name="Zoe (Premium)", language="en-US", quality=Quality.NATURAL)
    assert [voice.name for voice in speaking.voices()][1] == "Samantha"
    assert len(list(speaking.voices())) == 8
    assert say(VoiceRequest(language="de")).voice().name == "Anna"
    assert say(VoiceRequest(voice="bad news")).voice().name == "Bad News"
    assert heard_wpm(speaking) == pytest.approx(rate_wpm, rel=0.02)
    assert noted()["told"][0] == "--voice=Zoe (Premium)"


@POSIX
def test_voices_of_festival_are_found_by_their_folders(program, tmp_path):
    program("pass", "text2wave")
    for name in (
        "english/rab_diphone",
        "us/cmu_us_slt_arctic_hts",
        "czech/czech_dita",
        "klingon/worf",
        "english/b(exit)",
    ):
        festvox = tmp_path / "share" / "festival" / "voices" / name / "festvox"
        festvox.mkdir(parents=True)
        (festvox / f"{festvox.parent.name}.scm").touch()
        (festvox / "lexicon.scm").touch()

    voices = {voice.name: voice.language for voice in festival(VoiceRequest()).voices()}

    voices.pop("kal_diphone", None)  # it may be on this machine
    assert voices == {"cmu_us_slt_arctic_hts": "en-US", "rab_diphone": "en-GB", "czech_dita": "cs"}
    assert festival(VoiceRequest()).voice().name == "cmu_us_slt_arctic_hts"
    assert festival(VoiceRequest(language="en-GB")).voice().name == "rab_diphone"


@pytest.mark.parametrize("make", [flite, festival, pico, rhvoice, say])
def test_one_that_is_not_installed_says_how_to_get_it(make, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = make(VoiceRequest())

    assert absent.missing()
    assert list(absent.voices()) == []
    for ask in (absent.voice, absent.identity, lambda: absent.speak("Hello.")):
        with pytest.raises(SpeechError, match="not ready"):
            ask()


# flite

SENTENCES = (
    "Set both thumbs on the muscle beside the spine, near the waist.",
    "Make small, deep circles, and climb bit by bit toward the neck.",
    "Soon: Kneading the lower back.",
    "Go lightly under the ribs, where the kidneys lie.",
)


@needs_command("flite")
@pytest.mark.parametrize(
    ("voice", "rate_wpm"),
    [("slt", 100), ("slt", 190), ("rms", 145), ("awb", 145), ("kal16", 145), ("kal", 145)],
)
def test_every_voice_of_flite_keeps_the_rate(voice, rate_wpm):
    speaking = flite(VoiceRequest(voice=voice, rate_wpm=rate_wpm))
    spoken = [speaking.speak(sentence) for sentence in SENTENCES]

    seconds = sum(len(trimmed(speech.samples, speech.rate_hz)) / speech.rate_hz for speech in spoken)

    assert len(" ".join(SENTENCES).split()) / (seconds / 60) == pytest.approx(rate_wpm, rel=0.1)


@needs_command("flite")
def test_flite_speaks_with_its_best_voice_and_never_with_the_one_that_tells_the_time():
    assert flite(VoiceRequest()).voice().name == "slt"
    assert flite(VoiceRequest(language="en-GB")).voice().name == "awb"
    assert "awb_time" not in {voice.name for voice in flite(VoiceRequest()).voices()}


@needs_command("flite")
@pytest.mark.parametrize("voice", ["awb_time", "/etc/passwd", "https://example.org/a.flitevox", "-h"])
def test_flite_takes_no_file_and_no_address_for_a_voice(voice):
    with pytest.raises(SpeechError, match="no voice"):
        flite(VoiceRequest(voice=voice)).voice()


# Words for programs


@pytest.mark.parametrize(
    ("words", "encoding", "written"),
    [
        ("Größe, naïve, 手 и рука", "ascii", "Grosse, naive,"),
        ("Größe, naïve", "latin-1", "Größe, naïve"),
        ("Łódź", "iso-8859-2", "Łódź"),
        ("Łódź", "latin-1", "Lódz"),
        ("“It’s” – ½ of it…", "ascii", '"It\'s" - 1/2 of it...'),
        ("🙂 Smile👐🏽now", "ascii", "Smile now"),
        ("nai\u0308ve co\u00adop", "ascii", "naive coop"),
        ("手 and рука", "utf-8", "手 and рука"),
    ],
)
def test_words_are_spelled_in_letters_that_the_program_reads(words, encoding, written):
    assert readable(words, encoding) == written


@given(st.text(), st.sampled_from(["ascii", "latin-1", "iso-8859-2", "utf-8"]))
def test_what_is_readable_can_be_written_and_has_something_to_say(words, encoding):
    written = None
    with contextlib.suppress(NotSpokenHere):
        written = readable(words, encoding)

    if written is not None:
        assert written.encode(encoding).decode(encoding) == written
        assert any(map(str.isalnum, written))


@given(st.text(min_size=1))
def test_a_placeholder_in_the_words_stays_a_placeholder(words):
    text = words + "{file}{text}"

    assert filled(["a{text}b", "{file}", "{other}"], {"text": text, "file": "f"}) == [f"a{text}b", "f", "{other}"]


@given(st.text(min_size=1))
def test_an_argument_begins_as_no_option_does(words):
    assert harmless(words)[0].isalnum() or harmless(words)[0] == " "
    assert harmless(words).endswith(words)
