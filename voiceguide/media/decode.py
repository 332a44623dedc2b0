"""Sound files in, frames out: any kind, always ``int16``, shape ``(frames, 2)``, 48 kHz.

A WAV of that rate is read as it is. The rest goes to miniaudio where it already has the rate, and else to ffmpeg,
which resamples. Where one of the two is missing or fails, the other is asked; what miniaudio gives is resampled here,
because its own way is a straight line between samples, which at 44.1 kHz leaves false tones only 20 dB under one of
10 kHz (ffmpeg: 82 dB).
"""

import importlib.util
import logging
import subprocess
import wave
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from io import BufferedReader, RawIOBase
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, cast

import numpy as np

from voiceguide.audio.samples import Block
from voiceguide.errors import MediaError
from voiceguide.media.child import Child
from voiceguide.media.ffmpeg import INSTALL_HINT, find_ffmpeg
from voiceguide.media.resample import resampled
from voiceguide.units import CHANNELS, MINUTE_MS, SAMPLE_RATE, frames, short_clock

LONGEST_MS: Final = 30 * MINUTE_MS
"""What `decode` takes into memory at most: 345 MB."""

_BLOCK_FRAMES: Final = SAMPLE_RATE
_FORMATS: Final = "aac,ac3,aiff,amr,ape,asf,au,caf,flac,matroska,mov,mp3,ogg,tta,w64,wav,wv"
"""What ffmpeg may take a file for. Playlists are not among them: they name other files and addresses."""

_PATIENCE_S: Final = 5.0
"""How long ffmpeg may take to end when it has nothing more to give."""


_log = logging.getLogger(__name__)


class _Unfit(Exception):  # noqa: N818 - it is no error yet
    """This reader cannot read this file; another may."""


def decode(path: Path, *, longest_ms: int = LONGEST_MS) -> Block:
    """Return all frames of a sound file.

    Args:
        path: A file of any kind that miniaudio or ffmpeg reads.
        longest_ms: The most to take into memory.

    Raises:
        MediaError: It is missing, no sound file, damaged from the start, or too long.
    """
    longest = frames(longest_ms)
    whole = np.empty((0, CHANNELS), np.int16)
    length = 0
    with closing(decode_stream(path, _BLOCK_FRAMES)) as blocks:
        for block in _undamaged(blocks):
            stop = length + len(block)
            if stop > longest:
                raise MediaError(f"{path} is longer than {short_clock(longest_ms)}", hint="shorten it")
            if stop > len(whole):
                # In place: the system moves pages, and nothing is copied.
                whole.resize((max(stop, 2 * length), CHANNELS), refcheck=False)
            whole[length:stop] = block
            length = stop
    whole.resize((length, CHANNELS), refcheck=False)
    return whole


def decode_stream(path: Path, block_frames: int, start_frame: int = 0) -> Generator[Block, None, None]:
    """Return the frames of a sound file block by block, in bounded memory.

    Args:
        path: A file of any kind that miniaudio or ffmpeg reads.
        block_frames: Length of a block; some may be shorter.
        start_frame: Where to begin; past the end, there are no blocks. Exact but for two: in an MP3 it
            is about there, and past the end of an Ogg file comes its last page.

    Returns:
        The blocks; to leave them early, close them.

    Raises:
        MediaError: It is missing, no sound file, or damaged from the start. One that is damaged later gives all that
            can be read of it first.
    """
    _check(path)
    for reader in _readers(path, start_frame):
        blocks = reader(path, block_frames, start_frame)
        try:
            first = next(blocks, None)
        except _Unfit:
            continue
        if first is not None or start_frame:
            return _from(first, blocks)
    hint = "take a WAV, FLAC, MP3 or Ogg file"
    if find_ffmpeg() is None:
        hint += f", or {INSTALL_HINT}"
    raise MediaError(f"cannot read {path}: it holds no sound that is known here", hint=hint)


def _from(first: Block | None, rest: Generator[Block, None, None]) -> Generator[Block, None, None]:
    with closing(rest):
        if first is not None:
            yield first
            yield from rest


def _undamaged(blocks: Iterator[Block]) -> Iterator[Block]:
    with suppress(MediaError):
        yield from blocks


def _damaged(path: Path) -> MediaError:
    return MediaError(f"{path} is damaged: its rest cannot be read", hint="copy or download it again")


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            is_empty = not file.read(1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f"cannot read {path}: {reason}", hint="check the name, and that you may read it") from error
    if is_empty:
        raise MediaError(f"cannot read {path}: it is empty", hint="copy or download it again")


_Reader = Callable[[Path, int, int], Generator[Block, None, None]]


def _readers(path: Path, start_frame: int) -> list[_Reader]:
    if _is_plain_wav(path):
        return [_wav_blocks, _ffmpeg_blocks]
    # Far into an MP3, miniaudio comes only by decoding all that lies before: 6 s for two hours.
    if not start_frame and _native_rate_hz(path) == SAMPLE_RATE:
        return [_miniaudio_blocks, _ffmpeg_blocks]
    return [_ffmpeg_blocks, _miniaudio_blocks]


def _is_plain_wav(path: Path) -> bool:
    try:
        with wave.open(str(path), "rb") as file:
            return file.getsampwidth() == 2 and file.getframerate() == SAMPLE_RATE and file.getnchannels() <= CHANNELS
    except (wave.Error, EOFError):
        return False


def _wav_blocks(path: Path, block_frames: int, start_frame: int) -> Generator[Block, None, None]:
    with path.open("rb") as file, wave.open(file, "rb") as header:
        # The header is read up to the first sample, and the rest is read past it: a file that was cut off, or one
        # from a program that wrote to a pipe, tells a false length.
        channels = header.getnchannels()
        left = header.getnframes() - start_frame
        file.seek(2 * channels * start_frame, 1)
        while left > 0:
            try:
                block = _read_frames(file, channels, min(block_frames, left))
            except OSError as error:
                raise _damaged(path) from error
            if not len(block):
                return
            left -= len(block)
            yield block


def _read_frames(file: BinaryIO, channels: int, count: int) -> Block:
    frame_bytes = 2 * channels
    data = file.read(frame_bytes * count)
    # What was cut off may end inside a frame.
    samples = np.frombuffer(data[: len(data) // frame_bytes * frame_bytes], "<i2").reshape(-1, channels)
    return samples if channels == CHANNELS else np.repeat(samples, CHANNELS, axis=1)


def _native_rate_hz(path: Path) -> int | None:
    if importlib.util.find_spec("miniaudio") is None:
        return None
    import miniaudio

    try:
        return int(miniaudio.get_file_info(str(path)).sample_rate)
    except miniaudio.MiniaudioError:
        return None


def _miniaudio_blocks(path: Path, block_frames: int, start_frame: int) -> Generator[Block, None, None]:
    if importlib.util.find_spec("miniaudio") is None:
        raise _Unfit
    import miniaudio

    rate_hz = _native_rate_hz(path)
    if rate_hz is None:
        raise _Unfit
    try:
        stream = miniaudio.stream_file(
            str(path),
            sample_rate=rate_hz,
            frames_to_read=block_frames,
            seek_frame=start_frame * rate_hz // SAMPLE_RATE,
        )
        first = next(stream, None)
    except miniaudio.MiniaudioError as error:
        raise _Unfit from error
    blocks = (np.frombuffer(each, np.int16).reshape(-1, CHANNELS) for each in chain([first] if first else [], stream))
    try:
        yield from blocks if rate_hz == SAMPLE_RATE else _cut(resampled(blocks, rate_hz), block_frames)
    except miniaudio.MiniaudioError as error:
        raise _damaged(path) from error


def _cut(blocks: Iterator[Block], block_frames: int) -> Iterator[Block]:
    for block in blocks:
        for at in range(0, len(block), block_frames):
            yield block[at : at + block_frames]


def _ffmpeg_blocks(path: Path, block_frames: int, start_frame: int) -> Generator[Block, None, None]:
    program = find_ffmpeg()
    if program is None:
        raise _Unfit
    try:
        child = Child(_ffmpeg_arguments(program, path, start_frame), stdout=subprocess.PIPE)
    except OSError as error:  # a program for another machine, for example
        raise _Unfit from error
    try:
        pipe = BufferedReader(cast("RawIOBase", child.process.stdout))
        heard = False
        while len(block := _read_frames(pipe, CHANNELS, block_frames)):
            yield block
            heard = True
        code = child.wait(_PATIENCE_S)
        _log.debug("ffmpeg ended with %s: %s", path, child.last_line())
        if heard and code:
            raise _damaged(path)
    finally:
        # A reader that stops early has no use for the rest.
        child.end()


def _ffmpeg_arguments(program: Path, path: Path, start_frame: int) -> list[str]:
    # Else it would read a whole MP3 up to there.
    start = ["-fflags", "+fastseek", "-ss", f"{start_frame / SAMPLE_RATE:.6f}"] if start_frame else []
    return [
        str(program), "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", _FORMATS,
        *start, "-i", f"file:{path.absolute()}", "-map", "0:a:0",
        "-ar", str(SAMPLE_RATE), "-ac", str(CHANNELS), "-f", "s16le", "pipe:1",
    ]  # fmt: skip
