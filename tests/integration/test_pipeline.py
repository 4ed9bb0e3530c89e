"""The flow around the stages: what changed articles, missing parts and impatient hosts do to queue and posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import actions, clock, config, context, drafting, making, pipeline
from bot.context import Bot
from bot.errors import BotError, ConfigError, StoreError
from bot.prompts import SHIPPED
from bot.store import accounts, db, models, posts
from bot.store.states import ArticleState, State
from bot.values import Article, FaqPair, HoldCode
from tests.servers import llm

TEXT = "The town council of Kestrel Bay voted on Monday to keep its harbor ferry free for another year. The ferry carried 412,000 riders."

OTHER: dict[str, object] = {
    "body": "The library of Marlow opens on Sundays from May, its director said. Two hundred readers had asked for it in a petition last winter.",
    "faq": (FaqPair(question="When is the library open on Sundays?", answer="The library opens at noon on Sundays and closes at six."),),
}
"""What another article says."""


def article(**changes: object) -> Article:
    fields: dict[str, object] = {
        "title": "Kestrel Bay Keeps Its Ferry Free", "body": TEXT, "language": "en", "url": "https://example.com/ferry",
        "faq": (FaqPair(question="Who rides free?", answer="Everyone rides free, residents and visitors alike."),),
    }
    return Article(**{**fields, **changes})


def open_bot(**flags: object) -> Bot:
    return context.open_bot(config.load(**flags))


@pytest.fixture
def bot() -> Iterator[Bot]:
    opened = open_bot()
    yield opened
    opened.store.close()


def untroubled(where: str, error: BotError) -> None:
    raise AssertionError(f"{where}: {error}")


def queue(bot: Bot, *written: Article, not_before: datetime | None = None) -> list[int]:
    with bot.store.write() as session:
        return [making.store_article(session, one, not_before=not_before).id for one in written]


def drafted(bot: Bot) -> list[int]:
    return drafting.draft_queued(bot, tell=untroubled)


def shown(bot: Bot) -> dict[int, tuple[str, list[str]]]:
    with bot.store.read() as session:
        return {
            post.id: (str(post.state), [str(hold.code) for hold in post.holds])
            for post in (posts.get(session, number) for number in posts.listed(session))
        }


def article_state(bot: Bot, article_id: int) -> tuple[str, str | None]:
    with bot.store.read() as session:
        row = session.get_one(models.Article, article_id)
        return str(row.state), row.reason


def test_the_same_article_again_changes_nothing(bot: Bot) -> None:
    queue(bot, article())
    made = drafted(bot)
    actions.approve(bot, made[0])
    queue(bot, article(), article(url="https://www.example.com/ferry/?utm_source=feed"))
    assert drafted(bot) == []
    assert shown(bot)[made[0]] == ("approved", [])


def test_a_changed_article_takes_its_waiting_posts_back_before_anything_else_happens(bot: Bot) -> None:
    queue(bot, article())
    short, *_ = made = drafted(bot)
    for post in made:
        actions.approve(bot, post)
    queue(bot, article(body=TEXT.replace("412,000", "214,000"), faq=()))
    assert list(shown(bot).values()) == [("in_review", ["article_changed"])] * 4
    assert sorted(drafted(bot)) == [1, 2], "the short posts are written anew; there is no FAQ any more"
    with bot.store.read() as session:
        assert "214,000" in posts.get(session, short).revision.content.segments[0].text
    states = shown(bot)
    assert states[1] == states[2] == ("in_review", [])
    assert states[3] == states[4] == ("in_review", ["article_changed"]), "the old FAQ does not go out by itself"


def test_a_person_s_edit_is_held_not_overwritten(bot: Bot) -> None:
    queue(bot, article())
    short = drafted(bot)[0]
    actions.edit(bot, short, "Kestrel Bay keeps its ferry free.", segment=1)
    queue(bot, article(body=TEXT.replace("412,000", "421,000")))
    drafted(bot)
    with bot.store.read() as session:
        post = posts.get(session, short)
        assert post.revision.content.segments[0].text == "Kestrel Bay keeps its ferry free."
        assert [hold.code for hold in post.holds] == [HoldCode.ARTICLE_CHANGED]


def test_a_change_that_makes_no_post_wrong_takes_no_approval_back(bot: Bot) -> None:
    (number,) = queue(bot, article())
    made = drafted(bot)
    for post in made:
        actions.approve(bot, post)
    queue(bot, article(body=TEXT.replace("voted", "has voted") + " It runs every day.\n\nA new boat is on order."))
    assert drafted(bot) == [], "nothing is written anew"
    assert list(shown(bot).values()) == [("approved", [])] * 4
    with bot.store.read() as session:
        assert "It runs every day." in session.get_one(models.Article, number).body


def test_a_sentence_that_a_post_rests_on_is_missed_when_it_is_gone(bot: Bot) -> None:
    wanted = "Residents ride for nothing on both harbor lines all year round."
    queue(bot, article(body=f"{wanted} The town council of Kestrel Bay met in the old hall."))
    short = drafted(bot)[0]
    actions.approve(bot, short)
    with bot.store.read() as session:
        assert wanted in {one.text for segment in posts.get(session, short).revision.content.segments for one in segment.evidence}
    queue(bot, article(body="The town council of Kestrel Bay met in the old hall."))
    with bot.store.read() as session:
        post = posts.get(session, short)
        assert (str(post.state), post.holds[0].code) == ("in_review", HoldCode.ARTICLE_CHANGED)
        assert wanted in post.holds[0].detail


def test_what_changed_is_said_with_the_hold(bot: Bot) -> None:
    queue(bot, article())
    short = drafted(bot)[0]
    actions.approve(bot, short)
    queue(bot, article(title="Kestrel Bay Ends Its Free Ferry", body=TEXT.replace("412,000", "421,000")))
    with bot.store.read() as session:
        (hold,) = posts.get(session, short).holds
    assert hold.detail.startswith('title was "Kestrel Bay Keeps Its Ferry Free", is "Kestrel Bay Ends Its Free Ferry"; "412,000 riders" is now "421,000 riders" (s2)')


def test_an_article_that_says_it_is_withdrawn_is_not_drafted_again(bot: Bot) -> None:
    (number,) = queue(bot, article())
    made = drafted(bot)
    queue(bot, article(body=f"{TEXT}\n\nThis article has been retracted: its figures were made up."))
    assert drafted(bot) == []
    assert list(shown(bot).values()) == [("in_review", ["article_changed"])] * len(made)
    state, reason = article_state(bot, number)
    assert state == "withdrawn"
    assert "This article has been retracted" in (reason or "")
    queue(bot, article())
    assert drafted(bot) == made, "it stands again"
    assert list(shown(bot).values()) == [("in_review", [])] * len(made)


def test_a_thread_is_not_thrown_away_by_editing_it_as_one_text(bot: Bot) -> None:
    queue(bot, article())
    thread = drafted(bot)[2]
    with pytest.raises(BotError, match="--segment"):
        actions.edit(bot, thread, "foo")
    with bot.store.read() as session:
        assert len(posts.get(session, thread).revision.content.segments) == 2


def test_an_article_no_account_takes_costs_nothing() -> None:
    Path("bot.toml").write_text("[accounts.de]\nplatform = 'bluesky'\nhandle = 'a.example.com'\nlanguages = ['de']\n")
    with llm.LlmServer() as server:
        bot = open_bot(openai_base_url=server.url)
        (number,) = queue(bot, article())
        assert drafted(bot) == []
        assert server.requests == []
        assert article_state(bot, number) == ("drafted", "no account takes it: other languages than en (de)")
        bot.store.close()


def test_a_layout_that_can_not_be_used_is_found_before_a_model_is_paid(tmp_path: Path) -> None:
    import shutil

    mine = tmp_path / "prompts"
    shutil.copytree(SHIPPED[0], mine)
    (mine / "layout" / "x.faq.j2").write_text("{{ nothing_of_this_name }}")
    with llm.LlmServer() as server:
        bot = open_bot(openai_base_url=server.url, prompts_dir=mine)
        (number,) = queue(bot, article())
        with pytest.raises(ConfigError, match=r"x\.faq\.j2"):
            drafted(bot)
        assert server.requests == []
        assert article_state(bot, number) == ("queued", None)
        bot.store.close()


def test_an_embargo_holds_the_draft_and_later_the_post(bot: Bot) -> None:
    later = datetime.now(UTC) + timedelta(hours=5)
    queue(bot, article(), not_before=later)
    assert drafted(bot) == [], "the text does not leave for a drafter before its time"
    saved = actions.draft_now(
        bot, article(), save=True, show=lambda session, row, kept: [post.id for post in kept]
    )
    assert actions.approve(bot, saved[0]) == later


def test_trouble_with_the_database_is_not_the_article_s_fault(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    (number,) = queue(bot, article())

    def locked(*_: object, **__: object) -> None:
        raise StoreError("the database is locked")

    monkeypatch.setattr(making, "keep", locked)
    troubles: list[str] = []
    assert drafting.draft_queued(bot, tell=lambda where, error: troubles.append(str(error))) == []
    assert troubles == ["the database is locked"]
    assert article_state(bot, number) == ("queued", None)


def test_one_article_that_can_not_be_drafted_does_not_stop_the_others(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = queue(bot, article(), article(title="Another", url="https://example.com/2", **OTHER))
    compose = making.compose

    def fails_once(bot: Bot, one: Article, **more: object) -> object:
        if one.title != "Another":
            raise ValueError("a hostile article")
        return compose(bot, one, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "compose", fails_once)
    troubles: list[str] = []
    made = drafting.draft_queued(bot, tell=lambda where, error: troubles.append(f"{where}: {error}"))
    assert len(made) == 4
    assert len(troubles) == 1
    assert "a hostile article" in troubles[0]
    assert article_state(bot, first) == ("failed", "a hostile article")
    monkeypatch.undo()
    queue(bot, article())
    assert len(drafted(bot)) == 4, "asked for again, it is tried again"


def test_a_stop_is_heard_between_articles(bot: Bot) -> None:
    queue(bot, article(), article(title="Another", url="https://example.com/2", **OTHER))
    answers = iter([False, True])
    assert len(drafting.draft_queued(bot, tell=untroubled, stopping=lambda: next(answers))) == 4
    with bot.store.read() as session:
        states = [row.state for row in session.query(models.Article).order_by(models.Article.id)]
    assert states == [ArticleState.DRAFTED, ArticleState.QUEUED]


def test_policy_clean_approves_what_is_clean_only() -> None:
    bot = open_bot(auto_approve="clean")
    queue(bot, article(), article(title="No Address", url=None, **OTHER))
    drafted(bot)
    assert {(state, tuple(holds)) for state, holds in shown(bot).values()} == {("approved", ()), ("in_review", ())}
    with bot.store.read() as session:
        for post in (posts.get(session, number) for number in posts.listed(session)):
            assert (post.state == State.APPROVED) == (post.warnings == ())
    bot.store.close()


def test_the_policy_approves_when_all_posts_are_there_account_by_account_in_one_order() -> None:
    """Each approval locks its account: workers that took them in the order of their configuration could wait for one another."""
    with db.open_store(config.load().database) as store, store.write() as session:
        for name in ("bluesky", "x"):  # the other way round than they are configured
            accounts.ensure(session, name=name, platform=name, handle=None)
    bot = open_bot(auto_approve="clean")
    queue(bot, article())
    assert len(drafted(bot)) == 4
    with bot.store.read() as session:
        by_policy = session.query(models.Event).filter_by(who=making.POLICY).order_by(models.Event.id).all()
        whose = [posts.get(session, event.post_id).account_id for event in by_policy]
        written = session.query(models.Event.id).filter(models.Event.who != making.POLICY).all()
    assert len(whose) == 4
    assert whose == sorted(whose)
    assert max(number for number, in written) < min(event.id for event in by_policy)
    bot.store.close()


def test_the_samples_posts_are_never_approved_until_it_is_the_users_own() -> None:
    bot = open_bot(auto_approve="clean")
    pipeline.run(bot, tell=untroubled, dry_run=True, sample=True)
    assert {state for state, _ in shown(bot).values()} == {"in_review"}
    with pytest.raises(BotError, match="sample"):
        actions.approve(bot, 1)
    bot.store.close()


def test_what_is_approved_and_due_waits_for_credentials(bot: Bot) -> None:
    queue(bot, article())
    post = drafted(bot)[0]
    actions.approve(bot, post)
    clock.replace(lambda: datetime.now(UTC) + timedelta(days=1))
    try:
        assert pipeline.publish_due(bot, tell=untroubled) == []
    finally:
        clock.replace(None)
    assert shown(bot)[post][0] == "approved"
