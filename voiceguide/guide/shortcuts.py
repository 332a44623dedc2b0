"""A session on the phone's home screen: scripts that the app Termux:Widget shows, and their picture."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from voiceguide.errors import BudgetError, TargetError
from voiceguide.guide.phone import name_of, plain_name, require_phone
from voiceguide.guide.request import Request, rooted_music, rooted_voice
from voiceguide.guide.sessions import timetable
from voiceguide.guide.stage import scheduled
from voiceguide.platforms import termux_prefix
from voiceguide.routine.library import entries, find_routine, load_routine
from voiceguide.scheduler.schedule import Schedule

_OURS: Final = "# Written by 'voiceguide phone shortcut'."

_PICTURE_SIDE: Final = 150
"""Width and height in pixels: launchers show 50 to 190, and the picture is handed on in a message of limited size."""


def write_shortcut(
    request: Request, words: Sequence[str], name: str | None = None, *, overwrite: bool = False
) -> list[Path]:
    """Put a session on the home screen: a script with a terminal, one without, and a picture for both.

    Args:
        request: What the session is; it is tried out first.
        words: The same as the options of ``voiceguide play``.
        name: Under the picture; `None` for that of the routine with its minutes.
        overwrite: Whether a script may be replaced that starts another session, or does anything else.

    Returns:
        What was written.

    Raises:
        PhoneError: This is no phone.
        VoiceguideError: The session cannot be made, or a file not be written.
    """
    from voiceguide.export.cover import cover
    from voiceguide.player.controls.action import own_program

    require_phone()
    file = f"{plain_name(name or name_of(request))}.sh"
    picture = cover(_tried_out(request).timeline, _PICTURE_SIDE)
    play = shlex.join([*own_program(), "play", _routine_word(request.routine), *_rooted(words)])
    folder = Path.home() / ".shortcuts"
    scripts = {folder / file: _with_terminal(play), folder / "tasks" / file: _without_terminal(play)}
    for path, script in scripts.items():
        _check_same(path, script, overwrite)
    for path, script in scripts.items():
        _write(path, script.encode())
        path.chmod(0o700)
    # Both scripts are shown with it: tasks have their pictures in the same folder.
    icon = folder / "icons" / f"{file}.png"
    _write(icon, picture)
    return [*scripts, icon]


def _tried_out(request: Request) -> Schedule:
    try:
        return scheduled(request, load_routine(request.routine))
    except BudgetError:
        # By a hair, it may be: only measured speech can tell, and takes its time.
        return timetable(request)[0]


def _routine_word(routine: str) -> str:
    """Return what names the routine from any folder."""
    known = any(entry.name == routine for entry in entries())
    return routine if known and not routine.startswith("-") else str(find_routine(routine).resolve())


def _rooted(words: Sequence[str]) -> Iterator[str]:
    """Yield options with paths that hold from any folder: a shortcut starts from a folder of its own."""
    rooted = {"--music": rooted_music, "--voice": rooted_voice}
    for option, word in pairwise(["", *words]):
        yield rooted.get(option, str)(word)


def _with_terminal(play: str) -> str:
    """Return a script whose window stays when there is something to read."""
    return _script(f"{play} || {{ code=$?; printf 'Press Enter to close. '; read -r _; exit $code; }}")


def _without_terminal(play: str) -> str:
    """Return a script that tells what is wrong by a notification: nobody would read it elsewhere."""
    from voiceguide.player.controls.action import termux_program

    # Without the app it would never end.
    notify = [termux_program("timeout"), "5", termux_program("termux-notification")]
    tell = shlex.join([*notify, "-i", "voiceguide-said", "-t", "voiceguide", "-c"])
    return _script(f'said=$({play} --quiet 2>&1) || {{ code=$?; [ -z "$said" ] || {tell} "$said"; exit $code; }}')


def _script(line: str) -> str:
    programs = termux_prefix() / "bin"
    return f"#!{programs / 'bash'}\n{_OURS}\nexport PATH={shlex.quote(str(programs))}:$PATH\n{line}\n"


def _check_same(path: Path, script: str, overwrite: bool) -> None:
    """Make sure that what is there is the same shortcut, which may be written again.

    Raises:
        TargetError: It is another session's, or somebody else's.
    """
    from voiceguide.outputs.target import check_target, target_errors

    with target_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = path.read_bytes().decode(errors="replace") if path.is_file() else ""
    ours = _OURS in there
    if path.is_file() and not overwrite and not (ours and _asked(there) == _asked(script)):
        whose = ", for another session" if ours else ""
        raise TargetError(f"{path} exists already{whose}", hint="choose another --name, or replace it with --force")
    check_target(path, overwrite=True)


def _asked(script: str) -> str:
    """Return what a script asks of voiceguide, wherever that lies."""
    return script.partition(" play ")[2]


def _write(path: Path, content: bytes) -> None:
    from voiceguide.files import written_beside
    from voiceguide.outputs.target import target_errors

    with target_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_beside(path) as beside:
            beside.write_bytes(content)
