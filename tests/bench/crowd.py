"""A database with many accounts and very many posts, made in seconds: rows by the database's own hand, all of the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.db import Store
from bot.store.states import ArticleState
from bot.text import keys
from bot.values import Content, Segment

WORDS = "The harbour opens its third ferry berth on Monday; 412,000 people crossed last year."
CONTENT = Content(segments=(Segment(text=WORDS, length=len(WORDS), limit=280, has_url=False, cost_micros=15_000),))
FINGERPRINT = "crowd keys"
"""What the accounts' credentials were last known by: a worker with the same asks nobody whose they are."""
_CHUNK = 100_000


@dataclass(frozen=True)
class Lot:
    """So many posts of one state, spread over the accounts."""

    posts: int
    state: str = "approved"
    due: timedelta | None = timedelta(minutes=-30)
    """Of the first, from now; each later one of an account is due a second after the one before."""


def name(number: int) -> str:
    """Of the account, counted from 1."""
    return f"a{number:04d}"


def fill(store: Store, accounts: int, *lots: Lot, now: datetime | None = None) -> None:
    """Accounts from 1 on, and the posts of each lot, one after the other round the accounts."""
    now = now or datetime.now(UTC)
    with store.write() as session:
        session.add_all(
            models.Account(id=number, name=name(number), platform="fake", remote_id=f"r{number}", credentials=FINGERPRINT, said_read_at=now)
            for number in range(1, accounts + 1)
        )
    first = 0
    for lot in lots:
        for begin in range(0, lot.posts, _CHUNK):
            with store.write() as session:
                _add(session, accounts, first + begin, min(_CHUNK, lot.posts - begin), begin, lot, now)
        first += lot.posts
    with store.write() as session:
        if store.dialect == "postgresql":
            session.execute(text("select setval('account_id_seq', :n)"), {"n": accounts})
        session.execute(text("analyze"))


def _add(session: Session, accounts: int, first: int, count: int, begin: int, lot: Lot, now: datetime) -> None:
    """Posts number `first` + 1 on; the article of each is one for all accounts, so that no post repeats another's place."""
    postgres = session.get_bind().dialect.name == "postgresql"
    numbers = (
        "select generate_series(cast(:low as bigint), cast(:high as bigint)) n" if postgres
        else "with recursive one(n) as (select :low union all select n + 1 from one where n < :high) select n from one"
    )
    due = (
        "cast(:due as timestamptz) + ((n - cast(:first as bigint) - 1 + cast(:begin as bigint)) / cast(:accounts as bigint)) * interval '1 second'" if postgres
        else "strftime('%Y-%m-%d %H:%M:%f000', :due, '+' || ((n - :first - 1 + :begin) / :accounts) || ' seconds')"
    )
    when = now + (lot.due or timedelta())
    values = {
        "low": first + 1, "high": first + count, "first": first, "begin": begin, "accounts": accounts, "state": lot.state, "words": CONTENT.model_dump_json(),
        "hash": keys.approval_hash(CONTENT), "now": now if postgres else f"{now:%Y-%m-%d %H:%M:%S.%f}", "due": when if postgres else f"{when:%Y-%m-%d %H:%M:%S.%f}",
    }
    low, high = first // accounts + 1, (first + count - 1) // accounts + 1
    session.execute(
        text(
            "insert into article (id, fingerprint, title, dek, body, hidden, faq, image_alt, tail_cut, notes, sample, state, created_at) "
            f"select n, 'f' || n, 'T', '', 'B', '', '[]', '', false, '[]', false, '{ArticleState.DRAFTED}', :now from ({numbers}) numbers "
            "where n not in (select id from article)"
        ),
        {**values, "low": low, "high": high},
    )
    session.execute(
        text(
            "insert into post (id, article_id, kind, account_id, state, revision_n, holds, warnings, duplicates, overrides, approved_hash, due_at, "
            "priority, attempts, created_at) "
            "select n, (n - 1) / cast(:accounts as bigint) + 1, 'short', (n - 1) % cast(:accounts as bigint) + 1, :state, 1, '[]', '[]', '[]', '[]', :hash, "
            f"{due if lot.due is not None else 'null'}, 0, 0, :now from ({numbers}) numbers"
        ),
        values,
    )
    session.execute(
        text(
            "insert into revision (id, post_id, n, by, content, approval_hash, said_key, created_at) "
            f"select n, n, 1, 'crowd', :words, :hash, 'k' || n, :now from ({numbers}) numbers"
        ),
        values,
    )
    if lot.state == "published":
        session.execute(
            text(
                "insert into delivery (id, revision_id, position, segments, format, state, call_ended, tries, looks, resends, remote, ended_at) "
                f"select n, n, 0, '[0]', 1, 'sent', true, 1, 0, 0, '[]', :now from ({numbers}) numbers"
            ),
            values,
        )
    if postgres:
        for table in ("article", "post", "revision", "delivery"):
            session.execute(text(f"select setval('{table}_id_seq', (select coalesce(max(id), 0) + 1 from {table}))"))
