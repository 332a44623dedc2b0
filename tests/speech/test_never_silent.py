"""Whatever an engine does, the session is complete: real processes that crash, hang and write rubbish."""

import logging
import sys
import wave
from types import SimpleNamespace

import numpy as np
import pytest
from needs import needs_module

from voiceguide import guide
from voiceguide.speech import registry
from voiceguide.speech.cache import ClipCache
from voiceguide.speech.clips import open_clips
from voiceguide.speech.system import SystemEngine

ROUTINE = """
format: 1
title: Short
language: en
sections:
  - title: Back
    steps:
      - {title: Glide, say: Glide up and down., time: 30-60 s}
      - {title: Circles, say: Make small circles., time: 30-60 s}
      - {title: Rest, say: Rest both hands., time: 30-60 s}
"""

WORKER = """
import json, math, struct, sys, time
print(json.dumps({"voices": [{"id": "odd", "name": "odd", "languages": ["en"]}],
                  "default": "odd", "driver": "odd", "version": "1"}), flush=True)

def wav(stored, rate=11025, bits=16, channels=1, claimed=None):
    size = len(stored) if claimed is None else claimed
    width = channels * bits // 8
    return (b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * width, width, bits)
            + b"data" + struct.pack("<I", size) + stored)

def bytes_of(seconds):
    return bytes(int(128 + 60 * math.sin(n / 9)) for n in range(int(22050 * seconds)))

for line in sys.stdin:
    path = json.loads(line)["path"]
    def write(content):
        with open(path, "wb") as file:
            file.write(content)
    MISDEED
    print("{}", flush=True)
"""

MISDEEDS = {
    "crashes": "sys.exit(3)",
    "is killed": "import os; os.kill(os.getpid(), 9)",
    "hangs": "time.sleep(60)",
    "writes half a file": "write(wav(bytes_of(1), claimed=200_000))",
    "writes 44 bytes": "write(wav(b''))",
    "writes nothing": "pass",
    "writes an empty file": "write(b'')",
    "writes rubbish": "write(bytes(range(256)) * 99)",
    "is silent": "write(wav(bytes(22050)))",
    "answers nonsense": "print('Segmentation fault'); continue",
}


@pytest.fixture
def engines(tmp_path, monkeypatch):
    """Give the function that makes a misdeed the engine ``system``, and tells which others there are."""
    real = dict(registry.ENGINES)

    def only(misdeed, *others):
        program = tmp_path / "worker.py"
        program.write_text(WORKER.replace("MISDEED", misdeed), "utf-8")
        made = SimpleNamespace(
            engine=lambda request: SystemEngine(request, [sys.executable, str(program)], limit_s=0.5)
        )
        monkeypatch.setitem(sys.modules, "odd_engine", made)
        monkeypatch.setattr(
            registry, "ENGINES", {"system": "odd_engine:engine", **{name: real[name] for name in others}}
        )

    monkeypatch.setattr("voiceguide.speech.system._LIMIT_PER_CHARACTER_S", 0.0)
    return only


@pytest.fixture
def session(tmp_path):
    """Give the function that exports a session, and returns it as samples."""

    def export(voice):
        routine, target = tmp_path / "short.yaml", tmp_path / "short.wav"
        routine.write_text(ROUTINE, "utf-8")
        request = guide.Request(routine=str(routine), voice=voice, music="none")
        made = guide.export(request, target, overwrite=True)
        with wave.open(str(target)) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)
        assert len(sound) == 48 * made.length_ms
        return sound

    return export


def reports(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def loud_s(sound):
    """Return for how long there is something to hear."""
    tenths = np.abs(sound.astype(np.int32)).max(axis=1)[: len(sound) // 4800 * 4800].reshape(-1, 4800).max(axis=1)
    return np.count_nonzero(tenths > 1_000) / 10


@needs_module("espeakng_loader")
@pytest.mark.parametrize("misdeed", MISDEEDS.values(), ids=MISDEEDS)
def test_the_next_engine_speaks_the_whole_session(engines, session, caplog, misdeed):
    engines(misdeed, "espeak")

    sound = session("system")

    assert np.array_equal(sound, session("espeak"))
    (report,) = reports(caplog)
    assert report.startswith("system fails, another voice takes over")


@pytest.mark.parametrize("name", ["crashes", "hangs", "writes 44 bytes", "is silent"])
def test_with_no_other_engine_chimes_stand_in(engines, session, caplog, name):
    engines(MISDEEDS[name])

    sound = session("system")

    assert loud_s(sound) > 15  # without them there are 8 s
    told = reports(caplog)
    assert len(told) == 2
    assert "on the screen" in told[1]
    assert ClipCache().size()[0] == 0


@pytest.mark.parametrize("well", ["write(wav(bytes_of(1), bits=8, channels=2))", "write(wav(bytes_of(1)))"])
def test_an_engine_of_an_odd_format_speaks_itself(engines, session, caplog, well):
    engines(well)

    sound = session("system")

    assert loud_s(sound) > 5
    assert reports(caplog) == []
    assert ClipCache().size()[0] > 3


@needs_module("espeakng_loader")
def test_an_engine_that_dies_once_goes_on_afterwards(engines, session, caplog, tmp_path):
    once = tmp_path / "died"
    engines(
        f"import os; os.path.exists({str(once)!r}) or (open({str(once)!r}, 'w').close(), sys.exit(3));"
        "write(wav(bytes_of(1)))",
        "espeak",
    )

    session("system")

    assert len(reports(caplog)) == 1
    with open_clips("system", "en") as clips:
        clips.prepare(["Rest both hands.", "Make small circles."])
        assert clips.made == 0
