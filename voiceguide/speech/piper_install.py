"""Downloading Piper's voices.

They lie on a server in the layout of Piper's own collection: ``voices.json`` is the catalogue, with the paths, sizes
and checksums of all files, such as ``en/en_US/lessac/medium/en_US-lessac-medium.onnx``.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from voiceguide import paths
from voiceguide.errors import SpeechError
from voiceguide.settings import settings
from voiceguide.shapes import ShapeError, from_json
from voiceguide.speech.download import DownloadError, RemoteFile, download, fetch, is_whole
from voiceguide.speech.engine import Voice
from voiceguide.speech.language import primary
from voiceguide.speech.piper_voices import bcp47, quality_of, read_model

Progress = Callable[[int, int], None]
"""Is told how many bytes are there, and of how many."""

_USUAL_ADDRESS: Final = "https://huggingface.co/rhasspy/piper-voices/resolve/main"

_LARGEST_CATALOGUE_BYTES: Final = 20_000_000
"""It has half a megabyte."""

_LIST: Final = '"voiceguide voices install" lists all there are'


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file, as the catalogue has it."""

    size_bytes: int
    md5_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    """A language, as the catalogue has it."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A voice, as the catalogue has it."""

    language: _Language
    quality: str
    files: dict[str, _File]


def available(language: str | None = None) -> list[Voice]:
    """Return the voices that can be downloaded, by name; with `language`, those that speak it.

    Raises:
        SpeechError: The catalogue cannot be had.
    """
    try:
        catalogue = _catalogue()
    except DownloadError as error:
        raise SpeechError(f"the list of voices cannot be had: {error}", hint="try again with a network") from error
    voices = [
        Voice(name=name, language=bcp47(entry.language.code), quality=quality_of(entry.quality))
        for name, entry in sorted(catalogue.items())
    ]
    return [voice for voice in voices if language is None or primary(voice.language or "") == primary(language)]


def install_voice(name: str, progress: Progress | None = None) -> Voice:
    """Download a voice into the folder of this program; does nothing when it is there, and mends it when damaged.

    Both files are complete and checked before either gets its name, and the description, without which no model
    counts as a voice, gets it last. What has come of a download that broke off is used by the next one.

    Args:
        name: Such as ``en_US-lessac-medium``.
        progress: Is told how many bytes are there, and of how many.

    Raises:
        SpeechError: There is no such voice, no network, no room, or what came is damaged.
    """
    folder = paths.own_voices()
    try:
        known = _catalogue()
    except DownloadError as error:
        if _is_there(folder, name):
            return read_model(folder / f"{name}.onnx").voice()
        raise _failed(name, error, folder) from error
    name = _known(name, known)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _bring(_pair(name, known[name]), folder, progress or _unseen)
    except DownloadError as error:
        raise _failed(name, error, folder) from error
    except OSError as error:
        raise SpeechError(
            f"the voice {name} cannot be written to {folder}: {error.strerror}",
            hint="make room there, or let yourself write there; what has come so far is used next time",
        ) from error
    return read_model(folder / f"{name}.onnx").voice()


def _catalogue() -> dict[str, _Entry]:
    """Return all voices whose names are such that they can be those of files."""
    address = f"{_address()}/voices.json"
    content = fetch(address, _LARGEST_CATALOGUE_BYTES)
    try:
        entries = from_json(content, dict[str, _Entry], strict=False)
    except ShapeError as error:
        raise DownloadError(f"{address} is no list of voices ({error})") from error
    return {name: entry for name, entry in entries.items() if re.fullmatch(r"\w[\w.+-]*", name)}


def _known(name: str, catalogue: dict[str, _Entry]) -> str:
    names = {each.casefold(): each for each in catalogue}
    if name.casefold() in names:
        return names[name.casefold()]
    close = difflib.get_close_matches(name.casefold(), names, n=3)
    meant = f"did you mean {' or '.join(names[each] for each in close)}? " if close else ""
    raise SpeechError(f"there is no voice {name!r} to download", hint=meant + _LIST)


def _pair(name: str, entry: _Entry) -> dict[str, RemoteFile]:
    """Return both files of a voice by their names here: the model, then the description."""
    by_name = {path.rpartition("/")[2]: (path, file) for path, file in entry.files.items()}
    pair = {}
    for file_name in _file_names(name):
        if file_name not in by_name:
            raise DownloadError(f"the list of voices has no file {file_name}")
        path, file = by_name[file_name]
        address = f"{_address()}/{quote(path)}"
        pair[file_name] = RemoteFile(address=address, size_bytes=file.size_bytes, md5=file.md5_digest)
    return pair


def _bring(pair: dict[str, RemoteFile], folder: Path, progress: Progress) -> None:
    total_bytes = sum(remote.size_bytes for remote in pair.values())
    missing = {name: remote for name, remote in pair.items() if not is_whole(remote, folder / name)}
    done_bytes = total_bytes - sum(remote.size_bytes for remote in missing.values())
    for name, remote in missing.items():

        def came(size_bytes: int, before_bytes: int = done_bytes) -> None:
            progress(before_bytes + size_bytes, total_bytes)

        download(remote, folder / f"{name}.part", came)
        done_bytes += remote.size_bytes
    for name in missing:
        (folder / f"{name}.part").replace(folder / name)


def _is_there(folder: Path, name: str) -> bool:
    return Path(name).name == name and all((folder / file_name).is_file() for file_name in _file_names(name))


def _file_names(name: str) -> tuple[str, str]:
    return f"{name}.onnx", f"{name}.onnx.json"


def _failed(name: str, error: DownloadError, folder: Path) -> SpeechError:
    model = f"{_address()}/{_usual_path(name)}"
    return SpeechError(
        f"the voice {name} did not come: {error}",
        hint=f"try again with a network, or download {model} and {model}.json by hand into {folder}",
    )


def _usual_path(name: str) -> str:
    """Return where a voice lies in Piper's collection."""
    code, _, rest = name.partition("-")
    dataset, _, quality = rest.partition("-")
    return quote(f"{code.partition('_')[0]}/{code}/{dataset}/{quality}/{name}.onnx")


def _address() -> str:
    return settings().voices_address or _USUAL_ADDRESS


def _unseen(_done_bytes: int, _total_bytes: int) -> None:
    """Show nothing."""
