"""Makes Python believe that it runs on a phone: the platform, and what cannot be had there.

What lies on the phone's PATH is the fixture's matter.
"""

import ctypes
import ctypes.util
import importlib.machinery
import platform
import sys
import sysconfig

ABSENT = {
    "espeakng_loader", "miniaudio", "imageio_ffmpeg", "simpleaudio", "piper", "onnxruntime", "matplotlib", "msgspec",
    "pydantic", "pydantic_core",
}  # fmt: skip
"""Packages without a wheel for Android."""

_find, _load = importlib.machinery.PathFinder.find_spec, ctypes.CDLL.__init__


def _find_spec(name, *rest):
    return None if name.partition(".")[0] in ABSENT else _find(name, *rest)


def _init(self, name, *rest, **more):
    if "espeak" in str(name):
        raise OSError(f"dlopen failed: library {name!r} not found")
    _load(self, name, *rest, **more)


# What this Python was built with is found by the platform that it was built for.
sysconfig.get_config_vars()
sys.platform = "android"
sys.getandroidapilevel = lambda: 24
platform.system = lambda: "Android"
importlib.machinery.PathFinder.find_spec = _find_spec
ctypes.CDLL.__init__ = _init
# It asks a compiler, and there is none.
ctypes.util.find_library = lambda _name: None
