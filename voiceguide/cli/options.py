"""The options that several commands share, and what completes them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from voiceguide.routine.model import Pressure
from voiceguide.scheduler.options import Detail


def _starting(names: Callable[[], list[str]]) -> Callable[[str], list[str]]:
    """Return a completion from a function that names all there is."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return complete


def _routine_names() -> list[str]:
    from voiceguide.routine.library import entries

    return [entry.name for entry in entries()]


def _ambience_names() -> list[str]:
    from voiceguide.media.sounds import NO_MUSIC, ambiences

    return [*ambiences(), NO_MUSIC]


def sound_names(incomplete: str) -> list[str]:
    """Complete the name of music or of a set of chimes."""
    from voiceguide.media.sounds import ambiences, chime_sets

    return [name for name in (*ambiences(), *chime_sets()) if name.startswith(incomplete)]


def _chime_names() -> list[str]:
    from voiceguide.media.sounds import chime_sets

    return chime_sets()


def _engine_names() -> list[str]:
    from voiceguide.speech.registry import ENGINES

    return ["auto", *ENGINES]


def _device_names() -> list[str]:
    from voiceguide.outputs.registry import DEVICES

    return list(DEVICES)


def _area_names() -> list[str]:
    from voiceguide.routine.glossary import glossary

    return list(glossary().areas)


def _kinds() -> list[str]:
    return ["preparation", "massage", "close", "aftercare"]


def _unless_until(ctx: typer.Context, minutes: float | None) -> float | None:
    """Forget minutes that were only settled, where --until is given; what is given is read before what is settled."""
    source = ctx.get_parameter_source("minutes")
    return None if source and source.name == "DEFAULT_MAP" and ctx.params.get("until") else minutes


_ROUTINE = typer.Argument(
    metavar="ROUTINE",
    help="A name that 'voiceguide list' shows, or the path of a routine file.",
    autocompletion=_starting(_routine_names),
    show_default=False,
)
RoutineName = Annotated[str, _ROUTINE]
MaybeRoutineName = Annotated[str | None, _ROUTINE]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]
Force = Annotated[bool, typer.Option("--force", "-f", help="Replace a file that is there.")]


def _device(name: str) -> Any:
    return typer.Option(
        name,
        metavar="NAME",
        help="The sound output.",
        autocompletion=_starting(_device_names),
        show_default="the best that opens",
    )


Device = Annotated[str | None, _device("--output")]
SampleDevice = Annotated[str | None, _device("--device")]
SampleFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.", show_default="play it")
]
Until = Annotated[
    str | None,
    typer.Option(metavar="HH:MM", help="End at this time of day, instead of --minutes.", show_default=False),
]


@dataclass(frozen=True)
class SessionOptions:
    """What the two people want."""

    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes",
            "-m",
            metavar="N",
            help="How long it lasts, exactly.",
            show_default="as it wishes",
            callback=_unless_until,
        ),
    ] = None
    stretch: Annotated[bool, typer.Option("--stretch", help="Take more time than the routine has.")] = False
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="SECTION", help="Just this section; may be repeated.", autocompletion=_starting(_kinds)),
    ] = None
    skip_section: Annotated[
        list[str] | None,
        typer.Option(metavar="SECTION", help="Not this section; may be repeated.", autocompletion=_starting(_kinds)),
    ] = None
    focus: Annotated[
        list[str] | None,
        typer.Option(metavar="AREA", help="More time here; may be repeated.", autocompletion=_starting(_area_names)),
    ] = None
    avoid: Annotated[
        list[str] | None,
        typer.Option(metavar="AREA", help="Do not touch; may be repeated.", autocompletion=_starting(_area_names)),
    ] = None
    pressure: Annotated[Pressure | None, typer.Option(help="How firm they like it.", show_default="as written")] = None
    detail: Annotated[Detail, typer.Option(help="All words, short names, or bells and names only.")] = "full"
    time_left: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=60, help="Tell every N minutes how many are left.")
    ] = None
    pace: Annotated[bool, typer.Option("--pace", help="A soft pulse for the rhythm of slow strokes.")] = False
    voice: Annotated[
        str,
        typer.Option(metavar="VOICE", help="auto, ENGINE or ENGINE:VOICE.", autocompletion=_starting(_engine_names)),
    ] = "auto"
    rate: Annotated[
        int | None, typer.Option(metavar="N", min=80, max=300, help="Words a minute.", show_default="145")
    ] = None


def _a_level(level: float) -> float:
    if math.isnan(level):
        # It is neither under nor over any bound.
        raise typer.BadParameter("nan is no level: write decibels, such as -6")
    return level


def _level(help_text: str) -> Any:
    return typer.Option(metavar="DB", min=-40.0, max=6.0, help=help_text, callback=_a_level)


@dataclass(frozen=True)
class SoundOptions:
    """What is heard beside the voice."""

    music: Annotated[
        str,
        typer.Option(
            metavar="NAME|PATH",
            help="The music: a name, a file, a folder, a playlist, or none.",
            autocompletion=_starting(_ambience_names),
        ),
    ] = "warm-pad"
    shuffle: Annotated[bool, typer.Option("--shuffle", help="Play own music in any order.")] = False
    chimes: Annotated[
        str, typer.Option(metavar="SET", help="The set of chimes.", autocompletion=_starting(_chime_names))
    ] = "bowl"
    voice_level: Annotated[float, _level("The voice, louder or softer than usual, in dB.")] = 0.0
    music_level: Annotated[float, _level("The music while nobody speaks, likewise.")] = 0.0
    chime_level: Annotated[float, _level("The chimes, likewise.")] = 0.0
    accessible: Annotated[
        bool, typer.Option("--accessible", help="For who does not hear well: music far under a slower voice.")
    ] = False
