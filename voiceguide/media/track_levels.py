"""How loud a track is (ITU-R BS.1770), measured once and remembered in the cache folder.

A track of up to six minutes is measured whole, which takes about 2 s. Of a longer one eight excerpts of 20 s are,
spread evenly: a concert of three hours must not keep a session waiting. What a file says of its own loudness
(ReplayGain, R128 tags) is not asked: it is missing more often than not, and tells of other targets.

The measure goes on in pieces of 10 s, each for itself. The blocks of 400 ms that lie across two pieces, 3 in 100, are
left out; the gates work on all others together.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from math import isnan
from pathlib import Path
from typing import Final

import numpy as np

from voiceguide import paths
from voiceguide.audio.levels import MUSIC_LUFS
from voiceguide.audio.loudness import block_powers, gated_lufs, true_peak_db
from voiceguide.audio.samples import Block, as_buffer
from voiceguide.errors import MediaError
from voiceguide.files import written_beside
from voiceguide.media.decode import decode_stream
from voiceguide.units import CHANNELS, SAMPLE_RATE, frames, gain

PEAK_DB: Final = -6.0
"""No track peaks higher at its level, in dBTP, so that a chime beside it stays clean; one that would is softer."""

MOST_DB: Final = 20.0
"""What a track is raised by at most: one softer still is noise, or meant to be silent."""

SHORTEST_FRAMES: Final = frames(1_000)
"""Anything shorter is a signal and no music, and going round in it would cost more than playing it."""

_WHOLE_FRAMES: Final = frames(6 * 60_000)
_FURTHEST_FRAMES: Final = frames(24 * 3_600_000)
_EXCERPTS: Final = 8
_EXCERPT_FRAMES: Final = frames(20_000)
_PIECE_FRAMES: Final = frames(10_000)

_VERSION: Final = "1"
"""To be raised when the measure changes: what was remembered is then measured again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrackLevel:
    """How loud a track is, and how high it peaks."""

    lufs: float
    """Integrated loudness; minus infinity for silence."""

    peak_db: float
    """True peak of the piece with the highest sample, in dBTP; minus infinity for silence."""

    def to_music(self, idle_gain: float) -> float:
        """Return the linear gain that makes the track as loud as the bundled ambiences, and idle.

        Args:
            idle_gain: Linear gain of an ambience while nobody speaks.
        """
        levelled = gain(min(MUSIC_LUFS - self.lufs, MOST_DB)) * idle_gain
        return min(levelled, gain(PEAK_DB - self.peak_db)) if self.peak_db > -np.inf else levelled


def track_level(path: Path) -> TrackLevel:
    """Return the level of a track: remembered for a file of this path, size and time, or measured now.

    Raises:
        MediaError: It is missing, no sound file, damaged from the start, or shorter than a second.
    """
    kept = _kept(path)
    known = _remembered(kept) if kept else None
    if known is None:
        known = measure(path)
        if kept:
            _remember(kept, known)
    return known


def measure(path: Path) -> TrackLevel:
    """Measure a track, in bounded memory.

    Raises:
        MediaError: As `track_level` has it.
    """
    powers, length = [], 0
    highest = np.zeros((1, CHANNELS), np.float32)
    for block in _measured(path):
        buffer = as_buffer(block)
        powers.append(block_powers(buffer, SAMPLE_RATE))
        highest = max(highest, buffer, key=lambda each: float(np.abs(each).max()))
        length += len(block)
    if length < SHORTEST_FRAMES:
        raise MediaError(f"{path} is shorter than a second", hint="take a track that is music")
    return TrackLevel(gated_lufs(np.concatenate(powers)), true_peak_db(highest))


def _measured(path: Path) -> Iterator[Block]:
    """Yield what of a track is measured."""
    reach = _reach(path)
    if reach == 0:
        yield from _heard(path, 0, _WHOLE_FRAMES)
        return
    for index in range(_EXCERPTS):
        middle = reach * (2 * index + 1) // (2 * _EXCERPTS)
        yield from _heard(path, middle - _EXCERPT_FRAMES // 2, _EXCERPT_FRAMES)


def _reach(path: Path) -> int:
    """Return a place in the last fifth of a long track, in frames; 0 for a track that is measured whole.

    Found by trying: what a file says of its length is often a guess.
    """
    reach, further = 0, _WHOLE_FRAMES
    while further < _FURTHEST_FRAMES and _goes_on(path, further):
        reach, further = further, 2 * further
    for step in (reach // 2, reach // 4):
        if reach and _goes_on(path, reach + step):
            reach += step
    return reach


def _goes_on(path: Path, start: int) -> bool:
    try:
        # Ten seconds, because ffmpeg gives the last page of an Ogg file for any place behind it.
        return sum(map(len, _heard(path, start, _PIECE_FRAMES))) == _PIECE_FRAMES
    except MediaError:  # what miniaudio says of a place behind the end
        return False


def _heard(path: Path, start: int, count: int) -> Iterator[Block]:
    blocks = decode_stream(path, min(count, _PIECE_FRAMES), start)
    # What is damaged later is measured as far as it goes.
    with closing(blocks), suppress(MediaError):
        for block in blocks:
            yield block[:count]
            count -= len(block)
            if count <= 0:
                return


def _kept(path: Path) -> Path | None:
    """Return the file that remembers a track as it is now; `None` for one that cannot be looked at."""
    try:
        state = path.stat()
    except OSError:
        return None
    of = f"{_VERSION}\0{path.absolute()}\0{state.st_size}\0{state.st_mtime_ns}"
    name = hashlib.sha256(of.encode(errors="surrogatepass")).hexdigest()
    return paths.cache_folder() / "tracks" / name[:2] / name


def _remembered(kept: Path) -> TrackLevel | None:
    try:
        lufs, peak_db = map(float, kept.read_text("ascii").split())
    except (OSError, ValueError):  # never measured, or damaged
        return None
    return None if isnan(lufs) or isnan(peak_db) else TrackLevel(lufs, peak_db)


def _remember(kept: Path, level: TrackLevel) -> None:
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(kept) as beside:
            beside.write_text(" ".join(map(repr, astuple(level))), "ascii")
    except OSError as error:
        _log.debug("the level of a track cannot be kept: %s", error)
