"""Whether the emulated phone has what a phone has, and nothing else that lies about here."""

import json
import tomllib
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import pytest
from emulated_phone import LINKED, Phone
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYPROJECT = tomllib.loads((Path(__file__).parent.parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
ANDROID = {
    "sys_platform": "android", "platform_system": "Android", "platform_machine": "aarch64", "os_name": "posix",
    "python_version": "3.14", "python_full_version": "3.14.0", "implementation_name": "cpython",
    "platform_python_implementation": "CPython", "extra": "",
}  # fmt: skip
PACKAGED = {"numpy": "python-numpy"}
"""What Termux packages: `termux-setup` installs it (see ``test_setup.py``), and pip finds it there."""

DOES_WITHOUT = {"pyyaml"}
"""Its source installs without a compiler, and is then slower."""


def needed() -> dict[str, Distribution]:
    """Return what pip would install on a phone, by what the packages say that are installed here."""
    found: dict[str, Distribution] = {}
    lines = list(PYPROJECT["dependencies"])
    while lines:
        requirement = Requirement(lines.pop())
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate(ANDROID)):
            continue
        found[name] = distribution(name)
        lines += found[name].requires or []
    return found


def asked(phone: Phone, program: str, *words: str) -> list[str]:
    """Return what a Python program on the phone prints as JSON."""
    done = phone.run("python", "-c", f"import json, sys\n{program}", stdin=json.dumps(words))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def modules() -> dict[str, set[str]]:
    """Return the packages that can be imported here, and what they came with."""
    return {name: set(map(canonicalize_name, each)) for name, each in packages_distributions().items()}


def test_it_has_what_voiceguide_depends_on_there_and_nothing_else(phone: Phone):
    wanted = {name for name, sources in modules().items() if sources & {*needed(), "voiceguide"}}

    had = asked(phone, "import sitecustomize; print(json.dumps(sorted(sitecustomize.HAD)))")

    assert {name for name in wanted if name.isidentifier()} - {"voiceguide"} == set(had) - {"voiceguide"}


def test_whatever_else_is_installed_here_cannot_be_imported_there(phone: Phone):
    # A part of setuptools is loaded before anybody could keep it from being so; a phone has that too.
    known = {*needed(), "voiceguide", "setuptools"}
    others = [name for name, sources in modules().items() if not sources & known]
    find = "from importlib.util import find_spec\n"

    found = asked(
        phone, f"{find}print(json.dumps([each for each in json.load(sys.stdin) if find_spec(each)]))", *others
    )

    assert {"miniaudio", "pytest"} <= set(others)
    assert found == []


def test_no_part_is_compiled_but_what_termux_packages(phone: Phone):
    tell = "print(json.dumps([yaml.__with_libyaml__, int(numpy.ones(2).sum())]))"

    assert asked(phone, f"import yaml, numpy\n{tell}") == [False, 2]


@pytest.mark.parametrize("name", sorted(needed()))
def test_each_dependency_has_a_wheel_for_every_system_or_a_package_of_termux(name: str):
    tags = [line for line in (needed()[name].read_text("WHEEL") or "").splitlines() if line.startswith("Tag:")]

    assert any(tag.endswith("-none-any") for tag in tags) or name in PACKAGED or name in DOES_WITHOUT


def test_no_program_of_this_machine_is_on_its_path(phone: Phone):
    here = {file.name for folder in ("/usr/bin", "/bin", "/usr/local/bin") for file in Path(folder).glob("*")}
    there = {file.name for file in phone.bin.iterdir()}

    find = "from shutil import which\n"
    found = asked(phone, f"{find}print(json.dumps([each for each in json.load(sys.stdin) if which(each)]))", *here)

    assert set(found) == here & there
    assert here & {"gcc", "git", "perl", "tar"}
    assert there & here <= {*LINKED, "python", "python3", "voiceguide", "pulseaudio", "pactl", "pacat"}
