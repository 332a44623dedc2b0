"""Fixtures for tests on a phone."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
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
