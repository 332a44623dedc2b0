"""Compressed files, through ffmpeg: it encodes on another core what we mix on this one.

The same frames always give the same bytes: no version of a library and no date is written.
"""

import errno
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from voiceguide.audio.samples import Block
from voiceguide.errors import TargetError
from voiceguide.media.child import Child
from voiceguide.media.ffmpeg import INSTALL_HINT, find_ffmpeg
from voiceguide.outputs.encoders import Quality, encoder
from voiceguide.outputs.output import not_open, pcm
from voiceguide.outputs.tags import CHPL_TITLE_BYTES, Tags, ffmetadata, iso_639_2, write_tags
from voiceguide.outputs.target import Draft, Identity, target_error, target_errors
from voiceguide.units import CHANNELS, SAMPLE_RATE

_CHAPTERS_WITH_SOUND: Final = ("m4a", "m4b")
"""Whose chapters are a track among the others."""

_PIPE_BYTES: Final = 1 << 20
"""Five seconds wait in the pipe, so that mixing and encoding do not wait for each other in turns."""

_RAW: Final = ("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", str(CHANNELS), "-i", "pipe:0")
"""Our frames, on the input."""

_MAY_BE_EMPTY: Final = frozenset({"flac"})
"""What is read back without a frame in it; into the others goes a frame of silence, where there is none."""

_LAST_WORDS_S: Final = 5.0
"""How long an ffmpeg that closed its input may take to say why."""

_TRIAL_S: Final = 20.0
"""How long an ffmpeg may take to encode a moment of silence, on a machine that is busy."""

_OTHER_HINT: Final = "install a newer one, or take another kind of file; .wav needs none"
"""What to do about an ffmpeg that is too old, or was made without what is needed."""

_HALF_FAILED: Final = ("Error writing", "Error closing")
"""What ffmpeg 5 says, and exits with 0, when the disk is full at the very end."""


class FfmpegOutput:
    """Writes a file of the kind that its ending tells.

    Args:
        path: The file to be; its ending, in any case, is one of `ENCODERS` in `encoders`.
        overwrite: Whether a file of that name may be replaced.
        frames: How many frames will come: each file output may be told, and an encoder need not know.
        tags: What the file is to tell of itself.
        quality: How good the sound is.
    """

    latency_ms = 0

    def __init__(
        self,
        path: Path,
        overwrite: bool = False,
        *,
        frames: int | None = None,
        tags: Tags | None = None,
        quality: Quality = "good",
    ) -> None:
        del frames
        self._tags = tags
        self.name = path.suffix.lower().removeprefix(".")
        self._encoder = self._coding = encoder(path.suffix.lower(), quality)
        if tags and self.name in _CHAPTERS_WITH_SOUND:
            self._encoder = ("-metadata:s:a:0", f"language={iso_639_2(tags.language)}", *self._encoder)
            if any(len(mark.title.encode()) > CHPL_TITLE_BYTES for mark in tags.marks):
                # The newer kind has them whole, and what is cut in the midst of a letter cannot be read.
                flags = {"+faststart": "+faststart+disable_chpl"}
                self._encoder = tuple(flags.get(word, word) for word in self._encoder)
        self._draft = Draft(path, overwrite)
        self._child: Child | None = None
        self._is_empty = True
        self._beside = path
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def kept(self) -> Identity | None:
        """The file that took its place; `None` before."""
        return self._draft.kept

    def missing(self) -> str | None:
        """Return how to install an ffmpeg that makes such files, or `None` when it is there."""
        program = find_ffmpeg()
        if program is None:
            return INSTALL_HINT
        lack = lack_of(program, self._coding)
        return lack and f"this ffmpeg cannot make .{self.name} files ({lack}): {_OTHER_HINT}"

    def open(self) -> None:
        """Start ffmpeg on a file beside the target.

        Raises:
            TargetError: There is no ffmpeg, or the file cannot be written.
        """
        program = find_ffmpeg()
        if program is None:
            raise TargetError(f"cannot write {self._draft.target}: ffmpeg is not installed", hint=INSTALL_HINT)
        beside = self._beside = self._draft.begin()
        try:
            with target_errors(self._draft.target):
                words = encode_arguments(program, self._encoder, beside, self._marks_file())
                self._child = Child(words, stdin=subprocess.PIPE)
            self._child.size_pipe(_PIPE_BYTES)
        except BaseException:
            self.abort()
            raise

    def write(self, block: Block) -> None:
        """Hand a block to ffmpeg; wait while it has enough.

        Raises:
            TargetError: ffmpeg has died, of a full disk for example.
        """
        child = self._child
        if child is None or child.process.stdin is None:
            raise not_open(self.name)
        data = pcm(block)
        self._is_empty = self._is_empty and not data
        try:
            while data:
                data = data[child.process.stdin.write(data) :]
        except (OSError, ValueError) as error:
            # A broken pipe, or a closed one where another thread has aborted meanwhile.
            if self._child is not None:
                child.wait(_LAST_WORDS_S)
                raise self._failure(child) from error

    def close(self) -> None:
        """Let ffmpeg finish, and put the file in its place.

        Raises:
            TargetError: ffmpeg failed, the disk is full, or another file has taken the name.
        """
        child = self._child
        if child is None or child.process.stdin is None:
            return
        try:
            if self._is_empty and self.name not in _MAY_BE_EMPTY:
                self.write(np.zeros((1, CHANNELS), np.int16))
            child.process.stdin.close()
            failed = child.wait() != 0 or any(line_part in line for line in child.said() for line_part in _HALF_FAILED)
            if failed:
                raise self._failure(child)
            if self._tags:
                with target_errors(self._draft.target):
                    write_tags(self._beside, f".{self.name}", self._tags)
            self._draft.keep()
        finally:
            self.abort()

    def abort(self) -> None:
        """Kill ffmpeg and remove what it wrote."""
        child, self._child = self._child, None
        if child is not None:
            child.end()
        if self._folder:
            self._folder.cleanup()
        self._draft.drop()

    def _marks_file(self) -> Path | None:
        """Write the chapters that must go in with the sound; ffmpeg reads them before it begins."""
        if self._tags is None or self.name not in _CHAPTERS_WITH_SOUND:
            return None
        self._folder = tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True)
        file = Path(self._folder.name) / "chapters.txt"
        file.write_text(ffmetadata(self._tags), "utf-8")
        return file

    def _failure(self, child: Child) -> TargetError:
        target = self._draft.target
        said = " ".join(child.said())
        full = os.strerror(errno.ENOSPC)
        if full in said:
            return target_error(target, errno.ENOSPC, full)
        if "Unknown encoder" in said:
            hint = f"this ffmpeg cannot make {target.suffix} files: {_OTHER_HINT}"
        else:
            hint = "try a .wav file, or another version of ffmpeg"
        return TargetError(f"cannot write {target}: ffmpeg: {child.last_line()}", hint=hint)


@cache
def lack_of(program: Path, coding: tuple[str, ...]) -> str | None:
    """Return what keeps an ffmpeg from encoding, in its own words; `None` where nothing does.

    It is found out on a moment of silence, because neither a number of a version nor a list of encoders tells whether
    all words are understood.

    Args:
        program: ffmpeg.
        coding: What it is told of the kind and the quality.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="voiceguide-", ignore_cleanup_errors=True) as folder:
            words = encode_arguments(program, coding, Path(folder, "trial"))
            done = subprocess.run(words, input=bytes(SAMPLE_RATE), capture_output=True, timeout=_TRIAL_S, check=False)
    except subprocess.TimeoutExpired:
        return "it does not answer"
    except OSError as error:
        said = error.strerror or str(error)
    else:
        if done.returncode == 0:
            return None
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
    # Where the trial has no room, the track may have.
    return None if os.strerror(errno.ENOSPC) in said else said.split("\n")[0].strip()


def encode_arguments(program: Path, coding: tuple[str, ...], target: Path, marks: Path | None = None) -> list[str]:
    """Return what starts ffmpeg: raw frames on its input, a file at `target`.

    Args:
        program: ffmpeg.
        coding: What it is told of the kind and the quality.
        target: The file.
        marks: Chapters, as ffmpeg reads them.
    """
    chapters = ["-f", "ffmetadata", "-i", str(marks), "-map", "0:a"] if marks else ["-map_metadata", "-1"]
    return [
        str(program), "-nostdin", "-v", "error", "-y", *_RAW, *chapters,
        "-fflags", "+bitexact", "-flags", "+bitexact", *coding, f"file:{target.absolute()}",
    ]  # fmt: skip
