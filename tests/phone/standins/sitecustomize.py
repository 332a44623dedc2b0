"""Makes Python believe that it runs on a phone: the platform, and what cannot be had there.

What lies on the phone's PATH is the fixture's matter.
"""

import ctypes
import ctypes.util
import importlib.machinery
import platform
import sys
import sysconfig

HAD = {
    "annotated_doc", "markdown_it", "mdurl", "mutagen", "numpy", "platformdirs", "pygments", "pyttsx3", "rich",
    "shellingham", "typer", "voiceguide", "wakepy", "yaml", "_yaml",
}  # fmt: skip
"""What is there besides Python itself: what voiceguide depends on there, which a test asks pyproject.toml for."""

COMPILED = {"numpy"}
"""What Termux packages; whatever else has parts to compile has to do without them."""

_find, _load = importlib.machinery.PathFinder.find_spec, ctypes.CDLL.__init__


def _find_spec(name, *rest):
    found, package = _find(name, *rest), name.partition(".")[0]
    if found is None:
        return None
    places = [found.origin or "", *(found.submodule_search_locations or ())]
    if not any("site-packages" in place or "dist-packages" in place for place in places):
        return found
    is_compiled = isinstance(found.loader, importlib.machinery.ExtensionFileLoader)
    return found if package in HAD and (package in COMPILED or not is_compiled) else None


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
