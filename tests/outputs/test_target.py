"""Where a file may not be written, and what is said then."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceguide.errors import TargetError
from voiceguide.outputs.target import Draft, check_target


def refusal(path: Path, overwrite: bool = False) -> tuple[str, str]:
    """Return message and hint; the check before and the writing say the same."""
    with pytest.raises(TargetError) as before:
        check_target(path, overwrite)
    with pytest.raises(TargetError) as writing:
        Draft(path, overwrite).begin()
    assert (before.value.message, before.value.hint) == (writing.value.message, writing.value.hint)
    return before.value.message, before.value.hint


def test_a_fresh_name_is_fine_and_nothing_is_touched(tmp_path: Path):
    check_target(tmp_path / "a.wav", overwrite=False)

    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_unless_told(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_text("dear")

    message, hint = refusal(path)

    assert message == f"{path} exists already"
    assert "--force" in hint
    check_target(path, overwrite=True)
    assert path.read_text() == "dear"


def test_a_folder_is_no_file(tmp_path: Path):
    message, hint = refusal(tmp_path, overwrite=True)

    assert message == f"{tmp_path} is a folder"
    assert str(tmp_path / "massage.wav") in hint


def test_a_missing_folder_is_told(tmp_path: Path):
    message, hint = refusal(tmp_path / "none" / "a.wav")

    assert message == f"cannot write {tmp_path}/none/a.wav: no such file or directory"
    assert "folder" in hint


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path):
    (tmp_path / "file").touch()

    message, hint = refusal(tmp_path / "file" / "a.wav")

    assert "not a directory" in message
    assert "folder" in hint


def test_a_name_that_is_too_long_is_told(tmp_path: Path):
    message, hint = refusal(tmp_path / ("a" * 300 + ".wav"))

    assert "file name too long" in message
    assert hint == "choose a shorter name"


def test_a_device_is_no_file():
    message, _ = refusal(Path("/dev/null"), overwrite=True)

    assert message == "/dev/null is a device, not a file"


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Be nobody for a while, because an administrator may write everywhere."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(before)


def test_a_folder_of_another_is_told(ordinary_user):
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)

    message, hint = refusal(folder / "a.wav")

    assert "permission denied" in message
    folder.rmdir()
    assert "may write" in hint


def test_a_read_only_disk_is_told(read_only_disk: Path):
    with pytest.raises(TargetError) as error:
        check_target(read_only_disk / "a.wav", overwrite=False)

    assert "may write" in error.value.hint


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path):
    path = tmp_path / "a.wav"
    draft = Draft(path, overwrite=False)
    draft.begin().write_text("ours")
    path.write_text("theirs")

    with pytest.raises(TargetError, match="exists already"):
        draft.keep()

    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_replaced_file_is_whole_or_as_it_was(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_text("old")
    dropped, kept = Draft(path, overwrite=True), Draft(path, overwrite=True)

    dropped.begin().write_text("half")
    dropped.drop()
    after_dropping = path.read_text()
    kept.begin().write_text("new")
    kept.keep()
    kept.drop()

    assert after_dropping == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
