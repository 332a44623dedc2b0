"""What a person asks for."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from voiceguide.audio.levels import Levels
from voiceguide.paths import expanded
from voiceguide.scheduler.options import Options

RATE_WPM: Final = 145
"""Comfortable for voices of machines, across ages."""

SLOW_RATE_WPM: Final = 120
"""For what must be remembered, and for who does not hear well."""

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks for."""

    routine: str
    """A name of the library, or the path of a file."""

    options: Options = field(default_factory=Options)
    """How long the session lasts, and what the two people want of it."""

    voice: str = "auto"
    """``auto``, ``ENGINE`` or ``ENGINE:VOICE``."""

    rate_wpm: int = RATE_WPM
    """How fast the voice speaks, in words a minute."""

    music: str = "warm-pad"
    """Name of an ambience, ``none``, or the path of a file, a folder or a playlist."""

    shuffle: bool = False
    """Whether own music is played in any order."""

    seed: int | None = None
    """The same one gives the same order; `None` gives a new one each time."""

    chimes: str = "bowl"
    """Name of a set of chimes."""

    levels: Levels = field(default_factory=Levels)
    """The balance of voice, music and chimes."""

    keep_end: bool = False
    """Whether a live session ends when it would have ended, whatever was held, repeated or skipped."""

    output: str | None = None
    """Name of a sound output; `None` takes the best that opens."""


def rooted_music(music: str) -> str:
    """Return own music by a path that holds from any folder; a name of bundled music as it is."""
    from voiceguide.media.sounds import NO_MUSIC, ambiences

    own = expanded(music)
    # `Path.exists` raises where a name is too long, or one may not look; so does `Path.is_dir`.
    return str(own.resolve()) if music not in (NO_MUSIC, *ambiences()) and os.path.exists(own) else music  # noqa: PTH110


def rooted_voice(voice: str) -> str:
    """Return a voice whose folder of recordings, if it has one, is named by a path that holds from any folder."""
    engine, _, own = voice.partition(":")
    folder = expanded(own)
    return f"{engine}:{folder.resolve()}" if own and os.path.isdir(folder) else voice  # noqa: PTH112
