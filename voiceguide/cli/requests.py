"""From the words of the command line to a request."""

from dataclasses import replace
from datetime import datetime, timedelta

from voiceguide.audio.levels import ACCESSIBLE, Levels
from voiceguide.cli.options import SessionOptions, SoundOptions
from voiceguide.errors import ScheduleError
from voiceguide.guide import Request
from voiceguide.guide.request import RATE_WPM, SLOW_RATE_WPM
from voiceguide.routine.amounts import LONGEST_MS
from voiceguide.scheduler.options import Options
from voiceguide.units import MINUTE_MS, SECOND_MS


def request_of(
    routine: str,
    session: SessionOptions,
    sound: SoundOptions | None = None,
    *,
    output: str | None = None,
    until: str | None = None,
    keys: bool = False,
) -> Request:
    """Return what was asked for.

    Raises:
        ScheduleError: The time makes no sense.
    """
    heard = sound or SoundOptions()
    options = Options(
        budget_ms=_budget_ms(session.minutes, until),
        stretch=session.stretch,
        only=tuple(session.only or ()),
        skip=tuple(session.skip_section or ()),
        focus=tuple(session.focus or ()),
        avoid=tuple(session.avoid or ()),
        pressure=session.pressure,
        detail=session.detail,
        time_left_ms=session.time_left * MINUTE_MS if session.time_left else None,
        pace=session.pace,
        keys=keys,
    )
    return Request(
        routine=routine,
        options=options,
        voice=session.voice,
        rate_wpm=session.rate or (SLOW_RATE_WPM if heard.accessible else RATE_WPM),
        music=heard.music,
        shuffle=heard.shuffle,
        chimes=heard.chimes,
        levels=_levels(heard),
        output=output,
    )


def _levels(heard: SoundOptions) -> Levels:
    return replace(
        ACCESSIBLE if heard.accessible else Levels(),
        voice_db=heard.voice_level,
        music_db=heard.music_level,
        chime_db=heard.chime_level,
    )


def _budget_ms(minutes: float | None, until: str | None) -> int | None:
    if until is not None:
        if minutes is not None:
            raise ScheduleError("--minutes and --until are both given", hint="give one of them")
        return milliseconds_until(until, datetime.now().astimezone())
    if minutes is None:
        return None
    if not SECOND_MS <= minutes * MINUTE_MS <= LONGEST_MS:
        raise ScheduleError(f"a session cannot last {minutes:g} minutes", hint="ask for 1 to 720 minutes")
    return round(minutes * MINUTE_MS)


def milliseconds_until(time_of_day: str, now: datetime) -> int:
    """Return the milliseconds from `now` to the next such time of day, such as "21:30".

    Raises:
        ScheduleError: It is no time of day, or more than 12 hours away.
    """
    try:
        hour, minute = (int(part) for part in time_of_day.split(":"))
        end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise ScheduleError(f"--until: '{time_of_day}' is no time of day", hint="write it as 21:30") from None
    if end <= now:
        end += timedelta(days=1)
    left_ms = int((end - now).total_seconds() * 1000)
    if left_ms > LONGEST_MS:
        raise ScheduleError(f"--until: {time_of_day} has passed today", hint="give a time in the next 12 hours")
    return left_ms
