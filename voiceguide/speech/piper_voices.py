"""Which of Piper's voices lie here, and which of them speaks.

A voice is a pair of files, ``NAME.onnx`` and ``NAME.onnx.json``; one without the other is none. A voice that several
people lent theirs has speakers: ``NAME#SPEAKER``.
"""

import difflib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platformdirs import PlatformDirs

from voiceguide import paths
from voiceguide.errors import SpeechError, near
from voiceguide.speech.engine import Quality, Voice, VoiceRequest

PHONEMES: Final = "espeak"
LETTERS: Final = "text"

_DESCRIBED: Final = ".onnx.json"

_LEVELS: Final = ("x_low", "low", "medium", "high")
"""What Piper calls the quality of a voice, worst first."""

_FOLDERS: Final = ("piper-voices", "piper")
"""Piper itself has no folder of its own, and takes the current one. Most people, and the packages of Linux
distributions, put its voices into one of these, under the data folders of the person and of the system."""

_PLACES: Final = ("*", "*/*", "*/*_*/*/*/*")
"""Where voices lie in such a folder: at its top, or one below, or as in Piper's catalogue, which is
``en/en_US/lessac/medium/en_US-lessac-medium.onnx``. A whole search could run into a Python environment."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PiperModel:
    """A voice of Piper that lies here."""

    name: str
    """Such as ``en_US-lessac-medium``."""

    path: Path
    """Its model; the description lies beside it."""

    language: str | None
    """BCP 47; `None` when it does not tell."""

    level: str
    """``x_low``, ``low``, ``medium`` or ``high``; anything else is unknown."""

    speakers: Mapping[str, int]
    """Name of a speaker to its number in the model; empty when there is only one."""

    takes: str
    """`PHONEMES` or `LETTERS`."""

    def voice(self, speaker: str | None = None) -> Voice:
        """Return how the voice shows itself, with its own speaker or another."""
        name = f"{self.name}#{speaker}" if speaker else self.name
        return Voice(name=name, language=self.language, quality=quality_of(self.level))

    def content(self) -> str:
        """Tell this content of the model from another, by size and time.

        Raises:
            SpeechError: It has gone away.
        """
        try:
            status = self.path.stat()
        except OSError as error:
            raise SpeechError(f"{self.path}: {error.strerror}", hint="put it back, or choose another voice") from error
        return f"{status.st_size} {status.st_mtime_ns}"


def voice_folders() -> Iterator[Path]:
    """Yield the folders in which voices may lie; they need not be there."""
    yield paths.own_voices()
    for name in _FOLDERS:
        yield from PlatformDirs(name, appauthor=False).iter_data_paths()


def find_models(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the models that have a description, by name; of two with the same name the first counts."""
    found: dict[str, Path] = {}
    for folder in folders:
        for place in _PLACES:
            for description in sorted(folder.glob(place + _DESCRIBED)):
                model = description.with_suffix("")
                if model.is_file():
                    found.setdefault(model.stem, model)
    return found


def read_model(path: Path) -> PiperModel:
    """Return a voice as its description has it.

    Raises:
        SpeechError: The description is damaged, or asks for parts that Piper does not bring.
    """
    description = path.with_name(path.name + ".json")
    try:
        told = json.loads(description.read_text("utf-8"))
        model = PiperModel(
            name=path.stem,
            path=path,
            language=_language(told),
            level=path.stem.rpartition("-")[2],
            speakers=_speakers(told),
            takes=str(told.get("phoneme_type", PHONEMES)),
        )
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise SpeechError(
            f"the voice {path.stem} is damaged: {description} cannot be read", hint=again(path)
        ) from error
    if model.takes not in (PHONEMES, LETTERS):
        raise SpeechError(
            f"the voice {path.stem} needs more than Piper brings: it takes {model.takes!r}",
            hint='choose another voice: "voiceguide voices" lists those that are ready',
        )
    return model


def usable_models(models: Mapping[str, Path], language: str) -> list[PiperModel]:
    """Return the voices that can be used: those nearest to a language first, then the better ones, then by name."""
    usable = []
    for path in models.values():
        try:
            usable.append(read_model(path))
        except SpeechError as error:
            _log.info("%s", error)
    return sorted(usable, key=lambda model: (-_nearness(model, language), -_rank(model.level), model.name))


def choose_model(request: VoiceRequest, models: Mapping[str, Path]) -> tuple[PiperModel, str | None]:
    """Return the voice that was asked for, and its speaker, `None` for the voice's own choice.

    Args:
        request: A voice is named as ``NAME`` or ``NAME#SPEAKER``.
        models: From `find_models`.

    Raises:
        SpeechError: There is no such voice or speaker, or none for the language.
    """
    if request.voice is not None:
        return _named(request.voice, models)
    for model in usable_models(models, request.language)[:1]:
        if _nearness(model, request.language):
            return model, None
    raise SpeechError(
        f"Piper has no voice here for the language {request.language!r}", hint=to_install(request.language)
    )


def to_install(language: str) -> str:
    """Return how to get a voice for a language."""
    code = _subtags(language)[0]
    if code == "en":
        return 'install a voice: "voiceguide voices install en_US-lessac-medium"'
    return f'install a voice: "voiceguide voices install --language {code}" lists them'


def again(path: Path) -> str:
    """Return what to do about a voice that is damaged."""
    if path.parent == paths.own_voices():
        return f'install it again: "voiceguide voices install {path.stem}"'
    return f"remove {path}, or put a whole one there"


def bcp47(code: str) -> str:
    """Return a language as BCP 47 has it: ``en_us`` becomes ``en-US``."""
    language, *more = code.lower().replace("_", "-").split("-")
    return "-".join([language, *(each.upper() for each in more[:1]), *more[1:]])


def quality_of(level: str) -> Quality:
    """Return how a voice of Piper sounds; its least ones are plainly rough."""
    return Quality.FAIR if level == _LEVELS[0] else Quality.NATURAL


def _named(wanted: str, models: Mapping[str, Path]) -> tuple[PiperModel, str | None]:
    name, _, speaker = wanted.partition("#")
    names = {each.casefold(): each for each in models}
    if name.casefold() not in names:
        close = difflib.get_close_matches(name.casefold(), names, n=3)
        meant = f"did you mean {' or '.join(names[each] for each in close)}? " if close else ""
        raise SpeechError(
            f"Piper has no voice {wanted!r} here", hint=f'{meant}"voiceguide voices install {name}" may get it'
        )
    model = read_model(models[names[name.casefold()]])
    if not speaker:
        return model, None
    speakers = {each.casefold(): each for each in model.speakers}
    if speaker.casefold() not in speakers:
        hint = near(speaker, model.speakers) if speakers else f'it has one only: "piper:{model.name}"'
        raise SpeechError(f"the voice {model.name} has no speaker {speaker!r}", hint=hint)
    return model, speakers[speaker.casefold()]


def _language(told: Mapping[str, Any]) -> str | None:
    code = told.get("language", {}).get("code") or told.get("espeak", {}).get("voice")
    return bcp47(code) if code else None


def _speakers(told: Mapping[str, Any]) -> dict[str, int]:
    return {str(name): int(number) for name, number in (told.get("speaker_id_map") or {}).items()}


def _rank(level: str) -> int:
    return _LEVELS.index(level) if level in _LEVELS else -1


def _nearness(model: PiperModel, language: str) -> int:
    """Return how many subtags two languages share from the first on; 0 for different languages."""
    shared = 0
    for have, want in zip(_subtags(model.language or ""), _subtags(language), strict=False):
        if have != want:
            break
        shared += 1
    return shared


def _subtags(language: str) -> list[str]:
    return language.casefold().replace("_", "-").split("-")
