import pytest

from voiceguide import paths
from voiceguide.errors import RoutineError
from voiceguide.routine.library import entries, find_routine, load_routine


def test_the_eleven_steps_are_there():
    assert "eleven-steps" in [entry.name for entry in entries()]
    assert load_routine("eleven-steps").title == "Eleven-step back massage"


def test_a_routine_of_ones_own_hides_a_built_in_one():
    own = paths.own_routines()
    own.mkdir(parents=True)
    (own / "eleven-steps.yaml").write_text("format: 1\ntitle: Mine\n", "utf-8")

    assert find_routine("eleven-steps") == own / "eleven-steps.yaml"
    assert [entry.own for entry in entries() if entry.name == "eleven-steps"] == [True]


def test_a_path_is_taken_as_a_path(tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text("x", "utf-8")

    assert find_routine(str(file)) == file


@pytest.mark.parametrize(
    ("name", "hint"),
    [("elevensteps", "eleven-steps"), ("zzz", "there are"), ("./zzz.yaml", "check the path")],
)
def test_an_unknown_routine_offers_what_is_near(name, hint):
    with pytest.raises(RoutineError) as caught:
        find_routine(name)

    assert hint in caught.value.hint
