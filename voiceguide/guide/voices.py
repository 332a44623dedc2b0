"""Use cases around voices: which there are, how they sound, getting another, lending one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.guide.request import Progress, Request
from voiceguide.guide.stage import bed_of, clips_of, mix_of, scheduled, write_or_play
from voiceguide.routine.library import load_routine
from voiceguide.scheduler.pauses import Measure
from voiceguide.scheduler.phrases import languages, phrases
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.speech.language import primary
from voiceguide.units import SECOND_MS

if TYPE_CHECKING:
    from voiceguide.speech.script import Finding

_PAUSE_MS = SECOND_MS
"""Before, between and after the sentences of a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRow:
    """A voice that is ready, as a list shows it."""

    voice: str
    """``ENGINE:NAME``."""
    language: str | None
    """BCP 47; `None` for any."""
    quality: str
    """``plain``, ``fair``, ``natural`` or ``person``."""
    chosen: bool
    """Whether ``auto`` takes it for the language that was asked for."""


def voices(language: str | None = None) -> list[VoiceRow]:
    """Return all voices that are ready, best first; with `language`, those that speak it."""
    from voiceguide.speech.engine import VoiceRequest
    from voiceguide.speech.registry import all_voices, best_voice

    request = VoiceRequest(language=language or "en")
    best = best_voice(request)
    return [
        VoiceRow(
            voice=f"{engine}:{voice.name}",
            language=voice.language,
            quality=voice.quality.name.lower(),
            chosen=(engine, voice.name) == best,
        )
        for engine, voice in all_voices(request)
        if language is None or _speaks(engine, voice.language, language)
    ]


def sample(request: Request, target: Path | None, *, overwrite: bool = False) -> None:
    """Speak a few sentences: into a file, or aloud without one.

    Args:
        request: Its voice, rate and output count.
        target: A sound file.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        VoiceguideError: There is no such voice or device, or the file cannot be written.
    """
    from voiceguide.outputs.registry import check_target

    if target:
        check_target(target, overwrite)
    with clips_of(request, None, live=target is None) as clips:
        said = phrases(_known(clips.voice.language))
        texts = [said.welcome.format(title="voiceguide"), said.next_side.format(side=said.sides["left"]), said.closing]
        mix = mix_of(request, _in_turn(texts, clips.length_ms), clips, bed_of(request))
        for text in texts:
            clips.aloud(text)
        write_or_play(mix, target, request.output, overwrite=overwrite)


def install(name: str, progress: Progress | None = None) -> str:
    """Download a Piper voice, check it and put it in its place; return how ``--voice`` takes it.

    Args:
        name: Such as ``en_US-lessac-medium``.
        progress: Is told how many bytes are there, and of how many.

    Raises:
        SpeechError: There is no such voice, no network, or what came is damaged.
    """
    from voiceguide.speech.piper_install import install_voice

    return f"piper:{install_voice(name, progress).name}"


def to_install(language: str | None = None) -> list[VoiceRow]:
    """Return the Piper voices that can be downloaded.

    Raises:
        SpeechError: The list cannot be had.
    """
    from voiceguide.speech.piper_install import available

    return [
        VoiceRow(voice=voice.name, language=voice.language, quality=voice.quality.name.lower(), chosen=False)
        for voice in available(language)
    ]


def record_script(request: Request, folder: Path) -> Path:
    """Write all sentences of a session with the names of their recordings-to-be; return the file.

    Raises:
        VoiceguideError: The session cannot be made, or the folder not be written.
    """
    from voiceguide.speech.script import recording_script, write_script

    return write_script(recording_script(_sentences(request)), folder)


def examine_recordings(request: Request, folder: Path) -> list[Finding]:
    """Return what is missing or wrong among the recordings of a session's sentences.

    Raises:
        VoiceguideError: The session cannot be made, or there is no such folder.
    """
    from voiceguide.speech.script import examine, recording_script

    return examine(recording_script(_sentences(request)), folder)


def cache_size() -> tuple[int, int]:
    """Return how many clips are kept, and their bytes."""
    from voiceguide.speech.cache import ClipCache

    return ClipCache().size()


def clear_cache() -> int:
    """Remove all clips that are kept, and return how many bytes they took."""
    from voiceguide.speech.cache import ClipCache

    return ClipCache().clear()


def _sentences(request: Request) -> list[str]:
    return scheduled(request, load_routine(request.routine)).sentences()


def _in_turn(texts: list[str], measure: Measure) -> Timeline:
    """Return a timeline on which `texts` follow each other."""
    cues, at_ms = [], _PAUSE_MS
    for text in texts:
        cues.append(Cue(at_ms=at_ms, length_ms=measure(text), role=Role.SPEECH, name=text))
        at_ms = cues[-1].end_ms + _PAUSE_MS
    return Timeline(length_ms=at_ms, cues=tuple(cues), chapters=(Chapter(start_ms=0, end_ms=at_ms, title=""),))


def _speaks(engine: str, language: str | None, wanted: str) -> bool:
    """Return whether a voice is of a language; what a person brings along may be of any."""
    return engine in ("recorded", "command", "android") if language is None else primary(language) == primary(wanted)


def _known(language: str | None) -> str:
    """Return a language in which the guide can say something."""
    return language if language and primary(language) in languages() else "en"
