"""eSpeak NG as a library in this process, through ctypes.

eSpeak keeps hidden state from one text to the next, such as where its pitch flutters, so that a text would sound a
little different each time. The library is therefore loaded afresh for each text, which costs about 1 ms: the same
text then gives the same samples, whatever was spoken before. (Where a system unloads nothing, as musl, a text may
differ by 1 ms from time to time.) Before 1.52 it hangs when it is closed, so older ones are left alone.

A process holds one state for each file that it loads, so texts are spoken side by side from copies of the file.
"""

import ctypes
import importlib.util
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from queue import LifoQueue
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from voiceguide.background import in_background
from voiceguide.errors import SpeechError
from voiceguide.platforms import is_android, termux_prefix
from voiceguide.speech.engine import Speech, cores
from voiceguide.speech.espeak_voices import EspeakVoice

# From eSpeak's speak_lib.h.
_SYNCHRONOUS: Final = 2
_DONT_EXIT: Final = 0x8000
_UTF8: Final = 1
_PHONEMES: Final = 0x100
_BY_CHARACTER: Final = 1
_RATE: Final = 1
_PITCH: Final = 3
_RANGE: Final = 4

_BUFFER_MS: Final = 1_000
_OLDEST: Final = (1, 52)
_LONGEST_PATH: Final = 140
"""eSpeak cuts longer ones off; it has room for 160 bytes."""

_MOST_COPIES: Final = 8
"""More texts than this are not spoken side by side."""

_ONE_AT_A_TIME: Final = threading.Lock()
"""While eSpeak is looked for, copied, started or ended: starting it sets the locale of the process."""

_Collector = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class _Place(NamedTuple):
    """Where a library lies."""

    library: str
    data: Path | None
    """Its data folder; `None` when it knows by itself."""


class EspeakLibrary:
    """An eSpeak NG that speaks; made by `find_library`.

    Args:
        library: Path or name, as the system's loader takes it.
        data: Its data folder.
        version: Such as ``1.52.0``.
    """

    def __init__(self, library: str, data: Path, version: str) -> None:
        self.library = library
        self.data = data
        self.version = version

    def speak(self, text: str, voice: EspeakVoice) -> Speech:
        """Return the spoken text.

        Raises:
            SpeechError: eSpeak refuses the voice or the text.
        """
        # Ctrl-C reaches the main thread alone: there it would mostly come in the callback, where exceptions are
        # printed and forgotten.
        if threading.current_thread() is threading.main_thread():
            return in_background(lambda: self._speak(text, voice), "espeak").result()
        return self._speak(text, voice)

    def _speak(self, text: str, voice: EspeakVoice) -> Speech:
        language, plus, variant = voice.name.partition("+")
        with _ONE_AT_A_TIME:
            copies = _copies(self.library)
            data, at_hand = _at_hand(self.data, language)
        library = copies.get()
        try:
            with _loaded(library) as espeak:
                with _ONE_AT_A_TIME:
                    rate_hz = _initialise(espeak, data)
                _select(espeak, replace(voice, name=at_hand + plus + variant))
                return Speech(_spoken(espeak, text), rate_hz)
        finally:
            copies.put(library)


def find_library() -> EspeakLibrary | None:
    """Return the first eSpeak NG that works: the one in the package espeakng-loader, else the system's."""
    return in_background(_first_that_works, "espeak").result()


def _first_that_works() -> EspeakLibrary | None:
    with _ONE_AT_A_TIME:
        return _tried_out()


@cache
def _tried_out() -> EspeakLibrary | None:
    for place in _places():
        try:
            return _try_out(place)
        except (OSError, AttributeError, SpeechError):
            continue
    return None


@cache
def _copies(library: str) -> LifoQueue[str]:
    """Return the files that the library can be loaded from now, each by one text at a time."""
    copies: LifoQueue[str] = LifoQueue()
    if Path(library).is_file():
        with suppress(OSError):
            for number in range(1, min(cores(), _MOST_COPIES)):
                copy = shutil.copy(library, f"{_own_folder()}/{number}-{Path(library).name}")
                # Where nothing may run, in some folders for temporary files, it cannot be loaded.
                _unload(ctypes.CDLL(copy)._handle)  # noqa: SLF001 - ctypes has no other way
                copies.put(copy)
    copies.put(library)
    return copies


@cache
def _at_hand(data: Path, language: str) -> tuple[Path, str]:
    """Return a data folder, and the name by which eSpeak finds a language's voice in it without searching.

    It looks for a file by the name in lower case. Where there is none, it reads all voices that it has, and takes
    longer for that than for a sentence: so a folder of our own leads to all of its data, and to the voice by that name.
    """
    file = next((each for each in (data / "lang").rglob("*") if each.name == language), None)
    if file is None:
        return short_path(data), language
    name = file.relative_to(data / "lang").as_posix()
    if (data / "lang" / name.lower()).exists():
        return short_path(data), name
    try:
        return _with_voice(data, file, Path(tempfile.mkdtemp(dir=_own_folder()))), language
    except OSError:
        return short_path(data), name


def _with_voice(data: Path, voice: Path, folder: Path) -> Path:
    """Let `folder` lead to `data`, and to `voice` by its name in lower case."""
    for each in data.iterdir():
        if each.name != "voices":
            (folder / each.name).symlink_to(each)
    (folder / "voices").mkdir()
    for each in (data / "voices").iterdir():
        (folder / "voices" / each.name).symlink_to(each)
    (folder / "voices" / voice.name.lower()).symlink_to(voice)
    return folder


def _places() -> Iterator[_Place]:
    if importlib.util.find_spec("espeakng_loader"):
        import espeakng_loader

        yield _Place(espeakng_loader.get_library_path(), Path(espeakng_loader.get_data_path()))
    if sys.platform == "win32":
        program_files = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        yield _Place(rf"{program_files}\eSpeak NG\libespeak-ng.dll", None)
    elif sys.platform == "darwin":
        for folder in ("/opt/homebrew/lib/", "/usr/local/lib/", ""):
            yield _Place(f"{folder}libespeak-ng.1.dylib", None)
    elif is_android():
        # Android's loader does not look there by itself.
        yield _Place(f"{termux_prefix()}/lib/libespeak-ng.so", None)
    else:
        yield _Place("libespeak-ng.so.1", None)


def _try_out(place: _Place) -> EspeakLibrary:
    """Return the library, after it has set its voice.

    Raises:
        OSError: There is no such library.
        AttributeError: It is another library of that name.
        SpeechError: It is too old, or does not start.
    """
    with _loaded(place.library, close=False) as espeak:
        espeak.espeak_Info.restype = ctypes.c_char_p
        version = espeak.espeak_Info(None).decode()
        if tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) < _OLDEST:
            raise SpeechError(f"eSpeak {version} is too old", hint="update it")
    with _loaded(place.library) as espeak:
        _initialise(espeak, place.data and short_path(place.data))
        _select(espeak, EspeakVoice(name="gmw/en", rate=145))
        where = ctypes.c_char_p()
        espeak.espeak_Info(ctypes.byref(where))
        data = place.data or Path(os.fsdecode(where.value or b""))
    return EspeakLibrary(place.library, data, version)


@contextmanager
def _loaded(library: str, *, close: bool = True) -> Iterator[ctypes.CDLL]:
    """Load a library for a while, in its first state.

    Args:
        library: Path or name.
        close: Whether eSpeak is to let go of its memory; before 1.52, or before it has started, it must not.
    """
    espeak = ctypes.CDLL(library)
    try:
        yield espeak
        if close:
            espeak.espeak_Terminate()
    finally:
        _unload(espeak._handle)  # noqa: SLF001 - ctypes has no other way


def _unload(handle: int) -> None:
    if sys.platform == "win32":
        from _ctypes import FreeLibrary

        FreeLibrary(handle)
    else:
        from _ctypes import dlclose

        dlclose(handle)


def _initialise(espeak: ctypes.CDLL, data: Path | None) -> int:
    """Start eSpeak and return how many samples it makes in a second."""
    espeak.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    rate_hz = int(espeak.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, os.fsencode(data) if data else None, _DONT_EXIT))
    if rate_hz <= 0:
        raise _refused("start")
    # The breath of some voices is noise, which eSpeak seeds with the time of day.
    espeak.espeak_ng_SetRandSeed(ctypes.c_long(1))
    return rate_hz


def _select(espeak: ctypes.CDLL, voice: EspeakVoice) -> None:
    if espeak.espeak_SetVoiceByName(voice.name.encode()):
        raise _refused(f"load its voice {voice.name!r}")
    for parameter, value in ((_RATE, voice.rate), (_PITCH, voice.pitch), (_RANGE, voice.range)):
        espeak.espeak_SetParameter(parameter, value, 0)


def _spoken(espeak: ctypes.CDLL, text: str) -> npt.NDArray[np.float32]:
    parts: list[bytes] = []

    def collect(samples: int | None, count: int, _events: int) -> int:
        if samples and count > 0:
            parts.append(ctypes.string_at(samples, 2 * count))
        return 0

    collector = _Collector(collect)
    espeak.espeak_SetSynthCallback(collector)
    espeak.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    encoded = text.encode()
    # Without the flag for SSML all is text but [[phonemes]], which the lexicon alone brings; without the one for the
    # end pause no silence follows.
    if espeak.espeak_Synth(encoded, len(encoded) + 1, 0, _BY_CHARACTER, 0, _UTF8 | _PHONEMES, None, None):
        raise _refused("speak")
    return np.frombuffer(b"".join(parts), np.int16).astype(np.float32) / np.float32(32768.0)


def _refused(what: str) -> SpeechError:
    return SpeechError(f"eSpeak cannot {what}", hint='choose another voice: "voiceguide doctor" shows which are ready')


def short_path(data: Path) -> Path:
    """Return a path to `data` that eSpeak has room for."""
    if len(os.fsencode(data)) <= _LONGEST_PATH or sys.platform == "win32":
        return data
    link = _own_folder() / "data"
    if not link.is_symlink():
        link.symlink_to(data, target_is_directory=True)
    return link


def _own_folder() -> Path:
    """Return a folder that goes away with this process."""
    return Path(_temporary_folder().name)


@cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="espeak-", ignore_cleanup_errors=True)
