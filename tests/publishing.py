"""For tests of publishing: a clock that is moved, one account or more on fakes, and each act a person or worker can do, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import clock, config, publish, rescue
from bot.accounts import Account
from bot.context import Bot
from bot.errors import BotError
from bot.store import accounts, models, posts, spending
from bot.store.db import Store
from bot.store.states import ArticleState, State
from bot.values import Content, Formatted, Kind, Outcome, OutcomeKind, Segment
from tests.fakes import FakePlatform

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
GRACE = timedelta(seconds=120)
PRICE = 15_000
"""Micro-dollars of each segment."""
NOT_SENT = Outcome(kind=OutcomeKind.NOT_SENT, detail="connection refused")
UNKNOWN = Outcome(kind=OutcomeKind.UNKNOWN, detail="timed out")
REFUSED = Outcome(kind=OutcomeKind.REFUSED, detail="not allowed")


class Time:
    """The clock of a test: it stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def pass_(self, span: timedelta | float) -> None:
        """A span, or so many seconds."""
        self.now += span if isinstance(span, timedelta) else timedelta(seconds=span)


class World:
    """A store, a clock, and accounts on fakes; `fake` is the account of most tests, on the platform of the same name."""

    def __init__(self, store: Store, time: Time) -> None:
        self.store, self.time = store, time
        self.fake = FakePlatform()
        self.fakes = {"fake": self.fake}
        self.slept: list[float] = []
        self.asleep: Callable[[float], None] = lambda seconds: None
        """What happens while a wait is sat out, beyond that time passes."""
        self.terms: dict[str, Any] = {}
        self.articles = 0

    def platform(self, name: str = "fake", **kind: Any) -> FakePlatform:
        """Another platform for the account."""
        self.fakes[name] = FakePlatform(**kind)
        self.fake = self.fakes["fake"]
        return self.fakes[name]

    def make(self, *texts: str, account: str = "fake") -> int:
        """A post in review."""
        self.articles += 1
        number = self.articles
        segments = tuple(Segment(text=text, length=len(text), limit=280, has_url=False, cost_micros=PRICE) for text in texts)
        with self.store.write() as session:
            row = accounts.ensure(session, name=account, platform="fake", handle=None)
            article = models.Article(
                url_key=f"example.com/{number}", url=f"https://example.com/{number}", fingerprint=f"f{number}", title="T",
                dek="", body="B", hidden="", faq=(), image_alt="", tail_cut=False, notes=(), state=ArticleState.DRAFTED,
                created_at=clock.now(session),
            )
            session.add(article)
            session.flush()
            post = posts.create(session, article_id=article.id, kind=Kind.SHORT, account_id=row.id, now=clock.now(session))
            posts.revise(session, post, Formatted(content=Content(segments=segments)), who="test", now=clock.now(session))
            return post.id

    def approve(self, post_id: int, **more: Any) -> None:
        with self.store.write() as session:
            now = clock.now(session)
            when = {"due_at": now + GRACE, "expires_at": None, **more}
            posts.approve(session, posts.get(session, post_id), who="ana", now=now, **when)

    def ready(self, *texts: str, account: str = "fake") -> int:
        """A post that is approved and due."""
        post = self.make(*texts, account=account)
        self.approve(post)
        self.time.pass_(GRACE)
        return post

    def go(self, owner: str = "one", only: list[int] | None = None, fake: FakePlatform | None = None, **terms: Any) -> list[int]:
        """A pass of this worker in which nothing goes wrong that would have to be told."""

        def untroubled(where: str, error: Exception) -> None:
            raise AssertionError(f"{where}: {error}")

        return self._pass(owner, untroubled, only, fake, terms)

    def troubles(self, owner: str = "one") -> list[str]:
        """What a pass tells of."""
        told: list[str] = []
        self._pass(owner, lambda where, error: told.append(f"{where}: {error}"), None, None, {})
        return told

    def _pass(
        self, owner: str, tell: Callable[[str, BotError], None], only: list[int] | None, fake: FakePlatform | None, terms: dict[str, Any]
    ) -> list[int]:
        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.time.pass_(seconds)
            self.asleep(seconds)

        how = {"lease_seconds": 60, "segment_pause": 0, "sleep": sleep, **self.terms, **terms}
        platforms = {**self.fakes, "fake": fake} if fake else self.fakes
        return publish.publish_due(self.store, platforms, publish.Terms(owner=owner, **how), tell, only)

    def later(self, span: timedelta | float, **how: Any) -> list[int]:
        """A pass after so much time."""
        self.time.pass_(span)
        return self.go(**how)

    @property
    def bot(self) -> Bot:
        """What a person's commands work with."""
        named = {name: Account(name=name, platform="fake", service="http://127.0.0.1:1") for name in self.fakes}
        settings = config.load(user="ana", grace_seconds=int(GRACE.total_seconds()))
        return Bot(settings, self.store, named, {}, _platforms=dict(self.fakes))

    def resolve(self, post_id: int, sent: str | None = None) -> State:
        return rescue.resolve(self.bot, post_id, sent=sent)

    def change(self, post_id: int, act: Callable[[models.Post], object]) -> None:
        """Change rows behind everybody's back."""
        with self.store.write() as session:
            act(posts.get(session, post_id, lock=True))

    def sql(self, statement: str, **values: object) -> None:
        from sqlalchemy import text

        with self.store.write() as session:
            session.execute(text(statement), values)

    def post(self, post_id: int) -> models.Post:
        """As it is stored now; what hangs on it is loaded too."""
        with self.store.read() as session:
            row = posts.get(session, post_id)
            assert [row.account, row.events, *(one.deliveries for one in row.revisions)]
            return row

    def delivery(self, post_id: int, n: int = 0) -> models.Delivery:
        return self.post(post_id).revision.deliveries[n]

    def state(self, post_id: int) -> State:
        return State(self.post(post_id).state)

    def states(self, post_id: int) -> list[str]:
        return [str(row.state) for row in self.post(post_id).revision.deliveries]

    def history(self, post_id: int) -> list[str]:
        return [event.what for event in self.post(post_id).events]

    def holds(self, post_id: int) -> list[str]:
        return [str(hold.code) for hold in self.post(post_id).holds]

    def account(self, name: str = "fake") -> models.Account:
        with self.store.read() as session:
            return accounts.get(session, name)

    def pause(self, reason: str, until: datetime | None = None) -> None:
        with self.store.write() as session:
            accounts.pause(accounts.get(session, "fake"), reason, until, clock.now(session))

    def unpause(self, *, threads: bool = False) -> None:
        rescue.unpause(self.bot, "fake", threads=threads)

    def paid(self) -> dict[str, int]:
        """Micro-dollars by what they were paid for."""
        from sqlalchemy import func, select

        with self.store.read() as session:
            rows = session.execute(select(models.Spend.what, func.sum(models.Spend.micros)).group_by(models.Spend.what))
            found = {what: int(micros) for what, micros in rows}
            assert sum(found.values()) == spending.spent(session, START - timedelta(days=1)).get("fake", 0)
            return found


@pytest.fixture
def time() -> Iterator[Time]:
    """The clock, in the test's hands."""
    moved = Time()
    clock.replace(lambda: moved.now)
    yield moved
    clock.replace(None)


@pytest.fixture
def world(store: Store, time: Time) -> World:
    """The same on each database."""
    return World(store, time)
