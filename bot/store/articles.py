"""Articles in the store: taken in once, whatever address or copy they come by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session

from bot.errors import StateError
from bot.store import copies, embargo, models
from bot.store.states import ArticleState
from bot.text import keys
from bot.values import Article, Duplicate, Image


class Taken(StrEnum):
    """What taking in an article came to."""

    NEW = "new"
    KNOWN = "known"
    """It was there already, with the same text."""
    UPDATED = "updated"
    """It was there already, with another text or no address: the row is updated and drafted again."""


def take_in(
    session: Session, article: Article, *, url_key: str | None, fingerprint: str, now: datetime,
    sample: bool = False, not_before: datetime | None = None,
) -> tuple[models.Article, Taken]:
    """Store an article, or find the row it already has (by `url_key`, then by `fingerprint`)."""
    same_text = session.scalar(select(models.Article).where(models.Article.fingerprint == fingerprint))
    same_address = (
        session.scalar(select(models.Article).where(models.Article.url_key == url_key)) if url_key is not None else None
    )
    known = same_address or same_text
    if known is None:
        row = models.Article(
            sample=sample, created_at=now, state=ArticleState.QUEUED, notes=(), not_before=not_before,
            **_columns(session, article), url_key=url_key, fingerprint=fingerprint,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another worker took it in just now
            again = find(session, url_key=url_key, fingerprint=fingerprint)
            if again is None:
                raise
            return again, Taken.KNOWN
        return row, Taken.NEW
    known.sample = known.sample and sample
    if not_before is not None:
        known.not_before = not_before
    if article.published_at is None:  # what states no date any more moves no embargo
        article = article.model_copy(update={"published_at": known.published_at})
    if known.pruned_at is not None:  # read again: what it says now, without what it said there is nothing to compare or to alert of
        for name, value in _columns(session, article).items():
            setattr(known, name, value)
        if same_text is None:
            known.fingerprint = fingerprint
        known.pruned_at, known.notes = None, ()
        session.flush()
        return known, Taken.KNOWN
    gains_address = known.url is None and article.url is not None
    changed = known.fingerprint != fingerprint or known.dek != article.dek or known.faq != article.faq or keys.marks(text_of(known)) != keys.marks(article)
    if not gains_address and (same_address is None or not changed):
        if known.state == ArticleState.FAILED or (known.state == ArticleState.DRAFTED and known.untaken_by):
            known.state, known.reason = ArticleState.QUEUED, None  # asked for again: worth another try
        if same_address is not None or known.url is None:
            known.published_at = article.published_at  # an embargo may be moved, or lifted, and nothing else
        return known, Taken.KNOWN
    if same_text is not None and same_text is not known:
        return known, Taken.KNOWN  # its new text is another row's: two addresses of one story, both known
    for name, value in _columns(session, article).items():
        setattr(known, name, value)
    known.url_key, known.fingerprint = url_key, fingerprint
    known.state, known.reason = ArticleState.QUEUED, None
    session.flush()
    return known, Taken.UPDATED


def find(session: Session, *, url_key: str | None, fingerprint: str) -> models.Article | None:
    """The article of this address, or else of this text; None when there is none."""
    row = models.Article
    found = session.scalar(select(row).where(row.url_key == url_key)) if url_key is not None else None
    return found or session.scalar(select(row).where(row.fingerprint == fingerprint))


class Before(NamedTuple):
    """An article as it stood before it was taken in again."""

    article: Article
    """Its text; without its picture."""
    state: ArticleState
    reason: str | None
    fingerprint: str


def before(session: Session, *, url_key: str | None, fingerprint: str) -> Before | None:
    """The article that `take_in` would find, its row locked until this unit ends; None when it is new."""
    row = models.Article
    addresses = [row.url_key == url_key] if url_key is not None else []
    for key in (*addresses, row.fingerprint == fingerprint):
        known = session.scalar(select(row).where(key).with_for_update().execution_options(populate_existing=True))
        if known is not None:
            return Before(text_of(known), ArticleState(known.state), known.reason, known.fingerprint)
    return None


def compare(
    session: Session, row: models.Article, article: Article, taken: Taken, before: Before | None, *, again: str | None = None
) -> None:
    """A queued article that says the same as another, under another address, becomes its duplicate, with the reason.

    Asked when it is new, and when the text of a duplicate changed; of the built-in sample never. `again`: who wants it drafted
    all the same; the reason then stays beside the queued article.
    """
    if taken is not Taken.KNOWN:
        copies.add(session, row.id, article)
        unmade = taken is Taken.NEW or (before is not None and before.state == ArticleState.DUPLICATE)
        found = _same_as(session, row, article) if unmade and row.state == ArticleState.QUEUED and not row.sample else []
        if found:
            row.state, row.reason = ArticleState.DUPLICATE, f"the same as {found[0].detail}"
    if again is not None and row.state == ArticleState.DUPLICATE:
        row.state, row.reason = ArticleState.QUEUED, f"{again} takes it all the same: {row.reason}"


def _same_as(session: Session, row: models.Article, article: Article) -> list[Duplicate]:
    """One that failed is nobody's original."""
    found = [one.duplicate for one in copies.of(session, article, known=row.id)]
    return [one for one in found if session.get_one(models.Article, one.article).state != ArticleState.FAILED]


def duplicates(row: models.Article) -> list[Duplicate]:
    """The articles that a `duplicate` is the same as, as found now: the likest first. None of any other article."""
    session = object_session(row)
    assert session is not None
    return _same_as(session, row, text_of(row)) if row.state == ArticleState.DUPLICATE else []


def text_of(row: models.Article) -> Article:
    """The stored article as a value, without its picture."""
    return Article(
        title=row.title, dek=row.dek, body=row.body, faq=row.faq, url=row.url, language=row.language,
        author=row.author, published_at=row.published_at, tail_cut=row.tail_cut, hidden=row.hidden, shares_page=row.shares_page,
    )


def _columns(session: Session, article: Article) -> dict[str, object]:
    image = article.image
    return {
        "url": article.url, "title": article.title, "dek": article.dek, "body": article.body, "hidden": article.hidden,
        "faq": article.faq, "author": article.author, "published_at": article.published_at,
        "language": article.language, "tail_cut": article.tail_cut, "shares_page": article.shares_page,
        "picture": keep_picture(session, image) if image else None,
        "image_url": image.url if image else None, "image_alt": image.alt if image else "",
    }


def keep_picture(session: Session, image: Image) -> str:
    """Store an image's bytes once; returns their SHA-256 (hex)."""
    digest = sha256(image.data).hexdigest()
    known = session.get(models.Picture, digest)
    if known is None:
        session.add(
            models.Picture(sha256=digest, mime=image.mime, width=image.width, height=image.height, data=image.data)
        )
        session.flush()
    elif not known.data:  # it was taken out with its article
        known.data = image.data
    return digest


def picture(session: Session, digest: str, *, url: str | None = None, alt: str = "") -> Image:
    """A stored image as a value."""
    row = session.get_one(models.Picture, digest)
    return Image(url=url, alt=alt, mime=row.mime, width=row.width, height=row.height, data=row.data)


def value(session: Session, row: models.Article) -> Article:
    """The stored article as the value that stages take. Raises StateError when its text was taken out."""
    if row.pruned_at is not None:
        again = f"bot add {row.url}" if row.url else "bot add with its file"
        raise StateError(f"the text of article {row.id} was taken out, as BOT_KEEP_DAYS says: {again} reads it again.")
    image = picture(session, row.picture, url=row.image_url, alt=row.image_alt) if row.picture else None
    return text_of(row).model_copy(update={"image": image})


def wanted_from() -> ColumnElement[datetime]:
    """From when on an article may be drafted, as SQL; `embargo.until` knows more exactly, by minutes and for dates that can not be true."""
    row = models.Article
    return case(
        (row.not_before > row.created_at, row.not_before), (row.not_before.is_not(None) | row.dates_ahead, row.created_at),
        (row.published_at > row.created_at, row.published_at), else_=row.created_at,
    )


UNTAKEN = timedelta(days=7)
"""For so long after an article was read, an account that is added later may take it; what is older is no news any more."""


def queued(session: Session, now: datetime, routing: str | None = None) -> list[int]:
    """Ids of the articles that wait to be drafted, urgent ones first, then the oldest; embargoed ones wait on.

    Those too that no account took, if the accounts take something else by now: `routing` is `routing.configured`.
    """
    row = models.Article
    rows = session.execute(select(row.id, row.not_before, row.published_at, row.created_at, row.dates_ahead, row.priority).where(text(f"article.{models.QUEUED}")))
    found = {one.id: one.priority for one in rows if embargo.stands(one, now) is None}
    if routing is not None:
        untaken = select(row.id, row.priority).where(row.untaken_by.is_not(None), row.untaken_by != routing, row.created_at > now - UNTAKEN)
        found |= {one.id: one.priority for one in session.execute(untaken)}
    return sorted(found, key=lambda number: (-found[number], number))


def brought(session: Session, row: models.Article, feeds: Iterable[str]) -> None:
    """These feeds (keys) have brought the article. One that was drafted is queued for the accounts that take it only now."""
    known = {one.feed for one in row.sources}
    fresh = sorted({*feeds} - known)
    row.sources += [models.ArticleSource(feed=feed) for feed in fresh]
    if fresh and row.state == ArticleState.DRAFTED:
        row.state, row.reason = ArticleState.QUEUED, None if row.untaken_by else row.reason
    session.flush()


def feeds_of(row: models.Article) -> frozenset[str]:
    """The keys of the feeds that have brought it."""
    return frozenset(one.feed for one in row.sources)


def last(session: Session) -> int:
    """The id of the newest article; 0 when there is none."""
    return session.scalar(select(func.max(models.Article.id))) or 0


def left_out(session: Session, asked: Collection[int], *, after: int) -> list[int]:
    """Ids of the duplicates among those `asked` for, and those that are newer than `after`."""
    row = models.Article
    newer = session.scalars(select(row.id).where(row.id > after, row.state == ArticleState.DUPLICATE))
    among = session.scalars(select(row.id).where(row.id.in_(asked), row.state == ArticleState.DUPLICATE)) if asked else ()
    return sorted({*newer, *among})


def fail(session: Session, article_id: int, reason: str) -> None:
    """It could not be drafted, for this reason; asked for again it is tried again."""
    row = session.get_one(models.Article, article_id)
    row.state, row.reason = ArticleState.FAILED, reason


def any_real(session: Session) -> bool:
    """Is there an article other than the built-in sample?"""
    return session.scalar(select(models.Article.id).where(~models.Article.sample).limit(1)) is not None
