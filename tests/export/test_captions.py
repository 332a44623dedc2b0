"""What is said when, as players read it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.export.captions import cue_sheet, lyrics, subrip, webvtt, webvtt_chapters
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline

ODD = "Quotes \" and ' lines\nbreak, =;#\\ <b>tags</b> --> & 🙂 [00:01.00]"


def timeline(*texts, gap_ms=1_234):
    cues, at_ms = [Cue(at_ms=2_000, length_ms=0, role=Role.CHIME, name="start")], 2_600
    for text in texts:
        cues.append(Cue(at_ms=at_ms, length_ms=3_457, role=Role.SPEECH, name=text))
        at_ms += 3_457 + gap_ms
    middle = at_ms // 2
    chapters = (
        Chapter(start_ms=0, end_ms=middle, title="Welcome"),
        Chapter(start_ms=middle, end_ms=at_ms + 5_000, title=ODD),
    )
    return Timeline(length_ms=at_ms + 5_000, cues=tuple(cues), chapters=chapters)


def ms(text):
    *hours, minutes, seconds = re.split(r":", text.replace(",", "."))
    return round((int(hours[0]) * 3600 if hours else 0) * 1000 + int(minutes) * 60_000 + float(seconds) * 1000)


TIMES = re.compile(r"^([\d:.,]+) --> ([\d:.,]+)$", re.MULTILINE)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.integers(800, 4_000_000))
def test_every_sentence_stands_exactly_as_long_as_it_is_heard(texts, gap_ms):
    made = timeline(*texts, gap_ms=gap_ms)
    spoken = [(cue.at_ms, cue.end_ms) for cue in made.cues if cue.role is Role.SPEECH]

    for captions in (webvtt(made), subrip(made)):
        assert [(ms(start), ms(end)) for start, end in TIMES.findall(captions)] == spoken


@given(st.lists(st.text().map("x{}".format), min_size=1, max_size=3))
def test_nothing_that_is_said_breaks_out_of_its_line(texts):
    made = timeline(*texts)

    assert len(webvtt(made).split("\n\n")) == 1 + len(texts)
    assert all("\r" not in text and "\x00" not in text for text in (webvtt(made), subrip(made), lyrics(made, "t")))
    assert len(TIMES.findall(webvtt(made))) == webvtt(made).count("-->") == len(texts)


def test_webvtt_shows_signs_and_obeys_none():
    shown = webvtt(timeline(ODD))

    assert shown.startswith("WEBVTT\n\n1\n00:00:02.600 --> 00:00:06.057\n")
    assert "lines break, =;#\\ &lt;b&gt;tags&lt;/b&gt; --&gt; &amp; 🙂" in shown


def test_the_chapters_are_a_track_of_their_own():
    shown = webvtt_chapters(timeline("one", "two"))

    assert "\nWelcome\n" in shown
    assert shown.count("-->") == 2


def test_lyrics_count_in_hundredths_and_clear_the_line_at_its_end():
    lines = lyrics(timeline("One."), ODD).splitlines()

    assert lines[0].startswith("[ti:Quotes")
    assert lines[2:] == ["[00:02.60]One.", "[00:06.05]"]


def test_a_line_of_lyrics_never_begins_as_a_time():
    assert lyrics(timeline("[00:01.00] One."), "t").splitlines()[2] == "[00:02.60]00:01.00] One."


def test_a_cue_sheet_counts_in_frames_of_a_compact_disc_and_never_late():
    sheet = cue_sheet(timeline("one", "two"), ODD, "my massage.wav")

    assert sheet.startswith("TITLE \"Quotes ' and ' lines break")
    assert 'FILE "my massage.wav" WAVE' in sheet
    assert "INDEX 01 00:00:00" in sheet
    starts = [tuple(map(int, each)) for each in re.findall(r"INDEX 01 (\d+):(\d+):(\d+)", sheet)]
    second = timeline("one", "two").chapters[1].start_ms
    told = (starts[1][0] * 60 + starts[1][1]) * 1000 + starts[1][2] * 1000 / 75
    assert second - 1000 / 75 < told <= second


@pytest.mark.parametrize("count", [1, 99, 150])
def test_a_cue_sheet_has_99_tracks_at_most(count):
    chapters = tuple(Chapter(start_ms=n * 1_000, end_ms=n * 1_000 + 1_000, title=f"{n}") for n in range(count))

    sheet = cue_sheet(Timeline(length_ms=count * 1_000, cues=(), chapters=chapters), "t", "t.wav")

    assert sheet.count("TRACK") == min(count, 99)
