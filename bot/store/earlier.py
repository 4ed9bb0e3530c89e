"""What accounts said before this database: which of them are still to be asked, and what they answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store import deliveries, keyed, likeness, models
from bot.store.states import State
from bot.text import earlier, similarity
from bot.values import Posted

_TRIES = 3
WAITING = (State.IN_REVIEW, State.APPROVED)
"""States of posts that may turn out to repeat what was said."""


def unread(session: Session, names: Collection[str], now: datetime) -> dict[int, str]:
    """The accounts of these names whose earlier posts are not known, and that are not paused: their names by id.

    Only those that have, or may soon have, something to publish: an idle worker asks no platform.
    """
    row, post = models.Account, models.Post
    something = or_(
        exists().where(post.account_id == row.id, post.state.in_(WAITING)), exists(select(models.Article.id).where(text(f"article.{models.QUEUED}"))),
    )
    query = select(row.id, row.name).where(
        row.name.in_(names), row.said_read_at.is_(None), or_(row.paused_reason.is_(None), row.paused_until <= now), something
    )
    return {found.id: found.name for found in session.execute(query.order_by(row.id))}


def keep(session: Session, account: models.Account, posted: Sequence[Posted], now: datetime, *, ignore: Sequence[str] = ()) -> int:
    """Remember what the account said by these messages, in `said` as well; returns how many posts they were.

    What this database sent itself is known already. `ignore`: the account's sign-off and hashtags.
    """
    own = set(deliveries.known(session, account.id, but=0, namesakes=False))
    found = earlier.posts([message for message in posted if message.remote.id not in own], keyed.rules(session))
    for one in found:
        if session.get(models.Earlier, (account.id, one.said_key)) is None:
            sketch = likeness.keys(session, account.id, similarity.compared(one.text, ignore)).get("sketch")
            session.add(models.Earlier(account_id=account.id, said_key=one.said_key, text=one.text, sketch=sketch, url=one.url, at=one.at))
            _claim(session, account.id, one.said_key, one.at)
    account.said_read_at = now
    return len(found)


def waiting(session: Session, account_id: int) -> list[int]:
    """The account's posts that may turn out to repeat what was said."""
    post = models.Post
    return list(session.scalars(select(post.id).where(post.account_id == account_id, post.state.in_(WAITING)).order_by(post.id)))


def _claim(session: Session, account_id: int, said_key: str, at: datetime) -> None:
    """Beside whoever has these words already: a post that was approved before anybody knew of this one."""
    said = models.Said
    for left in reversed(range(_TRIES)):
        highest = session.scalar(select(func.max(said.ordinal)).where(said.account_id == account_id, said.said_key == said_key))
        try:
            with session.begin_nested():
                session.add(said(account_id=account_id, said_key=said_key, ordinal=0 if highest is None else highest + 1, created_at=at))
            return
        except IntegrityError:  # approved just now, elsewhere
            if not left:
                raise
