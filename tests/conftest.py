"""Fixtures for every test: folders of its own, and a real sound server that nobody hears."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from needs import REQUIRE_ALL
from null_sink import PROGRAMS, NullSink, null_sink_server

if TYPE_CHECKING:
    from voiceguide.speech.clips import Clips


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-all", action="store_true", help="fail, rather than skip, where the machine lacks a part"
    )
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    # In the background of a shell they are ignored, and so they would be by all that the tests start and interrupt.
    for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    # A busy machine is slow now and then, which is no failure.
    settings.register_profile("usual", deadline=None)
    # Where every run must tell the same, and thoroughly: in CI.
    settings.register_profile("thorough", deadline=None, derandomize=True, max_examples=400)
    settings.load_profile("usual")
    if config.getoption("--require-all"):
        os.environ[REQUIRE_ALL] = "1"
        settings.load_profile("thorough")


LIVE = (
    "cli/test_play.py",
    "outputs/test_contract.py",
    "outputs/test_miniaudio.py",
    "outputs/test_process.py",
    "outputs/test_simpleaudio.py",
    "player/test_device.py",
    "phone/test_call.py",
    "phone/test_cost.py",
    "phone/test_handing.py",
    "phone/test_sound.py",
    "phone/test_voice.py",
    "player/test_mpris.py",
    "test_live_bench.py",
)
"""What listens to sound while it plays, or waits for other programs: a busy machine would be heard."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix() in LIVE:
            item.add_marker(pytest.mark.live)


@pytest.fixture
def missing_part_is_a_failure() -> None:
    pytest.fail("this machine lacks a part that the test needs, and --require-all was given")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test out of the person's own settings, cache and routines."""
    from voiceguide import paths

    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    (home / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    paths._dirs.cache_clear()


@pytest.fixture(scope="session")
def _null_sink_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NullSink | None]:
    if not all(map(shutil.which, PROGRAMS)):
        yield None
        return
    with null_sink_server(tmp_path_factory.mktemp("pulse")) as server:
        yield server


@pytest.fixture
def null_sink(_null_sink_server: NullSink | None, monkeypatch: pytest.MonkeyPatch) -> NullSink:
    """Give a real sound server; this process plays into it too."""
    if _null_sink_server is None:
        reason = "needs PulseAudio: pulseaudio, pactl and parec"
        (pytest.fail if os.environ.get(REQUIRE_ALL) else pytest.skip)(reason)
    for name in ("PULSE_SERVER", "PULSE_COOKIE", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, _null_sink_server.env[name])
    return _null_sink_server


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Clips"]:
    """Give real speech by eSpeak, kept for the whole run and apart from the person's own cache."""
    from voiceguide.speech.clips import open_clips

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voiceguide.paths.cache_folder", lambda: tmp_path_factory.getbasetemp() / "clips")
        with open_clips("espeak", "en") as opened:
            yield opened


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare a text with the approved one, or approve it with ``--update-golden``.

    With `within`, the last word of each line is a number that may differ by so much.
    """

    def compare(name: str, text: str, within: float | None = None) -> None:
        approved = Path(__file__).parent / "golden" / name
        if request.config.getoption("--update-golden"):
            approved.write_text(text, "utf-8")
        if within is None:
            assert text == approved.read_text("utf-8")
            return
        for line, other in zip(text.splitlines(), approved.read_text("utf-8").splitlines(), strict=True):
            *words, number = line.split()
            *other_words, other_number = other.split()
            assert words == other_words
            assert float(number) == pytest.approx(float(other_number), abs=within + 0.001), line

    return compare
