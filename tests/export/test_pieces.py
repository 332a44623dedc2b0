"""A session as several files, side by side."""

import threading
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from short_session import BED, short_mix, whole

from voiceguide.errors import MediaError, TargetError
from voiceguide.export import pieces as module
from voiceguide.export.pieces import Piece, write_pieces
from voiceguide.outputs.memory import MemoryOutput

MIX = short_mix()
WHOLE = whole(MIX)


def cut(*inner: int, output=MemoryOutput) -> list[Piece]:
    edges = [0, *sorted(inner), MIX.length_frames]
    return [Piece(start, stop, output()) for start, stop in pairwise(edges)]


@settings(max_examples=25)
@given(st.sets(st.integers(1, MIX.length_frames - 1), max_size=6), st.integers(1, 4))
def test_the_pieces_joined_are_the_whole_wherever_it_is_cut_and_on_any_number_of_cores(edges, cores):
    pieces = cut(*edges)

    write_pieces(MIX, pieces, cores=cores)

    assert np.array_equal(np.concatenate([piece.output.frames for piece in pieces]), WHOLE)


class Streamed:
    """Music that can only be read in order."""

    def __init__(self):
        self.next = 0
        self.reading = False

    def read(self, start, stop):
        assert start == self.next, "out of order"
        assert not self.reading, "two at once"
        self.reading = True
        self.next = stop
        # Lets the others come in, if anything does.
        time.sleep(0)
        self.reading = False
        return BED.read(start, stop)


@pytest.mark.parametrize("ahead", [1, 48_000, 20_000_000])
def test_music_is_read_in_order_by_one_at_a_time(monkeypatch, ahead):
    monkeypatch.setattr(module, "AHEAD_FRAMES", ahead)
    pieces = cut(5_000, 200_000, 300_001)

    write_pieces(short_mix(Streamed()), pieces, cores=3)

    assert np.array_equal(np.concatenate([piece.output.frames for piece in pieces]), WHOLE)


class Meeting(MemoryOutput):
    """Ends only when all have begun to write."""

    together: threading.Barrier

    def close(self):
        self.together.wait(10)
        super().close()


@pytest.mark.parametrize("cores", [2, 3])
def test_as_many_are_written_at_once_as_there_are_cores(cores):
    Meeting.together = threading.Barrier(cores)

    write_pieces(MIX, cut(*range(50_000, 50_000 * 2 * cores, 50_000), output=Meeting), cores=cores)


class Full(MemoryOutput):
    """A disk without room."""

    def write(self, block):
        raise TargetError("the disk is full", hint="make room")


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize("cores", [1, 2, 4])
def test_one_that_fails_stops_all(cores, place):
    pieces = cut(100_000, 200_000, 300_000)
    pieces[place] = pieces[place]._replace(output=Full())

    with pytest.raises(TargetError, match="full"):
        write_pieces(MIX, pieces, cores=cores)

    assert not [thread for thread in threading.enumerate() if thread.name == "pieces"]


def test_music_that_breaks_off_is_told():
    class Broken:
        def read(self, start, stop):
            if start > 200_000:
                raise MediaError("the music is gone", hint="find it")
            return BED.read(start, stop)

    with pytest.raises(MediaError, match="gone"):
        write_pieces(short_mix(Broken()), cut(100_000, 400_000), cores=2)


def test_progress_is_told_by_the_thread_that_asked_and_ends_with_all():
    told, threads = [], set()

    def progress(done, total):
        told.append((done, total))
        threads.add(threading.get_ident())

    write_pieces(MIX, cut(100_000, 200_000), progress, cores=2)

    assert told[-1] == (MIX.length_frames, MIX.length_frames)
    assert told == sorted(told)
    assert threads == {threading.get_ident()}


class Held(MemoryOutput):
    """Takes nothing before it was interrupted, and little after."""

    interrupted = threading.Event()
    aborted = 0

    def write(self, block):
        self.interrupted.wait(10)
        time.sleep(0.02)

    def abort(self):
        type(self).aborted += 1


def test_what_progress_raises_ends_all():
    def interrupt(_done, _total):
        Held.interrupted.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pieces(MIX, cut(200_000, 400_000, output=Held), interrupt, cores=2)

    assert Held.aborted == 2
    assert not [thread for thread in threading.enumerate() if thread.name == "pieces"]


class Stuck(MemoryOutput):
    """Takes a block, and then nothing until it is let go."""

    def __init__(self):
        super().__init__()
        self.let_go = threading.Event()

    def write(self, block):
        assert self.let_go.wait(20)
        super().write(block)

    def abort(self):
        self.let_go.set()
        super().abort()


def test_one_that_hangs_is_let_go_when_all_is_over(monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)
    pieces = cut(100_000, output=Stuck)

    def enough(done, total):
        raise KeyboardInterrupt

    begun_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        write_pieces(MIX, pieces, enough, cores=2)

    assert time.monotonic() - begun_s < 5
