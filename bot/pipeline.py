"""The whole flow, in order: sources → intake → draft → format → dedup → review → publish. Read this file first.

Each stage takes values and returns values; this file calls them in order and stores what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from sqlalchemy.orm import Session

from bot import clock, dedup, draft, format, intake, publish, review
from bot.accounts import Account
from bot.context import Bot
from bot.errors import SourceError, Tell, told
from bot.platforms import connect
from bot.store import accounts, articles, drafts, leases, models, posts
from bot.store.states import ArticleState, Move
from bot.values import Article, Brief, Drafting, Fault, Formatted, Hold, HoldCode, Kind

POLICY = "policy clean"
"""Who the history names when BOT_AUTO_APPROVE approved."""

KINDS = (Kind.SHORT, Kind.FAQ)

DRAFTING_SECONDS = 600
"""Lease on an article that is being drafted: longer than a drafter takes, retries and repair included."""


@dataclass(frozen=True)
class Composed:
    """One post as drafted, formatted and checked, not yet stored."""

    account: Account
    kind: Kind
    variant: int
    formatted: Formatted


@dataclass(frozen=True)
class Pass:
    """What one pass came to."""

    made: tuple[int, ...]
    """Posts that were drafted."""
    tried: tuple[int, ...]
    """Posts that were published, or tried."""


def run(
    bot: Bot, sources: Iterable[str] = (), *, tell: Tell, dry_run: bool = False, sample: bool = False,
    url: str | None = None, drafter: str | None = None, stdin: BinaryIO | None = None,
    progress: Callable[[list[int]], Iterable[int]] = lambda ids: ids, stopping: Callable[[], bool] = lambda: False,
) -> Pass:
    """The main job, one pass: take in the sources, draft what is queued, publish what is approved and due.

    A dry run sends nothing. `sample`: take the built-in sample when there is no article at all. `tell` is told what went wrong,
    and where; one bad source, article or account never stops the others. Raises ConfigError when a part itself is missing.
    """
    for spec in sources:
        with told(tell, spec):
            for fault in take_in(bot, spec, url=url, stdin=stdin)[1]:
                tell(fault.where, SourceError(fault.what))
    if sample and _empty(bot):
        store_article(bot, intake.sample(), sample=True)
    made = draft_queued(bot, tell=tell, drafter=drafter, progress=progress)
    tried = () if dry_run or stopping() else publish_due(bot, tell=tell, stopping=stopping)
    return Pass(tuple(made), tuple(tried))


def take_in(
    bot: Bot, spec: str, *, url: str | None = None, not_before: datetime | None = None, stdin: BinaryIO | None = None
) -> tuple[list[int], list[Fault]]:
    """Sources → intake → queue: read one SOURCE and store its articles. Raises SourceError when nothing could be read."""
    settings = bot.settings
    batch = intake.read(spec, timeout=settings.http_timeout, allow_private=settings.allow_private, url=url, stdin=stdin)
    return [store_article(bot, article, not_before=not_before) for article in batch.articles], list(batch.faults)


def store_article(bot: Bot, article: Article, *, sample: bool = False, not_before: datetime | None = None) -> int:
    """Queue an article, or find the row it has; returns its id."""
    identity = dedup.identity(article)
    with bot.store.write() as session:
        row, _ = articles.take_in(
            session, article, url_key=identity.url_key, fingerprint=identity.fingerprint, now=clock.now(session),
            sample=sample, not_before=not_before,
        )
        return row.id


def compose(
    bot: Bot, article: Article, *, kinds: Sequence[Kind] = KINDS, platforms: Collection[str] = (), drafter: str | None = None
) -> tuple[Drafting, list[Composed]]:
    """Draft → format → check, for every account that takes the article. The drafter may use the network; nothing is stored."""
    settings = bot.settings
    taking = [
        (account, connect(account, timeout=settings.http_timeout)) for account in bot.accounts.values()
        if (not platforms or account.platform in platforms) and any(account.takes(kind, article.language) for kind in kinds)
    ]
    room: dict[str, int] = {}
    for account, platform in taking:
        free = format.room(article, Kind.SHORT, account, platform, settings.prompts_dir)
        room[account.platform] = min(free, room.get(account.platform, free))
    brief = Brief(kinds=tuple(kinds), platforms=tuple(room), room=room, language=article.language)
    drafting = draft.write(article, brief, draft.choose(settings, drafter), draft.choose(settings, draft.OFFLINE))
    thumb = sha256(article.image.data).hexdigest() if article.image else None
    composed = []
    for written in drafting.drafts:
        for account, platform in taking:
            chosen = [n for n, variant in enumerate(written.variants) if account.platform in variant.platforms]
            if not chosen or not account.takes(written.kind, article.language):
                continue
            formatted = format.format_post(
                article, written.kind, written.variants[chosen[0]], account, platform,
                thumb=thumb, prompts_dir=settings.prompts_dir,
            )
            composed.append(Composed(account, written.kind, chosen[0], checked(article, account, formatted)))
    return drafting, composed


def checked(article: Article, account: Account, formatted: Formatted) -> Formatted:
    """The formatted post with what checking its text against the article found; see `review.checked`."""
    card = formatted.content.card
    return review.checked(
        formatted, article, urls=[article.url, card.uri if card else None, format.link(article, account)],
        words=[*account.signoff.split(), *(f"#{tag}" for tag in account.hashtags)],
    )


def keep(
    bot: Bot, session: Session, article: models.Article, drafting: Drafting, composed: Sequence[Composed],
    *, replace_edits: bool = False,
) -> list[models.Post]:
    """Dedup → review: store drafts and posts, put holds on what was said before, let the policy approve the rest.

    A known article's posts get a new revision where they still can; a person's edit is replaced only when asked for,
    else it is held as `article_changed`.
    """
    now = clock.now(session)
    rows = drafts.save(session, article.id, drafting, now)
    kept = []
    for one in composed:
        account = accounts.get(session, one.account.name)
        post = posts.find(session, article.id, one.kind, account.id)
        if post is None:
            post = posts.create(session, article_id=article.id, kind=one.kind, account_id=account.id, now=now)
        kept.append(post)
        digest = format.approval_hash(one.formatted.content)
        if post.revision_n:
            if not posts.can(post, Move.REVISE) or post.revision.approval_hash == digest:
                continue
            if post.revision.draft_id is None and not replace_edits:
                changed = Hold(code=HoldCode.ARTICLE_CHANGED, detail="the article changed after this post was edited")
                posts.hold(session, post, changed, who=drafting.drafter, now=now)
                continue
        posts.revise(
            session, post, one.formatted, approval_hash=digest, said_key=dedup.said_key(one.formatted.content),
            who=drafting.drafter, now=now, draft_id=rows[one.kind].id, variant=one.variant,
        )
        if not article.sample and review.by_policy(bot.settings.auto_approve, post.holds, post.warnings):
            approve(bot, session, post, who=POLICY)
    article.state, article.reason = ArticleState.DRAFTED, None
    article.notes = drafting.notes
    return kept


def approve(
    bot: Bot, session: Session, post: models.Post, *, who: str, overrides: tuple[models.Override, ...] = ()
) -> None:
    """Review: approve the revision in force; it goes out after the grace time. Raises HoldError, StateError."""
    now = clock.now(session)
    when = review.times(now, bot.settings.grace, bot.settings.max_age)
    posts.approve(session, post, who=who, now=now, due_at=when.due_at, expires_at=when.expires_at, overrides=overrides)


def draft_queued(
    bot: Bot, *, tell: Tell, drafter: str | None = None, progress: Callable[[list[int]], Iterable[int]] = lambda ids: ids
) -> list[int]:
    """Draft every queued article; returns the posts' ids. One that fails is marked, and the others go on.

    Raises ConfigError (a setting, prompt or layout is missing): the articles stay queued.
    """
    with bot.store.read() as session:
        waiting = articles.queued(session, clock.now(session))
    made: list[int] = []
    for article_id in progress(waiting):
        with bot.store.write() as session:
            if not leases.claim(session, models.Article, article_id, bot.owner, DRAFTING_SECONDS):
                continue  # another worker is at it
            title = session.get_one(models.Article, article_id).title
        try:
            with told(tell, title, partial(_failed, bot, article_id)):
                made += _draft(bot, article_id, drafter)
        finally:
            with bot.store.write() as session:
                leases.release(session, session.get_one(models.Article, article_id), bot.owner)
    return made


def _draft(bot: Bot, article_id: int, drafter: str | None) -> list[int]:
    with bot.store.read() as session:
        article = articles.value(session, session.get_one(models.Article, article_id))
    drafting, composed = compose(bot, article, drafter=drafter)
    with bot.store.write() as session:
        row = session.get_one(models.Article, article_id)
        if not leases.holds(session, row, bot.owner):
            return []  # it took too long: another worker has drafted it
        return [post.id for post in keep(bot, session, row, drafting, composed)]


def _failed(bot: Bot, article_id: int, reason: str) -> None:
    with bot.store.write() as session:
        row = session.get_one(models.Article, article_id)
        row.state, row.reason = ArticleState.FAILED, reason


def publish_due(
    bot: Bot, only: Collection[int] | None = None, *, tell: Tell, stopping: Callable[[], bool] = lambda: False
) -> list[int]:
    """Publish what is approved and due, on every account that is ready; returns the posts it worked on. See `bot.publish`."""
    settings = bot.settings
    terms = publish.Terms(
        owner=bot.owner, approval_hash=format.approval_hash, lease_seconds=settings.lease_seconds,
        segment_pause=settings.segment_pause, stopping=stopping,
    )
    ready = {name: platform for name, account in bot.accounts.items() if account.ready and (platform := bot.platform(name))}
    return publish.publish_due(bot.store, ready, terms, tell, only)


def _empty(bot: Bot) -> bool:
    with bot.store.read() as session:
        return not articles.any_real(session)
