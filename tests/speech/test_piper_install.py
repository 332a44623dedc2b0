"""Voices are downloaded from a server on this machine, which has the layout of Piper's own and may be as bad as any."""

import hashlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from needs import needs, needs_module
from tiny_piper import description, model_bytes

from voiceguide import paths
from voiceguide.errors import SpeechError
from voiceguide.settings import settings
from voiceguide.speech.engine import Quality, VoiceRequest
from voiceguide.speech.piper import PiperEngine
from voiceguide.speech.piper_install import available, install_voice

pytestmark = needs_module("piper", "onnx")

NAME = "en_US-tiny-medium"
MODEL = f"en/en_US/tiny/medium/{NAME}.onnx"
FULL_DISK = Path("/dev/full")


class VoiceServer(ThreadingHTTPServer):
    """Serves voices by HTTP, and does what it is told to do wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        """Path and range of each request."""
        self.most_bytes = sys.maxsize
        """After so many of a model the connection is cut."""
        self.knows_ranges = True
        self.moved: dict[str, str] = {}
        self.broken: dict[str, int] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def offer(self, *names: str) -> None:
        """Put voices into the catalogue."""
        catalogue = json.loads(self.files.get("voices.json", b"{}"))
        for name in names:
            code, dataset, quality = name.split("-")
            path = f"{code.partition('_')[0]}/{code}/{dataset}/{quality}/{name}.onnx"
            told = description(name)
            content = {path: model_bytes(), f"{path}.json": json.dumps(told).encode()}
            self.files |= content
            catalogue[name] = {
                "key": name,
                "language": told["language"],
                "quality": quality,
                "num_speakers": 1,
                "files": {
                    each: {"size_bytes": len(bytes_), "md5_digest": hashlib.md5(bytes_).hexdigest()}
                    for each, bytes_ in content.items()
                },
                "aliases": [],
            }
        self.files["voices.json"] = json.dumps(catalogue).encode()

    def ranges(self, path: str = MODEL) -> list[str | None]:
        return [range_ for asked, range_ in self.asked if asked == path]


class _Answer(BaseHTTPRequestHandler):
    server: VoiceServer

    def do_GET(self) -> None:
        path, wanted = unquote(self.path).lstrip("/"), self.headers["Range"]
        self.server.asked.append((path, wanted))
        if path in self.server.moved:
            self.send_response(302)
            self.send_header("Location", self.server.moved[path])
            self.end_headers()
        elif path in self.server.broken:
            self.send_error(self.server.broken[path])
        elif path not in self.server.files:
            self.send_error(404)
        else:
            self._send(self.server.files[path], wanted, self.server.most_bytes if path == MODEL else sys.maxsize)

    def _send(self, content: bytes, wanted: str | None, most_bytes: int) -> None:
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.knows_ranges else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        with suppress(ConnectionError):  # The other side has had enough.
            self.wfile.write(content[start:][:most_bytes])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def set_address(address: str) -> None:
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[voices]\naddress = "{address}"\n', "utf-8")
    settings.cache_clear()


@pytest.fixture
def server() -> Iterator[VoiceServer]:
    with VoiceServer() as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        served.offer(NAME)
        set_address(served.address)
        yield served
        served.shutdown()
        thread.join()
        settings.cache_clear()


@pytest.fixture
def no_server() -> Iterator[str]:
    with socket.socket() as taken:  # Bound, but nobody listens.
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        set_address(address)
        yield address
        settings.cache_clear()


def lie_there() -> list[str]:
    return sorted(file.name for file in paths.own_voices().iterdir())


def ready() -> list[str]:
    return [voice.name for voice in PiperEngine(VoiceRequest(), lambda: [paths.own_voices()]).voices()]


def is_right(server: VoiceServer) -> bool:
    return lie_there() == [f"{NAME}.onnx", f"{NAME}.onnx.json"] and all(
        (paths.own_voices() / Path(path).name).read_bytes() == server.files[path] for path in (MODEL, f"{MODEL}.json")
    )


def test_a_voice_is_downloaded_and_speaks(server):
    told: list[tuple[int, int]] = []

    voice = install_voice("EN_us-tiny-medium", lambda done, total: told.append((done, total)))

    assert (voice.name, voice.language, voice.quality) == (NAME, "en-US", Quality.NATURAL)
    assert is_right(server)
    total = len(server.files[MODEL]) + len(server.files[f"{MODEL}.json"])
    assert told[-1] == (total, total)
    assert told == sorted(told)
    assert len(PiperEngine(VoiceRequest(voice=NAME)).speak("Breathe out.").samples)


def test_a_voice_that_is_there_is_not_downloaded_again(server):
    install_voice(NAME)
    server.asked.clear()

    assert install_voice(NAME).name == NAME
    assert [path for path, _ in server.asked] == ["voices.json"]


def test_what_is_damaged_here_is_downloaded_again_and_nothing_else(server):
    install_voice(NAME)
    (paths.own_voices() / f"{NAME}.onnx").write_bytes(b"damaged")
    server.asked.clear()

    install_voice(NAME)

    assert is_right(server)
    assert [path for path, _ in server.asked] == ["voices.json", MODEL]


def test_a_connection_that_breaks_is_made_anew_where_it_broke(server):
    server.most_bytes = 2_000

    install_voice(NAME)

    assert is_right(server)
    assert server.ranges() == [None, "bytes=2000-", "bytes=4000-"]


def test_a_server_without_ranges_starts_from_the_beginning(server):
    server.knows_ranges, server.most_bytes = False, 2_000
    with pytest.raises(SpeechError, match="connection broke"):
        install_voice(NAME)
    server.most_bytes = sys.maxsize

    install_voice(NAME)

    assert is_right(server)


def test_a_download_that_failed_is_no_voice_and_goes_on_next_time(server):
    server.most_bytes = 1_000  # Five times: the model has more.
    with pytest.raises(SpeechError, match=r"connection broke after 5,000 of [\d,]+ bytes") as caught:
        install_voice(NAME)
    assert str(paths.own_voices()) in caught.value.hint
    assert lie_there() == [f"{NAME}.onnx.part"]
    assert ready() == []
    server.most_bytes = sys.maxsize
    server.asked.clear()
    told: list[int] = []

    install_voice(NAME, lambda done, _: told.append(done))

    assert is_right(server)
    assert server.ranges() == ["bytes=5000-"]
    assert told[0] > 5_000


def test_ctrl_c_keeps_what_has_come(server):
    def interrupt(done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install_voice(NAME, interrupt)
    assert lie_there() == [f"{NAME}.onnx.part"]
    assert ready() == []

    install_voice(NAME)

    assert is_right(server)


def test_what_came_damaged_goes_and_a_voice_that_was_there_stays(server):
    install_voice(NAME)
    old = server.files[MODEL]
    server.files[MODEL] = old[:-1] + bytes([old[-1] ^ 1])
    (paths.own_voices() / f"{NAME}.onnx").write_bytes(old + b"older")

    with pytest.raises(SpeechError, match="came damaged") as caught:
        install_voice(NAME)

    assert "try again" in caught.value.hint
    assert lie_there() == [f"{NAME}.onnx", f"{NAME}.onnx.json"]
    assert (paths.own_voices() / f"{NAME}.onnx").read_bytes() == old + b"older"


@pytest.mark.parametrize("left", [b"of another file", b"\0" * 100_000])
def test_a_rest_that_does_not_fit_is_not_used_for_ever(server, left):
    paths.own_voices().mkdir(parents=True)
    (paths.own_voices() / f"{NAME}.onnx.part").write_bytes(left)
    if len(left) < len(server.files[MODEL]):
        with pytest.raises(SpeechError, match="came damaged"):
            install_voice(NAME)

    install_voice(NAME)

    assert is_right(server)


def test_a_server_that_sends_too_much_is_cut_off(server):
    server.files[MODEL] += b"\0" * 10_000_000

    with pytest.raises(SpeechError, match="came damaged"):
        install_voice(NAME)

    assert lie_there() == []
    assert len(server.ranges()) == 1


@pytest.mark.parametrize("lost", [MODEL, f"{MODEL}.json"])
def test_a_missing_file_leaves_no_voice(server, lost):
    del server.files[lost]

    with pytest.raises(SpeechError, match="404 Not Found") as caught:
        install_voice(NAME)

    assert f"{server.address}/{MODEL}" in caught.value.hint
    assert ready() == []


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b'{"x": 1}', b'{"x": {"files": {}}}', b"\xff", b'{"\\ud800": 1}', b'{"x":' * 100_000],
)
def test_a_catalogue_that_is_none_is_an_error(server, content):
    server.files["voices.json"] = content

    for ask in (lambda: install_voice(NAME), available):
        with pytest.raises(SpeechError, match="no list of voices") as caught:
            ask()
        assert caught.value.hint


def test_a_server_in_trouble_is_an_error(server):
    server.broken["voices.json"] = 500

    with pytest.raises(SpeechError, match="500 Internal Server Error"):
        available()


def test_a_voice_whose_files_the_catalogue_does_not_name_is_an_error(server):
    server.files["voices.json"] = server.files["voices.json"].replace(b".onnx.json", b".txt")

    with pytest.raises(SpeechError, match=rf"no file {NAME}.onnx.json"):
        install_voice(NAME)


@pytest.mark.parametrize("name", ["../../evil", "..", "en_US/tiny", ""])
def test_a_name_that_is_a_path_is_unknown_even_if_the_catalogue_has_it(server, name):
    catalogue = json.loads(server.files["voices.json"])
    catalogue[name] = catalogue[NAME]
    server.files["voices.json"] = json.dumps(catalogue).encode()

    with pytest.raises(SpeechError, match="no voice"):
        install_voice(name)


def test_an_unknown_voice_is_refused_with_near_names(server):
    with pytest.raises(SpeechError, match="'en_US-tyny-medium'") as caught:
        install_voice("en_US-tyny-medium")

    assert f"did you mean {NAME}?" in caught.value.hint


def test_without_a_network_it_says_so_and_how_to_do_it_by_hand(no_server):
    with pytest.raises(SpeechError, match=r"no connection to 127\.0\.0\.1:") as caught:
        install_voice(NAME)

    assert f"{no_server}/{MODEL} " in caught.value.hint
    assert str(paths.own_voices()) in caught.value.hint
    with pytest.raises(SpeechError, match="no connection"):
        available()


def test_without_a_network_a_voice_that_is_there_is_ready(server):
    install_voice(NAME)
    server.broken["voices.json"] = 503

    assert install_voice(NAME).name == NAME


def test_a_redirection_is_followed(server):
    server.files["elsewhere"] = server.files[MODEL]
    server.moved[MODEL] = f"{server.address}/elsewhere"

    install_voice(NAME)

    assert is_right(server)


@pytest.mark.parametrize(
    ("elsewhere", "why"),
    [("file:///etc/passwd", "302"), ("data:,model", "302"), ("ftp://127.0.0.1/model", "unknown url type")],
)
def test_a_redirection_away_from_the_web_is_refused(server, elsewhere, why):
    server.moved[MODEL] = elsewhere

    with pytest.raises(SpeechError, match=why):
        install_voice(NAME)

    assert lie_there() == []


def test_a_redirection_in_a_circle_is_an_error(server):
    server.moved[MODEL] = f"{server.address}/{MODEL}"

    with pytest.raises(SpeechError, match="302"):
        install_voice(NAME)


def test_a_folder_that_cannot_be_made_is_an_error(server):
    paths.own_voices().parent.parent.mkdir(parents=True, exist_ok=True)
    paths.own_voices().parent.write_text("a file stands in the way")

    with pytest.raises(SpeechError, match="cannot be written") as caught:
        install_voice(NAME)

    assert caught.value.hint


@needs(FULL_DISK.exists(), "no /dev/full")
def test_a_full_disk_is_an_error(server):
    paths.own_voices().mkdir(parents=True)
    (paths.own_voices() / f"{NAME}.onnx.part").symlink_to(FULL_DISK)

    with pytest.raises(SpeechError, match="No space left") as caught:
        install_voice(NAME)

    assert "make room" in caught.value.hint


def test_the_voices_that_can_be_had_are_listed_by_language(server):
    server.offer("de_DE-thorsten-high", "pt_PT-tugão-x_low")

    assert [voice.name for voice in available()] == ["de_DE-thorsten-high", NAME, "pt_PT-tugão-x_low"]
    assert [(voice.name, voice.language) for voice in available("de-AT")] == [("de_DE-thorsten-high", "de-DE")]
    assert available("fr") == []


def test_a_name_with_an_accent_is_downloaded(server):
    server.offer("pt_PT-tugão-medium")

    assert install_voice("pt_PT-tugão-medium").name == "pt_PT-tugão-medium"
