"""Programs that speak into a file, and what each has to be told.

flite and festival were measured: words a minute over all sentences of the built-in routines, one at a time. pico2wave,
RHVoice and the ``say`` of macOS are written from their documentation and source; only stand-ins for them were run.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voiceguide import paths
from voiceguide.settings import settings
from voiceguide.speech.engine import Quality, Voice
from voiceguide.speech.program import answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A voice of a program, and what the program is told to speak with it."""

    voice: Voice

    arguments: tuple[str, ...]
    """Program and arguments. ``{file}`` stands for the WAV to write, ``{text}`` for what is spoken, ``{rate}`` for
    words a minute, ``{language}`` for BCP 47, ``{pace}`` for what `pace` writes. Without ``{text}`` the words come by
    stdin."""

    pace: Callable[[float], str] | None = None
    """Writes how fast to speak: 1.0 is the voice's own pace, at 2.0 all takes twice as long. `None` for a program that
    takes words a minute, or has one pace only."""

    natural_wpm: float | None = None
    """Words a minute at its own pace; `None` times it when it first speaks."""

    encoding: str = "utf-8"
    """In which the program reads; what it cannot hold is spelled without accents, or left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A program that speaks."""

    name: str
    """Of the engine."""

    hint: str
    """How to get it."""

    speakers: Callable[[], Iterable[Speaker]]
    """Gives its voices, best first; none when it is not here."""

    version: tuple[str, ...] = ()
    """What to run to hear its version; empty when it does not tell."""


def _stretch(length: float) -> str:
    return f"{length:.4f}"


# flite

_FLITE_VOICES: Final = {
    "slt": ("en-US", 181.0),
    "rms": ("en-US", 166.0),
    "awb": ("en-GB", 169.0),
    "kal16": ("en-US", 195.0),
    "kal": ("en-US", 187.0),
}
"""Voice to language and natural words a minute, best first. The Scottish ``awb`` is the nearest that it has to British
English; ``awb_time`` tells the time only."""


def _flite() -> Iterator[Speaker]:
    there = answer("flite", "-lv").split()
    for name, (language, natural_wpm) in _FLITE_VOICES.items():
        if name in there:
            yield Speaker(
                voice=Voice(name=name, language=language, quality=Quality.FAIR),
                arguments=("flite", "-voice", name, "--setf", "duration_stretch={pace}", "-f", "-", "-o", "{file}"),
                pace=_stretch,
                natural_wpm=natural_wpm,
                encoding="ascii",
            )


FLITE: Final = Preset(
    name="flite",
    hint='install flite: "sudo apt install flite", or the package of that name elsewhere',
    speakers=_flite,
    version=("flite", "--version"),
)

# festival

_FESTIVAL_FOLDERS: Final = {
    "us": ("en-US", "ascii"),
    "english": ("en", "ascii"),
    "spanish": ("es", "latin-1"),
    "italian": ("it", "latin-1"),
    "catalan": ("ca", "latin-1"),
    "finnish": ("fi", "latin-1"),
    "czech": ("cs", "iso-8859-2"),
}
"""Where its voices lie, to language and encoding. With another language it is not known what its voices read."""

_FESTIVAL_REGIONS: Final = {"kal": "en-US", "ked": "en-US", "cmu_us": "en-US", "rab": "en-GB", "don": "en-GB"}
"""How the names of English voices begin, to what they speak."""

_FESTIVAL_WPM: Final = {"kal_diphone": 185.0}
"""Voice to natural words a minute; the others are timed when they first speak."""


def _festival() -> Iterator[Speaker]:
    for scheme in sorted(_data("text2wave", "festival/voices/*/*/festvox/*.scm"), key=_festival_rank):
        name, folder = scheme.stem, scheme.parts[-4]
        # The name goes into a program in Scheme.
        if folder not in _FESTIVAL_FOLDERS or scheme.parts[-3] != name or not re.fullmatch(r"[\w-]+", name):
            continue
        language, encoding = _FESTIVAL_FOLDERS[folder]
        for begins, region in _FESTIVAL_REGIONS.items():
            if language == "en" and name.startswith(begins):
                language = region
        yield Speaker(
            voice=Voice(name=name, language=language, quality=Quality.FAIR),
            arguments=(
                "text2wave", "-o", "{file}", "-eval", f"(voice_{name})",
                "-eval", "(Parameter.set 'Duration_Stretch {pace})",
            ),
            pace=_stretch,
            natural_wpm=_FESTIVAL_WPM.get(name),
            encoding=encoding,
        )  # fmt: skip


def _festival_rank(scheme: Path) -> tuple[bool, bool, str]:
    """Put those of whole sounds and their statistics before those of pairs of sounds, and slt before all."""
    return "slt" not in scheme.stem, "diphone" in scheme.stem, scheme.stem


FESTIVAL: Final = Preset(
    name="festival",
    hint='install festival and a voice of it: "sudo apt install festival festvox-kallpc16k"',
    speakers=_festival,
    version=("festival", "--version"),
)

# pico2wave

_PICO_VOICES: Final = ("en-US", "en-GB", "de-DE", "es-ES", "fr-FR", "it-IT")
_PICO_SLOWEST: Final = 20
_PICO_FASTEST: Final = 500


def _pico() -> Iterator[Speaker]:
    for language in _PICO_VOICES if shutil.which("pico2wave") else ():
        yield Speaker(
            voice=Voice(name=language, language=language, quality=Quality.FAIR),
            # Not all versions read stdin. The text has no "<" of its own, and stands behind one.
            arguments=(
                "pico2wave", f"--lang={language}", "--wave={file}", '<speed level="{pace}">{text}</speed>',
            ),
            pace=lambda length: str(min(max(round(100 / length), _PICO_SLOWEST), _PICO_FASTEST)),
        )  # fmt: skip


PICO: Final = Preset(name="pico", hint='install pico2wave: "sudo apt install libttspico-utils"', speakers=_pico)

# RHVoice

_RHVOICE_LANGUAGES: Final = {
    "Albanian": "sq", "Brazilian-Portuguese": "pt-BR", "Croatian": "hr", "Czech": "cs", "English": "en",
    "Esperanto": "eo", "Georgian": "ka", "Kyrgyz": "ky", "Macedonian": "mk", "Polish": "pl", "Russian": "ru",
    "Serbian": "sr", "Slovak": "sk", "Spanish": "es", "Tatar": "tt", "Ukrainian": "uk", "Uzbek": "uz",
    "Vietnamese": "vi",
}  # fmt: skip


def _rhvoice() -> Iterator[Speaker]:
    for info in sorted(
        _data("RHVoice-test", "RHVoice/voices/*/voice.info"), key=lambda info: info.parent.name != "slt"
    ):
        told = dict(re.findall(r"^(\w+)=(.+?)\s*$", info.read_text("utf-8", errors="replace"), re.MULTILINE))
        if told.get("language") in _RHVOICE_LANGUAGES and "name" in told:
            yield Speaker(
                voice=Voice(name=told["name"], language=_RHVOICE_LANGUAGES[told["language"]], quality=Quality.FAIR),
                arguments=("RHVoice-test", f"--profile={told['name']}", "--rate={pace}", "--output={file}"),
                pace=lambda length: str(round(100 / length)),
            )


RHVOICE: Final = Preset(
    name="rhvoice",
    hint='install RHVoice and a voice of it: "sudo apt install rhvoice rhvoice-english"',
    speakers=_rhvoice,
)

# say

_SAY_BEST: Final = ("(Premium)", "(Enhanced)", "Samantha", "Alex", "Daniel", "Karen")
"""In the names of voices, best first: macOS lists jokes before them."""

_SAY_WPM: Final = 175
"""A pace from which to start; what is heard at it is timed."""


def _say() -> list[Speaker]:
    lines = re.findall(r"^(\S.*?) +([a-z]{2,3}(?:[_-]\w+)*) +#", answer("say", "-v", "?"), re.MULTILINE)
    return [
        Speaker(
            voice=Voice(name=name, language=language.replace("_", "-"), quality=Quality.NATURAL),
            arguments=(
                "say", f"--voice={name}", "--rate={pace}", "--data-format=LEI16@22050", "--output-file={file}",
                "--input-file=-",
            ),
            pace=lambda length: str(round(_SAY_WPM / length)),
        )
        for name, language in sorted(lines, key=lambda line: _say_rank(line[0]))
    ]  # fmt: skip


def _say_rank(name: str) -> tuple[int, bool]:
    """Put those that are in many languages, "Eddy (German (Germany))", last: they are plain."""
    return next((rank for rank, best in enumerate(_SAY_BEST) if best in name), len(_SAY_BEST)), name.endswith("))")


SAY: Final = Preset(name="say", hint='"say" is a part of macOS: elsewhere use "--voice auto"', speakers=_say)

# A person's own


def own_commands() -> Preset:
    """Return the programs that the person has settled; the name of each is that of its voice."""
    return Preset(
        name="command",
        hint=f'write in {paths.settings_file()}, under [commands.mine]: speak = ["mytts", "--output", "{{file}}"]',
        speakers=_own,
    )


def _own() -> Iterator[Speaker]:
    for name, own in settings().commands.items():
        yield Speaker(voice=Voice(name=name, language=own.language, quality=Quality.FAIR), arguments=own.speak)


def _data(program: str, pattern: str) -> list[Path]:
    """Return the files of a program's data, by a pattern under ``share`` or ``lib``; none when it is not here."""
    path = shutil.which(program)
    if path is None:
        return []
    here = Path(path).absolute()
    prefixes = dict.fromkeys([here.parents[1], here.resolve().parents[1], Path("/usr/local"), Path("/usr")])
    return [
        found for prefix in prefixes for folder in ("share", "lib") for found in sorted((prefix / folder).glob(pattern))
    ]
