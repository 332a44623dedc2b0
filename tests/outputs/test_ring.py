"""The store between a writer and a device."""

import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.outputs.ring import Ring


def some(frames: int, start: int = 1) -> bytes:
    return bytes((start + i) % 255 + 1 for i in range(4 * frames))


@settings(max_examples=40, deadline=None)  # two threads take the time that they get
@given(capacity=st.integers(1, 50), puts=st.lists(st.integers(0, 120), max_size=8), takes=st.lists(st.integers(0, 60)))
def test_what_is_put_comes_out_in_order_whatever_the_sizes(capacity: int, puts: list[int], takes: list[int]):
    ring = Ring(capacity)
    blocks = [some(frames, start) for start, frames in enumerate(puts)]
    got = bytearray()
    writer = threading.Thread(target=lambda: [ring.put(memoryview(block), 5) for block in blocks])
    writer.start()

    for frames in takes:
        got += ring.take(frames).rstrip(b"\0")
    while writer.is_alive():
        got += ring.take(7).rstrip(b"\0")
        time.sleep(0.0005)
    got += ring.take(capacity).rstrip(b"\0")

    assert bytes(got) == b"".join(blocks)


def test_a_full_ring_waits_and_gives_up_in_time():
    ring = Ring(10)
    start = time.monotonic()

    stored = ring.put(memoryview(some(11)), patience_s=0.1)

    assert not stored
    assert 0.1 <= time.monotonic() - start < 1


def test_patience_begins_anew_whenever_something_is_taken():
    ring = Ring(10)
    ring.put(memoryview(some(10)), 1)
    taker = threading.Thread(target=lambda: [(time.sleep(0.06), ring.take(1)) for _ in range(5)])
    taker.start()

    stored = ring.put(memoryview(some(5)), patience_s=0.2)

    taker.join()
    assert stored


def test_too_little_is_filled_with_silence_and_counted():
    ring = Ring(10)
    ring.put(memoryview(some(2)), 1)

    taken = ring.take(4)

    assert taken == some(2) + bytes(8)
    assert ring.underruns == 1


def test_silence_before_the_first_frame_and_after_the_last_is_not_counted():
    ring = Ring(10)

    before = ring.take(4)
    ring.put(memoryview(some(4)), 1)
    ring.take(4)
    ring.drain(1)
    after = ring.take(4)

    assert before == after == bytes(16)
    assert ring.underruns == 0


def test_draining_waits_for_the_last_frame_and_gives_up_in_time():
    ring = Ring(10)
    ring.put(memoryview(some(4)), 1)

    in_vain = ring.drain(0.05)
    ring.take(4)

    assert not in_vain
    assert ring.drain(0.05)


def test_stopping_lets_a_writer_go():
    ring = Ring(10)
    results: list[bool] = []
    writer = threading.Thread(target=lambda: results.append(ring.put(memoryview(some(100)), 10)))
    writer.start()
    time.sleep(0.05)

    ring.stop()

    writer.join(1)
    assert results == [True]
