"""Voice, music and chimes apart."""

from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from needs import needs
from short_session import CUES, TAGS, short_mix, whole

from voiceguide.audio.bed import Silence
from voiceguide.audio.mixer import FADE_OUT_FRAMES
from voiceguide.errors import TargetError
from voiceguide.export.stems import CHIMES, MUSIC, STEMS, VOICE, blocks_of_stems, stems_of, write_stems
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.scheduler.timeline import Role

WITH_FFMPEG = needs(find_ffmpeg() is not None, "no ffmpeg")


def stems_in_memory(mix):
    blocks = list(blocks_of_stems(mix))
    return {name: np.concatenate([each[name] for each in blocks]).astype(np.int32) for name in STEMS}


@pytest.mark.parametrize(("ending", "stem_ending"), [("wav", "wav"), pytest.param("mp3", "flac", marks=WITH_FFMPEG)])
def test_the_files_added_up_are_the_whole_sample_for_sample(tmp_path: Path, ending, stem_ending):
    mix = short_mix()

    write_stems(mix, tmp_path / f"x.{ending}", TAGS)

    files = {tmp_path / f"x.{name}.{stem_ending}" for name in STEMS}
    assert {*tmp_path.iterdir()} == files
    read = [soundfile.read(file, dtype="int16")[0].astype(np.int32) for file in files]
    assert np.array_equal(sum(read), whole(mix))


def test_each_stem_holds_what_its_name_says_and_nothing_else():
    mix = short_mix()

    stems = stems_in_memory(mix)

    for name, role in ((VOICE, Role.SPEECH), (CHIMES, Role.CHIME)):
        sounding = np.zeros(mix.length_frames, bool)
        for cue in CUES:
            if cue.role is role:
                sounding[48 * cue.at_ms : 48 * (cue.end_ms if cue.length_ms else cue.at_ms + 2_500)] = True
        assert not stems[name][~sounding].any()
        assert np.abs(stems[name][sounding]).max() > 3_000


def test_the_music_is_ducked_and_faded_as_in_the_whole():
    mix = short_mix()

    music = stems_in_memory(mix)[MUSIC]

    alone = mix.bed.read(0, mix.length_frames) * mix.music_curve(0, mix.length_frames)[:, None]
    # Three are rounded, and the fourth takes what is left.
    assert np.abs(music - alone).max() <= 2
    spoken = slice(48 * 5_000, 48 * 7_000)
    idle = slice(48 * 500, 48 * 1_500)
    assert music[spoken].std() < 0.5 * music[idle].std()
    assert music[-FADE_OUT_FRAMES // 50 :].std() < 0.1 * music[idle].std()


def test_without_music_its_stem_is_as_good_as_silent():
    assert np.abs(stems_in_memory(short_mix(Silence()))[MUSIC]).max() <= 1


@WITH_FFMPEG
def test_the_stems_tell_what_they_are(tmp_path: Path):
    write_stems(short_mix(), tmp_path / "x.mp3", TAGS)

    told = mutagen.File(tmp_path / "x.voice.flac")
    assert told["TITLE"] == ["Short session (voice)"]
    assert told["CHAPTER001NAME"] == ["Long / strokes"]


def test_an_error_leaves_what_was_there(tmp_path: Path):
    class Broken(Silence):
        def read(self, start, stop):
            if start > 240_000:
                raise TargetError("the disk is full", hint="make room")
            return super().read(start, stop)

    for place in stems_of(tmp_path / "x.wav").values():
        place.write_text("old", "utf-8")

    with pytest.raises(TargetError, match="full"):
        write_stems(short_mix(Broken()), tmp_path / "x.wav", TAGS)

    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {
        f"x.{name}.wav": "old" for name in STEMS
    }
