import os
import shlex
import subprocess
from pathlib import Path

import pytest
from needs import needs_command

from voiceguide.guide import Options, Request
from voiceguide.guide.phone import plain_name
from voiceguide.guide.shortcuts import write_shortcut

pytestmark = needs_command("bash")

ROUTINE = """\
format: 1
title: Odd
sections:
  - title: All
    steps:
      - {title: Glide, say: Glide up., time: 1-2 min}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A phone's home; what shortcuts start writes down what it is told."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERMUX_VERSION", "0.118")
    program = tmp_path / "own voiceguide"
    program.write_text(
        f"#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done >{shlex.quote(str(tmp_path / 'said'))}\n"
    )
    program.chmod(0o700)
    monkeypatch.setattr("voiceguide.player.controls.action.own_program", lambda: [str(program)])
    return tmp_path


@pytest.mark.parametrize("name", ["$(touch owned)", "a'b\"c", "`touch owned`; rm *", "-rf", "ü ñ", "a\nb", "!!", "~"])
def test_a_hostile_name_is_a_word_and_no_command(home, name):
    routine = home / f"{name}.yaml"
    routine.write_text(ROUTINE, "utf-8")

    *scripts, _ = write_shortcut(Request(routine=str(routine)), ["--voice", name])

    for script in scripts:
        (home / "said").unlink(missing_ok=True)
        subprocess.run(["bash", script], check=True, cwd=home, env={"PATH": os.environ["PATH"]})
        assert (home / "said").read_text() in (
            f"play\n{routine}\n--voice\n{name}\n", f"play\n{routine}\n--voice\n{name}\n--quiet\n",
        )  # fmt: skip
        assert script.name == f"{plain_name(name)}.sh"
    assert not (home / "owned").exists()


def test_a_routine_of_the_library_goes_by_its_name_and_a_file_by_its_path(home, monkeypatch):
    (home / "near.yaml").write_text(ROUTINE, "utf-8")
    monkeypatch.chdir(home)

    said = []
    for routine in ("slow-strokes", "./near.yaml"):
        script, *_ = write_shortcut(Request(routine=routine), [])
        said.append(shlex.split(script.read_text())[shlex.split(script.read_text()).index("play") + 1])

    assert said == ["slow-strokes", str(home / "near.yaml")]


def test_sounds_and_recordings_of_the_persons_own_are_found_from_any_folder(home, monkeypatch):
    monkeypatch.chdir(home)
    for name in ("calm.mp3", "rain", "none", "en"):
        (home / name).touch()
    (home / "mine").mkdir()

    def written(*options: str) -> list[str]:
        script, *_ = write_shortcut(Request(routine="slow-strokes"), options, overwrite=True)
        words = shlex.split(script.read_text())
        return words[words.index("slow-strokes") + 1 :][: len(options)]

    assert written("--music", "calm.mp3", "--voice", "recorded:mine") == [
        "--music", f"{home}/calm.mp3", "--voice", f"recorded:{home}/mine",
    ]  # fmt: skip
    for options in (["--music", "rain", "--voice", "espeak:en"], ["--music", "none"], ["--music", "gone.mp3"]):
        assert written(*options) == options


def test_a_link_is_replaced_and_what_it_leads_to_stays(home):
    elsewhere = home / "elsewhere"
    elsewhere.write_text("# Written by 'voiceguide phone shortcut'.")
    (home / ".shortcuts").mkdir()
    (home / ".shortcuts" / "slow-strokes-8.sh").symlink_to(elsewhere)

    request = Request(routine="slow-strokes", options=Options(budget_ms=480_000))
    script, *_ = write_shortcut(request, [], overwrite=True)

    assert not script.is_symlink()
    assert elsewhere.read_text().startswith("# Written")
