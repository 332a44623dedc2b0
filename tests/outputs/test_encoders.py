"""What each quality of each kind is."""

import subprocess
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen.mp3 import BitrateMode
from needs import needs_command

from voiceguide.outputs.encoders import ENCODERS, encoder
from voiceguide.outputs.registry import file_output

pytestmark = needs_command("ffmpeg", "ffprobe")

LOSSY = [kind for kind in ENCODERS if kind != ".flac"]


def written(path: Path, quality: str) -> Path:
    rng = np.random.default_rng(1)
    output = file_output(path, quality=quality)
    output.open()
    for _ in range(4):
        output.write(np.convolve(rng.normal(0, 900, 96_000), np.ones(6), "same").reshape(-1, 2).astype(np.int16))
    output.close()
    return path


@pytest.mark.parametrize("kind", ENCODERS)
def test_every_kind_has_the_three_qualities_that_the_command_offers(kind: str):
    assert {"small", "good", "best"} <= set(ENCODERS[kind])


@pytest.mark.parametrize("kind", LOSSY)
def test_a_better_quality_takes_more_room(tmp_path: Path, kind: str):
    sizes = [written(tmp_path / f"{quality}{kind}", quality).stat().st_size for quality in ("small", "good", "best")]

    assert sizes[0] * 1.1 < sizes[1] < sizes[2] / 1.1


@pytest.mark.parametrize(("quality", "rate"), [("small", 128), ("good", 160), ("best", 192), ("audiobook", 192)])
def test_an_mp3_has_a_constant_rate_so_that_jumps_are_exact(tmp_path: Path, quality: str, rate: int):
    info = mutagen.File(written(tmp_path / "x.mp3", quality)).info

    assert info.bitrate == pytest.approx(rate * 1000, rel=0.01)
    assert info.bitrate_mode == BitrateMode.CBR


@pytest.mark.parametrize("quality", ["small", "good", "best"])
def test_a_flac_of_any_quality_holds_the_same_sound(tmp_path: Path, quality: str):
    words = ["ffmpeg", "-v", "error", "-i", written(tmp_path / "x.flac", quality), "-f", "md5", "-"]
    plain = ["ffmpeg", "-v", "error", "-i", written(tmp_path / "x.wav", "good"), "-f", "md5", "-"]

    assert subprocess.check_output(words) == subprocess.check_output(plain)


def test_only_mp3_is_made_for_audiobooks():
    assert [kind for kind in ENCODERS if "audiobook" in ENCODERS[kind]] == [".mp3"]
    with pytest.raises(KeyError):
        encoder(".opus", "audiobook")
