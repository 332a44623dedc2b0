"""Where ffmpeg is found."""

import subprocess
import sys
from pathlib import Path

import pytest
from needs import needs_command, needs_module

from voiceguide.media.ffmpeg import INSTALL_HINT, find_ffmpeg


def fake(folder: Path) -> Path:
    program = folder / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_the_system_s_own_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = fake(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_ffmpeg() == program


@needs_module("imageio_ffmpeg")
def test_else_the_one_in_the_package_is_taken_and_it_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")

    program = find_ffmpeg()

    assert program is not None
    assert "imageio_ffmpeg" in program.parts
    said = subprocess.run(
        [str(program), "-hide_banner", "-encoders"], check=True, capture_output=True, text=True
    ).stdout
    for encoder in ("libmp3lame", "libopus", "libvorbis", "aac", "flac"):
        assert f" {encoder} " in said


def test_where_there_is_none_the_answer_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)

    assert find_ffmpeg() is None
    assert "imageio-ffmpeg" in INSTALL_HINT


@needs_module("imageio_ffmpeg")
def test_a_package_without_a_program_is_no_error(monkeypatch: pytest.MonkeyPatch):
    import imageio_ffmpeg

    def none() -> str:
        raise RuntimeError("No ffmpeg exe could be found")

    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", none)

    assert find_ffmpeg() is None


@needs_command("ffmpeg")
def test_looking_costs_no_import(monkeypatch: pytest.MonkeyPatch):
    script = """
import sys
from voiceguide.media.ffmpeg import find_ffmpeg
find_ffmpeg()
print("imageio_ffmpeg" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert run.stdout == "False\n"
