"""What a person has settled once: a TOML file in their config folder, `paths.settings_file`.

```toml
voice = "piper"                       # the options of the commands, by the same names
rate = 135
music = "ocean"

[lexicon]                             # how a word is to be said
effleurage = "efflerahzh"

[commands.mine]                       # a program of one's own, used by "--voice command:mine"
speak = ["mytts", "--words-a-minute", "{rate}", "--output", "{file}"]
language = "en-GB"

[voices]
address = "https://example.org/piper" # where "voices install" downloads from
```
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from voiceguide import paths
from voiceguide.errors import SettingsError, near

_TABLES: Final = ("lexicon", "commands", "voices")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCommand:
    """A program of the person's own that writes a WAV file."""

    speak: tuple[str, ...]
    """Program and arguments. ``{file}`` stands for the WAV to write, ``{text}`` for what is spoken, ``{rate}`` for
    words a minute, ``{language}`` for BCP 47; without ``{text}`` the words come by stdin."""

    language: str | None = None
    """BCP 47; `None` when it speaks any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person has settled."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """Name of an option, without its dashes, to what it is unless it is given."""

    lexicon: Mapping[str, str] = field(default_factory=dict)
    """Term to respelling."""

    commands: Mapping[str, OwnCommand] = field(default_factory=dict)

    voices_address: str | None = None
    """Where Piper's voices are downloaded from; `None` for the usual place."""


@cache
def settings() -> Settings:
    """Return the person's settings; all as usual when there is no file.

    Raises:
        SettingsError: The file cannot be read, or something in it is wrong.
    """
    return read_settings(paths.settings_file())


def read_settings(file: Path) -> Settings:
    """Return the settings of a file; all as usual when it is not there.

    Raises:
        SettingsError: It cannot be read, or something in it is wrong.
    """
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}", hint="make it a file that you may read") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is not UTF-8 text", hint="save it again as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}", hint='write lines such as: voice = "piper"') from error
    return _Reader(file).settings(found)


class _Reader:
    """Takes the settings out of what TOML gives.

    Args:
        file: Named in errors.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def settings(self, found: dict[str, Any]) -> Settings:
        tables = {name: found.pop(name, {}) for name in _TABLES}
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise self._wrong(name, table, f"make it a table: [{name}]")
        for name, value in found.items():
            if isinstance(value, dict):
                raise self._error(f"there is no table [{name}]", near(name, _TABLES))
        commands = {name: self._command(f"commands.{name}", table) for name, table in tables["commands"].items()}
        address = tables["voices"].pop("address", None)
        self._nothing_else("voices", tables["voices"], ["address"])
        return Settings(
            options=found,
            lexicon={name: self._words(f"lexicon.{name}", said) for name, said in tables["lexicon"].items()},
            commands=commands,
            voices_address=None if address is None else self._address(address),
        )

    def _command(self, name: str, table: Any) -> OwnCommand:
        hint = f'write [{name}] with a line such as: speak = ["mytts", "--output", "{{file}}"]'
        if not isinstance(table, dict) or "speak" not in table:
            raise self._error(f"{name} does not say what to run", hint)
        speak = table.pop("speak")
        if not isinstance(speak, list) or not speak or not all(isinstance(each, str) and each for each in speak):
            raise self._wrong(f"{name}.speak", speak, hint)
        if not any("{file}" in each for each in speak):
            raise self._error(f"{name}.speak never names the file to write", 'put "{file}" where its path belongs')
        language = table.pop("language", None)
        self._nothing_else(name, table, ["speak", "language"])
        return OwnCommand(speak=tuple(speak), language=language and self._words(f"{name}.language", language))

    def _nothing_else(self, name: str, table: dict[str, Any], known: list[str]) -> None:
        for each in table:
            raise self._error(f"{name}.{each} means nothing", near(each, known))

    def _words(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, value, "write words in quotes")
        return value.strip()

    def _address(self, value: Any) -> str:
        address = self._words("voices.address", value)
        if not re.match(r"https?://", address):
            raise self._wrong("voices.address", value, "write an address that starts with https://")
        return address.rstrip("/")

    def _wrong(self, name: str, value: Any, hint: str) -> SettingsError:
        return self._error(f"{name} is {value!r}", hint)

    def _error(self, message: str, hint: str) -> SettingsError:
        return SettingsError(f"{self._file}: {message}", hint=hint)
