"""The page, in a real Chromium: played, steered, left and found again."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from math import atan, degrees
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from chromium import COMMAND, Browser, Tab, chromium
from needs import needs_command

from voiceguide.export.page import SOUND, _part, _words, page
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.phrases import languages
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline
from voiceguide.units import SAMPLE_RATE

pytestmark = needs_command(COMMAND, "ffmpeg", "bash")

LENGTH_MS = 60_000
STARTS_MS = (0, 8_017, 20_000, 33_333, 52_001)
TITLES = ("Welcome", "Glide down the back", "Circles, left side", "Circles, right side", "The end")
SECTIONS = (None, "Warm up", "Lower back", "Lower back", None)
SENTENCES = ((2_000, 1_234, "Take your time."), (8_617, 2_001, "Glide slowly."), (33_933, 3_456, "Now the right side."))

HOSTILE = (
    "</script ><script>window.broken = 1</script>",
    "<!-- <script> ]]> --> &lt;b&gt; &amp; $title",
    "<img src=x onerror='window.broken = 2'>",
    "\"double\" 'single' `back` ${window.broken = 3} \\u003c",
    "two\nlines\r\nand\u2028more\u2029and a tab\t.",
    "🙂 👩🏽‍🦰 背中 مساج",
    "half of a character \ud83c, zero \x00, bell \x07",
    "</title></style><style>* { display: none }</style>",
    "W" * 200,
)


def routine(title: str = "Back massage", **more: object) -> Routine:
    step = Step(title="Glide", say="Glide.", time=None)
    return Routine(format=1, title=title, sections=(Section(title="Back", steps=(step,)),), **more)


def timeline(titles=TITLES, sections=SECTIONS, sentences=SENTENCES, starts_ms=STARTS_MS) -> Timeline:
    places = zip(titles, sections, starts_ms, (*starts_ms[1:], LENGTH_MS), strict=True)
    return Timeline(
        length_ms=LENGTH_MS,
        cues=tuple(Cue(at_ms=at, length_ms=length, role=Role.SPEECH, name=text) for at, length, text in sentences),
        chapters=tuple(Chapter(start_ms=a, end_ms=b, title=t, section=s) for t, s, a, b in places),
    )


def written(folder: Path, sound: Path, made: Timeline | None = None, name="massage.html", **more) -> Path:
    target = folder / name
    with target.open("wb") as file:
        file.writelines(page(more.pop("routine", routine()), made or timeline(), sound, **more))
    return target


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a minute of a tone that rises by 100 Hz a second, so that it tells the moment."""
    target = tmp_path_factory.mktemp("sound") / f"tone{SOUND}"
    at_s = np.arange(LENGTH_MS * SAMPLE_RATE // 1000) / SAMPLE_RATE
    tone = (8_000 * np.sin(2 * np.pi * (500 * at_s + 50 * at_s**2))).astype(np.int16)
    raw = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
    coded = ["-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart"]
    subprocess.run(["ffmpeg", "-v", "error", *raw, *coded, str(target)], input=tone.tobytes(), check=True)
    return target


@pytest.fixture(scope="module")
def massage(tmp_path_factory: pytest.TempPathFactory, sound: Path) -> Path:
    more = routine(summary="A whole back.", cautions=("Never press on the spine.",))
    return written(tmp_path_factory.mktemp("page"), sound, routine=more)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """Give a tab in which nothing may go wrong without being said."""
    with browser.tab() as opened:
        yield opened
        assert opened.complaints() == []


class Served(NamedTuple):
    """A web server on this machine."""

    address: str
    asked: list[str]
    """The paths that were asked for."""


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    servers = []

    def start(folder: Path, policy: str = "") -> Served:
        asked: list[str] = []

        class Handler(SimpleHTTPRequestHandler):
            def end_headers(self) -> None:
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                super().end_headers()

            def log_message(self, *_: object) -> None:
                asked.append(self.path)

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return Served(f"http://127.0.0.1:{server.server_port}", asked)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ready(tab: Tab, address: str | Path) -> Tab:
    tab.open(address.as_uri() if isinstance(address, Path) else address)
    tab.wait_for("!document.querySelector('#hold').disabled && sound.readyState >= 3")
    return tab


def seek(tab: Tab, ms: int) -> None:
    tab.value(f"void (sound.currentTime = {ms / 1000})")
    tab.wait_for("!sound.seeking")


def at_ms(tab: Tab) -> int:
    return round(tab.value("sound.currentTime") * 1000)


def text(tab: Tab, selector: str) -> str:
    return tab.value(f"document.querySelector({selector!r}).innerText")


# ---- The file


def test_the_same_session_gives_the_same_bytes(massage, sound, tmp_path):
    again = written(tmp_path, sound, routine=routine(summary="A whole back.", cautions=("Never press on the spine.",)))

    assert again.read_bytes() == massage.read_bytes()


def test_the_page_adds_little_to_the_sound(massage, sound):
    assert massage.stat().st_size - sound.stat().st_size * 4 / 3 < 40_000


def test_the_sound_is_written_a_piece_at_a_time(tmp_path):
    large = tmp_path / "large.m4a"
    with large.open("wb") as file:
        file.truncate(20_000_000)

    sizes = [len(piece) for piece in page(routine(), timeline(), large)]

    assert max(sizes) < 1_100_000
    assert sum(sizes) > 20_000_000 * 4 / 3


def test_the_page_names_no_address(massage):
    head = massage.read_text("utf-8").partition('<script type="text/plain">')[0]

    assert set(re.findall(r"\w+://[^\s'\"]*", head)) == {"http://www.w3.org/2000/svg"}


def test_the_page_speaks_every_language_of_the_guide():
    assert {frozenset(_words(language)) for language in [*languages(), "de-AT"]} == {frozenset(_words("en"))}


# ---- Playing


def test_it_plays_from_a_file_and_asks_nothing_of_any_address(tab, massage):
    ready(tab, massage)

    tab.click("#hold")
    tab.wait_for("sound.currentTime > 0.3")

    assert text(tab, "#hold") == "Pause"
    assert {address.partition(":")[0] for address in tab.requests()} == {"file", "blob"}
    assert tab.requests().count(massage.as_uri()) == 1


def test_its_policy_lets_no_request_out(browser, massage, serve):
    with browser.tab() as tab:
        server = serve(massage.parent)
        ready(tab, f"{server.address}/massage.html")

        tab.value("""Promise.allSettled([
            fetch("/fetched"),
            new Promise((done) => Object.assign(new Image(), { onerror: done, src: "/seen" })),
            new Promise((done) => Object.assign(new Audio(), { onerror: done, src: "/heard" })),
            navigator.sendBeacon("/sent"),
        ])""")
        tab.value("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 1\">')")

        assert server.asked == ["/massage.html"]
        assert tab.value("window.broken") is None


def test_a_step_is_heard_from_its_first_moment(tab, massage, serve):
    ready(tab, f"{serve(massage.parent).address}/massage.html")
    tab.value("""(async () => {
        const context = new AudioContext({ sampleRate: 48000 });
        window.ear = new AnalyserNode(context, { fftSize: 4096 });
        context.createMediaElementSource(sound).connect(ear).connect(context.destination);
        await context.resume();
        sound.currentTime = 50; // Somewhere else.
    })()""")

    tab.click("nav li:nth-child(2) button")  # of its section: the right side
    tab.wait_for("sound.currentTime > 33.8")

    wave, now_s = tab.value("""(() => {
        const wave = new Float32Array(4096);
        ear.getFloatTimeDomainData(wave);
        return [[...wave], sound.currentTime];
    })()""")
    up = np.flatnonzero(np.diff(np.signbit(wave).astype(int)) == -1)
    heard_s = ((len(up) - 1) * SAMPLE_RATE / (up[-1] - up[0]) - 500) / 100
    assert heard_s == pytest.approx(now_s - len(wave) / 2 / SAMPLE_RATE, abs=0.15)


def test_it_ends_and_starts_again(tab, massage):
    ready(tab, massage)
    tab.press("End")
    tab.click("#hold")
    seek(tab, LENGTH_MS - 300)

    tab.wait_for("sound.ended")
    tab.wait_for("document.querySelector('#hold').innerText === 'Start again'")
    assert text(tab, "#status") == "That was all."
    tab.click("#hold")
    tab.wait_for("!sound.paused && sound.currentTime > 0.1 && sound.currentTime < 5")

    assert text(tab, "#step") == "Welcome"
    assert not tab.value("document.querySelector('#status').checkVisibility()")


# ---- Steering


def test_keys_go_by_step_and_the_space_bar_holds(tab, massage):
    ready(tab, massage)

    places = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "ArrowLeft", "Home", "ArrowLeft"):
        tab.press(key)
        places.append(at_ms(tab))
    tab.press(" ")
    tab.wait_for("!sound.paused")
    tab.press(" ")
    tab.wait_for("sound.paused")

    _, second, third, fourth, last = STARTS_MS
    assert places == [second, third, second, last, last, fourth, 0, 0]


def test_buttons_go_by_step_and_the_space_bar_still_holds(tab, massage):
    ready(tab, massage)

    tab.click("#next")
    tab.click("#next")
    tab.click("#previous")
    assert at_ms(tab) == STARTS_MS[1]
    tab.press(" ")

    tab.wait_for("!sound.paused")
    assert STARTS_MS[1] <= at_ms(tab) < STARTS_MS[1] + 3_000


@pytest.mark.parametrize(("into_ms", "to"), [(4_900, 1), (5_100, 2)])
def test_back_is_the_step_before_for_five_seconds_and_then_the_start_of_this_one(tab, massage, into_ms, to):
    ready(tab, massage)
    seek(tab, STARTS_MS[2] + into_ms)

    tab.press("ArrowLeft")

    assert at_ms(tab) == STARTS_MS[to]


def test_the_list_jumps_plays_and_tells_where_one_is(tab, massage):
    ready(tab, massage)
    shown = text(tab, "nav").split("\n")
    assert shown[:6] == ["All steps", "Welcome", "0:00", "Warm up", "Glide down the back", "0:08"]

    tab.click("nav h3 + ol button")
    tab.wait_for("!sound.paused")

    assert text(tab, "#step") == text(tab, "[aria-current=step] b") == TITLES[1]
    assert text(tab, "#after") == f"Next {TITLES[2]}"
    assert tab.value("document.querySelectorAll('[aria-current]').length") == 1


def test_it_shows_the_progress_of_the_step_and_of_the_whole(tab, massage):
    ready(tab, massage)

    seek(tab, STARTS_MS[2] + 5_000)
    tab.wait_for("document.querySelector('#step').innerText.startsWith('Circles, left')")

    assert text(tab, "#session-left") == "0:35 left"
    assert text(tab, "#step-left") == "0:08 left"
    assert tab.value("document.querySelector('#step-bar').position") == pytest.approx(5_000 / 13_333, abs=0.01)
    assert tab.value("document.querySelector('#session-bar').position") == pytest.approx(25 / 60, abs=0.01)


SYSTEM = """
window.handlers = {};
const set = MediaSession.prototype.setActionHandler;
MediaSession.prototype.setActionHandler = function (name, act) {
  handlers[name] = act;
  return set.call(this, name, act);
};
"""
"""Listens in on what the page tells the lock screen."""


def test_lock_screen_and_headset_hold_skip_and_seek(tab, massage):
    tab.before(SYSTEM)
    ready(tab, massage)

    tab.value("handlers.play()")
    tab.wait_for("!sound.paused")
    assert tab.value("navigator.mediaSession.playbackState") == "playing"
    tab.value("handlers.pause()")
    tab.wait_for("navigator.mediaSession.playbackState === 'paused'")
    places = []
    for call in ("nexttrack()", "nexttrack()", "previoustrack()", "seekto({ seekTime: 40.5 })"):
        tab.value(f"void handlers.{call}")
        places.append(at_ms(tab))

    assert places == [STARTS_MS[1], STARTS_MS[2], STARTS_MS[1], 40_500]
    told = tab.value("(({ title, artist, album }) => [title, artist, album])(navigator.mediaSession.metadata)")
    assert told == ["Circles, right side", "Lower back", "Back massage"]


LOCKS = """
window.locks = [];
const request = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  const lock = await request.call(this, kind);
  locks.push(lock);
  return lock;
};
"""


def test_the_screen_stays_on_while_it_plays_and_only_then(tab, massage):
    tab.before(LOCKS)
    ready(tab, massage)

    tab.press(" ")
    tab.wait_for("locks.length === 1 && !locks[0].released")
    tab.value("locks[0].release()")  # as the system does while the page is hidden
    tab.value("void document.dispatchEvent(new Event('visibilitychange'))")
    tab.wait_for("locks.length === 2 && !locks[1].released")
    tab.press(" ")
    tab.wait_for("locks[1].released")


# ---- Remembering


def test_after_a_reload_it_goes_on_where_it_was(tab, massage):
    ready(tab, massage)
    tab.click("nav h3 + ol button")
    seek(tab, 42_000)
    tab.wait_for("sound.currentTime > 42.3")

    tab.reload()
    ready_again = tab.value("document.querySelector('#status').innerText")
    tab.wait_for("!document.querySelector('#hold').disabled && sound.readyState >= 3")

    assert ready_again == "You stopped at 0:42."
    assert text(tab, "#hold") == "Go on"
    assert text(tab, "#step") == "Circles, right side"
    assert 42_000 <= at_ms(tab) < 44_000


def test_it_may_be_started_again_instead(tab, massage):
    ready(tab, massage)
    seek(tab, 42_000)
    tab.reload()
    tab.wait_for("sound.readyState >= 3")

    tab.click("#again")
    tab.wait_for("!sound.paused && sound.currentTime < 5")

    assert text(tab, "#step") == "Welcome"
    assert not tab.value("document.querySelector('#again').checkVisibility()")


def test_another_session_has_a_position_of_its_own(tab, massage, sound):
    other = written(massage.parent, sound, timeline(titles=("Other", *TITLES[1:])), name="other.html")
    ready(tab, massage)
    seek(tab, 42_000)

    ready(tab, other)

    assert at_ms(tab) == 0
    assert text(tab, "#hold") == "Start"


def test_it_works_where_nothing_may_be_stored(browser, massage, serve):
    with browser.tab() as tab:
        ready(tab, f"{serve(massage.parent, 'sandbox allow-scripts').address}/massage.html")
        tab.click("#hold")
        seek(tab, 42_000)
        tab.wait_for("sound.currentTime > 42.2 && document.querySelector('#step').innerText.includes('right')")

        assert tab.value("(() => { try { return localStorage.length } catch (error) { return error.name } })()") == (
            "SecurityError"
        )
        assert tab.told("Runtime.exceptionThrown") == []


# ---- Captions


def test_captions_and_chapters_are_tracks_exact_to_the_millisecond(tab, massage):
    ready(tab, massage)
    tab.wait_for("[...sound.textTracks].every((track) => track.cues?.length)")

    told = tab.value("""[...sound.textTracks].map((track) => [track.kind, track.language,
        [...track.cues].map((cue) => [cue.startTime * 1000, cue.endTime * 1000, cue.text])])""")

    exact = [[kind, code, [[round(a, 6), round(b, 6), text] for a, b, text in cues]] for kind, code, cues in told]
    ends_ms = (*STARTS_MS[1:], LENGTH_MS)
    assert exact == [
        ["captions", "en", [[start, start + length, said] for start, length, said in SENTENCES]],
        ["chapters", "en", [list(each) for each in zip(STARTS_MS, ends_ms, TITLES, strict=True)]],
    ]


def test_the_sentence_is_shown_while_it_is_said_unless_switched_off(tab, massage):
    ready(tab, massage)
    tab.click("#hold")

    seek(tab, 34_000)
    tab.wait_for("document.querySelector('#caption').innerText === 'Now the right side.'")
    tab.click("#captions")
    assert not tab.value("document.querySelector('#caption').checkVisibility()")
    tab.click("#captions")
    seek(tab, 37_300)
    tab.wait_for("document.querySelector('#caption').innerText === ''")


# ---- Whatever is in it


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, sound: Path) -> Path:
    step_ms = LENGTH_MS // len(HOSTILE)
    starts_ms = tuple(range(0, step_ms * len(HOSTILE), step_ms))
    sentences = tuple((start + 100, step_ms - 200, each) for start, each in zip(starts_ms, HOSTILE, strict=True))
    made = timeline(HOSTILE, HOSTILE, sentences, starts_ms)
    said = routine("".join(HOSTILE), summary=HOSTILE[0], cautions=HOSTILE)
    return written(tmp_path_factory.mktemp("hostile"), sound, made, routine=said)


def test_what_authors_write_is_shown_and_never_run(tab, hostile):
    ready(tab, hostile)

    shown = tab.value("[...document.querySelectorAll('nav li b')].map((each) => each.textContent)")

    whole = [each.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for each in HOSTILE]
    assert [each.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for each in shown] == whole
    assert tab.value("window.broken") is None
    assert tab.value("document.querySelectorAll('main img, nav img, nav script').length") == 0
    assert tab.value("document.title").startswith("</script ><script>window.broken = 1</script><!--")
    assert tab.value("sound.textTracks[0].cues.length") == len(HOSTILE)
    seek(tab, 2 * LENGTH_MS // len(HOSTILE) + 1_000)
    tab.wait_for(f"document.querySelector('#caption').textContent === {json.dumps(HOSTILE[2])}")


def test_the_longest_word_does_not_widen_a_phone(browser, hostile):
    with browser.tab(width=360, height=740, phone=True) as tab:
        ready(tab, hostile)
        tab.press("End")

        assert tab.value("document.documentElement.scrollWidth") == 360


def test_a_file_that_was_cut_short_says_so(tab, massage, tmp_path):
    broken = tmp_path / "broken.html"
    broken.write_bytes(massage.read_bytes()[:-2_000])

    tab.open(broken.as_uri())

    assert text(tab, "[role=alert]") == "A part of this file is missing. Copy it again."
    assert tab.value("document.querySelector('#hold').disabled")


def test_a_sound_that_cannot_be_played_says_so(tab, tmp_path):
    noise = tmp_path / "noise.m4a"
    noise.write_bytes(bytes(range(256)) * 40)

    tab.open(written(tmp_path, noise).as_uri())

    tab.wait_for("document.querySelector('[role=alert]')?.innerText.startsWith('This browser cannot play')")


def test_a_browser_that_is_too_old_for_the_script_says_what_to_do(browser, sound, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "voiceguide.export.page._part", lambda name: _part(name) + (" later ??? syntax" if name == "page.js" else "")
    )
    old = written(tmp_path, sound)

    with browser.tab() as tab:
        tab.open(old.as_uri())
        tab.wait_for("document.body.innerText.startsWith('This page plays a massage session')")

        assert text(tab, "body").count("\n") == 0


def test_the_script_holds_nothing_newer_than_the_browsers_of_2017():
    newer = r"\?\.(?!\d)|\?\?|[|&?]{2}=|catch \{|#\w+ ?[=(;]|\bstatic\b|\{ ?\.\.\.|for await|\d_\d|\dn\b"

    assert re.findall(newer, _part("page.js")) == []


def test_without_scripts_it_says_what_to_do(tab, massage):
    tab.ask("Emulation.setScriptExecutionDisabled", value=True)
    tab.ask("Page.navigate", url=massage.as_uri())

    tab.wait_for("document.body?.innerText.startsWith('This page plays a massage session')")
    assert text(tab, "body").count("\n") == 0


# ---- For every eye and ear


def test_a_screen_reader_meets_landmarks_and_named_buttons(tab, massage):
    ready(tab, massage)
    tab.click("#next")
    tab.wait_for("document.querySelector('#hold').innerText === 'Go on'")

    met = tab.accessible()

    assert {("main", "Player"), ("navigation", "All steps"), ("heading", "Back massage")} <= set(met)
    names = [name for role, name in met if role == "button"]
    others = {"Show what is said", "Previous step", "Go on", "Next step", "Start again"}
    assert {each for each in names if "0:" not in each} == others
    assert [name for role, name in met if role == "progressbar"] == ["This step", "Whole session"]
    assert {"Glide down the back 0:08", "The end 0:52"} <= set(names)
    assert tab.value("[...document.querySelectorAll('[aria-live]')].map((each) => each.id)") == ["step"]
    assert tab.value("[...document.querySelectorAll('ol')].every((list) => list.getAttribute('role') === 'list')")


CONTRASTS = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return numbers(colour)[3] === 0 ? ground(element.parentElement) : colour;
  };
  const written = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility()
    && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
  return written.map((element) => {
    const [dark, bright] = [light(ground(element)), light(getComputedStyle(element).color)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  });
})()
"""
"""The contrast of every text with its ground (WCAG 2.2, relative luminance)."""


def test_every_text_stands_out_seven_to_one(tab, massage):
    ready(tab, massage)
    fresh = tab.value(CONTRASTS)
    tab.click("nav h3 + ol button")
    seek(tab, 9_000)
    tab.wait_for("document.querySelector('#caption').innerText")

    contrasts = [*fresh, *tab.value(CONTRASTS)]

    assert len(contrasts) > 30
    assert min(contrasts) >= 7


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (844, 390), (1280, 800)])
def test_the_hold_button_is_large_and_in_reach_on_every_screen(browser, hostile, width, height):
    with browser.tab(width=width, height=height, phone=True) as tab:
        ready(tab, hostile)

        left, top, wide, high = tab.value(
            "(({ x, y, width, height }) => [x, y, width, height])"
            "(document.querySelector('#hold').getBoundingClientRect())"
        )

    assert left >= 0
    assert top >= 0
    assert left + wide <= width
    assert top + high <= height
    assert wide * high >= 0.09 * width * height


LONGEST = (
    "Welcome",
    "Kneading between spine and shoulder blade, right side",
    "Soreness, and when to see a specialist",
    "Glide",
    "The end",
)
"""The longest titles of the library."""

SCREENS = ((390, 844, 64.6), (360, 640, 62.3), (844, 390, 139.8), (1280, 800, 286))
"""Width and height in pixels of style sheets, and the width in millimetres: two phones, upright and on the side, and a
laptop."""

SEEN = """
["section", "step", "caption", "step-left", "session-left", "after-title"].map((id) => {
  const element = document.getElementById(id);
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const covered = [[left + 1, top + 1], [right - 1, bottom - 1]].some(([x, y]) => {
    const found = document.elementFromPoint(x, y);
    return !found || !(element.contains(found) || found.contains(element));
  });
  return [id, parseFloat(getComputedStyle(element).fontSize), covered];
})
"""
"""What the giver looks at: its size in pixels, and whether a part of it lies under something else or off the screen."""


@pytest.mark.parametrize(("width", "height", "width_mm"), SCREENS)
@pytest.mark.parametrize(("titles", "step_minutes"), [(TITLES, 7), (LONGEST, 5.5)])
def test_step_next_step_and_times_are_legible_from_two_metres(
    browser, sound, tmp_path, titles, step_minutes, width, height, width_mm
):
    said = ((STARTS_MS[1] + 200, 9_000, "Knead slowly and broadly, from the spine out to the edge of the blade."),)
    with browser.tab(width=width, height=height, phone=True) as tab:
        ready(tab, written(tmp_path, sound, timeline(titles, sentences=said)))
        tab.press(" ")
        seek(tab, STARTS_MS[1] + 1_000)
        tab.wait_for("document.querySelector('#caption').innerText")

        seen = {name: (size, covered) for name, size, covered in tab.value(SEEN)}

    assert [name for name, (_, covered) in seen.items() if covered] == []
    # A capital is 0.7 of the size of its font high.
    minutes = {name: degrees(atan(0.7 * size * width_mm / width / 2000)) * 60 for name, (size, _) in seen.items()}
    assert minutes["step"] >= step_minutes
    # Good eyes need five.
    assert min(minutes[name] for name in ("after-title", "step-left", "session-left")) >= 5.5


@pytest.mark.parametrize(("width", "height", "word"), [(360, 640, "Schultermassage"), (667, 375, "Schulterblattkante")])
def test_the_one_word_of_a_step_is_made_smaller_rather_than_broken(browser, sound, tmp_path, width, height, word):
    with browser.tab(width=width, height=height, phone=True) as tab:
        ready(tab, written(tmp_path, sound, timeline((word, *TITLES[1:]))))

        wrap, wide, room = tab.value(
            "(step => [getComputedStyle(step).overflowWrap, step.scrollWidth, step.clientWidth])"
            "(document.querySelector('#step'))"
        )

        page_wide = tab.value("document.documentElement.scrollWidth")

    assert wrap == "normal"
    assert wide <= room
    assert page_wide == width


def test_it_speaks_the_language_of_the_session(tab, sound, tmp_path):
    ready(tab, written(tmp_path, sound, routine=routine("Rücken", language="de")))

    assert tab.value("document.documentElement.lang") == "de"
    assert text(tab, "#hold") == "Start"
    assert text(tab, "nav h2") == "Alle Schritte"
    assert (
        json.loads(tab.value("document.querySelector('script[type=\"application/json\"]').textContent"))["title"]
        == "Rücken"
    )
