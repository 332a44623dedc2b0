"""Which of eSpeak's voices speaks.

eSpeak has one voice for each language, and variants that change the sound of any of them: ``de+Annie`` is German in
Annie's sound. Its data folder tells what there is, so a name is checked before it is used: eSpeak itself takes a
variant that is not there for none, and says nothing.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voiceguide.errors import SpeechError
from voiceguide.speech.engine import VoiceRequest

_VARIANT: Final = "Annie"
"""The sound of the default voice.

By measure the clearest of the plain ones: at the same loudness it has 2 dB more between 1 and 8 kHz, where consonants
are, than the base voice, and peaks 3 dB lower, so less has to be turned down; unlike f1 to f5 it has no echo and no
breath noise.
"""

_CALM_PITCH: Final = 32
"""Lower than Annie's own 50: the voice lies about 200 Hz rather than 245."""

_CALM_RANGE: Final = 35
"""Of 50: the melody stays, and gets less lively."""

_OWN: Final = 50

_RATE: Final = 0.88
"""eSpeak's rate for one word a minute: asked for 130 it speaks the sentences of a routine at 148, for 145 at 165."""

_SLOWEST: Final = 80
_FASTEST: Final = 450

_NAMES: Final = {"en": "en-us", "en-gb": "en-gb-x-rp", "zh": "cmn", "no": "nb"}
"""A language that eSpeak calls otherwise, or has in several accents, to its voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EspeakVoice:
    """A voice and how it speaks, in eSpeak's own terms."""

    name: str
    """Language and variant, such as ``en-us+Annie``."""

    rate: int
    """Nearly words a minute, 80 to 450."""

    pitch: int = _OWN
    """0 to 99; 50 is the voice's own."""

    range: int = _OWN
    """How lively the melody is, 0 to 99; 50 is the voice's own."""


def choose_voice(request: VoiceRequest, data: Path) -> EspeakVoice:
    """Return the voice that was asked for.

    Args:
        request: A voice is named as ``LANGUAGE``, ``LANGUAGE+VARIANT`` or ``VARIANT``.
        data: eSpeak's data folder.

    Raises:
        SpeechError: There is no such voice, or none for the language.
    """
    languages = _file_names(data / "lang")
    rate = espeak_rate(request.rate_wpm)
    if request.voice is None:
        name = f"{_of_language(request.language, languages)}+{_VARIANT}"
        return EspeakVoice(name=name, rate=rate, pitch=_CALM_PITCH, range=_CALM_RANGE)
    variants = _file_names(data / "voices" / "!v")
    language, plus, variant = request.voice.lower().partition("+")
    language = _NAMES.get(language, language)
    if not plus and language not in languages and language in variants:
        language, plus, variant = _of_language(request.language, languages).lower(), "+", language
    if language not in languages or (plus and variant not in variants):
        raise _unknown(request.voice, languages, variants)
    return EspeakVoice(name=f"{languages[language]}+{variants[variant]}" if plus else languages[language], rate=rate)


def language_of(voice: str) -> str:
    """Return the language, BCP 47, of a voice as `EspeakVoice.name` has it."""
    return voice.partition("+")[0]


def all_languages(data: Path) -> list[str]:
    """Return the languages, BCP 47, of all voices, by name.

    Args:
        data: eSpeak's data folder.
    """
    return sorted(_file_names(data / "lang").values())


def espeak_rate(rate_wpm: int) -> int:
    """Return what eSpeak calls a rate of `rate_wpm` words a minute; it knows none beyond 80 and 450."""
    return min(max(round(rate_wpm * _RATE), _SLOWEST), _FASTEST)


def _of_language(language: str, languages: dict[str, str]) -> str:
    """Return the voice of the nearest language: its own, or with less and less of its region."""
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        code = "-".join(parts[:length])
        name = _NAMES.get(code, code)
        if name in languages:
            return languages[name]
    raise SpeechError(
        f"eSpeak has no voice for the language {language!r}",
        hint=f"it has {', '.join(sorted(name for name in languages if len(name) == 2))}",
    )


def _unknown(voice: str, languages: dict[str, str], variants: dict[str, str]) -> SpeechError:
    names = [*variants.values()] if "+" in voice else [*languages.values(), *variants.values()]
    near = difflib.get_close_matches(voice.rpartition("+")[2], names, n=3)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return SpeechError(
        f"eSpeak has no voice {voice!r}",
        hint=f'{meant}Name a language, a variant or both: "espeak:en-us", "espeak:f3", "espeak:en-us+f3"',
    )


def _file_names(folder: Path) -> dict[str, str]:
    """Return the names of all files in `folder` and under it, by their lower-case form."""
    return {file.name.lower(): file.name for file in folder.rglob("*") if file.is_file()}
