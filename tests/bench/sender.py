"""A worker process of the throughput benchmark: the program's own worker, on a platform that takes a set time and writes down what it takes.

    python -m tests.bench.sender URL LOG ACCOUNTS SECONDS OWNER
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from math import inf
from pathlib import Path

from bot import config, worker
from bot.accounts import Account
from bot.cli import fate
from bot.context import Bot
from bot.store import db
from bot.values import Content, Fixed, Identity, Image, Limits, Outcome, OutcomeKind, Remote, Request, Segment, Sought
from tests.bench import crowd

LEASE = 6
"""Seconds."""


class Timed:
    """One delivery a post, looked for by its key like Bluesky's. Every message that arrives is a line of the log."""

    limits = Limits(unit="characters", length=280)
    looks = (0.5,)
    repeatable = True
    fingerprint = crowd.FINGERPRINT

    def __init__(self, account: str, log: Path, seconds: float, owner: str) -> None:
        self.account, self.log, self.seconds, self.owner = account, log, seconds, owner

    def measure(self, text: str) -> Segment:
        return Segment(text=text, length=len(text), limit=280, has_url=False)

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        body = json.dumps({"post": fixed.post if fixed else 0, "text": content.segments[0].text})
        return (Request(position=0, segments=(0,), body=body, provisional=("$.post",)),)

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        return None

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        began, post = time.time(), json.loads(request.body)["post"]
        time.sleep(self.seconds)
        write(self.log, "sent", self.owner, self.account, post, began, time.time())
        return self._found(post)

    def find(self, sought: Sought) -> Outcome:
        post = json.loads(sought.request)["post"]
        return self._found(post) if self._out(post) else Outcome(kind=OutcomeKind.NOT_SENT, detail="it is not there")

    def _out(self, post: int) -> bool:
        return f" {self.account} {post} " in self.log.read_text()

    def _found(self, post: int) -> Outcome:
        return Outcome(kind=OutcomeKind.SENT, remote=(Remote(id=str(post), url=f"https://fake.example/{post}"),))

    def delete(self, remote: Remote) -> Outcome:
        return Outcome(kind=OutcomeKind.SENT)

    def named(self, request: str, reference: str, *, since: datetime | None = None) -> tuple[Remote, ...]:
        return (Remote(id=reference, url=f"https://fake.example/{reference}"),)

    def verify(self) -> Identity:
        return Identity(handle=self.account, remote_id=f"r{int(self.account[1:])}")


def write(log: Path, *words: object) -> None:
    """One line, whole, however many processes write."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, (" ".join(map(str, words)) + "\n").encode())
    os.close(file)


def main() -> None:
    url, log, accounts, seconds, owner = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    settings = config.load(
        database_url=url, lease_seconds=LEASE, http_timeout=2, segment_pause=0, recheck_seconds=0, watch_days=0, poll_seconds=0.5, user="bench",
    )
    names = [crowd.name(number) for number in range(1, accounts + 1)]
    with worker.stopping() as stop, db.open_store(url) as store:
        bot = Bot(
            settings, store, {name: Account(name=name, platform="fake", service="http://127.0.0.1:1") for name in names}, {}, owner=owner,
            _platforms={name: Timed(name, log, seconds, owner) for name in names},
        )
        write(log, "ready", owner)
        began = os.times()
        worker.run(bot, stop, lambda said: None, fate=lambda post: fate.of(bot, post), told=str)
    used = os.times()
    write(log, "cpu", owner, used.user + used.system - began.user - began.system)


if __name__ == "__main__":
    main()
