"""Which outputs there are, and how one is chosen."""

import difflib
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from voiceguide.errors import OutputError, SilentError, TargetError
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.outputs import target
from voiceguide.outputs.encoders import ENCODERS, Quality
from voiceguide.outputs.output import CONNECT_HINT, Output
from voiceguide.outputs.tags import Tags
from voiceguide.platforms import is_android

_ON_ANDROID: Final = {
    "pacat": "voiceguide.outputs.termux:pacat",
    "mpv": "voiceguide.outputs.process:mpv",
    "simpleaudio": "voiceguide.outputs.simpleaudio:SimpleaudioOutput",
}

_ELSEWHERE: Final = {
    # Before miniaudio: with every core busy it left fewer gaps, where a Python thread that the sound server waits for
    # came too late now and then. Where there is no PulseAudio, as on Windows, it is not there.
    "pacat": "voiceguide.outputs.pacat:PacatOutput",
    "miniaudio": "voiceguide.outputs.miniaudio:MiniaudioOutput",
    "pw-cat": "voiceguide.outputs.process:pw_cat",
    "aplay": "voiceguide.outputs.process:aplay",
    "mpv": "voiceguide.outputs.process:mpv",
    "ffplay": "voiceguide.outputs.process:ffplay",
    "simpleaudio": "voiceguide.outputs.simpleaudio:SimpleaudioOutput",
}

DEVICES: Final = _ON_ANDROID if is_android() else _ELSEWHERE
"""Name of a device to ``module:factory``, best first; the factory takes nothing."""

BY_NAME_ONLY: Final = frozenset({"simpleaudio"})
"""Devices that are taken only where somebody asks for them."""

FILES: Final = {
    ".wav": "voiceguide.outputs.wav:WavOutput",
    ".flac": "voiceguide.outputs.ffmpeg:FfmpegOutput",
    ".mp3": "voiceguide.outputs.ffmpeg:FfmpegOutput",
    ".opus": "voiceguide.outputs.ffmpeg:FfmpegOutput",
    ".ogg": "voiceguide.outputs.ffmpeg:FfmpegOutput",
    ".m4a": "voiceguide.outputs.ffmpeg:FfmpegOutput",
    ".m4b": "voiceguide.outputs.ffmpeg:FfmpegOutput",
}
"""Ending of a file, in small letters, to ``module:factory``; it takes the path, `overwrite`, `frames` and `tags`;
one that encodes takes `quality` too."""


class Readiness(NamedTuple):
    """How an output stands, as ``doctor`` tells it."""

    kind: Literal["output", "file"]
    """A sound device, or a kind of file."""

    name: str
    """A device's name, or a file's ending."""

    hint: str | None
    """What is wrong and what to do about it; `None` when it is ready."""


def open_device(name: str | None = None) -> Output:
    """Return a sound device that is open.

    Args:
        name: One of `DEVICES`; `None` takes the first that opens.

    Raises:
        OutputError: There is no device of that name, or none that opens.
        SilentError: The sound server has no speaker.
    """
    if name is None:
        return _first_open()
    if name not in DEVICES:
        raise OutputError(f"there is no output called {name!r}", hint=_near(name, list(DEVICES)))
    output: Output = _factory(DEVICES[name])()
    if hint := output.missing():
        reason = "cannot be used here" if name in BY_NAME_ONLY else "is not installed"
        raise OutputError(f"{name} {reason}", hint=hint)
    output.open()
    return output


def may_come(name: str | None = None) -> bool:
    """Return whether a device that does not open now may do so later: what plays on it is here.

    Args:
        name: One of `DEVICES`; `None` for any of them.
    """
    names = [name] if name else [each for each in DEVICES if each not in BY_NAME_ONLY]
    return any(each in DEVICES and _factory(DEVICES[each])().missing() is None for each in names)


def check_target(path: Path, overwrite: bool = False, quality: Quality = "good") -> None:
    """Find out, before any work is done, whether `path` can be written; nothing is touched.

    Args:
        path: The file to be.
        overwrite: Whether a file of that name may be replaced.
        quality: How good the sound is to be, which not every ffmpeg is able to.

    Raises:
        TargetError: The ending is unknown, what writes such files is not installed, or the place is not writable.
    """
    check_kind(path, known_kind(path), quality)
    target.check_target(path, overwrite)


def check_kind(path: Path, kind: str, quality: Quality = "good") -> None:
    """Find out whether the sound of a file can be made here; whether the file can be written is left open.

    Args:
        path: The file to be, which errors name.
        kind: The kind of its sound, one of `FILES`: the file's own ending, unless the sound is inside something else.
        quality: How good the sound is to be.

    Raises:
        TargetError: What makes such sound is not installed, or not able to.
    """
    if hint := _file_output(kind, path.with_suffix(kind), quality=quality).missing():
        another = "another " if find_ffmpeg() else ""
        raise TargetError(f"cannot write {path}: {path.suffix.lower()} files need {another}ffmpeg", hint=hint)


def file_output(
    path: Path,
    overwrite: bool = False,
    *,
    frames: int | None = None,
    tags: Tags | None = None,
    quality: Quality = "good",
) -> target.FileOutput:
    """Return the output for a file by its ending, checked and not yet open.

    Args:
        path: The file to be.
        overwrite: Whether a file of that name may be replaced.
        frames: How many frames will come, if that is known: a WAV file then has its plainest header.
        tags: What the file is to tell of itself, where its format can.
        quality: How good the sound is, where its format has a choice.

    Raises:
        TargetError: As `check_target`.
    """
    check_target(path, overwrite, quality)
    return _file_output(known_kind(path), path, overwrite, frames=frames, tags=tags, quality=quality)


def known_kind(path: Path, *others: str) -> str:
    """Return the ending of `path` in small letters.

    Args:
        path: The file to be.
        *others: Endings that may be asked for beside those of `FILES`, such as that of a page with the sound inside.

    Raises:
        TargetError: Nothing writes such files.
    """
    kind, known = path.suffix.lower(), [*FILES, *others]
    if kind in known:
        return kind
    if not kind:
        hint = f"end the name with one of {', '.join(known)}"
        raise TargetError(f"cannot tell what kind of file {path} is to be", hint=hint)
    raise TargetError(f"cannot write {path}: {kind} files are unknown", hint=_near(kind, known))


def describe() -> Iterator[Readiness]:
    """Yield how each output stands, best first; each device is opened for a moment, which makes no sound."""
    for name in DEVICES:
        yield Readiness("output", name, _device_hint(name))
    for kind in FILES:
        yield Readiness("file", kind, _file_output(kind, Path(f"massage{kind}")).missing())


def _device_hint(name: str) -> str | None:
    try:
        open_device(name).abort()
    except OutputError as error:
        # Who reads this is in "doctor" already.
        return error.message if error.hint == CONNECT_HINT else f"{error.message}: {error.hint}"
    return None


def _first_open() -> Output:
    reasons = []
    for name in DEVICES:
        if name in BY_NAME_ONLY:
            continue
        try:
            return open_device(name)
        except SilentError:
            # The others would play on the same server, to nobody.
            raise
        except OutputError as error:
            reasons.append(error.message)
    raise OutputError(
        f"no sound device opens ({'; '.join(reasons)})",
        hint='connect or start one, or make a file with "voiceguide export"; "voiceguide doctor" tells more',
    )


def _file_output(
    kind: str, path: Path, overwrite: bool = False, *, quality: Quality = "good", **more: Any
) -> target.FileOutput:
    if kind in ENCODERS:
        more["quality"] = quality
    output: target.FileOutput = _factory(FILES[kind])(path, overwrite, **more)
    return output


def _factory(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    factory: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return factory


def _near(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name.lower(), names, n=1)
    return f"did you mean {close[0]}? There are {', '.join(names)}" if close else f"there are {', '.join(names)}"
