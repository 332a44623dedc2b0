"""The set-up of a phone, as somebody runs it there, once and again."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from needs import needs_command

pytestmark = needs_command("espeak-ng", "sh", "cksum")

ROOT = Path(__file__).parent.parent.parent

PYTHON = """\
case "$1 $2" in
"-m venv")
    echo "$@" >>{log}
    for folder; do :; done
    mkdir -p "$folder/bin"
    cp {venv_python} "$folder/bin/python"
    cp {voiceguide} "$folder/bin/voiceguide"
    exit 0;;
esac
exec {python} "$@"
"""
"""Makes a virtual environment whose pip has installed everything already."""

VENV_PYTHON = """\
#!{sh}
case "$2" in pip) echo "$@" >>{log}; exit 0;; esac
exec {python} "$@"
"""


@pytest.fixture
def checkout(phone) -> Path:
    """The parts of a checkout that the set-up uses, under a name that a shell may stumble over."""
    root = phone.home / "it's here"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "termux-setup", root / "scripts")
    shutil.copy(ROOT / "pyproject.toml", root)
    (phone.bin / "cksum").symlink_to(shutil.which("cksum"))
    venv_python = phone.home / "venv-python"
    python = {"python": sys.executable, "sh": phone.bin / "sh", "log": phone.home / "log"}
    venv_python.write_text(VENV_PYTHON.format(**python))
    venv_python.chmod(0o700)
    (phone.bin / "voiceguide").rename(phone.home / "voiceguide")
    phone._script("python", PYTHON.format(venv_python=venv_python, voiceguide=phone.home / "voiceguide", **python))
    return root


@pytest.fixture
def unchecked(phone, checkout: Path) -> Path:
    """The same, where the check at the end is passed over: it is looked at in tests of its own."""
    program = phone.home / "voiceguide"
    whole = program.rename(phone.home / "whole")
    program.write_text(
        f'#!{phone.bin}/sh\ncase "$1 $2" in "phone status"|"voices try") exit;; esac\nexec {whole} "$@"\n'
    )
    program.chmod(0o700)
    return checkout


def set_up(phone, checkout: Path) -> subprocess.CompletedProcess[str]:
    return phone.run("sh", checkout / "scripts" / "termux-setup", timeout_s=120)


def test_it_sets_up_the_phone_and_speaks(phone, checkout):
    done = set_up(phone, checkout)

    assert done.returncode == 0, done.stderr
    venv, pip = (phone.home / "log").read_text().splitlines()
    assert venv == f"-m venv --clear --system-site-packages {checkout}/.venv"
    assert pip.endswith(f"--only-binary numpy --editable {checkout}")
    assert (phone.home / "storage" / "music").is_dir()
    for folder in (".shortcuts", ".shortcuts/tasks", ".shortcuts/icons"):
        assert stat.S_IMODE((phone.home / folder).stat().st_mode) == 0o700
    assert "You should have heard a voice" in done.stderr
    # Some seconds of a voice came to the speaker.
    assert abs(phone.heard()).max() > 1_000
    assert phone.run("voiceguide", "--version").returncode == 0


def test_again_it_does_nothing_twice(phone, unchecked):
    set_up(phone, unchecked)
    (phone.home / "log").unlink()

    done = set_up(phone, unchecked)

    assert done.returncode == 0, done.stderr
    assert not (phone.home / "log").exists()
    assert phone.calls("pkg") == []
    assert len(phone.calls("termux-setup-storage")) == 1


def test_only_packages_that_are_missing_are_installed(phone, unchecked):
    for program in ("play-audio", "termux-volume"):
        (phone.bin / program).unlink()

    set_up(phone, unchecked)

    assert [call.words for call in phone.calls("pkg")] == [["install", "-y", "play-audio", "termux-api"]]


def test_a_python_that_lacks_what_has_to_be_compiled_is_given_the_package(phone, unchecked):
    python = (phone.bin / "python").rename(phone.home / "python")
    phone._script("python", f'case "$2" in "import numpy") exit 1;; esac\nexec {python} "$@"')

    set_up(phone, unchecked)

    assert [call.words for call in phone.calls("pkg")] == [["install", "-y", "python-numpy"]]


def test_without_the_app_and_without_sound_it_comes_to_its_end_and_says_what_to_do(phone, checkout):
    phone.mood("termux-*", "hangs")
    phone.modules("none")

    done = set_up(phone, checkout)

    assert done.returncode == 0, done.stderr
    assert "No voice could be heard" in done.stderr
    assert "termux-setup-storage" in done.stderr
    assert "Termux:API" in done.stdout


class TestSharingIn:
    def editor(self, phone) -> Path:
        return phone.home / "bin" / "termux-file-editor"

    def test_a_shared_file_is_stored_and_the_window_stays(self, phone, unchecked):
        set_up(phone, unchecked)
        shared = phone.home / "-odd name.txt"
        shared.write_text("1. Warm the oil in your hands.\n2. Glide up the back for two minutes.\n")

        done = phone.run("sh", self.editor(phone), shared.name, stdin="\n")

        assert done.stdout == "odd-name\nPress Enter to close. ", done.stderr
        assert len(list(phone.home.rglob("routines/odd-name.yaml"))) == 1
        assert stat.S_IMODE(self.editor(phone).stat().st_mode) == 0o700
        assert self.editor(phone).read_text().startswith(f"#!{phone.bin}/sh\n")

    def test_an_error_is_plain_and_the_window_stays(self, phone, unchecked):
        set_up(phone, unchecked)
        (phone.home / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")

        done = phone.run("sh", self.editor(phone), phone.home / "photo.jpg", stdin="\n")

        assert done.stdout == "Press Enter to close. "
        assert "error: photo.jpg" in done.stderr
        assert "Traceback" not in done.stderr

    def test_an_editor_of_ones_own_stays(self, phone, unchecked):
        self.editor(phone).parent.mkdir()
        self.editor(phone).write_text("#!/bin/sh\nnano $1\n")

        done = set_up(phone, unchecked)

        assert "is your own" in done.stderr
        assert self.editor(phone).read_text() == "#!/bin/sh\nnano $1\n"


def test_elsewhere_it_says_that_it_is_for_a_phone():
    done = subprocess.run(
        ["sh", ROOT / "scripts" / "termux-setup"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: this is for Termux on a phone",
        " hint: elsewhere, run scripts/voiceguide",
    ]
