"""What a program that uses voiceguide finds."""

import subprocess
import sys

import pytest

from voiceguide import guide


@pytest.mark.parametrize("name", guide.__all__)
def test_every_name_is_there(name):
    assert getattr(guide, name) is not None


def test_no_name_is_there_that_is_not_told_of():
    assert {*guide._PLACES, "sounds", "voices"} == set(guide.__all__)
    assert set(dir(guide)) == set(guide.__all__)
    with pytest.raises(AttributeError, match="no attribute 'plya'"):
        _ = guide.plya


def test_no_module_takes_the_name_of_a_use_case():
    script = """
import importlib, pkgutil
from voiceguide import guide
for module in pkgutil.iter_modules(guide.__path__):
    importlib.import_module(f"voiceguide.guide.{module.name}")
print(*(name for name in guide.__all__ if type(getattr(guide, name)).__name__ == "module"))
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def test_a_timetable_loads_no_sound():
    script = "import sys; from voiceguide import guide; guide.library; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert not {"numpy", "miniaudio", "voiceguide.player.live", "voiceguide.guide.batch"} & set(loaded)
