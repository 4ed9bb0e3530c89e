"""What accounts have said: whether a post repeats some of it, and the claim of its words at its approval."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.errors import HoldError
from bot.store import likeness, models
from bot.text import keys, similarity
from bot.values import Content, Duplicate, Hold, HoldCode, Kind, UrlRules, Warn, WarningCode

ONE_ACCOUNT = frozenset({"x"})
"""Platforms whose rules forbid the very same words on several accounts of one owner."""


def key(content: Content, rules: UrlRules) -> str:
    """The key of a post's words; addresses in them by the user's `rules`. A card's link counts as said."""
    card = [content.card.uri] if content.card else []
    return keys.said_key([*(segment.text for segment in content.segments), *card], rules)


def before(session: Session, post: models.Post) -> list[models.Said]:
    """What the post's account has said, or is about to say, in the same words, by other posts."""
    rows = session.scalars(
        select(models.Said)
        .where(models.Said.account_id == post.account_id, models.Said.said_key == post.revision.said_key)
        .order_by(models.Said.ordinal)
    )
    return [row for row in rows if row.post_id != post.id]


def elsewhere(session: Session, account: models.Account, said_keys: Collection[str]) -> list[tuple[models.Said, str]]:
    """Who else of the platform, where that must not be, has said the very same words, or is about to; with the account's name."""
    if account.platform not in ONE_ACCOUNT:
        return []
    row = models.Account
    others = session.execute(select(row.id, row.name).where(row.platform == account.platform, row.id != account.id))
    names = {found.id: found.name for found in others}
    return [(said, names[said.account_id]) for one in said_keys for said in likeness.elsewhere(session, names, one)] if names else []


def alone(session: Session, post: models.Post) -> None:
    """Until this unit ends no other approves the same words on this platform, where they may stand on one account only.

    What `check` finds after this stays true: the table's key guards one account's words, and SQLite has one writer at a time.
    """
    if post.account.platform in ONE_ACCOUNT and session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE, {"words": f"{post.account.platform} {post.revision.said_key}"})


_ALONE = text("select pg_advisory_xact_lock(hashtextextended(:words, 0))")


def check(session: Session, post: models.Post, ignore: Sequence[str] = ()) -> None:
    """Bring the `duplicate` hold, the `near_duplicate` warning and the list of duplicates up to date with what is said by now.

    A hold for the same words on the account, for the very same on another where the platform forbids that, and for a post
    that says the same; a warning for one that is near. A correction repeats on purpose: only the very same words hold it.
    `ignore`: the account's sign-off and hashtags.
    """
    found = _found(session, post, ignore)
    held = next((told for _, told, holds in found if holds), None)
    near_by = next((told for _, told, holds in found if not holds), None) if held is None else None
    others = tuple(hold for hold in post.holds if hold.code is not HoldCode.DUPLICATE)
    looks = tuple(warning for warning in post.warnings if warning.code is not WarningCode.NEAR_DUPLICATE)
    post.holds = (Hold(code=HoldCode.DUPLICATE, detail=held), *others) if held else others
    post.warnings = (Warn(code=WarningCode.NEAR_DUPLICATE, detail=near_by), *looks) if near_by else looks
    post.duplicates = tuple(duplicate for duplicate, _, _ in found)


def earlier(session: Session, post: models.Post, ignore: Sequence[str] = ()) -> str | None:
    """The reason of a hold for what was said before this database; None when the post says nothing of that."""
    return next((told for duplicate, told, holds in _found(session, post, ignore) if holds and duplicate.url), None)


def _found(session: Session, post: models.Post, ignore: Sequence[str]) -> list[tuple[Duplicate, str, bool]]:
    """What says the same as the post, or nearly: each with a reason in words, and whether it is one for a hold."""
    found = [(same(row, "the same words"), words_of(row), True) for row in before(session, post)]
    others = elsewhere(session, post.account, [post.revision.said_key])
    found += [(same(row, f"the same words on {name}"), repeated(row, name), True) for row, name in others]
    if post.kind is not Kind.CORRECTION:
        exact = {which(duplicate) for duplicate, _, _ in found}
        near = likeness.of_post(
            session, account_id=post.account_id, article_id=post.article_id, said=likeness.text_of(post.revision.content), ignore=ignore, post_id=post.id
        )
        found += [(one.duplicate, one.duplicate.detail, one.holds) for one in near if which(one.duplicate) not in exact]
    return found


def same(row: models.Said, detail: str) -> Duplicate:
    """Whoever said the very same words."""
    return Duplicate(post=row.post_id, url=None if row.post_id or row.earlier is None else row.earlier.url, score=1.0, detail=detail)


def which(duplicate: Duplicate) -> tuple[int | None, str | None]:
    """Which post it is, whatever is said of it."""
    return duplicate.post, duplicate.url


def repeated(row: models.Said, name: str) -> str:
    """The reason of a hold for words that another account, called `name`, has said."""
    return f"{words_of(row)} on {name}: the platform takes that for spam"


def words_of(row: models.Said) -> str:
    """The reason of a hold for words that the account itself has said."""
    other = f"#{row.post_id}" if row.post_id else row.earlier.url if row.earlier else "a post"
    return f"the same words as {other} of {row.created_at:%d %b %Y}"


def claim(session: Session, post: models.Post, now: datetime, *, again: bool, ignore: Sequence[str] = ()) -> None:
    """Claim the words of the post for its account. The constraint decides races: two posts can not both take the same words and ordinal.

    `again`: a person let it repeat; it takes the next ordinal. Raises HoldError when another post took the words just now.
    """
    release(session, post)
    said_key, ordinal = post.revision.said_key, 0
    if again:
        highest = session.scalar(
            select(func.max(models.Said.ordinal)).where(models.Said.account_id == post.account_id, models.Said.said_key == said_key)
        )
        ordinal = 0 if highest is None else highest + 1
    found = likeness.keys(session, post.account_id, similarity.compared(likeness.text_of(post.revision.content), ignore))
    try:
        with session.begin_nested():
            session.add(models.Said(account_id=post.account_id, said_key=said_key, ordinal=ordinal, post_id=post.id, created_at=now, **found))
    except IntegrityError:
        raise HoldError(f"post {post.id}: another post claimed the same words just now. Look at it again.") from None


def release(session: Session, post: models.Post) -> None:
    """Give the words back: nothing of this post is out (any more)."""
    session.execute(delete(models.Said).where(models.Said.post_id == post.id))
