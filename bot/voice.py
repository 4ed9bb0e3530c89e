"""What edits say about the publisher's voice: each drafted text beside what a person approved, and where a rule would be written."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import prompts
from bot.accounts import Account
from bot.config import Settings
from bot.store import models, posts
from bot.text import language
from bot.text.edits import Candidate, Pair
from bot.values import Content

_JINJA = re.compile(r"\{[{%#]")
_BANNABLE = frozenset({"without", "instead"})
"""Kinds whose words could be banned as well."""


def approved(session: Session, *, account: str | None = None, since: datetime | None = None) -> list[int]:
    """Numbers of the posts that are approved, on their way or out, oldest first; of one account, or since a time, if named."""
    row = models.Post
    query = select(row.id).where(row.approved_hash.is_not(None)).order_by(row.id)
    if account is not None:
        query = query.join(models.Account).where(models.Account.name == account)
    if since is not None:
        query = query.where(row.approved_at >= since)
    return list(session.scalars(query))


def pair(session: Session, number: int) -> Pair | None:
    """The post as last drafted before it was approved, and as approved; None where no draft was, or no person approved.

    A post that only a policy approved says nothing: nobody chose its words.
    """
    post = posts.get(session, number)
    before = [one for one in post.revisions if one.n <= post.revision_n]
    drafted = next((one for one in reversed(before) if one.draft_id is not None), None)
    if drafted is None or (drafted is post.revision and (post.approved_by or "").startswith("policy ")):
        return None
    return Pair(post.id, post.article_id, _texts(drafted.content), _texts(post.revision.content))


def _texts(content: Content) -> tuple[str, ...]:
    return tuple(segment.text for segment in content.segments)


def file(settings: Settings, account: Account | None) -> Path:
    """The voice file that a rule belongs in. Raises ConfigError when the prompts folder is missing."""
    name = f"_voice.{account.voice}.j2" if account is not None and account.voice else "_voice.j2"
    return prompts.folder(settings.prompts_dir) / name


def line(candidate: Candidate) -> str:
    """The rule as a line for the voice file, which is a template: what would be compiled there is written as text."""
    return _JINJA.sub(lambda found: '{{ "' + found[0] + '" }}', " ".join(candidate.rule.split()))


def setting(candidate: Candidate, settings: Settings, account: Account | None = None) -> str | None:
    """The setting that would do the same, or see to it, with what it holds now; None where there is none.

    Tags and links are put there by the layout, so no rule for the drafter takes them away.
    """
    if candidate.kind in _BANNABLE and "," not in candidate.words and not all(map(language.is_small, candidate.words.split())):
        return f"BOT_BANNED_WORDS={', '.join((*settings.banned_words, candidate.words))}"
    if candidate.kind == "hashtags" and settings.hashtags:
        return "BOT_HASHTAGS="
    if candidate.kind == "link":
        return f"BOT_LINK_POLICY={f'{account.platform}=' if account else ''}never"
    return None
