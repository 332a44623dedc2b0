"""Commands about voices: which there are, how they sound, getting another, lending one's own."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from voiceguide.cli.bundles import unfolded
from voiceguide.cli.options import Force, Json, RoutineName, SampleDevice, SampleFile, SessionOptions
from voiceguide.cli.report import note
from voiceguide.errors import SpeechError

app = typer.Typer(help="List the voices that are ready; try, install or record one.", rich_markup_mode=None)

Language = Annotated[str | None, typer.Option(metavar="CODE", help="Only this one, such as de.", show_default=False)]


@app.callback(invoke_without_command=True)
def voices(ctx: typer.Context, language: Language = None, as_json: Json = False) -> None:
    """List the voices that are ready; try, install or record one."""
    if ctx.invoked_subcommand:
        return
    from voiceguide import guide
    from voiceguide.cli.tables import print_json, print_voices

    found = guide.voices(language)
    if as_json:
        print_json(found)
        return
    print_voices(found, of_one_language=language is not None)
    if not any(row.quality == "natural" for row in found):
        first = "" if find_spec("piper") else "'pip install piper-tts', then "
        name = "en_US-lessac-medium" if language in (None, "en") else f"--language {language}"
        note(f"A natural voice, offline: {first}'voiceguide voices install {name}'.")


@app.command("try")
def try_voice(
    name: Annotated[str, typer.Argument(metavar="VOICE", help="ENGINE or ENGINE:VOICE.", show_default=False)],
    output: SampleFile = None,
    rate: Annotated[int, typer.Option(metavar="N", min=80, max=300, help="Words a minute.")] = 145,
    device: SampleDevice = None,
    force: Force = False,
) -> None:
    """Hear how a voice speaks."""
    from voiceguide import guide

    request = guide.Request(routine="", voice=name, rate_wpm=rate, music="none", output=device)
    guide.sample(request, output, overwrite=force)
    if output:
        note(f"{output}: written")


@app.command()
def install(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Without it, all that there are.", show_default=False)
    ] = None,
    language: Language = None,
    as_json: Json = False,
) -> None:
    """Download a natural voice for Piper, such as en_US-lessac-medium."""
    from voiceguide import guide
    from voiceguide.cli.bars import progress_bars
    from voiceguide.cli.tables import print_json, print_voices

    if name is None:
        found = guide.to_install(language)
        (print_json if as_json else print_voices)(found)
        return
    with progress_bars("Loading") as (loading,):
        voice = guide.install(name, loading)
    note(f"Ready: --voice {voice}")


@app.command("record-script")
@unfolded
def record_script(
    routine: RoutineName,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where.", show_default=False)],
    session: SessionOptions,
) -> None:
    """Write all sentences of a session, to be read aloud and recorded: --voice recorded:FOLDER then uses them."""
    from voiceguide import guide
    from voiceguide.cli.requests import request_of

    note(f"{guide.record_script(request_of(routine, session), folder)}: written")


@app.command("check-recordings")
@unfolded
def check_recordings(
    routine: RoutineName,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are.", show_default=False)],
    session: SessionOptions,
    as_json: Json = False,
) -> None:
    """Tell which recordings of a session's sentences are missing, too quiet or cut off."""
    from voiceguide import guide
    from voiceguide.cli.requests import request_of
    from voiceguide.cli.tables import print_json

    found = guide.examine_recordings(request_of(routine, session), folder)
    if as_json:
        print_json(found)
    else:
        for finding in found:
            print(f"{folder / finding.line.file_name}: {finding.problem}\n hint: {finding.advice}")
    if found:
        raise typer.Exit(SpeechError.exit_code)
    note("All sentences of this session are recorded well.")


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False,
) -> None:
    """Show how much speech is kept, so that no sentence is spoken twice."""
    from voiceguide import guide

    if clear:
        note(f"{guide.clear_cache() / 1e6:.1f} MB removed")
    else:
        files, size_bytes = guide.cache_size()
        print(f"{files} clips, {size_bytes / 1e6:.1f} MB")
