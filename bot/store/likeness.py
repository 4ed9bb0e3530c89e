"""What an account says that is like a text: found by keys, judged by the words.

Posts are known here from their approval on, as in `said`; the exact layer (`said`) stays the one that decides races.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Row, Text, TextClause, bindparam, select, text, type_coerce, update
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.columns import Moment
from bot.text import bands, similarity
from bot.text.similarity import Likeness
from bot.values import Content, Duplicate

RECENT = 200
"""Posts, of all accounts, the last ones made, that are looked at whether or not a key finds them."""
NEAREST = 10
"""Candidates whose words are read, the most likely first."""
_NEAR_ENOUGH = 24
"""Bits of a sketch in which a candidate may differ: few texts that are 0.5 alike differ in more, and few unrelated ones (32 on average) in less."""

_MASK = (1 << 64) - 1
_MIX = 0xFF51AFD7ED558CCD
_COLUMNS = tuple(f"b{n}" for n in range(bands.BANDS))
BITS = {"postgresql": 17, "sqlite": 32}
"""Width of keys. PostgreSQL's indexes hold many rows of one key in little room: with more bits a post takes more than the 450
bytes it may, with fewer a look-up meets more chance hits."""


class Found(NamedTuple):
    """A post or article that is like the one asked about."""

    duplicate: Duplicate
    """For the post's `duplicates`: which, how alike, and in words why, with its date and the words that differ."""
    likeness: Likeness
    holds: bool
    """It says the same: a hold. Otherwise it is near enough for a warning."""


# --- posts ----------------------------------------------------------------------------------------------------------


def text_of(content: Content) -> str:
    """What of a post is compared."""
    return similarity.thread([segment.text for segment in content.segments])


def keys(session: Session, account_id: int, said: str) -> dict[str, int]:
    """The columns of `said` by which a text is found again (`said`: in its `similarity.compared` form); none for one without words."""
    found = bands.bands(said)
    if not found.keys:
        return {}
    bits = BITS[session.get_bind().dialect.name]
    return {"sketch": signed(found.sketch, 64), **{column: folded(account_id, key, bits) for column, key in zip(_COLUMNS, found.keys, strict=True)}}


def candidates(session: Session, account_id: int, said: str, *, since: datetime | None = None, most: int = NEAREST) -> list[int]:
    """Ids of the account's posts, said `since`, that are probably like this `similarity.compared` text, the likeliest first."""
    wanted = bands.probes(said)
    if not wanted.keys:
        return []
    dialect = session.get_bind().dialect.name
    values: dict[str, object] = {f"p{band}_{n}": folded(account_id, key, BITS[dialect]) for band, row in enumerate(wanted.keys) for n, key in enumerate(row)}
    values["account"] = account_id
    if dialect == "postgresql":
        values["sketch"] = signed(wanted.sketch, 64)
    if since is not None:
        values["since"] = since
    rows = session.execute(_lookup(dialect, since is not None, RECENT, most), values)
    near = {post: far for post, other in rows if (far := bands.apart(wanted.sketch, other & _MASK)) <= _NEAR_ENOUGH}
    return heapq.nsmallest(most, near, key=lambda post: (near[post], -post))


@lru_cache(maxsize=8)
def _lookup(dialect: str, dated: bool, recent: int, most: int) -> TextClause:
    """PostgreSQL measures the sketches itself, which spares sending chance hits; SQLite has nothing to count bits with.

    The limits are written out: of a parameter PostgreSQL's plan for any values expects a tenth of the table.
    """
    keyed = " or ".join(f"{column} in ({', '.join(f':p{band}_{n}' for n in range(bands.PROBES))})" for band, column in enumerate(_COLUMNS))
    # Not `account_id = …`: of the key that begins with it a planner may expect more than of the bands.
    ours = "account_id + 0 = :account" + (" and created_at >= :since" if dated else "")
    newest = f"select post_id, sketch, account_id, created_at from said where post_id is not null order by post_id desc limit {recent:d}"  # noqa: S608 — a number
    query = (
        f"select post_id, sketch from said where ({keyed}) and post_id is not null and {ours} "  # noqa: S608 — constants
        f"union select post_id, sketch from ({newest}) as newest where sketch is not null and {ours}"
    )
    if dialect == "postgresql":
        apart = "bit_count((sketch # :sketch)::bit(64))"
        query = f"select post_id, sketch from ({query}) as found where {apart} <= {_NEAR_ENOUGH} order by {apart}, post_id desc limit {most:d}"  # noqa: S608
    return text(query).bindparams(bindparam("since", type_=Moment)) if dated else text(query)


def of_post(
    session: Session, *, account_id: int, article_id: int, said: str, ignore: Sequence[str] = (), post_id: int | None = None,
    since: datetime | None = None, hold: float = similarity.HOLD, warn: float = similarity.WARN,
) -> list[Found]:
    """What the account says, or is about to, that is like the text `said` (see `text_of`): duplicates first, the likest first.

    Not posts of the same article, nor the post itself, nor what was said before `since`. `ignore`: the account's sign-off and
    hashtags. Posts that differ in their numbers are not listed.
    """
    wanted = similarity.compared(said, ignore)
    found = []
    for row in _texts(session, account_id, candidates(session, account_id, wanted, since=since)):
        when = row.approved_at or row.created_at
        if row.article_id == article_id or row.id == post_id:
            continue
        other = _joined(row.content)
        if similarity.score(wanted, similarity.compared(other, ignore)) < warn:
            continue
        likeness = similarity.explain(said, other, ignore=ignore, hold=hold)
        if likeness.same or not likeness.other_numbers:
            duplicate = Duplicate(post=row.id, score=round(likeness.score, 3), detail=_told(f"#{row.id} of {when:%d %b %Y}", likeness))
            found.append(Found(duplicate, likeness, likeness.same))
    found += _earlier(session, account_id, said, ignore, since, hold, warn)
    return sorted(found, key=lambda one: (not one.holds, -one.likeness.score))


def _earlier(
    session: Session, account_id: int, said: str, ignore: Sequence[str], since: datetime | None, hold: float, warn: float
) -> list[Found]:
    """The same among what the account said before this database: few posts, so that every sketch is looked at. Of a thread its likest part."""
    row, wanted, found = models.Earlier, similarity.compared(said, ignore), dict[str, Found]()
    dated = [row.at >= since] if since else []
    sketches = session.execute(select(row.said_key, row.sketch).where(row.account_id == account_id, *dated)).all()
    mine = bands.bands(wanted).sketch if sketches else 0
    far = {key: bands.apart(mine, sketch & _MASK) for key, sketch in sketches if sketch is not None}
    nearest = heapq.nsmallest(NEAREST, (key for key in far if far[key] <= _NEAR_ENOUGH), key=lambda key: (far[key], key))
    for one in session.scalars(select(row).where(row.account_id == account_id, row.said_key.in_(nearest))) if nearest else ():
        if similarity.score(wanted, similarity.compared(one.text, ignore)) < warn:
            continue
        likeness = similarity.explain(said, one.text, ignore=ignore, hold=hold)
        if (likeness.same or not likeness.other_numbers) and (one.url not in found or found[one.url].likeness.score < likeness.score):
            duplicate = Duplicate(url=one.url, score=round(likeness.score, 3), detail=_told(f"{one.url} of {one.at:%d %b %Y}", likeness))
            found[one.url] = Found(duplicate, likeness, likeness.same)
    return list(found.values())


def _texts(session: Session, account_id: int, posts: Collection[int]) -> Sequence[Row[int, int, datetime | None, datetime, str]]:
    if not posts:
        return []
    post, revision = models.Post, models.Revision
    return session.execute(
        select(post.id, post.article_id, post.approved_at, post.created_at, type_coerce(revision.content, Text).label("content"))
        .join(revision, (revision.post_id == post.id) & (revision.n == post.revision_n))
        .where(post.id.in_(posts), post.account_id == account_id)
    ).all()


def elsewhere(session: Session, accounts: Collection[int], said_key: str) -> list[models.Said]:
    """Who of these accounts (ids) has said the very same words, or is about to; the first of each account comes first."""
    said = models.Said
    return list(session.scalars(select(said).where(said.account_id.in_(accounts), said.said_key == said_key).order_by(said.ordinal, said.account_id)))


def learn(session: Session, ignore: Mapping[int, Sequence[str]], *, after: int = 0, most: int = 500) -> int | None:
    """Give keys to what was said before there were any: so many posts beyond the id `after`; returns the last id, None at the end.

    `ignore`: for each account (id) its sign-off and hashtags.
    """
    said, post, revision = models.Said, models.Post, models.Revision
    rows = session.execute(
        select(said.account_id, said.post_id, type_coerce(revision.content, Text).label("content"))
        .join(post, post.id == said.post_id).join(revision, (revision.post_id == post.id) & (revision.n == post.revision_n))
        .where(said.post_id > after).order_by(said.post_id).limit(most)
    ).all()
    for account_id, post_id, content in rows:
        found = keys(session, account_id, similarity.compared(_joined(content), ignore.get(account_id, ())))
        if found:
            session.execute(update(said).where(said.post_id == post_id, said.account_id == account_id).values(**found))
    return rows[-1].post_id if rows else None


def _joined(content: str) -> str:
    """`text_of` for a stored content, without the values' validation: a look-up reads ten of them. One changed by hand is like nothing."""
    try:
        return similarity.thread([segment["text"] for segment in json.loads(content)["segments"]])
    except (ValueError, LookupError, TypeError):
        return ""


# --- both -----------------------------------------------------------------------------------------------------------


def _told(which: str, likeness: Likeness) -> str:
    """One line: the score, the other post and its date, and what is new beside it."""
    new = "; ".join(f"“{words}”" for words in likeness.only_a)
    gone = "; ".join(f"“{words}”" for words in likeness.only_b)
    beside = f"; only {new} is new" if new else "; nothing is new" if gone else ""
    return f"{likeness.score:.2f} like {which}{beside}" + (f", in place of {gone}" if new and gone else f", {gone} is left out" if gone else "")


def folded(account_id: int, key: int, bits: int) -> int:
    """A key with the account in it, of so many bits."""
    return signed(((key ^ account_id * _MIX & _MASK) * _MIX & _MASK) >> 64 - bits, bits)


def signed(value: int, bits: int) -> int:
    """As databases store it."""
    return value - (1 << bits) if value >> bits - 1 else value

