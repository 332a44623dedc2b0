"""doctor: what is ready, and what to do about the rest."""

import typer

from voiceguide.cli.options import Json


def doctor(as_json: Json = False) -> None:
    """Show which voices and outputs are ready, and what to do about the others."""
    from voiceguide import guide
    from voiceguide.cli.tables import print_json, print_parts

    parts = guide.diagnose()
    if as_json:
        print_json(parts)
    else:
        print_parts(parts)
    if not guide.able_to_export(parts):
        raise typer.Exit(1)
