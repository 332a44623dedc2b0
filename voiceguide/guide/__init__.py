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

from voiceguide.guide.health import Part, able_to_export, diagnose
from voiceguide.guide.request import Progress, Request
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
from voiceguide.guide.sessions import Summary, check_plot, export, play, plot, timetable
from voiceguide.guide.sounds import SoundRow, sounds, try_sound
from voiceguide.scheduler.options import Options

__all__ = [
    "MOST_TEXT_BYTES",
    "Options",
    "Overview",
    "Part",
    "Progress",
    "Request",
    "SoundRow",
    "Summary",
    "able_to_export",
    "check",
    "check_plot",
    "diagnose",
    "draft",
    "draft_file",
    "export",
    "library",
    "new_routine",
    "overview",
    "play",
    "plot",
    "sounds",
    "timetable",
    "try_sound",
    "write_text",
]
