"""The one place that tells a phone from a computer.

Termux is a terminal with Linux programs on Android. Its Python says ``android`` as platform, before 3.13 ``linux``: so
nobody else asks `sys.platform` for a phone.
"""

import os
import sys
from pathlib import Path
from typing import Final

_PREFIX: Final = "/data/data/com.termux/files/usr"


def is_termux() -> bool:
    """Return whether this runs in Termux."""
    return "TERMUX_VERSION" in os.environ or "com.termux" in os.environ.get("PREFIX", "")


def is_android() -> bool:
    """Return whether this runs on a phone or a tablet with Android, in Termux or otherwise."""
    return sys.platform == "android" or hasattr(sys, "getandroidapilevel") or is_termux()


def termux_prefix() -> Path:
    """Return the folder that is to Termux what ``/usr`` is elsewhere: its programs are in ``bin`` there."""
    return Path(os.environ.get("PREFIX") or _PREFIX)
