"""What an account says that is like a text, and which article a text is a copy of: found by keys, judged by the words.

Posts are known here from their approval on, as in `said`; the exact layers (`said`, an article's keys) stay the ones that
decide races.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Row, Text, TextClause, bindparam, delete, select, text, type_coerce, update
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.columns import Moment
from bot.store.models import ArticleLikeness
from bot.store.states import ArticleState
from bot.text import bands, similarity
from bot.text.similarity import Likeness
from bot.values import Article, Content, Duplicate

RECENT = 200
"""Posts, of all accounts, the last ones made, that are looked at whether or not a key finds them."""
NEAREST = 10
"""Candidates whose words are read, the most likely first."""
_NEAR_ENOUGH = 24
"""Bits of a sketch in which a candidate may differ: few texts that are 0.5 alike differ in more, and few unrelated ones (32 on average) in less."""
_PER_KEY = 16
"""Articles, the newest, that are looked at for one run of words: thousands may end alike."""

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
    return sorted(found, key=lambda one: (not one.holds, -one.likeness.score))


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


# --- articles -------------------------------------------------------------------------------------------------------


def add_article(session: Session, article_id: int, article: Article) -> None:
    """Remember an article's words, in place of those it had before."""
    remove_article(session, article_id)
    keys = bands.article_keys(similarity.words(similarity.article_text(article.title, article.dek, article.body)))
    if keys:
        session.execute(_INSERT_ARTICLE, [{"key": signed(key, 32), "article": article_id} for key in keys])


_INSERT_ARTICLE = text("insert into article_likeness (key, article_id) values (:key, :article) on conflict do nothing")


def remove_article(session: Session, article_id: int) -> None:
    """Forget an article's words."""
    session.execute(delete(ArticleLikeness).where(ArticleLikeness.article_id == article_id))


def article_candidates(session: Session, said: Sequence[str], most: int = NEAREST) -> list[int]:
    """Ids of the articles that share the most of their sampled runs with these `similarity.words`; of equals the newest first."""
    keys = [signed(key, 32) for key in bands.article_keys(said)]
    if not keys:
        return []
    postgresql = session.get_bind().dialect.name == "postgresql"
    rows = session.execute(_ARTICLES["postgresql" if postgresql else "sqlite"], {"keys": keys if postgresql else json.dumps(keys), "each": _PER_KEY, "most": most})
    return [row[0] for row in rows]


_ARTICLES = {
    "postgresql": text(
        "select article_id from unnest(cast(:keys as integer[])) as asked (key) cross join lateral "
        "(select article_id from article_likeness as there where there.key = asked.key order by article_id desc limit :each) as newest "
        "group by article_id order by count(*) desc, article_id desc limit :most"
    ),
    "sqlite": text(
        "select there.article_id from json_each(:keys) as asked join article_likeness as there on there.key = asked.value and there.article_id >= "
        "coalesce((select article_id from article_likeness as newest where newest.key = asked.value order by article_id desc limit 1 offset :each - 1), 0) "
        "group by there.article_id order by count(*) desc, there.article_id desc limit :most"
    ),
}
"""Each key's newest articles only: what a whole site ends with would be in all of them."""


def of_article(
    session: Session, article: Article, *, known: int | None = None, since: datetime | None = None, same_from: float = similarity.SAME_ARTICLE
) -> list[Found]:
    """The articles that this one is a copy, an edited version or a summary of, or they of it: the likest first.

    `known`: its own row, which is left out, like withdrawn articles, the sample, and any taken in before `since`.
    """
    said = similarity.article_text(article.title, article.dek, article.body)
    row = models.Article
    ids = [found for found in article_candidates(session, similarity.words(said)) if found != known]
    query = select(row.id, row.title, row.dek, row.body, row.published_at, row.created_at, row.pruned_at).where(
        row.id.in_(ids), row.state != ArticleState.WITHDRAWN, ~row.sample, *([row.created_at >= since] if since else []),
    )
    found = []
    for other in session.execute(query).all() if ids else ():
        if other.pruned_at is not None:
            found += _of_pruned(session, said, other.id, other.published_at or other.created_at)
            continue
        likeness = similarity.explain_articles(said, similarity.article_text(other.title, other.dek, other.body), same_from=same_from)
        if likeness.same:
            when = other.published_at or other.created_at
            duplicate = Duplicate(article=other.id, score=round(likeness.score, 3), detail=_detail(f"article {other.id} of {when:%d %b %Y}", likeness))
            found.append(Found(duplicate, likeness, True))
    return sorted(found, key=lambda one: (-one.likeness.score, one.duplicate.article or 0))


PRUNED = 0.6
"""Share of the sampled runs of words from which an article without its text counts as the same."""


def _of_pruned(session: Session, said: str, other: int, when: datetime) -> list[Found]:
    """An article whose text was taken out is told by its keys alone."""
    keys = {signed(key, 32) for key in bands.article_keys(similarity.words(said))}
    theirs = set(session.scalars(select(ArticleLikeness.key).where(ArticleLikeness.article_id == other)))
    score = len(keys & theirs) / min(len(keys), len(theirs)) if keys and theirs else 0.0
    if score < PRUNED:
        return []
    why = f"{score:.0%} of its sampled runs of words are here too (its text was taken out)"
    duplicate = Duplicate(article=other, score=round(score, 3), detail=f"article {other} of {when:%d %b %Y}: {why}")
    return [Found(duplicate, Likeness(score, True, why, (), ()), True)]


# --- both -----------------------------------------------------------------------------------------------------------


def _told(which: str, likeness: Likeness) -> str:
    """One line: the score, the other post and its date, and what is new beside it."""
    new = "; ".join(f"“{words}”" for words in likeness.only_a)
    gone = "; ".join(f"“{words}”" for words in likeness.only_b)
    beside = f"; only {new} is new" if new else "; nothing is new" if gone else ""
    return f"{likeness.score:.2f} like {which}{beside}" + (f", in place of {gone}" if new and gone else f", {gone} is left out" if gone else "")


def _detail(which: str, likeness: Likeness) -> str:
    """One line: the other article and its date, the reason, and the words that differ."""
    sides = [f"only {name}: {'; '.join(words)}" for name, words in (("here", likeness.only_a), ("there", likeness.only_b)) if words]
    return f"{which}: {likeness.why}" + (f" ({'. '.join(sides)})" if sides else "")


def folded(account_id: int, key: int, bits: int) -> int:
    """A key with the account in it, of so many bits."""
    return signed(((key ^ account_id * _MIX & _MASK) * _MIX & _MASK) >> 64 - bits, bits)


def signed(value: int, bits: int) -> int:
    """As databases store it."""
    return value - (1 << bits) if value >> bits - 1 else value

