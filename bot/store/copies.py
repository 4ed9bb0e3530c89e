"""Which known article a text is a copy, an edited version or a summary of: found by sampled runs of words, judged by all of them.

The exact layers (an article's keys) stay the ones that decide races.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.likeness import NEAREST, Found, signed
from bot.store.models import ArticleLikeness
from bot.store.states import ArticleState
from bot.text import bands, similarity
from bot.text.similarity import Likeness
from bot.values import Article, Duplicate

_PER_KEY = 16
"""Articles, the newest, that are looked at for one run of words: thousands may end alike."""


def add(session: Session, article_id: int, article: Article) -> None:
    """Remember an article's words, in place of those it had before."""
    remove(session, article_id)
    keys = bands.article_keys(similarity.words(similarity.article_text(article.title, article.dek, article.body)))
    if keys:
        session.execute(_INSERT_ARTICLE, [{"key": signed(key, 32), "article": article_id} for key in keys])


_INSERT_ARTICLE = text("insert into article_likeness (key, article_id) values (:key, :article) on conflict do nothing")


def remove(session: Session, article_id: int) -> None:
    """Forget an article's words."""
    session.execute(delete(ArticleLikeness).where(ArticleLikeness.article_id == article_id))


def candidates(session: Session, said: Sequence[str], most: int = NEAREST) -> list[int]:
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


def of(
    session: Session, article: Article, *, known: int | None = None, since: datetime | None = None, same_from: float = similarity.SAME_ARTICLE
) -> list[Found]:
    """The articles that this one is a copy, an edited version or a summary of, or they of it: the likest first.

    `known`: its own row, which is left out, like withdrawn articles, the sample, and any taken in before `since`.
    """
    said = similarity.article_text(article.title, article.dek, article.body)
    row = models.Article
    ids = [found for found in candidates(session, similarity.words(said)) if found != known]
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


def _detail(which: str, likeness: Likeness) -> str:
    """One line: the other article and its date, the reason, and the words that differ."""
    sides = [f"only {name}: {'; '.join(words)}" for name, words in (("here", likeness.only_a), ("there", likeness.only_b)) if words]
    return f"{which}: {likeness.why}" + (f" ({'. '.join(sides)})" if sides else "")
