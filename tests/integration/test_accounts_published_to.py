"""Accounts while publishing: what pauses them and for how long, whose they are, and where threads are not taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import approving, rescue
from bot.errors import BotError, ConfigError, HoldError, UsageError
from bot.store.states import State
from bot.values import Cause, Identity, Outcome, OutcomeKind, Request
from tests.fakes import sent
from tests.publishing import GRACE, NOT_SENT, REFUSED, START, World

BROKE = NOT_SENT.model_copy(update={"pause": "out of credit"})
NO_REPLIES = NOT_SENT.model_copy(update={"cause": Cause.REPLIES, "pause": "replies are not allowed", "detail": "X takes no replies from this app"})


def capped(world: World) -> Outcome:
    return NOT_SENT.model_copy(update={"pause": "daily cap", "pause_until": world.time.now + timedelta(hours=5)})


def test_an_answer_about_the_account_pauses_it_until_a_person_unpauses(world: World) -> None:
    first, second = world.ready("one"), world.ready("two")
    world.fake.answers = [BROKE]
    for _ in range(3):
        world.go()
        world.time.pass_(timedelta(hours=3))
    assert (len(world.fake.called), world.state(first), world.state(second)) == (1, State.APPROVED, State.APPROVED)
    assert (world.account().paused_reason, world.account().paused_until) == ("out of credit", None)
    world.unpause()
    world.go()
    assert sorted(world.fake.texts()) == ["one", "two"]


def test_a_pause_with_an_end_ends_by_itself(world: World) -> None:
    world.ready("one")
    world.fake.answers = [capped(world)]
    world.go()
    world.later(timedelta(hours=5) - timedelta(seconds=1))
    assert (len(world.fake.called), world.slept) == (1, [])
    world.later(1)
    assert world.fake.texts() == ["one"]


def test_other_accounts_go_on(world: World) -> None:
    other = world.platform("other")
    world.ready("one")
    elsewhere = world.ready("two", account="other")
    world.fake.answers = [BROKE]
    world.go()
    assert (world.fake.taken, other.texts(), world.state(elsewhere)) == ([], ["two"], State.PUBLISHED)


def test_paused_in_the_middle_of_a_thread_nothing_more_goes_out(world: World) -> None:
    post = world.ready("one", "two", "three")

    def pause(request: Request) -> None:
        if len(world.fake.taken) == 1:
            rescue.pause(world.bot, "fake", "lunch")

    world.fake.before_send = pause
    world.go()
    assert world.fake.texts() == ["one", "two"], "what was on its way, and no more"
    world.later(600)
    assert (world.state(post), world.states(post)) == (State.PUBLISHING, ["sent", "sent", "pending"])
    assert world.account().paused_reason == "ana paused it (lunch)"
    world.unpause()
    world.go()
    assert world.state(post) == State.PUBLISHED


def test_a_person_s_pause_is_not_shortened_by_a_daily_cap(world: World) -> None:
    world.ready("one")
    world.fake.before_send = lambda request: rescue.pause(world.bot, "fake")
    world.fake.answers = [capped(world)]
    world.go()
    assert (world.account().paused_reason, world.account().paused_until) == ("ana paused it", None)
    world.later(timedelta(days=2))
    assert len(world.fake.called) == 1


def test_a_long_pause_is_not_shortened_by_a_short_one(world: World) -> None:
    world.ready("one")
    world.pause("daily cap", START + timedelta(hours=9))
    world.pause("slow down", START + timedelta(hours=1))
    assert world.account().paused_until == START + timedelta(hours=9)
    world.pause("out of credit")
    assert (world.account().paused_reason, world.account().paused_until) == ("out of credit", None)


def test_pausing_a_paused_account_keeps_the_reason_it_had(world: World) -> None:
    world.make("one")
    world.pause("out of credit")
    rescue.pause(world.bot, "fake")
    assert world.account().paused_reason == "ana paused it; before that: out of credit"


def test_a_paused_account_is_not_even_asked_whose_it_is(world: World) -> None:
    world.ready("one")
    world.fake.identity = ConfigError("wrong key")
    assert [world.troubles() for _ in range(3)] == [["fake: wrong key"], [], []]
    assert (world.fake.asked, world.fake.called) == (1, [])


def test_a_platform_that_can_not_say_whose_account_it_is_is_asked_again_in_a_while_by_itself(world: World) -> None:
    post = world.ready("one")
    world.fake.identity = BotError("not to be reached")
    assert world.troubles() == ["fake: not to be reached"]
    assert world.troubles() == [], "a login at every pass would use up the day's"
    world.fake.identity = Identity(handle="fake", remote_id="fake-1")
    world.time.pass_(timedelta(minutes=5))
    world.go()
    assert world.state(post) == State.PUBLISHED


def test_whose_account_it_is_is_asked_once_for_the_same_credentials(world: World) -> None:
    world.fake.identity = Identity(handle="fake", remote_id="fake-1", cost_micros=5_000)
    for text in ("one", "two"):
        world.ready(text)
        world.go()
    assert (world.fake.asked, world.paid()) == (1, {"verify": 5_000, "post": 30_000})
    world.fake.fingerprint = "new keys of the same account"
    world.ready("three")
    world.go()
    assert (world.fake.asked, len(world.fake.taken)) == (2, 3)


def test_credentials_of_another_account_send_nothing_until_a_person_accepts_them(world: World) -> None:
    world.ready("one")
    world.go()
    post = world.ready("two")
    world.fake.fingerprint, world.fake.identity = "other keys", Identity(handle="stranger", remote_id="fake-2")
    (trouble,) = world.troubles()
    assert "@stranger" in trouble
    assert "bot accounts verify fake" in trouble
    assert (world.fake.texts(), world.state(post)) == (["one"], State.APPROVED)
    assert "@stranger" in (world.account().paused_reason or "")
    world.unpause()
    assert len(world.troubles()) == 1, "unpausing alone does not accept them"
    assert rescue.verify(world.bot, "fake").handle == "stranger"
    world.unpause()
    world.go()
    assert world.fake.texts() == ["one", "two"]
    assert (world.account().remote_id, world.account().handle) == ("fake-2", "stranger")


def test_verifying_an_account_that_is_not_there_is_a_usage_error(world: World) -> None:
    with pytest.raises(UsageError):
        rescue.verify(world.bot, "nobody")


def test_an_account_gone_from_the_configuration_keeps_its_posts_as_they_are(world: World) -> None:
    gone = world.platform("gone")
    post = world.ready("one", account="gone")
    del world.fakes["gone"]
    world.later(timedelta(days=3))
    assert (gone.called, world.state(post), world.holds(post)) == ([], State.APPROVED, [])
    world.fakes["gone"] = gone
    world.go()
    assert (gone.texts(), world.state(post)) == (["one"], State.PUBLISHED)


def test_every_account_is_named_those_that_are_not_configured_any_more_too(world: World) -> None:
    world.platform("gone")
    world.make("one")
    world.make("two", account="gone")
    del world.fakes["gone"]
    assert rescue.every_account(world.bot) == ("fake", "gone")
    for name in rescue.every_account(world.bot):
        rescue.pause(world.bot, name)
    assert world.account("gone").paused_reason == "ana paused it"
    for name in rescue.every_account(world.bot):
        rescue.unpause(world.bot, name)
    assert (world.account().paused_reason, world.account("gone").paused_reason) == (None, None)


def test_where_replies_are_refused_the_thread_stops_and_later_threads_are_held(world: World) -> None:
    thread, approved, short = world.ready("one", "two"), world.ready("three", "four"), world.ready("five")
    world.fake.answers = [sent(1), NO_REPLIES]
    world.go()
    assert (world.state(thread), world.states(thread)) == (State.STOPPED, ["sent", "pending"])
    assert (world.account().threads_off, world.account().paused_reason) == ("X takes no replies from this app", "replies are not allowed")
    world.later(3600)
    assert world.fake.texts() == ["one"], "the account is paused"
    world.unpause()
    world.go()
    assert world.fake.texts() == ["one", "five"], "short posts go on"
    assert (world.state(short), world.state(approved), world.holds(approved)) == (State.PUBLISHED, State.IN_REVIEW, ["threads_off"])
    later = world.make("six", "seven")
    with world.store.write() as session:
        from bot.store import posts

        with pytest.raises(HoldError, match="threads_off"):
            approving.approve(world.bot, session, posts.get(session, later), who="ana")


def test_unpausing_threads_lets_them_go_again(world: World) -> None:
    thread = world.ready("one", "two")
    world.fake.answers = [sent(1), NO_REPLIES]
    world.go()
    world.unpause(threads=True)
    assert world.account().threads_off is None
    rescue.resume(world.bot, thread)
    other = world.make("three", "four")
    world.approve(other)
    world.later(GRACE)
    assert (world.state(thread), world.state(other)) == (State.PUBLISHED, State.PUBLISHED)


def test_replies_refused_before_anything_is_out_fail_the_post(world: World) -> None:
    post = world.ready("one", "two")
    world.fake.answers = [NO_REPLIES]
    world.go()
    assert world.state(post) == State.FAILED


def test_threads_turned_off_in_the_settings_are_held_at_the_claim(world: World) -> None:
    post = world.ready("one", "two")
    world.fake.limits = world.fake.limits.model_copy(update={"threads": False})
    world.go()
    assert (world.fake.called, world.state(post), world.holds(post)) == ([], State.IN_REVIEW, ["threads_off"])


def test_unpausing_first_says_what_will_happen(world: World) -> None:
    old, soon, part = world.make("one"), world.make("two"), world.ready("three", "four")
    world.fake.answers = [sent(1), BROKE]
    world.go()
    world.approve(old, expires_at=world.time.now + timedelta(minutes=5))
    world.time.pass_(600)
    world.approve(soon)
    told = rescue.forecast(world.bot, "fake")
    assert (told.waiting, told.too_old, told.now, told.last) == (3, 1, 1, world.time.now + GRACE)
    world.unpause()
    world.later(GRACE)
    assert [world.state(post) for post in (old, soon, part)] == [State.MISSED, State.PUBLISHED, State.PUBLISHED]


def test_a_pause_whose_end_is_past_by_our_clock_is_no_reason_to_hammer(world: World) -> None:
    world.ready("one")
    ended = NOT_SENT.model_copy(update={"pause": "daily cap", "pause_until": world.time.now - timedelta(seconds=5)})
    world.fake.answers = [ended] * 10
    world.go()
    assert world.slept == [2.0, 4.0]


def test_a_refusal_is_about_the_post_not_the_account(world: World) -> None:
    world.ready("one")
    world.fake.answers = [REFUSED]
    world.go()
    assert (world.account().paused_reason, REFUSED.kind) == (None, OutcomeKind.REFUSED)
