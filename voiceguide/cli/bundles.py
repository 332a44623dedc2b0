"""Options that several commands share, written once.

A bundle is a frozen dataclass whose fields are options. A command names it as the type of one parameter; `unfolded`
shows typer a function with the fields in its place.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints


def unfolded(command: Callable[..., None]) -> Callable[..., None]:
    """Return `command` with each parameter that is a bundle replaced by the bundle's fields."""
    hints = get_type_hints(command, include_extras=True)
    bundles = {name: kind for name, kind in hints.items() if is_dataclass(kind) and isinstance(kind, type)}
    own = [each for name, each in inspect.signature(command).parameters.items() if name not in bundles]
    own = [each.replace(annotation=hints[each.name], kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    parameters = own + [each for kind in bundles.values() for each in _parameters(kind)]

    @functools.wraps(command)
    def run(**words: Any) -> None:
        made = {
            name: kind(**{each.name: words.pop(each.name) for each in fields(kind)}) for name, kind in bundles.items()
        }
        command(**words, **made)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _parameters(bundle: type) -> list[inspect.Parameter]:
    hints = get_type_hints(bundle, include_extras=True)
    return [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if each.default is MISSING else each.default,
            annotation=hints[each.name],
        )
        for each in fields(bundle)
    ]
