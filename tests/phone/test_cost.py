"""What a session costs a phone: processes, of which Android allows few, and time of the processor."""

import os
import threading
import time
from pathlib import Path

import pytest
from emulated_phone import Phone
from needs import needs_command

pytestmark = [needs_command("espeak-ng", "ffmpeg"), pytest.mark.usefixtures("short")]


def descendants(root: int) -> set[int]:
    """Return the processes that a process has started, and those that these have."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(stat.parent.name)] = int(parent)
    found, fresh = set(), {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def cpu_s(root: int) -> float:
    """Return what a process has taken of the processor, with all that it has started, of which some has ended."""
    ticks = 0
    for pid in {root, *descendants(root)}:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Its own time, and that of those of its children that have ended.
        ticks += sum(map(int, words[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def share_of_a_core(root: int, for_s: float) -> float:
    before_s, start = cpu_s(root), time.monotonic()
    time.sleep(for_s)
    return (cpu_s(root) - before_s) / (time.monotonic() - start)


def test_even_with_all_speech_to_be_made_and_every_call_hanging_it_starts_few_processes(phone: Phone):
    phone.mood("pacat", "paced")
    phone.mood("termux-*", "hangs")
    playing = phone.start("voiceguide", "play", "eleven-steps", "--minutes", "30", "--vibrate")
    most = 0

    # By then the speech has been made, and the first calls have been given up.
    while not phone.calls("termux-volume") or time.time() < phone.calls("termux-volume")[0].at + 6:
        assert playing.poll() is None
        most = max(most, len(descendants(playing.pid)))
        time.sleep(0.01)

    assert playing.poll() is None
    # Each with what it has started.
    assert 2 <= most <= 6


def test_a_session_starts_few_processes_and_takes_little_of_the_processor(phone: Phone, capsys):
    phone.mood("pacat", "paced")
    playing = phone.start("voiceguide", "play", "./short.yaml", "--voice", "android")
    most = [0]

    def count() -> None:
        while playing.poll() is None:
            most[0] = max(most[0], len(descendants(playing.pid)))
            time.sleep(0.02)

    counting = threading.Thread(target=count)
    counting.start()
    phone.until(lambda: phone.lines("termux-tts-speak"))
    time.sleep(1)
    # The least of some: whatever else runs here costs us time too.
    share = min(share_of_a_core(playing.pid, 2.5) for _ in range(3))
    playing.terminate()
    playing.wait(60)
    counting.join()

    with capsys.disabled():
        print(f"\n{most[0]} processes at most, {share:.1%} of a core")  # noqa: T201 - a figure to read
    assert most[0] <= 6
    assert share < 0.05
