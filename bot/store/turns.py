"""Whose turn it is to publish, and what of an account is due: the accounts with due work, the one first that was not served for longest.

What these statements cost grows with the accounts, never with the posts that wait, are due, or went out: each account is
asked for its first due posts by an index that holds waiting posts only. `docs/many-machines.md` has the figures.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from bot.store import leases, models, models_waiting
from bot.store.states import State

GLANCE = 20
"""So many due posts of an account are asked whether their articles' pages were read; if none of these was, it waits."""


@dataclass(frozen=True)
class Wanted:
    """What a worker asks for."""

    names: Collection[str]
    """Accounts that it can publish to."""
    only: Collection[int] | None = None
    """These posts alone."""
    unread: timedelta = timedelta(0)
    """Approved posts whose article's page was not read for so long wait until it was; 0: none does."""
    also: Collection[int] = ()
    """Accounts that are to have a turn though nothing of them is due."""


def waits(session: Session, wanted: Wanted, now: datetime) -> bool:
    """Is there an account whose turn could come now? Locks nothing."""
    return session.execute(_free(session, wanted, now).limit(1)).first() is not None


def pick(session: Session, wanted: Wanted, now: datetime) -> tuple[int, str] | None:
    """The account whose turn it is, its row locked until this unit ends, by id and name; None when there is none.

    First those that a dead worker left, then the one that was not served for longest. Rows that another worker is just taking
    are passed over, so that many workers do not wait for one another. What is found is a hint, of before the lock: claim the
    lease next, then ask what is due.
    """
    account = models.Account
    for which in (account.lease_until.is_not(None), account.lease_until.is_(None)):
        query = _free(session, wanted, now).where(which).order_by(account.served_at, account.id).limit(1)
        found = session.execute(query.with_for_update(of=account, skip_locked=True)).first()
        if found is not None:
            account_id, name = found
            return account_id, name
    return None


def served(session: Session, account_id: int, now: datetime) -> None:
    """It has its turn now: the others come first until they had theirs."""
    session.execute(update(models.Account).where(models.Account.id == account_id).values(served_at=now))


def due(session: Session, account_id: int, now: datetime, most: int, *, only: Collection[int] | None = None, unread: timedelta = timedelta(0)) -> list[int]:
    """The account's posts to publish next, at most so many: by priority, then time. Ask under its lease."""
    post = models.Post
    mine = and_(post.account_id == account_id, text("post." + models_waiting.GOING))
    found: list[int] = []
    highest: Select[Any] = select(func.max(post.priority)).where(mine)
    level: int | None = session.scalar(highest)
    while level is not None:
        # One level after the other, so that each is read in the order of its index, and no further than needed.
        query = select(post.id).where(mine, post.priority == level, post.due_at <= now)
        if only is not None:
            query = query.where(post.id.in_(only))
        if unread:
            query = query.where(or_(post.state != State.APPROVED, _stale(now, unread, post.article_id).is_(None)))
        found += session.scalars(query.order_by(post.due_at, post.id).limit(most - len(found)))
        if len(found) >= most:
            break
        level = session.scalar(highest.where(post.priority < level))
    return found


def leaving(session: Session, account_id: int, now: datetime, most: int, *, only: Collection[int] | None = None) -> list[int]:
    """The account's posts that are being taken down and whose next message is due, at most so many."""
    post = models.Post
    query = select(post.id).where(post.account_id == account_id, post.unwind_at <= now)
    if only is not None:
        query = query.where(post.id.in_(only))
    return list(session.scalars(query.order_by(post.unwind_at, post.id).limit(most)))


def unread(session: Session, wanted: Wanted, now: datetime, most: int) -> list[int]:
    """Articles whose pages are to be read again: of approved posts that go out within `wanted.unread`, those first whose turn comes first.

    Those that another worker is reading are left to it.
    """
    account, post = models.Account, models.Post
    soon = now + wanted.unread
    query = select(account.id).where(_among(session, wanted.names), or_(account.paused_reason.is_(None), account.paused_until <= now))
    if wanted.only is None:
        first = _first(soon)
        stale = _stale(now, wanted.unread, first.c.article_id, taken=False)
        query = query.where(select(first.c.id).where(first.c.state == State.APPROVED, stale.is_not(None)).exists())
    else:
        query = query.where(account.id.in_(select(post.account_id).where(post.id.in_(wanted.only))))
    found: dict[int, None] = {}
    for account_id in session.scalars(query.order_by(account.served_at, account.id).limit(most)).all():
        ids = due(session, account_id, soon, GLANCE, only=wanted.only)
        if wanted.only is None:  # what is urgent, and what `pick` asks about
            early = select(post.id).where(post.account_id == account_id, text("post." + models_waiting.GOING), post.due_at <= soon)
            ids += session.scalars(early.order_by(post.due_at).limit(GLANCE))
        stale = _stale(now, wanted.unread, post.article_id, taken=False)
        articles = select(post.article_id).where(post.id.in_(ids), post.state == State.APPROVED, stale.is_not(None))
        found |= dict.fromkeys(session.scalars(articles.order_by(post.priority.desc(), post.due_at, post.id)))
        if len(found) >= most:
            break
    return list(found)[:most]


def _free(session: Session, wanted: Wanted, now: datetime) -> Select[int, str]:
    """Accounts of these names that nobody has, that may publish, and that have something to do."""
    account, delivery, looking = models.Account, models.Delivery, _open("looking")
    time_to_look = looking.where(or_(delivery.look_at <= now, delivery.ended_at > now))  # or the clock was set back since: `look` sees to it
    crashed = account.id.in_(_open("sending"))
    """What a dead sender left is taken over whatever else keeps the account."""
    something = or_(_something(wanted, now), account.id.in_(wanted.also)) if wanted.also else _something(wanted, now)
    return select(account.id, account.name).where(
        _among(session, wanted.names), or_(account.lease_until.is_(None), account.lease_until <= now),
        or_(account.paused_reason.is_(None), account.paused_until <= now, crashed),
        or_(account.id.not_in(looking), account.id.in_(time_to_look), crashed),
        something,
    )


def _among(session: Session, names: Collection[str]) -> ColumnElement[bool]:
    """The names as one value, however many: a statement takes only so many."""
    account = models.Account
    if session.get_bind().dialect.name == "postgresql":
        return account.name == func.any(bindparam(None, list(names), ARRAY(Text)))
    return account.name.in_(select(func.json_each(json.dumps(list(names))).table_valued("value").c.value))


def _open(which: str) -> Select[Any]:
    """Accounts with deliveries whose outcome is still to come: few, and with an index of their own."""
    post, revision, delivery = models.Post, models.Revision, models.Delivery
    # Delivery by delivery, not as a join: that could begin with all posts.
    whose = select(post.account_id).join(revision, revision.post_id == post.id).where(revision.id == delivery.revision_id).correlate(delivery)
    return select(func.coalesce(whose.scalar_subquery(), 0)).select_from(delivery).where(text("delivery." + models.OPEN[which]))


def _something(wanted: Wanted, now: datetime) -> ColumnElement[bool]:
    account, post = models.Account, models.Post
    if wanted.only is not None:
        return account.id.in_(select(post.account_id).where(post.id.in_(wanted.only), or_(post.due_at <= now, post.unwind_at <= now)))
    # The first of each account, not `exists`: that could be planned as a walk over all that is due.
    mine = post.account_id == account.id
    going = select(func.min(post.due_at)).where(mine, text("post." + models_waiting.GOING)).correlate(account).scalar_subquery()
    leaving = select(func.min(post.unwind_at)).where(mine, text("post." + models_waiting.LEAVING)).correlate(account).scalar_subquery()
    publishable: ColumnElement[bool] = going <= now
    if wanted.unread:
        first = _first(now)
        stale = _stale(now, wanted.unread, first.c.article_id)
        publishable &= select(first.c.id).where(or_(first.c.state != State.APPROVED, stale.is_(None))).exists()
    return or_(publishable, leaving <= now)


def _first(until: datetime) -> Any:
    """The first posts of an account that are due until then."""
    account, post = models.Account, models.Post
    due = select(post.id, post.article_id, post.state).where(post.account_id == account.id, text("post." + models_waiting.GOING), post.due_at <= until)
    return due.order_by(post.due_at).limit(GLANCE).correlate(account).subquery("first")


def _stale(now: datetime, unread: timedelta, article_id: Any, *, taken: bool = True) -> ScalarSelect[int]:
    """The article, when its page was not read for so long, and can be; else null. `taken`: also while another worker is reading it.

    One whose lease is from before the clock was set back is not waited for: nobody can read it. A scalar, not `exists`: that
    could be planned as a walk over all articles.
    """
    article = models.Article
    until = now + leases.LONGEST if taken else now
    return select(func.min(article.id)).where(
        article.id == article_id, article.watched_at <= now - unread, article.url.is_not(None), ~article.sample,
        or_(article.lease_until.is_(None), article.lease_until <= until),
    ).correlate_except(article).scalar_subquery()
