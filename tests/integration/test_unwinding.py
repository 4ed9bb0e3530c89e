"""Threads that stopped, and what a person does about them: resume, abandon, retry, unwind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import rescue
from bot.context import Bot
from bot.errors import HoldError, StateError
from bot.store.states import State
from bot.values import HoldCode, Identity, Outcome, OutcomeKind, Remote, Request
from tests.fakes import Lost, sent
from tests.publishing import GRACE, NOT_SENT, REFUSED, UNKNOWN, World


def much_later(world: World) -> Callable[[Request], Outcome]:
    return lambda request: NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(minutes=31)})


def stopped(world: World, *texts: str) -> int:
    """A thread whose first segment is out, and whose rest stopped."""
    post = world.ready(*texts)
    world.fake.answers = [sent(1), REFUSED]
    world.go()
    assert world.state(post) == State.STOPPED
    return post


def published(world: World, *texts: str) -> int:
    post = world.ready(*texts)
    world.go()
    assert world.state(post) == State.PUBLISHED
    return post


def gone(world: World, post: int) -> list[bool]:
    return [remote.deleted for row in world.post(post).revision.deliveries for remote in row.remote]


# --- interrupted, resumed, abandoned ---


def test_a_thread_that_stood_still_for_too_long_stops_and_goes_on_when_resumed(world: World) -> None:
    post = world.ready("one", "two", "three")
    world.fake.answers = [sent(1), much_later(world)]
    world.go()
    world.later(timedelta(minutes=31))
    assert (world.fake.texts(), world.state(post)) == (["one"], State.STOPPED)
    world.later(timedelta(days=1))
    assert world.fake.texts() == ["one"]
    assert rescue.resume(world.bot, post) == State.PUBLISHING
    world.go()
    assert (world.fake.texts(), world.state(post)) == (["one", "two", "three"], State.PUBLISHED)


def test_a_shorter_interruption_is_none(world: World) -> None:
    post = world.ready("one", "two")
    world.fake.answers = [sent(1), lambda request: NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(minutes=30)})]
    world.go()
    world.later(timedelta(minutes=30))
    assert world.state(post) == State.PUBLISHED


def test_a_post_of_which_nothing_is_out_never_stands_still_for_too_long(world: World) -> None:
    post = world.ready("one", "two")
    world.fake.answers = [much_later(world)]
    world.go()
    world.later(timedelta(days=2))
    assert world.state(post) == State.PUBLISHED


def test_resuming_tries_the_refused_segment_once_more(world: World) -> None:
    post = stopped(world, "one", "two", "three")
    assert rescue.resume(world.bot, post) == State.PUBLISHING
    world.go()
    assert (world.fake.texts(), world.state(post)) == (["one", "two", "three"], State.PUBLISHED)


def test_an_abandoned_thread_stays_as_it_is(world: World) -> None:
    post = stopped(world, "one", "two")
    rescue.abandon(world.bot, post, "it reads well alone")
    for _ in range(3):
        world.later(timedelta(hours=5))
    assert (world.fake.texts(), world.state(post), world.fake.deleted) == (["one"], State.ABANDONED, [])
    with pytest.raises(StateError):
        rescue.resume(world.bot, post)


def test_a_failed_post_is_retried_as_it_was_approved(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [REFUSED]
    world.go()
    assert rescue.retry(world.bot, post) == world.time.now + GRACE
    world.go()
    assert world.fake.taken == []
    world.later(GRACE)
    assert (world.fake.texts(), world.state(post)) == (["one"], State.PUBLISHED)
    assert world.fake.called[0] == world.fake.called[1]


# --- taken down ---


def test_a_thread_is_taken_down_newest_first_and_it_is_paid_for(world: World) -> None:
    post = published(world, "one", "two", "three")
    world.fake.delete_cost = 10_000
    rescue.unwind(world.bot, post, "a wrong number")
    assert world.go() == [post]
    assert (world.fake.deleted, gone(world, post), world.state(post)) == (["3", "2", "1"], [True] * 3, State.WITHDRAWN)
    assert world.history(post).count("deleted") == 3
    assert world.paid() == {"post": 45_000, "delete": 30_000}
    assert world.post(post).unwind_at is None
    world.go()
    assert len(world.fake.deleted) == 3


def test_a_delivery_of_many_messages_is_taken_down_newest_first(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [Outcome(kind=OutcomeKind.SENT, remote=tuple(Remote(id=name, url="") for name in "abc"))]
    world.go()
    rescue.unwind(world.bot, post)
    world.go()
    assert (world.fake.deleted, world.state(post)) == (["c", "b", "a"], State.WITHDRAWN)


def test_a_crash_in_the_middle_goes_on_where_it_was(world: World) -> None:
    post = published(world, "one", "two", "three")
    world.fake.deletes = [sent(0), KeyboardInterrupt()]
    rescue.unwind(world.bot, post)
    with pytest.raises(KeyboardInterrupt):
        world.go()
    assert gone(world, post) == [False, False, True]
    world.go("another machine")
    assert (world.fake.deleted, world.state(post)) == (["3", "2", "2", "1"], State.WITHDRAWN)


@pytest.mark.parametrize("answer", [NOT_SENT, UNKNOWN], ids=["not sent", "unknown"])
def test_a_deletion_without_a_clear_answer_is_tried_again_at_growing_spans(world: World, answer: Outcome) -> None:
    post = published(world, "one")
    world.fake.deletes = [answer] * 4
    rescue.unwind(world.bot, post)
    spans = []
    for _ in range(4):
        world.go()
        then = world.post(post).unwind_at
        assert then is not None
        spans.append((then - world.time.now).total_seconds())
        world.go()
        world.time.now = then
    assert spans == [2, 4, 8, 16]
    world.go()
    assert (world.fake.deleted, world.state(post)) == (["1"], State.WITHDRAWN)


def test_a_refused_deletion_ends_it_with_the_reason(world: World) -> None:
    post = published(world, "one", "two")
    world.fake.deletes = [sent(0), REFUSED.model_copy(update={"detail": "it is under legal hold"})]
    rescue.unwind(world.bot, post)
    (trouble,) = world.troubles()
    assert "it is under legal hold" in trouble
    assert (world.state(post), gone(world, post), world.post(post).unwind_at) == (State.PUBLISHED, [False, True], None)
    world.go()
    assert len(world.fake.deleted) == 1
    rescue.unwind(world.bot, post)
    world.go()
    assert (world.fake.deleted, world.state(post)) == (["2", "1"], State.WITHDRAWN)


def test_words_are_free_again_when_all_of_the_post_is_deleted_and_not_before(world: World) -> None:
    post = published(world, "The ferry stays free for another year, the council said", "Riders cheered")
    again = world.make("The ferry stays free for another year, the council said", "Riders cheered")
    assert [hold.code for hold in world.post(again).holds] == [HoldCode.DUPLICATE]
    world.fake.deletes = [sent(0), REFUSED]
    rescue.unwind(world.bot, post)
    world.troubles()
    with pytest.raises(HoldError, match="the same words"):
        world.approve(again)
    rescue.unwind(world.bot, post)
    world.go()
    assert world.state(post) == State.WITHDRAWN
    world.approve(again)
    assert world.post(again).holds == ()
    world.time.pass_(GRACE)
    world.go()
    assert world.state(again) == State.PUBLISHED


def test_a_deletion_whose_account_is_paused_waits(world: World) -> None:
    post = published(world, "one")
    world.fake.deletes = [NOT_SENT.model_copy(update={"pause": "out of credit"})]
    rescue.unwind(world.bot, post)
    world.go()
    world.later(timedelta(days=1))
    assert (world.fake.deleted, world.state(post)) == ([], State.PUBLISHED)
    world.unpause()
    world.go()
    assert world.state(post) == State.WITHDRAWN


@pytest.mark.parametrize("out", [True, False])
def test_what_is_uncertain_is_looked_for_before_it_is_taken_down(world: World, out: bool) -> None:
    post = world.ready("one", "two", "three")
    world.fake.answers = [sent(1), UNKNOWN if out else Lost(UNKNOWN)]
    world.go()
    assert world.state(post) == State.UNCERTAIN
    world.fake.read_cost = 5_000
    world.time.pass_(300)
    rescue.unwind(world.bot, post)
    world.go()
    assert len(world.fake.sought) == 1
    assert (world.fake.deleted, world.state(post)) == (["2", "1"] if out else ["1"], State.WITHDRAWN)
    assert world.paid() == {"read": 5_000, "post": 30_000 if out else 15_000}


def test_what_does_not_show_yet_is_not_believed_to_be_gone(world: World) -> None:
    post = world.ready("one")
    world.fake.answers, world.fake.visible = [UNKNOWN], False
    world.go()
    rescue.unwind(world.bot, post)
    world.go()
    assert world.state(post) == State.UNCERTAIN
    world.fake.visible = True
    world.later(300)
    assert (world.fake.deleted, world.state(post)) == (["1"], State.WITHDRAWN)


def test_a_look_that_can_settle_nothing_ends_the_taking_down(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [UNKNOWN]
    world.go()
    world.fake.finds = [REFUSED.model_copy(update={"detail": "no access to reading"})]
    rescue.unwind(world.bot, post)
    assert "no access to reading" in world.troubles()[0]
    assert (world.state(post), world.fake.deleted) == (State.UNCERTAIN, [])


def test_what_may_be_out_as_another_account_is_not_believed_to_be_gone(world: World) -> None:
    """The keys are another account's by now: that it is not in their timeline says nothing."""
    post = world.ready("one")
    world.fake.answers = [UNKNOWN]
    world.go()
    mine, elsewhere = world.fake, world.platform()
    elsewhere.fingerprint, elsewhere.identity = "keys of another", Identity(handle="another", remote_id="fake-9")
    rescue.verify(world.bot, "fake")
    world.time.pass_(timedelta(hours=1))
    rescue.unwind(world.bot, post)
    (trouble,) = world.troubles()
    assert "can not be told whether segment 1 is out" in trouble
    assert "as another account" in trouble
    assert (world.state(post), world.post(post).unwind_at, elsewhere.sought) == (State.UNCERTAIN, None, [])
    world.platform().fingerprint = "mine again"
    world.fakes["fake"].taken = mine.taken
    rescue.verify(world.bot, "fake")
    rescue.unwind(world.bot, post)
    world.go()
    assert (world.fakes["fake"].deleted, world.state(post)) == (["1"], State.WITHDRAWN)


def test_what_is_changed_since_it_was_sent_is_not_looked_for_to_be_taken_down(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [UNKNOWN]
    world.go()
    world.change(post, lambda row: setattr(row.revision.deliveries[0], "request", "{}"))
    world.time.pass_(timedelta(hours=1))
    rescue.unwind(world.bot, post)
    assert "can not be told whether segment 1 is out" in world.troubles()[0]
    assert (world.state(post), world.states(post), world.fake.sought) == (State.UNCERTAIN, ["unknown"], [])


def test_while_it_is_taken_down_nothing_of_it_goes_out(world: World) -> None:
    post = stopped(world, "one", "two")
    world.fake.deletes = [NOT_SENT]
    rescue.unwind(world.bot, post)
    world.go()
    for act in (rescue.resume, rescue.abandon):
        with pytest.raises(StateError, match="taken down"):
            act(world.bot, post)
    world.later(60)
    assert (world.fake.texts(), world.state(post)) == (["one"], State.WITHDRAWN)


def test_what_is_uncertain_and_taken_down_can_not_be_resolved_into_going_out(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [Lost(UNKNOWN)]
    world.go()
    world.fake.finds = [UNKNOWN]
    rescue.unwind(world.bot, post)
    world.go()
    with pytest.raises(StateError, match="taken down"):
        world.resolve(post)
    world.later(timedelta(hours=2))
    assert (world.fake.taken, world.state(post)) == ([], State.WITHDRAWN)


def test_what_can_not_be_out_can_not_be_taken_down(world: World) -> None:
    post = world.ready("one")
    with pytest.raises(StateError, match="can be taken down"):
        rescue.unwind(world.bot, post)


def test_a_stop_ends_the_taking_down_between_two_messages(world: World) -> None:
    post = published(world, "one", "two")
    rescue.unwind(world.bot, post)
    world.go(stopping=lambda: len(world.fake.deleted) == 1)
    assert world.fake.deleted == ["2"]
    world.go()
    assert (world.fake.deleted, world.state(post)) == (["2", "1"], State.WITHDRAWN)


@pytest.mark.parametrize("what", [rescue.abandon, rescue.unwind])
def test_a_paused_thread_that_is_partly_out_need_not_go_on_first(world: World, what: Callable[[Bot, int], None]) -> None:
    post = world.ready("one", "two", "three")
    world.fake.answers = [sent(1), NOT_SENT.model_copy(update={"pause": "out of credit"})]
    world.go()
    assert world.state(post) == State.PUBLISHING
    what(world.bot, post)
    world.unpause()
    world.go()
    assert world.state(post) == (State.ABANDONED if what is rescue.abandon else State.WITHDRAWN)
    assert world.fake.texts() == ["one"]
