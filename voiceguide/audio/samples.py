"""What samples look like, and the one place where they become 16-bit."""

import numpy as np
import numpy.typing as npt

from voiceguide.units import CHANNELS

Buffer = npt.NDArray[np.float32]
"""Stereo, shape ``(frames, 2)``, or a mono clip, shape ``(frames,)``; nominal range [-1, 1]."""

Block = npt.NDArray[np.int16]
"""Frames on their way out, shape ``(frames, 2)``, 48 kHz."""

FULL_SCALE = 32768.0


def as_block(buffer: Buffer) -> Block:
    """Round to 16 bit, to the nearest; what is out of range stays at its border.

    A buffer made from a block by `as_buffer` gives the same block again, bit for bit.
    """
    scaled: Buffer = np.rint(buffer * np.float32(FULL_SCALE))
    return np.clip(scaled, -32768, 32767, out=scaled).astype(np.int16)


def as_buffer(block: Block) -> Buffer:
    """Return the frames of a block as floats."""
    return block * np.float32(1.0 / FULL_SCALE)


CENTRE_GAIN = np.float32(0.5**0.5)
"""Of a mono clip in each of two channels: -3 dB, so that it is as loud as it was alone (constant power)."""


def stereo(clip: Buffer) -> Buffer:
    """Return a clip as stereo, shape ``(frames, 2)``, as loud as before; what is stereo already stays."""
    return both(clip * CENTRE_GAIN) if clip.ndim == 1 else clip


def both(values: Buffer) -> Buffer:
    """Return `values`, shape ``(frames,)``, in both channels.

    Numpy takes pairs one by one when it broadcasts over the channels; with all frames side by side it is three times
    as fast.
    """
    pair = np.empty((len(values), CHANNELS), np.float32)
    for channel in range(CHANNELS):
        pair[:, channel] = values
    return pair
