"""Making stored keys anew, where the program's rules or the user's changed: in batches, while workers may go on.

Each batch is a unit of its own that locks its rows. Whatever ends it half-way, it can be done again: what it rests on is the
rows' own content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Text, func, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store import copies, keyed, likeness, models, said
from bot.store.db import Store
from bot.text import links
from bot.values import Article, Content

BATCH = 200
"""Rows in one unit: a worker that needs one of them waits that long, a fraction of a second."""
_TRIES = 5
"""How often a batch is tried that a worker crossed."""
_FIRST = -1
"""What the first batch lies behind."""
_Endings = Mapping[str, Sequence[str]]


class Alike(NamedTuple):
    """An article whose address is, by the rules of now, that of an older one, which keeps the key; by its text it is found as before."""

    article: int
    older: int
    url: str


@dataclass
class Made:
    """What making keys anew came to."""

    sorts: tuple[str, ...] = ()
    """Which were; none when all were as they should be."""
    articles: int = 0
    posts: int = 0
    """How many there are."""
    changed: int = 0
    """Articles and revisions with another key than before."""
    alike: tuple[Alike, ...] = ()


Progress = Callable[[str, int, int], None]
"""Is told the sort, how many rows are done, and of how many."""


def stale(store: Store) -> tuple[str, ...]:
    """The sorts of keys that need it."""
    with store.read() as session:
        return keyed.stale(session, store.rules)


def run(store: Store, endings: _Endings, progress: Progress = lambda sort, done, of: None) -> Made:
    """Make all keys anew that other rules made. `endings`: each account's sign-off and hashtags, by its name.

    Raises StoreError when the database refuses; then it can be run again.
    """
    made = Made(sorts=stale(store))
    works = {keyed.ADDRESSES: _addresses, keyed.WORDS: _words, keyed.LIKENESS: _likeness}
    for sort in made.sorts:
        works[sort](store, endings, made, partial(progress, sort))
        with store.write() as session:
            keyed.made(session, sort, store.rules)
    return made


_Told = Callable[[int, int], None]
_Batch = Callable[[Session, int], tuple[int | None, int]]
"""Does the rows behind an id; returns the last one's, None when there was none, and how many keys changed."""


def _batches(store: Store, batch: _Batch, told: _Told, of: int) -> int:
    """All batches, each in a unit of its own; returns how many keys changed."""
    last: int | None = _FIRST
    done, changed = 0, 0
    while last is not None:
        after = last
        for left in reversed(range(_TRIES)):
            try:
                with store.write() as session:
                    last, more = batch(session, after)
                break
            except IntegrityError:  # a worker stored something with the same key in this moment: what was read is old
                if not left:
                    raise
        changed, done = changed + more, min(done + BATCH, of)
        told(done, of)
    return changed


def _count(store: Store, of: type[models.Base]) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(of)) or 0


# --- addresses ------------------------------------------------------------------------------------------------------


def _addresses(store: Store, _endings: _Endings, made: Made, told: _Told) -> None:
    row = models.Article
    alike: dict[int, Alike] = {}

    def batch(session: Session, after: int) -> tuple[int | None, int]:
        rows = session.execute(select(row.id, row.url, row.url_key, row.shares_page).where(row.id > after).order_by(row.id).limit(BATCH).with_for_update()).all()
        there = {one.id: one.url_key for one in rows}
        for number, url, _, shares_page in rows:
            key = links.url_key(url, store.rules) if url and not shares_page else None
            if key == there[number]:
                continue
            holder = session.scalar(select(row.id).where(row.url_key == key)) if key is not None else None
            if holder is not None and holder < number:
                alike[number], key = Alike(number, holder, url or ""), None
            elif holder is not None:  # the younger one gives it up: its own is still to be made
                session.execute(update(row).where(row.id == holder).values(url_key=None))
                there[holder] = None
            session.execute(update(row).where(row.id == number).values(url_key=key))
            there[number] = key
        changed = sum(there[one.id] != one.url_key for one in rows)
        return (rows[-1].id if rows else None), changed

    made.articles = _count(store, row)
    made.changed += _batches(store, batch, told, made.articles)
    made.alike = tuple(alike[number] for number in sorted(alike))


# --- what posts say -------------------------------------------------------------------------------------------------


def _words(store: Store, _endings: _Endings, made: Made, told: _Told) -> None:
    post, revision, table = models.Post, models.Revision, models.Base.metadata.tables["revision"]

    def batch(session: Session, after: int) -> tuple[int | None, int]:
        # The post is locked: nobody revises it or claims its words meanwhile.
        rows = session.execute(
            select(revision.id, revision.post_id, revision.said_key, type_coerce(revision.content, Text).label("content"))
            .join(post, post.id == revision.post_id).where(revision.id > after).order_by(revision.id).limit(BATCH).with_for_update(of=post)
        ).all()
        changed = 0
        for row in rows:
            try:
                key = said.key(Content.model_validate_json(row.content), store.rules)
            except ValidationError:  # changed by hand; `bot db check` names it
                continue
            if key != row.said_key:
                # By its table: a revision itself never changes, and this is not what it says but what is computed from that.
                session.execute(update(table).where(table.c.id == row.id).values(said_key=key))
                _reclaim(session, row.post_id, row.said_key, key)
                changed += 1
        return (rows[-1].id if rows else None), changed

    made.posts = _count(store, post)
    made.changed += _batches(store, batch, told, _count(store, revision))


def _reclaim(session: Session, post_id: int, before: str, key: str) -> None:
    """What a post claimed, under its new key: where another has the same words by now, with the next ordinal."""
    row = models.Said
    for claimed in session.execute(select(row.account_id, row.ordinal).where(row.post_id == post_id, row.said_key == before)).all():
        highest = session.scalar(select(func.max(row.ordinal)).where(row.account_id == claimed.account_id, row.said_key == key))
        session.execute(
            update(row).where(row.account_id == claimed.account_id, row.said_key == before, row.ordinal == claimed.ordinal)
            .values(said_key=key, ordinal=claimed.ordinal if highest is None else highest + 1)
        )


# --- what is alike --------------------------------------------------------------------------------------------------


def _likeness(store: Store, endings: _Endings, made: Made, told: _Told) -> None:
    row = models.Article
    with store.read() as session:
        ignore = {account.id: tuple(endings.get(account.name, ())) for account in session.scalars(select(models.Account))}

    def learnt(session: Session, after: int) -> tuple[int | None, int]:
        return likeness.learn(session, ignore, after=after, most=BATCH), 0

    def batch(session: Session, after: int) -> tuple[int | None, int]:
        rows = session.execute(
            select(row.id, row.title, row.dek, row.body, row.pruned_at).where(row.id > after).order_by(row.id).limit(BATCH).with_for_update()
        ).all()
        for one in rows:
            if one.pruned_at is not None:  # of its words nothing but the keys is left
                continue
            copies.add(session, one.id, Article(title=one.title, dek=one.dek, body=one.body))
        return (rows[-1].id if rows else None), 0

    made.articles, made.posts = _count(store, row), _count(store, models.Post)
    said_ones = _count(store, models.Said)
    _batches(store, learnt, lambda done, of: told(done, of + made.articles), said_ones)
    _batches(store, batch, lambda done, of: told(said_ones + done, said_ones + of), made.articles)
