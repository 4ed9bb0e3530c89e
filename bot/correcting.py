"""What a person does about a published post whose article turned out wrong: a correction under it, or leave it. Nothing here is automatic."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock, format, making, review, standing
from bot.accounts import Account
from bot.context import Bot
from bot.errors import BotError, ConfigError, StateError
from bot.platforms import Platform
from bot.store import articles, models, posts, watch
from bot.store.states import ArticleState, Move, State
from bot.text import correction, sentences
from bot.values import Article, Content, Formatted, HoldCode, Kind, Message, Part, ReplyTo, Statement, Variant

DRAFTER = "extractive"
"""Who the history names for a correction in the article's own words."""


@dataclass(frozen=True)
class Choices:
    """What could be done about a post, and what it costs in micro-dollars."""

    reply: Formatted | None
    """The correction that would be drafted; None: there can be none."""
    why_not: str
    """Why there can be none."""
    unwind_micros: int | None
    """What taking the post down costs; None: it can not be taken down now."""


def choices(bot: Bot, post_id: int) -> Choices:
    """What could be done about a post that is out; nothing is stored. Raises StateError when nothing of it is, or may be."""
    with bot.store.read() as session:
        post = posts.get(session, post_id)
        if post.state not in watch.OUT:
            raise StateError(f"post {post_id} is {_state(post)}: nothing of it is out. bot show {post_id} says what can be done.")
        platform = bot.platform(post.account.name)
        there = sum(not remote.deleted for row in post.revision.deliveries for remote in row.remote)
        able = platform is not None and (posts.can(post, Move.UNWIND) or standing.stoppable(post))
        price = there * platform.limits.delete_micros if platform is not None and able else None
        try:
            account, adapter = _published(bot, post)
            to = _reply_to(post)
            _waiting(session, post)
            return Choices(_drafted(bot, session, post, to, account, adapter), "", price)
        except BotError as error:
            return Choices(None, str(error), price)


def reply(bot: Bot, post_id: int, text: str | None = None) -> int:
    """A correction that replies to the end of a published post's thread, in review; returns its number.

    `text` is the whole of it, segments parted by lines of three hyphens; without one it is the article's own sentence that now says
    it. One that waits already gets a new revision. Raises StateError when the post is not published, or has been corrected.
    """
    who = bot.settings.who
    with bot.store.write() as session:
        original = posts.get(session, post_id)
        posts.of_article(session, original.article_id)  # locked, and read anew: two people correct one after the other
        account, platform = _published(bot, original)
        to, post, now = _reply_to(original), _waiting(session, original), clock.now(session)
        if text is None:
            formatted, by = _drafted(bot, session, original, to, account, platform), DRAFTER
        else:
            before = Content(segments=(), languages=original.revision.content.languages, reply_to=to)
            article = articles.value(session, original.article)
            formatted, by = making.checked(article, account, format.edited(review.from_text(text), before, platform, article)), who
        post = post or posts.create(
            session, article_id=original.article_id, kind=Kind.CORRECTION, account_id=original.account_id, now=now
        )
        posts.revise(session, post, formatted, who=by, now=now, ignore=account.ending)
        off = posts.threads_off(post, allowed=platform.limits.threads)
        if off is not None:
            posts.add_hold(post, off)
        posts.note(session, original, who, f"correction written: post {post.id}", None, now)
        return post.id


def _published(bot: Bot, post: models.Post) -> tuple[Account, Platform]:
    if post.kind is Kind.CORRECTION:
        raise StateError(f"post {post.id} is a correction itself. Take it down with bot unwind {post.id}, or correct the post it replies to.")
    if post.unwind_at is not None or post.state != State.PUBLISHED:
        raise StateError(f"post {post.id} is {_state(post)}; only a published post can be corrected. bot show {post.id} says what can be done.")
    account, platform = bot.accounts.get(post.account.name), bot.platform(post.account.name)
    if account is None or platform is None:
        raise ConfigError(f"account {post.account.name} is not configured any more: add it to bot.toml to correct its posts.")
    return account, platform


def _state(post: models.Post) -> str:
    return "being taken down" if post.unwind_at is not None else str(post.state).replace("_", " ")


def _reply_to(post: models.Post) -> ReplyTo:
    """The end of the post's thread. Raises StateError when part of it is gone."""
    there = [remote for row in post.revision.deliveries for remote in row.remote]
    if not there or any(remote.deleted for remote in there):
        raise StateError(f"part of post {post.id} is deleted: a reply would hang in the air. bot unwind {post.id} takes the rest down.")
    root, parent = (Message(id=remote.id, cid=remote.cid) for remote in (there[0], there[-1]))
    return ReplyTo(post=post.id, root=root, parent=parent)


def _waiting(session: Session, original: models.Post) -> models.Post | None:
    """The correction that waits already; None when there is none. Raises StateError when it can not be written anew."""
    row = models.Post
    same = (row.article_id == original.article_id, row.kind == Kind.CORRECTION, row.account_id == original.account_id)
    post = session.scalar(select(row).where(*same))
    if post is None:
        return None
    to = post.revision.content.reply_to
    if not posts.can(post, Move.REVISE):
        raise StateError(f"there is a correction of this article on this account already: post {post.id}, {_state(post)}. bot show {post.id} says what can be done.")
    if to is not None and to.post != original.id:
        raise StateError(f"post {post.id}, which waits, corrects post {to.post} already: an account corrects an article once.")
    return post


def _drafted(bot: Bot, session: Session, original: models.Post, to: ReplyTo, account: Account, platform: Platform) -> Formatted:
    """The first sentence that says it now and fits; the first, too long, where none does."""
    article, content = articles.value(session, original.article), original.revision.content
    if original.article.state == ArticleState.WITHDRAWN:
        raise StateError(f"the article is withdrawn: it says nothing now that could be quoted. bot correct {original.id} --reply --text …, or --unwind.")
    known = sentences.of_article(article)
    said = [one.text for segment in content.segments for one in segment.evidence]
    said += [text for segment in content.segments if not segment.evidence for text in sentences.split(segment.text, article.language)]
    alerted = original.article.alert_at is not None and original.article.alert_kind != watch.Kind.OTHER
    places = correction.instead(said, known, article.language, headline=alerted)
    tried = [_worded(bot, article, at, known[at], account, platform) for at in places]
    if not tried and not alerted:
        raise StateError(f"nothing that post {original.id} says changed in the article: there is nothing to quote. In your own words: bot correct {original.id} --reply --text …")
    if not tried:
        raise StateError(f"the article says nothing that could be quoted: bot correct {original.id} --reply --text …")
    chosen = next((one for one in tried if all(hold.code is not HoldCode.TOO_LONG for hold in one.holds)), tried[0])
    return chosen.model_copy(update={"content": chosen.content.model_copy(update={"reply_to": to})})


def _worded(bot: Bot, article: Article, at: str, sentence: str, account: Account, platform: Platform) -> Formatted:
    part = Part(paragraphs=((Statement(text=sentence, evidence=(at,)),),))
    variant = Variant(platforms=(account.platform,), parts=(part,))
    return making.of_variant(bot, article, Kind.CORRECTION, variant, account, platform, None)


def dismiss(bot: Bot, post_id: int, why: str) -> None:
    """End the alert of the post's article, for a reason. Raises StateError when it has none."""
    with bot.store.write() as session:
        post = posts.get(session, post_id, lock=True)
        watch.dismiss(session, post.article, who=bot.settings.who, why=why, now=clock.now(session))
