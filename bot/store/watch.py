"""Articles whose pages are read again: which, and what their posts and a person hear of it. Published posts are never touched here."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.errors import StateError
from bot.store import embargo, models, posts
from bot.store.articles import Before
from bot.store.states import ArticleState, Move, State
from bot.text import changes, keys, notices, resting
from bot.text.changes import Change
from bot.text.resting import Concern
from bot.values import Article, Hold, HoldCode
from bot.values import Kind as PostKind

WHO = "watch"
"""Who the history names for what was found on an article's page."""
WAITING = (State.IN_REVIEW, State.APPROVED, State.MISSED, State.FAILED)
"""Posts of which nothing is out, and that may still go out."""
OUT = (State.PUBLISHED, State.ABANDONED, State.PUBLISHING, State.STOPPED, State.UNCERTAIN)
"""Posts of which something is out, or may be."""
LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""How long after the last publication a page is asked again; beyond these, each time after twice as long."""
IDLE = timedelta(hours=6)
"""How often is asked whether anything of an article is out by now, where nobody said so."""
_FIGURE = re.compile(r"\d[\d.,]*")
ELSEWHERE = "article changed elsewhere"
"""What the history calls a change that concerns no post."""
COUNTS = 2
"""Changes after which a figure that no post says is taken for a counter."""
BEFORE, _LONGEST = "; before that: ", 1000


class Kind(StrEnum):
    """What an alert is about."""

    CHANGED = "changed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """There is no such page any more."""
    OTHER = "other"
    """Its address shows another text altogether."""


def updated(session: Session, row: models.Article, before: Before, article: Article, now: datetime) -> Change:
    """The row has a newer text: what that means for its posts.

    Another headline, a notice of the article's own, figures of its sentences, or what a post rests on or says (`bot.text.resting`)
    holds the posts that wait, with the difference, and queues the article again if it has any; where posts are out it raises an
    alert. A text that says that it is withdrawn is not drafted again. A figure outside of sentences is noted in the history of its
    posts, once. Any other change leaves posts, approval and state as they are.
    """
    change = changes.compare(before.article, article)
    rows = posts.of_article(session, row.id)
    told = _concerns(rows, change, before.article, article)
    waiting = [post for post in rows if post.state in WAITING]
    withdrawn = any(notice.kind is notices.Kind.WITHDRAWN for notice in notices.find(article))
    reinstated = before.state == ArticleState.WITHDRAWN and not withdrawn
    address = before.article.url is None and article.url is not None
    if row.alert_from is not None and row.alert_from in (row.fingerprint, keys.exact(article)):
        end(row, None)
        known = True
    else:
        known = False
    held = [(post, told[post.id].lines) for post in waiting if told[post.id].lines or address or reinstated]
    published = _published(rows, told)
    if not (held or published or reinstated or address or (change.material and not rows)):
        _stay(row, before)
        _note(session, rows, change, now)
        return change
    for post, lines in held:
        what = changes.on_one_line(lines)
        hold(session, post, what or ("the article has an address now" if address else "the article changed after this post was written"), now)
    if change.withdrawn:
        row.state, row.reason = ArticleState.WITHDRAWN, change.lines[0]
    elif before.state not in (ArticleState.QUEUED, ArticleState.FAILED) and not (
        (not rows or any(posts.can(post, Move.REVISE) for post in rows)) and (held or not rows or reinstated)
    ):
        _stay(row, before)
        if reinstated:
            row.state, row.reason = ArticleState.DRAFTED, None
    if published and not known:
        kind = Kind.WITHDRAWN if change.withdrawn else Kind.CORRECTED if change.corrected else Kind.CHANGED
        raise_(session, row, rows, kind, changes.on_one_line(published), keys.exact(before.article), now)
    return change


def _concerns(rows: Sequence[models.Post], change: Change, old: Article, new: Article) -> dict[int, Concern]:
    """What of the change concerns each post; one that was changed by hand and can not be read is for publishing to find and hold."""
    read: dict[int, resting.Post] = {}
    for post in rows:
        if post.state in (*WAITING, *OUT):
            try:
                segments = post.revision.content.segments
                read[post.id] = resting.Post("\n".join(one.text for one in segments), tuple(one.text for segment in segments for one in segment.evidence))
            except (LookupError, ValueError, TypeError):
                read[post.id] = resting.Post("", ())
    told = dict(zip(read, resting.concerns(list(read.values()), change, old, new), strict=True))
    none = Concern(change._replace(swapped=(), gone=(), added=()), (), (), ())
    found = {post.id: told.get(post.id) or none for post in rows}
    return {post.id: found[post.id]._replace(beyond=tuple(line for line in found[post.id].beyond if not _counter(post, line))) for post in rows}


def _counter(post: models.Post, line: str) -> bool:
    """Was such a figure in such a place another at every look? What counts up is no correction."""
    return sum(_masked(line) in _masked(event.why) for event in post.events if event.why and event.who == WHO) >= COUNTS


def _published(rows: Sequence[models.Post], told: dict[int, Concern]) -> tuple[str, ...]:
    """What makes posts that are out wrong, each line once."""
    of_those = [told[post.id].grave for post in rows if post.state in OUT and post.kind is not PostKind.CORRECTION]
    return tuple(dict.fromkeys(line for lines in of_those for line in lines))


def _note(session: Session, rows: Sequence[models.Post], change: Change, now: datetime) -> None:
    """A figure changed that no post says or rests on: told in their history, once for each place, for it may be a counter."""
    if not change.material:
        return
    for post in rows:
        if post.state in (*WAITING, *OUT):
            known = {_masked(event.why or "") for event in post.events if event.what == ELSEWHERE}
            if _masked(change.told) not in known:
                posts.note(session, post, WHO, ELSEWHERE, change.told, now)


def _masked(text: str) -> str:
    """The text whatever its figures are."""
    return _FIGURE.sub("0", text)


class Alert(NamedTuple):
    """An article whose page no longer says what was published."""

    article: int
    title: str
    url: str | None
    kind: str
    what: str
    at: datetime
    posts: tuple[int, ...]
    """Those of its posts that are out."""


def alerts(session: Session) -> list[Alert]:
    """The alerts that stand, the oldest first. One without a post that is out stands no more."""
    row = models.Article
    query = select(row.id, row.title, row.url, row.alert_kind, row.alert, row.alert_at).where(row.alert_at.is_not(None))
    found = []
    for number, title, url, kind, what, at in session.execute(query.order_by(row.alert_at, row.id)):
        out = _out(session, number)
        if out and at is not None:
            found.append(Alert(number, title, url, kind or "", what or "", at, out))
    return found


def dismiss(session: Session, article: models.Article, *, who: str, why: str, now: datetime) -> None:
    """A person looked, and nothing is to be done. The same state of the page raises no alert again.

    Raises StateError when there is no alert.
    """
    out = _out(session, article.id)
    if article.alert_at is None or not out:
        raise StateError(f"there is no alert about article {article.id}. `bot status` lists them.")
    article.alert_at, article.alert_dismissed = None, f"{who}: {why}"
    session.add_all(models.Event(post_id=post, at=now, who=who, what=f"alert dismissed: {article.alert_kind}", why=why) for post in out)


def due(session: Session, now: datetime, most: int) -> list[int]:
    """Articles to look at again after publication, the longest due first."""
    row = models.Article
    return list(session.scalars(select(row.id).where(row.watch_at <= now).order_by(row.watch_at, row.id).limit(most)))


def wanted(session: Session, row: models.Article, now: datetime, days: int) -> bool:
    """Is its page to be asked for now? Where something is out, for so many days after that, or after an alert; and under an embargo,
    which may be moved or lifted.
    """
    if row.watched_at is None or row.url is None:
        return False
    since = _since(session, row)
    return embargo.stands(row, now) is not None or (since is not None and now < since + timedelta(days=days) + IDLE)


def plan(session: Session, row: models.Article, now: datetime, days: int) -> None:
    """Say when the article is looked at next; never, once nothing of it is out or waits, or its time is over."""
    since = _since(session, row)
    row.watch_at = next_look(since, now, days) if since is not None else None
    if row.watch_at is None and row.watched_at is not None and _waits(session, row.id):
        row.watch_at = now + IDLE


def next_look(since: datetime, now: datetime, days: int) -> datetime | None:
    """The next time after a publication at which the page is asked for; None when none is left within so many days."""
    looks = list(LOOKS)
    while looks[-1] < timedelta(days=days):
        looks.append(2 * looks[-1])
    return next((since + look for look in looks if look <= timedelta(days=days) and since + look > now), None)


def published(session: Session, post_ids: Collection[int], now: datetime) -> None:
    """These posts were just worked on: their articles' pages are looked at soon. Nothing is read: a row may be unreadable."""
    row, soon = models.Article, now + LOOKS[0]
    of = select(models.Post.article_id).where(models.Post.id.in_(post_ids), models.Post.state.in_(OUT))
    change = update(row).where(row.id.in_(of), row.watched_at.is_not(None), or_(row.watch_at.is_(None), row.watch_at > soon)).values(watch_at=soon)
    session.execute(change.execution_options(synchronize_session=False))


def wait(session: Session, article_id: int, before: datetime, until: datetime) -> None:
    """Its posts that would go out before the one moment go out at the other at the earliest, without being read."""
    post = models.Post
    change = update(post).where(post.article_id == article_id, post.state == State.APPROVED, post.due_at <= before).values(due_at=until)
    session.execute(change.execution_options(synchronize_session=False))


def put_off(session: Session, article_id: int, until: datetime) -> None:
    """Look at an article later, without reading it: it may be what can not be read."""
    change = update(models.Article).where(models.Article.id == article_id).values(watch_at=until)
    session.execute(change.execution_options(synchronize_session=False))


def hold(session: Session, post: models.Post, what: str, now: datetime) -> None:
    """Put `article_changed` on a post that waits. What an earlier reading found, and nobody let pass, stays beside it."""
    older = next((hold.detail for hold in posts.open_holds(post) if hold.code is HoldCode.ARTICLE_CHANGED), what)
    detail = what if older == what else f"{what}{BEFORE}{older}"[:_LONGEST]
    posts.hold(session, post, Hold(code=HoldCode.ARTICLE_CHANGED, detail=detail), who=WHO, now=now)


def _stay(row: models.Article, before: Before) -> None:
    """Not drafted again for this, unless it waits for its drafting anyway."""
    if before.state not in (ArticleState.QUEUED, ArticleState.FAILED):
        row.state, row.reason = before.state, before.reason


def raise_(session: Session, row: models.Article, rows: Sequence[models.Post], kind: Kind, what: str, was: str, now: datetime) -> None:
    """An alert, where posts are out; `was`: `keys.exact` of the text before."""
    out = [post for post in rows if post.state in OUT and post.kind is not PostKind.CORRECTION]
    stands = row.alert_at is not None
    row.alert_kind, row.alert_dismissed = kind, None
    row.alert = f"{what}{BEFORE}{row.alert}"[:_LONGEST] if stands and row.alert and row.alert != what else what
    row.alert_from = row.alert_from if stands and row.alert_from else was
    row.alert_at = (row.alert_at or now) if out else None
    for post in out:
        posts.note(session, post, WHO, f"article {kind}", what, now)


def end(row: models.Article, why: str | None) -> None:
    """The alert is over."""
    row.alert = row.alert_kind = row.alert_at = row.alert_from = None
    row.alert_dismissed = why


def _out(session: Session, article_id: int) -> tuple[int, ...]:
    """Its posts that are out; a correction says no more than what was found."""
    post = models.Post
    query = select(post.id).where(post.article_id == article_id, post.state.in_(OUT), post.kind != PostKind.CORRECTION)
    return tuple(session.scalars(query.order_by(post.id)))


def _waits(session: Session, article_id: int) -> bool:
    query = select(models.Post.id).where(models.Post.article_id == article_id, models.Post.state.in_(WAITING)).limit(1)
    queued = select(models.Article.id).where(models.Article.id == article_id, models.Article.state == ArticleState.QUEUED)
    return session.scalar(query) is not None or session.scalar(queued) is not None


def _since(session: Session, row: models.Article) -> datetime | None:
    """When something of it went out last, or an alert was raised; None when nothing is out."""
    ended = session.scalar(
        select(func.max(models.Delivery.ended_at)).join(models.Revision, models.Revision.id == models.Delivery.revision_id)
        .join(models.Post, models.Post.id == models.Revision.post_id)
        .where(models.Post.article_id == row.id, models.Post.state.in_(OUT))
    )
    return max(filter(None, [ended, row.alert_at]), default=None)
