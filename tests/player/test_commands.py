import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voiceguide.player.commands import Command, CommandError, Verb, parse_command


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.JUMP])
def test_every_command_is_read_as_it_is_written(verb):
    assert parse_command(str(Command(verb))) == Command(verb)


@given(st.integers(1, 9_999))
def test_a_jump_has_the_number_of_a_step(number):
    assert parse_command(str(Command(Verb.JUMP, number))) == Command(Verb.JUMP, number)


@pytest.mark.parametrize("line", ["Next", "  next\r\n", "NEXT"])
def test_case_and_spaces_around_do_not_matter(line):
    assert parse_command(line) == Command(Verb.NEXT)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("nxet", "there is no command 'nxet'", "did you mean next?"),
        ("voice", "there is no command 'voice'", "voice-up"),
        ("", "there is no command ''", "toggle, hold"),
        ("next\x1b[2J", r"there is no command 'next\x1b[2J'", "next"),
        ("next please", "'next please' has a word too many", "write just 'next'"),
        ("jump", "'jump' needs the number of a step, not ''", "jump 3"),
        ("jump 0", "not '0'", "jump 3"),
        ("jump -1", "not '-1'", "jump 3"),
        ("jump 1_0", "not '1_0'", "jump 3"),
        ("jump ٣", r"not '\u0663'", "jump 3"),
        ("jump 99999", "not '99999'", "jump 3"),
    ],
)
def test_what_is_no_command_is_refused_with_what_to_write(line, message, hint):
    error = refused(line)

    assert error is not None
    assert message in error.message
    assert hint in error.hint
    assert error.exit_code == 2


@given(st.text(max_size=100))
@example("x" * 10_000_000)
@example("jump " + "9" * 1_000_000)
@example("\0\n\x1b\u202e")
def test_garbage_is_refused_safely_and_in_few_words(line):
    error = refused(line)

    if error is None:
        assert str(parse_command(line)) == line.strip().lower()
    else:
        assert (error.message + error.hint).isascii()
        assert (error.message + error.hint).isprintable()
        assert len(error.message) < 600


def refused(line: str) -> CommandError | None:
    try:
        parse_command(line)
    except CommandError as error:
        return error
    return None
