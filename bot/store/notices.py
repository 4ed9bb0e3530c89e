"""Notices in the store: which matters were told, so that each is told once, by whichever of many machines."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.models_health import Notice

AT_IT = timedelta(minutes=2)
"""So long nobody else sends what one worker is sending; a sending takes far less."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Between two tries to send; each wait is twice the one before."""


def known(session: Session, channel: str) -> dict[str, Notice]:
    """All rows of a channel, by key."""
    return {row.key: row for row in session.scalars(select(Notice).where(Notice.channel == channel))}


def begin(session: Session, channel: str, keys: Iterable[str], now: datetime) -> None:
    """These matters stand from now on; one that is known already is left as it is."""
    for key in keys:
        try:
            with session.begin_nested():
                session.add(Notice(channel=channel, key=key, at=now))
        except IntegrityError:  # another machine saw it too
            continue


def end(session: Session, channel: str, keys: Collection[str], now: datetime) -> None:
    """These are over."""
    session.execute(update(Notice).where(Notice.channel == channel, Notice.key.in_(keys), Notice.ended_at.is_(None)).values(ended_at=now))


def back(session: Session, channel: str, keys: Collection[str]) -> None:
    """These were over only for a moment: what was told of them holds."""
    session.execute(update(Notice).where(Notice.channel == channel, Notice.key.in_(keys)).values(ended_at=None))


def forget(session: Session, channel: str, keys: Collection[str]) -> None:
    """Should they come again, they are told again."""
    session.execute(delete(Notice).where(Notice.channel == channel, Notice.key.in_(keys)))


def pending(rows: Iterable[Notice], now: datetime) -> list[str]:
    """Keys of those that are to be told now."""
    return [row.key for row in rows if row.told_at is None and row.ended_at is None and (row.try_at is None or row.try_at <= now)]


def claim(session: Session, channel: str, keys: Collection[str], now: datetime) -> list[str]:
    """Those of these that this worker is to send, in one message. Nobody else does meanwhile."""
    free = or_(Notice.try_at.is_(None), Notice.try_at <= now)
    query = select(Notice).where(Notice.channel == channel, Notice.key.in_(keys), Notice.told_at.is_(None), Notice.ended_at.is_(None), free)
    rows = session.scalars(query.order_by(Notice.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.try_at, row.tries = now + AT_IT, row.tries + 1
    return [row.key for row in rows]


def sent(session: Session, channel: str, keys: Collection[str], now: datetime) -> None:
    """They were told."""
    session.execute(update(Notice).where(Notice.channel == channel, Notice.key.in_(keys)).values(told_at=now))


def failed(session: Session, channel: str, keys: Collection[str], now: datetime) -> datetime:
    """They were not, and are tried again; returns when."""
    mine = (Notice.channel == channel, Notice.key.in_(keys))
    tries = session.scalar(select(func.min(Notice.tries)).where(*mine)) or 1
    again = now + min(timedelta(seconds=FIRST_WAIT.total_seconds() * 2 ** min(tries - 1, 10)), LONGEST_WAIT)
    session.execute(update(Notice).where(*mine).values(try_at=again))
    return again
