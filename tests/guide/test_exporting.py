"""What is found out before a session is written."""

from pathlib import Path

import pytest
from needs import needs

from voiceguide.errors import TargetError
from voiceguide.guide import Request
from voiceguide.guide.exporting import check_order
from voiceguide.guide.order import Order
from voiceguide.media.ffmpeg import find_ffmpeg

SESSION = Request(routine="eleven-steps")


@needs(find_ffmpeg() is not None, "no ffmpeg")
def test_a_page_is_not_kept_from_being_made_by_what_it_never_touches(tmp_path: Path):
    (tmp_path / "massage.m4a").mkdir()

    check_order(Order(targets=(tmp_path / "massage.html",)), SESSION)


def test_what_keeps_a_page_from_being_made_names_the_page(tmp_path: Path):
    (tmp_path / "massage.html").mkdir()

    with pytest.raises(TargetError, match=r"massage\.html is a folder"):
        check_order(Order(targets=(tmp_path / "massage.html",)), SESSION)


@needs(find_ffmpeg() is not None, "no ffmpeg")
def test_a_link_to_itself_is_replaced_as_any_that_leads_nowhere(tmp_path: Path):
    loop = tmp_path / "massage.mp3"
    loop.symlink_to(loop)

    check_order(Order(targets=(loop,)), SESSION)
