"""The options that several commands share, and what completes them."""

from typing import Annotated

import typer

from voiceguide.scheduler.options import Detail


def _routine_names(incomplete: str) -> list[str]:
    from voiceguide.routine.library import entries

    return [entry.name for entry in entries() if entry.name.startswith(incomplete)]


def _ambience_names(incomplete: str) -> list[str]:
    from voiceguide.media.sounds import NO_MUSIC, ambiences

    return [name for name in [*ambiences(), NO_MUSIC] if name.startswith(incomplete)]


def _chime_names(incomplete: str) -> list[str]:
    from voiceguide.media.sounds import chime_sets

    return [name for name in chime_sets() if name.startswith(incomplete)]


def _engine_names(incomplete: str) -> list[str]:
    from voiceguide.speech.registry import ENGINES

    return [name for name in ["auto", *ENGINES] if name.startswith(incomplete)]


def _device_names(incomplete: str) -> list[str]:
    from voiceguide.outputs.registry import DEVICES

    return [name for name in DEVICES if name.startswith(incomplete)]


RoutineName = Annotated[
    str,
    typer.Argument(
        metavar="ROUTINE",
        help="A name that 'voiceguide list' shows, or the path of a routine file.",
        autocompletion=_routine_names,
        show_default=False,
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(
        "--minutes", "-m", metavar="N", help="How long it lasts, exactly.", show_default="as the routine wishes"
    ),
]
DetailLevel = Annotated[Detail, typer.Option("--detail", help="All words, short names, or bells and names only.")]
Voice = Annotated[
    str, typer.Option(metavar="VOICE", help="auto, ENGINE or ENGINE:VOICE.", autocompletion=_engine_names)
]
Music = Annotated[
    str, typer.Option(metavar="NAME", help="The music underneath, or none.", autocompletion=_ambience_names)
]
Chimes = Annotated[str, typer.Option(metavar="SET", help="The set of chimes.", autocompletion=_chime_names)]
Device = Annotated[
    str | None,
    typer.Option(
        "--output",
        metavar="NAME",
        help="The sound output.",
        autocompletion=_device_names,
        show_default="the best that opens",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]
