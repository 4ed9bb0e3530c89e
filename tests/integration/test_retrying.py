"""What is proven not sent is tried again: soon and under the lease, or later by its row; nothing of its right to go is taken for granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot import clock
from bot.store import posts
from bot.store.states import State
from bot.values import Outcome, Request
from tests.fakes import sent
from tests.publishing import NOT_SENT, World


def limited(world: World, seconds: float) -> Callable[[Request], Outcome]:
    """Not sent; again after so many seconds."""
    return lambda request: NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(seconds=seconds)})


def test_a_short_wait_is_sat_out_within_the_pass(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [NOT_SENT]
    world.go()
    assert (world.slept, world.state(post), world.fake.texts()) == ([2.0], State.PUBLISHED, ["one"])


def test_there_are_three_tries_within_a_pass_and_then_it_is_written_down(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [NOT_SENT] * 5
    world.go()
    assert (world.slept, len(world.fake.called)) == ([2.0, 4.0], 3)
    assert (world.state(post), world.post(post).due_at) == (State.APPROVED, world.time.now + timedelta(seconds=8))
    world.go()
    assert len(world.fake.called) == 3, "not before its new time"


@pytest.mark.parametrize(("wait", "sat_out"), [(20, True), (20.5, False), (900, False)])
def test_only_waits_up_to_a_third_of_the_lease_are_sat_out(world: World, wait: float, sat_out: bool) -> None:
    post = world.ready("one")
    world.fake.answers = [limited(world, wait)]
    then = world.time.now + timedelta(seconds=wait)
    world.go()
    if sat_out:
        assert (world.slept, world.state(post)) == ([wait], State.PUBLISHED)
    else:
        assert (world.slept, world.state(post), world.post(post).due_at) == ([], State.APPROVED, then)
        world.later(wait)
        assert world.fake.texts() == ["one"]


def test_it_goes_again_with_the_same_request_created_at_the_same_time(world: World) -> None:
    post = world.ready("one")
    begin = world.time.now
    world.fake.answers = [limited(world, 3600)]
    world.go()
    world.later(3600)
    assert world.fake.called[0] == world.fake.called[1]
    assert (world.delivery(post).fixed_at, world.delivery(post).tries) == (begin, 2)


def test_a_thread_goes_on_at_its_first_unsent_segment_on_any_machine(world: World) -> None:
    post = world.ready("one", "two", "three")
    world.fake.answers = [sent(1), limited(world, 1200)]
    world.go()
    assert (world.state(post), world.states(post)) == (State.PUBLISHING, ["sent", "pending", "pending"])
    world.later(1200, owner="another machine")
    assert (world.state(post), world.fake.texts()) == (State.PUBLISHED, ["one", "two", "three"])


def _lose_the_lease(world: World, post: int) -> None:
    with world.store.write() as session:
        row = posts.get(session, post)
        row.account.lease_owner, row.account.lease_until = "other", clock.now(session) + timedelta(seconds=60)


def _unapprove(world: World, post: int) -> None:
    with world.store.write() as session:
        posts.unapprove(session, posts.get(session, post, lock=True), who="ana", why=None, now=clock.now(session))


CHANGES: dict[str, Callable[[World, int], object]] = {
    "the lease is another's": _lose_the_lease,
    "the account is paused": lambda world, post: world.pause("ana paused it"),
    "the approval is taken back": _unapprove,
    "the lease ran out": lambda world, post: world.time.pass_(60),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_each_retry_checks_its_right_to_go_again(world: World, change: str) -> None:
    post = world.ready("one")
    world.fake.answers = [NOT_SENT]
    world.asleep = lambda seconds: (CHANGES[change](world, post), None)[1]
    world.go()
    assert len(world.slept) == 1
    assert (len(world.fake.called), world.fake.taken) == (1, [])
    assert world.states(post) == ["pending"]


@pytest.mark.parametrize("change", ["the lease is another's", "the account is paused", "the lease ran out"])
def test_each_segment_checks_its_right_to_go_again(world: World, change: str) -> None:
    post = world.ready("one", "two")
    world.asleep = lambda seconds: (CHANGES[change](world, post), None)[1]
    world.go(segment_pause=3)
    assert world.fake.texts() == ["one"]
    assert (world.state(post), world.states(post)) == (State.PUBLISHING, ["sent", "pending"])


def test_segments_go_out_with_the_pause_between_them(world: World) -> None:
    world.ready("one", "two", "three")
    world.go(segment_pause=3)
    assert (world.slept, len(world.fake.taken)) == ([3, 3], 3)


def test_images_are_uploaded_again_before_each_try(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [NOT_SENT]
    world.go()
    assert (world.fake.uploads, world.fake.texts(), world.state(post)) == (2, ["one"], State.PUBLISHED)


def test_a_stop_while_waiting_leaves_it_for_the_next_pass(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [NOT_SENT]
    world.go(stopping=lambda: bool(world.fake.called))
    assert (world.slept, world.state(post)) == ([], State.APPROVED)


def test_a_machine_that_stood_still_between_intent_and_call_sends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is slow to take the intent, longer than a third of a tiny lease; its clock (the test's) saw nothing of it."""
    from time import sleep

    post = world.ready("one")
    make, slow = world.fake.deliveries, [0.05]

    def stand_still(*what: Any) -> tuple[Request, ...]:
        sleep(slow.pop() if slow and what[2] is not None else 0)
        return make(*what)

    monkeypatch.setattr(world.fake, "deliveries", stand_still)
    world.go(lease_seconds=0.06)
    assert (world.fake.called, world.states(post), world.state(post)) == ([], ["pending"], State.APPROVED)
    assert any("stood still" in (event.why or "") for event in world.post(post).events)
    world.later(60)
    assert world.fake.texts() == ["one"]
