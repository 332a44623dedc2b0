"""Engines that are programs: each sentence is one run, which writes one file."""

import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import takewhile
from pathlib import Path
from typing import Final

from voiceguide.errors import SpeechError, near
from voiceguide.speech.engine import NotSpokenHere, Speech, Voice, VoiceRequest, cores
from voiceguide.speech.pace import pace_of
from voiceguide.speech.presets import FESTIVAL, FLITE, PICO, RHVOICE, SAY, Preset, Speaker, own_commands
from voiceguide.speech.program import LIMIT_S, Program, answer, make
from voiceguide.speech.text import spoken_text

_WITHOUT_ACCENT: Final = str.maketrans({
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ı": "i", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "⁄": "/",  # noqa: RUF001
})  # fmt: skip
"""Letters that are not taken apart by Unicode, and signs with a plain form."""


class CommandEngine:
    """Speaks with a program that writes a recording.

    Args:
        request: Language, voice and rate.
        preset: The program.
        limit_s: How long a sentence may take, beyond what its length adds.
    """

    def __init__(self, request: VoiceRequest, preset: Preset, *, limit_s: float = LIMIT_S) -> None:
        self.name = preset.name
        self.at_once = cores()
        self._request = request
        self._preset = preset
        self._program = Program(f"the voice program of {preset.name}", limit_s)

    def missing(self) -> str | None:
        """Return how to get the program and a voice, or `None` when both are there."""
        return None if self._speakers else self._preset.hint

    def voices(self) -> Iterator[Voice]:
        """Yield the voices that it can speak with now, its own choice for the language first."""
        own = _nearest(self._request.language, self._speakers)
        speakers = [*([own] if own else []), *self._speakers]
        yield from dict.fromkeys(each.voice for each in speakers if shutil.which(each.arguments[0]))

    def voice(self) -> Voice:
        """Return the voice that the request chooses: without a name, the best of those nearest to the language.

        Raises:
            SpeechError: The program is not there, or has no voice as asked for.
        """
        return self._speaker.voice

    def identity(self) -> str:
        """Return the program's version, the voice, what the program is told, and the rate.

        Raises:
            SpeechError: The program is not there, or has no voice as asked for.
        """
        speaker = self._speaker
        return (
            f"{self._version} {speaker.voice.name} {speaker.natural_wpm} {self._request.rate_wpm} {speaker.arguments}"
        )

    def speak(self, text: str) -> Speech:
        """Return the spoken text.

        Raises:
            TextError: The text is empty or too long.
            NotSpokenHere: All of it is in letters that the program cannot read.
            SpeechError: The program is not there, has no voice as asked for, fails, or takes too long.
        """
        speaker = self._speaker
        return self._spoken(readable(spoken_text(text, self._request), speaker.encoding), self._length)

    def close(self) -> None:
        """End the program, if it runs. May be called twice."""
        self._program.stop()

    def _spoken(self, words: str, length: float) -> Speech:
        speaker = self._speaker
        values = {
            "text": harmless(words),
            "rate": str(self._request.rate_wpm),
            "language": self._request.language,
            "pace": speaker.pace(length) if speaker.pace else "",
        }

        def arguments(file: Path) -> list[str]:
            return filled(speaker.arguments, values | {"file": str(file)})

        return self._program.speak(arguments, words.encode(speaker.encoding))

    @cached_property
    def _length(self) -> float:
        """How long all is to take, against the voice's own pace."""
        speaker = self._speaker
        if speaker.pace is None:
            return 1.0
        if speaker.natural_wpm:
            return speaker.natural_wpm / self._request.rate_wpm
        key = f"{self.name} {self._version} {speaker.voice.name}"
        return pace_of(key, speaker.voice.language, self._spoken).length_scale(self._request.rate_wpm)

    @cached_property
    def _speakers(self) -> list[Speaker]:
        return list(self._preset.speakers())

    @cached_property
    def _speaker(self) -> Speaker:
        if hint := self.missing():
            raise SpeechError(f"{self.name} is not ready", hint=hint)
        speaker = choose_speaker(self.name, self._request, self._speakers)
        program = speaker.arguments[0]
        if shutil.which(program) is None:
            raise SpeechError(
                f"the voice {speaker.voice.name} needs the program {program!r}, which is not here",
                hint=f"install it, or: {self._preset.hint}",
            )
        if Path(program).suffix.lower() in (".bat", ".cmd") and any("{text}" in each for each in speaker.arguments):
            # Windows hands its arguments to a shell, where words of a routine could be commands.
            raise SpeechError(
                f"the voice {speaker.voice.name} gives words to the batch file {program!r} as an argument",
                hint='leave "{text}" out: then they come by its input',
            )
        return speaker

    @cached_property
    def _version(self) -> str:
        told = answer(*self._preset.version) if self._preset.version else ""
        return " ".join(told.split()) or make(self._speaker.arguments[0])


flite = partial(CommandEngine, preset=FLITE)
festival = partial(CommandEngine, preset=FESTIVAL)
pico = partial(CommandEngine, preset=PICO)
rhvoice = partial(CommandEngine, preset=RHVOICE)
say = partial(CommandEngine, preset=SAY)


def own_command(request: VoiceRequest) -> CommandEngine:
    """Return the engine whose voices are the programs of the person's own; the name of one is its name."""
    return CommandEngine(request, own_commands())


def choose_speaker(engine: str, request: VoiceRequest, speakers: Sequence[Speaker]) -> Speaker:
    """Return the one that was asked for; without a name, the first of those nearest to the language.

    Args:
        engine: Its name, for errors.
        request: As always.
        speakers: Best first.

    Raises:
        SpeechError: There is no such voice, or none for the language.
    """
    if request.voice is None:
        speaker = _nearest(request.language, speakers)
        if speaker is None:
            languages = dict.fromkeys(str(each.voice.language) for each in speakers)
            raise SpeechError(
                f"{engine} has no voice for the language {request.language!r}", hint=f"it has {', '.join(languages)}"
            )
        return speaker
    names = {each.voice.name.casefold(): each for each in speakers}
    if request.voice.casefold() not in names:
        raise SpeechError(
            f"{engine} has no voice {request.voice!r}",
            hint=near(request.voice, [each.voice.name for each in speakers]),
        )
    return names[request.voice.casefold()]


def filled(template: Sequence[str], values: dict[str, str]) -> list[str]:
    """Return arguments with their placeholders filled, all at once: a text that holds a placeholder stays as it is."""
    pattern = re.compile("|".join(re.escape(f"{{{name}}}") for name in values))
    return [pattern.sub(lambda found: values[found[0][1:-1]], each) for each in template]


def harmless(words: str) -> str:
    """Return a text that no program takes for an option, a file or a variable when it is an argument of its own."""
    return words if words[0].isalnum() else f" {words}"


def readable(words: str, encoding: str) -> str:
    """Return `words` in letters that an encoding has: without accents where it lacks them, without what is left then.

    Raises:
        NotSpokenHere: No letter and no digit is left.
    """
    written = " ".join("".join(_in_encoding(each, encoding) for each in words).split())
    if not any(each.isalnum() for each in written):
        raise NotSpokenHere("the voice cannot read these letters", hint="choose a voice for the language of the words")
    return written


def _in_encoding(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFKD", character.translate(_WITHOUT_ACCENT)).translate(_WITHOUT_ACCENT)
        # Where nothing is left of a sign, the words around it stay apart; marks and the like stand inside of words.
        rest = "" if unicodedata.category(character)[0] in "MC" else " "
        return parts.encode(encoding, "ignore").decode(encoding) or rest
    return character


def _nearest(language: str, speakers: Sequence[Speaker]) -> Speaker | None:
    """Return the first of those that share the most subtags with a language; `None` when none speaks it."""
    best = max(speakers, key=lambda each: _shared(each.voice.language, language), default=None)
    return best if best and _shared(best.voice.language, language) else None


def _shared(have: str | None, wanted: str) -> int:
    if have is None:
        return 1  # It speaks any.
    parts = zip(have.casefold().split("-"), wanted.casefold().replace("_", "-").split("-"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], parts))
