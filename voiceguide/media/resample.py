"""Streams of another rate come to 48 kHz, where there is no ffmpeg to do it.

Six seconds at a time are taken to their spectrum and back at another length, which loses and adds no tone. The four in
the middle are kept: a second away from the cuts, their ringing has fallen under half a step of 16 bits. A second has a
whole number of frames at any rate, so nothing is rounded.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

import numpy as np

from voiceguide.audio.samples import Block, Buffer, as_block, as_buffer
from voiceguide.units import CHANNELS, SAMPLE_RATE

_MARGIN_S: Final = 1
_KEPT_S: Final = 4
_STRETCH_S: Final = _KEPT_S + 2 * _MARGIN_S


def resampled(blocks: Iterable[Block], rate_hz: int) -> Iterator[Block]:
    """Yield the same sound at 48 kHz, in blocks of four seconds and one that is shorter.

    Args:
        blocks: The sound, in blocks of any length.
        rate_hz: Its frames in a second.
    """
    held = _silence(_MARGIN_S * rate_hz)
    length = made = 0
    for block in chain(blocks, [None]):
        # At the end, silence comes behind it, until the last frame lies in a part that is kept.
        held = np.concatenate([held, _silence((_STRETCH_S + _KEPT_S) * rate_hz) if block is None else block])
        length += 0 if block is None else len(block)
        while len(held) >= _STRETCH_S * rate_hz:
            sound = _kept(as_buffer(held[: _STRETCH_S * rate_hz]), rate_hz)
            held = held[_KEPT_S * rate_hz :]
            if block is None:
                sound = sound[: max(0, length * SAMPLE_RATE // rate_hz - made)]
            made += len(sound)
            if len(sound):
                yield sound


def _silence(count: int) -> Block:
    return np.zeros((count, CHANNELS), np.int16)


def _kept(stretch: Buffer, rate_hz: int) -> Block:
    """Return the middle of a stretch, shape ``(_KEPT_S * 48000, 2)``."""
    sound = np.fft.irfft(np.fft.rfft(stretch, axis=0), _STRETCH_S * SAMPLE_RATE, axis=0)
    start = _MARGIN_S * SAMPLE_RATE
    middle = sound[start : start + _KEPT_S * SAMPLE_RATE].astype(np.float32)
    return as_block(middle * np.float32(SAMPLE_RATE / rate_hz))
