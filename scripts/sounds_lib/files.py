"""FLAC and Ogg Vorbis files, the same bytes each time (for the same numpy and libsndfile)."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from sounds_lib.ogg import closed
from sounds_lib.rings import Sound
from voiceguide.files import written_beside
from voiceguide.units import CHANNELS, SAMPLE_RATE

_BLOCK: Final = 4096  # libsndfile's Vorbis encoder keeps a whole call on its stack
_MORE: Final = 4 * SAMPLE_RATE  # of the ring, before and after it, for the encoder to know where it is


def write_flac(target: Path, sound: Sound) -> None:
    """Write `sound` as 16-bit FLAC, rounded without dither: what ends in silence ends in zeros."""
    frames = np.round(sound.T * 32767).astype(np.int16)
    with written_beside(target) as beside:
        soundfile.write(beside, frames, SAMPLE_RATE, format="FLAC", subtype="PCM_16")


def write_ogg(target: Path, ring: Sound, quality: float) -> None:
    """Write `ring` as Ogg Vorbis that has exactly its frames and goes on from its last into its first.

    Args:
        target: The file.
        ring: What to write. The file begins a little way round it.
        quality: Of Vorbis, from 0 to 1; 0.4 is transparent to most ears with most music.
    """
    frames = np.concatenate([ring[:, -_MORE:], ring, ring[:, :_MORE]], axis=1).T.astype(np.float32)
    encoded = BytesIO()
    with soundfile.SoundFile(
        encoded, "w", SAMPLE_RATE, CHANNELS, format="OGG", subtype="VORBIS", compression_level=1 - quality
    ) as file:
        for start in range(0, len(frames), _BLOCK):
            file.write(frames[start : start + _BLOCK])
    with written_beside(target) as beside:
        beside.write_bytes(closed(encoded.getvalue(), ring.shape[1], earliest=_MORE // 2))


def read(file: Path) -> Sound:
    """Return what a file sounds like."""
    frames, _ = soundfile.read(file, dtype="float64", always_2d=True)
    return np.ascontiguousarray(frames.T)
