"""What a person reads of an export, whatever it is called and however quiet it is."""

from math import inf
from pathlib import Path

import pytest

from voiceguide.cli.outcomes import note_made, note_outcome, print_outcomes, summary_of
from voiceguide.errors import TargetError
from voiceguide.guide import Options, Request, Summary
from voiceguide.guide.batch import Job, Outcome
from voiceguide.guide.order import Order, Track

BELL = Path("a\x1b[2J\x07.mp3")
QUIET = Summary(
    tracks=(
        Track(
            target=BELL,
            size_bytes=1_000_000,
            chapters=2,
            error_beside=TargetError("no room for a.cue", hint="make some"),
        ),
    ),
    length_ms=90_000,
    lufs=-inf,
    peak_dbtp=-inf,
    left_out=("Rest\x1b[31m",),
    avoided=("Lower back",),
    beside=(Path("a\x9b.vtt"),),
)
OUTCOME = Outcome(
    Job(Request(routine="one", options=Options(budget_ms=90_000)), Order(targets=(BELL,))), made=QUIET
)  # fmt: skip


def of_no_effect(text: str) -> bool:
    return all(sign.isprintable() or sign == "\n" for sign in text)


def test_names_and_titles_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]):
    note_made(QUIET)
    note_outcome(OUTCOME)
    print_outcomes([OUTCOME])

    told = capsys.readouterr()
    assert of_no_effect(told.out)
    assert of_no_effect(told.err)
    assert "a?[2J?.mp3: 1:30, 1.0 MB, 2 chapters, silent" in told.err


def test_a_track_is_made_though_something_beside_it_is_not(capsys: pytest.CaptureFixture[str]):
    note_made(QUIET)
    print_outcomes([OUTCOME])

    told = capsys.readouterr()
    assert "a?[2J?.mp3    1:30  1.0" in told.out
    assert "failed" not in told.out
    assert "error: no room for a.cue" in told.err
    (track,) = summary_of(QUIET)["tracks"]
    assert (track["error"], track["error_beside"]["message"]) == (None, "no room for a.cue")


def test_silence_is_told_as_such(capsys: pytest.CaptureFixture[str]):
    print_outcomes([OUTCOME])

    assert "silent" in capsys.readouterr().out
    assert summary_of(QUIET)["loudness_lufs"] is None


def test_each_session_of_many_tells_what_one_alone_does(capsys: pytest.CaptureFixture[str]):
    note_outcome(OUTCOME)

    assert capsys.readouterr().err.splitlines() == [
        "one of 1.5 minutes: Left out, for want of time: Rest?[31m",
        "one of 1.5 minutes: Left out, as asked: Lower back",
        "one of 1.5 minutes: a?.vtt: written",
        "error: no room for a.cue",
        " hint: make some",
    ]
