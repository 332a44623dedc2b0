"""The person's own music: tracks, levelled, that run into each other without an end.

It is streamed, so an hour costs no more memory than a minute, and nothing is written to a disk: decoded to a file it
would take 700 MB an hour, more than a phone has to spare. The sound depends on the tracks and the seed alone, never
on how or when it is read. So several readers of the same music hear the same samples; each decodes from the
beginning, which goes hundreds of times faster than it sounds, and needs no seeking, which is exact in few formats.
"""

import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import SystemRandom
from typing import Final

import numpy as np

from voiceguide.audio.samples import Block, Buffer, as_block, as_buffer
from voiceguide.errors import MediaError
from voiceguide.media.ahead import PIECE_FRAMES, Ahead, Pieces
from voiceguide.media.decode import decode_stream
from voiceguide.media.playlist import Playlist, find_tracks
from voiceguide.media.track_levels import track_level
from voiceguide.units import CHANNELS, frames

FADE_FRAMES: Final = frames(4_000)
"""A track comes in over the end of the one before; no more than half of it, if it is short."""

_MOST_FAILED: Final = 25
"""So many tracks are tried at the beginning until one can be played."""

_Track = Generator[Buffer, None, None]

_log = logging.getLogger(__name__)


def open_music(what: str | Path, *, idle_gain: float = 1.0, shuffle: bool = False, seed: int | None = None) -> Ahead:
    """Return the music that a file, a folder or a playlist stands for; it must be closed.

    The first track is measured and decoded before this returns, and no other is touched.

    Args:
        what: A path.
        idle_gain: Linear gain of an ambience while nobody speaks, to which each track is levelled.
        shuffle: Whether each round of the tracks has an order of its own.
        seed: The same one gives the same rounds; any, if there is none.

    Raises:
        MediaError: None of it can be played.
    """
    tracks = find_tracks(Path(what))
    seed = SystemRandom().getrandbits(32) if seed is None else seed
    return Ahead(lambda: _pieces(_joined(_playable(Playlist(tracks, shuffle=shuffle, seed=seed), idle_gain))))


def _playable(playlist: Playlist, idle_gain: float) -> Iterator[_Track]:
    """Yield the tracks in turn; those that cannot be played are told of and dropped.

    Raises:
        MediaError: None could be played from the beginning.
    """
    played, failed = False, 0
    told: set[Path] = set()
    for path in playlist:
        try:
            gain = track_level(path).to_music(idle_gain)
            track = _levelled(decode_stream(path, PIECE_FRAMES), gain, path, told)
        except MediaError as error:
            playlist.drop(path)
            failed += 1
            if not played and (failed == _MOST_FAILED or not playlist.tracks):
                raise error if failed == 1 else _none_played(failed, error) from error
            _log.warning("%s; it is left out of the music", error.message)
            continue
        played = True
        yield track
    _log.warning("no track is left that can be played: there is no more music")


def _none_played(failed: int, last: MediaError) -> MediaError:
    return MediaError(f"none of the first {failed} tracks can be played; the last: {last.message}", hint=last.hint)


def _levelled(blocks: Generator[Block, None, None], gain: float, path: Path, told: set[Path]) -> _Track:
    with closing(blocks):
        try:
            for block in blocks:
                yield as_buffer(block) * np.float32(gain)
        except MediaError as error:
            # Once, though it comes round again.
            if path not in told:
                _log.warning("%s; the music goes on with what comes next", error.message)
                told.add(path)


def _joined(tracks: Iterable[_Track]) -> Iterator[Buffer]:
    """Yield tracks that fade into each other, and silence when there are no more."""
    end = np.zeros((0, CHANNELS), np.float32)
    for track in tracks:
        with closing(track):
            head = _taken(track, 2 * FADE_FRAMES)
            fade = min(FADE_FRAMES, len(end), len(head) // 2)
            yield end[: len(end) - fade]
            yield _crossed(end[len(end) - fade :], head[:fade])
            end = head[fade:]
            for buffer in track:
                end = np.concatenate([end, buffer])
                # As much as the next may fade into is kept: only the decoder knows when a track ends.
                yield end[:-FADE_FRAMES]
                end = end[-FADE_FRAMES:]
    yield _crossed(end, np.zeros_like(end))
    while True:
        yield np.zeros((PIECE_FRAMES, CHANNELS), np.float32)


def _taken(track: _Track, least: int) -> Buffer:
    """Return the first `least` frames of a track, and what came with them; all of a shorter one."""
    taken = [np.zeros((0, CHANNELS), np.float32)]
    while sum(map(len, taken)) < least and (buffer := next(track, None)) is not None:
        taken.append(buffer)
    return np.concatenate(taken)


def _crossed(end: Buffer, head: Buffer) -> Buffer:
    """Return both at once, one going and one coming, at equal power all the way."""
    way = (np.arange(len(end), dtype=np.float32)[:, None] + np.float32(0.5)) * np.float32(
        0.5 * np.pi / max(1, len(end))
    )
    crossed: Buffer = end * np.cos(way) + head * np.sin(way)
    return crossed


def _pieces(buffers: Iterable[Buffer]) -> Pieces:
    """Yield the same sound in pieces of one length."""
    kept = np.zeros((0, CHANNELS), np.int16)
    for buffer in buffers:
        kept = np.concatenate([kept, as_block(buffer)])
        while len(kept) >= PIECE_FRAMES:
            yield kept[:PIECE_FRAMES]
            kept = kept[PIECE_FRAMES:]
