"""Many sessions in one go."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from command import VOICEGUIDE, assert_refused, voiceguide
from needs import needs, needs_module

from voiceguide.cli.exporting import SOME_FAILED
from voiceguide.errors import TargetError
from voiceguide.guide import Extras, Options, Request
from voiceguide.guide.batch import export_all, jobs_of
from voiceguide.guide.order import Order
from voiceguide.media.decode import decode
from voiceguide.media.ffmpeg import find_ffmpeg
from voiceguide.units import MINUTE_MS, frames

pytestmark = [needs_module("espeakng_loader"), needs(find_ffmpeg() is not None, "no ffmpeg")]

ROUTINE = """\
format: 1
title: {name}
sections:
  - title: All
    steps:
      - {{title: Glide, say: Glide up., time: 15-180 s}}
"""
WORDS = ("--voice", "espeak", "--music", "none")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(ROUTINE.format(name=name), "utf-8")
    (tmp_path / "tracks").mkdir()
    return tmp_path


def made_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_routine_and_time_gives_a_file_in_the_folder(folder: Path):
    done = voiceguide("export", "./one.yaml", "./two.yaml", "-m", "1,1.5", *WORDS, "-o", "tracks", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert made_in(folder / "tracks") == ["one-1.5.mp3", "one-1.mp3", "two-1.5.mp3", "two-1.mp3"]
    assert abs(len(decode(folder / "tracks" / "one-1.5.mp3")) - frames(90_000)) <= 1152
    assert done.stdout.split() == [
        "file", "length", "MB", "chapters", "LUFS", "dBTP",
        *(word for line in done.stdout.splitlines()[1:] for word in line.split()),
    ]  # fmt: skip
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [
        "tracks/one-1.mp3", "tracks/one-1.5.mp3", "tracks/two-1.mp3", "tracks/two-1.5.mp3",
    ]  # fmt: skip


def test_it_has_the_same_bytes_as_alone(folder: Path):
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    voiceguide("export", "./one.yaml", "./two.yaml", "-m", "1", *WORDS, "-o", "{routine}.opus", cwd=folder, env=env)
    voiceguide("export", "./two.yaml", "-m", "1", *WORDS, "-o", "alone.opus", cwd=folder, env=env)

    assert (folder / "two.opus").read_bytes() == (folder / "alone.opus").read_bytes()


def test_one_that_fails_does_not_keep_the_others_from_being_made(folder: Path):
    done = voiceguide(
        "export", "./one.yaml", "./two.yaml", "-m", "1,40", *WORDS, "--json",
        "-o", "tracks/{routine}-{minutes}.opus", "-o", "tracks/{routine}-{minutes}.flac", cwd=folder,
    )  # fmt: skip

    told = json.loads(done.stdout)
    assert done.returncode == SOME_FAILED
    assert done.stderr.count("cannot be done in 40 minutes") == 2
    assert "Traceback" not in done.stderr
    assert made_in(folder / "tracks") == ["one-1.flac", "one-1.opus", "two-1.flac", "two-1.opus"]
    assert [(each["routine"], each["minutes"], each["error"] is None) for each in told] == [
        ("./one.yaml", 1, True), ("./one.yaml", 40, False), ("./two.yaml", 1, True), ("./two.yaml", 40, False),
    ]  # fmt: skip
    assert told[0]["made"]["tracks"][0]["target"] == "tracks/one-1.opus"


def test_all_takes_ones_own_routines_too_and_a_broken_one_stops_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch):
    own = Path(os.environ["XDG_DATA_HOME"]) / "voiceguide" / "routines"
    own.mkdir(parents=True)
    (own / "broken.yaml").write_text("format: 1\ntitle: Broken\nsections: []\nfood: bread\n", "utf-8")

    done = voiceguide(
        "export", "--all", "--only", "aftercare", *WORDS, "-o", "tracks/{routine}.wav", cwd=folder, timeout_s=200
    )

    names = {name.removesuffix(".wav") for name in made_in(folder / "tracks")}
    assert done.returncode == SOME_FAILED
    assert "broken.yaml:4" in done.stderr
    assert "broken" not in names
    assert len(names) >= 9
    assert "tracks/broken.wav" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_settled_voice_and_time_hold_for_exports_too(folder: Path):
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "voiceguide" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('voice = "espeak"\nminutes = 1\nmusic = "none"\n', "utf-8")

    done = voiceguide("export", "./one.yaml", "-o", "{routine}-{minutes}-{voice}.wav", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert (folder / "one-1-espeak.wav").exists()


def test_ctrl_c_ends_all_of_them_and_leaves_nothing_half_written(folder: Path):
    export = subprocess.Popen(
        [*VOICEGUIDE, "export", "eleven-steps", "complete-session", "--voice", "espeak", "-m", "30,35",
         "-o", "tracks/{routine}-{minutes}.mp3"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for _ in range(8_000):
            if len([path for path in (folder / "tracks").glob(".*") if path.stat().st_size]) >= 2:
                break
            time.sleep(0.005)
        export.send_signal(signal.SIGINT)
        _, told = export.communicate(timeout=20)
    finally:
        export.kill()

    assert export.returncode == 130
    assert "Traceback" not in told
    assert made_in(folder / "tracks") == []


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["-m", "1,2", "-o", "x.mp3"], 7, "would both be x.mp3", "{minutes}"),
        (["-m", "1,2", "-o", "{routine}.mp3"], 7, "would both be one.mp3", "{minutes}"),
        (["-m", "1,2", "-o", "{minute}.mp3"], 7, "there is no {minute}", "minutes"),
        (["-o", "{minutes}.mp3"], 7, "no minutes are asked for", "--minutes"),
        (["-m", "1,2", "-o", "nowhere"], 7, "nowhere is no folder", "make it first"),
        (["-m", "1,2", "-o", "x" * 300], 7, "is no folder", "make it first"),
        (["-m", "1,9999", "-o", "tracks"], 4, "cannot last 9999 minutes", "720"),
    ],
)
def test_what_cannot_be_named_is_refused_before_any_work(folder: Path, words, code, error, hint):
    assert_refused(voiceguide("export", "./one.yaml", *WORDS, *words, cwd=folder), code, error, hint)

    assert made_in(folder) == ["one.yaml", "tracks", "two.yaml"]


@pytest.mark.parametrize("words", [[], ["--all", "./one.yaml"]])
def test_either_routines_or_all_are_asked_for(folder: Path, words):
    done = voiceguide("export", *words, "-o", "tracks", cwd=folder)

    assert done.returncode == 2
    assert "--all" in done.stderr


def test_braces_in_the_name_of_a_folder_are_harmless(folder: Path):
    (folder / "{b}").mkdir()

    alone = voiceguide("export", "./one.yaml", "-m", "1", *WORDS, "-o", "{b}/x.opus", cwd=folder)
    both = voiceguide("export", "./one.yaml", "./two.yaml", "-m", "1", *WORDS, "-o", "{b}", cwd=folder)

    assert (alone.returncode, both.returncode) == (0, 0), alone.stderr + both.stderr
    assert made_in(folder / "{b}") == ["one-1.mp3", "two-1.mp3", "x.opus"]


def test_all_sessions_together_tell_how_far_they_are_and_what_was_left_out(folder: Path):
    text = (folder / "one.yaml").read_text("utf-8")
    (folder / "one.yaml").write_text(
        text + "      - {title: Knead, say: Knead., time: 20 s, area: lower back}\n", "utf-8"
    )
    requests = [
        Request(routine=str(folder / f"{name}.yaml"), voice="espeak", music="none",
                options=Options(budget_ms=MINUTE_MS, avoid=("lower back",)))
        for name in ("one", "two")
    ]  # fmt: skip
    jobs = jobs_of(requests, Order(targets=(folder / "{routine}.wav",), extras=Extras(stems=True)))
    told: list[tuple[int, int]] = []

    outcomes = export_all(jobs, writing=lambda done, total: told.append((done, total)))

    assert [each.error for each in outcomes] == [None, None]
    assert outcomes[0].made.avoided == ("Knead",)
    # Two sessions of a minute, each written and taken apart.
    assert told[-1] == (4 * frames(60_000), 4 * frames(60_000))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def named(pattern: str, *requests: Request) -> list[str]:
    return [str(job.order.targets[0]) for job in jobs_of(requests, Order(targets=(Path(pattern),)))]


def request(routine: str = "eleven-steps", minutes: float | None = 30, voice: str = "auto") -> Request:
    return Request(routine=routine, voice=voice, options=Options(budget_ms=minutes and round(minutes * MINUTE_MS)))


@pytest.mark.parametrize(
    ("pattern", "asked", "name"),
    [
        ("t/{routine}-{minutes}.mp3", request(), "t/eleven-steps-30.mp3"),
        ("{routine}.mp3", request("../my routines/Quiet one.yaml"), "Quiet-one.mp3"),
        ("{minutes}.mp3", request(minutes=12.5), "12.5.mp3"),
        ("{voice}.mp3", request(voice="recorded:../../etc/x"), "recorded-..-..-etc-x.mp3"),
        ("{voice}.mp3", request(voice="espeak:en-us+f3"), "espeak-en-us+f3.mp3"),
        ("{b}/{routine}.mp3", request(), "{b}/eleven-steps.mp3"),
        ("{b}/{routine}/{minutes}.mp3", request(), "{b}/eleven-steps/30.mp3"),
    ],
)
def test_a_pattern_becomes_one_name_in_its_own_folder(pattern, asked, name):
    assert named(pattern, asked) == [name]


def test_a_folder_is_filled_with_mp3_named_after_what_differs(tmp_path: Path):
    assert named(str(tmp_path), request(), request(minutes=45)) == [
        f"{tmp_path}/eleven-steps-30.mp3", f"{tmp_path}/eleven-steps-45.mp3"
    ]  # fmt: skip
    assert named(str(tmp_path), request(minutes=None, voice="a"), request(minutes=None, voice="b")) == [
        f"{tmp_path}/eleven-steps-a.mp3", f"{tmp_path}/eleven-steps-b.mp3"
    ]  # fmt: skip


def test_two_names_that_come_out_the_same_are_refused():
    with pytest.raises(TargetError, match=r"would both be x\.mp3"):
        named("x.mp3", request(), request(minutes=45))
