"""What a person has settled becomes what options are unless they are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import typer

from voiceguide import paths
from voiceguide.cli.options import Device, SessionOptions, SoundOptions
from voiceguide.cli.phone import PhoneOptions
from voiceguide.errors import SettingsError, near
from voiceguide.shapes import ShapeError, convert

_SESSIONS: Final = ("show", "export")
_PLAYS: Final = "play"
_OF_GROUPS: Final = {"voices": ("try", "record-script", "check-recordings"), "phone": ("send",)}
"""A shortcut on a phone calls `play`, which reads the settings of its day."""


@dataclass(frozen=True)
class _PlayOptions:
    """What only `play` can be told; for others ``--output`` is a file."""

    output: Device = None


def settle(ctx: typer.Context, options: Mapping[str, Any]) -> None:
    """Make `options` the defaults of all commands.

    Args:
        ctx: Of the group of all commands.
        options: From the settings: names without dashes.

    Raises:
        SettingsError: There is no such option, or it does not take such a value.
    """
    if not options:
        return
    shared, own = _options_of(SessionOptions, SoundOptions), _options_of(_PlayOptions, PhoneOptions)
    settled = {_parameter(name, {**shared, **own}): value for name, value in options.items()}
    settled = {name: _checked(name, value, {**shared, **own}[name]) for name, value in settled.items()}
    of_sessions = {name: value for name, value in settled.items() if name in shared}
    groups = {group: dict.fromkeys(names, of_sessions) for group, names in _OF_GROUPS.items()}
    ctx.default_map = {**dict.fromkeys(_SESSIONS, of_sessions), _PLAYS: settled, **groups}


def _options_of(*bundles: type) -> dict[str, Any]:
    return {name: hint for each in bundles for name, hint in get_type_hints(each, include_extras=True).items()}


def _parameter(name: str, known: Mapping[str, Any]) -> str:
    parameter = name.replace("-", "_")
    if parameter not in known:
        hint = near(name, [each.replace("_", "-") for each in known])
        raise SettingsError(f"{paths.settings_file()}: there is no option {name!r} to settle", hint=hint)
    return parameter


def _checked(name: str, value: Any, hint: Any) -> Any:
    kind, option = get_args(hint) if get_origin(hint) is Annotated else (hint, None)
    try:
        taken = convert([value] if isinstance(value, str) and list[str] in get_args(kind) else value, kind)
        low, high = getattr(option, "min", None), getattr(option, "max", None)
        # Not a number is neither under nor over anything.
        if taken is None or (low is not None and not taken >= low) or (high is not None and not taken <= high):
            raise ShapeError(f"{value!r} is not between {low} and {high}")
    except ShapeError as error:
        dashed = name.replace("_", "-")
        hint = f"write it as --{dashed} takes it: 'voiceguide play --help'"
        raise SettingsError(f"{paths.settings_file()}: {dashed}: {error}", hint=hint) from error
    return taken
