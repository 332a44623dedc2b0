import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide import paths
from voiceguide.errors import ProgressError
from voiceguide.player import progress as progress_module
from voiceguide.player.progress import (
    KEPT_FOR_S,
    Progress,
    ProgressKeeper,
    fingerprint,
    forget,
    nearest_step,
    progress_file,
    read_progress,
    save,
)
from voiceguide.player.status import Status

TITLES = ("Oil", "Glide", "Circles", "Glide", "Rest")
SESSION = Progress(routine="back", content=fingerprint(b"title: Back"), options={"minutes": 40, "music": "ocean"})
AT_CIRCLES = replace(SESSION, step=3, title="Circles", position_ms=754_321)


def at(step: int, position_ms: int = 0) -> Status:
    """Return where a session stands; 0 is the opening, one past the last the closing."""
    return Status(
        session_title="Back", step=step, title=("Welcome", *TITLES, "Closing")[step], next_title=None,
        position_ms=position_ms, length_ms=10_000_000, left_ms=0, step_left_ms=0, step_start_ms=0, held=False,
        paused=False, muted=False, waits=False, device_lost=False, steps=TITLES,
    )  # fmt: skip


def written(content: bytes) -> Path:
    progress_file().parent.mkdir(parents=True, exist_ok=True)
    progress_file().write_bytes(content)
    return progress_file()


def until(kept: Progress, within_s: float = 5) -> None:
    """Wait until `kept` is on disk, but for the time at which it was written."""
    end_s = time.monotonic() + within_s
    while (found := read_progress()) is None or replace(found, saved_s=kept.saved_s) != kept:
        assert time.monotonic() < end_s, found
        time.sleep(0.005)


def break_off(*stations: Status, every_s: float = 0) -> None:
    """Play a session that comes to these and is then interrupted."""
    with ProgressKeeper(SESSION) as keeper:
        for station in stations:
            keeper.note(station)
            time.sleep(every_s)
        raise KeyboardInterrupt


def test_what_was_saved_is_read_and_can_be_forgotten():
    assert read_progress() is None
    save(AT_CIRCLES)
    assert read_progress() == AT_CIRCLES
    forget()
    forget()
    assert read_progress() is None


def test_nobody_else_can_read_it():
    save(AT_CIRCLES)

    assert progress_file().stat().st_mode & 0o077 == 0
    assert [file.name for file in paths.state_folder().iterdir()] == ["progress.json"]


@pytest.mark.parametrize(("ago_s", "kept"), [(KEPT_FOR_S - 60, True), (KEPT_FOR_S + 60, False), (-3_600, True)])
def test_after_a_week_one_begins_anew(ago_s, kept):
    save(replace(AT_CIRCLES, saved_s=time.time() - ago_s))

    assert (read_progress() is not None) == kept


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\0" * 300, b"\xff\xfe", b"[]", b"null", b"7", b'{"version": 1}', b'{"options": ' + b"[" * 100_000,
        json.dumps(asdict(AT_CIRCLES)).encode()[:-20],
        json.dumps({**asdict(AT_CIRCLES), "step": -1}).encode(),
        json.dumps({**asdict(AT_CIRCLES), "step": "three"}).encode(),
        json.dumps({**asdict(AT_CIRCLES), "position_ms": 1.5}).encode(),
        json.dumps({**asdict(AT_CIRCLES), "options": None}).encode(),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_with_what_to_do(content):
    file = written(content)

    with pytest.raises(ProgressError, match="damaged") as told:
        read_progress()
    assert str(file) in told.value.message
    assert "voiceguide play" in told.value.hint


@given(st.binary(max_size=400) | st.builds(lambda cut: json.dumps(asdict(AT_CIRCLES)).encode()[:cut], st.integers(0)))
def test_no_content_whatever_makes_reading_fail_otherwise(content):
    written(content)

    try:
        read = read_progress()
    except ProgressError:
        read = None
    assert read is None or read == AT_CIRCLES


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_file_of_another_version_is_told_as_such(version):
    written(json.dumps({"version": version, "something": "else"}).encode())

    with pytest.raises(ProgressError, match="another version"):
        read_progress()


def test_a_file_that_cannot_be_read_is_told():
    progress_file().mkdir(parents=True)

    with pytest.raises(ProgressError, match="directory") as told:
        read_progress()
    assert told.value.hint


@pytest.mark.parametrize(
    ("kept", "titles", "index"),
    [
        ((3, "Circles"), TITLES, 2),
        ((2, "Glide"), TITLES, 1),
        ((4, "Glide"), TITLES, 3),
        ((3, "Circles"), ("Circles", "Oil", "Glide", "Rest"), 0),
        ((3, "Circels on the back"), ("Oil", "Rest", "Glide", "Circles on the back"), 3),
        ((3, "Kneading"), TITLES, 2),
        ((9, "Kneading"), TITLES, 4),
        ((0, ""), TITLES, 0),
        ((3, "Circles"), (), 0),
    ],
)
def test_a_session_goes_on_at_the_step_of_that_name_else_of_that_number(kept, titles, index):
    assert nearest_step(replace(SESSION, step=kept[0], title=kept[1]), titles) == index


@given(st.integers(0, 200), st.text(max_size=20), st.lists(st.text(max_size=20), min_size=1, max_size=50))
def test_the_nearest_step_is_always_one_of_them(step, title, titles):
    assert 0 <= nearest_step(replace(SESSION, step=step, title=title), titles) < len(titles)


def test_a_session_that_breaks_off_leaves_where_it_was():
    with pytest.raises(KeyboardInterrupt):
        break_off(at(1), at(3, 754_321))

    kept = read_progress()
    assert kept is not None
    assert replace(kept, saved_s=SESSION.saved_s) == AT_CIRCLES
    assert time.time() - kept.saved_s < 5


def test_a_session_that_ends_well_leaves_nothing():
    save(AT_CIRCLES)
    with ProgressKeeper(SESSION) as keeper:
        keeper.note(at(1))

    assert read_progress() is None


def test_a_session_of_which_nothing_was_heard_leaves_the_one_before():
    save(AT_CIRCLES)
    with pytest.raises(KeyboardInterrupt):
        break_off()
    with ProgressKeeper(SESSION):
        pass

    assert read_progress() == AT_CIRCLES


def test_a_session_that_breaks_off_in_its_opening_begins_anew_and_is_not_the_one_before():
    save(AT_CIRCLES)
    with pytest.raises(KeyboardInterrupt):
        break_off(at(0, 1_500))

    kept = read_progress()
    assert kept is not None
    assert (kept.step, kept.routine, kept.position_ms) == (0, SESSION.routine, 1_500)


def test_the_closing_is_not_gone_back_to():
    with pytest.raises(KeyboardInterrupt):
        break_off(at(5, 9_000), at(6, 9_500))

    kept = read_progress()
    assert kept is not None
    assert (kept.step, kept.title) == (5, "Rest")


def test_a_change_of_step_is_written_at_once(monkeypatch):
    monkeypatch.setattr(progress_module, "EVERY_S", 60)
    with ProgressKeeper(SESSION) as keeper:
        for step, title in ((2, "Glide"), (3, "Circles")):
            keeper.note(at(step))
            until(replace(SESSION, step=step, title=title))


def test_within_a_step_the_position_is_written_every_now_and_then(monkeypatch):
    monkeypatch.setattr(progress_module, "EVERY_S", 0.05)
    with ProgressKeeper(SESSION) as keeper:
        for position_ms in (0, 700, 1_400):
            keeper.note(at(2, position_ms))
            until(replace(SESSION, step=2, title="Glide", position_ms=position_ms))


def test_a_session_that_stands_still_writes_nothing(monkeypatch):
    monkeypatch.setattr(progress_module, "EVERY_S", 0.01)
    with ProgressKeeper(SESSION) as keeper:
        keeper.note(at(2))
        until(replace(SESSION, step=2, title="Glide"))
        before = progress_file().stat().st_mtime_ns
        for _ in range(10):
            keeper.note(at(2))
            time.sleep(0.01)

        assert progress_file().stat().st_mtime_ns == before


def test_a_folder_that_cannot_be_written_is_told_once_and_the_session_goes_on(monkeypatch, caplog):
    monkeypatch.setattr(progress_module, "EVERY_S", 0.005)
    paths.state_folder().parent.mkdir(parents=True)
    paths.state_folder().write_text("a file where the folder should be")
    with pytest.raises(KeyboardInterrupt):
        break_off(*(at(2, position_ms) for position_ms in range(10)), every_s=0.01)

    assert caplog.text.count("cannot be resumed") == 1


def test_in_a_folder_where_nothing_can_be_taken_away_a_session_ends_well_and_that_is_told(caplog):
    paths.state_folder().parent.mkdir(parents=True)
    paths.state_folder().write_text("a file where the folder should be")

    with ProgressKeeper(SESSION) as keeper:
        keeper.note(at(2))

    assert "this session is over" in caplog.text


def test_to_take_a_note_costs_the_session_nothing():
    with ProgressKeeper(SESSION) as keeper:
        began_s = time.process_time()
        for position_ms in range(5_000):
            keeper.note(at(2, position_ms))

        # Fifty a second are taken: this would be 1 % of a core.
        assert time.process_time() - began_s < 5_000 * 0.000_2


KILLS = """
import os, random, signal, time
from dataclasses import replace
from voiceguide.player.progress import Progress, progress_file, read_progress, save

session = Progress(routine="back", content="1234", options={"music": "ocean " * 200})
save(session)
for trial in range(100):
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        for position_ms in range(1, 1_000_000):
            save(replace(session, step=trial + 1, title="Glide " * (position_ms % 50), position_ms=position_ms))
            os.write(tells, b".")
    os.close(tells)
    os.read(told, 1)
    time.sleep(random.random() * 0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    finished = 1
    while more := os.read(told, 65_536):
        finished += len(more)
    os.close(told)
    kept = read_progress()
    assert kept.step == trial + 1 and finished <= kept.position_ms <= finished + 1, (trial, finished, kept.position_ms)
    assert kept.title == "Glide " * (kept.position_ms % 50)
assert len(list(progress_file().parent.iterdir())) <= 2
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_hundred_kills_leave_a_hundred_whole_files_with_the_last_that_was_written():
    done = subprocess.run([sys.executable, "-c", KILLS], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr


KEEPS = """
import sys, time
sys.path[:0] = sys.argv[1:]
from test_progress import SESSION, ProgressKeeper, at

with ProgressKeeper(SESSION) as keeper:
    for position_ms in range(36):
        keeper.note(at(1 + position_ms // 10, position_ms))
        time.sleep(0.01)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_session_that_is_killed_can_be_resumed_at_its_step():
    words = [sys.executable, "-c", KEEPS, str(Path(__file__).parent), str(Path(__file__).parents[1])]
    there = replace(SESSION, step=4, title="Glide", position_ms=35)
    with subprocess.Popen(words) as session:
        try:
            until(there, within_s=20)
        finally:
            session.kill()

    kept = read_progress()
    assert kept is not None
    assert replace(kept, saved_s=SESSION.saved_s) == there
