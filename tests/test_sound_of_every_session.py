"""Every built-in routine at its shortest and longest, measured from its stems; and how well words are understood."""

from itertools import pairwise

import numpy as np
import pyloudnorm
import pytest
from needs import needs_module

from voiceguide.audio.bed import Bed, levelled
from voiceguide.audio.levels import ACCESSIBLE, Levels
from voiceguide.audio.loudness import integrated_lufs, true_peak_db
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import as_block, as_buffer
from voiceguide.bank import SoundBank
from voiceguide.media.sounds import ambiences, chime_sets, load_ambience
from voiceguide.routine.library import entries, load_routine
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms, make_plan
from voiceguide.scheduler.schedule import schedule
from voiceguide.scheduler.timeline import Role
from voiceguide.speech.clips import Clips
from voiceguide.units import SAMPLE_RATE, frames

pytestmark = needs_module("espeakng_loader")

IDLE_FRAMES = frames(2_000)
USUAL = Levels()


@pytest.fixture(scope="module")
def bed() -> Bed:
    return levelled(load_ambience("warm-pad"), Levels().music_gain)


def session(clips: Clips, bed: Bed, name: str, end: str, levels: Levels = USUAL, chimes: str = "bowl") -> Mix:
    """Return a routine at its ``least`` or ``most``."""
    routine = load_routine(name)
    plan = make_plan(routine, Terms(Options(), phrases("en"), clips.length_ms))
    budget_ms = plan.least_ms if end == "least" else plan.most_ms
    made = schedule(routine, Terms(Options(budget_ms=budget_ms), phrases("en"), clips.length_ms))
    return Mix(made.timeline, SoundBank(clips, chimes), bed, levels)


def spans(mix: Mix) -> list[tuple[int, int]]:
    return [(frames(cue.at_ms), frames(cue.end_ms)) for cue in mix.timeline.cues if cue.role is Role.SPEECH]


def speech_stem(mix: Mix) -> np.ndarray:
    """Return all sentences, one after the other: mono, which is as loud as in both channels at -3 dB."""
    cues = [cue for cue in mix.timeline.cues if cue.role is Role.SPEECH]
    return np.concatenate([mix._bank.samples(cue) for cue in cues]) * np.float32(mix._gains[Role.SPEECH])


def music_stem(mix: Mix, places: list[tuple[int, int]]) -> np.ndarray:
    return np.concatenate(
        [
            as_buffer(mix.bed.read(start, stop)) * mix.music_curve(start, stop)[:, None]
            for start, stop in places
        ]
    )  # fmt: skip


def idle_places(mix: Mix) -> list[tuple[int, int]]:
    """Return pieces in the middle of gaps between sentences where the music is up."""
    middles = [(stop + start) // 2 for (_, stop), (start, _) in pairwise(spans(mix)) if start - stop > frames(6_000)]
    return [(middle - IDLE_FRAMES // 2, middle + IDLE_FRAMES // 2) for middle in middles]


def highest_peak_db(mix: Mix) -> float:
    """Return the true peak of all that is more than music."""
    highest = -100.0
    for start, stop in ((span.start, span.stop) for span in mix._busy):
        for at in range(start, stop, frames(10_000)):
            block = as_buffer(mix.block(at, min(stop, at + frames(10_000))))
            if np.abs(block).max(initial=0.0) > 0.4:
                highest = max(highest, true_peak_db(block))
    return highest


@pytest.mark.parametrize("end", ["least", "most"])
@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_the_stems_of_a_session_are_balanced(clips, bed, name, end):
    mix = session(clips, bed, name, end)

    speech_lufs = integrated_lufs(speech_stem(mix), SAMPLE_RATE)
    under_lufs = integrated_lufs(music_stem(mix, spans(mix)[::3]), SAMPLE_RATE)
    idle_lufs = integrated_lufs(music_stem(mix, idle_places(mix)[:30]), SAMPLE_RATE)

    assert speech_lufs == pytest.approx(-18.0, abs=0.5)
    assert under_lufs <= speech_lufs - 20.0
    assert speech_lufs - 10.0 <= idle_lufs <= speech_lufs - 8.0
    assert highest_peak_db(mix) <= -1.0


def test_our_measure_is_that_of_pyloudnorm_on_a_whole_stem(clips, bed):
    stem = speech_stem(session(clips, bed, "oil-and-glide", "least"))

    assert integrated_lufs(stem, SAMPLE_RATE) == pytest.approx(
        pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(stem.astype(np.float64)), abs=0.05
    )


@pytest.mark.parametrize("chimes", chime_sets())
def test_all_levels_at_their_highest_stay_under_the_border(clips, chimes):
    levels = Levels(music_db=6.0, chime_db=6.0)
    loud = levelled(load_ambience("ocean"), levels.music_gain)

    mix = session(clips, loud, "oil-and-glide", "least", levels, chimes)

    assert highest_peak_db(mix) <= -1.0


@pytest.mark.parametrize("name", ambiences())
def test_who_does_not_hear_well_has_the_words_30_db_over_any_music(clips, name):
    mix = session(clips, levelled(load_ambience(name), ACCESSIBLE.music_gain), "oil-and-glide", "least", ACCESSIBLE)

    speech_lufs = integrated_lufs(speech_stem(mix), SAMPLE_RATE)

    assert integrated_lufs(music_stem(mix, spans(mix)), SAMPLE_RATE) <= speech_lufs - 30.0


@pytest.mark.parametrize("name", ambiences())
def test_words_are_understood_over_any_music(clips, name):
    """STOI of the mix against the speech alone (Taal et al. 2011); 1 is as good as alone."""
    import pystoi

    mix = session(clips, levelled(load_ambience(name), Levels().music_gain), "oil-and-glide", "least")
    places = spans(mix)[:20]
    alone = np.concatenate([mix.voices(*place)[:, 0] for place in places])
    heard = np.concatenate([as_buffer(mix.block(*place))[:, 0] for place in places])

    assert pystoi.stoi(alone, heard, SAMPLE_RATE) >= 0.95


def steps_over_their_surroundings(sound: np.ndarray) -> float:
    """Return how many times steeper a step between two frames is than all others nearby, at the worst place.

    A click stands alone; the steepest step of a voice, a chime or music has others like it within 12 ms.
    """
    steps = np.abs(np.diff(sound.astype(np.int32), axis=0)).max(axis=1)
    by_ms = steps[: len(steps) // 48 * 48].reshape(-1, 48).max(axis=1)
    padded = np.pad(by_ms, 12, mode="reflect")
    near = np.lib.stride_tricks.sliding_window_view(padded, 25)
    around = np.maximum(near[:, :11].max(axis=1), near[:, 14:].max(axis=1))
    return float((by_ms / np.maximum(around, 20)).max())


def test_no_step_in_a_session_stands_out_from_the_sound_around_it(clips, bed):
    mix = session(clips, bed, "oil-and-glide", "least")
    for start in range(0, mix.length_frames, frames(20_000)):
        block = mix.block(start, min(mix.length_frames, start + frames(20_000)))
        assert steps_over_their_surroundings(block) < 3.0, start


@pytest.mark.parametrize("planted", ["a cut word", "a jump in the music", "a lost millisecond"])
def test_a_click_that_is_planted_is_found(clips, bed, planted):
    mix = session(clips, bed, "oil-and-glide", "least")
    start, stop = spans(mix)[3]
    sound = mix.block(start - frames(4_000), stop).copy()
    if planted == "a cut word":
        loudest = frames(4_000) + int(np.abs(sound[frames(4_000) :, 0].astype(int)).argmax())
        sound[loudest:] = as_block(np.zeros_like(sound[loudest:], np.float32))
    elif planted == "a jump in the music":
        sound[frames(1_000) :] = np.roll(sound[frames(1_000) :], -frames(777), axis=0)
    else:
        high = frames(500) + int(sound[frames(500) : frames(3_000), 0].argmax())
        sound[high : high + 48] = 0

    assert steps_over_their_surroundings(sound) > 3.0
