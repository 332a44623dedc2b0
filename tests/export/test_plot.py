import hashlib
import itertools
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_module
from strategies import measure, routines

from voiceguide.errors import TargetError
from voiceguide.export import plot as drawing
from voiceguide.export import sheet as layout
from voiceguide.export.plot import FORMATS, check_plot, plot
from voiceguide.export.sheet import lay_out, ticks_ms
from voiceguide.routine.amounts import Duration
from voiceguide.routine.library import entries, load_routine
from voiceguide.routine.model import Routine, Section, Step
from voiceguide.scheduler.options import Options
from voiceguide.scheduler.phrases import phrases
from voiceguide.scheduler.planning import Terms
from voiceguide.scheduler.schedule import Schedule, schedule
from voiceguide.scheduler.timeline import step_title
from voiceguide.units import MINUTE_MS, short_clock

pytestmark = needs_module("matplotlib")

MAGIC = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}
EVERY_FORMAT = pytest.mark.parametrize("ending", FORMATS)
TEXT = "{http://www.w3.org/2000/svg}text"

HOSTILE = [
    "$x_1^2$ costs $5",
    r"\frac{1}{2} {braces} {side} % # ~ \\",
    '<b>bold</b> & "quoted" \' -- ]]> &amp;',
    "背中のマッサージ",
    "مساج الظهر",
    "แผ่นหลัง",
    "🌿 rest 👐🏽",
    "a line\nand another\ttab",
    "a bell \x07, a zero \x00, half a pair \ud83c, no letter \uffff",
    "  ",
    "W" * 120,
    "長" * 120,
]


def session(routine: Routine, minutes: float | None = None, **options: object) -> Schedule:
    budget_ms = None if minutes is None else round(minutes * MINUTE_MS)
    return schedule(routine, Terms(Options(budget_ms=budget_ms, **options), phrases(routine.language), measure))


def titled(title: str, *, steps: int = 3, language: str = "en") -> Schedule:
    """Return a session in which everything is called `title`."""
    each = Step(title=title, say="Glide.", time=Duration(30_000, 90_000), sides=("left", "right"))
    section = Section(title=title, steps=(each,) * steps)
    return session(Routine(format=1, title=title, language=language, sections=(section, section)))


def monospaced(text: str) -> float:
    return 5.0 * len(text)


def texts(svg: Path) -> list[str]:
    return ["".join(each.itertext()) for each in ET.parse(svg).iter(TEXT)]


def png_size(png: Path) -> tuple[int, int]:
    wide, high = struct.unpack(">II", png.read_bytes()[16:24])
    return wide, high


def luminance(colour: str) -> float:
    # https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@EVERY_FORMAT
def test_the_ending_tells_the_format(tmp_path, ending):
    target = tmp_path / f"plan{ending.upper()}"

    plot(session(load_routine("slow-strokes")), target)

    assert target.read_bytes().startswith(MAGIC[ending])
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_an_svg_names_every_section_and_every_step_with_its_start_and_its_length(tmp_path, name):
    made = session(load_routine(name))

    plot(made, tmp_path / "plan.svg")

    shown = texts(tmp_path / "plan.svg")
    words = phrases(made.plan.routine.language)
    rest = iter(shown[shown.index(made.timeline.chapters[0].title) :])
    for step in made.plan.steps:
        if step.part.opens_section:
            assert step.part.section in shown
        # In this order: a row begins with its start.
        assert short_clock(step.start_ms) in rest
        assert step_title(step, words) in rest
        assert short_clock(step.length_ms) in rest
    assert made.plan.routine.title in shown
    assert short_clock(made.plan.length_ms) in shown


def test_a_png_is_as_wide_as_always_and_as_high_as_it_has_steps(tmp_path):
    few, many = session(load_routine("slow-strokes"), 10), session(load_routine("eleven-steps"), 30)

    plot(few, tmp_path / "few.png")
    plot(many, tmp_path / "many.png")

    (few_wide, few_high), (many_wide, many_high) = png_size(tmp_path / "few.png"), png_size(tmp_path / "many.png")
    assert few_wide == many_wide == pytest.approx(760 / 72 * 160, abs=1)
    assert few_high < many_high < 2_500


def test_the_ground_is_white_so_that_it_can_be_read_on_a_dark_page(tmp_path):
    plot(session(load_routine("slow-strokes")), tmp_path / "plan.svg")

    (first, *_) = ET.parse(tmp_path / "plan.svg").iter("{http://www.w3.org/2000/svg}path")
    assert first.get("style") == "fill: #ffffff"


def test_every_chime_is_a_dot_and_every_sentence_a_mark(tmp_path):
    made = session(load_routine("slow-strokes"), 16, pace=True)

    plot(made, tmp_path / "plan.svg")

    dots = list(ET.parse(tmp_path / "plan.svg").iter("{http://www.w3.org/2000/svg}use"))
    voice = {drawing._mixed(colour, drawing._INK, 0.8) for colour in (*layout._COLOURS, layout.GREY)}
    marks = re.findall(r"fill: (#\w{6})", (tmp_path / "plan.svg").read_text("utf-8"))
    chimes = [cue for cue in made.timeline.cues if cue.role == "chime"]
    in_legend = 4
    assert len(dots) == len(chimes) + in_legend
    assert sum(mark in voice for mark in marks) == len(made.timeline.cues) - len(chimes)


@EVERY_FORMAT
def test_the_same_session_gives_the_same_bytes(tmp_path, ending):
    made = session(load_routine("eleven-steps"), 30)
    one, other = tmp_path / f"one{ending}", tmp_path / f"other{ending}"

    plot(made, one)
    plot(made, other)

    assert one.read_bytes() == other.read_bytes()
    assert not re.search(rb"20\d\d-\d\d-\d\d|D:20\d\d|[Mm]atplotlib v", one.read_bytes())


def test_another_process_draws_the_same_bytes_and_never_loads_pyplot(tmp_path):
    code = (
        "import sys; from pathlib import Path; import test_plot as t;"
        "t.plot(t.session(t.load_routine('slow-strokes'), 10), Path(sys.argv[1]));"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    prints = set()
    for seed in "12":
        target = tmp_path / f"{seed}.svg"
        path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        subprocess.run([sys.executable, "-c", code, target], check=True, env=env)
        prints.add(hashlib.sha256(target.read_bytes()).hexdigest())

    assert len(prints) == 1


def test_the_settings_of_the_program_around_neither_change_it_nor_are_changed(tmp_path):
    import matplotlib as mpl

    made = session(load_routine("slow-strokes"))
    plot(made, tmp_path / "plain.svg")
    with mpl.rc_context({"text.usetex": True, "figure.dpi": 30, "lines.linewidth": 9, "font.family": "serif"}):
        before = dict(mpl.rcParams)
        plot(made, tmp_path / "amid.svg")
        assert dict(mpl.rcParams) == before

    assert (tmp_path / "amid.svg").read_bytes() == (tmp_path / "plain.svg").read_bytes()


def test_a_very_long_routine_has_a_png_that_can_be_opened(tmp_path):
    plot(titled("One of many", steps=140), tmp_path / "plan.png")

    wide, high = png_size(tmp_path / "plan.png")
    assert wide > 200
    assert 19_500 < high <= 20_000


@EVERY_FORMAT
@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_is_drawn(tmp_path, title, ending):
    plot(titled(title), tmp_path / f"plan{ending}")

    assert (tmp_path / f"plan{ending}").read_bytes().startswith(MAGIC[ending])


@pytest.mark.parametrize("title", HOSTILE[:7])
def test_a_title_is_words_and_neither_formula_nor_markup(tmp_path, title):
    plot(titled(title), tmp_path / "plan.svg")

    assert {title, f"{title}, left side", f"{title}, right side"} <= set(texts(tmp_path / "plan.svg"))


def test_spaces_around_a_title_are_not_shown(tmp_path):
    plot(titled(" Glide \n"), tmp_path / "plan.svg")

    assert {"Glide", "Glide, left side"} <= set(texts(tmp_path / "plan.svg"))


def test_what_no_xml_may_hold_becomes_a_space(tmp_path):
    plot(titled("a\x00b\x07\nc\ud83cd\ufffee"), tmp_path / "plan.svg")

    assert "a b c d e" in texts(tmp_path / "plan.svg")


@pytest.mark.parametrize("title", ["W" * 120, "長" * 120, "word " * 24, "i" * 120])
@pytest.mark.parametrize(("language", "side"), [("en", "right side"), ("de", "rechte"), ("es", "derecho")])
def test_a_long_title_is_cut_and_keeps_its_side(title, language, side):
    width, bold = drawing._measure("regular"), drawing._measure("bold")
    made = titled(title, language=language)

    sheet = lay_out(made, width, bold)

    assert bold(sheet.title) * 19 / 9 <= 616
    for band in sheet.bands[1:-1]:
        assert bold(band.title) <= 258
        for row in band.rows:
            assert width(row.title) <= 258
            assert "…" in row.title
        assert side in band.rows[1].title


@pytest.mark.filterwarnings("ignore:Glyph")
def test_what_matplotlib_draws_of_a_title_ends_before_the_bars(tmp_path):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for title in ("W" * 120, "長" * 120, "Effleurage along the whole of the back " * 3):
        sheet = lay_out(titled(title), drawing._measure("regular"), drawing._measure("bold"))
        figure = drawing._draw(sheet)
        figure.set_dpi(160)
        renderer = FigureCanvasAgg(figure).get_renderer()
        titles = [each for each in figure.axes[0].texts if each.get_text().startswith(title[:9])]
        in_column = [each for each in titles if each.get_fontsize() < 19]
        assert in_column
        for each in in_column:
            assert each.get_window_extent(renderer).x1 * 72 / 160 < sheet.left_pt - 15
        (head,) = [each for each in titles if each.get_fontsize() == 19]
        (clock,) = [each for each in figure.axes[0].texts if each.get_fontsize() == 19 and each is not head]
        assert head.get_window_extent(renderer).x1 * 72 / 160 + 5 < clock.get_window_extent(renderer).x0 * 72 / 160


@given(routines(), st.sampled_from([None, 720]))
def test_every_cue_lies_in_one_row_and_every_row_inside_the_sheet(routine, minutes):
    made = session(routine, minutes, stretch=True)

    sheet = lay_out(made, monospaced, monospaced)

    rows = [row for band in sheet.bands for row in band.rows]
    assert [cue for row in rows for cue in row.cues] == list(made.timeline.cues)
    assert [row.start_ms for row in rows[1:-1]] == [step.start_ms for step in made.plan.steps]
    assert sheet.left_pt < sheet.right_pt - 300
    for row in rows:
        assert sheet.left_pt <= sheet.x_pt(row.start_ms) <= sheet.x_pt(row.end_ms) <= sheet.right_pt + 1e-6


@given(routines())
def test_rows_and_bands_follow_each_other_without_touching(routine):
    sheet = lay_out(session(routine), monospaced, monospaced)

    for band, following in itertools.pairwise(sheet.bands):
        assert band.bottom_pt < following.top_pt
        assert band.colour != following.colour
    for band in sheet.bands:
        for row in band.rows:
            assert band.top_pt + 6 <= row.middle_pt <= band.bottom_pt - 6
        for row, following in itertools.pairwise(band.rows):
            assert following.middle_pt - row.middle_pt == pytest.approx(18)
    assert sheet.bands[-1].bottom_pt < sheet.height_pt


@pytest.mark.parametrize(
    ("minutes", "every"),
    [(3, 1), (10, 1), (18, 1), (18.5, 5), (30, 5), (60, 5), (90, 5), (91, 10), (240, 15), (720, 60)],
)
def test_a_half_hour_is_numbered_every_five_minutes_and_any_session_legibly(minutes, every):
    ticks = ticks_ms(round(minutes * MINUTE_MS))

    assert ticks.start == 0
    assert ticks.step == every * MINUTE_MS
    assert len(ticks) <= 19


def test_texts_and_marks_stand_out_from_every_ground():
    for colour in (*layout._COLOURS, layout.GREY):
        ground = drawing._mixed(colour, drawing._WHITE, drawing._GROUND)
        bar = drawing._mixed(colour, drawing._WHITE, 0.36)
        voice = drawing._mixed(colour, drawing._INK, 0.8)
        # 4.5 for text and 3 for graphics: https://www.w3.org/TR/WCAG21/#contrast-minimum
        assert contrast(drawing._INK, ground) > 12
        assert contrast(drawing._SOFT, ground) > 4.5
        assert contrast(drawing._INK, bar) > 4.5
        assert contrast(voice, ground) > 3


@pytest.mark.parametrize("name", ["plan", "plan.jpg", "plan.mp3", "plan.svg.gz", ".png"])
def test_a_name_that_is_no_picture_is_refused_with_one_that_is(tmp_path, name):
    with pytest.raises(TargetError, match="has no ending of a picture") as caught:
        check_plot(tmp_path / name)

    assert caught.value.hint.startswith("name it ")
    assert ".svg" in caught.value.hint


def test_without_matplotlib_the_hint_tells_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(TargetError, match="a picture needs matplotlib") as caught:
        plot(session(load_routine("slow-strokes")), tmp_path / "plan.svg")

    assert caught.value.hint == "pip install matplotlib"
    assert list(tmp_path.iterdir()) == []


def test_the_module_is_imported_without_matplotlib():
    code = "import sys, voiceguide.export.plot; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path):
    target = tmp_path / "plan.svg"
    target.write_text("mine")
    made = session(load_routine("slow-strokes"))

    with pytest.raises(TargetError, match="exists already") as caught:
        plot(made, target)
    assert "--force" in caught.value.hint
    assert target.read_text() == "mine"

    plot(made, target, overwrite=True)
    assert target.read_bytes().startswith(MAGIC[".svg"])


def test_a_folder_that_is_missing_is_told(tmp_path):
    with pytest.raises(TargetError, match="cannot write") as caught:
        plot(session(load_routine("slow-strokes")), tmp_path / "nowhere" / "plan.png")

    assert caught.value.hint == "make the folder first, or choose another"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
def test_a_full_disk_leaves_no_half_picture(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    def to_a_full_disk(figure: Figure, file: Path, **_: object) -> None:
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"<svg>")

    monkeypatch.setattr(Figure, "savefig", to_a_full_disk)

    with pytest.raises(TargetError, match="no space left") as caught:
        plot(session(load_routine("slow-strokes")), tmp_path / "plan.svg")
    assert "disk" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
