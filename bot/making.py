"""From one article to its posts: draft → format → check, then dedup → review, stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from bot import clock, dedup, draft, format, review
from bot.accounts import Account
from bot.context import Bot
from bot.errors import HoldError
from bot.platforms import Platform, connect
from bot.store import accounts, articles, drafts, models, posts
from bot.store.articles import Taken
from bot.store.states import ArticleState, Move
from bot.text import oddities
from bot.values import Article, Brief, Drafting, Formatted, Hold, HoldCode, Kind, Override

POLICY = "policy clean"
"""Who the history names when BOT_AUTO_APPROVE approved."""

KINDS = (Kind.SHORT, Kind.FAQ)


@dataclass(frozen=True)
class Composed:
    """One post as drafted, formatted and checked, not yet stored."""

    account: Account
    kind: Kind
    variant: int
    formatted: Formatted


def compose(
    bot: Bot, article: Article, *, kinds: Sequence[Kind] = KINDS, platforms: Collection[str] = (), drafter: str | None = None
) -> tuple[Drafting | None, list[Composed]]:
    """Draft → format → check, for every account that takes the article. The drafter may use the network; nothing is stored.

    No account takes it: no drafting either. Raises DraftError, or ConfigError before anything was paid for.
    """
    settings = bot.settings
    with bot.store.read() as session:
        no_threads = accounts.without_threads(session)

    def takes(kind: Kind, account: Account) -> bool:
        return account.takes(kind, article.language) and not (kind is Kind.FAQ and account.name in no_threads)

    taking = [
        (account, connect(account, timeout=settings.http_timeout)) for account in bot.accounts.values()
        if (not platforms or account.platform in platforms) and any(takes(kind, account) for kind in kinds)
    ]
    if not taking:
        return None, []
    brief = _brief(bot, article, kinds, taking)
    drafting = draft.write(article, brief, draft.choose(settings, drafter), draft.choose(settings, draft.OFFLINE))
    notes = dict.fromkeys((*oddities.notes(article), *drafting.notes))
    drafting = drafting.model_copy(update={"notes": tuple(notes)})
    thumb = sha256(article.image.data).hexdigest() if article.image else None
    composed = []
    for written in drafting.drafts:
        for account, platform in taking:
            chosen = [n for n, variant in enumerate(written.variants) if account.platform in variant.platforms]
            if chosen and takes(written.kind, account):
                formatted = format.format_post(
                    article, written.kind, written.variants[chosen[0]], account, platform,
                    thumb=thumb, prompts_dir=settings.prompts_dir,
                )
                found = checked(article, account, formatted)
                warnings = (*found.warnings, *review.unsupported(written.variants[chosen[0]]))
                composed.append(Composed(account, written.kind, chosen[0], found.model_copy(update={"warnings": warnings})))
    return drafting, composed


def _brief(bot: Bot, article: Article, kinds: Sequence[Kind], taking: Sequence[tuple[Account, Platform]]) -> Brief:
    """What is asked for. Every layout is tried here, so that one that can not be used costs no model call."""
    room: dict[str, int] = {}
    for account, platform in taking:
        for kind in kinds:
            free = format.room(article, kind, account, platform, bot.settings.prompts_dir)
            if kind is Kind.SHORT or Kind.SHORT not in kinds:
                room[account.platform] = min(free, room.get(account.platform, free))
    units = {account.platform: platform.limits.unit for account, platform in taking}
    return Brief(kinds=tuple(kinds), platforms=tuple(room), room=room, units=units, language=article.language)


def checked(article: Article, account: Account, formatted: Formatted) -> Formatted:
    """The formatted post with what checking its text against the article found; see `review.checked`."""
    card = formatted.content.card
    return review.checked(
        formatted, article, urls=[article.url, card.uri if card else None, format.link(article, account)],
        words=[*account.signoff.split(), *(f"#{tag}" for tag in account.hashtags)],
    )


def store_article(
    session: Session, article: Article, *, sample: bool = False, not_before: datetime | None = None
) -> models.Article:
    """Queue an article, or find the row it has. Posts that wait with an older text of it are held until it is drafted again."""
    keys = dedup.article_keys(article)
    now = clock.now(session)
    row, taken = articles.take_in(
        session, article, url_key=keys.url_key, fingerprint=keys.fingerprint, now=now, sample=sample, not_before=not_before
    )
    if taken is Taken.UPDATED:
        for post in posts.of_article(session, row.id):
            if posts.can(post, Move.REVISE):
                changed = Hold(code=HoldCode.ARTICLE_CHANGED, detail="the article changed after this post was written")
                posts.hold(session, post, changed, who="intake", now=now)
    return row


def keep(
    bot: Bot, session: Session, article: models.Article, drafting: Drafting | None, composed: Sequence[Composed],
    *, replace_edits: bool = False,
) -> list[models.Post]:
    """Dedup → review: store drafts and posts, put holds on what was said before, let the policy approve the rest.

    A person's edit is replaced only when asked for; else it keeps the hold that the change of its article put on it.
    """
    now = clock.now(session)
    article.state, article.reason = ArticleState.DRAFTED, None
    if drafting is None:
        article.reason = "no account takes it"
        return []
    rows = drafts.save(session, article.id, drafting, now)
    article.notes = drafting.notes
    kept = []
    for one in composed:
        account = accounts.get(session, one.account.name)
        post = posts.find(session, article.id, one.kind, account.id)
        post = post or posts.create(session, article_id=article.id, kind=one.kind, account_id=account.id, now=now)
        kept.append(post)
        what = review.redraft(
            revisable=posts.can(post, Move.REVISE), edited=bool(post.revision_n) and post.revision.draft_id is None,
            same=bool(post.revision_n) and post.revision.content == one.formatted.content, replace_edits=replace_edits,
        )
        if what is review.Redraft.REVISE:
            posts.revise(
                session, post, one.formatted, who=drafting.drafter, now=now, draft_id=rows[one.kind].id, variant=one.variant
            )
        elif what is review.Redraft.SAME:
            posts.notice(session, post, one.formatted)
        if not article.sample and posts.can(post, Move.APPROVE) and review.by_policy(bot.settings.auto_approve, post.holds, post.warnings):
            _by_policy(bot, session, post)
    return kept


def _by_policy(bot: Bot, session: Session, post: models.Post) -> None:
    try:
        approve(bot, session, post, who=POLICY)
    except HoldError as error:  # another post took the same words just now: it waits for a person
        posts.note(session, post, POLICY, "not approved", str(error), clock.now(session))


def approve(
    bot: Bot, session: Session, post: models.Post, *, who: str, overrides: tuple[Override, ...] = ()
) -> None:
    """Review: approve the revision in force; it goes out after grace time and embargo. Raises HoldError, StateError."""
    now = clock.now(session)
    configured = bot.accounts.get(post.account.name)
    threads = posts.threads_off(post, allowed=configured is None or configured.threads)
    if threads is not None and all(override.code != threads.code for override in overrides):
        posts.add_hold(post, threads)
    when = review.times(now, bot.settings.grace, bot.settings.max_age, post.article.not_before)
    posts.approve(session, post, who=who, now=now, due_at=when.due_at, expires_at=when.expires_at, overrides=overrides)
