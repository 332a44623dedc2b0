"""A file with another's sound is, byte for byte, what it would be if it were encoded by itself."""

from pathlib import Path

import mutagen
import numpy as np
import pytest
from needs import needs_command

from voiceguide.errors import TargetError
from voiceguide.export.cover import cover
from voiceguide.outputs.copying import SourceGoneError, copy_sound
from voiceguide.outputs.registry import file_output
from voiceguide.outputs.tags import Mark, Tags
from voiceguide.outputs.target import Identity
from voiceguide.scheduler.timeline import Chapter, Timeline

PICTURE = cover(Timeline(length_ms=2_000, cues=(), chapters=(Chapter(start_ms=0, end_ms=2_000, title=""),)))
TAGS = Tags(
    title="Back", language="de-AT", date="2026-11-21", source="A book", cover=PICTURE,
    marks=(Mark(start_ms=0, end_ms=1_000, title="Welcome"), Mark(start_ms=1_000, end_ms=2_000, title="Glide")),
)  # fmt: skip


def written(path: Path) -> Identity:
    output = file_output(path, frames=96_000, tags=TAGS)
    output.open()
    output.write(np.random.default_rng(1).integers(-9000, 9000, (96_000, 2), np.int16))
    output.close()
    assert output.kept
    return output.kept


@needs_command("ffmpeg")
@pytest.mark.parametrize(
    ("of", "to"), [(".m4a", ".m4b"), (".m4b", ".m4a"), (".m4b", ".M4A"), (".m4b", ".m4b"), (".m4a", ".m4a")]
)
def test_a_copy_has_the_bytes_that_it_has_alone(tmp_path: Path, of: str, to: str):
    made = written(tmp_path / f"source{of}")
    written(tmp_path / f"alone{to}")

    copy_sound(tmp_path / f"source{of}", made, tmp_path / f"copy{to}", TAGS)

    assert (tmp_path / f"copy{to}").read_bytes() == (tmp_path / f"alone{to}").read_bytes()
    assert ("stik" in mutagen.File(tmp_path / f"copy{to}")) == (to == ".m4b")


def replaced(source: Path) -> None:
    other = source.with_name("other")
    other.write_bytes(source.read_bytes())
    other.replace(source)


@pytest.mark.parametrize(
    "spoil", [replaced, Path.unlink, lambda source: source.write_bytes(b"mine"), lambda source: source.write_bytes(b"")]
)
def test_what_has_taken_the_name_meanwhile_is_not_copied(tmp_path: Path, spoil):
    source, copy = tmp_path / "source.wav", tmp_path / "copy.wav"
    made = written(source)
    copy.write_text("old")
    spoil(source)

    with pytest.raises(SourceGoneError):
        copy_sound(source, made, copy, TAGS, overwrite=True)

    assert copy.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} <= {"source.wav", "copy.wav"}


def test_a_copy_that_has_no_place_is_told_of_its_target(tmp_path: Path):
    made = written(tmp_path / "source.wav")

    with pytest.raises(TargetError, match=r"no/copy\.wav"):
        copy_sound(tmp_path / "source.wav", made, tmp_path / "no" / "copy.wav", TAGS)
