"""Many sessions in one go, where a machine is not as it should be."""

import _thread
import importlib
import os
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from voiceguide.guide import Options, Request
from voiceguide.guide.batch import _Running, export_all, has_fields, jobs_of
from voiceguide.guide.order import Order
from voiceguide.units import MINUTE_MS


@pytest.fixture
def locked() -> Iterator[Path]:
    """Give a folder that one may not enter, and be nobody for a while: an administrator may enter every one."""
    # Nobody may not read where an administrator has Python.
    for module in ("voiceguide.export.split", "voiceguide.speech.engine"):
        importlib.import_module(module)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0)
    yield folder
    folder.rmdir()
    os.seteuid(before)


def test_a_folder_that_one_may_not_enter_is_told_for_each_session(locked: Path):
    pattern = locked / "{minutes}.mp3"
    requests = [Request(routine="eleven-steps", options=Options(budget_ms=each * MINUTE_MS)) for each in (25, 30)]

    outcomes = export_all(jobs_of(requests, Order(targets=(pattern,))))

    assert has_fields(pattern)
    told = [str(outcome.error) for outcome in outcomes]
    assert told == [f"cannot write {locked}/{name}.mp3: permission denied" for name in (25, 30)]


def test_who_waits_for_a_session_looks_for_ctrl_c_now_and_then():
    session: Future = Future()
    running = _Running(None)
    running.add(session)
    # As on Windows, this interrupts what is run and wakes nobody who waits.
    ctrl_c = threading.Timer(0.2, _thread.interrupt_main)
    end = threading.Timer(5, session.set_result, [None])
    ctrl_c.start()
    end.start()

    with pytest.raises(KeyboardInterrupt):
        running.collect(0)

    assert not session.done()
    end.cancel()
