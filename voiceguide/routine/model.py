"""What the author wrote: a routine of sections of steps.

The descriptions here are the ones that editors show, through the JSON Schema of `voiceguide.routine.schema`.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from voiceguide.routine.amounts import Count, Duration
from voiceguide.shapes import Meta

MOST_STEPS: Final = 2_000

MOST_CHARACTERS: Final = 100_000
"""Of all that a routine says: two hours of speech, ten times as much as the longest built-in one."""

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Sentence = Annotated[str, Meta(min_length=1, max_length=1_000)]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
Side = Literal["left", "right"]
Pressure = Literal["light", "medium", "firm"]
Kind = Literal["preparation", "massage", "close", "aftercare"]
Priority = Literal[1, 2, 3, 4, 5, 6, 7, 8, 9]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that the hands do. It has either `time`, or `repeat` with `each` or `hold`."""

    title: Annotated[Name, Meta(description="Short name, as the timetable and the preview say it.")]
    say: Annotated[
        Sentence, Meta(description="The instruction: short sentences, the present, what the hands do first.")
    ]
    brief: Annotated[Sentence | None, Meta(description="The instruction in a few words, for when it is known.")] = None
    technique: Annotated[Name | None, Meta(description="The stroke, such as effleurage.")] = None
    area: Annotated[Name | None, Meta(description="The part of the body, such as lower back.")] = None
    touches: Annotated[tuple[Name, ...], Meta(description="Other parts that the hands pass over.")] = ()
    pressure: Annotated[Pressure | None, Meta(description="How firm the hands are.")] = None
    time: Annotated[Duration | None, Meta(description='How long: "5-6 min".')] = None
    repeat: Annotated[Count | None, Meta(description='How often: "3-4 times".')] = None
    each: Annotated[Duration | None, Meta(description='How long one of the repeats takes: "15-20 s".')] = None
    hold: Annotated[Duration | None, Meta(description='How long to press and wait before letting go: "10-15 s".')] = (
        None
    )
    sides: Annotated[tuple[Side, ...], Meta(description="The step is done once on each: left, right.")] = ()
    caution: Annotated[Sentence | None, Meta(description="What to keep away from; said the first time.")] = None
    optional: Annotated[bool, Meta(description="May be left out when time is short.")] = False
    priority: Annotated[
        Priority, Meta(description="Among optional steps: 1 is left out first, 9 last; 5 if left out.")
    ] = 5
    wait: Annotated[bool, Meta(description="Waits for a key where there is one, else for its time.")] = False
    open: Annotated[bool, Meta(description="May go on longer than its time, with --stretch.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Steps that belong together."""

    title: Annotated[Name, Meta(description="Short name of the section.")]
    steps: Annotated[tuple[Step, ...], Meta(description="What the hands do, in order.", min_length=1)]
    kind: Annotated[Kind, Meta(description="What the section is for; --only and --skip-section know it.")] = "massage"
    sides: Annotated[
        tuple[Side, ...], Meta(description="All steps of the section are done on one side, then on the other.")
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """A whole massage."""

    format: Annotated[Literal[1], Meta(description="The version of this file format.")]
    title: Annotated[Name, Meta(description="Name of the routine.")]
    sections: Annotated[tuple[Section, ...], Meta(description="The parts of the massage, in order.", min_length=1)]
    summary: Annotated[Sentence | None, Meta(description="One sentence for the list of routines.")] = None
    language: Annotated[Language, Meta(description='Language of the texts, such as "en" or "de".')] = "en"
    source: Annotated[Sentence | None, Meta(description="Where the routine comes from.")] = None
    needs: Annotated[tuple[Name, ...], Meta(description="What to have at hand.")] = ()
    cautions: Annotated[tuple[Sentence, ...], Meta(description="What to know before starting.")] = ()
