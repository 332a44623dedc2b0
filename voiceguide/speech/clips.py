"""The spoken clips of a session: what the rest of the program knows of speech."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Final, Self

from voiceguide.audio.clip import finish
from voiceguide.audio.samples import Buffer, as_block, as_buffer
from voiceguide.errors import SpeechError
from voiceguide.speech.cache import ClipCache, Stored, clip_key
from voiceguide.speech.engine import SpeechEngine, VoiceRequest
from voiceguide.speech.registry import open_engine, parse_voice
from voiceguide.units import FRAMES_PER_MS

_MEMORY_BYTES: Final = 32_000_000
"""For decoded clips: nearly three minutes of speech."""


def open_clips(voice: str, language: str) -> Clips:
    """Return the clips of a voice, kept in the person's cache folder.

    Args:
        voice: ``auto``, ``ENGINE`` or ``ENGINE:VOICE``.
        language: BCP 47, such as ``en``.

    Raises:
        SpeechError: There is no such engine or voice, or none is installed.
    """
    engine, name = parse_voice(voice)
    return Clips(open_engine(engine, VoiceRequest(language=language, voice=name)), ClipCache())


class Clips:
    """Gives each sentence as sound: mono, 48 kHz, -18 LUFS, trimmed, a whole number of milliseconds long.

    A sentence is spoken once, ever: after that it is read from the cache. Any thread may ask; only where a sentence
    must first be spoken does one wait for another.

    Args:
        engine: What speaks; closed with the clips.
        cache: Where the clips are kept.

    Raises:
        SpeechError: The engine has no voice as asked for.
    """

    def __init__(self, engine: SpeechEngine, cache: ClipCache) -> None:
        self._engine = engine
        self._cache = cache
        self._identity = engine.identity()
        self._lengths: dict[str, int] = {}
        self._decoded = _Recent(_MEMORY_BYTES)
        self._speaking = threading.Lock()

    def __enter__(self) -> Self:
        """Return these clips; they close at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine. May be called twice."""
        self._engine.close()

    def length_ms(self, text: str) -> int:
        """Return how long a sentence is; speaks it when it never was.

        Raises:
            SpeechError: It cannot be spoken.
        """
        return self._length_frames(text) // FRAMES_PER_MS

    def samples(self, text: str) -> Buffer:
        """Return a sentence as sound, shape ``(frames(length_ms(text)),)``; not to be written to.

        Raises:
            SpeechError: It cannot be spoken.
        """
        sound = self._decoded.get(text)
        if sound is None:
            sound = as_buffer(self._of_length(self._stored(text), self._length_frames(text)))
            sound.flags.writeable = False
            self._decoded.put(text, sound)
        return sound

    def prepare(self, texts: Collection[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Speak what was never spoken, in order: what is heard first is ready first.

        Args:
            texts: The sentences.
            progress: Is told after each sentence how many are ready, and of how many.

        Raises:
            SpeechError: One of them cannot be spoken.
        """
        for done, text in enumerate(texts, start=1):
            self._length_frames(text)
            if progress:
                progress(done, len(texts))

    def _length_frames(self, text: str) -> int:
        """Return the length of a clip; what is once told stays true."""
        if text not in self._lengths:
            length = self._cache.frames(clip_key(self._identity, text)) or len(self._stored(text))
            self._lengths.setdefault(text, length)
        return self._lengths[text]

    def _stored(self, text: str) -> Stored:
        key = clip_key(self._identity, text)
        clip = self._cache.get(key)
        if clip is not None:
            return clip
        with self._speaking:
            # Another thread may have spoken it meanwhile.
            clip = self._cache.get(key)
            if clip is None:
                clip = self._spoken(text)
                self._cache.put(key, clip)
            return clip

    def _spoken(self, text: str) -> Stored:
        speech = self._engine.speak(text)
        clip = finish(speech.samples, speech.rate_hz)
        if not len(clip):
            raise SpeechError(
                f"the voice {self._engine.name} gave only silence for {text[:40]!r}",
                hint="write it in words, or choose another voice",
            )
        return as_block(clip)

    @staticmethod
    def _of_length(clip: Stored, length_frames: int) -> Stored:
        # The length was told from a file whose content turned out to be damaged, and the voice, asked again, was not
        # quite the same. The timeline counts on what was told.
        if len(clip) == length_frames:
            return clip
        fitted = clip[:length_frames].copy()
        fitted.resize(length_frames)
        return fitted


class _Recent:
    """The sounds that were asked for last, up to a size in memory; safe to use from several threads.

    Args:
        room_bytes: How much is kept.
    """

    def __init__(self, room_bytes: int) -> None:
        self._room_bytes = room_bytes
        self._used_bytes = 0
        self._sounds: OrderedDict[str, Buffer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> Buffer | None:
        with self._lock:
            if text in self._sounds:
                self._sounds.move_to_end(text)
            return self._sounds.get(text)

    def put(self, text: str, sound: Buffer) -> None:
        with self._lock:
            if text in self._sounds:
                return
            self._sounds[text] = sound
            self._used_bytes += sound.nbytes
            while self._used_bytes > self._room_bytes and len(self._sounds) > 1:
                _, oldest = self._sounds.popitem(last=False)
                self._used_bytes -= oldest.nbytes
