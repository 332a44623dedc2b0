"""Plain data into dataclasses: every model there is, and whatever else a file may hold."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.guide.request import Request
from voiceguide.player.progress import Progress
from voiceguide.routine.glossary import Glossary
from voiceguide.routine.model import Routine, Step
from voiceguide.scheduler.phrases import Phrases
from voiceguide.shapes import Meta, Shape, ShapeError, convert, fields_of, from_json, shape_of
from voiceguide.speech.piper_install import _Entry
from voiceguide.speech.reading import Words

MODELS = [Routine, Glossary, Phrases, Words, Progress, Request, _Entry]

whole_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.dates()
    | st.just(5_000).map(lambda digits: 10**digits),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers() | st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    name: Annotated[str, Meta(min_length=1, max_length=8, pattern="^[a-z]+$")]
    and_: tuple[Literal["left", "right"], ...] = ()
    pace_s: Annotated[float, Meta(ge=0)] | None = None
    priority: Literal[1, 2] = 1
    repeats: int = 1
    gentle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Massage:
    strokes: dict[str, list[Stroke]]
    more: Any = None


def plain(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw what a file may hold where there is to be such a value."""
    least, most = shape.meta.min_length or 0, shape.meta.max_length
    if shape.kind is Literal:
        drawn = st.sampled_from(shape.of)
    elif shape.kind in {tuple, list}:
        drawn = st.lists(plain(shape.of[0]), min_size=least, max_size=max(least, 2))
    elif shape.kind is dict:
        drawn = st.dictionaries(plain(shape.of[0]), plain(shape.of[1]), max_size=2)
    elif shape.kind is str and shape.meta.pattern:
        drawn = st.from_regex(shape.meta.pattern).filter(lambda text: most is None or len(text) <= most)
    elif shape.kind is str:
        drawn = whole_texts.filter(lambda text: len(text) >= least)
    elif shape.kind in SIMPLE:
        drawn = SIMPLE[shape.kind]
    else:
        drawn = record(shape.kind)
    return st.none() | drawn if shape.optional else drawn


SIMPLE = {
    bool: st.booleans(),
    int: st.integers(min_value=1),
    float: st.floats(min_value=0, allow_infinity=False),
    Any: st.none() | st.lists(st.booleans()),
}


def record(model: type) -> st.SearchStrategy[dict[str, Any]]:
    by_need = {need: {key: plain(each.shape) for key, each in fields_of(model).items() if each.required == need}
               for need in (True, False)}  # fmt: skip
    return st.fixed_dictionaries(by_need[True], optional=by_need[False])


def as_written(made: Any) -> Any:
    """Return a model as its file has it."""
    keys = asdict(made, dict_factory=lambda pairs: {name.removesuffix("_"): value for name, value in pairs})
    return json.loads(json.dumps(keys))


def holds(written: Any, said: Any) -> bool:
    """Return whether `said` is in `written`, which has what was left out too."""
    if isinstance(said, dict):
        return all(key in written and holds(written[key], value) for key, value in said.items())
    if isinstance(said, list):
        return len(written) == len(said) and all(map(holds, written, said))
    return bool(written == said)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_every_model_is_made_of_what_is_written_of_it(model, data):
    said = data.draw(record(model))

    made = convert(said, model)

    assert holds(as_written(made), said)
    assert from_json(json.dumps(as_written(made)).encode(), model) == made


@pytest.mark.parametrize("model", [*MODELS, Massage, dict[str, Any]], ids=lambda model: model.__name__)
@settings(max_examples=50)
@given(value=anything)
def test_whatever_a_file_holds_is_taken_or_refused(model, value):
    told = ""
    try:
        convert(value, model)
    except ShapeError as error:
        told = str(error)
    assert "\n" not in told


@settings(max_examples=30)
@given(data=st.data(), odd=anything)
def test_a_wrong_value_is_refused_at_its_place(data, odd):
    said = data.draw(record(Routine))
    section = data.draw(st.integers(0, len(said["sections"]) - 1))
    step = data.draw(st.integers(0, len(said["sections"][section]["steps"]) - 1))
    said["sections"][section]["steps"][step]["wait"] = odd

    if isinstance(odd, bool):
        assert convert(said, Routine).sections[section].steps[step].wait is odd
    else:
        with pytest.raises(ShapeError, match="expected true or false") as caught:
            convert(said, Routine)
        assert caught.value.place == f".sections[{section}].steps[{step}].wait"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "expected keys, got nothing"),
        ([], "expected keys, got a list"),
        ({}, "the key 'strokes' is missing"),
        ({"strokes": {}, "stroks": {}}, "expected one of the keys strokes, more, got 'stroks'"),
        ({"strokes": {}, 7: {}}, "expected one of the keys strokes, more, got a whole number"),
        ({"strokes": {"a": {}}}, "strokes['a']: expected a list, got keys"),
        ({"strokes": {1: []}}, "strokes: expected a text, got a whole number"),
        ({"strokes": {"a": [{}]}}, "strokes['a'][0]: the key 'name' is missing"),
        ({"strokes": {"a": [{"name": 3.5}]}}, "strokes['a'][0].name: expected a text, got a number"),
        ({"strokes": {"a": [{"name": None}]}}, "strokes['a'][0].name: expected a text, got nothing"),
        ({"strokes": {"a": [{"name": ""}]}}, "strokes['a'][0].name: expected a length of 1 or more"),
        ({"strokes": {"a": [{"name": "x" * 9}]}}, "strokes['a'][0].name: expected a length of 8 or less"),
        ({"strokes": {"a": [{"name": "X"}]}}, "strokes['a'][0].name: expected a match of ^[a-z]+$"),
        ({"strokes": {"a": [{"name": "\ud800"}]}}, "strokes['a'][0].name: expected whole characters"),
        ({"strokes": {"a": [{"name": "x"}, {"name": "x", "and": "left"}]}}, "strokes['a'][1].and: expected a list"),
        ({"strokes": {"a": [{"name": "x", "and_": []}]}}, "strokes['a'][0]: expected one of the keys name, and,"),
        ({"strokes": {"a": [{"name": "x", "and": ["up"]}]}}, "and[0]: expected one of left, right, got 'up'"),
        ({"strokes": {"a": [{"name": "x", "and": [True]}]}}, "and[0]: expected one of left, right, got true or false"),
        ({"strokes": {"a": [{"name": "x", "priority": True}]}}, "priority: expected one of 1, 2, got true or false"),
        ({"strokes": {"a": [{"name": "x", "priority": 1.0}]}}, "priority: expected one of 1, 2, got a number"),
        ({"strokes": {"a": [{"name": "x", "pace_s": -1}]}}, "pace_s: expected 0 or more"),
        ({"strokes": {"a": [{"name": "x", "pace_s": float("nan")}]}}, "pace_s: expected 0 or more"),
        ({"strokes": {"a": [{"name": "x", "pace_s": 10**400}]}}, "pace_s: expected a number, got a whole number"),
        ({"strokes": {"a": [{"name": "x", "pace_s": True}]}}, "pace_s: expected a number, got true or false"),
        ({"strokes": {"a": [{"name": "x", "repeats": 2.0}]}}, "repeats: expected a whole number, got a number"),
        ({"strokes": {"a": [{"name": "x", "repeats": True}]}}, "repeats: expected a whole number, got true or false"),
        ({"strokes": {"a": [{"name": "x", "gentle": 1}]}}, "gentle: expected true or false, got a whole number"),
        ({"strokes": {"a": [{"name": "x", "gentle": dt.date(2026, 1, 1)}]}}, "gentle: expected true or false"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(value, told):
    with pytest.raises(ShapeError) as caught:
        convert(value, Massage)

    assert told in str(caught.value)


def test_a_text_of_a_stranger_is_told_on_one_short_line():
    with pytest.raises(ShapeError) as caught:
        convert({"strokes": {"\n" * 1_000: "\x1b[31m" * 1_000}}, Massage)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 120


def test_what_a_dataclass_does_not_have_is_passed_over_where_that_is_asked_for():
    said = {"strokes": {"a": [{"name": "x", "later": 1}]}, "later": 2}

    assert convert(said, Massage, strict=False) == Massage(strokes={"a": [Stroke(name="x")]})


def test_a_whole_number_is_a_number():
    made = convert(3, float)

    assert (made, type(made)) == (3.0, float)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"nan", b"\xff", b"\xef\xbb\xbf{}", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}',
        b'{"a": 1e999}', b'{"a": -1e999}', b"{'a': 1}", b'{"a": 1} {}', b'{"\\ud800": 1}',
        b'{"a": ' + b"9" * 100_000 + b"}", b'{"a": ' + b"[" * 100_000, b'{"a":' * 100_000,
        '{"a": 1}'.encode("utf-16"), b'{"a\n": 1}', b"\0" * 100,
    ],
)  # fmt: skip
def test_json_that_is_none_is_refused(content):
    with pytest.raises(ShapeError):
        from_json(content, dict[str, Any])


@given(st.binary(max_size=60) | st.text('[]{}",:0123456789.eE-+naINtrulsf\\ ', max_size=60).map(str.encode))
def test_any_bytes_are_json_or_refused(content):
    try:
        made = from_json(content, dict[str, Any])
    except ShapeError:
        return
    assert made == json.loads(content)


def test_of_a_key_that_stands_twice_the_last_counts():
    assert from_json(b'{"a": 1, "a": 2}', dict[str, int]) == {"a": 2}


def test_what_is_annotated_in_and_around_is_kept():
    name = Annotated[str, Meta(description="inside", min_length=1)]

    shape = shape_of(Annotated[name | None, Meta(description="around")])

    assert (shape.kind, shape.optional, shape.meta) == (str, True, Meta(description="around", min_length=1))


@pytest.mark.parametrize("kind", [int | str, set[int], bytes, complex, list[bytes], Mapping[str, int | str]])
def test_a_type_that_no_model_uses_is_a_bug(kind):
    with pytest.raises(TypeError):
        shape_of(kind)


def test_equal_steps_are_one_and_none_can_be_changed():
    said = {"title": "Sweep", "say": "Sweep.", "touches": ["neck"]}

    one, other = convert(said, Step), convert(said, Step)

    assert len({one, other}) == 1
    with pytest.raises(AttributeError):
        one.title = "Press"
