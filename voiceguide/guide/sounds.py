"""Use cases around the bundled sounds: which there are, and how they sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voiceguide.errors import MediaError, near
from voiceguide.guide.request import Request
from voiceguide.guide.stage import bed_of, mix_of, write_or_play
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import SECOND_MS

if TYPE_CHECKING:
    from voiceguide.audio.mixer import Mix

_EXCERPT_MS = 20 * SECOND_MS
_APART_MS = 3 * SECOND_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundRow:
    """A sound that may be chosen."""

    kind: Literal["music", "chimes"]
    name: str
    about: str


_ABOUT = {
    "warm-pad": "slow chords",
    "bowls": "singing bowls, now and then",
    "ocean": "long waves",
    "rain": "steady rain",
    "stream": "a brook",
    "night": "crickets, far away",
    "bowl": "small singing bowls",
    "wood": "wooden bars",
    "glass": "glasses",
}


def sounds() -> list[SoundRow]:
    """Return the bundled music and the sets of chimes."""
    from voiceguide.media.sounds import ambiences, chime_sets

    music = [SoundRow(kind="music", name=name, about=_ABOUT.get(name, "")) for name in ambiences()]
    return music + [SoundRow(kind="chimes", name=name, about=_ABOUT.get(name, "")) for name in chime_sets()]


def try_sound(
    name: str, request: Request, target: Path | None = None, *, overwrite: bool = False
) -> list[tuple[int, str]]:
    """Play a sound, or write it to a file; return which chime comes at which millisecond.

    Args:
        name: An ambience, of which 20 seconds are heard, or a set of chimes, all of which are.
        request: Its levels and its output count.
        target: A sound file.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        VoiceguideError: There is no such sound or device, or the file cannot be written.
    """
    from voiceguide.outputs.registry import check_target

    if target:
        check_target(target, overwrite)
    mix = _of(name, request)
    write_or_play(mix, target, request.output, overwrite=overwrite)
    return [(cue.at_ms, cue.name) for cue in mix.timeline.cues]


def _of(name: str, request: Request) -> Mix:
    from dataclasses import replace

    from voiceguide.media.sounds import CHIME_KINDS, NO_MUSIC, ambiences, chime_sets

    if name in ambiences():
        asked = replace(request, music=name)
        return mix_of(asked, _timeline(_EXCERPT_MS, []), None, bed_of(asked))
    if name not in chime_sets():
        hint = near(name, [*ambiences(), *chime_sets()])
        raise MediaError(f"there is no sound called '{name}'", hint=hint)
    asked = replace(request, music=NO_MUSIC, chimes=name)
    cues = [
        Cue(at_ms=SECOND_MS + index * _APART_MS, length_ms=0, role=Role.CHIME, name=kind)
        for index, kind in enumerate(CHIME_KINDS)
    ]
    return mix_of(asked, _timeline(cues[-1].at_ms + _EXCERPT_MS // 2, cues), None, bed_of(asked))


def _timeline(length_ms: int, cues: list[Cue]) -> Timeline:
    whole = Chapter(start_ms=0, end_ms=length_ms, title="")
    return Timeline(length_ms=length_ms, cues=tuple(cues), chapters=(whole,))
