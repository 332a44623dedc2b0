import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.audio.bed import Loop
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import FADE_OUT_FRAMES, Mix
from voiceguide.audio.samples import stereo
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import frames

LENGTH_MS = 14_000


AT = np.arange(frames(2_000))
SPOKEN = (0.2 * np.sin(2 * np.pi * 300 * AT / 48_000)).astype(np.float32)
RUNG = np.repeat(0.2 * np.sin(2 * np.pi * 900 * AT / 48_000), 2).reshape(-1, 2).astype(np.float32)


class ToneBank:
    """Speech and chimes that are told apart by their pitch."""

    def frames(self, cue: Cue) -> int:
        return frames(cue.length_ms or 1_500)

    def samples(self, cue: Cue) -> np.ndarray:
        if cue.role is Role.SPEECH:
            return SPOKEN[: self.frames(cue)]
        return RUNG[: self.frames(cue)]


def timeline(*cues: Cue) -> Timeline:
    return Timeline(length_ms=LENGTH_MS, cues=cues, chapters=(Chapter(start_ms=0, end_ms=LENGTH_MS, title="All"),))


def speech(at_ms: int, length_ms: int) -> Cue:
    return Cue(at_ms=at_ms, length_ms=length_ms, role=Role.SPEECH, name="words")


def chime(at_ms: int) -> Cue:
    return Cue(at_ms=at_ms, length_ms=0, role=Role.CHIME, name="change")


rng = np.random.default_rng(7)
BED = Loop((rng.normal(size=(50_000, 2)) * 800).astype(np.int16))
SESSION = timeline(chime(2_000), speech(2_600, 1_200), speech(4_600, 900), chime(8_000), speech(8_600, 400))
MIX = Mix(SESSION, ToneBank(), BED, Levels())
WHOLE = np.concatenate(list(MIX.blocks()))


def test_a_session_is_exactly_as_long_as_its_timeline():
    assert WHOLE.shape == (frames(LENGTH_MS), 2)
    assert WHOLE.dtype == np.int16


@settings(max_examples=50)
@given(st.integers(1, 30_000), st.integers(0, frames(LENGTH_MS) - 1))
def test_block_size_never_changes_the_sound(block, start):
    stop = min(len(WHOLE), start + 20 * block)

    pieces = [MIX.block(at, min(at + block, stop)) for at in range(start, stop, block)]

    assert np.array_equal(np.concatenate(pieces), WHOLE[start:stop])


@given(st.integers(0, frames(LENGTH_MS)), st.integers(0, frames(LENGTH_MS)))
def test_any_range_is_a_piece_of_the_whole(one, other):
    start, stop = sorted((one, other))

    assert np.array_equal(np.concatenate([*MIX.blocks(start, stop), WHOLE[:0]]), WHOLE[start:stop])


def test_music_alone_is_passed_on_as_it_is():
    assert np.array_equal(WHOLE[frames(1_600) : frames(1_900)], BED.read(frames(1_600), frames(1_900)))


def test_every_sound_lies_on_its_frame():
    voices = MIX.voices(0, frames(LENGTH_MS))

    for cue in SESSION.cues:
        start = frames(cue.at_ms)
        assert not voices[start - 400 : start].any() or cue.role is Role.SPEECH
        tone = ToneBank().samples(cue)
        expected = stereo(tone)
        alone = Mix(timeline(cue), ToneBank(), BED, Levels()).voices(start, start + len(tone))
        assert np.allclose(alone, expected)


def test_the_music_fades_to_silence_at_the_very_end():
    curve = MIX.music_curve(0, frames(LENGTH_MS))

    assert curve[-1] == 0.0
    assert curve[0] < 0.001
    assert np.all(np.diff(curve[-FADE_OUT_FRAMES + frames(4_000) :]) <= 0)


def test_sounds_that_began_before_a_jump_are_left_out():
    at = frames(2_700)

    assert MIX.voices(at, at + 100).any()
    assert not MIX.voices(at, at + 100, since=at).any()


def test_a_session_without_a_cue_is_music_alone():
    mix = Mix(timeline(), ToneBank(), BED, Levels())

    assert np.array_equal(mix.block(frames(3_000), frames(4_000)), BED.read(frames(3_000), frames(4_000)))


@pytest.mark.parametrize("under_db", [9.0, 22.0])
def test_the_music_is_never_raised_by_ducking(under_db):
    assert Levels(idle_under_db=30.0, ducked_under_db=under_db).duck_db == 0.0
