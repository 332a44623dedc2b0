"""What a session that was interrupted keeps of what was promised."""

import logging
import time
from dataclasses import asdict

import pytest

from voiceguide.guide import Options, Request, to_resume
from voiceguide.player.progress import Progress, save

REQUEST = Request(routine="slow-strokes", voice="espeak", options=Options(budget_ms=600_000), keep_end=True)


def interrupted(ends_at_s: float | None) -> None:
    save(Progress(routine="slow-strokes", content="", options=asdict(REQUEST), step=2, ends_at_s=ends_at_s))


def test_an_end_that_lies_ahead_is_still_promised(caplog: pytest.LogCaptureFixture):
    ends_at_s = time.time() + 300
    interrupted(ends_at_s)

    request, progress = to_resume()

    assert (request.keep_end, progress.ends_at_s) == (True, ends_at_s)
    assert not caplog.records


def test_an_end_that_is_past_is_given_up_and_that_is_told(caplog: pytest.LogCaptureFixture):
    interrupted(time.time() - 1)

    with caplog.at_level(logging.WARNING):
        request, _ = to_resume()

    assert not request.keep_end
    assert "the time is past" in caplog.text


def test_where_no_end_was_promised_none_is_kept(caplog: pytest.LogCaptureFixture):
    interrupted(None)

    request, _ = to_resume()

    assert not request.keep_end
    assert not caplog.records
