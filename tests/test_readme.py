"""Every command of the README, word for word, as a new user would try it."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from needs import needs_module

pytestmark = needs_module("espeakng_loader")

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SHELL = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
ELSEWHERE = {
    "scripts/test": "this is it",
    "scripts/voiceguide play eleven-steps --minutes 30": "played for real, and shorter, in cli/test_play.py",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `scripts/` is found and the README's own routine lies."""
    made = tmp_path_factory.mktemp("reader")
    (made / "scripts").symlink_to(ROOT / "scripts")
    (routine,) = re.findall(r"Save this as `quiet.yaml`:\n\n```yaml\n(.*?)```", README, re.DOTALL)
    (made / "quiet.yaml").write_text(routine, "utf-8")
    return made


@pytest.mark.parametrize("line", [line for line in SHELL if line not in ELSEWHERE])
def test_a_command_of_the_readme_works_word_for_word(folder, line):
    done = subprocess.run(
        shlex.split(line),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )

    assert done.returncode == 0, done.stderr
    for name in re.findall(r"-o (\S+)", line):
        written = folder / name
        for file in written.iterdir() if written.is_dir() else [written]:
            assert file.stat().st_size > 10_000


def test_every_option_that_the_readme_names_is_one():
    help_text = "".join(
        subprocess.run(
            [ROOT / "scripts" / "voiceguide", *words, "--help"],
            capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"},
        ).stdout
        for words in ([], ["show"], ["play"], ["export"], ["new"], ["draft"])
    )  # fmt: skip

    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)):
        assert option in help_text, option


def test_every_routine_is_in_the_readme():
    for file in (ROOT / "voiceguide" / "routine" / "library").glob("*.yaml"):
        assert f"`{file.stem}`" in README
