"""What a worker has to do next, and when: asked between passes, so that an idle worker costs the database one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, or_, select, text
from sqlalchemy.orm import Session

from bot.store.articles import wanted_from
from bot.store.columns import Moment
from bot.store.leases import Leased
from bot.store.models import QUEUED, Account, Article, Post, Source
from bot.store.sources import LONGEST
from bot.store.states import State


def next_at(session: Session, now: datetime, *, publishing: Collection[str], watching: bool) -> datetime | None:
    """When there is something to do, as far as the rows say; a time that is past means now, None that nothing is planned.

    `publishing`: names of the accounts that can publish. `watching`: published articles are read again. What another worker has,
    and what is paused, counts once it is free. Rows that somebody changed by hand are not looked for here: a pass finds them.
    """
    at_once = literal(now, Moment)
    poll = case((or_(Source.next_poll_at.is_(None), Source.next_poll_at > now + LONGEST), at_once), else_=Source.next_poll_at)
    draft = case((wanted_from() > now, wanted_from()), else_=at_once)
    asked: list[Select[Any]] = [
        select(poll).where(~Source.off, _free(Source, now)).order_by(poll),
        select(draft).where(text(f"article.{QUEUED}"), _free(Article, now)).order_by(draft),
    ]
    if publishing:
        able = (Account.name.in_(publishing), _free(Account, now), or_(Account.paused_reason.is_(None), Account.paused_until <= now))
        of_able = select(Post.due_at).join(Account, Account.id == Post.account_id).where(*able)
        asked += [of_able.where(Post.state == state, Post.due_at.is_not(None)).order_by(Post.due_at) for state in (State.APPROVED, State.PUBLISHING)]
        leaving = select(Post.unwind_at).join(Account, Account.id == Post.account_id)
        asked.append(leaving.where(*able, Post.unwind_at.is_not(None)).order_by(Post.unwind_at))
    if watching:
        asked.append(select(Article.watch_at).where(Article.watch_at.is_not(None), _free(Article, now)).order_by(Article.watch_at))
    row = session.execute(select(*(one.limit(1).scalar_subquery() for one in asked))).one()
    return min((at for at in row if at is not None), default=None)


def _free(table: type[Leased], now: datetime) -> ColumnElement[bool]:
    return or_(table.lease_until.is_(None), table.lease_until <= now)
