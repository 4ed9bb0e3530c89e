"""What every face shows of posts, articles and accounts: the stored revision, in the documented JSON shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import String, case, func, select, type_coerce
from sqlalchemy.orm import Session, object_session

from bot import clock, standing
from bot.accounts import Account
from bot.platforms import Platform
from bot.publish.terms import UNREADABLE
from bot.standing import Bar
from bot.store import accounts, articles, embargo, models, posts, watch
from bot.store.states import DeliveryState, Move, State
from bot.text import links, sentences
from bot.values import Article, Hold, ReplyTo, Segment

COMMANDS = {
    Move.APPROVE: "bot approve {post}",
    Move.REVISE: "bot edit {post}",
    Move.UNAPPROVE: "bot unapprove {post}",
    Move.REJECT: "bot reject {post} --reason …",
    Move.CANCEL: "bot cancel {post}",
    Move.CLAIM: "bot publish {post}",
    Move.RETRY: "bot retry {post}",
    Move.RESOLVED_ALL_SENT: "bot resolve {post} --sent ID",
    Move.RESOLVED_NONE: "bot resolve {post} --not-sent",
    Move.RESUME: "bot resume {post}",
    Move.ABANDON: "bot abandon {post}",
    Move.UNWIND: "bot unwind {post}",
}
"""The command that asks for each move, where a person can."""

_CONFIGURED = {Move.REVISE, Move.RESOLVED_ALL_SENT, Move.RESOLVED_NONE}
"""Moves that need the account to be configured still; approving does not, the post waits for it."""
_UNKNOWN = {Move.RESOLVED_ALL_SENT, Move.RESOLVED_NONE}
"""Moves that need something to be unknown."""


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
        "reason": row.reason, "posts": _posts_of(row),
        "duplicates": [duplicate.model_dump(mode="json", exclude_none=True) for duplicate in articles.duplicates(row)],
        "embargo": _time(embargo.stands(row, clock.now())), "feeds": sorted(articles.feeds_of(row)),
    }


def source(row: models.Source, known: int) -> dict[str, Any]:
    """A source as `--json` prints it; `known`: how many entries it has shown."""
    state = "off" if row.off else "failing" if row.failures else "ok" if row.baseline else "new"
    return {
        "source": row.id, "url": links.masked(row.url), "state": state, "reason": row.last_error, "failures": row.failures, "known": known,
        "every": row.every, "next_poll_at": None if row.off else _time(row.next_poll_at), "last_ok_at": _time(row.last_ok_at),
    }


def _posts_of(row: models.Article) -> list[int]:
    """Their numbers alone: a post that can not be read hides no article."""
    session = object_session(row)
    assert session is not None
    return list(session.scalars(select(models.Post.id).where(models.Post.article_id == row.id).order_by(models.Post.id)))


def account(session: Session, configured: Account, now: datetime) -> dict[str, Any]:
    """An account as `--json` prints it: `ready` to publish, and since when or why not."""
    row = accounts.get(session, configured.name)
    paused = accounts.paused(row, now)
    reason = row.paused_reason if paused else None
    if not configured.ready:
        reason = f"preview only: set {', '.join(configured.missing)}" + (f"; paused: {reason}" if paused else "")
    return {
        "account": configured.name, "platform": configured.platform, "handle": row.handle, "ready": configured.ready and not paused,
        "paused_until": _time(row.paused_until) if paused else None, "reason": reason, "sources": list(configured.sources),
        "languages": list(configured.languages), "kinds": [str(kind) for kind in configured.kinds],
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
        "revision": row.revision_n, "approval_hash": revision.approval_hash, "reply_to": _reply_to(content.reply_to),
        "segments": [_segment(segment) for segment in content.segments],
        "requests": requests, "provisional": provisional,
        "cost_usd": dollars(sum(segment.cost_micros for segment in content.segments)),
        "holds": [{"code": str(hold.code), "detail": hold.detail} for hold in holds(row, known=platform(row.account.name) is not None)],
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


def holds(row: models.Post, *, known: bool) -> tuple[Hold, ...]:
    """All its holds, those that a person let pass too; with those that go by themselves. `known`: its account is configured."""
    return (*posts.holds(row), *standing.passing(row, known=known))


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
    found = [
        standing.approval(row) if move is Move.APPROVE else command.format(post=row.id)
        for move, command in COMMANDS.items() if _possible(row, move, configured, now)
    ]
    if row.state in watch.OUT and row.unwind_at is None and row.article.alert_at is not None:
        found.append(f"bot correct {row.id}")
    account = standing.of_account(row.account, configured, now)
    if account is not None and account.bar is Bar.PAUSED and row.state in (State.APPROVED, State.PUBLISHING):
        found.append(f"bot unpause {row.account.name}")
    return found


def _possible(row: models.Post, move: Move, configured: Account | None, now: datetime) -> bool:
    if row.unwind_at is not None:
        return move is Move.UNWIND
    if move is Move.CLAIM:
        return standing.between(row, configured, now) is None
    if move in _UNKNOWN and all(delivery.state != DeliveryState.UNKNOWN for delivery in row.revision.deliveries):
        return False
    if move is Move.RESUME and any(remote.deleted for delivery in row.revision.deliveries for remote in delivery.remote):
        return False
    able = posts.can(row, move) or (move in (Move.ABANDON, Move.UNWIND) and standing.stoppable(row))
    return able and (configured is not None or move not in _CONFIGURED)


def fitting_variants(row: models.Post) -> Variants:
    """The wordings that the latest draft of this post has for its platform; see `Variants`. An edit keeps them."""
    drafted = next((revision for revision in reversed(row.revisions) if revision.draft), None)
    if drafted is None or drafted.draft is None:
        return Variants(None, (), None)
    fitting = tuple(n for n, variant in enumerate(drafted.draft.variants) if row.account.platform in variant.platforms)
    return Variants(drafted.draft, fitting, fitting.index(drafted.variant) if drafted.variant in fitting else None)


def approvable(row: models.Article) -> list[models.Post]:
    """The article's posts that wait for approval and have no open hold: what is approved when all are."""
    session = object_session(row)
    assert session is not None
    found = []
    for number in _posts_of(row):
        with suppress(*UNREADABLE):  # changed by hand: the others can be approved all the same
            post = posts.get(session, number)
            if post.state == State.IN_REVIEW and not standing.open_holds(post):
                found.append(post)
    return found


class Waiting(NamedTuple):
    """What waits, and for whom; of the built-in sample nothing does."""

    review: int
    """Posts that wait for approval."""
    approved: tuple[tuple[datetime, int], ...]
    """When each approved post is due, and its number; the next first."""
    going: tuple[tuple[datetime, int], ...] = ()
    """The same of posts on their way: when the rest is due, or what may be out is looked for."""


def waiting(session: Session) -> Waiting:
    """Count what waits, without reading what the posts say: one that can not be read waits too."""
    query = select(models.Post.id, type_coerce(models.Post.state, String), type_coerce(models.Post.due_at, String))
    rows = session.execute(query.join(models.Article).where(~models.Article.sample)).all()

    def due(state: State) -> tuple[tuple[datetime, int], ...]:
        times = ((_moment(due_at), number) for number, is_now, due_at in rows if is_now == state)
        return tuple(sorted((moment, number) for moment, number in times if moment is not None))

    return Waiting(sum(state == State.IN_REVIEW for _, state, _ in rows), due(State.APPROVED), due(State.PUBLISHING))


def _moment(stored: object) -> datetime | None:
    """A time as the driver gives it; None for what somebody wrote by hand that is none."""
    try:
        read = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def spending(session: Session, since: datetime) -> dict[str, dict[str, int]]:
    """Micro-dollars paid since then: by payee, and by what (`post`, `read`, `delete`, `verify`, `draft`)."""
    what = case((models.Spend.draft_id.is_not(None), "draft"), else_=models.Spend.what)
    query = select(models.Spend.payee, what, func.sum(models.Spend.micros)).where(models.Spend.at >= since)
    found: dict[str, dict[str, int]] = {}
    for payee, name, micros in session.execute(query.group_by(models.Spend.payee, what).order_by(models.Spend.payee)):
        found.setdefault(payee, {})[name] = int(micros)
    return found


def articles_listed(session: Session) -> list[int]:
    """Ids of all articles, oldest first."""
    return list(session.scalars(select(models.Article.id).order_by(models.Article.id)))


def sentences_of(row: models.Article) -> dict[str, str]:
    """The article's sentences by id, as evidence names them."""
    return sentences.of_article(Article(title=row.title, dek=row.dek, body=row.body, faq=row.faq, language=row.language))


def alert(row: models.Article) -> dict[str, Any] | None:
    """What changed in an article after a post of it was published, until a person dismisses it; None when nothing did."""
    return {"kind": row.alert_kind, "detail": row.alert, "at": _time(row.alert_at)} if row.alert_at is not None else None


def _reply_to(to: ReplyTo | None) -> dict[str, Any] | None:
    return {"post": to.post, "root": to.root.id, "parent": to.parent.id} if to else None


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
