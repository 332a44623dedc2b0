"""The outputs of tracks, which tell of themselves."""

from pathlib import Path

from voiceguide.outputs.encoders import Quality
from voiceguide.outputs.output import Output
from voiceguide.outputs.registry import check_target, file_output, known_kind
from voiceguide.outputs.tags import Tags
from voiceguide.outputs.wav import WavOutput


def tagged_output(
    path: Path, overwrite: bool = False, *, frames: int, tags: Tags | None, quality: Quality = "good"
) -> Output:
    """Return the output for a track by its ending, checked and not yet open.

    Args:
        path: The file to be.
        overwrite: Whether a file of that name may be replaced.
        frames: How many frames will come.
        tags: What the file is to tell of itself.
        quality: How good the sound is, where its format has a choice.

    Raises:
        TargetError: It cannot be written.
    """
    if known_kind(path) != ".wav":
        return file_output(path, overwrite, frames=frames, tags=tags, quality=quality)
    check_target(path, overwrite)
    return WavOutput(path, overwrite, frames=frames, tags=tags)
