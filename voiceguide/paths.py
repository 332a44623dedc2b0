"""Where things lie: the person's folders, and what is bundled."""

import os
from functools import cache
from pathlib import Path

from platformdirs import PlatformDirs

_PACKAGE = Path(__file__).parent


def expanded(text: str) -> Path:
    """Return a path as a person wrote it; ``~`` is their home, and ``~name`` of nobody is left as it is."""
    # `Path.expanduser` raises for nobody's home.
    return Path(os.path.expanduser(text))  # noqa: PTH111


@cache
def _dirs() -> PlatformDirs:
    return PlatformDirs("voiceguide", appauthor=False)


def cache_folder() -> Path:
    """Return the folder for what can be made again, such as spoken clips."""
    return Path(_dirs().user_cache_dir)


def state_folder() -> Path:
    """Return the folder for what outlives a session, such as how far it came."""
    return Path(_dirs().user_state_dir)


def settings_file() -> Path:
    """Return the file of what the person has settled; it need not be there."""
    return Path(_dirs().user_config_dir) / "settings.toml"


def own_voices() -> Path:
    """Return the folder of the voices that were installed for this program."""
    return Path(_dirs().user_data_dir) / "voices"


def own_routines() -> Path:
    """Return the folder of the person's own routines."""
    return Path(_dirs().user_data_dir) / "routines"


def built_in_routines() -> Path:
    """Return the folder of the routines that come with the package."""
    return _PACKAGE / "routine" / "library"


def bundled_sounds() -> Path:
    """Return the folder of the bundled sounds: inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / "sounds"
    return installed if installed.is_dir() else _PACKAGE.parent / "sounds"
