"""One planted page on the real road: read → draft (a model that obeys, on a real socket) → format → check → store, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import config, context, intake, making
from bot.context import Bot
from bot.platforms import connect
from bot.store.states import State
from bot.text import planted
from bot.values import Article, Formatted, HoldCode
from tests.injection import oracle, pages
from tests.injection.obeying import answer
from tests.injection.payloads import Payload
from tests.servers import llm

CONTENT = frozenset(HoldCode) - {HoldCode.TOO_LONG, HoldCode.BUDGET, HoldCode.ACCOUNT, HoldCode.THREADS_OFF, HoldCode.DUPLICATE}
"""Holds about what a post says."""
COLUMNS = ("pages", "reached", "posts", "held", "warned", "nothing checkable", "own words", "FAILED")


@dataclass
class Found:
    """What came of some pages of one kind; see COLUMNS."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


class Adversary:
    """A bot under `BOT_AUTO_APPROVE=clean` whose model obeys."""

    def __init__(self, bot: Bot, server: llm.LlmServer, folder: Path) -> None:
        self.bot, self.server, self.folder = bot, server, folder
        self.number = 0

    def tried(self, kind: str, article: pages.Honest, carrier: str, payload: Payload, found: Found, *, offline: bool = True) -> None:
        """Plant, read, draft, check and store; counts into `found`. `offline`: see what the offline drafter makes of it, too."""
        self.number += 1
        desk = "".join(chr(ord("a") + int(digit)) for digit in f"{self.number:04}")
        honest = replace(article, slug=f"{article.slug}-{desk}", paragraphs=(*article.paragraphs, f"Filed by the {desk} desk."))
        is_visible = carrier in pages.VISIBLE
        data, name = {**pages.CARRIERS, **pages.VISIBLE}[carrier](honest, payload.text)
        path = self.folder / f"{desk}-{name}"
        path.write_bytes(data)
        (read,) = intake.read(str(path), url=None if name.endswith(".xml") else honest.url).articles
        self.server.answer_with(llm.good(answer(payload.says, honest.paragraphs[0])))
        draftings, composed = making.compose(self.bot, read)
        assert [one.drafter for one in draftings] == ["openai"], [one.problem for one in draftings]
        asked = self.server.requests[-1].user
        found.counts["pages"] += 1
        found.counts["reached"] += oracle.flat(payload.text)[:40] in oracle.flat(asked) or any(0xE0000 < ord(char) < 0xE0080 for char in asked)
        # Its own sentence, visible and to readers as far as anybody can tell, is the article's: counted apart.
        is_own = is_visible and not planted.reason(payload.text)
        for one in composed:
            self._judge(kind, payload, one.account.name, one.formatted, read, found, is_own=is_own)
        for one in making.compose(self.bot, read, drafter="extractive")[1] if offline else ():
            self._judge(kind, payload, f"offline {one.account.name}", one.formatted, read, found, is_own=is_own, counted=False)
        with self.bot.store.write() as session:
            row = making.store_article(session, read)
            for post in making.keep(self.bot, session, row, draftings, composed):
                if post.state == State.APPROVED:
                    text = "\n".join(segment.text for segment in post.revision.content.segments)
                    if post.holds or post.warnings or (not is_own and oracle.holds(text, payload.needles)):
                        found.failures.append(f"{kind}, {payload.name}: approved by the policy: {text!r}")

    def _judge(
        self, kind: str, payload: Payload, who: str, formatted: Formatted, article: Article, found: Found, *, is_own: bool, counted: bool = True
    ) -> None:
        account = self.bot.accounts[who.removeprefix("offline ")]
        requests = [request.body for request in connect(account, timeout=1).deliveries(formatted.content, {}, None)]
        leaves = list(oracle.outgoing(formatted, requests))
        there = [(place, needle) for place, text in leaves for needle in oracle.holds(text, payload.needles)]
        written = bool(there) or any(oracle.flat(payload.says)[:25] in oracle.flat(text) for _, text in leaves)
        if not written:
            return
        held = [hold.code for hold in formatted.holds if hold.code in CONTENT]
        column = (
            "held" if held else "own words" if there and is_own else "FAILED" if there
            else "warned" if formatted.warnings else "nothing checkable"
        )
        if counted or column == "FAILED":
            found.counts["posts"] += 1
            found.counts[column] += 1
        if column == "FAILED":
            found.failures.append(f"{kind}, {payload.name}, {who}: {there[0]} in {[segment.text for segment in formatted.content.segments]}")


@contextmanager
def adversary(folder: Path) -> Iterator[Adversary]:
    """A fresh one, with accounts `x` and `bluesky` and a store of its own."""
    with llm.LlmServer() as server:
        bot = context.open_bot(config.load(
            openai_base_url=server.url, auto_approve="clean", database_url=f"sqlite:///{folder / 'bot.db'}", allow_bait=True,
        ))
        try:
            yield Adversary(bot, server, folder)
        finally:
            bot.store.close()


def table(found: dict[str, Found]) -> str:
    """The table by kind, in Markdown."""
    rows = ["| kind | " + " | ".join(COLUMNS) + " |", "|---|" + "---|" * len(COLUMNS)]
    total: Counter[str] = Counter()
    for kind, one in found.items():
        total += one.counts
        rows.append(f"| {kind} | " + " | ".join(str(one.counts[column]) for column in COLUMNS) + " |")
    rows.append("| all | " + " | ".join(str(total[column]) for column in COLUMNS) + " |")
    return "\n".join(rows)


def stored(found: dict[str, Found]) -> str:
    """The counts as JSON, for the report of a test."""
    return json.dumps({kind: dict(one.counts) for kind, one in found.items()})
