"""How fast a voice speaks of whose pace nothing is known: Piper's, and those of some programs.

Voices differ by a third, and stretching by a half makes none of them half as long again: each phoneme lasts a whole
number of blocks, rounded up. So a voice is timed twice, with a passage in its own language, and never again.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from voiceguide import paths
from voiceguide.audio.clip import trimmed
from voiceguide.files import written_beside
from voiceguide.speech.engine import Speech

_USUAL: Final = 1.0
_SLOW: Final = 1.5
"""The length scales at which a voice is timed: calm speech lies between them."""

_LEAST: Final = 0.4
_MOST: Final = 3.0
"""Length scales beyond which nobody understands a word."""

_PASSAGES: Final = {
    "en": (
        "Place both hands on the lower back, and let them rest there.",
        "Glide slowly up beside the spine, and return along the sides of the body.",
    ),
    "de": (
        "Lege beide Hände auf den unteren Rücken und lass sie dort ruhen.",
        "Streiche langsam neben der Wirbelsäule nach oben und an den Seiten wieder zurück.",
    ),
    "es": (
        "Coloca las dos manos en la parte baja de la espalda y déjalas descansar.",
        "Deslízalas despacio hacia arriba junto a la columna y vuelve por los costados.",
    ),
}
"""What a guide says, about twenty-five words. Voices of other languages read the English one, in their way."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a voice takes for a word, pauses within sentences included."""

    usual_s: float
    """At the length scale with which it was trained."""

    slow_s: float
    """At one and a half times that."""

    def length_scale(self, rate_wpm: int) -> float:
        """Return the length scale at which the voice speaks so many words a minute, or the nearest that is speech."""
        if not self.slow_s > self.usual_s > 0:
            return _USUAL  # It knows one pace only, or what was remembered is none.
        slope = (self.slow_s - self.usual_s) / (_SLOW - _USUAL)
        return min(max(_USUAL + (60 / rate_wpm - self.usual_s) / slope, _LEAST), _MOST)


def pace_of(key: str, language: str | None, speak: Callable[[str, float], Speech]) -> Pace:
    """Return the pace of a voice, from the cache folder if it was ever timed.

    Args:
        key: Names the content of the voice.
        language: BCP 47.
        speak: Speaks a text at a length scale.

    Raises:
        SpeechError: The voice fails.
    """
    file = paths.cache_folder() / "pace" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
    pace = _remembered(file)
    if pace is None:
        pace = _timed(language, speak)
        _remember(file, pace)
    return pace


def _timed(language: str | None, speak: Callable[[str, float], Speech]) -> Pace:
    passage = _PASSAGES.get((language or "").partition("-")[0], _PASSAGES["en"])

    def seconds_a_word(length_scale: float) -> float:
        spoken = [speak(sentence, length_scale) for sentence in passage]
        seconds = sum(len(trimmed(speech.samples, speech.rate_hz)) / speech.rate_hz for speech in spoken)
        return seconds / len(" ".join(passage).split())

    return Pace(usual_s=seconds_a_word(_USUAL), slow_s=seconds_a_word(_SLOW))


def _remembered(file: Path) -> Pace | None:
    try:
        known = json.loads(file.read_text("utf-8"))
        return Pace(usual_s=float(known["usual_s"]), slow_s=float(known["slow_s"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(file: Path, pace: Pace) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(file) as beside:
            beside.write_text(json.dumps(asdict(pace)), "utf-8")
    except OSError as error:
        _log.info("the pace of the voice is not kept: %s", error)
