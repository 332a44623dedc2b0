"""Where a live session stands, for whoever shows or tells it."""

from dataclasses import dataclass

from voiceguide.player.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One moment of a session, as screens, remotes and saved progress need it."""

    session_title: str

    step: int
    """Number of the step, from 1 as ``show`` counts them; 0 in the opening, one more than there are in the closing."""

    title: str
    """Of the step, with its side; of the opening or the closing."""

    next_title: str | None
    """What comes next; `None` in the closing."""

    position_ms: int
    length_ms: int
    left_ms: int

    step_left_ms: int
    step_start_ms: int

    held: bool
    """Whether the session waits while the music plays."""

    paused: bool
    """Whether all is silent and waits."""

    muted: bool
    """Whether all is silent and goes on."""

    waits: bool
    """Whether this step ends when a key is pressed, and not before."""

    device_lost: bool
    """Whether the session waits for a sound device."""

    steps: tuple[str, ...]
    """The titles of all steps, in order."""

    news: str | None = None
    """What was last said besides the session, such as which steps no longer fit."""

    ends_at_s: float | None = None
    """When it ends, in seconds since 1970, where that was promised."""

    obeys: tuple[str, ...] | None = None
    """The only commands that it obeys, of a session that another program plays; `None` for all there are."""


def status_of(
    transport: Transport,
    session_title: str,
    *,
    device_lost: bool = False,
    news: str | None = None,
    ends_at_s: float | None = None,
) -> Status:
    """Return where a session stands."""
    timeline, index, chapter = transport.timeline, transport.chapter_index, transport.chapter
    after = timeline.chapters[index + 1 : index + 2]
    position_ms = min(transport.position_ms, timeline.length_ms)
    return Status(
        session_title=session_title,
        step=index,
        title=chapter.title,
        next_title=after[0].title if after else None,
        position_ms=position_ms,
        length_ms=timeline.length_ms,
        left_ms=timeline.length_ms - position_ms,
        step_left_ms=max(0, chapter.end_ms - position_ms),
        step_start_ms=chapter.start_ms,
        held=transport.held,
        paused=transport.paused,
        muted=transport.muted,
        waits=chapter.waits,
        device_lost=device_lost,
        steps=timeline.step_titles,
        news=news,
        ends_at_s=ends_at_s,
    )
