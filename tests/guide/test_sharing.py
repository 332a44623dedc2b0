from pathlib import Path

import pytest

from voiceguide import paths
from voiceguide.errors import RoutineError
from voiceguide.guide.sharing import take

ROUTINE = """\
format: 1
title: {title}
sections:
  - title: All
    steps:
      - {{title: Glide, say: Glide up., time: 1-2 min}}
"""
TEXT = "Back massage\n\n1. Warm the oil in your hands.\n2. Glide up the back for two minutes.\n"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    file = tmp_path / "shared.yaml"
    file.write_text(ROUTINE.format(title="Shared"), "utf-8")
    return file


def own() -> list[str]:
    return sorted(path.name for path in paths.own_routines().glob("*"))


def test_a_routine_is_stored_byte_for_byte(shared):
    taken = take(shared)

    assert (taken.name, taken.drafted, taken.new) == ("shared", False, True)
    assert taken.path.read_bytes() == shared.read_bytes()


def test_the_kind_is_told_by_the_content_when_the_name_does_not(shared):
    assert not take(shared.rename(shared.with_name("download.bin"))).drafted


def test_a_text_is_drafted(shared):
    shared.with_name("Article 7.txt").write_text(TEXT)

    taken = take(shared.with_name("Article 7.txt"))

    assert (taken.name, taken.drafted) == ("article-7", True)
    assert "Glide up the back" in taken.path.read_text("utf-8")


def test_nothing_of_ones_own_is_written_over(shared):
    names = []
    for title in ("One", "Two", "Two", "One"):
        shared.write_text(ROUTINE.format(title=title), "utf-8")
        taken = take(shared)
        names.append((taken.name, taken.new))

    assert names == [("shared", True), ("shared-2", True), ("shared-2", False), ("shared", False)]
    assert own() == ["shared-2.yaml", "shared.yaml"]


def test_a_built_in_routine_keeps_its_name(shared):
    assert take(shared.rename(shared.with_name("eleven-steps.yaml"))).name == "eleven-steps-2"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"format: 1\ntitle: x\n", "sections"),
        (b"\x00\x01\x02", "zero bytes"),
        (b"%PDF-1.7 \xff", "PDF"),
        (b"x" * 1_000_001, "1 MB"),
        (b"", "empty"),
        (b"format: 1\ntitle: &a [*a]\n", "anchors"),
        (b"\xff\xfe\xff", "UTF-8"),
        (b"<!doctype html><html><body><p>Hello</p></body></html>", "web page"),
    ],
)
def test_what_is_no_routine_is_refused_and_not_stored(shared, content, told):
    file = shared.with_name("shared.txt")
    file.write_bytes(content)

    with pytest.raises(RoutineError, match=told):
        take(file)

    assert own() == []


@pytest.mark.parametrize(
    "name", ["..yaml", "-n.yaml", "$(touch x).yaml", "a\nb.yaml", "\x1b[31m.yaml", "x" * 200 + ".yaml"]
)
def test_a_hostile_name_becomes_a_plain_one(shared, name):
    taken = take(shared.rename(shared.with_name(name)))

    assert taken.path.parent == paths.own_routines()
    assert taken.name
    assert all(sign.isalnum() or sign in "-_." for sign in taken.name)
    assert taken.name[0].isalnum()
    assert len(taken.name) < 80


@pytest.mark.parametrize("file", ["/dev/zero", "/", "/nowhere/at/all"])
def test_what_is_no_file_is_refused(file):
    with pytest.raises(RoutineError):
        take(Path(file))
