"""Makes every bundled sound from nothing, into sounds/.

    python scripts/make_sounds.py                     all of them (two minutes, 2 GB of memory)
    python scripts/make_sounds.py --only warm-pad     one ambience
    python scripts/make_sounds.py --only bowl         one set of chimes
    python scripts/make_sounds.py --only bowl/change  one chime

Made again with the same numpy and libsndfile, a file has the same bytes.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sounds_lib import ambiences
from sounds_lib.ambiences import AMBIENCE_LUFS
from sounds_lib.chimes import KINDS, SETS, chime
from sounds_lib.files import read, write_flac, write_ogg
from sounds_lib.loudness import at_loudness, integrated
from sounds_lib.rings import Sound

SOUNDS: Final = Path(__file__).parent.parent / "sounds"

AMBIENCES: Final[dict[str, tuple[Callable[[], Sound], float]]] = {
    "warm-pad": (ambiences.warm_pad, 0.5),
    "bowls": (ambiences.bowls, 0.5),
    "ocean": (ambiences.ocean, 0.4),
    "rain": (ambiences.rain, 0.4),
    "stream": (ambiences.stream, 0.4),
    "night": (ambiences.night, 0.4),
}
"""Name to the function that makes it, and the quality of its Vorbis file, from 0 to 1."""


def main() -> None:
    """Make what was asked for."""
    parser = argparse.ArgumentParser(description="Makes every bundled sound from nothing.")
    parser.add_argument("--only", metavar="NAME", help="an ambience, a set of chimes, or one chime as SET/KIND")
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=SOUNDS, help="where to (default: sounds/)")
    options = parser.parse_args()
    wanted = [name for name in names() if options.only in (None, name, name.split("/")[0])]
    if not wanted:
        parser.error(f"no sound is called {options.only!r}; there are {', '.join(names())}")
    for name in wanted:
        print(make(name, options.into))


def names() -> list[str]:
    """Return every sound: chimes as SET/KIND, then ambiences."""
    return [f"{set_name}/{kind}" for set_name in SETS for kind in KINDS] + list(AMBIENCES)


def make(name: str, folder: Path) -> Path:
    """Make one sound and return its file."""
    if name in AMBIENCES:
        ambience, quality = AMBIENCES[name]
        target = folder / "ambience" / f"{name}.ogg"
        target.parent.mkdir(parents=True, exist_ok=True)
        ring = ambience()
        write_ogg(target, ring, quality)
        # Vorbis leaves out what it takes to be inaudible, up to 0.3 LU of noise. What is heard is what counts.
        write_ogg(target, at_loudness(ring, integrated(read(target)), AMBIENCE_LUFS), quality)
    else:
        target = folder / "chimes" / f"{name}.flac"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_flac(target, chime(*name.split("/")))
    return target


if __name__ == "__main__":
    main()
