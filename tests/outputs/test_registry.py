"""How an output is chosen, and what is said where there is none."""

from pathlib import Path

import pytest
from needs import needs_command, needs_module

from voiceguide.errors import OutputError, TargetError
from voiceguide.outputs import registry
from voiceguide.outputs.encoders import ENCODERS
from voiceguide.outputs.process import PLAYERS
from voiceguide.outputs.wav import WavOutput


def test_the_tables_and_the_modules_agree():
    assert set(registry.DEVICES) == {"miniaudio", *PLAYERS, *registry.BY_NAME_ONLY}
    assert set(registry.FILES) == {".wav", *ENCODERS}
    for name, place in registry.DEVICES.items():
        assert registry._factory(place)().name == name


@needs_command("pacat")
def test_the_best_device_is_taken(ear_at):
    ear_at("pulseaudio")

    output = registry.open_device()

    output.abort()
    assert output.name == "pacat"


@needs_module("miniaudio")
def test_without_the_programs_of_a_sound_server_its_device_is_taken_all_the_same(
    ear_at, monkeypatch: pytest.MonkeyPatch
):
    ear_at("pulseaudio")
    monkeypatch.setenv("PATH", "/nowhere")

    output = registry.open_device()

    output.abort()
    assert output.name == "miniaudio"


@needs_command("pacat")
def test_the_next_device_is_taken_where_the_best_is_missing(ear_at, monkeypatch: pytest.MonkeyPatch):
    ear_at("pulseaudio")
    monkeypatch.setattr(
        registry, "DEVICES", {"best": "voiceguide.outputs.process:aplay", "pacat": registry.DEVICES["pacat"]}
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/nowhere")

    output = registry.open_device()

    output.abort()
    assert output.name == "pacat"


@needs_command("pacat")
def test_a_device_is_taken_by_its_name(ear_at):
    ear_at("pulseaudio")

    output = registry.open_device("pacat")

    output.abort()
    assert output.name == "pacat"


def test_an_unknown_device_gets_a_near_name():
    with pytest.raises(OutputError, match="no output called 'pcat'") as error:
        registry.open_device("pcat")

    assert "did you mean pacat?" in error.value.hint
    assert "miniaudio" in error.value.hint


def test_without_any_device_it_is_said_what_was_tried_and_what_to_do(no_server: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(OutputError) as error:
        registry.open_device()

    for name in registry.DEVICES.keys() - registry.BY_NAME_ONLY:
        assert name in error.value.message
    assert "voiceguide export" in error.value.hint


def test_a_file_output_is_chosen_by_its_ending_in_any_case(tmp_path: Path):
    for name in ("a.wav", "b.WAV", "c.Wav"):
        assert isinstance(registry.file_output(tmp_path / name), WavOutput)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("a.mp4", r"\.mp4 files are unknown", "did you mean .mp3?"),
        ("a.xyz", r"\.xyz files are unknown", "there are .wav, .flac, .mp3, .opus, .ogg, .m4a, .m4b"),
        ("a", "cannot tell what kind of file", "end the name with one of .wav, .flac"),
        (".wav", "cannot tell what kind of file", "end the name with one of .wav, .flac"),
    ],
)
def test_an_unknown_ending_gets_the_known_ones(tmp_path: Path, name: str, message: str, hint: str):
    with pytest.raises(TargetError, match=message) as error:
        registry.file_output(tmp_path / name)

    assert hint in error.value.hint


def test_a_target_is_checked_before_any_work(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.touch()

    with pytest.raises(TargetError, match="exists already"):
        registry.check_target(path)
    with pytest.raises(TargetError, match="exists already"):
        registry.file_output(path)

    registry.check_target(path, overwrite=True)


def test_a_target_that_needs_ffmpeg_is_refused_without_it(tmp_path: Path, no_ffmpeg: None):
    with pytest.raises(TargetError, match=r"\.mp3 files need ffmpeg") as error:
        registry.check_target(tmp_path / "a.mp3")

    assert "imageio-ffmpeg" in error.value.hint
    registry.check_target(tmp_path / "a.wav")


def test_the_doctor_is_told_what_to_do_about_each(no_server: None, no_ffmpeg: None):
    report = {name: (kind, hint) for kind, name, hint in registry.describe()}

    assert list(report) == [*registry.DEVICES, *registry.FILES]
    assert report[".wav"] == ("file", None)
    assert "imageio-ffmpeg" in report[".mp3"][1]
    for name in registry.DEVICES:
        assert report[name][0] == "output"
        assert report[name][1]


@needs_module("miniaudio")
@needs_command("ffmpeg")
def test_the_doctor_is_told_what_is_ready(ear_at):
    ear_at("pulseaudio")

    ready = {name for _, name, hint in registry.describe() if hint is None}

    assert ready >= {"miniaudio", *registry.FILES}
