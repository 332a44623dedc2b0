"""A session in parts, for whoever wants another balance: voice, music and chimes, each as long as the whole.

The parts are sound without loss, WAV beside a WAV and FLAC beside anything else: what is put together again must not
have been worn down first. The music is as it is in the whole, ducked and faded; what rounding to 16 bits leaves over is
in it too, so that the three added up are the whole, sample for sample.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from voiceguide.audio.mixer import BLOCK_FRAMES, Mix
from voiceguide.audio.samples import Block, as_block
from voiceguide.export.drafts import drafts_for
from voiceguide.outputs.pump import finishing
from voiceguide.outputs.registry import file_output
from voiceguide.outputs.tags import Tags
from voiceguide.outputs.target import check_target, target_errors
from voiceguide.scheduler.timeline import Role

VOICE, MUSIC, CHIMES = "voice", "music", "chimes"

STEMS: Final = (VOICE, MUSIC, CHIMES)


def stems_of(target: Path) -> dict[str, Path]:
    """Return where the stems of a track go: `massage.mp3` has `massage.voice.flac` and so on."""
    kind = ".wav" if target.suffix.lower() == ".wav" else ".flac"
    return {name: target.with_suffix(f".{name}{kind}") for name in STEMS}


def write_stems(
    mix: Mix,
    target: Path,
    tags: Tags,
    progress: Callable[[int, int], None] | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Write the stems beside a track; all appear when the last is whole.

    Args:
        mix: The session.
        target: The track.
        tags: What the whole tells of itself.
        progress: Is told how many frames are written, and of how many.
        overwrite: Whether files that are there may be replaced.

    Raises:
        TargetError: They cannot be written; what was there stays.
    """
    places = stems_of(target)
    with drafts_for(target) as folder:
        drafts = {name: folder / place.name for name, place in places.items()}
        with ExitStack() as outputs:
            opened = {}
            for name, draft in drafts.items():
                about = replace(tags, title=f"{tags.title} ({name})")
                output = file_output(draft, frames=mix.length_frames, tags=about)
                output.open()
                opened[name] = outputs.enter_context(finishing(output))
            written = 0
            for stems in blocks_of_stems(mix):
                for name, block in stems.items():
                    opened[name].write(block)
                written += len(stems[MUSIC])
                if progress:
                    progress(written, mix.length_frames)
        for place in places.values():
            check_target(place, overwrite)
        for name, draft in drafts.items():
            with target_errors(places[name]):
                draft.replace(places[name])


def blocks_of_stems(mix: Mix) -> Iterator[dict[str, Block]]:
    """Yield a whole session in order, as a block a stem."""
    for start in range(0, mix.length_frames, BLOCK_FRAMES):
        stop = min(start + BLOCK_FRAMES, mix.length_frames)
        voice, ringing = (as_block(mix.voices(start, stop, only=role)) for role in (Role.SPEECH, Role.CHIME))
        whole = np.concatenate(list(mix.blocks(start, stop)))
        yield {VOICE: voice, MUSIC: whole - voice - ringing, CHIMES: ringing}
