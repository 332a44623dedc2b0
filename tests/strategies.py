"""Routines, budgets and timelines that hypothesis makes up."""

from hypothesis import strategies as st

from voiceguide.routine.amounts import Count, Duration
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.fit import Bounds

WORDS = ["Glide", "Press", "Circle", "Lift", "Rest", "Knead"]


def measure(text: str) -> int:
    """Speech that is as long as its text: a fake engine for plans, which need no sound."""
    return 300 + 60 * len(text)


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    """Draw bounds whose wish may lie anywhere between."""
    least, wish, most = sorted(draw(st.tuples(*[st.integers(0, 4_000_000)] * 3)))
    return Bounds(least, wish, most)


@st.composite
def solvable(draw: st.DrawFn) -> tuple[list[Bounds], int]:
    """Draw bounds and a budget that can work."""
    each = draw(st.lists(bounds(), min_size=1, max_size=30))
    return each, draw(st.integers(sum(b.least_ms for b in each), sum(b.most_ms for b in each)))


@st.composite
def durations(draw: st.DrawFn, least_s: int, most_s: int) -> Duration:
    """Draw a range of time."""
    low, high = sorted(draw(st.tuples(*[st.integers(least_s, most_s)] * 2)))
    return Duration(low * 1000, high * 1000)


sides = st.sampled_from([(), (), (), ("left", "right"), ("right", "left"), ("left",)])


@st.composite
def steps(draw: st.DrawFn, *, may_have_sides: bool = True) -> Step:
    """Draw a step of any kind."""
    word = draw(st.sampled_from(WORDS))
    kind = draw(st.sampled_from(["time", "each", "hold"]))
    amounts = {"time": draw(durations(5, 600))} if kind == "time" else {}
    if kind != "time":
        low, high = sorted(draw(st.tuples(st.integers(1, 6), st.integers(1, 6))))
        amounts = {"repeat": Count(low, high), kind: draw(durations(1, 60))}
    return Step(
        title=f"{word} {draw(st.integers(1, 99))}",
        say=" ".join([f"{word} along the back."] * draw(st.integers(1, 4))),
        brief=draw(st.none() | st.just(f"{word} again.")),
        caution=draw(st.none() | st.just("Keep off the spine.")),
        pressure=draw(st.sampled_from([None, "light", "medium", "firm"])),
        sides=draw(sides) if may_have_sides else (),
        optional=draw(st.booleans()),
        **amounts,
    )


@st.composite
def sections(draw: st.DrawFn) -> Section:
    """Draw a section; either it or its steps may have sides."""
    own = draw(sides)
    inside = draw(st.lists(steps(may_have_sides=not own), min_size=1, max_size=6))
    return Section(title=draw(st.sampled_from(WORDS)), steps=tuple(inside), sides=own)


@st.composite
def routines(draw: st.DrawFn) -> Routine:
    """Draw a whole routine."""
    return Routine(format=1, title="A routine", sections=tuple(draw(st.lists(sections(), min_size=1, max_size=5))))
