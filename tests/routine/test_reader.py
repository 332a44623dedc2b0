import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.document import MOST_BYTES, BrokenRoutineError
from voiceguide.routine.model import MOST_STEPS
from voiceguide.routine.reader import parse_routine, read_routine

GOOD = """\
format: 1
title: A back
language: en
needs: [oil, two towels]
sections:
  - title: Upper back
    steps:
      - title: Sweeps
        say: >-
          Sweep along
          the spine.
        repeat: 3-4 times
        each: 15-20 s
      - title: Circles
        say: "Circle: slowly."
        time: 2-3 min
        sides: left, right
      - title: Hold
        say: no
        hold: 10 s
        repeat: 3
        optional: true
"""


def problems(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
    with pytest.raises(BrokenRoutineError) as caught:
        parse_routine(content, "x.yaml")
    assert all(problem.hint for problem in caught.value.problems)
    return [f"{p.place.line}:{p.place.column} {p.message} | {p.hint}" for p in caught.value.problems]


def with_step(lines: str) -> str:
    step = textwrap.indent(textwrap.dedent(lines), "        ").lstrip()
    return f"format: 1\ntitle: A\nsections:\n  - title: B\n    steps:\n      - {step}"


def test_a_whole_routine_is_read():
    routine = parse_routine(GOOD.encode())

    sweeps, circles, hold = routine.sections[0].steps
    assert routine.needs == ("oil", "two towels")
    assert sweeps.say == "Sweep along the spine."
    assert (sweeps.repeat, sweeps.each) == (Count(3, 4), Duration(15_000, 20_000))
    assert (circles.sides, circles.time) == (("left", "right"), Duration(120_000, 180_000))
    assert (hold.say, hold.optional) == ("no", True)


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    found = problems("""\
        format: 1
        title: A back
        sections:
          - title: Upper back
            steps:
              - title: Sweep
                say: Sweep.
                repeat: 3-4 times
                each: 15-20
                tecnique: effleurage
              - title: Circles
                say: Circle.
                time: -3 min
                sides: left, rigt
              - say: Nothing.
        """)

    assert found == [
        "9:15 'each' is \"15-20\", which has no unit | write \"15-20 s\" or \"15-20 min\"",
        "10:9 'tecnique' is no key of a step | did you mean technique?",
        "13:15 'time' is \"-3 min\", which is negative | write a time above zero, such as \"15 s\" or \"5-6 min\"",
        "14:16 'sides' has \"rigt\" | write left, right",
        "15:9 this step has no 'title' | add a line \"title: …\"",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("title: A\nsay: B", "this step has no length"),
        ("title: A\nsay: B\ntime: 1 min\nrepeat: 3\neach: 5 s", "both 'time' and 'repeat'"),
        ("title: A\nsay: B\nrepeat: 3", "'repeat' without 'each' or 'hold'"),
        ("title: A\nsay: B\ntime: 1 min\nhold: 5 s", "'hold' without 'repeat'"),
        ("title: A\nsay: B\nrepeat: 3\neach: 5 s\nhold: 5 s", "both 'each' and 'hold'"),
        ("title: A\nsay: B\nrepeat: 3\neach: 5 ms", "shorter than a second"),
        ("title: A\nsay: B\ntime: 1 min\nsides: left, left", "a side twice"),
        ("title: A\nsay: B\ntime: 1 min\nsides: middle", "'sides' has \"middle\""),
        ("title: A\nsay: B\ntime: [1, 2]", "'time' is a list"),
        ("title: A\nsay: {a: b}\ntime: 1 min", "'say' is a group of keys"),
        ("title: A\nsay:\ntime: 1 min", "'say' is empty"),
        ("title: A\nsay: B\ntime: 1 min\noptional: yes", "'optional' is \"yes\""),
        ("title: A\nsay: B\ntime: 1 min\npressure: hard", "'pressure' is \"hard\""),
        ("title: A\nsay: B\ntime: 1 min\ntime: 2 min", "'time' stands twice"),
        ('title: A\nsay: "\\e[31mB"\ntime: 1 min', "control character"),
        (f"title: A\nsay: {'B' * 1001}\ntime: 1 min", "1001 characters"),
    ],
)
def test_a_wrong_step_is_told(lines, expected):
    assert any(expected in found for found in problems(with_step(lines)))


@pytest.mark.parametrize("key", ["say", "brief", "caution"])
def test_a_text_in_which_there_is_nothing_to_say_is_told(key):
    text = "".join(f"        {name}: Rest.\n" for name in ("say",) if name != key)
    found = problems(f"""\
format: 1
title: T
sections:
  - title: A
    steps:
      - title: B
        time: 1 min
        {key}: "👐🏽 !"
{text}""")

    assert any(each.startswith("8:") and "nothing to say" in each for each in found), found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1 the file is empty"),
        (b"- 1", "is a list"),
        (b"just text", 'is "just text"'),
        (b"format: 2\ntitle: A\nsections: []", "1:9 'format' is \"2\" | write 1"),
        (b"format: 1\ntitle: A\nsections: []", "3:11 'sections' is empty"),
        (b"format: 1\ntitle: a: b", "2:9 this is no YAML"),
        (b"format: 1\n\ttitle: a", "never with tabs"),
        (b'format: "1', "still open"),
        (b"a: \xff", "1:4 the text is not UTF-8"),
        (b"a: \x00", "1:4 a control character (U+0000)"),
        (b"a: \x1b[31m", "control character"),
        (b"a: &x 1\nb: *x", "1:4 anchors and aliases"),
        (b"a: !!python/object/apply:os.system [ls]", "1:4 tags (!)"),
        (b"a: 1\n---\nb: 2", "a second document"),
        (b"[" * 500_000, "11 levels deep"),
        (b"{a: " * 200_000, "levels deep"),
        (b"#" * (MOST_BYTES + 1), "1 MB at most"),
        ("a: \u202eb".encode(), "U+202E"),
        (b"? [a]\n: b", "'a list' is no key"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_with_its_place(content, expected):
    assert any(expected in found for found in problems(content))


def test_too_many_steps_are_refused():
    step = "      - {title: A, say: B, time: 1 s}\n"
    text = "format: 1\ntitle: A\nsections:\n  - title: B\n    steps:\n" + step * (MOST_STEPS + 1)

    assert any(f"{MOST_STEPS + 1} steps" in found for found in problems(text.encode()))


def test_more_than_twelve_hours_are_refused():
    text = "format: 1\ntitle: A\nsections:\n  - title: B\n    steps:\n" + "      - {title: A, say: B, time: 7 h}\n" * 2

    assert any("more than 12 hours" in found for found in problems(text.encode()))


def test_a_section_and_its_step_may_not_both_have_sides():
    text = GOOD.replace("  - title: Upper back\n", "  - title: Upper back\n    sides: left, right\n")

    assert any("and a step in it too" in found for found in problems(text.encode()))


def test_a_text_is_a_text_even_where_yaml_sees_something_else():
    text = GOOD.replace("title: A back", "title: 12:30").replace("title: Hold", "title: off")

    routine = parse_routine(text.encode())

    assert (routine.title, routine.sections[0].steps[2].title) == ("12:30", "off")


def test_a_byte_order_mark_is_no_problem():
    assert parse_routine(b"\xef\xbb\xbf" + GOOD.encode()).title == "A back"


def test_more_words_than_two_hours_of_speech_are_refused():
    step = '      - {title: A, say: "' + "word " * 150 + '", time: 1 s}\n'
    text = "format: 1\ntitle: A\nsections:\n  - title: B\n    steps:\n" + step * 1_200
    assert 900_000 < len(text) < MOST_BYTES

    assert any("characters to say" in found for found in problems(text.encode()))


def test_a_file_that_is_not_there_is_told(tmp_path):
    from voiceguide.errors import RoutineError

    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(RoutineError) as caught:
            read_routine(path)
        assert caught.value.hint


@given(st.integers(0, len(GOOD)), st.text(max_size=5), st.integers(0, 10))
def test_a_mutated_file_is_read_or_refused_with_hints(at, inserted, removed):
    mutated = GOOD[:at] + inserted + GOOD[at + removed :]
    found = ()
    try:
        parse_routine(mutated.encode("utf-8", "surrogatepass"))
    except BrokenRoutineError as error:
        found = error.problems
    assert all(problem.hint and "\n" not in problem.message for problem in found)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    with pytest.raises(BrokenRoutineError):
        parse_routine(content)
