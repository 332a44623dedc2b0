"""What an export has made, as people read it and as programs do."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voiceguide.cli.report import note, plain, report
from voiceguide.errors import VoiceguideError
from voiceguide.guide import Summary
from voiceguide.guide.batch import Outcome, name_of
from voiceguide.guide.order import Track
from voiceguide.units import MINUTE_MS, short_clock

_SILENT: Final = "silent"


def note_made(made: Summary) -> None:
    """Tell what was made of a session, and what was not."""
    for text in _notes(made):
        _note(text)
    for track in made.tracks:
        if track.error:
            report(track.error)
        else:
            _note(f"{track.target}: {_figures(made, track)}")
            if track.error_beside:
                report(track.error_beside)


def note_outcome(outcome: Outcome) -> None:
    """Tell of one session of many what the table of all does not, and why it was not made, or not all of it."""
    for text in _notes(outcome.made) if outcome.made else ():
        _note(f"{name_of(outcome.job.request)}: {text}")
    errors = outcome.made.errors if outcome.made else (outcome.error,)
    for error in errors:
        if error:
            report(error)


def _notes(made: Summary) -> Iterator[str]:
    if made.left_out:
        yield f"Left out, for want of time: {', '.join(made.left_out)}"
    if made.avoided:
        yield f"Left out, as asked: {', '.join(made.avoided)}"
    for missed in made.acx.missed() if made.acx else ():
        yield f"Not as ACX asks: {missed}"
    for file in made.beside:
        yield f"{file}: written"


def _note(text: str) -> None:
    # A title or the name of a file may hold what a terminal would obey.
    note(plain(text))


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print what became of each file of many sessions."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("file", overflow="fold")
    for column in ("length", "MB", "chapters", "LUFS", "dBTP"):
        table.add_column(column, justify="right", no_wrap=True)
    for outcome in outcomes:
        for row in _rows(outcome):
            table.add_row(*row)
    Console().print(table)
    whole = sum(outcome.error is None for outcome in outcomes)
    note(f"{whole} of {len(outcomes)} sessions made")


def summary_of(made: Summary) -> dict[str, Any]:
    """Return what was made as plain data; a level is `None` for silence."""
    return {
        "length_ms": made.length_ms,
        "loudness_lufs": _level(made.lufs),
        "peak_dbtp": _level(made.peak_dbtp),
        "acx": made.acx
        and {
            "rms_db": _level(made.acx.rms_db),
            "floor_db": _level(made.acx.floor_db),
            "missed": list(made.acx.missed()),
        },
        "left_out": made.left_out,
        "avoided": made.avoided,
        "beside": [str(file) for file in made.beside],
        "tracks": [_track_of(track) for track in made.tracks],
    }


def outcome_of(outcome: Outcome) -> dict[str, Any]:
    """Return what became of one session of many as plain data."""
    request = outcome.job.request
    budget_ms = request.options.budget_ms
    return {
        "routine": request.routine,
        "minutes": budget_ms / MINUTE_MS if budget_ms else None,
        "voice": request.voice,
        "targets": [str(target) for target in outcome.job.order.targets],
        "error": _error_of(outcome.error),
        "made": outcome.made and summary_of(outcome.made),
    }


def _track_of(track: Track) -> dict[str, Any]:
    return {
        "target": str(track.target),
        "size_bytes": track.size_bytes,
        "chapters": track.chapters,
        "error": _error_of(track.error),
        "error_beside": _error_of(track.error_beside),
    }


def _error_of(error: VoiceguideError | None) -> dict[str, str] | None:
    return {"message": error.message, "hint": error.hint} if error else None


def _figures(made: Summary, track: Track) -> str:
    chapters = f"{track.chapters or 'no'} chapter{'' if track.chapters == 1 else 's'}"
    levels = f"{made.lufs:.0f} LUFS, peak {made.peak_dbtp:.1f} dBTP" if isfinite(made.lufs) else _SILENT
    return f"{short_clock(made.length_ms)}, {track.size_bytes / 1e6:.1f} MB, {chapters}, {levels}"


def _rows(outcome: Outcome) -> list[list[str | Text]]:
    made = outcome.made
    if made is None:
        return [[Text(plain(str(target))), Text("failed", style="red")] for target in outcome.job.order.targets]
    return [
        [Text(plain(str(track.target))), Text("failed", style="red")]
        if track.error
        else [
            Text(plain(str(track.target))),
            short_clock(made.length_ms),
            f"{track.size_bytes / 1e6:.1f}",
            str(track.chapters or "-"),
            f"{made.lufs:.0f}" if isfinite(made.lufs) else _SILENT,
            f"{made.peak_dbtp:.1f}" if isfinite(made.peak_dbtp) else "",
        ]
        for track in made.tracks
    ]


def _level(db: float) -> float | None:
    return round(db, 2) if isfinite(db) else None
