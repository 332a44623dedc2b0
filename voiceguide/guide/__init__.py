"""The use cases: what the commands do, and what a program may call.

```python
from pathlib import Path
from voiceguide import guide

half_an_hour = guide.Options(budget_ms=30 * 60 * 1000)
request = guide.Request(routine="eleven-steps", options=half_an_hour)
guide.export(request, Path("massage.mp3"))
```

Sound is imported where it is first needed, so that a timetable loads none of it.
"""

from voiceguide.guide.batch import Job, Outcome, export_all, jobs_of
from voiceguide.guide.exporting import Summary, export
from voiceguide.guide.extras import Extras
from voiceguide.guide.health import Part, able_to_export, diagnose
from voiceguide.guide.playing import play
from voiceguide.guide.request import Progress, Request
from voiceguide.guide.resuming import to_resume
from voiceguide.guide.routines import (
    MOST_TEXT_BYTES,
    Overview,
    check,
    draft,
    draft_file,
    library,
    new_routine,
    overview,
    write_text,
)
from voiceguide.guide.sessions import check_plot, plot, timetable
from voiceguide.guide.sounds import SoundRow, sounds, try_sound
from voiceguide.guide.tracks import Order, Track
from voiceguide.guide.voices import (
    VoiceRow,
    cache_size,
    clear_cache,
    examine_recordings,
    install,
    record_script,
    sample,
    to_install,
    voices,
)
from voiceguide.scheduler.options import Options

__all__ = [
    "MOST_TEXT_BYTES",
    "Extras",
    "Job",
    "Options",
    "Order",
    "Outcome",
    "Overview",
    "Part",
    "Progress",
    "Request",
    "SoundRow",
    "Summary",
    "Track",
    "VoiceRow",
    "able_to_export",
    "cache_size",
    "check",
    "check_plot",
    "clear_cache",
    "diagnose",
    "draft",
    "draft_file",
    "examine_recordings",
    "export",
    "export_all",
    "install",
    "jobs_of",
    "library",
    "new_routine",
    "overview",
    "play",
    "plot",
    "record_script",
    "sample",
    "sounds",
    "timetable",
    "to_install",
    "to_resume",
    "try_sound",
    "voices",
    "write_text",
]
