"""What a test needs from the machine: skipped with its reason when missing, failed under ``--require-all``."""

import importlib.util
import os
import shutil

import pytest

REQUIRE_ALL = "VOICEGUIDE_REQUIRE_ALL"
"""Set by ``pytest --require-all``: what a machine lacks is then a failure."""


def needs_command(*names: str) -> pytest.MarkDecorator:
    """Mark a test that starts these programs."""
    lacking = [name for name in names if shutil.which(name) is None]
    return _needs(lacking, "not on PATH")


def needs_module(*names: str) -> pytest.MarkDecorator:
    """Mark a test that imports these packages."""
    lacking = [name for name in names if importlib.util.find_spec(name) is None]
    return _needs(lacking, "not installed")


def needs(ready: bool, reason: str) -> pytest.MarkDecorator:
    """Mark a test that needs anything else; `reason` says what, when it is not `ready`."""
    return _needs([] if ready else [reason], "")


def _needs(lacking: list[str], why: str) -> pytest.MarkDecorator:
    reason = f"{', '.join(lacking)} {why}".strip()
    if lacking and os.environ.get(REQUIRE_ALL):
        return pytest.mark.usefixtures("missing_part_is_a_failure")
    return pytest.mark.skipif(bool(lacking), reason=reason)
