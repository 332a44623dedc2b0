"""A whole session into a file, on several cores."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.audio.bed import Loop
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.errors import MediaError, TargetError
from voiceguide.export.render import STRETCH_FRAMES, render
from voiceguide.outputs.wav import WavOutput
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline

LENGTH_MS = 41_234
CUES = tuple(
    Cue(at_ms=at_ms, length_ms=length_ms, role=role, name=name)
    for at_ms, length_ms, role, name in [
        (2_000, 0, Role.CHIME, "start"),
        (2_600, 3_000, Role.SPEECH, "one"),
        (7_900, 400, Role.SPEECH, "two"),
        (19_000, 0, Role.CHIME, "change"),
        (19_600, 6_000, Role.SPEECH, "three"),
    ]
)
SESSION = Timeline(
    length_ms=LENGTH_MS, cues=CUES, chapters=(Chapter(start_ms=0, end_ms=LENGTH_MS, title=""),)
)  # fmt: skip
BED = Loop(np.random.default_rng(1).integers(-2_000, 2_000, (100_003, 2)).astype(np.int16))


class ToneBank:
    def frames(self, cue):
        return 48 * (cue.length_ms or 2_500)

    def samples(self, cue):
        return (0.2 * np.sin(np.arange(self.frames(cue)) / (9 + len(cue.name)))).astype(np.float32)


MIX = Mix(SESSION, ToneBank(), BED, Levels())
WHOLE = np.concatenate(list(MIX.blocks()))


class Places:
    """Remembers what was written where."""

    def __init__(self, fail_at=None):
        self.frames = np.full_like(WHOLE, 7)
        self.writers = set()
        self.fail_at = fail_at

    def write_at(self, frame, block):
        if self.fail_at is not None and frame >= self.fail_at:
            raise TargetError("the disk is full", hint="make room")
        self.writers.add(threading.get_ident())
        self.frames[frame : frame + len(block)] = block


@settings(max_examples=12)
@given(cores=st.integers(1, 6))
def test_the_frames_are_the_same_on_any_number_of_cores(cores):
    places = Places()

    render(MIX, places, cores=cores)

    assert np.array_equal(places.frames, WHOLE)


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_the_file_has_the_same_bytes_on_any_number_of_cores(tmp_path: Path, cores):
    one, many = tmp_path / "one.wav", tmp_path / "many.wav"
    in_order = WavOutput(one, frames=MIX.length_frames)
    in_order.open()
    for block in MIX.blocks():
        in_order.write(block)
    in_order.close()

    output = WavOutput(many, frames=MIX.length_frames)
    output.open()
    render(MIX, output, cores=cores)
    output.close()

    assert many.read_bytes() == one.read_bytes()


def test_progress_is_told_by_the_thread_that_asked_and_ends_with_all():
    told, threads = [], set()

    def progress(done, total):
        told.append((done, total))
        threads.add(threading.get_ident())

    render(MIX, Places(), progress, cores=3)

    assert told[-1] == (MIX.length_frames, MIX.length_frames)
    assert told == sorted(told)
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_a_full_disk_stops_everybody(cores):
    with pytest.raises(TargetError, match="full"):
        render(MIX, Places(fail_at=2 * STRETCH_FRAMES), cores=cores)

    assert not [thread for thread in threading.enumerate() if thread.name == "render"]


def test_ctrl_c_stops_everybody():
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(MIX, Places(), interrupt, cores=3)

    assert not [thread for thread in threading.enumerate() if thread.name == "render"]


def test_music_that_breaks_off_is_told():
    class Broken:
        def read(self, start, stop):
            if start > STRETCH_FRAMES:
                raise MediaError("the music is gone", hint="find it")
            return BED.read(start, stop)

    with pytest.raises(MediaError, match="gone"):
        render(Mix(SESSION, ToneBank(), Broken(), Levels()), Places(), cores=2)


def test_music_is_read_in_order_by_one_at_a_time():
    class Streamed:
        def __init__(self):
            self.starts = []
            self.reading = 0

        def read(self, start, stop):
            self.reading += 1
            assert self.reading == 1
            self.starts.append(start)
            self.reading -= 1
            return BED.read(start, stop)

    bed = Streamed()

    render(Mix(SESSION, ToneBank(), bed, Levels()), Places(), cores=4)

    assert bed.starts == sorted(bed.starts)
