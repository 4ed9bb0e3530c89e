"""What the swarm is to publish, and what really stands on the platforms afterwards: made and compared here."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tqdm import tqdm

from bot import clock
from bot.context import Bot
from bot.store import accounts, models, posts
from bot.store.states import ArticleState
from bot.values import Content, Formatted, Kind
from tests.servers.pds import Pds

LONG_AGO = timedelta(days=2)
"""How long all posts have been due when the swarm starts: also when the clock is set back."""
WORDS = "harbor ferry lantern copper orchard signal meadow granite sparrow timber violet anchor".split()


@dataclass(frozen=True)
class Message:
    """One message as a platform shows it."""

    id: str
    text: str
    parent: str | None


@dataclass
class Verdict:
    """How what stands compares to what was approved."""

    duplicates: int = 0
    lost: int = 0
    disordered: int = 0
    unknown: int = 0
    """Messages that no post has."""
    notes: list[str] = field(default_factory=list)


def make(bot: Bot, chance: random.Random, count: int) -> dict[int, tuple[str, list[str]]]:
    """Make and approve posts of 1 to 6 segments, account after account; returns account and texts by post."""
    names, made = list(bot.accounts), {}
    for first in tqdm(range(0, count, 20), desc="posts made", unit="posts", unit_scale=20, disable=None, leave=False):
        with bot.store.write() as session:
            now = clock.now(session)
            for n in range(first, min(first + 20, count)):
                name = names[n % len(names)]
                platform, size = bot.platform(name), chance.randint(1, 6)
                assert platform is not None
                texts = [f"{name} post {n:04} part {k} of {size}: {' '.join(chance.sample(WORDS, 2))}" for k in range(1, size + 1)]
                article = models.Article(
                    url_key=f"example.com/{n}", url=f"https://example.com/{n}", fingerprint=f"f{n}", title=f"Article {n}", dek="", body="B",
                    hidden="", faq=(), image_alt="", tail_cut=False, notes=(), state=ArticleState.DRAFTED, created_at=now,
                )
                session.add(article)
                session.flush()
                account = accounts.get(session, name)
                post = posts.create(session, article_id=article.id, kind=Kind.FAQ, account_id=account.id, now=now)
                content = Content(segments=tuple(platform.measure(text) for text in texts))
                posts.revise(session, post, Formatted(content=content), who="swarm", now=now)
                posts.approve(session, post, who="swarm", now=now, due_at=now - LONG_AGO + timedelta(milliseconds=n), expires_at=None)
                made[post.id] = (name, texts)
    return made


def on_bluesky(pds: Pds, did: str) -> list[Message]:
    """All records of the account, oldest first."""
    found: list[Message] = []
    cursor: dict[str, str] = {}
    while True:
        page = pds.query("com.atproto.repo.listRecords", repo=did, collection="app.bsky.feed.post", limit=100, reverse="true", **cursor)
        for record in page["records"]:
            reply = record["value"].get("reply")
            found.append(Message(record["uri"], record["value"]["text"], reply["parent"]["uri"] if reply else None))
        if not page["records"] or "cursor" not in page:
            return found
        cursor = {"cursor": page["cursor"]}


def standing(request: str, messages: list[Message], taken: set[str]) -> str | None:
    """The id under which a stored request is out, told from the platform alone; None when it is not."""
    body: dict[str, Any] = json.loads(request)
    if "writes" in body:
        keys = {str(write["rkey"]) for write in body["writes"]}
        return next((message.id for message in messages if message.id.rpartition("/")[2] in keys), None)
    return next((message.id for message in messages if message.text == body["text"] and message.id not in taken), None)


def compare(
    made: dict[int, tuple[str, list[str]]], published: set[int], stored: dict[int, list[str]], messages: Callable[[str], list[Message]],
    verdict: Verdict,
) -> None:
    """Each text of each post once, each segment under the one before it, nothing else; and the store knows the same ids."""
    for name in sorted({name for name, _ in made.values()}):
        shown = messages(name)
        count = Counter(message.text for message in shown)
        by_text = {message.text: message for message in shown}
        expected = {text for account, texts in made.values() if account == name for text in texts}
        verdict.unknown += sum(text not in expected for text in count)
        for text, times in count.items():
            if times > 1:
                verdict.duplicates += times - 1
                verdict.notes.append(f"{times} times: {text}")
        for post, (account, texts) in made.items():
            if account != name:
                continue
            missing = [text for text in texts if text not in by_text]
            if missing or post not in published:
                verdict.lost += 1
                verdict.notes.append(f"post {post} of {name}: {len(missing)} of {len(texts)} segments are missing" + (
                    "" if post in published else ", and it is not published"))
                continue
            thread = [by_text[text] for text in texts]
            above = [None, *(message.id for message in thread[:-1])]
            once = all(count[text] == 1 for text in texts)
            if [message.parent for message in thread] != above or (once and stored[post] != [message.id for message in thread]):
                verdict.disordered += 1
                verdict.notes.append(f"post {post} of {name}: its thread is not in order, or not as stored")

