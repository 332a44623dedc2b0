"""What becomes of several targets, and of what is beside them, where something comes between."""

from collections.abc import Callable
from math import isnan
from pathlib import Path

import pytest
from needs import needs_command, needs_module

from voiceguide.guide import Extras, Options, Request, Summary, export
from voiceguide.guide.order import one_a_stem, sound_beside

ROUTINE = """\
format: 1
title: Short
sections:
  - title: All
    steps:
      - {title: Glide, say: Glide up., time: 15-180 s}
"""


def request_of(folder: Path) -> Request:
    (folder / "short.yaml").write_text(ROUTINE, "utf-8")
    return Request(routine=str(folder / "short.yaml"), voice="espeak", options=Options(budget_ms=60_000))


def exported(folder: Path, *names: str, extras: Extras | None = None, meanwhile: Callable[[], None]) -> Summary:
    """Export a session of a minute; `meanwhile` is called once, as soon as the first of the files is there."""
    waiting = [meanwhile]

    def writing(_done: int, _total: int) -> None:
        if waiting and (folder / names[0]).exists():
            waiting.pop()()

    made = export(request_of(folder), *(folder / name for name in names), extras=extras, writing=writing)
    assert not waiting
    return made


def test_of_each_name_the_first_is_taken_in_the_order_in_which_they_came():
    assert one_a_stem([Path("a.mp3"), Path("b.mp3"), Path("a.wav")]) == [Path("a.mp3"), Path("b.mp3")]


@pytest.mark.parametrize(
    ("targets", "sound"),
    [
        (["a.mp3", "a.wav"], "a.wav"),
        (["a.html", "a.mp3"], "a.mp3"),
        (["a.mp3", "b.wav"], "a.mp3"),
        (["a.html"], "a.html"),
    ],
)
def test_a_cue_sheet_is_for_a_sound_of_its_own_name(targets: list[str], sound: str):
    paths = [Path(target) for target in targets]

    assert sound_beside(paths[0], paths) == Path(sound)


@needs_module("espeakng_loader")
@needs_command("ffmpeg")
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("mine")])
def test_what_is_gone_before_it_is_copied_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    export(request_of(tmp_path), tmp_path / "alone.m4b")

    made = exported(tmp_path, "x.m4a", "x.m4b", meanwhile=lambda: spoil(tmp_path / "x.m4a"))

    assert not made.errors
    assert (tmp_path / "x.m4b").read_bytes() == (tmp_path / "alone.m4b").read_bytes()


@needs_module("espeakng_loader")
def test_a_track_stays_and_is_told_of_where_something_beside_it_fails(tmp_path: Path):
    extras = Extras(text=True, stems=True)

    made = exported(tmp_path, "x.wav", extras=extras, meanwhile=lambda: (tmp_path / "x.music.wav").write_text("mine"))

    (track,) = made.tracks
    assert (track.error, track.size_bytes) == (None, (tmp_path / "x.wav").stat().st_size)
    assert "x.music.wav exists already" in track.error_beside.message
    assert made.errors == (track.error_beside,)
    assert made.beside == (tmp_path / "x.txt",)
    assert -40 < made.lufs < -10


@needs_module("espeakng_loader")
@needs_command("ffmpeg")
def test_where_no_track_is_made_no_levels_are_told(tmp_path: Path):
    targets = [tmp_path / "x.wav", tmp_path / "x.flac"]

    # Both names are taken while the session is written.
    made = export(request_of(tmp_path), *targets, writing=lambda _done, _total: [target.touch() for target in targets])

    assert len(made.errors) == 2
    assert isnan(made.lufs)
    assert isnan(made.peak_dbtp)
