"""Paths that no system takes, wherever a person may write one."""

import pytest
from command import voiceguide

LONG = "x" * 300
SESSION = ("export", "slow-strokes", "--minutes", "4", "-o", "x.wav")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", f"{LONG}.yaml"), 3),
        (("show", "~nobody-of-that-name/x.yaml"), 3),
        (("check", f"{LONG}.yaml"), 3),
        ((*SESSION, "--voice", "espeak", "--music", f"{LONG}.mp3"), 8),
        ((*SESSION, "--voice", "espeak", "--music", "~nobody-of-that-name/x.mp3"), 8),
        ((*SESSION, "--voice", f"recorded:{LONG}"), 5),
        ((*SESSION, "--voice", "recorded:~nobody-of-that-name/x"), 5),
        ((*SESSION[:-1], f"{LONG}.wav", "--voice", "espeak"), 7),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_two_lines(words, code, tmp_path):
    done = voiceguide(*words, cwd=tmp_path)

    assert done.returncode == code
    error, hint = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith(" hint: ")
    assert not list(tmp_path.iterdir())
