"""What every output keeps to. A new output adds a row."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from needs import needs_command, needs_module

from voiceguide.audio.samples import Block
from voiceguide.errors import OutputError
from voiceguide.media.decode import decode
from voiceguide.outputs.ffmpeg import FfmpegOutput
from voiceguide.outputs.memory import MemoryOutput
from voiceguide.outputs.miniaudio import MiniaudioOutput
from voiceguide.outputs.output import PATIENCE_S, Output
from voiceguide.outputs.process import PLAYERS, ProcessOutput
from voiceguide.outputs.simpleaudio import LAST_PYTHON, SimpleaudioOutput
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


def file_row(make: Callable[[Path], Output], ending: str, **what: object) -> object:
    row = Kept(lambda folder: make(folder / f"a{ending}"), lambda _, folder: decode(folder / f"a{ending}"), **what)
    return pytest.param(row, id=ending[1:], marks=[needs_command("ffmpeg", "ffprobe")] if make is FfmpegOutput else [])


FILES = [
    file_row(WavOutput, ".wav"),
    file_row(FfmpegOutput, ".flac"),
    file_row(FfmpegOutput, ".mp3", is_exact=False, over_frames=1152),
    file_row(FfmpegOutput, ".opus", is_exact=False, over_frames=960),
    file_row(FfmpegOutput, ".ogg", is_exact=False),
    file_row(FfmpegOutput, ".m4a", is_exact=False, over_frames=1024),
    file_row(FfmpegOutput, ".m4b", is_exact=False, over_frames=1024),
]
MEMORY = pytest.param(Kept(lambda _: MemoryOutput(), lambda output, _: output.frames, is_file=False), id="memory")
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

    assert probe(next(tmp_path.iterdir())) == "48000,2"


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


def offset_in(heard: Block, session: Block) -> int:
    """Return the frame of `heard` where `session` begins."""
    begin = session[: SAMPLE_RATE // 2, 0].astype(float)
    size = 1 << (len(heard) + len(begin)).bit_length()
    product = np.fft.rfft(heard[:, 0].astype(float), size) * np.conj(np.fft.rfft(begin, size))
    return int(np.fft.irfft(product)[: len(heard)].argmax())


def flaw_of(heard: Block, session: Block) -> str | None:
    """Return what is wrong with what was heard, or `None` when it is the session with silence around."""
    begin = offset_in(heard, session)
    end = begin + len(session)
    if len(heard) < end:
        return f"{end - len(heard)} frames are missing at the end"
    if heard[: max(0, begin - frames(5))].any() or heard[end + frames(5) :].any():
        return "there is sound before or after"
    for start in range(0, len(session), frames(50)):
        wanted = session[start : start + frames(50), 0]
        piece = heard[begin + start : begin + start + frames(50), 0]
        if not piece.any() or np.corrcoef(wanted, piece)[0, 1] < 0.99:
            return f"there is a gap about {start // 48} ms"
    return None


def probe(path: Path) -> str:
    arguments = ["ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels", "-of", "csv=p=0", str(path)]
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()


# --- devices ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Device:
    """An output that is heard."""

    make: Callable[[], Output]
    server: str
    """What it plays into: a name of `SERVERS`, in the fixtures."""


def player_row(name: str, server: str) -> object:
    program = PLAYERS[name].arguments[0]
    return pytest.param(
        Device(partial(ProcessOutput, name, PLAYERS[name]), server), id=name, marks=needs_command(program)
    )


DEVICES = [
    pytest.param(Device(MiniaudioOutput, "pulseaudio"), id="miniaudio", marks=needs_module("miniaudio")),
    player_row("pw-cat", "pipewire"),
    player_row("pacat", "pulseaudio"),
    player_row("aplay", "pulseaudio"),
    player_row("ffplay", "pulseaudio"),
    player_row("mpv", "pipewire"),
    pytest.param(
        Device(SimpleaudioOutput, "pulseaudio"),
        id="simpleaudio",
        marks=needs_module("simpleaudio")
        if sys.version_info[:2] <= LAST_PYTHON
        else pytest.mark.skip(reason="simpleaudio is refused from Python 3.12 on"),
    ),
]
UNNOTICED = {
    "ffplay-dies": "ffplay plays on to nobody",
    "simpleaudio-hangs": "simpleaudio tells whether a buffer plays, not whether a device takes it",
}
"""What a player cannot notice, and why."""
EAR_MS = 60
"""What the capture itself may take."""


@pytest.fixture
def making() -> Iterator[Callable[[Device], Output]]:
    """Give a device's output, and end it with the test, however that went."""
    with ExitStack() as stack:

        def make(row: Device) -> Output:
            output = row.make()
            stack.callback(output.abort)
            return output

        yield make


def write_for(seconds: float, output: Output) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        output.write(silence(20))


def silence(ms: int) -> Block:
    return np.zeros((frames(ms), 2), np.int16)


@pytest.mark.parametrize("row", DEVICES)
def test_what_is_written_is_heard_whole_and_without_a_gap(row: Device, making, ear_at):
    session = make_session(2.5)
    ear = ear_at(row.server)

    # A sound server without real-time priority leaves gaps of its own where the machine is busy: one time of three
    # must be perfect.
    flaws = []
    for _ in range(3):
        play(making(row), in_blocks(session, (1, 48001, 480)))
        time.sleep(0.5)
        flaws.append(flaw_of(ear.frames(), session))
        if flaws[-1] is None:
            return
        ear.forget()

    pytest.fail(", ".join(flaws))


@pytest.mark.parametrize("row", DEVICES)
def test_what_is_written_is_heard_soon(row: Device, making, ear_at):
    ear = ear_at(row.server)
    output = making(row)
    output.open()
    for _ in range(60):
        output.write(silence(20))
    ear.forget()
    written = time.monotonic()

    output.write(np.full((frames(20), 2), 20_000, np.int16))
    for _ in range(40):
        output.write(silence(20))

    output.abort()
    assert (ear.first_loud(10_000) - written) * SECOND_MS <= output.latency_ms + EAR_MS


@pytest.mark.parametrize("row", DEVICES)
def test_an_aborted_device_is_silent_at_once(row: Device, making, ear_at):
    ear = ear_at(row.server)
    output = making(row)
    output.open()
    output.write(np.full((frames(800), 2), 20_000, np.int16))
    start = time.monotonic()

    output.abort()

    assert time.monotonic() - start < 0.5
    time.sleep(0.3)
    ear.forget()
    time.sleep(0.3)
    assert ear.first_loud(100) is None


@pytest.mark.parametrize("row", DEVICES)
def test_a_device_that_gets_nothing_closes_soon(row: Device, making, ear_at):
    ear_at(row.server)
    output = making(row)
    start = time.monotonic()

    play(output, iter([]))

    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
@pytest.mark.parametrize("row", DEVICES)
def test_a_sound_server_that_is_gone_is_an_error_soon(
    row: Device, end: signal.Signals, making, own_server, request: pytest.FixtureRequest
):
    if request.node.callspec.id in UNNOTICED:
        request.applymarker(pytest.mark.xfail(strict=True, reason=UNNOTICED[request.node.callspec.id]))
    server = own_server(row.server)
    output = making(row)
    output.open()
    output.write(silence(1000))

    server.kill(end)
    start = time.monotonic()
    with pytest.raises(OutputError) as error:
        write_for(10, output)
    noticed = time.monotonic()
    output.abort()

    assert error.value.hint
    assert noticed - start < PATIENCE_S + output.latency_ms / SECOND_MS + 1
    assert time.monotonic() - noticed < PATIENCE_S + 0.5


@pytest.mark.parametrize("row", DEVICES)
def test_closing_a_device_whose_server_died_says_nothing(row: Device, making, own_server):
    server = own_server(row.server)
    output = making(row)
    output.open()
    output.write(silence(500))
    server.kill()
    start = time.monotonic()

    output.close()

    assert time.monotonic() - start < 2 * PATIENCE_S + 1


@pytest.mark.parametrize("row", DEVICES)
def test_a_write_that_waits_ends_when_another_thread_aborts(row: Device, making, own_server):
    server = own_server(row.server)
    output = making(row)
    output.open()
    server.kill(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as other:
        writing = other.submit(output.write, silence(3000))
        time.sleep(1.0)

        output.abort()

        assert writing.result(timeout=PATIENCE_S) is None


@pytest.mark.parametrize("row", DEVICES)
def test_without_a_sound_server_nothing_opens(row: Device, making, no_server):
    output = making(row)
    start = time.monotonic()

    with pytest.raises(OutputError) as error:
        output.open()

    assert error.value.hint
    assert time.monotonic() - start < 2
    with pytest.raises(RuntimeError):
        output.write(silence(20))


@pytest.mark.parametrize("row", DEVICES)
def test_a_device_may_be_taken_many_times(row: Device, making, ear_at):
    ear_at(row.server)
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(3):
        output = making(row)
        output.open()
        output.write(silence(20))
        output.abort()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


# --- all ------------------------------------------------------------------------------------------------------------


def every_output(folder: Path) -> list[Output]:
    kept = [row.values[0].make(folder) for row in KEPT]
    return kept + [row.values[0].make() for row in DEVICES]


def test_an_output_that_is_not_open_takes_no_block(tmp_path: Path):
    for output in every_output(tmp_path):
        with pytest.raises(RuntimeError, match=output.name):
            output.write(silence(20))


def test_an_output_that_was_never_open_can_be_ended(tmp_path: Path):
    for output in every_output(tmp_path):
        output.abort()
        output.close()

    assert list(tmp_path.iterdir()) == []


def test_only_16_bit_stereo_is_taken(tmp_path: Path):
    output = MemoryOutput()
    output.open()

    for block in (np.zeros((4, 2), np.float32), np.zeros((4, 1), np.int16), np.zeros(4, np.int16)):
        with pytest.raises(TypeError, match="int16"):
            output.write(block)
