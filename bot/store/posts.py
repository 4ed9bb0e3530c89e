"""Posts in the store: every move goes through the state table and leaves an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import HoldError, StateError
from bot.store import embargo, keyed, models, said
from bot.store.states import TABLE, Move, State, after
from bot.text import keys
from bot.values import Content, Formatted, Hold, HoldCode, Kind, Override


def get(session: Session, post_id: int, *, lock: bool = False) -> models.Post:
    """The post. Raises StateError when there is none of this number.

    `lock`: nobody else changes it until this unit ends, so that what was checked is still so when it is written.
    """
    post = session.get(models.Post, post_id, with_for_update=lock or None, populate_existing=lock)
    if post is None:
        raise StateError(f"there is no post {post_id}. `bot posts` lists them.")
    return post


def note(session: Session, post: models.Post, who: str, what: str, why: str | None, now: datetime) -> None:
    """Write a line of the post's history."""
    session.add(models.Event(post_id=post.id, at=now, who=who, what=what, why=why))


def move(session: Session, post: models.Post, event: Move, who: str, why: str | None, now: datetime) -> None:
    """Make a move of the state table and write it down. Raises StateError when the table has no such move."""
    post.state = after(State(post.state), event)
    note(session, post, who, str(event), why, now)


def can(post: models.Post, event: Move) -> bool:
    """Does the state table have this move?"""
    return (State(post.state), event) in TABLE


def find(session: Session, article_id: int, kind: Kind, account_id: int) -> models.Post | None:
    """The one post of this article, kind and account, locked: a publisher can not claim it while it is rewritten."""
    return session.scalar(
        select(models.Post)
        .where(models.Post.article_id == article_id, models.Post.kind == kind, models.Post.account_id == account_id)
        .with_for_update().execution_options(populate_existing=True)
    )


def of_article(session: Session, article_id: int) -> list[models.Post]:
    """All posts of an article, locked."""
    return list(
        session.scalars(
            select(models.Post).where(models.Post.article_id == article_id).order_by(models.Post.id)
            .with_for_update().execution_options(populate_existing=True)
        )
    )


def had_by(session: Session, article: models.Article) -> frozenset[str]:
    """The accounts that have their posts of an article, and need none written anew: it did not change, a feed brought it again.

    None of them, where a post waits for its article's change to be written.
    """
    rows = [post for post in article.posts if post.kind is not Kind.CORRECTION]
    if any(hold.code is HoldCode.ARTICLE_CHANGED for post in rows if can(post, Move.REVISE) for hold in post.holds):
        return frozenset()
    return frozenset(post.account.name for post in rows)


def create(
    session: Session, *, article_id: int, kind: Kind, account_id: int, now: datetime
) -> models.Post:
    """A new post, in review, without a revision yet (`revise` gives it one)."""
    post = models.Post(
        article_id=article_id, kind=kind, account_id=account_id, state=State.IN_REVIEW, revision_n=0,
        holds=(), warnings=(), duplicates=(), overrides=(), created_at=now,
    )
    session.add(post)
    session.flush()
    return post


def revise(
    session: Session, post: models.Post, formatted: Formatted, *, who: str, now: datetime,
    draft_id: int | None = None, variant: int | None = None, ignore: Sequence[str] = (),
) -> models.Revision:
    """Give the post a new revision and put it back into review. Raises StateError once it is on its way out.

    `ignore`: the account's sign-off and hashtags, which count for nothing when posts are compared.
    """
    if post.revision_n:
        move(session, post, Move.REVISE, who, f"revision {post.revision_n + 1}", now)
        _take_back(session, post)
    else:
        note(session, post, who, "drafted" if draft_id else "written", None, now)
    post.revision_n += 1
    post.holds, post.warnings, post.overrides = formatted.holds, formatted.warnings, ()
    revision = models.Revision(
        post_id=post.id, n=post.revision_n, draft_id=draft_id, variant=variant, by=who, content=formatted.content,
        approval_hash=keys.approval_hash(formatted.content), said_key=said.key(formatted.content, keyed.rules(session)), created_at=now,
    )
    session.add(revision)
    session.flush()
    session.refresh(post, ["revisions"])
    said.check(session, post, ignore)
    return revision


def notice(session: Session, post: models.Post, formatted: Formatted, *, ignore: Sequence[str] = ()) -> None:
    """The same content was checked again: its holds and warnings as found now. `ignore`: as for `revise`."""
    post.holds, post.warnings = formatted.holds, formatted.warnings
    said.check(session, post, ignore)


def approve(
    session: Session, post: models.Post, *, who: str, now: datetime, due_at: datetime,
    expires_at: datetime | None, overrides: tuple[Override, ...] = (), ignore: Sequence[str] = (),
) -> None:
    """Approve the revision in force and claim its words for the account.

    Raises HoldError while a hold is not overridden (also when another post claimed the same words in the meantime),
    StateError when it is not in review or is the built-in sample's. `ignore`: as for `revise`.
    """
    if post.article.sample:
        raise StateError("this is a post of the built-in sample: it is shown, never published. Add an article of your own.")
    if not can(post, Move.APPROVE):
        raise StateError(f"post {post.id} is {post.state}; only a post in review can be approved.")
    said.alone(session, post)
    said.check(session, post, ignore)
    post.overrides = tuple({override.code: override for override in (*post.overrides, *overrides)}.values())
    held = open_holds(post)
    if held:
        _refuse(post, held)
    said.claim(session, post, now, again=lets_pass(post, HoldCode.DUPLICATE), ignore=ignore)
    for override in overrides:
        note(session, post, who, f"override {override.code}", override.reason, now)
    move(session, post, Move.APPROVE, who, f"due {due_at:%Y-%m-%d %H:%M:%S} UTC", now)
    post.approved_hash, post.approved_by, post.approved_at = post.revision.approval_hash, who, now
    post.due_at, post.expires_at, post.attempts = due_at, expires_at, 0


def _refuse(post: models.Post, holds: tuple[Hold, ...]) -> NoReturn:
    first = holds[0]
    more = f" (and {len(holds) - 1} more)" if len(holds) > 1 else ""
    raise HoldError(
        f"post {post.id} has a hold, {first.code}: {first.detail}{more}. "
        f"Edit it, or approve with --override {first.code} --reason …"
    )


def _take_back(session: Session, post: models.Post) -> None:
    said.release(session, post)
    post.approved_hash = post.approved_by = post.approved_at = post.due_at = post.expires_at = None
    post.earliest_at = post.slot_at = post.wanted_at = None
    post.overrides = ()


def unapprove(session: Session, post: models.Post, *, who: str, why: str | None, now: datetime) -> None:
    """Back into review. Raises StateError when it is not approved (any more)."""
    move(session, post, Move.UNAPPROVE, who, why, now)
    _take_back(session, post)


def reject(session: Session, post: models.Post, *, who: str, why: str, now: datetime) -> None:
    """A person said no, for a reason. Raises StateError once it is on its way out."""
    move(session, post, Move.REJECT, who, why, now)
    _take_back(session, post)


def cancel(session: Session, post: models.Post, *, who: str, why: str | None, now: datetime) -> None:
    """Take it back for good, before anything of it went out. Raises StateError once it is on its way."""
    move(session, post, Move.CANCEL, who, why, now)
    _take_back(session, post)


def add_hold(post: models.Post, reason: Hold) -> None:
    """Put a hold on it, in place of an older one of the same code, and whoever let that one pass."""
    post.holds = (*(kept for kept in post.holds if kept.code is not reason.code), reason)
    post.overrides = tuple(kept for kept in post.overrides if kept.code is not reason.code)


def hold(session: Session, post: models.Post, reason: Hold, *, who: str, now: datetime) -> None:
    """Add a hold; an approved post goes back into review."""
    add_hold(post, reason)
    if can(post, Move.UNAPPROVE):
        unapprove(session, post, who=who, why=f"{reason.code}: {reason.detail}", now=now)
    else:
        note(session, post, who, f"hold {reason.code}", reason.detail, now)


def recheck(session: Session, post: models.Post, *, who: str, now: datetime, ignore: Sequence[str] = ()) -> bool:
    """More is known now of what its account said: does it repeat that? Then it is held, and back in review. `ignore`: as for `revise`."""
    told = None if lets_pass(post, HoldCode.DUPLICATE) else said.earlier(session, post, ignore)
    if told is None:
        return False
    said.check(session, post, ignore)
    hold(session, post, Hold(code=HoldCode.DUPLICATE, detail=told), who=who, now=now)
    return True


def holds(post: models.Post) -> tuple[Hold, ...]:
    """All its holds, those that a person let pass, too; with that of an article whose date can not be true."""
    doubt = embargo.mistaken(post.article) if post.article else None
    return (*post.holds, doubt) if doubt else post.holds


def open_holds(post: models.Post) -> tuple[Hold, ...]:
    """The holds that nobody let pass."""
    return tuple(hold for hold in holds(post) if not lets_pass(post, hold.code))


def lets_pass(post: models.Post, code: HoldCode) -> bool:
    """Did a person let this hold pass, for the revision in force?"""
    return any(override.code == code for override in post.overrides)


def threads_off(post: models.Post, *, allowed: bool) -> Hold | None:
    """The hold of a thread on an account that makes none, by its settings (`allowed`), or because the platform refused: that one refuses
    replies too. A lone reply is no thread."""
    content = post.revision.content
    threaded = len(content.segments) > 1
    if (not threaded and (content.reply_to is None or post.account.threads_off is None)) or lets_pass(post, HoldCode.THREADS_OFF):
        return None
    if post.account.threads_off is not None:
        return Hold(code=HoldCode.THREADS_OFF, detail=post.account.threads_off)
    return None if allowed else Hold(code=HoldCode.THREADS_OFF, detail="threads are off for this account in the settings")


def thumbs(content: Content) -> tuple[str, ...]:
    """SHA-256 of the images the content names."""
    return (content.card.thumb,) if content.card and content.card.thumb else ()


def listed(session: Session, state: State | None = None) -> list[int]:
    """Ids of the posts, oldest first. Those of the built-in sample only when there is nothing else."""
    query = select(models.Post.id, models.Article.sample).join(models.Article).order_by(models.Post.id)
    if state is not None:
        query = query.where(models.Post.state == state)
    rows = session.execute(query).all()
    real = [post for post, sample in rows if not sample]
    return real or [post for post, _ in rows]
