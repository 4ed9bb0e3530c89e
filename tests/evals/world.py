"""Where evals run: a database, a model's server on loopback that gives recorded answers, and the program's own path between them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from bot import config, context, intake, making
from bot.draft import MODEL
from bot.draft import OFFLINE as EXTRACTIVE
from bot.platforms import connect
from bot.store import db, models
from bot.store.states import State
from bot.values import Article, Drafting, Formatted, Hold, Kind, Warn
from tests.evals.case import LIVE, OFFLINE, Case
from tests.servers import llm

KEY = "a-key-of-nobody"


@dataclass(frozen=True)
class Post:
    """One post as it was stored, or another wording of it that a reviewer could choose."""

    name: str
    """Platform and kind; another wording has its number behind."""
    formatted: Formatted
    approved: bool = False
    """The policy `clean` let it pass."""

    @property
    def text(self) -> str:
        return "\n---\n".join(segment.text for segment in self.formatted.content.segments)

    @property
    def findings(self) -> tuple[Hold | Warn, ...]:
        return (*self.formatted.holds, *self.formatted.warnings)


@dataclass(frozen=True)
class Made:
    """What came of one article with one drafter."""

    article: Article
    drafting: Drafting
    posts: tuple[Post, ...]
    seconds: float
    """Of processor time."""
    asked: str | None
    """SHA-256 (hex) of the prompt as the server got it, less its random delimiter."""

    def post(self, name: str) -> Post | None:
        return next((post for post in self.posts if post.name == name), None)

    @property
    def questions(self) -> list[str]:
        """What the thread asks."""
        drafts = [draft for draft in self.drafting.drafts if draft.kind is Kind.FAQ]
        return [part.question.text for draft in drafts for part in draft.variants[0].parts if part.question]


class World:
    """Runs drafters on articles; use it as a context manager."""

    def __init__(self) -> None:
        self._server = llm.LlmServer()
        self._folder = Path(tempfile.mkdtemp(prefix="evals-"))
        self._template = self._folder / "template.db"
        self._articles: dict[tuple[str, str | None], Article] = {}
        self._runs = 0

    def __enter__(self) -> World:
        db.upgrade(f"sqlite:///{self._template}")
        self._server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.__exit__(kind, error, trace)
        shutil.rmtree(self._folder)

    def article(self, path: Path, url: str | None) -> Article:
        """Read as the program reads it."""
        known = (str(path), url)
        if known not in self._articles:
            batch = intake.read(str(path), url=url)
            if len(batch.articles) != 1:
                raise ValueError(f"{path} gives {len(batch.articles)} articles; a case has one. {batch.faults}")
            self._articles[known] = batch.articles[0]
        return self._articles[known]

    def run(self, case: Case, drafter: str, *, record: str | None = None) -> Made:
        """Draft, format, check and store the case's article with `offline`, a recorded answer, or `live`.

        `record`: keep the live answer under this label. Raises ConfigError for a live run without key or address.
        """
        article = self.article(case.article, case.url)
        if drafter == OFFLINE:
            return self._make(article, {}, EXTRACTIVE)
        if drafter != LIVE:
            return self.replay(article, case.answer(drafter), case.budget.price)
        if not record:
            return self._make(article, {"llm_price": os.environ.get("BOT_LLM_PRICE") or case.budget.price}, MODEL)
        return self._recorded(case, article, record)

    def replay(self, article: Article, raw: str, price: str) -> Made:
        """With the server giving this answer to every request."""
        content = _compact(raw)
        self._server.answer_with(lambda request: llm.good(content, tokens=(tokens(request.system) + tokens(request.user), tokens(content))))
        return self._make(article, {"openai_base_url": self._server.url, "openai_api_key": KEY, "model": "recorded", "llm_price": price}, MODEL)

    def _recorded(self, case: Case, article: Article, label: str) -> Made:
        """Live, with the server between, which passes everything on and keeps the answer."""
        settings = config.load()
        address = (settings.openai_base_url or "https://api.openai.com/v1").rstrip("/")
        kept: list[str] = []

        def passed_on(request: llm.Request) -> llm.Reply:
            headers = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
            answer = httpx.post(f"{address}/chat/completions", json=request.body, headers=headers, timeout=180)
            if answer.is_success:
                kept.append(str(answer.json()["choices"][0]["message"]["content"] or ""))
            return llm.Reply(status=answer.status_code, body=answer.content)

        if not settings.openai_api_key and not settings.openai_base_url:
            return self._make(article, {}, MODEL)  # which says what is missing
        self._server.answer_with(passed_on)
        made = self._make(article, {"openai_base_url": self._server.url, "llm_price": settings.llm_price or case.budget.price}, MODEL)
        if kept:
            place = case.folder / "answers"
            place.mkdir(exist_ok=True)
            (place / f"{label}.json").write_text(_pretty(kept[-1]))
            (place / f"{label}.asked").write_text(f"{made.asked}\n")
        return made

    def _make(self, article: Article, flags: dict[str, str], drafter: str) -> Made:
        self._runs += 1
        path = self._folder / f"{self._runs}.db"
        shutil.copy(self._template, path)
        before = len(self._server.requests)
        bot = context.open_bot(config.load(**flags, auto_approve="clean"), database=f"sqlite:///{path}")
        try:
            began = time.thread_time()
            draftings, composed = making.compose(bot, article, drafter=drafter)
            seconds = time.thread_time() - began
            with bot.store.write() as session:
                row = making.store_article(session, article)
                made = [_stored(post) for post in making.keep(bot, session, row, draftings, composed)]
        finally:
            bot.store.close()
            path.unlink(missing_ok=True)
        for one in composed:  # the other wordings, which a reviewer may choose
            draft = next(draft for draft in draftings[one.drafting].drafts if draft.kind is one.kind)
            others = [n for n, variant in enumerate(draft.variants) if one.account.platform in variant.platforms and n != one.variant]
            for number, other in enumerate(others, 2):
                formatted = making.of_variant(bot, article, one.kind, draft.variants[other], one.account, connect(one.account, timeout=1), None)
                made.append(Post(f"{one.account.platform} {one.kind} {number}", formatted))
        asked = self._server.requests[before:]
        return Made(article, draftings[0], tuple(made), seconds, asked_hash(asked[0]) if asked else None)


def _stored(post: models.Post) -> Post:
    formatted = Formatted(content=post.revision.content, holds=tuple(post.holds), warnings=tuple(post.warnings))
    return Post(f"{post.account.name} {post.kind}", formatted, approved=post.state is State.APPROVED)


def asked_hash(request: llm.Request) -> str:
    told = re.sub(r"ARTICLE-[0-9a-f]+", "ARTICLE", f"{request.system}\n\n{request.user}")
    return hashlib.sha256(told.encode()).hexdigest()


def tokens(text: str) -> int:
    """About as many as a model counts: four characters each, one where the script is not Latin."""
    wide = sum(1 for letter in text if ord(letter) > 0x2FF)
    return wide + (len(text) - wide + 3) // 4


def _compact(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return raw


def _pretty(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=1) + "\n"
    except ValueError:
        return raw
