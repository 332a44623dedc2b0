"""The use cases: what the commands do, and what a program may call.

```python
from pathlib import Path
from voiceguide import guide

half_an_hour = guide.Options(budget_ms=30 * 60 * 1000)
request = guide.Request(routine="eleven-steps", options=half_an_hour)
guide.export(request, Path("massage.mp3"))
```

Each name is imported when it is first used: a timetable loads no sound, and the first sound waits for nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

# These two are called as their modules are, and must come after them.
from voiceguide.guide.sounds import sounds
from voiceguide.guide.voices import voices

if TYPE_CHECKING:
    from voiceguide.guide.batch import Job, Outcome, export_all, jobs_of
    from voiceguide.guide.exporting import Summary, export
    from voiceguide.guide.extras import Extras
    from voiceguide.guide.health import Part, able_to_export, diagnose
    from voiceguide.guide.order import Order, Track
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
    from voiceguide.guide.sounds import SoundRow, try_sound
    from voiceguide.guide.voices import (
        VoiceRow,
        cache_size,
        clear_cache,
        examine_recordings,
        install,
        record_script,
        sample,
        to_install,
    )
    from voiceguide.scheduler.options import Options

_PLACES: Final = {
    "Extras": "voiceguide.guide.extras",
    "Job": "voiceguide.guide.batch",
    "MOST_TEXT_BYTES": "voiceguide.guide.routines",
    "Options": "voiceguide.scheduler.options",
    "Order": "voiceguide.guide.order",
    "Outcome": "voiceguide.guide.batch",
    "Overview": "voiceguide.guide.routines",
    "Part": "voiceguide.guide.health",
    "Progress": "voiceguide.guide.request",
    "Request": "voiceguide.guide.request",
    "SoundRow": "voiceguide.guide.sounds",
    "Summary": "voiceguide.guide.exporting",
    "Track": "voiceguide.guide.order",
    "VoiceRow": "voiceguide.guide.voices",
    "able_to_export": "voiceguide.guide.health",
    "cache_size": "voiceguide.guide.voices",
    "check": "voiceguide.guide.routines",
    "check_plot": "voiceguide.guide.sessions",
    "clear_cache": "voiceguide.guide.voices",
    "diagnose": "voiceguide.guide.health",
    "draft": "voiceguide.guide.routines",
    "draft_file": "voiceguide.guide.routines",
    "examine_recordings": "voiceguide.guide.voices",
    "export": "voiceguide.guide.exporting",
    "export_all": "voiceguide.guide.batch",
    "install": "voiceguide.guide.voices",
    "jobs_of": "voiceguide.guide.batch",
    "library": "voiceguide.guide.routines",
    "new_routine": "voiceguide.guide.routines",
    "overview": "voiceguide.guide.routines",
    "play": "voiceguide.guide.playing",
    "plot": "voiceguide.guide.sessions",
    "record_script": "voiceguide.guide.voices",
    "sample": "voiceguide.guide.voices",
    "timetable": "voiceguide.guide.sessions",
    "to_install": "voiceguide.guide.voices",
    "to_resume": "voiceguide.guide.resuming",
    "try_sound": "voiceguide.guide.sounds",
    "write_text": "voiceguide.guide.routines",
}
"""Name to the module that has it."""

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


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
