"""One cell of the kill matrix: a scenario over a database; all its points, and what became of the post after each death."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.killing.child import Shift
from tests.killing.databases import Databases
from tests.killing.forge import Forge, Report
from tests.killing.worlds import Message, World

THREAD = ("One: the ferry carried 412,000 riders.", "Two: it is free until May.", "Three: the council votes on May 14.")
ENOUGH_TRIES = 4
LATE_PIECE = re.compile(r"\d+\.([2-9]|\d\d) ")
"""A read beyond the first: whether there is one depends on how the answer was cut into pieces on its way."""


@dataclass(frozen=True)
class Scenario:
    """What is done, and where in it the killing begins."""

    name: str
    platform: str
    texts: tuple[str, ...]
    card: bool = False
    before: tuple[str, ...] = ()
    loses_answer: bool = False
    lag: float = 0.0
    """Seconds until X shows a post; longer than all looks: what is out is not found, and must not be sent again."""
    withdrawn: bool = False
    """The end is that nothing is there."""
    first: re.Pattern[str] | None = None
    """The run that is enumerated is the recovery from this first kill: of the points that match, the last."""
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    new: bool = False
    """It is not known what the account said before this database: that is read first."""


SCENARIOS = (
    Scenario("bluesky thread, first publish", "bluesky", THREAD, card=True, new=True),
    Scenario("bluesky thread, unwind", "bluesky", THREAD, before=("publish", "unwind"), withdrawn=True),
    Scenario("bluesky, killed in recovery too", "bluesky", THREAD[:2], first=re.compile(r" send\[\d+\] send after"), databases=("sqlite",)),
    Scenario("x short", "x", THREAD[:1], new=True),
    Scenario("x short, timeline lags", "x", THREAD[:1], lag=100_000, databases=("sqlite",)),
    Scenario("x thread", "x", THREAD),
    Scenario("x look-up", "x", THREAD[:2], before=("pass", "wait"), loses_answer=True),
    Scenario("x thread, unwind", "x", THREAD, before=("publish", "unwind"), withdrawn=True),
    Scenario("x sent, killed in recovery too", "x", THREAD[:2], first=re.compile(r" send\[\d+\] sendall after")),
    Scenario("x not sent, killed in recovery too", "x", THREAD[:1], first=re.compile(r" send\[\d+\] sendall before"), databases=("sqlite",)),
)


@dataclass
class Tally:
    """What is counted."""

    scenario: str
    database: str
    points: int = 0
    killed: int = 0
    uncertain: int = 0
    duplicates: int = 0
    lost: int = 0
    disordered: int = 0
    wrong_end: int = 0
    stories: list[str] = field(default_factory=list)
    """Of what went wrong, for whoever mends it."""

    @property
    def row(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "stories"}


@dataclass
class Cell:
    """A scenario over a database, with all that it takes to run it."""

    scenario: Scenario
    database: str
    databases: Databases
    forge: Forge
    world: Callable[[Shift], World]
    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _first_point: str | None = None

    def names(self) -> list[str]:
        """All points of the run, in order: of a run that nothing kills."""
        return self._life(None).points

    def kill_at(self, point: str, tally: Tally) -> None:
        """One death, the restart, and the judgement."""
        for _ in range(ENOUGH_TRIES):
            life = self._life(point)
            if life.killed:
                assert life.points[-1] == point
                break
        else:
            assert LATE_PIECE.match(point), f"{point} was not reached: {life.points}"
        with self._lock:
            self._judge(life, point, tally)

    def _life(self, point: str | None) -> Life:
        """Fresh account, fresh database; the run, killed at this point; the recovery, to the end."""
        with ExitStack() as stack:
            name = f"life{next(self._numbers)}"
            shift = Shift(self.folder / f"{name}.shift")
            world = self.world(shift)
            url = stack.enter_context(self.databases.copy(name))
            common = {
                "account": world.name, "folder": str(self.folder), "shift": str(shift.path),
                "environment": {
                    **world.environment, "BOT_DATABASE_URL": url, "BOT_SEGMENT_PAUSE": "0", "BOT_HTTP_TIMEOUT": "10",
                    "BOT_X_READBACK": "15,60",  # one look that is followed by another, and one that is not
                },
            }
            if self.scenario.loses_answer:
                world.lose_answer()
            if self.scenario.first:
                died = self.forge.run(**common, watched=True, kill_at=self.first_point())
                assert died.killed
                world.quiet()
            run = self.forge.run(**common, before=self.scenario.before, watched=True, kill_at=point)
            world.quiet()
            last, asked = run, False
            if run.killed:
                last = self.forge.run(**common)
            while last.result["state"] == "uncertain":
                world.quiet()
                asked = True
                last = self.forge.run(**common, resolve=self._truth(world, last))
            world.quiet()
            return Life(run.points, run.killed, asked, last.result, world.there(), world.taken_down())

    def first_point(self) -> str:
        """The first death of a scenario with two: where it is, a run that nothing kills tells."""
        if self._first_point is None:
            assert self.scenario.first is not None
            plain = replace(self, scenario=replace(self.scenario, first=None))
            self._first_point = [name for name in plain.names() if self.scenario.first.search(name)][-1]
        return self._first_point

    def _truth(self, world: World, uncertain: Report) -> str | None:
        """What a person finds who looks for the first message that is not known to be out."""
        text = self.scenario.texts[uncertain.result["unknown"]]
        return next((message.id for message in world.there() if message.text == text), None)

    def _judge(self, life: Life, point: str, tally: Tally) -> None:
        expected = list(self.scenario.texts)
        ever = [*life.there, *(life.taken_down or ())]
        texts = [message.text for message in ever]
        duplicates = sum(texts.count(text) - 1 for text in expected if text in texts) + sum(text not in expected for text in texts)
        lost = disordered = 0
        if self.scenario.withdrawn:
            end = life.result["state"] == "withdrawn" and not life.there
            if life.taken_down is not None:
                lost = sum(text not in texts for text in expected)
                disordered = [message.text for message in life.taken_down] != expected[::-1]
        else:
            end = life.result["state"] == "published" and life.result["remote"] == [message.id for message in life.there]
            lost = sum(text not in texts for text in expected)
            parents = [None, *(message.id for message in life.there)][: len(life.there)]
            disordered = texts != expected or [message.parent for message in life.there] != parents or not all(m.sound for m in life.there)
        end = end and not life.result["troubles"] and not life.result["paused"]
        tally.points += 1
        tally.killed += life.killed
        tally.uncertain += life.asked
        tally.duplicates += duplicates
        tally.lost += lost
        tally.disordered += disordered
        tally.wrong_end += not end
        if duplicates or lost or disordered or not end:
            tally.stories.append(f"{tally.scenario} on {tally.database}, killed at {point}: there {life.there}, {life.result}")


@dataclass(frozen=True)
class Life:
    """What became of a post."""

    points: list[str]
    killed: bool
    asked: bool
    """A person had to look."""
    result: dict[str, Any]
    there: list[Message]
    taken_down: list[Message] | None
