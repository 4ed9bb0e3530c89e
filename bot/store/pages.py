"""Pages that show no article any more, or another one: what their posts and a person hear of it, until they are back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store import articles, deliveries, models, posts, watch
from bot.store.states import ArticleState, State
from bot.store.watch import BEFORE, WAITING, WHO, Kind
from bot.text import keys
from bot.values import Article, Hold, HoldCode

STRANGE = (Kind.GONE, Kind.OTHER)
"""Alerts about a page that does not show its article; its text is kept as it was read."""
LASTING = timedelta(hours=3)
"""How long posts wait for a page that shows another text; then they are held."""
WAITS = "waits for its page"
BACK = "the page is there again"
"""What the history calls that, and its end."""
ANOTHER = "its page shows another text now"
"""How what `other` tells begins."""


def taken_in(session: Session, row: models.Article, article: Article, now: datetime, *, updated: bool) -> None:
    """An article was read: from now on its page is watched, if that is where it was read, and the text at hand is its page's."""
    if article.page and article.url is not None and row.url == article.url:
        row.watched_at, row.watch_at = now, row.watch_at or now + watch.IDLE
        if row.alert_kind in STRANGE:
            back(session, row, now)
    elif updated:
        row.watched_at = None
    if updated:
        row.etag = row.last_modified = None


def gone(session: Session, row: models.Article, what: str, now: datetime) -> None:
    """There is no such page any more: posts that wait are held, and where some are out there is an alert. Once, not at each reading."""
    if row.alert_kind == Kind.GONE:
        return
    rows = posts.of_article(session, row.id)
    for post in rows:
        if post.state in WAITING:
            watch.hold(session, post, what, now)
    if row.state != ArticleState.DUPLICATE:
        row.state, row.reason = ArticleState.WITHDRAWN, what
    watch.raise_(session, row, rows, Kind.GONE, what, keys.exact(articles.text_of(row)), now)


def other(session: Session, row: models.Article, what: str, now: datetime, again: timedelta) -> None:
    """Its address shows another text altogether, which is not taken for the article's: a wall, perhaps, or a page in the place of it.

    Posts that are approved wait, and the page is looked at `again` after so long, until it is back; from LASTING on all that wait are
    held. Where some are out there is an alert, which ends by itself.
    """
    rows = posts.of_article(session, row.id)
    first = row.alert_kind != Kind.OTHER
    if first:
        watch.raise_(session, row, rows, Kind.OTHER, what, keys.exact(articles.text_of(row)), now)
    for post in rows:
        if post.state in WAITING and first:
            posts.note(session, post, WHO, WAITS, what, now)
        since = session.scalar(select(models.Event.at).where(models.Event.post_id == post.id, models.Event.what == WAITS).order_by(models.Event.at.desc()).limit(1))
        if post.state in WAITING and since is not None and now - since >= LASTING:
            if not any(hold.code is HoldCode.ARTICLE_CHANGED and hold.detail.startswith(ANOTHER) for hold in post.holds):
                watch.hold(session, post, what, now)
        elif post.state == State.APPROVED:
            deliveries.put_off(session, post.id, now + again)


def back(session: Session, row: models.Article, now: datetime) -> None:
    """The page shows its article again: this alert ends, and so do its holds; what waited for it goes on."""
    what, _, before = (row.alert or "").partition(BEFORE)
    for post in posts.of_article(session, row.id):
        held = next((hold for hold in post.holds if hold.code is HoldCode.ARTICLE_CHANGED), None)
        if held is not None and what and post.state in WAITING and held.detail.startswith(what):
            older = held.detail.removeprefix(what).removeprefix(BEFORE)
            others = tuple(hold for hold in post.holds if hold is not held)
            post.holds = (*others, Hold(code=held.code, detail=older)) if older else others
            posts.note(session, post, WHO, BACK, None, now)
        elif row.alert_kind == Kind.OTHER and post.state == State.APPROVED:
            posts.note(session, post, WHO, BACK, None, now)
            deliveries.put_off(session, post.id, now)
    if row.state == ArticleState.WITHDRAWN:
        row.state, row.reason = ArticleState.DRAFTED if row.posts else ArticleState.QUEUED, None
    if before and row.alert_at is not None:
        row.alert, row.alert_kind = before, Kind.CHANGED  # what stood before this one stands again
    else:
        watch.end(row, None)
