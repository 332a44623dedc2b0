"""A session that is made into a file and given to another program, which goes by the clock."""

from itertools import count
from pathlib import Path
from queue import Empty
from types import SimpleNamespace

import pytest
from live_parts import chapters, chime, mix_of, speech
from needs import needs_command

from voiceguide.errors import OutputError, TargetError
from voiceguide.guide import handing
from voiceguide.guide.file_players import PlayAudio
from voiceguide.guide.handing import Handing
from voiceguide.player.commands import Command, Verb
from voiceguide.player.status import Status
from voiceguide.scheduler.timeline import Timeline

pytestmark = needs_command("ffmpeg")

TAIL_MS = 200
"""So long a player that does not tell its end is given beyond the session's."""


class Waited:
    """Commands, and a clock that goes on only while somebody waits for one."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.at_s: dict[float, Command] = {}
        self._commands: list[Command] = []

    def monotonic(self) -> float:
        return self.now_s

    def put(self, command: Command) -> None:
        self._commands.append(command)

    def get(self, *, block: bool, timeout: float) -> Command:
        if not self._commands and block:
            self.now_s = round(self.now_s + timeout, 3)
            self._commands = [self.at_s.pop(each) for each in sorted(self.at_s) if each <= self.now_s]
        if not self._commands:
            raise Empty
        return self._commands.pop(0)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Waited:
    made = Waited()
    monkeypatch.setattr(handing, "time", made)
    monkeypatch.setattr(handing, "_TAIL_MS", TAIL_MS)
    return made


class Instant:
    """A player that plays for ever."""

    name = "instant"
    obeys = (Verb.TOGGLE, Verb.HOLD, Verb.RESUME, Verb.STOP)
    tells_its_end = False

    def __init__(
        self, waited: Waited, *, plays: bool = True, ended: bool = False, ends_after_s: float | None = None
    ) -> None:
        self._waited = waited
        self.plays, self._ended, self._ends_after_s = plays, ended, ends_after_s
        self.log: list[str] = []
        self.sizes: list[int] = []

    def play(self, file: Path) -> bool:
        self._began_s = self._waited.now_s
        self.sizes.append(file.stat().st_size)
        self.log.append(f"play {file.suffix} {file.exists()}")
        return self.plays

    def ended(self) -> bool:
        if self._ends_after_s is not None:
            return self._waited.now_s - self._began_s > self._ends_after_s
        return self._ended

    def pause(self) -> bool:
        self.log.append("pause")
        return True

    def go_on(self) -> bool:
        self.log.append("go on")
        return True

    def stop(self) -> None:
        self.log.append("stop")


LONG = Timeline(length_ms=20_000, cues=(chime(0),), chapters=chapters(0, 20_000))
BRIEF = Timeline(
    length_ms=1_200, cues=(chime(0), speech(100, 300), speech(500, 300)), chapters=chapters(0, 400, 800, 1_200)
)


END_S = (BRIEF.length_ms + TAIL_MS) / 1_000


def handed(waited: Waited, *players: Instant) -> tuple[list[Status], list[str]]:
    told: list[Status | None] = []
    said: list[str] = []
    Handing(mix_of(BRIEF), "Brief", waited, told.append, said.append).perform(*players)
    return [each for each in told if each], said


def test_a_session_out_of_hand_is_told_by_the_clock_and_said_at_its_moments(waited: Waited):
    player = Instant(waited)

    told, said = handed(waited, Instant(waited, plays=False), player)

    assert waited.now_s == END_S
    assert player.log == ["play .flac True", "stop"]
    assert [each.position_ms for each in told] == [*range(0, 1_200, 100), 1_200, 1_200]
    assert {each.title for each in told} == {"0", "400", "800"}
    assert {each.obeys for each in told} == {("toggle", "hold", "resume", "stop")}
    assert said == ["words", "words"]


@pytest.mark.parametrize(("hold", "go_on"), [("toggle", "toggle"), ("hold", "resume")])
def test_one_whose_player_can_be_paused_goes_on_where_it_stood(waited: Waited, hold: str, go_on: str):
    waited.at_s = {0.3: Command(Verb(hold)), 5.3: Command(Verb(go_on))}
    player = Instant(waited)

    told, said = handed(waited, player)

    assert waited.now_s == 5 + END_S
    assert player.log[1:] == ["pause", "go on", "stop"]
    assert {each.position_ms for each in told if each.paused} == {300}
    assert said == ["words", "words"]


@pytest.mark.parametrize("verb", [Verb.TOGGLE, Verb.HOLD, Verb.NEXT])
def test_one_whose_player_can_only_be_ended_plays_on(waited: Waited, verb: Verb):
    waited.at_s = {0.3: Command(verb)}
    player = Instant(waited)
    player.obeys = PlayAudio.obeys

    told, _ = handed(waited, player)

    assert waited.now_s == END_S
    assert player.log[1:] == ["stop"]
    assert not any(each.paused for each in told)


def test_a_player_that_does_not_pause_is_no_session_that_stands(waited: Waited, caplog: pytest.LogCaptureFixture):
    waited.at_s = {0.3: Command(Verb.HOLD)}
    player = Instant(waited)
    player.pause = lambda: False

    told, _ = handed(waited, player)

    assert waited.now_s == END_S
    assert not any(each.paused for each in told)
    assert "did not do that" in caplog.text


def test_one_that_is_resumed_begins_where_it_was_interrupted(waited: Waited):
    waited.put(Command(Verb.JUMP, 1))

    told, said = handed(waited, Instant(waited))

    assert told[0].position_ms == 400
    assert said == ["words"]


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.guide.handing.shutil.which", lambda _: None)


@pytest.mark.usefixtures("no_ffmpeg")
def test_a_player_that_ends_in_the_middle_is_followed_by_the_next_from_there(waited: Waited):
    first, second = Instant(waited, ends_after_s=0.8), Instant(waited)

    told, said = handed(waited, first, second)

    assert END_S <= waited.now_s <= END_S + 0.2
    assert 0 < second.sizes[0] < 0.5 * first.sizes[0]
    assert [each.position_ms for each in told] == sorted(each.position_ms for each in told)
    assert said == ["words", "words"]


@pytest.mark.usefixtures("no_ffmpeg")
def test_where_the_last_player_ends_in_the_middle_it_is_told_how_to_go_on(waited: Waited):
    with pytest.raises(OutputError, match="as far as") as error:
        handed(waited, Instant(waited, ends_after_s=0.8), Instant(waited, plays=False))

    assert "--resume" in error.value.hint


def test_a_player_that_ends_a_little_early_has_played_all(waited: Waited):
    player, other = Instant(waited, ends_after_s=1.0), Instant(waited)

    handed(waited, player, other)

    assert waited.now_s < 1.2
    assert other.log == []


@pytest.mark.parametrize(("ends_after_s", "until_s"), [(30, 30), (None, 1.2 + 600)])
def test_one_that_tells_its_end_is_given_the_time_that_it_stood_still(waited: Waited, ends_after_s, until_s):
    player = Instant(waited, ends_after_s=ends_after_s)
    player.tells_its_end = True

    told, _ = handed(waited, player)

    assert until_s <= waited.now_s <= until_s + 0.2
    assert told[-1].position_ms == 1_200
    assert player.log[1:] == ["stop"]


def test_one_that_nobody_plays_is_an_error(waited: Waited):
    gone = Instant(waited, ended=True)

    with pytest.raises(OutputError, match="none of"):
        handed(waited, gone)

    assert gone.log[-1] == "stop"


def test_a_stop_that_comes_early_makes_no_file(waited: Waited):
    player = Instant(waited)
    waited.put(Command(Verb.STOP))

    handed(waited, player)

    assert player.log == []


def test_while_the_file_is_made_that_is_told_and_a_stop_is_obeyed(waited: Waited, monkeypatch: pytest.MonkeyPatch):
    times = count()
    monkeypatch.setattr(waited, "monotonic", lambda: next(times) / 10)
    told: list[Status | None] = []

    def tell(status: Status | None) -> None:
        told.append(status)
        if len(told) == 3:
            waited.put(Command(Verb.STOP))

    player = Instant(waited)
    Handing(mix_of(LONG), "Long", waited, tell, print).perform(player)

    assert told == [None, None, None]
    assert player.log == []


def test_a_phone_without_room_says_so_before_the_work(waited: Waited, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000))

    with pytest.raises(TargetError, match="room") as error:
        handed(waited, Instant(waited))

    assert error.value.hint
