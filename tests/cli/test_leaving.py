"""Leaving when asked: Ctrl-C, a closed terminal, a shutdown."""

import subprocess
import sys

IMPORTING = """
import _imp, random, signal, sys, time
from importlib import import_module
from voiceguide.cli.leaving import leave

def import_for_a_while():
    end_s = time.monotonic() + 1
    while time.monotonic() < end_s:
        for name in ("colorsys", "netrc", "quopri"):
            sys.modules.pop(name, None)
            import_module(name)

signal.signal(signal.SIGALRM, lambda _, frame: leave(signal.SIGINT, frame))
signal.signal(signal.SIGINT, leave)
swallowed, stuck, left = [], 0, 0
sys.unraisablehook = swallowed.append
random.seed(7)
for _ in range(1000):
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 2e-3))
        import_for_a_while()
    except KeyboardInterrupt:
        left += 1
    while _imp.lock_held():
        stuck += 1
        _imp.release_lock()
print(left, len(swallowed), stuck)
"""


def test_an_import_is_never_left_with_its_locks_taken():
    done = subprocess.run([sys.executable, "-c", IMPORTING], check=False, capture_output=True, text=True, timeout=100)

    assert (done.stdout, done.stderr) == ("1000 0 0\n", "")


MIDST = """
import signal
from threading import Event
from voiceguide.cli.leaving import leave_when_asked

leave_when_asked()
importing = "signal.raise_signal(signal.{name}); print('the import is over', flush=True)"
exec(compile(importing, "<frozen importlib._bootstrap>", "exec"))
Event().wait(20)
"""


def midst_of_an_import(name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MIDST.replace("{name}", name)], check=False, capture_output=True, text=True, timeout=30
    )


def test_what_was_put_off_is_done_once_the_import_is_over():
    done = midst_of_an_import("SIGTERM")

    assert (done.returncode, done.stdout, done.stderr) == (143, "the import is over\n", "")


def test_ctrl_c_that_was_put_off_is_a_keyboard_interrupt():
    done = midst_of_an_import("SIGINT")

    assert done.stdout == "the import is over\n"
    assert done.stderr.endswith("KeyboardInterrupt\n")
