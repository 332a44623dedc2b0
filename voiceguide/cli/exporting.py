"""The command that writes sound files: export."""

from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Force, Json, SessionOptions, SoundOptions

if TYPE_CHECKING:
    from voiceguide.guide import Extras, Request
    from voiceguide.guide.batch import Job
    from voiceguide.guide.order import Order

SOME_FAILED: Final = 11
"""The exit code where not all of many sessions were made."""


def _routine_names(incomplete: str) -> list[str]:
    from voiceguide.routine.library import entries

    return [entry.name for entry in entries() if entry.name.startswith(incomplete)]


def _voice_names(incomplete: str) -> list[str]:
    from voiceguide.speech.registry import ENGINES

    return [name for name in ("auto", *ENGINES) if name.startswith(incomplete)]


def _one_of_two(ctx: typer.Context, value: Any) -> Any:
    """Refuse --quality together with --audiobook, which is a quality of its own."""
    given = [ctx.get_parameter_source(name) for name in ("quality", "audiobook")]
    # Each is asked; the source of one that comes later is not known yet.
    if all(source and source.name == "COMMANDLINE" for source in given):
        raise typer.BadParameter("--audiobook is a quality of its own: give it or --quality, not both")
    return value


def settle_lists(ctx: typer.Context) -> None:
    """Let a voice that is settled be the list of one that this command takes."""
    settled = (ctx.default_map or {}).get("export", {})
    if "voice" in settled:
        ctx.default_map = {**(ctx.default_map or {}), "export": {**settled, "voice": [settled["voice"]]}}


@dataclass(frozen=True)
class ManySessions(SessionOptions):
    """What the two people want, where there may be several times and voices."""

    minutes: Annotated[
        str | None,
        typer.Option(
            "--minutes",
            "-m",
            metavar="N[,N…]",
            help="How long it lasts, exactly; several times give a track each.",
            show_default="as it wishes",
        ),
    ] = None  # type: ignore[assignment]
    voice: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VOICE",
            help="auto, ENGINE or ENGINE:VOICE; may be repeated, for a track each.",
            autocompletion=_voice_names,
            show_default="auto",
        ),
    ] = None  # type: ignore[assignment]

    def each(self) -> list[SessionOptions]:
        """Return the options of each session."""
        shared = {each.name: getattr(self, each.name) for each in fields(SessionOptions)}
        return [
            SessionOptions(**{**shared, "minutes": minutes, "voice": voice})
            for minutes in _times(self.minutes)
            for voice in dict.fromkeys(self.voice or ["auto"])
        ]


def _times(minutes: str | None) -> list[float | None]:
    if minutes is None:
        return [None]
    try:
        times = [float(each) for each in minutes.split(",")]
        if not all(map(isfinite, times)):
            raise ValueError
    except ValueError:
        raise typer.BadParameter(f"'{minutes}' is no number of minutes, such as 30 or 20,30,45") from None
    return list(dict.fromkeys(times))


@dataclass(frozen=True)
class BesideOptions:
    """What stands beside a track."""

    captions: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Captions beside it: vtt, srt or lrc; may be repeated.", show_default=False),
    ] = None
    cue: Annotated[bool, typer.Option("--cue", help="A cue sheet of the steps beside it.")] = False
    text: Annotated[bool, typer.Option("--text", help="The timetable to print, beside it.")] = False
    stems: Annotated[
        bool, typer.Option("--stems", help="Voice, music and chimes apart, beside it: .wav beside a .wav, else .flac.")
    ] = False
    split: Annotated[
        bool,
        typer.Option(
            "--split",
            help="A folder beside it with a file a step, and a playlist; where -o names a track in several formats, in"
            " the first of them.",
        ),
    ] = False

    def extras(self) -> "Extras":
        """Return what is asked for."""
        from voiceguide.guide import Extras

        return Extras(
            captions=tuple(self.captions or ()), cue=self.cue, text=self.text, stems=self.stems, split=self.split
        )


@dataclass(frozen=True)
class TrackOptions:
    """Where the sound goes, and how good it is."""

    output: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file; its ending tells the format; may be repeated. For many sessions a folder, or a name with"
            " {routine}, {minutes}, {voice} in it.",
            show_default=False,
        ),
    ]
    quality: Annotated[
        Literal["small", "good", "best"],
        typer.Option(help="How good the sound is, and how large the file.", callback=_one_of_two),
    ] = "good"
    audiobook: Annotated[
        bool,
        typer.Option(
            "--audiobook",
            help="An .mp3 within the limits of ACX, in place of --quality: 44.1 kHz, 192 kbit/s, peak -3 dB.",
            callback=_one_of_two,
        ),
    ] = False
    force: Force = False

    def order(self, extras: "Extras") -> "Order":
        """Return what is to be made, with what stands beside it."""
        from voiceguide.guide.order import AUDIOBOOK, Order

        quality = AUDIOBOOK if self.audiobook else self.quality
        return Order(targets=tuple(self.output), overwrite=self.force, extras=extras, quality=quality)


@unfolded
def export(
    track: TrackOptions,
    session: ManySessions,
    sound: SoundOptions,
    beside: BesideOptions,
    routines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ROUTINE...",
            help="Names that 'voiceguide list' shows, or paths of routine files.",
            autocompletion=_routine_names,
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All routines that 'voiceguide list' shows.")] = False,
    as_json: Json = False,
) -> None:
    """Write a session to a sound file, .wav .flac .mp3 .opus .ogg .m4a .m4b, or to a page for any phone, .html."""
    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.guide.batch import has_fields, jobs_of

    if bool(routines) is every:
        raise typer.BadParameter("give a ROUTINE, or --all")
    names = [entry.name for entry in guide.library()] if every else dict.fromkeys(routines or ())
    requests = [request_of(name, each, sound) for name in names for each in session.each()]
    order = track.order(beside.extras())
    if every or len(requests) > 1 or any(map(has_fields, track.output)):
        _export_all(jobs_of(requests, order), as_json=as_json)
    else:
        _export_one(requests[0], order, as_json=as_json)


def _export_one(request: "Request", order: "Order", *, as_json: bool) -> None:
    from voiceguide import guide
    from voiceguide.cli.bars import WRITING, progress_bars
    from voiceguide.cli.outcomes import note_made, summary_of
    from voiceguide.cli.tables import print_json

    with progress_bars("Speaking", WRITING) as (speaking, writing):
        made = guide.export(
            request,
            *order.targets,
            overwrite=order.overwrite,
            extras=order.extras,
            quality=order.quality,
            speaking=speaking,
            writing=writing,
        )
    note_made(made)
    if as_json:
        print_json(summary_of(made))
    if made.errors:
        raise typer.Exit(made.errors[0].exit_code)


def _export_all(jobs: "list[Job]", *, as_json: bool) -> None:
    from voiceguide.cli.bars import WRITING, progress_bars
    from voiceguide.cli.outcomes import note_outcome, outcome_of, print_outcomes
    from voiceguide.cli.tables import print_json
    from voiceguide.guide.batch import export_all

    with progress_bars("Speaking", WRITING) as (speaking, writing):
        outcomes = export_all(jobs, speaking=speaking, writing=writing, finished=note_outcome)
    if as_json:
        print_json([outcome_of(each) for each in outcomes])
    else:
        print_outcomes(outcomes)
    if any(each.error for each in outcomes):
        raise typer.Exit(SOME_FAILED)
