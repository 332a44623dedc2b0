"""A session of twelve seconds, with everything in it: music, speech over it, chimes under speech, odd chapters."""

import numpy as np

from voiceguide.audio.bed import Bed, Loop
from voiceguide.audio.levels import Levels
from voiceguide.audio.mixer import Mix
from voiceguide.audio.samples import Block
from voiceguide.outputs.tags import Mark, Tags
from voiceguide.scheduler.timeline import Chapter, Cue, Role, Timeline

LENGTH_MS = 12_345

CUES = (
    Cue(at_ms=2_000, length_ms=0, role=Role.CHIME, name="start"),
    Cue(at_ms=2_600, length_ms=1_500, role=Role.SPEECH, name="one"),
    Cue(at_ms=4_001, length_ms=0, role=Role.CHIME, name="change"),
    Cue(at_ms=4_601, length_ms=3_000, role=Role.SPEECH, name="three"),
)

MARKS = (
    Mark(start_ms=0, end_ms=4_001, title="Welcome"),
    Mark(start_ms=4_001, end_ms=7_778, title="Long / strokes", section="Back"),
    Mark(start_ms=7_778, end_ms=9_999, title="Circles 🙂", section="Back"),
    Mark(start_ms=9_999, end_ms=LENGTH_MS, title="The end"),
)

TAGS = Tags(title="Short session", language="en", date="2026-11-21", source="A book", marks=MARKS)

TIMELINE = Timeline(
    length_ms=LENGTH_MS,
    cues=CUES,
    chapters=tuple(
        Chapter(start_ms=mark.start_ms, end_ms=mark.end_ms, title=mark.title, section=mark.section) for mark in MARKS
    ),
)

BED = Loop(np.random.default_rng(1).integers(-2_000, 2_000, (100_003, 2)).astype(np.int16))


class ToneBank:
    """A tone for each sound; a chime rings for 2.5 s."""

    def frames(self, cue):
        return 48 * (cue.length_ms or 2_500)

    def samples(self, cue):
        return (0.2 * np.sin(np.arange(self.frames(cue)) / (9 + len(cue.name)))).astype(np.float32)


def short_mix(bed: Bed = BED) -> Mix:
    return Mix(TIMELINE, ToneBank(), bed, Levels())


def whole(mix: Mix) -> Block:
    return np.concatenate(list(mix.blocks()))
