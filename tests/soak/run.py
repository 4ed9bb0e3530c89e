"""One soak: a year of a small newsroom in an hour, and what came of it, counted on the platforms and the site."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select
from tqdm import tqdm

from bot import clock
from bot.accounts import Account
from bot.config import load
from bot.context import Bot
from bot.health import Examiner, Level
from bot.store import accounts, db, models
from bot.store.states import State
from bot.values import Kind
from tests.servers.pds import Pds
from tests.soak import child, web
from tests.soak.editor import Editor, uncertain
from tests.swarm.plan import Plan, SharedClock
from tests.swarm.platforms import SwarmProxy, SwarmX, Watch, World
from tests.swarm.troubles import FORGE
from tests.swarm.truth import Message, on_bluesky

STEP = timedelta(minutes=30)
LEASE, TIMEOUT = 30, 1.2
BEGAN = datetime(2027, 1, 1, tzinfo=UTC)
SETTLE = timedelta(days=4)
"""After the last article, so that all has its time."""


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    days: int = 365
    feeds: int = 20
    a_day: int = 30
    seed: int = 7


class Calm(Watch):
    """The platforms' failures of the soak: now and then, not a storm."""

    share = 0.02

    def fault(self, kinds: tuple[str, ...], rate: float) -> str | None:
        return super().fault(kinds, self.share)

    def delay(self) -> float:
        return 0.0


@dataclass
class Worker:
    """A worker process, in step with the conductor."""

    process: BaseProcess
    pipe: Connection

    @classmethod
    def born(cls, plan: Plan, owner: str) -> Worker:
        ours, theirs = FORGE.Pipe()
        process = FORGE.Process(target=child.work, args=(plan, owner, theirs), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def pass_(self, *, killed_after: float | None = None) -> child.Told | None:
        """One pass; None when it was killed in it."""
        self.pipe.send("pass")
        if killed_after is not None and not self.pipe.poll(killed_after):
            os.kill(self.process.pid or 0, signal.SIGKILL)
            self.process.join()
            return None
        if not self.pipe.poll(300):
            raise RuntimeError("a pass took over five minutes")
        told: child.Told = self.pipe.recv()
        return told

    def end(self) -> None:
        self.pipe.close()
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@dataclass
class Month:
    """What one simulated month came to."""

    rss: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    drafted: int = 0
    database: int = 0


@dataclass
class Result:
    """What a run came to."""

    lines: list[str]
    wrong: list[str]


class Soak:
    """The parts of a run, and the run."""

    def __init__(self, size: Size, url: str, pds: Pds, stack: ExitStack) -> None:
        self.size, self.pds = size, pds
        self.chance = random.Random(size.seed)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        self.watch, self.world, self.shared = Calm(size.seed), World(), SharedClock(folder / "clock")
        self.shared.put(BEGAN - datetime.now(UTC))
        self.world.state.clock = lambda: self.shared.now().timestamp()
        self.world.state.lag = 0
        x = stack.enter_context(SwarmX(self.world, self.watch, 0))
        proxy = stack.enter_context(SwarmProxy(pds.url, self.watch))
        login, user = pds.create_account(), x.create_account()
        self.ids = {"x": user.user_id, "bluesky": login.did}
        named = {
            "x": x.account(user, name="x", slots="*/30 6-22 * * *", daily_cap=40),
            "bluesky": Account(
                name="bluesky", platform="bluesky", handle=login.handle, service=proxy.url, secrets={"app_password": SecretStr(login.password)},
                quiet_hours="23:00-06:00", daily_cap=60,
            ),
        }
        settings = load(
            lease_seconds=LEASE, http_timeout=TIMEOUT, segment_pause=0, grace_seconds=600, user="editor", database_url=url,
            allow_private=True, auto_approve="clean", feed_interval=7200, watch_days=1, thread_resume=86_400, keep_days=60,
        )
        clock.replace(self.shared.now)
        stack.callback(clock.replace, None)
        self.store = stack.enter_context(db.open_store(url))
        with self.store.write() as session:
            for name, account in named.items():
                accounts.ensure(session, name=name, platform=account.platform, handle=account.handle)
        self.plan = Plan(url, folder / "clock", folder / "log", settings, (named,))
        self.paper = web.Plan(BEGAN, size.days, size.feeds, size.a_day, size.seed)
        self.site = web.Site(self.paper, self.shared.now)
        stack.callback(self.site.shutdown)
        web.threading.Thread(target=self.site.serve_forever, daemon=True).start()
        self.editor = Editor(Bot(settings, self.store, named, {}, owner="editor"), random.Random(size.seed + 2))
        self.months: list[Month] = []
        self.done: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.url = url
        self.findings: Counter[str] = Counter()

    def run(self) -> Result:
        began = time.monotonic()
        self._subscribe()
        steady, other = Worker.born(self.plan, "steady"), Worker.born(self.plan, "other")
        ends = BEGAN + timedelta(days=self.size.days) + SETTLE
        try:
            with tqdm(total=self.size.days + SETTLE.days, desc="days", unit="day", disable=None, leave=False) as bar:
                moment = BEGAN
                while moment < ends:
                    other = self._step(moment, steady, other)
                    moment += STEP
                    if moment.hour == 0 and moment.minute == 0:
                        bar.update(1)
            self._settle(steady)
        finally:
            steady.end()
            other.end()
        return self._report(time.monotonic() - began)

    def _subscribe(self) -> None:
        """The feeds are added before the year begins, so that each article of it is news."""
        self.shared.put(BEGAN - timedelta(minutes=1) - datetime.now(UTC))
        resolved = child.guard.resolved
        child.guard.resolved = lambda host, port: ["127.0.0.1"] if host == web.HOST else resolved(host, port)
        try:
            self.editor.subscribe([f"{self.site.url}/f{number:02}/feed" for number in range(self.size.feeds)])
        finally:
            child.guard.resolved = resolved

    def _step(self, moment: datetime, steady: Worker, other: Worker) -> Worker:
        self.shared.put(moment - datetime.now(UTC))
        if (moment.day == 1 and moment.hour == 0 and moment.minute == 0) or not self.months:
            self.months.append(Month())
        month = self.months[-1]
        turn = self.chance.random()
        if turn < 0.01:  # killed somewhere in its pass, and started again
            told = other.pass_(killed_after=self.chance.uniform(0, 0.25))
            if told is None:
                self.done["kills"] += 1
                other.pipe.close()
                other = Worker.born(self.plan, f"other-{self.done['kills']}")
        elif turn < 0.02:
            self.done["restarts"] += 1
            other.end()
            other = Worker.born(self.plan, f"other-r{self.done['restarts']}")
            told = other.pass_()
        elif turn < 0.1:
            told = other.pass_()
        else:
            told = steady.pass_()
            assert told is not None
            month.rss.append(told.rss_kb)
            month.seconds.append(told.seconds)
            month.queries.append(told.queries)
        if told is not None:
            month.drafted += told.drafted
            self.done["passes"] += 1
            self.told.update(line.partition(": ")[2][:50] for line in told.told)
        if moment.hour == 13 and moment.minute == 0:
            self.findings.update(f"{found.level}: {found.check}" for found in Examiner(self.editor.bot).examine() if found.level is not Level.GREEN)
        if moment.hour in (8, 12, 17) and moment.minute == 0:
            self.editor.look_in()
            if uncertain(self.editor.bot):
                self.editor.settle({name: self.messages(name) for name in self.ids})
        month.database = _bytes(self.url)
        return other

    def _settle(self, steady: Worker) -> None:
        """Calm, until nothing waits any more that a person or time would not have settled."""
        self.watch.stormy = self.site.stormy = False
        for _ in range(60):
            self.editor.look_in()
            self.editor.settle({name: self.messages(name) for name in self.ids})
            self.shared.put(self.shared.offset + STEP)
            steady.pass_()

    def messages(self, name: str) -> list[Message]:
        """What stands on the account."""
        if name == "bluesky":
            return on_bluesky(self.pds, self.ids[name])
        return [Message(tweet.id, tweet.text, tweet.in_reply_to) for tweet in self.world.tweets(self.ids[name])]

    def _report(self, seconds: float) -> Result:
        wrong: list[str] = []
        with self.store.read() as session:
            by_path = {(row.url or "").split("/", 3)[-1]: row for row in session.scalars(select(models.Article))}
            ids: dict[str, set[str]] = {name: set() for name in self.ids}
            states: Counter[str] = Counter()
            of_article: dict[int, list[tuple[str, Kind, str]]] = {}
            for row in session.scalars(select(models.Post)):
                of_article.setdefault(row.article_id, []).append((row.account.name, row.kind, row.state))
                states[row.state] += 1
                remote = [one.id for delivery in row.revision.deliveries for one in delivery.remote]
                ids[row.account.name].update(remote)
                if row.state == State.PUBLISHED and len(remote) != len(row.revision.content.segments):
                    wrong.append(f"post {row.id} is published with {len(remote)} of {len(row.revision.content.segments)} messages")
        articles: Counter[str] = Counter()
        for story in self.paper.stories:
            found = by_path.get(story.path[1:])
            if story.at < BEGAN:  # before the baseline
                wrong += [f"old news: {story.path} of {story.at:%Y-%m-%d %H:%M}"] if found is not None else []
                continue
            if found is None:
                articles["missing"] += 1
                if story.gone_at is None:
                    wrong.append(f"lost: {story.path} of {story.at:%Y-%m-%d %H:%M} was never taken in")
                continue
            articles[str(found.state)] += 1
            if found.state == "drafted" and {name for name, _, _ in of_article.get(found.id, [])} != set(self.ids):
                wrong.append(f"lost: article {found.id} has posts {of_article.get(found.id)}")
        counts = {}
        for name in self.ids:
            shown = self.messages(name)
            texts = Counter(message.text for message in shown if "http" in message.text or len(message.text) > 60)
            wrong += [f"duplicate on {name}, {times} times: {text[:80]}" for text, times in texts.items() if times > 1]
            there = {message.id for message in shown}
            wrong += [f"{name} shows {one}, which no post has" for one in sorted(there - ids[name])]
            wrong += [f"{name} does not show {one}, which a post says is out" for one in sorted(ids[name] - there)]
            counts[name] = len(shown)
        unfinished = {state: count for state, count in states.items() if state in (State.PUBLISHING, State.APPROVED, State.UNCERTAIN, State.STOPPED)}
        if unfinished:
            wrong.append(f"not at an end: {unfinished}")
        log = self.plan.log.read_text() if self.plan.log.exists() else ""
        wrong += [line for line in log.splitlines() if "fault of the program" in line][:20]
        lines = [
            f"seed {self.size.seed}, {self.store.dialect}, {self.size.days} days, {self.size.feeds} feeds, {sum(story.at >= BEGAN for story in self.paper.stories)} articles; {seconds / 60:.0f} min",
            f"passes {self.done['passes']}, kills {self.done['kills']}, restarts {self.done['restarts']}; "
            f"requests to the site {self.site.asked['requests']} ({self.site.asked['unchanged']} unchanged, {self.site.asked['failures']} failed); "
            f"faults of the platforms {self.watch.faults.total()} of {len(self.watch.faults)} kinds",
            f"articles: {_told(articles)}; posts: {_told(states)}; messages: {_told(counts)}",
            f"the editor: {_told(self.editor.did)}; refused: {_told(self.editor.refused)}",
            f"not green at one o'clock, in days: {_told(self.findings)}",
            f"wrong: {len(wrong)}",
            "",
            "| month | passes | RSS of the steady worker, MB | queries a pass, median | seconds a pass, median / p99 | posts drafted | database, MB |",
            "|---|---:|---:|---:|---:|---:|---:|",
        ]
        for number, month in enumerate(self.months, 1):
            if month.rss:
                slow = sorted(month.seconds)
                lines.append(
                    f"| {number} | {len(month.rss)} | {month.rss[0] / 1024:.0f}–{max(month.rss) / 1024:.0f} | {sorted(month.queries)[len(month.queries) // 2]} "
                    f"| {slow[len(slow) // 2]:.2f} / {slow[int(len(slow) * 0.99)]:.2f} | {month.drafted} | {month.database / 1e6:.0f} |"
                )
        lines += ["", "What users were told, most often:", *(f"- {times} × {line}" for line, times in self.told.most_common(12))]
        return Result(lines, wrong)


def _told(counted: Any) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items())) or "nothing"


def _bytes(url: str) -> int:
    path = Path(url.removeprefix("sqlite:///"))
    return sum(one.stat().st_size for one in (path, Path(f"{path}-wal")) if one.exists())
