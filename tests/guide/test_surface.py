"""What a program that uses voiceguide finds."""

import subprocess
import sys

import pytest

from voiceguide import guide


@pytest.mark.parametrize("name", guide.__all__)
def test_every_name_is_there(name):
    assert getattr(guide, name) is not None


def test_no_name_is_there_that_is_not_told_of():
    assert set(guide._PLACES) == set(guide.__all__)
    assert set(dir(guide)) == set(guide.__all__)
    with pytest.raises(AttributeError, match="no attribute 'plya'"):
        _ = guide.plya


def test_a_timetable_loads_no_sound():
    script = "import sys; from voiceguide import guide; guide.library; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert not {"numpy", "miniaudio", "voiceguide.player.live", "voiceguide.guide.batch"} & set(loaded)
