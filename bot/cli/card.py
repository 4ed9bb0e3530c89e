"""One card of `bot review`: the problem first, then the text, where it comes from, what it costs, and the keys."""

from __future__ import annotations

import os
import sys

from sqlalchemy.orm import Session

from bot import approving, clock, standing, views
from bot.cli import common, evidence, moments, preview, screen
from bot.context import Bot
from bot.standing import Bar
from bot.store import models, spending
from bot.values import Hold, Warn


def coloured() -> bool:
    """Colour only where a person looks and did not ask for none (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def card(bot: Bot, session: Session, post: models.Post, at: int, of: int) -> list[str]:
    """The lines of a card. Inside a unit of work."""
    wide = screen.columns()
    content = post.revision.content
    held: list[Hold | Warn] = [*standing.open_holds(post), *post.warnings]
    sentences, language = views.sentences_of(post.article), post.article.language
    lines = [_header(bot, post, at, of, wide), *preview.found(bot, post, wide), ""]
    for index, segment in enumerate(content.segments):
        if len(content.segments) > 1:
            lines.append(f"  {index + 1} of {len(content.segments)}, {segment.length}/{segment.limit}")
        lines += screen.wrap(evidence.bracketed(segment.text, held), wide - 2, "  ")
        told = evidence.line(segment, sentences, language, held)
        lines += [*screen.wrap(told, wide, "  ", "        "), ""] if told else [""]
    lines += [screen.cut(_price(bot, session, post), wide)]
    lines += [*screen.wrap(_when(bot, session, post), wide), _keys(post, wide)]
    return lines


def _header(bot: Bot, post: models.Post, at: int, of: int, wide: int) -> str:
    revision = post.revision
    by = ""
    if revision.draft is None and revision.n > 1:
        by = f" (edited by {revision.by}, {revision.created_at.astimezone(moments.zone(bot)):%H:%M})"
    handle = f"@{post.account.handle}" if post.account.handle else None
    place = common.where(post).replace(screen.PARTED, " ") + common.reply(post)
    head = screen.parted([f"{at} of {of}", place, handle, f"#{post.id}", f"revision {revision.n}{by}"])
    return screen.cut_keeping(screen.cut(head, wide - 5) + "     ", post.article.title, wide)


def _price(bot: Bot, session: Session, post: models.Post) -> str:
    content = post.revision.content
    one = content.segments[0] if len(content.segments) == 1 else None
    today = clock.now(session).astimezone(moments.zone(bot))
    since = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    price = sum(segment.cost_micros for segment in content.segments)
    paid = spending.spent(session, since).get(post.account.platform, 0)
    return screen.parted([
        f"{one.length}/{one.limit}" if one else screen.counted(len(content.segments), "segment"),
        "link" if any(segment.has_url for segment in content.segments) else None, "card" if content.card else None,
        screen.money(price), f"{today:%B} so far: {screen.money(paid, 2)}" if price > 0 else None,
    ])


def _when(bot: Bot, session: Session, post: models.Post) -> str:
    if post.article.sample:
        return "This is the built-in sample: it is shown, never published."
    now = clock.now(session)
    due = approving.times(bot, session, post, now).due_at
    obstacle = standing.of_account(post.account, bot.accounts.get(post.account.name), now)
    if obstacle:
        return screen.one_line(f"If approved it waits: {common.obstacle_said(bot, obstacle)}") + ("." if obstacle.bar is Bar.ACCOUNT else "")
    return f"If approved it goes out {moments.soon(bot, due)}; u takes it back until then"


def _keys(post: models.Post, wide: int) -> str:
    siblings = len(views.approvable(post.article))
    keys = ["a approve", "e edit", "r reject"]
    if standing.open_holds(post):
        keys.append("o override")
    variants = views.fitting_variants(post)
    if len(variants.fitting) > 1:
        shown = variants.at is not None and post.revision.draft is not None  # an edit is none of them
        keys.append(f"v variant {(variants.at or 0) + 1}/{len(variants.fitting)}" if shown else "v variant")
    if siblings > 1:
        keys.append(f"A all {siblings}")
    return screen.cut_keeping("  ".join([*keys, "n next", "?", "q"]), "", wide)
