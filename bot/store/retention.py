"""Taking out what nobody needs any more: the texts, wordings and pictures of articles that are long done.

What stays for ever, because without it something could be said twice or a question stay open: who an article is (address,
fingerprint, the keys of its words), what every post and revision says and what was sent, what was said, spent and done, and which
entries a feed has shown.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Table, delete, exists, insert, or_, select, text, type_coerce, update
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from bot.store import models
from bot.store.states import ArticleState, State
from bot.values import Note

WORK = (State.IN_REVIEW, State.APPROVED, State.PUBLISHING, State.FAILED, State.MISSED, State.STOPPED, State.UNCERTAIN)
"""Posts that may still go out, or wait for a person: their articles are kept whole, however old."""
MOST = 50
"""Articles in one transaction."""


class Pruned(NamedTuple):
    """What one transaction took out."""

    articles: int
    pictures: int


def prune(session: Session, before: datetime, now: datetime, most: int = MOST) -> Pruned:
    """Take out the text of so many articles that were taken in before then, and whose posts are all done since before then.

    One that is still watched, alerted of, queued, or being worked on is left alone.
    """
    article, post = models.Article, models.Post
    going = exists().where(
        post.article_id == article.id, or_(post.state.in_(WORK), post.unwind_at.is_not(None), post.created_at >= before, post.due_at >= before)
    )
    done = (
        select(article.id, article.picture)
        .where(article.pruned_at.is_(None), article.created_at < before, article.state != ArticleState.QUEUED, ~article.sample, ~going)
        .where(article.watch_at.is_(None), article.alert_at.is_(None), or_(article.lease_until.is_(None), article.lease_until <= now))
        .order_by(article.id).limit(most).with_for_update(skip_locked=True)
    )
    rows = session.execute(done).all()
    ids = [row.id for row in rows]
    if not ids:
        return Pruned(0, 0)
    gone = Note(text=f"its text was taken out on {now:%Y-%m-%d}, as BOT_KEEP_DAYS says; `bot add` with its address reads it again")
    emptied = {"body": "", "hidden": "", "faq": (), "picture": None, "notes": (gone,), "pruned_at": now, "etag": None, "last_modified": None, "watched_at": None}
    session.execute(update(article).where(article.id.in_(ids)).values(emptied).execution_options(synchronize_session=False))
    session.execute(update(models.Draft).where(models.Draft.article_id.in_(ids)).values(variants=()).execution_options(synchronize_session=False))
    if session.get_bind().dialect.name == "sqlite":
        _packed(session, ids)
    return Pruned(len(ids), sum(_emptied(session, digest) for digest in sorted({row.picture for row in rows if row.picture})))


def _packed(session: Session, ids: list[int]) -> None:
    """Taken out and put in again as they are: SQLite never joins pages on which rows only became smaller, and most of the room would stay taken.

    What refers to them is checked at the end of the transaction, when they are there again.
    """
    names = ", ".join(column.name for column in models.Article.__table__.columns)
    chosen = {"ids": json.dumps(ids)}
    session.execute(text("PRAGMA defer_foreign_keys=ON"))
    rows = session.execute(text(f"select {names} from article where id in (select value from json_each(:ids))"), chosen).mappings().all()  # noqa: S608
    session.execute(text("delete from article where id in (select value from json_each(:ids))"), chosen)
    values = ", ".join(f":{column.name}" for column in models.Article.__table__.columns)
    session.execute(text(f"insert into article ({names}) values ({values})"), [dict(row) for row in rows])  # noqa: S608 — the models' own names


def _emptied(session: Session, digest: str) -> bool:
    """The bytes of a picture go when no article has it any more and no post that may still go out shows it; its name stays."""
    article, post, revision = models.Article, models.Post, models.Revision
    shown = (
        select(post.id).join(revision, (revision.post_id == post.id) & (revision.n == post.revision_n))
        .where(post.state.in_(WORK), type_coerce(revision.content, Text).contains(digest))
    )
    if session.scalar(select(article.id).where(article.picture == digest).limit(1)) or session.scalar(shown.limit(1)):
        return False
    # Taken out and put in again, empty: SQLite never joins pages on which rows only became smaller.
    picture = cast(Table, models.Picture.__table__)
    kept = session.execute(select(picture.c.mime, picture.c.width, picture.c.height).where(picture.c.sha256 == digest)).one_or_none()
    session.execute(delete(picture).where(picture.c.sha256 == digest))
    if kept is not None:
        session.execute(insert(picture).values(sha256=digest, mime=kept.mime, width=kept.width, height=kept.height, data=b""))
    return True
