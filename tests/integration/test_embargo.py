"""Embargoes from end to end: no text of an article leaves this machine before its time, whoever set that, and then it goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot import actions, clock, drafting, making
from bot.context import Bot
from bot.store import articles, models, posts
from bot.store.db import Store
from bot.values import Article, HoldCode
from tests.integration.test_pipeline import article, drafted, open_bot, queue, untroubled
from tests.leasing import START, Clock
from tests.servers import llm

HOURS = timedelta(hours=1)


@pytest.fixture
def tick() -> Iterator[Clock]:
    own = Clock()
    clock.replace(own)
    yield own
    clock.replace(None)


@pytest.fixture
def model() -> Iterator[llm.LlmServer]:
    with llm.LlmServer() as server:
        yield server


@pytest.fixture
def bot(model: llm.LlmServer, tick: Clock) -> Iterator[Bot]:
    opened = open_bot(openai_base_url=model.url)
    yield opened
    opened.store.close()


def dated(ahead: timedelta, **changes: object) -> Article:
    return article(published_at=START + ahead, **changes)


def state(store: Store, number: int) -> tuple[str, str | None]:
    with store.read() as session:
        row = session.get_one(models.Article, number)
        return str(row.state), row.reason


def preview(bot: Bot, one: Article, *, save: bool = False, drafter: str | None = None) -> tuple[list[int], str | None, list[str]]:
    """The posts, what the draft says of the model, and the holds, of `bot draft`."""
    from bot import standing
    from bot.store import drafts

    return actions.draft_now(bot, one, save=save, drafter=drafter, show=lambda session, row, kept: (
        [post.id for post in kept], drafts.latest(session, row.id)[0].problem,
        sorted({str(hold.code) for post in kept for hold in standing.shown_holds(post, known=True)}),
    ))


def test_a_publication_date_in_the_future_holds_and_then_it_goes_on_by_itself(bot: Bot, model: llm.LlmServer, tick: Clock) -> None:
    queue(bot, dated(5 * HOURS))
    assert (drafted(bot), model.requests) == ([], [])
    tick.pass_by(4.9 * 3600)
    assert (drafted(bot), model.requests) == ([], [])
    tick.pass_by(0.2 * 3600)
    assert len(drafted(bot)) == 4
    assert model.requests


def test_a_preview_under_embargo_asks_no_model_and_says_why(bot: Bot, model: llm.LlmServer, tick: Clock) -> None:
    for drafter in (None, "openai"):
        _, problem, held = preview(bot, dated(5 * HOURS), drafter=drafter)
        assert model.requests == []
        assert problem
        assert "under embargo until 2026-03-01 17:00 UTC" in problem
        assert held == ["embargo"]
    queue(bot, article(), not_before=START + HOURS)
    assert preview(bot, article())[2] == ["embargo"], "it is known, and a person said so"
    assert model.requests == []
    tick.pass_by(3601)
    _, problem, held = preview(bot, article())
    assert (bool(model.requests), problem, "embargo" in held) == (True, None, False)


def test_a_post_approved_under_embargo_goes_out_when_it_ends(bot: Bot, tick: Clock) -> None:
    (short, *_), _, _ = preview(bot, dated(5 * HOURS), save=True)
    assert actions.approve(bot, short) == START + 5 * HOURS


def test_the_policy_approves_nothing_under_embargo(model: llm.LlmServer, tick: Clock) -> None:
    bot = open_bot(auto_approve="clean")
    preview(bot, dated(5 * HOURS), save=True)
    with bot.store.read() as session:
        assert {str(posts.get(session, number).state) for number in posts.listed(session)} == {"in_review"}
    bot.store.close()


@pytest.mark.parametrize(("now", "due"), [(1 * HOURS, 1 * HOURS), (9 * HOURS, 9 * HOURS), (-2 * HOURS, timedelta()), (timedelta(days=3652), timedelta())])
def test_an_embargo_that_is_moved_or_lifted_counts_from_then_on(bot: Bot, model: llm.LlmServer, tick: Clock, now: timedelta, due: timedelta) -> None:
    queue(bot, dated(5 * HOURS))
    queue(bot, dated(now))
    tick.pass_by(due.total_seconds() - 60)
    assert due == timedelta() or drafted(bot) == []
    tick.pass_by(61)
    assert len(drafted(bot)) == 4


def test_what_states_no_date_any_more_lifts_nothing(bot: Bot, model: llm.LlmServer) -> None:
    queue(bot, dated(5 * HOURS))
    queue(bot, article())
    queue(bot, article(body=article().body + " It has two boats."))
    assert (drafted(bot), model.requests) == ([], [])


def test_a_date_years_ahead_keeps_the_text_here_and_the_posts_for_a_person(bot: Bot, model: llm.LlmServer) -> None:
    queue(bot, dated(timedelta(days=3652)))
    short, *others = drafted(bot)
    assert (len(others), model.requests) == (3, [])
    with pytest.raises(Exception, match="over 90 days ahead: a mistake"):
        actions.approve(bot, short)
    actions.approve(bot, short, override=["embargo"], reason="the site's clock is wrong")
    queue(bot, dated(-HOURS))
    assert actions.approve(bot, others[0]) == START + timedelta(seconds=240), "the date was mended: it only keeps its distance from the first"


def test_an_embargo_that_comes_after_the_approval_is_waited_for(bot: Bot, tick: Clock) -> None:
    from bot import publish
    from tests.fakes import FakePlatform

    (number,) = queue(bot, article())
    short = drafting.draft_queued(bot, tell=untroubled, drafter="extractive")[0]
    actions.approve(bot, short)
    queue(bot, dated(5 * HOURS))
    fake = FakePlatform()
    terms = publish.Terms(
        owner=bot.owner, lease_seconds=60, segment_pause=0, thread_resume=timedelta(seconds=60), may_resend=True, budget=None, sleep=lambda seconds: None,
    )
    with bot.store.read() as session:
        name = posts.get(session, short).account.name

    def published() -> int:
        publish.publish_due(bot.store, {name: fake}, terms, untroubled)
        return len(fake.taken)

    tick.pass_by(600)
    assert published() == 0
    with bot.store.read() as session:
        assert posts.get(session, short).due_at == START + 5 * HOURS
        assert str(posts.get(session, short).state) == "approved"
        assert articles.queued(session, clock.now(session)) == []
    tick.pass_by(5 * 3600)
    assert published() == 1
    assert state(bot.store, number) == ("drafted", None)


def test_the_embargo_s_hold_is_never_stored(bot: Bot, tick: Clock) -> None:
    (short, *_), _, held = preview(bot, dated(5 * HOURS), save=True)
    assert held == ["embargo"]
    with bot.store.read() as session:
        assert all(hold.code is not HoldCode.EMBARGO for hold in posts.get(session, short).holds)
        assert [str(hold.code) for hold in making._in_the_way(posts.get(session, short), tick())] == ["embargo"]


def test_an_embargo_that_is_set_while_it_waits_for_its_turn_is_seen(bot: Bot, model: llm.LlmServer) -> None:
    queue(bot, article())

    def and_then(waiting: list[int]) -> list[int]:
        queue(bot, article(), not_before=datetime(2999, 1, 1, tzinfo=START.tzinfo))
        return waiting

    assert drafting.draft_queued(bot, tell=untroubled, progress=and_then) == []
    assert model.requests == []
