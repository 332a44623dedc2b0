"""Clips on disk: whole or absent, whoever writes, and whatever the disk does."""

import logging
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide import paths
from voiceguide.speech.cache import ClipCache, StoredClip, clip_key

CLIP = StoredClip(np.arange(-4_410, 4_410, dtype=np.int16), 22_050)
KEY = clip_key("engine 1", "Hello.")


def same(one, other):
    return np.array_equal(one.samples, other.samples) and one.rate_hz == other.rate_hz


def of_bytes(size):
    """Return a clip whose file has `size` bytes."""
    return StoredClip(np.ones((size - 20) // 2, np.int16), 22_050)


def only_file(folder):
    (file,) = [file for file in folder.rglob("*") if file.is_file()]
    return file


def test_what_is_kept_is_found_by_another_cache(tmp_path):
    ClipCache(tmp_path).put(KEY, CLIP)

    again = ClipCache(tmp_path)

    assert same(again.get(KEY), CLIP)
    assert again.get(KEY).samples.dtype == np.int16
    assert again.length_ms(KEY) == CLIP.length_ms == 400


def test_what_was_never_kept_is_not_there(tmp_path):
    cache = ClipCache(tmp_path)

    assert cache.get(KEY) is None
    assert cache.length_ms(KEY) is None


def test_it_lies_in_the_cache_folder_of_the_person():
    ClipCache().put(KEY, CLIP)

    assert only_file(paths.cache_folder() / "clips").suffix == ".clip"


@given(st.text(), st.text(), st.text(), st.text())
def test_two_keys_are_the_same_only_for_the_same_voice_and_text(identity, text, other_identity, other_text):
    same = (identity, text) == (other_identity, other_text)

    if "\0" not in identity + other_identity:
        assert (clip_key(identity, text) == clip_key(other_identity, other_text)) == same


def test_a_text_with_half_a_character_has_a_key():
    assert clip_key("engine", "\ud800") != clip_key("engine", "?")


@pytest.mark.parametrize("at", [0, 8, 16, 20, 500, -1])
def test_a_damaged_file_counts_as_missing_and_is_made_again(tmp_path, at):
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    content = bytearray(only_file(tmp_path).read_bytes())
    content[at] ^= 0xFF
    only_file(tmp_path).write_bytes(content)

    assert cache.get(KEY) is None

    cache.put(KEY, CLIP)
    assert same(cache.get(KEY), CLIP)


@pytest.mark.parametrize("length", [0, 1, 19, 20, 21, 1_000, -1, -2])
def test_a_truncated_file_counts_as_missing(tmp_path, length):
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    only_file(tmp_path).write_bytes(only_file(tmp_path).read_bytes()[:length])

    assert cache.get(KEY) is None
    assert cache.length_ms(KEY) is None


def test_a_file_that_is_too_long_counts_as_missing(tmp_path):
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    with only_file(tmp_path).open("ab") as file:
        file.write(b"more")

    assert cache.get(KEY) is None
    assert cache.length_ms(KEY) is None


def test_a_folder_that_cannot_be_made_does_not_stop_it(tmp_path, caplog):
    blocked = tmp_path / "a file where a folder should be"
    blocked.write_bytes(b"")
    cache = ClipCache(blocked / "clips")
    other = clip_key("engine 1", "Again.")

    with caplog.at_level(logging.WARNING):
        cache.put(KEY, CLIP)
        cache.put(other, CLIP._replace(samples=CLIP.samples[::-1]))

    assert same(cache.get(KEY), CLIP)
    assert np.array_equal(cache.get(other).samples, CLIP.samples[::-1])
    assert cache.length_ms(KEY) == 400
    assert len(caplog.records) == 1
    assert str(blocked) in caplog.text


FULL_DISK = """
import resource, sys, logging
from pathlib import Path
import numpy as np
from voiceguide.speech.cache import ClipCache, StoredClip
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # no file grows beyond: a disk that is full half-way
logging.basicConfig(stream=sys.stdout)
cache = ClipCache(Path(sys.argv[1]))
clip = StoredClip(np.arange(4800, dtype=np.int16), 48_000)
for key in ("aa", "bb"):
    cache.put(key, clip)
    assert np.array_equal(cache.get(key).samples, clip.samples)
    assert cache.length_ms(key) == 100
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_does_not_stop_it_and_leaves_nothing_behind(tmp_path):
    run = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert run.stdout.count("WARNING") == 1
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


BUSY = """
import sys, time
from pathlib import Path
import numpy as np
from voiceguide.speech.cache import ClipCache, StoredClip
cache = ClipCache(Path(sys.argv[1]), most_bytes=int(sys.argv[2]))
clips = {f"{number:02x}": StoredClip(np.full(48 * (400 + number), number, np.int16), 48_000) for number in range(8)}
until = time.monotonic() + 1.5
rounds = 0
while time.monotonic() < until:
    for key, clip in clips.items():
        found = cache.get(key)
        assert found is None or np.array_equal(found.samples, clip.samples), "half a clip was seen"
        assert cache.length_ms(key) in (None, clip.length_ms)
        cache.put(key, clip)
    ClipCache(Path(sys.argv[1]), most_bytes=int(sys.argv[2])).trim()
    rounds += 1
print(rounds)
"""


@pytest.mark.parametrize("most_bytes", [10_000_000, 100_000])
def test_several_processes_write_read_and_trim_at_once(tmp_path, most_bytes):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BUSY, str(tmp_path), str(most_bytes)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]

    for process in processes:
        rounds, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
        assert int(rounds) > 1
    files, size = ClipCache(tmp_path).size()
    assert files == 8 or (files < 8 and size < 8 * 50_000)
    assert [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".clip"] == []


def test_400_lengths_are_read_in_no_time(tmp_path):
    cache = ClipCache(tmp_path)
    keys = [clip_key("engine", str(number)) for number in range(400)]
    for key in keys:
        cache.put(key, StoredClip(np.ones(48_000, np.int16), 48_000))

    start = time.perf_counter()
    lengths = [ClipCache(tmp_path).length_ms(key) for key in keys]
    took_s = time.perf_counter() - start

    assert lengths == [1_000] * 400
    assert took_s < 0.3


def aged(folder, key, days):
    """Let a clip look as if it was last used so many days ago."""
    (file,) = folder.rglob(f"{key}.clip")
    then = time.time() - 86_400 * days
    os.utime(file, (then, then))
    return file


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for number in range(10):
        ClipCache(tmp_path).put(f"{number:02}", of_bytes(1_000))
        aged(tmp_path, f"{number:02}", days=20 - number)

    ClipCache(tmp_path, most_bytes=6_000).trim()

    assert sorted(file.stem for file in tmp_path.rglob("*.clip")) == ["05", "06", "07", "08", "09"]


def test_as_long_as_there_is_room_nothing_goes(tmp_path):
    for number in range(10):
        ClipCache(tmp_path).put(f"{number:02}", of_bytes(1_000))

    ClipCache(tmp_path, most_bytes=10_000).trim()

    assert ClipCache(tmp_path).size() == (10, 10_000)


def test_what_this_session_uses_stays_however_old_it_is(tmp_path):
    for number in range(4):
        ClipCache(tmp_path).put(f"{number:02}", of_bytes(1_000))
        aged(tmp_path, f"{number:02}", days=9)
    cache = ClipCache(tmp_path, most_bytes=1_000)
    cache.put("made now", of_bytes(1_000))
    cache.length_ms("01")
    cache.get("02")
    for key in ("01", "02"):
        aged(tmp_path, key, days=99)

    cache.trim()

    assert sorted(file.stem for file in tmp_path.rglob("*.clip")) == ["01", "02", "made now"]


@pytest.mark.parametrize("ask", [ClipCache.get, ClipCache.length_ms])
@pytest.mark.parametrize(("days", "noted"), [(0.5, False), (3, True)])
def test_use_is_noted_once_a_day(tmp_path, ask, days, noted):
    ClipCache(tmp_path).put(KEY, CLIP)
    file = aged(tmp_path, KEY, days)
    before = file.stat().st_mtime

    ask(ClipCache(tmp_path), KEY)

    assert (file.stat().st_mtime > before) == noted


def test_two_do_not_trim_at_once_and_one_that_died_is_not_waited_for(tmp_path):
    ClipCache(tmp_path).put(KEY, CLIP)
    mark = tmp_path / ".trimming"
    mark.touch()

    ClipCache(tmp_path, most_bytes=1).trim()
    assert ClipCache(tmp_path).size()[0] == 1

    os.utime(mark, (0, 0))
    ClipCache(tmp_path, most_bytes=1).trim()
    assert ClipCache(tmp_path).size() == (0, 0)
    assert not mark.exists()


def test_clearing_tells_how_much_it_freed(tmp_path):
    cache = ClipCache(tmp_path)
    cache.put("aa", of_bytes(1_000))
    cache.put("bb", of_bytes(2_000))
    (tmp_path / "no clip").write_bytes(b"stays")

    assert cache.size() == (2, 3_000)
    assert cache.clear() == 3_000
    assert cache.size() == (0, 0)
    assert cache.get("aa") is None
    assert (tmp_path / "no clip").exists()


def test_where_nothing_was_ever_kept_there_is_nothing_to_trim_or_clear(tmp_path):
    cache = ClipCache(tmp_path / "none")

    cache.trim()

    assert cache.size() == (0, 0)
    assert cache.clear() == 0


@pytest.mark.parametrize(
    ("samples", "rate_hz", "length_ms"), [(1, 22_050, 1), (22_050, 22_050, 1_000), (23, 22_050, 2)]
)
def test_the_length_is_in_whole_milliseconds_that_hold_it_all(samples, rate_hz, length_ms):
    assert StoredClip(np.ones(samples, np.int16), rate_hz).length_ms == length_ms
