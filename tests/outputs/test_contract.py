"""What every output keeps to. A new output adds a row."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from needs import needs_command, needs_module

from voiceguide.errors import OutputError
from voiceguide.media.decode import decode
from voiceguide.outputs.ffmpeg import FfmpegOutput
from voiceguide.outputs.memory import MemoryOutput
from voiceguide.outputs.miniaudio import MiniaudioOutput
from voiceguide.outputs.output import PATIENCE_S, Block, Output
from voiceguide.outputs.process import PLAYERS, ProcessOutput
from voiceguide.outputs.wav import WavOutput
from voiceguide.units import SAMPLE_RATE, SECOND_MS, frames


def make_session(seconds: float, seed: int = 1) -> Block:
    """Return a sound in which every place is told from every other: noise that swells and ebbs, never silent."""
    rng = np.random.default_rng(seed)
    length = int(seconds * SAMPLE_RATE)
    swell = 6000 + 2000 * np.sin(np.arange(length) / SAMPLE_RATE * 2 * np.pi)
    # Low enough that a lossy encoder keeps it.
    noise = np.convolve(rng.normal(0, 1, length), np.hanning(64) / 8, "same")
    return np.clip(np.stack([noise, -0.5 * noise], axis=1) * swell[:, None], -30000, 30000).astype(np.int16)


def in_blocks(session: Block, sizes: tuple[int, ...]) -> Iterator[Block]:
    start = turn = 0
    while start < len(session):
        stop = start + sizes[turn % len(sizes)]
        yield session[start:stop]
        start, turn = stop, turn + 1


def play(output: Output, blocks: Iterator[Block]) -> None:
    output.open()
    for block in blocks:
        output.write(block)
    output.close()


# --- files and memory ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """An output that keeps its frames."""

    make: Callable[[Path], Output]
    read: Callable[[Output, Path], Block]
    """Gets back what was written."""

    over_frames: int = 0
    """How many frames a codec may add at the end, to fill its last packet."""

    is_exact: bool = True
    is_file: bool = True


def read_file(output: Output, path: Path) -> Block:
    return decode(path)


def file_row(make: Callable[[Path], Output], ending: str, **what: object) -> object:
    row = Kept(lambda folder: make(folder / f"a{ending}"), lambda _, folder: decode(folder / f"a{ending}"), **what)
    return pytest.param(row, id=ending[1:], marks=[needs_command("ffmpeg")] if make is FfmpegOutput else [])


FILES = [
    file_row(WavOutput, ".wav"),
    file_row(FfmpegOutput, ".flac"),
    file_row(FfmpegOutput, ".mp3", is_exact=False, over_frames=1152),
    file_row(FfmpegOutput, ".opus", is_exact=False, over_frames=960),
    file_row(FfmpegOutput, ".ogg", is_exact=False),
    file_row(FfmpegOutput, ".m4a", is_exact=False, over_frames=1024),
    file_row(FfmpegOutput, ".m4b", is_exact=False, over_frames=1024),
]
MEMORY = pytest.param(
    Kept(lambda _: MemoryOutput(), lambda output, _: output.frames, is_file=False), id="memory"
)
KEPT = [*FILES, MEMORY]


@pytest.mark.parametrize("row", KEPT)
def test_what_is_written_is_kept_frame_by_frame(row: Kept, tmp_path: Path):
    session = make_session(2.5)
    output = row.make(tmp_path)

    play(output, in_blocks(session, (4800,)))

    kept = row.read(output, tmp_path)
    assert len(session) <= len(kept) <= len(session) + row.over_frames
    if row.is_exact:
        assert np.array_equal(kept, session)
    else:
        assert offset_in(kept, session) == 0
        assert np.corrcoef(kept[: len(session), 0], session[:, 0])[0, 1] > 0.95


@pytest.mark.parametrize("row", KEPT)
def test_the_size_of_the_blocks_is_never_seen(row: Kept, tmp_path: Path):
    session = make_session(2.5)
    kept = []
    for sizes in ((len(session),), (1, 48001), (7, 1, 0, 4096)):
        folder = tmp_path / str(sizes[0])
        folder.mkdir()
        output = row.make(folder)
        play(output, in_blocks(session, sizes))
        kept.append(next(folder.iterdir()).read_bytes() if row.is_file else row.read(output, folder).tobytes())

    assert kept[0] == kept[1] == kept[2]


@pytest.mark.parametrize("row", KEPT)
def test_an_array_of_any_layout_and_byte_order_is_written_right(row: Kept, tmp_path: Path):
    session = make_session(0.5)
    turned = np.asfortranarray(session).astype(">i2")
    output, plain = row.make(tmp_path), MemoryOutput()
    play(plain, iter([turned[::2]]))

    play(output, iter([turned[::2]]))

    assert np.array_equal(plain.frames, session[::2])
    if row.is_exact:
        assert np.array_equal(row.read(output, tmp_path), session[::2])


@pytest.mark.parametrize("row", KEPT)
def test_a_block_may_be_used_again_by_its_owner(row: Kept, tmp_path: Path):
    session = make_session(0.5)
    output = row.make(tmp_path)
    output.open()
    block = session.copy()

    output.write(block)
    block[:] = 0
    output.close()

    kept = row.read(output, tmp_path)
    assert np.abs(kept.astype(int)).max() > 1000


@pytest.mark.parametrize("row", FILES)
def test_without_a_block_the_file_is_empty_and_valid(row: Kept, tmp_path: Path):
    output = row.make(tmp_path)

    play(output, iter([]))

    name = next(tmp_path.iterdir())
    assert probe(name) == ("48000", "2")


@pytest.mark.parametrize("row", FILES)
def test_an_aborted_file_leaves_nothing(row: Kept, tmp_path: Path):
    output = row.make(tmp_path)
    output.open()
    output.write(make_session(1))

    output.abort()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("row", FILES)
def test_nothing_is_seen_under_the_name_before_the_end(row: Kept, tmp_path: Path):
    output = row.make(tmp_path)
    output.open()
    output.write(make_session(1))
    before = [path.name for path in tmp_path.iterdir()]

    output.close()

    assert all(name.startswith(".") for name in before)
    assert [path.stem for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("row", KEPT)
def test_what_is_finished_stays_when_it_is_aborted_afterwards(row: Kept, tmp_path: Path):
    session = make_session(0.2)
    output = row.make(tmp_path)
    play(output, iter([session]))

    output.abort()
    output.abort()
    output.close()

    assert len(row.read(output, tmp_path)) >= len(session)


def probe(path: Path) -> tuple[str, str]:
    import subprocess

    run = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels", "-of", "csv=p=0", str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rate, channels = run.stdout.strip().split(",")
    return rate, channels
