"""What a child of the forge does: one run of the program over one database, killed at a point or to its end.

The time is the host's and a shift, which stands in a file: the X stand-in tells the time by the same file, so moving the clock
moves the world. Waiting is moving the clock to the next moment for which something is scheduled.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import clock, config, context, pipeline, rescue
from bot.errors import BotError
from bot.store import models, posts
from bot.store.states import DeliveryState, State
from tests.killing.points import Points

POST = 1
PASSES = 60
"""More than any run takes: a look is 15 s, 60 s or 5 min after its call, a lease 60 s."""


class Shift:
    """By how many seconds the time differs from the host's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            self.set(0)

    def get(self) -> float:
        return float(struct.unpack("d", self.path.read_bytes())[0])

    def set(self, seconds: float) -> None:
        beside = self.path.with_suffix(".new")
        beside.write_bytes(struct.pack("d", seconds))
        beside.replace(self.path)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.get())

    def wait_until(self, moment: datetime) -> None:
        self.set(self.get() + max((moment - self.now()).total_seconds(), 0) + 0.001)


class Run:
    """The program over a database, with the account of its environment."""

    def __init__(self, order: dict[str, Any], passed: Callable[[str], object]) -> None:
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        self.shift = Shift(Path(order["shift"]))
        clock.replace(self.shift.now)
        self.points = Points(passed, order.get("kill_at"))
        self.bot = context.open_bot(config.load())
        self.account: str = order["account"]
        self.troubles: list[str] = []
        if order.get("watched"):
            self.points.watch_commits()
            self.points.watch_sockets()
            self.points.watch_calls(self.bot.platform(self.account))

    def one_pass(self) -> None:
        """As the worker makes it."""
        pipeline.publish_due(self.bot, tell=self._tell, sleep=lambda seconds: self.shift.set(self.shift.get() + seconds))

    def _tell(self, where: str, error: BotError) -> None:
        self.troubles.append(f"{where}: {error}")

    def until_settled(self) -> None:
        """Pass after pass, until nothing is scheduled any more or a person is asked."""
        for _ in range(PASSES):
            self.one_pass()
            moment = self._next()
            if moment is None:
                return
            self.shift.wait_until(moment)
        raise AssertionError(f"not settled after {PASSES} passes: {self.report()}")

    def wait(self) -> None:
        """Until something is scheduled."""
        self.shift.wait_until(self._next() or self.shift.now())

    def _next(self) -> datetime | None:
        """The next moment for which something is scheduled; None when nothing is."""
        with self.bot.store.read() as session:
            post = posts.get(session, POST)
            looks = [row.look_at for row in post.revision.deliveries]
            on_its_way = post.state in (State.APPROVED, State.PUBLISHING)
            moments = [*looks, post.unwind_at, post.due_at if on_its_way else None]
            scheduled = [moment for moment in moments if moment is not None]
            if not scheduled and not (on_its_way and self._sending(post)):
                return None
            lease = post.account.lease_until
            now = self.shift.now()
            if lease is not None and lease > now:
                return lease
            return min(scheduled) if scheduled and min(scheduled) > now else now

    @staticmethod
    def _sending(post: models.Post) -> bool:
        return any(row.state == DeliveryState.SENDING for row in post.revision.deliveries)

    def report(self) -> dict[str, Any]:
        """The post as the database has it now."""
        with self.bot.store.read() as session:
            post = posts.get(session, POST)
            rows = post.revision.deliveries
            unknown = next((row.position for row in rows if row.state == DeliveryState.UNKNOWN), None)
            return {
                "state": str(post.state), "deliveries": [str(row.state) for row in rows], "unknown": unknown,
                "remote": [remote.id for row in rows for remote in row.remote], "troubles": self.troubles,
                "resends": sum(row.resends for row in rows), "paused": post.account.paused_reason,
                "history": [f"{event.at:%H:%M:%S} {event.what}" + (f" ({event.why})" if event.why else "") for event in post.events],
            }


def main(order: dict[str, Any], passed: Callable[[str], object]) -> dict[str, Any]:
    """Carry out an order.

    `before`: what is done unwatched, to come to where it gets interesting. `kill_at`: the point to die at. `resolve`: what a
    person found on the platform, an id or null.
    """
    run = Run(order, passed)
    steps: dict[str, Callable[[], None]] = {
        "publish": run.until_settled, "pass": run.one_pass, "wait": run.wait, "unwind": lambda: rescue.unwind(run.bot, POST),
    }
    for step in order.get("before", ()):
        steps[step]()
    if "resolve" in order:
        rescue.resolve(run.bot, POST, sent=order["resolve"])
    run.points.arm()
    run.until_settled()
    run.points.disarm()
    return run.report()
