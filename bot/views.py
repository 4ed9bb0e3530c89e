"""What every face shows of posts, articles and accounts: the stored revision, in the documented JSON shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import standing
from bot.accounts import Account
from bot.platforms import Platform
from bot.store import accounts, articles, models, posts
from bot.store.states import DeliveryState, Move, State
from bot.text import sentences
from bot.values import Article, Segment

COMMANDS = {
    Move.APPROVE: "bot approve {post}",
    Move.REVISE: "bot edit {post}",
    Move.UNAPPROVE: "bot unapprove {post}",
    Move.REJECT: "bot reject {post} --reason …",
    Move.CLAIM: "bot publish {post}",
    Move.RETRY: "bot retry {post}",
    Move.RESOLVED_ALL_SENT: "bot resolve {post} --sent ID",
    Move.RESOLVED_NONE: "bot resolve {post} --not-sent",
}
"""The command that asks for each move, where a person can."""

_CONFIGURED = {Move.REVISE, Move.RESOLVED_ALL_SENT, Move.RETRY}
"""Moves that need the account to be configured still; approving does not, the post waits for it."""


class Variants(NamedTuple):
    """The wordings that a post's latest draft has for its platform."""

    draft: models.Draft | None
    """None when no draft has this post."""
    fitting: tuple[int, ...]
    """Numbers (from 0) of the draft's variants that are meant for the platform."""
    at: int | None
    """Which of `fitting` the post was last drafted with; None when it is none of them."""


def dollars(micros: int | None) -> float | None:
    """Micro-dollars as dollars; None stays None (not known)."""
    return None if micros is None else round(micros / 1_000_000, 6)


def article(row: models.Article) -> dict[str, Any]:
    """An article as `--json` prints it."""
    return {
        "article": row.id, "url": row.url, "title": row.title, "language": row.language, "state": str(row.state),
        "reason": row.reason, "posts": [post.id for post in row.posts],
    }


def account(session: Session, configured: Account, now: datetime) -> dict[str, Any]:
    """An account as `--json` prints it: `ready` to publish, and since when or why not."""
    row = accounts.get(session, configured.name)
    paused = accounts.paused(row, now)
    reason = row.paused_reason if paused else None
    if not configured.ready:
        reason = f"preview only: set {', '.join(configured.missing)}"
    return {
        "account": configured.name, "platform": configured.platform, "handle": row.handle, "ready": configured.ready and not paused,
        "paused_until": _time(row.paused_until) if paused else None, "reason": reason,
    }


def post(
    session: Session, row: models.Post, platform: Callable[[str], Platform | None], *, saved: bool = True
) -> dict[str, Any]:
    """A post as `--json` prints it, wherever it appears.

    `platform` gives the adapter that renders what is not sent yet; without one (an account that is no longer configured)
    only what was sent is shown.
    """
    revision = row.revision
    content = revision.content
    requests, provisional = _requests(session, row, platform)
    draft = revision.draft
    return {
        "post": row.id if saved else None,
        "article": {
            "id": row.article_id if saved else None, "url": row.article.url, "title": row.article.title,
            "language": row.article.language, "notes": [note.model_dump(mode="json") for note in row.article.notes],
        },
        "account": row.account.name, "platform": row.account.platform, "kind": str(row.kind), "state": str(row.state),
        "revision": row.revision_n, "approval_hash": revision.approval_hash,
        "segments": [_segment(segment) for segment in content.segments],
        "requests": requests, "provisional": provisional,
        "cost_usd": dollars(sum(segment.cost_micros for segment in content.segments)),
        "holds": [{"code": str(hold.code), "detail": hold.detail} for hold in row.holds],
        "warnings": [{"code": str(warning.code), "detail": warning.detail} for warning in row.warnings],
        "duplicates": [duplicate.model_dump(mode="json", exclude_none=True) for duplicate in row.duplicates],
        "drafter": draft.drafter if draft else revision.by, "model": draft.model if draft else None,
        "prompt": draft.prompt if draft else None, "due_at": _time(row.due_at),
        "deliveries": [
            {
                "position": delivery.position, "state": str(delivery.state),
                "remote_id": delivery.remote[0].id if delivery.remote else None,
                "url": delivery.remote[0].url if delivery.remote else None,
            }
            for delivery in revision.deliveries
        ],
    }


def history(row: models.Post, configured: Account | None, now: datetime) -> dict[str, Any]:
    """What `bot show --json` adds to a post: all that happened to it, and the commands that are valid now."""
    return {
        "history": [{"at": _time(event.at), "who": event.who, "what": event.what, "why": event.why} for event in row.events],
        "valid": valid(row, configured, now),
    }


def valid(row: models.Post, configured: Account | None, now: datetime) -> list[str]:
    """The commands that would not be refused now, in the order one would think of them; `configured`: the post's account."""
    if row.article.sample:
        return []
    found = []
    for move, command in COMMANDS.items():
        if move is Move.CLAIM:
            possible = standing.between(row, configured, now) is None
        else:
            possible = posts.can(row, move) and (configured is not None or move not in _CONFIGURED)
        if possible:
            found.append(standing.approval(row) if move is Move.APPROVE else command.format(post=row.id))
    return found


def fitting_variants(row: models.Post) -> Variants:
    """The wordings that the latest draft of this post has for its platform; see `Variants`. An edit keeps them."""
    drafted = next((revision for revision in reversed(row.revisions) if revision.draft), None)
    if drafted is None or drafted.draft is None:
        return Variants(None, (), None)
    fitting = tuple(n for n, variant in enumerate(drafted.draft.variants) if row.account.platform in variant.platforms)
    return Variants(drafted.draft, fitting, fitting.index(drafted.variant) if drafted.variant in fitting else None)


def approvable(row: models.Article) -> list[models.Post]:
    """The article's posts that wait for approval and have no open hold: what is approved when all are."""
    return [post for post in row.posts if post.state == State.IN_REVIEW and not standing.open_holds(post)]


class Waiting(NamedTuple):
    """What waits, and for whom; of the built-in sample nothing does."""

    review: int
    """Posts that wait for approval."""
    approved: tuple[tuple[datetime, int], ...]
    """When each approved post is due, and its number; the next first."""


def waiting(session: Session) -> Waiting:
    """Count what waits, without reading what the posts say: one that can not be read waits too."""
    query = select(models.Post.id, models.Post.state, models.Post.due_at).join(models.Article).where(~models.Article.sample)
    rows = session.execute(query.where(models.Post.state.in_([State.IN_REVIEW, State.APPROVED]))).all()
    approved = sorted((due, number) for number, state, due in rows if state == State.APPROVED and due is not None)
    return Waiting(sum(state == State.IN_REVIEW for _, state, _ in rows), tuple(approved))


def articles_listed(session: Session) -> list[int]:
    """Ids of all articles, oldest first."""
    return list(session.scalars(select(models.Article.id).order_by(models.Article.id)))


def sentences_of(row: models.Article) -> dict[str, str]:
    """The article's sentences by id, as evidence names them."""
    return sentences.of_article(Article(title=row.title, dek=row.dek, body=row.body, faq=row.faq, language=row.language))


def _segment(segment: Segment) -> dict[str, Any]:
    shown = segment.model_dump(mode="json", include={"text", "length", "limit", "has_url", "evidence", "facets"})
    return dict(shown)


def _requests(session: Session, row: models.Post, platform: Callable[[str], Platform | None]) -> tuple[list[Any], list[str]]:
    """What was sent, word for word; for what was not, what would be sent, with the paths that only the send can fix."""
    revision = row.revision
    images = {digest: articles.picture(session, digest) for digest in posts.thumbs(revision.content)}
    adapter = platform(row.account.name)
    preview = adapter.deliveries(revision.content, images, None) if adapter else ()
    stored: Mapping[int, str] = {
        delivery.position: delivery.request
        for delivery in revision.deliveries
        if delivery.request is not None and delivery.state != DeliveryState.PENDING
    }
    if adapter is None:
        return [json.loads(stored[position]) for position in sorted(stored)], []
    requests, provisional = [], []
    for request in preview:
        requests.append(json.loads(stored.get(request.position, request.body)))
        if request.position not in stored:
            provisional += [f"$[{request.position}]{path.removeprefix('$')}" for path in request.provisional]
    return requests, provisional


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
