import subprocess
import sys

import pytest

from voiceguide.background import in_background


def test_the_outcome_is_what_the_call_returns_or_raises():
    assert in_background(lambda: 7, "seven").result(5) == 7
    with pytest.raises(ZeroDivisionError):
        in_background(lambda: 1 / 0, "zero").result(5)


def test_a_thread_that_is_busy_does_not_keep_the_program_from_ending():
    code = "import time; from voiceguide.background import in_background; in_background(lambda: time.sleep(60), 'busy')"

    assert subprocess.run([sys.executable, "-c", code], timeout=10, check=False).returncode == 0
