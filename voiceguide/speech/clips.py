"""The spoken clips of a session: what the rest of the program knows of speech."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import cached_property
from queue import SimpleQueue
from typing import Final, NamedTuple, Self

import numpy as np

from voiceguide.audio.clip import as_heard, finish, length_ms
from voiceguide.audio.samples import Buffer, as_block, as_buffer
from voiceguide.background import in_background
from voiceguide.errors import MediaError, SpeechError
from voiceguide.media.sounds import load_chime
from voiceguide.settings import settings
from voiceguide.speech.cache import ClipCache, StoredClip, clip_key
from voiceguide.speech.chain import Chain, Link, open_chain
from voiceguide.speech.engine import Voice, VoiceRequest, cores
from voiceguide.speech.language import primary
from voiceguide.speech.lexicon import built_in_lexicon
from voiceguide.units import SAMPLE_RATE, gain

_MEMORY_BYTES: Final = 6_000_000
"""For decoded clips: half a minute of speech. Older ones are read from the disk again."""

_STAND_IN: Final = ("bowl", "check-in")
"""The chime that is heard where no voice can speak."""

_STAND_IN_DB: Final = -6.0
"""Against speech."""

_OVER: Final = BaseException("nothing waits any more")

_RATE_WPM: Final = VoiceRequest().rate_wpm

_log = logging.getLogger(__name__)


def open_clips(voice: str, language: str | None, rate_wpm: int = _RATE_WPM) -> Clips:
    """Return the clips of a voice, kept in the person's cache folder.

    Args:
        voice: ``auto``, ``ENGINE`` or ``ENGINE:VOICE``.
        language: Of the texts, BCP 47, such as ``en``; `None` for that of the voice, which is then not warned of.
        rate_wpm: Words a minute.

    Raises:
        SpeechError: There is no such engine or voice, or none is installed.
        SettingsError: The person's settings are wrong.
    """
    lexicon = built_in_lexicon().with_own(settings().lexicon)
    chain = open_chain(voice, VoiceRequest(language=language or "en", rate_wpm=rate_wpm, lexicon=lexicon))
    if language and chain.voice.language and primary(chain.voice.language) != primary(language):
        _log.warning(
            "the voice %s speaks %s, and the texts are in %s (leave --voice out to get one that fits)",
            chain.voice.name, chain.voice.language, language,
        )  # fmt: skip
    return Clips(chain, ClipCache())


class _Told(NamedTuple):
    """What was once told of a sentence, and stays true."""

    key: str | None
    """Of its clip; `None` where a chime stands in."""

    length_ms: int


class Clips:
    """Gives each sentence as sound: mono, 48 kHz, -18 LUFS, trimmed, a whole number of milliseconds long.

    A sentence is spoken once, ever: after that it is read from the cache. Any thread may ask; only who asks for a
    sentence that must first be spoken waits. Where no voice can speak it, a chime stands in: nothing is ever silent.

    Args:
        chain: What speaks; closed with the clips.
        cache: Where the clips are kept.
    """

    def __init__(self, chain: Chain, cache: ClipCache) -> None:
        self.made = 0
        """How many sentences had to be spoken."""
        self._chain = chain
        self._cache = cache
        self._told: dict[str, _Told] = {}
        self._asked: dict[str, threading.Lock] = {}
        self._decoded = _Recent(_MEMORY_BYTES)
        self._counting = threading.Lock()
        self._reported = False
        self._closed = False

    def __enter__(self) -> Self:
        """Return these clips; they close at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def voice(self) -> Voice:
        """The voice that speaks as long as all goes well."""
        return self._chain.voice

    @property
    def speaker(self) -> str:
        """The same as ``ENGINE:NAME``."""
        return f"{self._chain.name}:{self.voice.name}"

    def aloud(self, text: str) -> None:
        """Say a sentence now where the voice is heard by itself and its clips are silence; never waits."""

    def close(self) -> None:
        """Let go of the engines. May be called twice."""
        self._closed = True
        self._chain.close()

    def length_ms(self, text: str) -> int:
        """Return how long a sentence is; speaks it when it never was.

        Raises:
            TextError: It is no sentence.
        """
        return self._told_of(text).length_ms

    def samples(self, text: str) -> Buffer:
        """Return a sentence as sound, shape ``(frames(length_ms(text)),)``; not to be written to.

        Raises:
            TextError: It is no sentence.
        """
        sound = self._decoded.get(text)
        if sound is None:
            told = self._told_of(text)
            clip = self._clip(text, told.key)
            # What was told may be of a file that has come to harm since, and the voice, asked again, is not quite the
            # same: the timeline counts on what was told.
            sound = as_heard(as_buffer(clip.samples), clip.rate_hz, told.length_ms)
            sound.flags.writeable = False
            self._decoded.put(text, sound)
        return sound

    def prepare(self, texts: Collection[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Speak what was never spoken, on all cores, in order: what is heard first is begun first.

        Args:
            texts: The sentences.
            progress: Is told after each sentence how many are ready, and of how many; by the thread that asks.

        Raises:
            TextError: One of them is no sentence; the others are ready.
        """
        made_before = self.made
        errors = []
        for done, error in enumerate(self._prepared(list(dict.fromkeys(texts))), start=1):
            if error:
                errors.append(error)
            if progress:
                progress(done, len(set(texts)))
        if self.made > made_before:
            self._cache.trim()
        if errors:
            raise errors[0]

    def _prepared(self, texts: list[str]) -> Iterator[BaseException | None]:
        """Yield for each sentence, once it is ready, what went wrong."""
        waiting: deque[str] = deque()
        for text in texts:
            if self._is_kept(text):
                yield None
            else:
                waiting.append(text)
        yield from self._side_by_side(waiting)

    def _side_by_side(self, waiting: deque[str]) -> Iterator[BaseException | None]:
        """Yield the same for sentences that are not kept; who stops asking stops the work."""
        outcomes: SimpleQueue[BaseException | None] = SimpleQueue()

        def work() -> None:
            with suppress(IndexError):  # nothing waits any more
                while not self._closed:
                    outcomes.put(self._outcome(waiting.popleft()))
            outcomes.put(_OVER)

        # While all engines speak, one more levels what was spoken, where there is a core for it.
        at_once = self._chain.at_once
        workers = min(len(waiting), at_once + (cores() > at_once))
        for _ in range(workers):
            in_background(work, "speak")
        try:
            while workers:
                outcome = outcomes.get()
                if outcome is _OVER:
                    workers -= 1
                else:
                    yield outcome
        finally:
            waiting.clear()

    def _outcome(self, text: str) -> BaseException | None:
        try:
            self._told_of(text)
        except BaseException as error:  # noqa: BLE001 - raised again where the sentences were asked for
            return error
        return None

    def _is_kept(self, text: str) -> bool:
        """Return whether a sentence needs no speaking, as far as a look tells."""
        link = None if text in self._told else next(iter(self._chain), None)
        if link:
            key = clip_key(link.identity, text)
            length_ms = self._cache.length_ms(key)
            if length_ms:
                self._told.setdefault(text, _Told(key, length_ms))
        return text in self._told

    def _told_of(self, text: str) -> _Told:
        if text not in self._told:
            with self._asking(text):
                if text not in self._told:
                    told = self._chain.first(lambda link: self._told_by(link, text))
                    self._told.setdefault(text, told or _Told(None, self._standing_in(text).length_ms))
        return self._told[text]

    def _told_by(self, link: Link, text: str) -> _Told:
        key = clip_key(link.identity, text)
        return _Told(key, self._cache.length_ms(key) or self._spoken(link, text).length_ms)

    def _clip(self, text: str, key: str | None) -> StoredClip:
        if key is None:
            return self._stand_in
        clip = self._cache.get(key)
        if clip is None:
            with self._asking(text):
                # Another thread may have spoken it meanwhile.
                clip = self._cache.get(key) or self._chain.first(lambda link: self._spoken(link, text))
        return clip or self._standing_in(text)

    def _asking(self, text: str) -> threading.Lock:
        """Return the lock of a sentence: two threads that ask for it speak it once."""
        return self._asked.setdefault(text, threading.Lock())

    def _spoken(self, link: Link, text: str) -> StoredClip:
        speech = link.speak(text)
        samples = finish(speech.samples, speech.rate_hz)
        if not len(samples):
            raise SpeechError(
                f"the voice {link.name} gave only silence for {text[:40]!r}",
                hint="write it in words, or choose another voice",
            )
        # Resampled now, once, and not whenever a session is mixed.
        heard = as_heard(samples, speech.rate_hz, length_ms(len(samples), speech.rate_hz))
        clip = StoredClip(as_block(heard), SAMPLE_RATE)
        self._cache.put(clip_key(link.identity, text), clip)
        with self._counting:
            self.made += 1
        return clip

    def _standing_in(self, text: str) -> StoredClip:
        """Return the chime for a sentence that no voice can speak; the first is reported."""
        with self._counting:
            first, self._reported = not (self._reported or self._closed), True
        if first:
            _log.warning("no voice can speak %r: a chime stands in, and the words are on the screen", text[:40])
        return self._stand_in

    @cached_property
    def _stand_in(self) -> StoredClip:
        try:
            chime = finish(load_chime(*_STAND_IN).mean(axis=1), SAMPLE_RATE) * np.float32(gain(_STAND_IN_DB))
        except MediaError:  # nothing here decodes it: then the session has no chimes at all
            chime = np.zeros(SAMPLE_RATE, np.float32)
        return StoredClip(as_block(chime), SAMPLE_RATE)


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
