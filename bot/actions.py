"""What a person does to posts that wait: edit, approve, take back, reject, cancel. Every face calls these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from bot import approving, clock, format, making, review
from bot.context import Bot
from bot.errors import ConfigError, HoldError, StateError, UsageError
from bot.store import articles, models, posts
from bot.store.states import Move, State
from bot.values import Article, HoldCode, Kind, Override

Shown = TypeVar("Shown")


def approve(bot: Bot, post_id: int, *, override: Sequence[str] = (), reason: str | None = None, urgent: bool = False) -> datetime:
    """Approve a post, letting the named hold codes pass for a reason; returns when it goes out. `urgent`: as soon as may be.

    Raises HoldError, StateError, UsageError.
    """
    who = bot.settings.who
    if override and not reason:
        raise UsageError("an override needs a reason: --reason …")
    try:
        overrides = tuple(Override(code=HoldCode(code), reason=reason or "", by=who) for code in override)
    except ValueError:
        raise UsageError(f"{override[0]} is no hold code. `bot show {post_id}` names the holds.") from None
    with bot.store.write() as session:
        post = posts.get(session, post_id, lock=True)
        try:
            with session.begin_nested():
                approving.approve(bot, session, post, who=who, overrides=overrides, urgent=urgent)
        except HoldError:
            approving.look_again(bot, session, post)  # what it was refused for stays to be seen
            session.commit()
            raise
        assert post.due_at is not None
        return post.due_at


def unapprove(bot: Bot, post_id: int, why: str | None = None) -> None:
    """Back into review. Raises StateError once it is on its way out."""
    with bot.store.write() as session:
        posts.unapprove(session, posts.get(session, post_id, lock=True), who=bot.settings.who, why=why, now=clock.now(session))


def reject(bot: Bot, post_id: int, why: str) -> None:
    """A person said no. Raises StateError once it is on its way out, UsageError without a reason."""
    if not why.strip():
        raise UsageError("a rejection needs a reason: --reason …")
    with bot.store.write() as session:
        posts.reject(session, posts.get(session, post_id, lock=True), who=bot.settings.who, why=why, now=clock.now(session))


def cancel(bot: Bot, post_id: int, why: str | None = None) -> None:
    """Take a post back for good, its words free again. Raises StateError once it is on its way out."""
    with bot.store.write() as session:
        posts.cancel(session, posts.get(session, post_id, lock=True), who=bot.settings.who, why=why, now=clock.now(session))


def text(bot: Bot, post_id: int) -> str:
    """The post as a person edits it: segments parted by lines of three hyphens. Raises StateError when it is too late."""
    with bot.store.read() as session:
        post = posts.get(session, post_id)
        if not posts.can(post, Move.REVISE):
            raise StateError(f"post {post_id} is {post.state}; only a post in review or approved can be edited.")
        return review.as_text(post.revision.content)


def edit(bot: Bot, post_id: int, edited: str, *, segment: int | None = None) -> bool:
    """Give the post a person's text: all checks again, back into review. False when nothing was changed.

    `edited` is the whole post with its dividing lines, or one segment's text when `segment` (from 1) is given.
    """
    with bot.store.write() as session:
        post = posts.get(session, post_id, lock=True)
        before = post.revision.content
        texts = review.from_text(edited) if segment is None else review.with_segment(before, segment, edited)
        if segment is None and len(before.segments) > 1 and len(texts) == 1:
            raise UsageError(f"post {post_id} is a thread of {len(before.segments)}: say which --segment, or part the segments by --- lines.")
        if texts == tuple(one.text for one in before.segments):
            return False
        platform = bot.platform(post.account.name)
        if platform is None:
            raise ConfigError(f"account {post.account.name} is not configured any more: add it to bot.toml to edit its posts.")
        article = articles.value(session, post.article)
        account = bot.accounts[post.account.name]
        formatted = making.checked(article, account, format.edited(texts, before, platform, article))
        posts.revise(session, post, formatted, who=bot.settings.who, now=clock.now(session), ignore=account.ending)
        return True


def draft_now(
    bot: Bot, article: Article, *, kinds: Sequence[Kind] = making.KINDS, platforms: Collection[str] = (),
    drafter: str | None = None, save: bool, show: Callable[[Session, models.Article, list[models.Post]], Shown],
    feeds: Collection[str] = (),
) -> Shown:
    """Draft one article and show its posts; without `save` all is taken back after that, so a preview is what would be stored.

    Asked for by a person, it replaces edits too; earlier revisions stay in the history. While the article is under embargo the offline
    drafter writes, and says why. `feeds`: keys of those that bring it.

    `show` gets the stored rows within the unit of work; nothing else does when it raises.
    """
    with bot.store.read() as session:
        article = making.believed(session, article)  # before the address stands in a post
    stored = making.stored(bot, article)
    draftings, composed = making.compose(
        bot, article, kinds=kinds, platforms=platforms, drafter=drafter, feeds={*feeds, *stored.feeds}, barred=stored.barred
    )
    with bot.store.write() as session:
        row = making.store_article(session, article, feeds=feeds)
        session.refresh(row, with_for_update=True)  # a worker that drafts it just now stores before or after this
        kept = making.keep(bot, session, row, draftings, composed, replace_edits=True)
        shown = show(session, row, kept)
        if not save:
            session.rollback()
        return shown


def choose_variant(bot: Bot, post_id: int) -> tuple[int, int]:
    """Give the post the next wording its draft has for the platform; returns (number, of how many).

    Raises StateError when there is no other wording or it is too late.
    """
    with bot.store.write() as session:
        post = posts.get(session, post_id, lock=True)
        drafted = next((revision for revision in reversed(post.revisions) if revision.draft), None)
        if drafted is None or drafted.draft is None:
            raise StateError(f"post {post_id} was not drafted; there are no variants.")
        fitting = [n for n, variant in enumerate(drafted.draft.variants) if post.account.platform in variant.platforms]
        if len(fitting) < 2:
            raise StateError(f"post {post_id} has one variant only.")
        at = (fitting.index(drafted.variant) + 1) % len(fitting) if drafted.variant in fitting else 0
        platform, account = bot.platform(post.account.name), bot.accounts.get(post.account.name)
        if platform is None or account is None:
            raise ConfigError(f"account {post.account.name} is not configured any more.")
        article = articles.value(session, post.article)
        formatted = making.of_variant(
            bot, article, post.kind, drafted.draft.variants[fitting[at]], account, platform, post.article.picture
        )
        posts.revise(
            session, post, formatted, who=bot.settings.who, now=clock.now(session),
            draft_id=drafted.draft.id, variant=fitting[at], ignore=account.ending,
        )
        return at + 1, len(fitting)


def listed(bot: Bot, state: str | None = None) -> list[int]:
    """Ids of the posts, oldest first, of one state if named. The sample's only when there is nothing else.

    Raises UsageError for a state that is none.
    """
    if state is not None and state not in set(State):
        raise UsageError(f"{state} is no state; use one of {', '.join(State)}.")
    with bot.store.read() as session:
        return posts.listed(session, State(state) if state else None)

