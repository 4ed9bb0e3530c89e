"""A small world to break: a database, accounts on real servers, posts on their way, the person who mends, and the judge."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot import clock, config, pipeline, rescue
from bot.context import Bot
from bot.errors import BotError
from bot.store import accounts, articles, models, posts
from bot.store.db import Store
from bot.store.states import ArticleState, DeliveryState, State
from bot.values import Card, Content, Formatted, Image, Kind
from tests.matrix import moved
from tests.matrix.moved import Moved
from tests.matrix.places import Message, Place

AT_REST = frozenset({
    State.PUBLISHED, State.FAILED, State.STOPPED, State.IN_REVIEW, State.MISSED, State.REJECTED, State.CANCELLED, State.ABANDONED, State.WITHDRAWN,
})
"""States in which nothing happens by itself. An `uncertain` post is resolved by `World.person`."""
SEEN = frozenset({State.FAILED, State.STOPPED, State.UNCERTAIN, State.IN_REVIEW, State.MISSED, State.ABANDONED, State.WITHDRAWN})
"""States in which a person sees that something is not out."""
MOVING = frozenset({State.APPROVED, State.PUBLISHING})
PASSES = 120
"""Passes in which everything must have come to rest."""


@dataclass
class Verdict:
    """What the judge found; each a line for a person. All empty: as it should be."""

    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        self.duplicates += other.duplicates
        self.lost += other.lost
        self.wrong += other.wrong


def wiped(store: Store) -> Store:
    """The store, empty: opening one takes longer, and so does whatever it has not done before."""
    with store.write() as session:
        for table in reversed(models.Base.metadata.sorted_tables):
            session.execute(table.delete())
    return store


class World:
    """An empty store, and accounts somewhere; live in it (`living`) before anything else.

    `identified`: whose the accounts are is known already. `settings` as `bot.config.load` takes them.
    """

    def __init__(self, store: Store, places: Sequence[Place], time: Moved, *, identified: bool = True, **settings: object) -> None:
        self.time = time
        self.places = {place.account.name: place for place in places}
        self.bot = Bot(
            config.load(user="ana", **settings), store, {name: place.account for name, place in self.places.items()}, {},
            _platforms={name: place.road for name, place in self.places.items()},
        )
        self.troubles: list[BotError] = []
        """What publishing told of."""
        self.raised: list[str] = []
        """Faults of the program: what nobody foresaw."""
        self._numbers = itertools.count(1)
        with store.write() as session:
            for name, place in self.places.items():
                row = accounts.ensure(session, name=name, platform=place.account.platform, handle=place.account.handle)
                if identified:
                    row.remote_id, row.credentials, row.said_read_at = place.remote_id, place.road.fingerprint, clock.now(session)

    @contextmanager
    def living(self) -> Iterator[World]:
        """In this thread the program's clock is this world's."""
        with moved.use(self.time):
            yield self

    def post(self, account: str, *texts: str, card: Image | None = None) -> int:
        """An approved post that is due: so many segments; `card`: with a link card that has this thumbnail."""
        place, number = self.places[account], next(self._numbers)
        with self.bot.store.write() as session:
            now = clock.now(session)
            article = models.Article(
                url_key=f"example.com/{number}", url=f"https://example.com/{number}", fingerprint=f"f{number}", title="T", dek="", body="B",
                hidden="", faq=(), image_alt="", tail_cut=False, notes=(), state=ArticleState.DRAFTED, created_at=now,
            )
            session.add(article)
            session.flush()
            shown = None
            if card is not None:
                shown = Card(uri=f"https://example.com/{number}", title="T", description="", thumb=articles.keep_picture(session, card))
            content = Content(segments=tuple(place.road.measure(text) for text in texts), card=shown, languages=("en",))
            kind = Kind.SHORT if len(texts) == 1 else Kind.FAQ
            post = posts.create(session, article_id=article.id, kind=kind, account_id=accounts.get(session, account).id, now=now)
            posts.revise(session, post, Formatted(content=content), who="test", now=now)
            posts.approve(session, post, who="ana", now=now, due_at=now, expires_at=None)
            return post.id

    def go(self) -> None:
        """One pass of publishing. A pass that meets a stone ends there."""
        for place in self.places.values():
            place.road.halted = None

        def tell(where: str, error: BotError) -> None:
            self.troubles.append(error)
            if error.__cause__ is not None and "fault of the program" in str(error):
                self.raised.append(f"{where}: {error}")

        def stopping() -> bool:
            return any(place.road.halted for place in self.places.values())

        self._guarded(lambda: pipeline.publish_due(self.bot, tell=tell, stopping=stopping, sleep=self.time.pass_by))

    def _guarded(self, do: Callable[[], object]) -> None:
        try:
            do()
        except BotError as error:
            self.troubles.append(error)
        except Exception as error:
            self.raised.append(f"{type(error).__name__}: {error}")

    def where(self, post_id: int) -> str:
        """Where a post is, in words: its state; `look`, `later` or `due` where something is scheduled; `paused`."""
        with self.bot.store.read() as session:
            post, now = posts.get(session, post_id), clock.now(session)
            words = [str(State(post.state))]
            moment = post.unwind_at or (post.due_at if post.state in MOVING else None)
            if any(row.look_at for row in post.revision.deliveries):
                words.append("look")
            elif accounts.paused(post.account, now):
                pass
            elif moment is not None:
                words.append("later" if moment > now else "due")
            if accounts.paused(post.account, now):
                words.append("paused")
            return " ".join(words)

    def drive(self, met: Callable[[], None] = lambda: None) -> bool:
        """Pass after pass, the clock moved on and a person at hand, until all is at rest; False when it never is.

        `met` is called after each pass that ended at a stone.
        """
        for _ in range(PASSES):
            self.go()
            if any(place.road.halted for place in self.places.values()):
                met()
            if self._resting():
                return True
            self.person()
            self._wait()
        return False

    def _resting(self) -> bool:
        with self.bot.store.read() as session:
            rows = session.execute(select(models.Post.state, models.Post.unwind_at)).all()
        return all(state in AT_REST and unwind is None for state, unwind in rows)

    def person(self) -> None:
        """Ends pauses, as one who mended the cause; settles what is uncertain, by what really stands there."""
        with self.bot.store.read() as session:
            now = clock.now(session)
            paused = [row.name for row in session.scalars(select(models.Account)) if accounts.paused(row, now) and row.paused_until is None]
            unsure = [row.id for row in session.scalars(select(models.Post).where(models.Post.state == State.UNCERTAIN))]
        for name in paused:
            self._guarded(lambda name=name: rescue.unpause(self.bot, name, threads=True))
        for post_id in unsure:
            self._guarded(lambda post_id=post_id: rescue.resolve(self.bot, post_id, sent=self._truth(post_id)))

    def _truth(self, post_id: int) -> str | None:
        """Under which id the uncertain delivery of a post is out; None: it is not."""
        with self.bot.store.read() as session:
            post = posts.get(session, post_id)
            unknown = next(row for row in post.revision.deliveries if row.state == DeliveryState.UNKNOWN)
            text, place = post.revision.content.segments[unknown.segments[0]].text, self.places[post.account.name]
        return next((message.id for message in place.there() if message.text == text), None)

    def mend(self) -> bool:
        """A person lets what failed or stopped go on, its cause being mended. False: there is none."""
        with self.bot.store.read() as session:
            stuck = [(row.id, row.state) for row in session.scalars(select(models.Post)) if row.state in (State.FAILED, State.STOPPED)]
        for post_id, state in stuck:
            step = rescue.retry if state == State.FAILED else rescue.resume
            self._guarded(lambda post_id=post_id, step=step: step(self.bot, post_id))
        return bool(stuck)

    def _wait(self) -> None:
        """Move the clock on to when the next thing is due, unless something is due already."""
        moments: list[datetime] = []
        with self.bot.store.read() as session:
            now = clock.now(session)
            for account in session.scalars(select(models.Account)):
                rows = list(session.scalars(select(models.Post).where(models.Post.account_id == account.id)))
                looks = [delivery.look_at for post in rows for delivery in post.revision.deliveries if delivery.look_at]
                due = [post.due_at for post in rows if post.state in MOVING and post.due_at] + [post.unwind_at for post in rows if post.unwind_at]
                if accounts.paused(account, now):
                    moments += [account.paused_until] if account.paused_until else []
                elif looks or due:
                    moments.append(min(looks or due))
        if moments and min(moments) > now:
            self.time.until(min(moments))

    def judge(self) -> Verdict:
        """Hold what the database says against what really stands on the servers. Only when all is at rest."""
        found = Verdict(wrong=[f"raised: {line}" for line in self.raised])
        there = {name: place.there() for name, place in self.places.items()}
        ever = {name: place.ever() for name, place in self.places.items()}
        with self.bot.store.read() as session:
            for post in session.scalars(select(models.Post).order_by(models.Post.id)):
                name = post.account.name
                paid = sum(
                    spend.micros for spend in session.scalars(select(models.Spend).where(models.Spend.what == "post"))
                    if spend.delivery_id in {row.id for row in post.revision.deliveries}
                )
                _judge(post, there[name], ever[name], paid, found)
        for place in self.places.values():
            if place.unmet():
                found.wrong.append("a fault was armed and not met")
        return found


def _judge(post: models.Post, there: list[Message], ever: list[Message], paid: int, found: Verdict) -> None:
    segments, state = post.revision.content.segments, State(post.state)
    name = f"post {post.id} ({state})"
    standing: list[Message | None] = []
    ours = {remote.id for row in post.revision.deliveries for remote in row.remote}
    for number, segment in enumerate(segments, 1):
        copies = [message for message in ever if message.text == segment.text]
        if len(copies) > 1:
            found.duplicates.append(f"{name}: segment {number} was posted {len(copies)} times")
        out = next((message for message in there if message.text == segment.text and message.id in ours), None)
        out = out or next((message for message in there if message.text == segment.text), None)
        standing.append(out)
        waits = state in SEEN or (state in MOVING and (post.due_at is not None or any(row.look_at for row in post.revision.deliveries)))
        taken = any(row.remote and row.remote[row.segments.index(number - 1)].deleted for row in post.revision.deliveries if number - 1 in row.segments)
        if out is None and not waits and not taken:
            found.lost.append(f"{name}: segment {number} is not there, and nobody waits for it")
    for above, below in itertools.pairwise(standing):
        if below is not None and (above is None or below.parent != above.ref):
            found.wrong.append(f"{name}: a segment does not hang under the one before it")
    first = standing[0]
    if first is not None and first.parent is not None:
        found.wrong.append(f"{name}: the first segment replies to something")
    if any(message is not None and message.root not in (None, first.ref if first else "") for message in standing):
        found.wrong.append(f"{name}: a segment belongs to another conversation")
    _rows(post, standing, name, found)
    posted = [message.text for message in ever]
    worth = sum(segment.cost_micros for segment in segments if segment.text in posted)
    if paid != worth:
        found.wrong.append(f"{name}: booked {paid}, worth {worth}")
    if state is State.WITHDRAWN and any(standing):
        found.wrong.append(f"{name}: part of it still stands")
    if state in (State.APPROVED, State.FAILED, State.IN_REVIEW) and any(standing):
        found.wrong.append(f"{name}: part of it is out")


def _rows(post: models.Post, standing: list[Message | None], name: str, found: Verdict) -> None:
    """What each delivery says against what is there."""
    for row in post.revision.deliveries:
        messages = [standing[index] for index in row.segments]
        where = f"{name}: delivery {row.position + 1} is {row.state}"
        if row.state == DeliveryState.SENT:
            for message, remote in zip(messages, row.remote, strict=False):
                if remote.deleted != (message is None) or (message is not None and message.id != remote.id):
                    found.wrong.append(f"{where} as {remote.id}, but that is not what stands there")
            if len(row.remote) != len(messages):
                found.wrong.append(f"{where} with {len(row.remote)} messages, not {len(messages)}")
        elif row.state in (DeliveryState.PENDING, DeliveryState.REFUSED):
            if any(messages):
                found.wrong.append(f"{where}, but it is out")
        elif post.state != State.UNCERTAIN:
            found.wrong.append(f"{where} at rest")
