"""Where ffmpeg is, which decodes and encodes what nothing else here can."""

import shutil
from pathlib import Path
from typing import Final

INSTALL_HINT: Final = 'install ffmpeg with your system, or with "pip install imageio-ffmpeg"'
"""What to do where there is no ffmpeg."""


def find_ffmpeg() -> Path | None:
    """Return the system's ffmpeg, else the one that the package imageio-ffmpeg carries, else `None`."""
    system = shutil.which("ffmpeg")
    return Path(system) if system else _carried()


def _carried() -> Path | None:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        return None
    try:
        return Path(get_ffmpeg_exe())
    except RuntimeError:  # its way to say that its wheel for this platform carries none
        return None
