"""Drafting the queue: several articles at a time, one call a voice, within the month's allowance."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import actions, allowance, clock, config, context, drafting, making
from bot.context import Bot
from bot.errors import BotError
from bot.prompts import SHIPPED
from bot.store import models, posts, spending
from bot.values import Article, HoldCode
from tests.servers import llm as say
from tests.servers.llm import LlmServer, Reply, Request

PRICE = "0.25/2.00"
COST = 1200 * 0.25 + 400 * 2  # of one answer of the test server, micro-dollars
TOWNS = ("Kestrel Bay", "Marlow", "Dunmore", "Ashby", "Orme", "Tarn", "Wick", "Hale")


@pytest.fixture
def llm() -> Iterator[LlmServer]:
    with LlmServer() as server:
        server.answer_with(answer)
        yield server


def answer(request: Request) -> Reply:
    """A good answer about whichever article is asked about."""
    title = request.user.split("s0: ")[1].splitlines()[0]
    said = [
        {"platforms": [name], "statements": [{"text": f"{opening} {title}.", "evidence": ["s0"], "paragraph": 1}]}
        for name in ("x", "bluesky") if f"{name}: at most" in request.user for opening in OPENINGS[name]
    ]
    return say.good({"shorts": said, "faq": {"opening": [], "items": []}, "article_notes": []})


OPENINGS = {"x": ("Decided:", "After the vote:", "The council agrees:"), "bluesky": ("News from the council:", "It is settled:")}


def open_bot(server: LlmServer | None, **flags: Any) -> Bot:
    model = {"openai_base_url": server.url, "openai_api_key": SecretStr("k"), "llm_price": PRICE} if server else {}
    return context.open_bot(config.load(**{**model, **flags}))


def queue(bot: Bot, count: int) -> None:
    for town in TOWNS[:count]:
        article = Article(
            title=f"{town} Keeps Its Ferry Free", language="en", url=f"https://example.com/{town.split()[0]}",
            body=f"The town council of {town} voted on Monday to keep its ferry free for another year. It carries many riders of {town}.",
        )
        with bot.store.write() as session:
            making.store_article(session, article, again="ana")


def run(bot: Bot) -> list[int]:
    return drafting.draft_queued(bot, tell=untroubled)


def untroubled(where: str, error: BotError) -> None:
    raise AssertionError(f"{where}: {error}")


def drafters(bot: Bot) -> list[str]:
    with bot.store.read() as session:
        return [row.drafter for row in session.query(models.Draft).order_by(models.Draft.article_id)]


def spent(bot: Bot) -> int:
    with bot.store.read() as session:
        return spending.spent(session, datetime(2000, 1, 1, tzinfo=UTC)).get(allowance.PAYEE, 0)


def test_articles_are_drafted_at_the_same_time_up_to_the_limit(llm: LlmServer) -> None:
    lock, busy, most = threading.Lock(), 0, 0

    def slowly(request: Request) -> Reply:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        deadline = time.monotonic() + 1.5
        while most < 3 and time.monotonic() < deadline:  # the answer waits until three were asked for
            time.sleep(0.01)
        time.sleep(0.05)
        with lock:
            busy -= 1
        return answer(request)

    llm.answer_with(slowly)
    bot = open_bot(llm, drafting_at_once=3)
    queue(bot, 8)
    made = run(bot)
    assert (len(made), len(set(made)), most, len(llm.requests)) == (16, 16, 3, 8)
    assert drafters(bot) == ["openai"] * 8


def test_one_at_a_time_where_that_is_asked_for(llm: LlmServer) -> None:
    bot = open_bot(llm, drafting_at_once=1)
    queue(bot, 3)
    assert run(bot) == [1, 2, 3, 4, 5, 6]


def test_a_stop_leaves_the_articles_that_were_not_begun_in_the_queue(llm: LlmServer) -> None:
    bot = open_bot(llm, drafting_at_once=2)
    queue(bot, 8)
    made = drafting.draft_queued(bot, tell=untroubled, stopping=lambda: len(llm.requests) >= 2)
    assert 4 <= len(made) < 16
    assert len(made) + len(run(bot)) == 16


def test_each_voice_is_a_call_of_its_own_and_equal_voices_share_one(llm: LlmServer, tmp_path: Path) -> None:
    own = tmp_path / "prompts"
    own.mkdir()
    (own / "layout").symlink_to(SHIPPED[0] / "layout")
    (own / "_voice.j2").write_text("Be calm.")
    (own / "_voice.brash.j2").write_text("Be loud.")
    Path("bot.toml").write_text(
        '[accounts.news]\nplatform = "x"\n[accounts.desk]\nplatform = "x"\n[accounts.sky]\nplatform = "bluesky"\nvoice = "brash"\nhandle = "a.example.com"\n'
    )
    bot = open_bot(llm, prompts_dir=own)
    queue(bot, 1)
    made = run(bot)
    tones = [request.system.splitlines()[-1] for request in llm.requests]
    assert (sorted(tones), len(made)) == (["Be calm.", "Be loud."], 3)
    assert ["bluesky: at most" in request.user for request in llm.requests] == [tone == "Be loud." for tone in tones]
    with bot.store.read() as session:
        said = {post.account.name: post.revision.content.segments[0].text.split(":")[0] for post in (posts.get(session, number) for number in made)}
    assert said == {"news": "Decided", "desk": "After the vote", "sky": "News from the council"}, "no two accounts say the same"
    assert spent(bot) == 2 * COST


def test_a_voice_without_its_file_is_told_before_anything_is_paid_for(llm: LlmServer) -> None:
    Path("bot.toml").write_text('[accounts.news]\nplatform = "x"\nvoice = "brash"\n')
    bot = open_bot(llm)
    queue(bot, 1)
    with pytest.raises(BotError, match=r"_voice\.brash\.j2 is missing .*Copy _voice\.j2 to _voice\.brash\.j2"):
        run(bot)
    assert llm.requests == []


def test_the_offline_drafter_writes_once_the_month_s_allowance_is_spent(llm: LlmServer) -> None:
    bot = open_bot(llm, llm_budget_usd="0.0115", drafting_at_once=1)  # an answer is expected to cost some $0.0087
    queue(bot, 6)
    run(bot)
    assert drafters(bot) == ["openai"] * 3 + ["extractive"] * 3
    assert (len(llm.requests), spent(bot)) == (3, 3 * COST)
    with bot.store.read() as session:
        problem = session.query(models.Draft).order_by(models.Draft.id.desc()).first().problem
    assert problem == "Written without the model: another call would pass this month's $0.0115 for the language model (BOT_LLM_BUDGET_USD; $0.0033 spent)."


def test_articles_drafted_at_the_same_time_share_the_allowance(llm: LlmServer) -> None:
    bot = open_bot(llm, llm_budget_usd="0.02", drafting_at_once=8)

    def once_the_others_are_drafted(request: Request) -> Reply:
        deadline = time.monotonic() + 20
        while len(drafters(bot)) < 6 and time.monotonic() < deadline:
            time.sleep(0.05)
        return answer(request)

    llm.answer_with(once_the_others_are_drafted)
    queue(bot, 8)
    run(bot)
    assert len(llm.requests) == 2, "what the others may cost is set aside while they run"
    assert sorted(drafters(bot)) == ["extractive"] * 6 + ["openai"] * 2


def test_a_preview_that_keeps_nothing_is_paid_for_all_the_same(llm: LlmServer) -> None:
    bot = open_bot(llm)
    article = Article(title="Marlow Keeps Its Ferry Free", body="The council of Marlow voted on Monday to keep its ferry free.", language="en")
    assert actions.draft_now(bot, article, save=False, show=lambda session, row, made: len(made)) == 2
    assert (drafters(bot), spent(bot)) == ([], COST)


def test_the_allowance_begins_again_with_the_month(llm: LlmServer) -> None:
    bot = open_bot(llm, llm_budget_usd="0.0095", drafting_at_once=1)
    try:
        for day, model in ((20, "openai"), (21, "extractive"), (51, "openai")):
            clock.replace(lambda day=day: datetime.fromtimestamp(86_400 * day, UTC))
            with bot.store.write() as session:
                making.store_article(session, Article(title=f"Day {day}", body=f"On day {day} the ferry of Marlow ran as always, said the council.", language="en"))
            run(bot)
            assert drafters(bot)[-1] == model
    finally:
        clock.replace(None)


def test_a_server_that_counts_no_tokens_is_paid_by_estimate(llm: LlmServer) -> None:
    llm.answer_with(lambda request: say.good(json.loads(json.loads(answer(request).body)["choices"][0]["message"]["content"]), tokens=None))
    bot = open_bot(llm, llm_budget_usd="0.012", drafting_at_once=1)
    queue(bot, 2)
    run(bot)
    assert drafters(bot) == ["openai", "extractive"]
    assert 5_000 < spent(bot) < 12_000


def test_what_failed_is_paid_for_too(llm: LlmServer) -> None:
    bot = open_bot(llm)
    llm.answer_with(say.bad_json())
    with bot.store.write() as session:
        making.store_article(session, Article(title="", body="", language="en"))
    told: list[str] = []
    drafting.draft_queued(bot, tell=lambda where, error: told.append(str(error)))
    assert "Without the model" in told[0]
    assert (drafters(bot), spent(bot)) == ([], 2 * COST)


def test_another_variant_keeps_the_warnings_of_what_it_says_without_evidence(llm: LlmServer) -> None:
    llm.answer_with(lambda request: say.good({"shorts": [
        {"platforms": ["x", "bluesky"], "statements": [{"text": text, "evidence": [], "paragraph": 1}]}
        for text in ("The ferry is free.", "Free rides go on.", "Riders pay nothing.")
    ], "faq": {"opening": [], "items": []}, "article_notes": []}))
    bot = open_bot(llm)
    queue(bot, 1)
    post = run(bot)[0]
    assert actions.choose_variant(bot, post) == (2, 3)
    with bot.store.read() as session:
        row = posts.get(session, post)
        assert any("no sentence of the article" in warning.detail for warning in row.warnings)
        assert HoldCode.UNSUPPORTED_NUMBER not in [hold.code for hold in row.holds]
