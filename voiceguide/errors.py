"""Every error that a person can cause or meet, each with a hint and an exit code.

```text
VoiceguideError            1
├── RoutineError           3   a routine that is unknown, unreadable or wrong
├── ScheduleError          4   a session that cannot be made of the routine
│   └── BudgetError        4   a time that no plan can keep
├── SpeechError            5   no engine can speak, or none as asked
├── OutputError            6   no sound device, or it went away
│   └── SilentError        6   a sound server runs, and has no speaker
├── TargetError            7   a file that cannot be written
├── MediaError             8   a sound file that cannot be read
├── SettingsError          9   a settings file that is wrong
└── SessionError          10   no session to steer or to resume, or one is running already
    └── ProgressError     10   what was kept of a session cannot be used
```

2 is a wrong command line, 11 a batch of which not all was made, and 130 is Ctrl-C, as everywhere. An error without a
hint is a bug, and a bug keeps its traceback and exits with 1.
"""

import difflib
from collections.abc import Iterable
from typing import ClassVar


class VoiceguideError(Exception):
    """Something went wrong that the person in front can mend.

    Args:
        message: What happened, and to what: one sentence, no full stop.
        hint: What to do about it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RoutineError(VoiceguideError):
    """A routine is unknown, unreadable or wrong."""

    exit_code = 3


class ScheduleError(VoiceguideError):
    """No session as asked for can be made of the routine."""

    exit_code = 4


class BudgetError(ScheduleError):
    """The time that was asked for is too short or too long for the routine.

    Args:
        message: As always.
        hint: As always.
        least_ms: The shortest session that can be, in milliseconds.
        most_ms: The longest.
    """

    def __init__(self, message: str, *, hint: str, least_ms: int, most_ms: int) -> None:
        super().__init__(message, hint=hint)
        self.least_ms = least_ms
        self.most_ms = most_ms


class SpeechError(VoiceguideError):
    """No engine can speak, or the one that was asked for cannot."""

    exit_code = 5


class OutputError(VoiceguideError):
    """There is no sound device, or it went away."""

    exit_code = 6


class SilentError(OutputError):
    """A sound server runs, and has no speaker: nobody hears what it plays."""


class TargetError(VoiceguideError):
    """A file cannot be written as asked."""

    exit_code = 7


class MediaError(VoiceguideError):
    """A sound file cannot be read."""

    exit_code = 8


class SettingsError(VoiceguideError):
    """The settings file is wrong."""

    exit_code = 9


class SessionError(VoiceguideError):
    """There is no session to steer or to resume, or one is running already."""

    exit_code = 10


class ProgressError(SessionError):
    """What was kept of a session cannot be used."""


def near(name: str, names: Iterable[str]) -> str:
    """Return the hint for a name that is unknown: those nearest to it, else all there are."""
    known = {each.casefold(): each for each in names}
    close = difflib.get_close_matches(name.casefold().strip(), known, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(known[each] for each in close)}?"
    return f"there are {', '.join(known.values())}"
