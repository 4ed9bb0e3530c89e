"""What every face shows of posts, articles and accounts: the stored revision, in the documented JSON shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.accounts import Account
from bot.platforms import Platform
from bot.store import accounts, articles, models, posts
from bot.store.states import DeliveryState, Move, State
from bot.text import sentences
from bot.values import Article, Hold, Segment

COMMANDS = {
    Move.APPROVE: "bot approve {post}",
    Move.REVISE: "bot edit {post}",
    Move.UNAPPROVE: "bot unapprove {post}",
    Move.REJECT: "bot reject {post} --reason …",
    Move.CLAIM: "bot publish {post}",
    Move.RESOLVED_ALL_SENT: "bot resolve {post} --sent ID",
    Move.RESOLVED_NONE: "bot resolve {post} --not-sent",
}
"""The command that asks for each move, where a person can."""


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
    session: Session, row: models.Post, platform: Callable[[str], Platform | None], *, saved: bool = True, history: bool = False
) -> dict[str, Any]:
    """A post as `--json` prints it, wherever it appears.

    `platform` gives the adapter that renders what is not sent yet; without one (an account that is no longer configured)
    only what was sent is shown.
    """
    revision = row.revision
    content = revision.content
    requests, provisional = _requests(session, row, platform)
    draft = revision.draft
    shown: dict[str, Any] = {
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
    if history:
        shown["history"] = [
            {"at": _time(event.at), "who": event.who, "what": event.what, "why": event.why} for event in row.events
        ]
        shown["valid"] = valid(row)
    return shown


def valid(row: models.Post) -> list[str]:
    """The commands that are possible now, in the order one would think of them."""
    if row.article.sample:
        return []
    return [command.format(post=row.id) for event, command in COMMANDS.items() if posts.can(row, event)]


def open_holds(row: models.Post) -> tuple[Hold, ...]:
    """The holds that stand in the way now: nobody let them pass, and the post may still go out."""
    if row.state not in (State.IN_REVIEW, State.APPROVED, State.MISSED):
        return ()
    let_pass = {override.code for override in row.overrides}
    return tuple(hold for hold in row.holds if hold.code not in let_pass)


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
