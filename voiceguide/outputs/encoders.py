"""What ffmpeg is told for each kind of file and each quality.

The kind is named by a muxer, because ffmpeg would otherwise look at the ending, which may be in capitals.

Why these figures:

* **MP3** has a constant rate: in a file of varying rate a browser's or a phone's jump to a step lands up to 8 s beside
  it, in one of constant rate within a frame. Speech and soft music need no more than 160 kbit/s; 192 is for rain and
  surf, whose noise is what MP3 is worst at; 128 is what the smallest players and message services take.
* **Opus** does at 96 kbit/s what MP3 does at 160; 64 is enough for speech with soft pads.
* **Vorbis** has a scale of its own: 3, 5 and 7 are about 112, 160 and 224 kbit/s.
* **AAC**: ffmpeg's own encoder, whose quick coder is, by its manual, better and much faster than the other, but at low
  rates. Measured at 160 kbit/s: 9 to 14 dB less noise under 6 kHz, in half the time.
* **FLAC** loses nothing: a better quality is none, so only the work that is put into its size differs.
* **audiobook** is what ACX takes: MP3 of 44.1 kHz and a constant rate of at least 192 kbit/s.
"""

from typing import Final, Literal

Quality = Literal["small", "good", "best", "audiobook"]
"""``small`` is for messages and little room, ``good`` for nearly all, ``best`` for good loudspeakers."""

_QUICK_AAC: Final = ("-c:a", "aac", "-aac_coder", "fast", "-b:a")
_MP3: Final = ("-c:a", "libmp3lame", "-b:a")
_OPUS: Final = ("-c:a", "libopus", "-b:a")
_VORBIS: Final = ("-c:a", "libvorbis", "-q:a")
_FLAC: Final = ("-c:a", "flac", "-compression_level")
_AAC: Final[dict[Quality, tuple[str, ...]]] = {
    "small": ("-c:a", "aac", "-b:a", "96k"),
    "good": (*_QUICK_AAC, "160k"),
    "best": (*_QUICK_AAC, "224k"),
}

ENCODERS: Final[dict[str, dict[Quality, tuple[str, ...]]]] = {
    ".flac": {"small": (*_FLAC, "8"), "good": (*_FLAC, "5"), "best": (*_FLAC, "5")},
    ".mp3": {
        "small": (*_MP3, "128k"),
        "good": (*_MP3, "160k"),
        "best": (*_MP3, "192k"),
        "audiobook": (*_MP3, "192k", "-ar", "44100"),
    },
    ".opus": {"small": (*_OPUS, "64k"), "good": (*_OPUS, "96k"), "best": (*_OPUS, "128k")},
    ".ogg": {"small": (*_VORBIS, "3"), "good": (*_VORBIS, "5"), "best": (*_VORBIS, "7")},
    ".m4a": _AAC,
    ".m4b": _AAC,
}
"""Ending of a file to each quality that there is of it."""

_MUXERS: Final = {
    ".flac": ("-f", "flac"),
    ".mp3": ("-f", "mp3"),
    ".opus": ("-f", "opus"),
    ".ogg": ("-f", "ogg"),
    ".m4a": ("-movflags", "+faststart", "-f", "ipod"),
    ".m4b": ("-movflags", "+faststart", "-f", "ipod"),
}


def encoder(kind: str, quality: Quality = "good") -> tuple[str, ...]:
    """Return what ffmpeg is told.

    Args:
        kind: An ending, as `ENCODERS` has it.
        quality: One that there is of that kind.

    Raises:
        KeyError: There is none of that kind and quality.
    """
    return (*ENCODERS[kind][quality], *_MUXERS[kind])
