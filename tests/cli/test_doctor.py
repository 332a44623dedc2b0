import json

from command import machine_without, voiceguide
from needs import needs_module


@needs_module("espeakng_loader")
def test_doctor_tells_what_is_ready_and_what_to_do_about_the_rest():
    done = voiceguide("doctor", "--json")

    parts = {(row["kind"], row["name"]): row["hint"] for row in json.loads(done.stdout)}
    assert done.returncode == 0
    assert parts["voice", "espeak"] is None
    assert parts["file", ".wav"] is None
    assert {name for kind, name in parts if kind == "output"} >= {
        "miniaudio",
        "pacat",
        "pw-cat",
        "aplay",
        "mpv",
        "ffplay",
    }
    assert all(hint for hint in parts.values() if hint is not None)


def test_doctor_hears_a_sound_server(null_sink):
    parts = json.loads(voiceguide("doctor", "--json", env=null_sink.env).stdout)

    assert next(row["hint"] for row in parts if row["name"] == "miniaudio") is None


def test_a_machine_that_cannot_speak_is_told_so_with_what_to_install(tmp_path):
    env = machine_without(
        tmp_path / "bin", modules=("espeakng_loader", "pyttsx3", "imageio_ffmpeg"), libraries=("libespeak",)
    )

    done = voiceguide("doctor", env=env)

    assert done.returncode == 1
    text = " ".join(done.stdout.split())
    assert "espeak" in text
    assert "install" in text


@needs_module("espeakng_loader")
def test_a_machine_that_cannot_decode_the_bundled_sounds_is_told_so(tmp_path):
    env = machine_without(tmp_path / "bin", modules=("miniaudio", "imageio_ffmpeg"))

    done = voiceguide("doctor", "--json", env=env)

    parts = {row["kind"]: row["hint"] for row in json.loads(done.stdout) if row["kind"] == "sound"}
    assert done.returncode == 1
    assert "ffmpeg" in parts["sound"]
