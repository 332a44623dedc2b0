import pytest

from voiceguide.cli.control import told

STEPS = ["Glide", "Knead"]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ({"step": 1, "title": "Glide"}, "1/2 Glide: plays, 1:30 left"),
        ({"step": 2, "title": "Knead", "held": True}, "2/2 Knead: held, 1:30 left"),
        ({"step": 0, "title": "Welcome"}, "Welcome: plays, 1:30 left"),
        ({"step": 3, "title": "The end", "device_lost": True}, "The end: waits for a sound device, 1:30 left"),
        ({}, "The music plays; the voice gets ready."),
    ],
)
def test_where_a_session_stands_is_told_on_one_line(status, line):
    assert told({"steps": STEPS, "left_ms": 90_000, **status}) == line
