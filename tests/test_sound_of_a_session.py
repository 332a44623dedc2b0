"""The whole of a session measured as sound, with real speech."""

from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
from needs import needs_module

from voiceguide.audio.bed import levelled
from voiceguide.audio.levels import Levels
from voiceguide.audio.loudness import true_peak_db
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import as_buffer
from voiceguide.bank import SoundBank
from voiceguide.media.sounds import ambiences, load_ambience
from voiceguide.routine.library import load_routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import schedule
from voiceguide.scheduler.timeline import Cue, Role
from voiceguide.speech.clips import Clips
from voiceguide.units import frames

pytestmark = needs_module("espeakng_loader")


@pytest.fixture(scope="module")
def mix(clips: Clips) -> Mix:
    terms = Terms(Options(budget_ms=30 * 60_000), phrases("en"), clips.length_ms)
    timeline = schedule(load_routine("eleven-steps"), terms).timeline
    return Mix(timeline, SoundBank(clips, "bowl"), levelled(load_ambience("warm-pad"), Levels().music_gain), Levels())


def sentences(mix: Mix) -> list[Cue]:
    return [cue for cue in mix.timeline.cues if cue.role is Role.SPEECH]


def lufs(sound: np.ndarray) -> float:
    """Return the integrated loudness; what is shorter than a block of BS.1770 is one block of its own length."""
    meter = pyloudnorm.Meter(48_000, block_size=min(0.4, len(sound) / 48_000))
    return meter.integrated_loudness(sound)


def test_every_sentence_is_at_minus_18_lufs_as_it_is_heard(mix):
    for cue in sentences(mix):
        alone = Mix(replace(mix.timeline, cues=(cue,)), mix._bank, mix.bed, Levels())
        heard = alone.voices(frames(cue.at_ms), frames(cue.end_ms))
        assert lufs(heard) == pytest.approx(-18, abs=0.5), cue.name


@pytest.mark.parametrize("name", ambiences())
def test_the_music_is_20_db_under_every_word_and_idles_8_to_10_db_under_them(mix, name):
    bed = levelled(load_ambience(name), Levels().music_gain)
    idle = []
    for cue in sentences(mix):
        start, stop = frames(cue.at_ms), frames(cue.end_ms)
        under = as_buffer(bed.read(start, stop)) * mix.music_curve(start, stop)[:, None]
        assert lufs(under) <= -38, cue.name
    for cue in (cue for cue in mix.timeline.cues if cue.name == "tick"):
        start = frames(cue.at_ms + 3_000)
        if mix.music_curve(start, start + frames(2_000)).min() == 1.0:
            idle.append(as_buffer(bed.read(start, start + frames(2_000))))

    assert len(idle) > 5
    assert -28 <= lufs(np.concatenate(idle)) <= -26


def test_the_true_peak_stays_under_minus_1_dbtp(mix):
    highest = -100.0
    for start in range(0, mix.length_frames, frames(10_000)):
        block = as_buffer(mix.block(start, min(start + frames(10_000), mix.length_frames)))
        if np.abs(block).max() > 0.5:
            highest = max(highest, true_peak_db(block))

    assert -6 < highest <= -1


def test_the_last_word_bell_and_fade_end_inside_the_session(mix):
    bell = mix.timeline.cues[-1]
    end = mix.block(mix.length_frames - frames(100), mix.length_frames)

    assert bell.name == "end"
    assert frames(bell.at_ms) + len(SoundBank.samples(mix._bank, bell)) < mix.length_frames
    assert sentences(mix)[-1].end_ms < bell.at_ms
    assert np.abs(end[-480:].astype(int)).max() <= 1


def test_every_chime_begins_on_its_frame(mix):
    for cue in mix.timeline.cues:
        if cue.role is Role.CHIME:
            start = frames(cue.at_ms)
            chime = mix._bank.samples(cue)
            alone = mix.voices(start, start + 2_000, since=start)
            assert np.allclose(alone[: len(chime)], chime[:2_000]), cue
            assert np.abs(chime[:960]).max() > 0.1 * np.abs(chime).max()


def test_the_level_of_the_session_is_the_approved_one(mix, golden):
    """dB of each quarter of a second for the first two and the last two minutes, in steps of 0.2 dB."""
    length = mix.length_frames
    lines = []
    for start in [*range(0, frames(120_000), 12_000), *range(length - frames(120_000), length, 12_000)]:
        block = as_buffer(mix.block(start, start + 12_000)).astype(np.float64)
        level_db = 10 * np.log10(np.square(block).mean() + 1e-9)
        lines.append(f"{start / 48_000:8.2f} {level_db:6.1f}")
    golden("eleven-steps-30-levels.txt", "\n".join([*lines, ""]), within=0.2)
