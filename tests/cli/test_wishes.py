import json
from pathlib import Path

import pytest
from command import assert_refused, voiceguide

TEXT = """\
How to rub a neck

1) Warm the oil between your palms for 1-2 minutes.
2) Sweep along the neck 3-4 times. Do not press on the spine.
3) Hold a tight spot for 10 to 15 seconds.
"""


def test_what_is_left_out_is_always_named():
    done = voiceguide("show", "eleven-steps", "-m", "25", "--avoid", "lower back")

    assert done.returncode == 0, done.stderr
    assert "Left out, as asked: Circles on the lower back" in " ".join(done.stdout.split())


def test_a_time_that_does_not_fit_names_the_routines_that_would():
    done = voiceguide("show", "eleven-steps", "-m", "8")

    assert_refused(done, 4, "cannot be done in 8 minutes", "that time suits slow-strokes")


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["--avoid", "lowr back"], "'lowr back'", "did you mean lower back"),
        (["--focus", "legs"], "legs", ""),
        (["--only", "prepartion"], "'prepartion'", "did you mean"),
    ],
)
def test_a_wish_that_matches_nothing_is_refused_with_near_names(words, error, hint):
    assert_refused(voiceguide("show", "eleven-steps", *words), 4, error, hint)


def test_check_reports_many_files_as_json_for_an_editor(tmp_path):
    (tmp_path / "a.yaml").write_text("format: 1\ntitle: A\nsektions: []\n", "utf-8")
    (tmp_path / "b.yaml").write_text("format: [", "utf-8")

    done = voiceguide("check", "a.yaml", "b.yaml", "c.yaml", "--json", cwd=tmp_path)

    rows = json.loads(done.stdout)
    assert done.returncode == 3
    assert done.stderr == ""
    assert [(row["file"], row["line"], row["column"]) for row in rows] == [
        ("a.yaml", 1, 1), ("a.yaml", 3, 1), ("b.yaml", 2, 1), ("c.yaml", 1, 1),
    ]  # fmt: skip
    assert rows[1]["hint"].startswith("did you mean sections")


def test_a_new_routine_is_a_commented_example_that_passes_check(tmp_path):
    made = voiceguide("new", "quiet.yaml", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    assert "#" in (tmp_path / "quiet.yaml").read_text("utf-8")
    assert voiceguide("check", "quiet.yaml", cwd=tmp_path).returncode == 0
    assert_refused(voiceguide("new", "quiet.yaml", cwd=tmp_path), 7, "exists already", "--force")


def test_a_new_routine_by_name_is_found_by_that_name():
    assert voiceguide("new", "my-evening").returncode == 0

    assert "my-evening" in voiceguide("list").stdout
    assert voiceguide("show", "my-evening").returncode == 0


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "x\ny"])
def test_a_new_routine_stays_in_its_folder(name, tmp_path):
    assert_refused(voiceguide("new", name, cwd=tmp_path), 3, "", "")


def test_a_text_is_drafted_to_a_routine_that_passes_check(tmp_path):
    (tmp_path / "neck.txt").write_text(TEXT, "utf-8")

    done = voiceguide("draft", "neck.txt", "-o", "neck.yaml", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    drafted = (tmp_path / "neck.yaml").read_text("utf-8")
    for figure in ("1-2 min", "3-4 times", "10-15 s"):
        assert figure in drafted
    assert voiceguide("check", "neck.yaml", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02" * 100, ""),
        (b"<!doctype html><html><body><p>Rub.</p></body></html>", ""),
        (b"a " * 600_000, ""),
    ],
)
def test_what_cannot_be_drafted_is_refused_in_two_lines(tmp_path, content, error):
    (tmp_path / "x.txt").write_bytes(content)

    assert_refused(voiceguide("draft", "x.txt", "-o", "x.yaml", cwd=tmp_path), 3, error, "")
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_draft_of_a_file_that_is_not_there_is_refused():
    assert_refused(voiceguide("draft", "none.txt"), 3, "none.txt", "text file")


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_session_is_drawn(tmp_path: Path, ending):
    done = voiceguide("show", "slow-strokes", "--plot", f"plan.{ending}", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"plan.{ending}").stat().st_size > 5_000
