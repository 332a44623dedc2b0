import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.routine.amounts import (
    COUNT_PATTERN,
    DURATION_PATTERN,
    LONGEST_MS,
    MOST_TIMES,
    AmountError,
    Count,
    Duration,
    parse_count,
    parse_duration,
)


@pytest.mark.parametrize(
    ("text", "least_ms", "most_ms"),
    [
        ("5-6 min", 300_000, 360_000),
        ("10–15 s", 10_000, 15_000),
        ("10 to 15 seconds", 10_000, 15_000),
        ("45 s - 1 min", 45_000, 60_000),
        ("1:30", 90_000, 90_000),
        ("1:30-2:00", 90_000, 120_000),
        ("1:00:00", 3_600_000, 3_600_000),
        ("1.5 min", 90_000, 90_000),
        ("1,5 min", 90_000, 90_000),
        ("12h", LONGEST_MS, LONGEST_MS),
        (" 2 Minutes ", 120_000, 120_000),
        ("500 ms", 500, 500),
        ("5-6 Minuten", 300_000, 360_000),
        ("10 bis 15 Sekunden", 10_000, 15_000),
        ("1 a 2 minutos", 60_000, 120_000),
    ],
)
def test_a_duration_is_read_as_people_write_it(text, least_ms, most_ms):
    assert parse_duration(text) == Duration(least_ms, most_ms)


@pytest.mark.parametrize(
    ("text", "found", "hint"),
    [
        ("15-20", "has no unit", '"15-20 s" or "15-20 min"'),
        ("-5 min", "is negative", "above zero"),
        ("0 s", "is not above zero", "above zero"),
        ("6-5 min", "runs backwards", "smaller one first"),
        ("1-2-3 s", "more than two ends", "min-max"),
        ("5 parsecs", '"parsecs"', '"s", "min" or "h"'),
        ("soon", "is not a time", "5-6 min"),
        ("1 s-", "is not a time", "5-6 min"),
        ("", "is not a time", "5-6 min"),
        ("1:75", "59 seconds", '"1:30"'),
        ("13 h", "longer than 12 hours", "12 hours"),
        ("99999999999999999999 s", "is not a time", "15 s"),
        ("1" * 100, "too long", "5-6 min"),
    ],
)
def test_a_duration_that_cannot_be_read_says_why_and_what_to_write(text, found, hint):
    with pytest.raises(AmountError) as caught:
        parse_duration(text)
    assert found in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("3-4 times", 3, 4),
        ("3", 3, 3),
        ("3 to 4 x", 3, 4),
        ("1 time", 1, 1),
        ("3–4", 3, 4),
        ("2×", 2, 2),
        ("3 bis 4 Mal", 3, 4),
        ("3 a 4 veces", 3, 4),
    ],
)
def test_a_count_is_read_as_people_write_it(text, least, most):
    assert parse_count(text) == Count(least, most)


@pytest.mark.parametrize("text", ["3.5 times", "-3", "0", "4-3 times", "101", "often", "", "3-4-5"])
def test_a_count_that_cannot_be_read_has_a_hint(text):
    with pytest.raises(AmountError) as caught:
        parse_count(text)
    assert caught.value.hint


@given(st.integers(1, 3600), st.integers(0, 3600), st.sampled_from(["-", "–", " to ", " - ", "—"]))
def test_a_range_of_seconds_is_what_it_says(least, more, sign):
    assert parse_duration(f"{least}{sign}{least + more} s") == Duration(least * 1000, (least + more) * 1000)


@given(st.integers(1, MOST_TIMES), st.integers(0, MOST_TIMES))
def test_a_range_of_times_is_what_it_says(least, more):
    most = min(least + more, MOST_TIMES)
    assert parse_count(f"{least}-{most} times") == Count(least, most)


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_an_error_with_a_hint(text):
    for parse in (parse_duration, parse_count):
        hint = "none needed"
        try:
            parse(text)
        except AmountError as error:
            hint = error.hint
        assert hint


@given(st.text(alphabet="0123456789 -–to.:,smhinx", max_size=20))
def test_what_is_read_also_matches_the_pattern_that_editors_use(text):
    import re

    for parse, pattern in ((parse_duration, DURATION_PATTERN), (parse_count, COUNT_PATTERN)):
        try:
            parse(text)
        except AmountError:
            continue
        assert re.search(pattern, text)
