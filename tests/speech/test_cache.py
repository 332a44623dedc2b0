"""Clips on disk: whole or absent, whoever writes, and whatever the disk does."""

import logging
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide import paths
from voiceguide.speech.cache import ClipCache, clip_key

CLIP = np.arange(-4_800, 4_800, dtype=np.int16)
KEY = clip_key("engine 1", "Hello.")


def only_file(folder):
    (file,) = [file for file in folder.rglob("*") if file.is_file()]
    return file


def test_what_is_kept_is_found_by_another_cache(tmp_path):
    ClipCache(tmp_path).put(KEY, CLIP)

    again = ClipCache(tmp_path)

    assert np.array_equal(again.get(KEY), CLIP)
    assert again.get(KEY).dtype == np.int16
    assert again.frames(KEY) == len(CLIP)


def test_what_was_never_kept_is_not_there(tmp_path):
    cache = ClipCache(tmp_path)

    assert cache.get(KEY) is None
    assert cache.frames(KEY) is None


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


@pytest.mark.parametrize("at", [0, 8, 12, 16, 500, -1])
def test_a_damaged_file_counts_as_missing_and_is_made_again(tmp_path, at):
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    content = bytearray(only_file(tmp_path).read_bytes())
    content[at] ^= 0xFF
    only_file(tmp_path).write_bytes(content)

    assert cache.get(KEY) is None

    cache.put(KEY, CLIP)
    assert np.array_equal(cache.get(KEY), CLIP)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 1_000, -1, -2])
def test_a_truncated_file_counts_as_missing(tmp_path, length):
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    only_file(tmp_path).write_bytes(only_file(tmp_path).read_bytes()[:length])

    assert cache.get(KEY) is None
    assert cache.frames(KEY) is None


def test_a_file_that_is_too_long_counts_as_missing(tmp_path):
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    with only_file(tmp_path).open("ab") as file:
        file.write(b"more")

    assert cache.get(KEY) is None
    assert cache.frames(KEY) is None


def test_a_folder_that_cannot_be_made_does_not_stop_it(tmp_path, caplog):
    blocked = tmp_path / "a file where a folder should be"
    blocked.write_bytes(b"")
    cache = ClipCache(blocked / "clips")
    other = clip_key("engine 1", "Again.")

    with caplog.at_level(logging.WARNING):
        cache.put(KEY, CLIP)
        cache.put(other, CLIP[::-1])

    assert np.array_equal(cache.get(KEY), CLIP)
    assert np.array_equal(cache.get(other), CLIP[::-1])
    assert cache.frames(KEY) == len(CLIP)
    assert len(caplog.records) == 1
    assert str(blocked) in caplog.text


FULL_DISK = """
import resource, sys, logging
from pathlib import Path
import numpy as np
from voiceguide.speech.cache import ClipCache
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # no file grows beyond: a disk that is full half-way
logging.basicConfig(stream=sys.stdout)
cache = ClipCache(Path(sys.argv[1]))
clip = np.arange(4800, dtype=np.int16)
for key in ("aa", "bb"):
    cache.put(key, clip)
    assert np.array_equal(cache.get(key), clip)
    assert cache.frames(key) == 4800
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
from voiceguide.speech.cache import ClipCache
cache = ClipCache(Path(sys.argv[1]))
clips = {f"{number:02x}": np.full(20_000 + number, number, np.int16) for number in range(8)}
until = time.monotonic() + 1.5
rounds = 0
while time.monotonic() < until:
    for key, clip in clips.items():
        found = cache.get(key)
        assert found is None or np.array_equal(found, clip), "half a clip was seen"
        assert cache.frames(key) in (None, len(clip))
        cache.put(key, clip)
    rounds += 1
print(rounds)
"""


def test_several_processes_write_and_read_at_once(tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", BUSY, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]

    for process in processes:
        rounds, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
        assert int(rounds) > 1
    assert sum(1 for file in tmp_path.rglob("*") if file.is_file()) == 8


def test_400_lengths_are_read_in_no_time(tmp_path):
    cache = ClipCache(tmp_path)
    keys = [clip_key("engine", str(number)) for number in range(400)]
    for key in keys:
        cache.put(key, np.ones(48_000, np.int16))

    start = time.perf_counter()
    lengths = [ClipCache(tmp_path).frames(key) for key in keys]
    took_s = time.perf_counter() - start

    assert lengths == [48_000] * 400
    assert took_s < 0.3
