"""The monthly budget: what a post costs is known before it goes out, and what would cost too much does not go."""

from __future__ import annotations

import time as wall
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot import actions, budget, clock, config, context, drafting, making, publish
from bot.context import Bot
from bot.errors import BotError
from bot.store import models, posts, spending
from bot.store.states import State
from bot.values import Article, HoldCode
from tests.fakes import FakePlatform, Lost
from tests.publishing import GRACE, REFUSED, UNKNOWN, Time
from tests.rows import at_once

WITH_LINK, WITHOUT = 200_000, 15_000
"""What a short post costs on X, in micro-dollars."""
NEWS = (
    ("Kestrel Bay Keeps Its Ferry Free", "The town council of Kestrel Bay voted on Monday to keep its harbor ferry free. The ferry carried 412,000 riders."),
    ("Marlow Opens a Night School", "The school board of Marlow opened a night school for adults on Tuesday. Some 85 people signed up on the first day."),
    ("Dunmore Plants a Forest", "Volunteers in Dunmore planted a forest of 3,000 oaks on Wednesday. The last one went in at dusk, in light rain."),
)


class Desk:
    """A bot with an account on X, whose sends go to a fake."""

    def __init__(self, url: str, time: Time, dollars: float, policy: str = "hold") -> None:
        self.time, self.fakes = time, {"x": FakePlatform(looks=(15.0,))}
        settings = config.load(database_url=url, x_budget_usd=Decimal(str(dollars)), over_budget=policy, user="ana", timezone="Europe/Berlin")
        self.bot = context.open_bot(settings)

    @property
    def fake(self) -> FakePlatform:
        return self.fakes["x"]

    def ready(self, which: int = 0) -> int:
        """An approved short post with a link, due."""
        title, body = NEWS[which]
        article = Article(title=title, body=body, language="en", url=f"https://example.com/{which}")
        with self.bot.store.write() as session:
            making.store_article(session, article)
        made = drafting.draft_queued(self.bot, tell=untroubled)
        (post,) = [number for number in made if self.post(number).account.platform == "x"]
        assert spending.cost(self.post(post).revision.content, [0]) == WITH_LINK
        actions.approve(self.bot, post)
        self.time.pass_(GRACE)
        return post

    def go(self, bot: Bot | None = None, **fakes: FakePlatform) -> None:
        terms = publish.Terms(
            owner=(bot or self.bot).owner, lease_seconds=60, segment_pause=0, budget=budget.of(self.bot), sleep=lambda seconds: None
        )
        publish.publish_due(self.bot.store, fakes or self.fakes, terms, untroubled)

    def post(self, number: int) -> models.Post:
        with self.bot.store.read() as session:
            row = posts.get(session, number)
            assert [row.account, row.revision, row.events]
            return row

    def spent(self) -> int:
        with self.bot.store.read() as session:
            return spending.spent(session, budget.month(self.bot, self.time.now)).get("x", 0)

    def holds(self, number: int) -> list[str]:
        return [str(hold.code) for hold in self.post(number).holds]


def untroubled(where: str, error: BotError) -> None:
    raise AssertionError(f"{where}: {error}")


@pytest.fixture
def desks(database_url: str, time: Time) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def opened(dollars: float, policy: str = "hold") -> Desk:
        made.append(Desk(database_url, time, dollars, policy))
        return made[-1]

    yield opened
    for desk in made:
        desk.bot.store.close()


def test_what_fits_goes_out_and_is_paid(desks: Callable[..., Desk]) -> None:
    desk = desks(0.2)
    post = desk.ready()
    desk.go()
    assert (desk.post(post).state, desk.spent()) == (State.PUBLISHED, WITH_LINK)


def test_what_would_cost_more_goes_back_with_a_hold(desks: Callable[..., Desk]) -> None:
    desk = desks(0.39)
    first, second = desk.ready(0), desk.ready(1)
    desk.go()
    desk.go()
    assert (desk.post(first).state, desk.post(second).state, desk.holds(second)) == (State.PUBLISHED, State.IN_REVIEW, [HoldCode.BUDGET])
    assert (desk.spent(), len(desk.fake.called)) == (WITH_LINK, 1)
    assert "$0.20 of this month's budget of $0.39" in desk.post(second).holds[0].detail


def test_a_person_may_let_it_pass(desks: Callable[..., Desk]) -> None:
    desk = desks(0.1)
    post = desk.ready()
    desk.go()
    actions.approve(desk.bot, post, override=["budget"], reason="worth it")
    desk.time.pass_(GRACE)
    desk.go()
    assert (desk.post(post).state, desk.spent()) == (State.PUBLISHED, WITH_LINK)


def test_next_month_it_goes(desks: Callable[..., Desk]) -> None:
    desk = desks(0.39)
    desk.ready(0)
    desk.go()
    desk.time.now = datetime(2026, 11, 30, 22, 50, tzinfo=UTC)
    post = desk.ready(1)
    assert desk.time.now < datetime(2026, 11, 30, 23, tzinfo=UTC), "November in Berlin"
    desk.time.now = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert desk.spent() == 0, "December has begun in Berlin"
    desk.go()
    assert (desk.post(post).state, desk.spent()) == (State.PUBLISHED, WITH_LINK)


def test_without_its_link_it_is_cheaper_and_goes(desks: Callable[..., Desk]) -> None:
    desk = desks(0.3, "nolink")
    first, second = desk.ready(0), desk.ready(1)
    desk.go()
    assert [desk.post(post).state for post in (first, second)] == [State.PUBLISHED, State.PUBLISHED], "in one pass"
    assert ["https://example.com/0" in desk.fake.texts()[0], "https://" in desk.fake.texts()[1]] == [True, False]
    assert desk.spent() == WITH_LINK + WITHOUT
    bare = desk.post(second)
    assert (bare.revision_n, bare.approved_by) == (2, "policy over budget (approved by ana)")
    assert bare.revision.approval_hash == bare.approved_hash
    assert any("without its link" in event.what for event in bare.events)


def test_without_its_link_it_may_still_be_too_dear(desks: Callable[..., Desk]) -> None:
    desk = desks(0.21, "nolink")
    desk.ready(0)
    post = desk.ready(1)
    for _ in range(4):
        desk.go()
    assert (desk.post(post).state, desk.holds(post), desk.spent()) == (State.IN_REVIEW, [HoldCode.BUDGET], WITH_LINK)


def test_a_person_s_edit_is_not_rewritten_to_save_money(desks: Callable[..., Desk]) -> None:
    desk = desks(0.1, "nolink")
    post = desk.ready()
    actions.edit(desk.bot, post, "Kestrel Bay keeps its harbor ferry free. https://example.com/0")
    actions.approve(desk.bot, post)
    desk.time.pass_(GRACE)
    desk.go()
    assert (desk.post(post).state, desk.holds(post), desk.fake.called) == (State.IN_REVIEW, [HoldCode.BUDGET], [])


def test_it_can_be_skipped(desks: Callable[..., Desk]) -> None:
    desk = desks(0.1, "skip")
    post = desk.ready()
    desk.go()
    assert (desk.post(post).state, desk.fake.called) == (State.CANCELLED, [])
    assert any("budget" in (event.why or "") for event in desk.post(post).events)


def test_what_is_on_its_way_counts(desks: Callable[..., Desk]) -> None:
    desk = desks(0.39)
    first = desk.ready(0)
    desk.fake.answers = [Lost(UNKNOWN)]
    desk.fake.finds = [REFUSED]
    desk.go()
    desk.time.pass_(timedelta(seconds=15))
    desk.go()
    assert (desk.post(first).state, desk.spent()) == (State.UNCERTAIN, 0)
    second = desk.ready(1)
    desk.go()
    assert (desk.post(second).state, desk.holds(second)) == (State.IN_REVIEW, [HoldCode.BUDGET])


def test_reading_and_asking_count_too(desks: Callable[..., Desk]) -> None:
    desk = desks(0.4)
    desk.ready(0)
    desk.fake.answers, desk.fake.read_cost = [UNKNOWN], 5_000
    desk.go()
    desk.time.pass_(timedelta(seconds=15))
    desk.go()
    assert desk.spent() == WITH_LINK + 5_000
    second = desk.ready(1)
    desk.go()
    assert desk.holds(second) == [HoldCode.BUDGET]


def test_two_workers_can_not_both_take_the_last_dollar(database_url: str, time: Time) -> None:
    Path("bot.toml").write_text("[accounts.a]\nplatform = 'x'\n\n[accounts.b]\nplatform = 'x'\n")
    desk = Desk(database_url, time, 0.2)
    store = desk.bot.store
    with store.write() as session:
        making.store_article(session, Article(title=NEWS[0][0], body=NEWS[0][1], language="en", url="https://example.com/0"))
    made = drafting.draft_queued(desk.bot, tell=untroubled)
    for post in made:
        actions.approve(desk.bot, post, override=["duplicate"], reason="on both accounts")
    time.pass_(2 * GRACE)  # both are due: the posts of an article are spread by as much
    limit = budget.of(desk.bot)
    assert limit is not None
    assert len(made) == 2

    def slowly(now: datetime) -> datetime:
        """As if counting took long: two who count at the same time see the same."""
        wall.sleep(0.3)
        return limit.since(now)

    fakes = {name: FakePlatform() for name in ("a", "b")}

    def work(name: str) -> None:
        terms = publish.Terms(owner=name, lease_seconds=60, segment_pause=0, budget=replace(limit, since=slowly))
        publish.publish_due(store, {name: fakes[name]}, terms, untroubled)

    at_once(lambda: work("a"), lambda: work("b"))
    assert sum(len(fake.taken) for fake in fakes.values()) == 1
    assert sorted(str(desk.post(post).state) for post in made) == ["in_review", "published"]
    assert desk.spent() == WITH_LINK
    store.close()


def test_without_a_limit_nothing_is_counted(database_url: str) -> None:
    bot = context.open_bot(config.load(database_url=database_url))
    assert budget.of(bot) is None
    assert budget.month(bot, clock.now()).day == 1
    bot.store.close()
