"""Every command of docs/phone.md, word for word, in its order, on a phone that is set up on the way."""

import re
import shlex
from pathlib import Path

import pytest
from emulated_phone import Phone
from needs import needs_command

pytestmark = needs_command("espeak-ng", "ffmpeg", "sh")

DOCS = (Path(__file__).parent.parent.parent / "docs" / "phone.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)\n *```", DOCS, re.DOTALL)
LINES = [line.strip() for block in BLOCKS for line in block.splitlines()]
ELSEWHERE = {
    "git clone ADDRESS voiceguide": "the checkout is this one",
    "sh voiceguide/scripts/termux-setup": "in test_setup.py",
    "voiceguide ctl status": "after a session there is none: below",
    "voiceguide play --resume": "all sessions here have come to their end: below",
}


@pytest.fixture
def ready(phone):
    """A phone with access to its storage, on which somebody has shared a text."""
    (phone.home / "storage" / "music").mkdir(parents=True)
    (phone.home / "article.txt").write_text("1. Warm the oil in your hands.\n2. Glide up the back for two minutes.\n")
    return phone


def run(phone: Phone, line: str) -> tuple[int, str]:
    """Run a line of the page; a session is ended when it is under way: others play to their end in test_sound.py."""
    words = shlex.split(line)
    if words[:2] != ["voiceguide", "play"]:
        done = phone.run(*words, timeout_s=120)
        return done.returncode, done.stderr
    session, before = phone.start(*words), len(phone.calls("termux-notification"))
    phone.until(lambda: session.poll() is not None or len(phone.calls("termux-notification")) > before)
    phone.run("voiceguide", "ctl", "stop")
    _, told = session.communicate(timeout=60)
    return session.returncode, told


def test_every_line_works_word_for_word_in_its_order(ready):
    for line in LINES:
        if line in ELSEWHERE:
            continue
        code, told = run(ready, line)

        assert code == 0, f"{line}: {told}"
    assert (ready.home / "storage" / "music" / "voiceguide" / "slow-strokes-8.mp3").exists()
    assert (ready.home / "massage.html").exists()
    assert not (ready.state / "held" / "wake-lock").exists()


def test_every_line_that_is_left_out_is_one(ready):
    assert set(ELSEWHERE) <= set(LINES)
    for line in ("voiceguide ctl status", "voiceguide play --resume"):
        assert ready.run(*shlex.split(line)).returncode == 10


def test_every_option_that_it_names_is_one(ready):
    help_text = "".join(
        ready.run("voiceguide", *words, "--help", COLUMNS="200").stdout
        for words in (["play"], ["export"], ["phone", "send"], ["phone", "shortcut"])
    )

    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"pulseaudio --kill", "", DOCS))):
        assert option in help_text, option
