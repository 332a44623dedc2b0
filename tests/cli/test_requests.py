from datetime import datetime, timedelta, timezone

import pytest

from voiceguide.cli.options import SessionOptions
from voiceguide.cli.requests import milliseconds_until, request_of
from voiceguide.errors import ScheduleError

NOW = datetime(2026, 11, 21, 21, 0, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(("time", "minutes"), [("21:30", 30), ("22:00", 60), ("0:15", 195), ("08:59", 719)])
def test_a_time_of_day_is_the_next_one(time, minutes):
    assert milliseconds_until(time, NOW) == minutes * 60_000


def test_seconds_that_have_passed_are_taken_off():
    assert milliseconds_until("21:30", NOW.replace(second=15, microsecond=500_000)) == 30 * 60_000 - 15_500


@pytest.mark.parametrize(
    ("time", "error"),
    [
        ("20:59", "has passed"),
        ("21:00", "has passed"),
        ("25:00", "no time of day"),
        ("half nine", "no time of day"),
        ("21", "no time of day"),
        ("21:30:00", "no time of day"),
    ],
)
def test_a_time_of_day_that_cannot_be_is_refused(time, error):
    with pytest.raises(ScheduleError, match=error) as caught:
        milliseconds_until(time, NOW)
    assert caught.value.hint


def test_minutes_and_a_time_of_day_are_not_both_taken():
    with pytest.raises(ScheduleError, match="both given"):
        request_of("x", SessionOptions(minutes=30), until="21:30")


def test_every_wish_reaches_the_scheduler():
    session = SessionOptions(
        minutes=1.5, stretch=True, only=["a"], skip_section=["b"], focus=["c"], avoid=["d"], pressure="light",
        detail="brief", time_left=5, pace=True,
    )  # fmt: skip

    options = request_of("x", session, keys=True).options

    assert options.budget_ms == 90_000
    assert (options.only, options.skip, options.focus, options.avoid) == (("a",), ("b",), ("c",), ("d",))
    assert (options.pressure, options.detail, options.time_left_ms) == ("light", "brief", 300_000)
    assert options.stretch
    assert options.pace
    assert options.keys
