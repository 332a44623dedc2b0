"""Programs that run beside us."""

import os
import signal
import subprocess
import sys
import time

import pytest

from voiceguide.media.child import Child


def python(script: str, **options: int) -> Child:
    return Child([sys.executable, "-c", script], **options)


def test_it_is_asked_what_it_said_last():
    child = python("import sys; print('one', file=sys.stderr); print('two'); print(); sys.exit(3)")

    code = child.wait(10)

    assert code == 3
    assert set(child.said()) == {"one", "two"}
    child.end()


def test_one_that_said_nothing_has_its_exit_code():
    child = python("import sys; sys.exit(3)")
    child.wait(10)

    assert child.last_line() == "exit code 3"
    child.end()


def test_one_that_talks_without_end_waits_for_nobody_and_only_its_last_words_are_read():
    child = python("for i in range(100_000): print('word', i)")

    assert child.wait(10) == 0
    assert child.last_line() == "word 99999"
    assert len(child.said()) < 500
    child.end()


def test_words_that_are_no_text_are_no_error():
    child = python("import os; os.write(2, b'\\xff\\xfe ouch')")
    child.wait(10)

    assert child.last_line().endswith("ouch")
    child.end()


def test_it_is_killed_and_gone_at_the_end():
    child = python("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    start = time.monotonic()

    child.end()
    child.end()

    assert time.monotonic() - start < 2
    assert child.process.returncode == -signal.SIGKILL


def test_ctrl_c_in_the_terminal_does_not_reach_it():
    child = python("import time; time.sleep(60)")

    group = os.getpgid(child.process.pid)

    child.end()
    assert group != os.getpgid(0)


def test_waiting_has_an_end():
    child = python("import time; time.sleep(60)")

    assert child.wait(0.05) is None
    child.end()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets us choose")
@pytest.mark.parametrize("size", [8192, 16_384, 1 << 20])
def test_the_size_of_the_pipe_is_chosen(size: int):
    import fcntl

    child = python("import time; time.sleep(60)", stdin=subprocess.PIPE)

    child.size_pipe(size)

    got = fcntl.fcntl(child.process.stdin, fcntl.F_GETPIPE_SZ)
    child.end()
    assert got == size


def test_a_program_that_is_not_there_is_an_os_error_and_leaves_no_file_open():
    with pytest.raises(FileNotFoundError):
        Child(["/nowhere/program"])
