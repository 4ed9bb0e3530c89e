"""The whole flow, in order: sources → intake → draft → format → dedup → review → publish. Read this file first.

Each stage takes values and returns values; this file calls them in order and stores what they return.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from sqlalchemy.orm import Session

from bot import clock, dedup, draft, format, intake, publish, review
from bot.accounts import Account, configured
from bot.config import Settings
from bot.errors import BotError, ConfigError
from bot.platforms import Platform, connect
from bot.store import accounts, articles, drafts, leases, models, posts
from bot.store.db import Store, open_store
from bot.store.states import ArticleState, Move
from bot.text import grounding
from bot.values import Article, Brief, Drafting, Fault, Formatted, Hold, HoldCode, Kind

POLICY = "policy clean"
"""Who the history names when BOT_AUTO_APPROVE approved."""

KINDS = (Kind.SHORT, Kind.FAQ)

DRAFTING_SECONDS = 600
"""Lease on an article that is being drafted: longer than a drafter takes, retries and repair included."""


@dataclass(frozen=True)
class Bot:
    """What a run works with: settings, store, accounts, and a platform per account, connected when first needed."""

    settings: Settings
    store: Store
    accounts: dict[str, Account]
    logins: dict[str, str | None]
    """The platforms' logins as an earlier run left them, sealed."""
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}")
    _platforms: dict[str, Platform] = field(default_factory=dict)

    def platform(self, name: str) -> Platform | None:
        """The platform of an account; None when the account is not configured (any more).

        Cheap: nothing is sent and no SDK is loaded before the first write.
        """
        if name not in self.accounts:
            return None
        if name not in self._platforms:
            self._platforms[name] = connect(
                self.accounts[name], timeout=self.settings.http_timeout, session=self.logins.get(name),
                persist=lambda sealed: self._keep_login(name, sealed),
            )
        return self._platforms[name]

    def _keep_login(self, name: str, sealed: str) -> None:
        with self.store.write() as session:
            accounts.get(session, name).session = sealed


@dataclass(frozen=True)
class Composed:
    """One post as drafted, formatted and checked, not yet stored."""

    account: Account
    kind: Kind
    variant: int
    formatted: Formatted


def open_bot(settings: Settings, *, database: str | None = None) -> Bot:
    """Put the parts together. Raises BotError for a setting or a database that can not be used."""
    named = configured(settings)
    store = open_store(database or settings.database)
    with store.write() as session:
        rows = {name: _account(session, account) for name, account in named.items()}
        return Bot(settings, store, named, {name: row.session for name, row in rows.items()})


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
    """The formatted post with what checking its text against the article found."""
    holds, warnings = list(formatted.holds), list(formatted.warnings)
    content = formatted.content
    urls = [article.url, content.card.uri if content.card else None, format.link(article, account)]
    for segment in content.segments:
        found_holds, found_warnings = grounding.check(
            segment.text, article, allowed_urls=[url for url in urls if url],
            allowed_words=[*account.signoff.split(), *(f"#{tag}" for tag in account.hashtags)],
        )
        holds += [hold for hold in found_holds if hold not in holds]
        warnings += [warning for warning in found_warnings if warning not in warnings]
    return formatted.model_copy(update={"holds": tuple(holds), "warnings": tuple(warnings)})


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
    bot: Bot, *, drafter: str | None = None, progress: Callable[[list[int]], Collection[int]] = lambda ids: ids
) -> tuple[list[int], list[Fault]]:
    """Draft every queued article; returns the posts' ids. One that fails is marked, and the others go on.

    Raises ConfigError (a setting, prompt or layout is missing): the articles stay queued.
    """
    with bot.store.read() as session:
        waiting = articles.queued(session, clock.now(session))
    made: list[int] = []
    faults: list[Fault] = []
    for article_id in progress(waiting):
        with bot.store.write() as session:
            if not leases.claim(session, models.Article, article_id, bot.owner, DRAFTING_SECONDS):
                continue  # another worker is at it
            article = articles.value(session, session.get_one(models.Article, article_id))
        try:
            drafting, composed = compose(bot, article, drafter=drafter)
            with bot.store.write() as session:
                row = session.get_one(models.Article, article_id)
                if leases.holds(session, row, bot.owner):
                    made += [post.id for post in keep(bot, session, row, drafting, composed)]
        except ConfigError:
            raise  # not the article's fault: it stays queued
        except BotError as error:
            faults.append(Fault(where=article.title, what=str(error)))
            with bot.store.write() as session:
                row = session.get_one(models.Article, article_id)
                row.state, row.reason = ArticleState.FAILED, str(error)
        finally:
            with bot.store.write() as session:
                leases.release(session, session.get_one(models.Article, article_id), bot.owner)
    return made, faults


def publish_due(
    bot: Bot, only: Collection[int] | None = None, stopping: Callable[[], bool] = lambda: False
) -> tuple[list[int], list[str]]:
    """Publish what is approved and due, on every account that is ready; see `bot.publish`."""
    settings = bot.settings
    terms = publish.Terms(
        owner=bot.owner, approval_hash=format.approval_hash, lease_seconds=settings.lease_seconds,
        segment_pause=settings.segment_pause, stopping=stopping,
    )
    ready = {name: platform for name, account in bot.accounts.items() if account.ready and (platform := bot.platform(name))}
    return publish.publish_due(bot.store, ready, terms, only)


def _account(session: Session, account: Account) -> models.Account:
    return accounts.ensure(session, name=account.name, platform=account.platform, handle=account.handle)
