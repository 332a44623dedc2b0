"""Sound through miniaudio: PulseAudio, ALSA, WASAPI or Core Audio, found at run time, with nothing to install.

What is behaves so, as seen with miniaudio 1.71:

* asked for any backend it takes a null one where there is no device, so each real one is tried by its name;
* if the sound server dies, the device just stops asking for frames;
* if the server hangs, opening and closing wait for ever, so both run on a thread that may be left behind;
* a closed device keeps its connection (5 file descriptors each), so that is let go by hand;
* one that does not open, on a server that answers, keeps two, of which one can be let go.
"""

import ctypes
import importlib.util
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

from voiceguide.audio.samples import Block
from voiceguide.background import in_background
from voiceguide.errors import OutputError
from voiceguide.outputs.output import CONNECT_HINT, PATIENCE_S, not_open, pcm
from voiceguide.outputs.ring import Ring
from voiceguide.precedence import take_precedence
from voiceguide.units import SAMPLE_RATE, SECOND_MS, frames

PERIOD_MS: Final = 50
"""How much the device asks for at once."""

PERIODS: Final = 2
"""How many periods the device holds: as long as Python may be busy with something else."""

RING_MS: Final = 60
"""What we hold for it: enough to bridge the making of a block."""

_INSTALL: Final = 'install it with "pip install miniaudio", or take another device with --output'
_NO_USE: Final = frozenset({"NULL", "CUSTOM", "WEBAUDIO", "JACK"})
"""Backends that are never tried: two make no sound, one is no computer's; JACK grumbles on the terminal where it is not
running, and where it is, PulseAudio or ALSA lead to it."""


class MiniaudioOutput:
    """Plays on the default sound device."""

    name = "miniaudio"
    latency_ms = RING_MS + PERIODS * PERIOD_MS

    def __init__(self) -> None:
        self._ring = Ring(frames(RING_MS))
        self._device: Any = None

    @property
    def underruns(self) -> int:
        """How often there was silence because a block came too late."""
        return self._ring.underruns

    def missing(self) -> str | None:
        """Return how to install miniaudio, or `None` when it is there."""
        return None if importlib.util.find_spec("miniaudio") else _INSTALL

    def open(self) -> None:
        """Take the default device of the first backend that has one.

        Raises:
            OutputError: miniaudio is not installed, or there is no device, or it does not answer.
        """
        if hint := self.missing():
            raise OutputError("miniaudio is not installed", hint=hint)
        self._ring = Ring(frames(RING_MS))
        opened = _bounded(lambda: _open_device(self._ring), late=_close_device)
        if opened is None:
            raise OutputError(
                "miniaudio waits for a sound server that does not answer", hint="start the sound server again"
            )
        self._device = opened

    def write(self, block: Block) -> None:
        """Hand a block to the device; wait while it has enough.

        Raises:
            OutputError: The device took nothing for 2 s.
        """
        if self._device is None:
            raise not_open(self.name)
        if not self._ring.put(pcm(block), PATIENCE_S):
            raise OutputError(f"the sound device took nothing for {PATIENCE_S:.0f} s", hint=CONNECT_HINT)

    def close(self) -> None:
        """Play what was written, then let the device go."""
        if self._device is not None and self._ring.drain(PATIENCE_S):
            # What was taken last waits behind all that the device holds.
            time.sleep(PERIODS * PERIOD_MS / SECOND_MS)
        self.abort()

    def abort(self) -> None:
        """Let the device go at once."""
        self._ring.stop()
        device, self._device = self._device, None
        if device is not None:
            _bounded(lambda: _close_device(device))


def _open_device(ring: Ring) -> Any:
    try:
        import miniaudio
    except (ImportError, OSError) as error:
        raise OutputError(f"miniaudio does not load: {error}", hint=_INSTALL) from error

    enabled = miniaudio.get_enabled_backends()
    reasons = []
    for backend in miniaudio.Backend:
        if backend not in enabled or backend.name in _NO_USE:
            continue
        try:
            with _quiet_alsa():
                return _started(backend, ring)
        except miniaudio.MiniaudioError as error:
            reasons.append(f"{backend.name}: {error.args[0]}")
    raise OutputError(f"miniaudio found no sound device ({'; '.join(reasons)})", hint=CONNECT_HINT)


def _started(backend: Any, ring: Ring) -> Any:
    import miniaudio

    # In two steps, to have in hand what it holds when the second fails.
    device = miniaudio.PlaybackDevice.__new__(miniaudio.PlaybackDevice)
    feed = _feed(ring)
    next(feed)
    try:
        device.__init__(
            output_format=miniaudio.SampleFormat.SIGNED16,
            sample_rate=SAMPLE_RATE,
            buffersize_msec=PERIOD_MS,  # in truth the length of a period
            callback_periods=PERIODS,
            backends=[backend],
            app_name="voiceguide",
        )
        device.start(feed)
    except miniaudio.MiniaudioError:
        _close_device(device)
        raise
    return device


def _feed(ring: Ring) -> Generator[bytes, int, None]:
    # Runs on the device's thread: each `send` asks for so many frames.
    wanted = yield b""
    take_precedence()
    while True:
        wanted = yield ring.take(wanted)


def _close_device(device: Any) -> bool:
    import miniaudio

    device.close()
    context = getattr(device, "_context", None)
    # Nothing public lets go of it.
    if context is not None:
        miniaudio.lib.ma_context_uninit(context)
    return True


@contextmanager
def _quiet_alsa() -> Iterator[None]:
    """Keep ALSA's library from telling the terminal, in twenty lines, that there is no card."""
    if not sys.platform.startswith("linux"):
        yield
        return
    try:
        set_handler = ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler
    except (OSError, AttributeError):
        yield
        return
    silent = _ALSA_HANDLER(lambda *_: None)
    set_handler(silent)
    try:
        yield
    finally:
        set_handler(None)


_ALSA_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)


def _bounded(call: Callable[[], Any], *, late: Callable[[Any], object] = lambda _outcome: None) -> Any:
    """Return what `call` returns, or `None` when it takes longer than our patience and is left behind.

    Args:
        call: Runs on a thread of its own.
        late: Gets what came too late.
    """
    outcome = in_background(call, "sound device")
    try:
        return outcome.result(PATIENCE_S)
    except TimeoutError:
        outcome.add_done_callback(lambda done: None if done.exception() else late(done.result()))
        return None
