"""Fixtures for tests on a phone."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import SHORT
from emulated_phone import Phone

from voiceguide.termux import call


@pytest.fixture
def phone() -> Iterator[Phone]:
    """Give a phone of its own; in a folder of short name, because a socket's path has to be short."""
    with tempfile.TemporaryDirectory(prefix="ph-", ignore_cleanup_errors=True) as folder:
        made = Phone(Path(folder))
        call._answered.clear()
        yield made
        made.end()


@pytest.fixture
def short(phone: Phone) -> Path:
    """Give the phone a routine of about a minute."""
    file = phone.home / "short.yaml"
    file.write_text(SHORT, "utf-8")
    return file


@pytest.fixture
def here(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Give a phone that this process runs on, too."""
    for name in os.environ.keys() - phone.env.keys():
        if not name.startswith("PYTEST"):
            monkeypatch.delenv(name)
    for name, value in phone.env.items():
        monkeypatch.setenv(name, value)
    return phone
