"""What may be out is looked for and adopted; it is sent again only where that can not double, or once, as the rule allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from bot import clock, rescue
from bot.errors import StateError
from bot.store.states import State
from bot.values import Cause, Identity, Outcome, Request
from tests.fakes import FakePlatform, Lost, sent
from tests.publishing import GRACE, NOT_SENT, REFUSED, UNKNOWN, World

LOOKS = (15.0, 60.0, 300.0)
DUPLICATE = REFUSED.model_copy(update={"cause": Cause.DUPLICATE, "detail": "you said that already"})


@pytest.fixture
def x(world: World) -> FakePlatform:
    """Like X: looked for three times, and it could take the same twice."""
    return world.platform(looks=LOOKS)


@pytest.fixture
def bluesky(world: World) -> FakePlatform:
    """Like Bluesky: looked for by a key of our own, which it takes once."""
    return world.platform(looks=LOOKS, repeatable=True)


def unclear(world: World, *texts: str, lost: bool = False) -> int:
    """A post whose first write had no clear answer."""
    post = world.ready(*texts)
    world.fake.answers = [Lost(UNKNOWN) if lost else UNKNOWN]
    world.go()
    return post


def died(world: World, *texts: str, before: bool = False) -> int:
    """A post whose sender died in its first call; `before`: nothing had reached the platform."""
    post = world.ready(*texts)

    def die(request: Request) -> None:
        raise KeyboardInterrupt

    if before:
        world.fake.before_send = die
    else:
        world.fake.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        world.go()
    world.fake.before_send = lambda request: None
    assert world.states(post)[0] == "sending"
    return post


def wait(world: World, *moments: float, **how: Any) -> None:
    """A pass at each of these moments, in seconds from now."""
    begin = world.time.now
    for moment in moments:
        world.time.now = begin + timedelta(seconds=moment)
        world.go(**how)


@pytest.mark.usefixtures("x")
def test_the_look_is_scheduled_in_the_row(world: World) -> None:
    post = unclear(world, "one", "two")
    row = world.delivery(post)
    assert (row.state, row.look_at, row.call_ended) == ("unknown", world.time.now + timedelta(seconds=15), True)
    assert (world.state(post), world.post(post).due_at) == (State.PUBLISHING, row.look_at)


@pytest.mark.parametrize("look", [1, 2, 3])
def test_what_a_look_finds_is_adopted_and_the_thread_goes_on(world: World, x: FakePlatform, look: int) -> None:
    x.visible = False
    post = unclear(world, "one", "two")
    begin = world.time.now
    for n, seconds in enumerate(LOOKS[:look], start=1):
        world.time.now = begin + timedelta(seconds=seconds - 1)
        world.go()
        assert len(x.sought) == n - 1, "not before its time"
        x.visible = n == look
        world.later(1)
    assert len(x.sought) == look
    assert (world.state(post), x.texts()) == (State.PUBLISHED, ["one", "two"])
    assert [row.remote[0].id for row in world.post(post).revision.deliveries] == ["1", "2"]
    assert "delivery 1 found" in world.history(post)
    assert world.paid() == {"post": 30_000}


@pytest.mark.usefixtures("x")
def test_a_look_asks_for_the_exact_request_and_knows_the_account_s_others(world: World) -> None:
    world.ready("zero")
    world.go()
    post = unclear(world, "one")
    started = world.delivery(post).started_at
    wait(world, 15)
    (sought,) = world.fake.sought
    assert (sought.request, sought.account_id, sought.since, sought.known) == (world.fake.taken[1], "fake-1", started, ("1",))


def test_what_no_look_found_is_sent_once_more_the_equal_request(world: World, x: FakePlatform) -> None:
    post = unclear(world, "one", lost=True)
    wait(world, 15, 60)
    assert (x.taken, world.delivery(post).looks) == ([], 2)
    wait(world, 240)
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED)
    assert x.called[0] == x.called[1] == x.taken[0]
    assert world.delivery(post).resends == 1
    assert any("resend" in what for what in world.history(post))
    assert world.paid() == {"post": 15_000}


def test_there_is_one_resend_and_no_second(world: World, x: FakePlatform) -> None:
    post = unclear(world, "one", lost=True)
    x.answers = [Lost(UNKNOWN)]
    wait(world, 15, 60, 300)
    assert (len(x.called), world.state(post)) == (2, State.PUBLISHING)
    wait(world, 15, 60, 300, 1000, 100_000)
    assert (len(x.called), world.state(post), world.states(post)) == (2, State.UNCERTAIN, ["unknown"])


@pytest.mark.parametrize("lost", [False, True])
def test_without_leave_to_resend_it_is_left_to_a_person(world: World, x: FakePlatform, lost: bool) -> None:
    world.terms = {"may_resend": False}
    x.visible = False
    post = unclear(world, "one", lost=lost)
    wait(world, 15, 60, 300, 1000, 100_000)
    assert (len(x.called), world.state(post)) == (1, State.UNCERTAIN)
    assert world.delivery(post).look_at is None


@pytest.mark.parametrize("before", [False, True])
def test_what_a_dead_sender_left_is_adopted_or_left_to_a_person(world: World, x: FakePlatform, before: bool) -> None:
    post = died(world, "one", "two", before=before)
    wait(world, 61, 76, 121, 361, 1000, 100_000, owner="two")
    if before:
        assert (x.called, world.state(post), world.states(post)) == ([], State.UNCERTAIN, ["unknown", "pending"])
    else:
        assert (x.texts(), world.state(post)) == (["one", "two"], State.PUBLISHED)


@pytest.mark.parametrize("before", [False, True])
def test_where_it_can_not_double_a_dead_sender_s_write_goes_again_the_same_bytes(
    world: World, bluesky: FakePlatform, before: bool
) -> None:
    bluesky.visible = False
    post = died(world, "one", "two", before=before)
    wait(world, 61, 76, owner="two")
    assert (bluesky.texts(), world.state(post)) == (["one", "two"], State.PUBLISHED)
    assert len({body for body in bluesky.called if '"one"' in body}) == 1
    assert world.delivery(post).resends == 1, "it is counted, so that it does not go on for ever"


@pytest.mark.parametrize("shows", [True, False])
def test_a_resend_that_is_called_a_duplicate_is_looked_for_again(world: World, x: FakePlatform, shows: bool) -> None:
    x.visible = False
    post = unclear(world, "one")
    x.answers = [DUPLICATE]
    wait(world, 15, 60, 300)
    assert (len(x.called), world.state(post), world.states(post)) == (2, State.PUBLISHING, ["unknown"])
    x.visible = shows
    wait(world, 15, 60, 300, 1000)
    assert len(x.called) == 2
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED if shows else State.UNCERTAIN)


def test_a_second_try_after_a_not_sent_that_is_called_a_duplicate_is_looked_for(world: World, x: FakePlatform) -> None:
    """The first answer was wrong: it said the platform had not taken it, and it had."""
    post = world.ready("one")

    def wrong(request: Request) -> Outcome:
        x.taken.append(request.body)
        return NOT_SENT

    x.answers = [wrong, DUPLICATE]
    world.go()
    assert (world.state(post), world.states(post)) == (State.PUBLISHING, ["unknown"])
    wait(world, 15)
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED)


def test_a_platform_that_can_not_be_asked_is_asked_again_at_growing_spans(world: World, x: FakePlatform) -> None:
    post = unclear(world, "one")
    x.finds = [UNKNOWN] * 6
    spans = []
    for _ in range(6):
        look_at = world.delivery(post).look_at
        assert look_at is not None
        spans.append(look_at - world.time.now)
        world.time.now = look_at
        world.go()
    assert spans == sorted(spans)
    assert spans[-1] > spans[0]
    assert (world.delivery(post).looks, world.state(post)) == (0, State.PUBLISHING)
    wait(world, 7200)
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED)


def test_a_platform_that_can_not_be_asked_for_a_day_leaves_it_to_a_person(world: World, x: FakePlatform) -> None:
    post = unclear(world, "one")
    x.finds = [UNKNOWN] * 100
    for _ in range(60):
        world.later(timedelta(minutes=31))
    assert (len(x.called), world.state(post)) == (1, State.UNCERTAIN)


def test_a_look_that_raises_is_one_that_could_not_be_made(world: World, x: FakePlatform) -> None:
    post = unclear(world, "one")
    x.finds = [ValueError("a fault of the adapter")]
    wait(world, 15)
    assert (world.state(post), world.holds(post)) == (State.PUBLISHING, [])
    wait(world, 60)
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED)


def test_a_look_that_can_settle_nothing_leaves_it_to_a_person(world: World, x: FakePlatform) -> None:
    post = unclear(world, "one")
    x.finds = [REFUSED.model_copy(update={"detail": "no access to reading"})]
    wait(world, 15)
    assert (world.state(post), world.delivery(post).look_at) == (State.UNCERTAIN, None)
    assert "no access to reading" in (world.delivery(post).detail or "")


def test_a_crash_between_the_look_and_its_writing_looks_again(world: World, x: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    post = unclear(world, "one")
    find = x.find

    def die(sought: Any) -> Outcome:
        find(sought)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(x, "find", die)
        with pytest.raises(KeyboardInterrupt):
            world.later(15)
    assert (world.states(post), world.delivery(post).looks) == (["unknown"], 0)
    wait(world, 61, owner="two")
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED)


def test_the_account_waits_while_looking_and_other_accounts_go_on(world: World, x: FakePlatform) -> None:
    other = world.platform("other")
    other.identity = Identity(handle="other", remote_id="fake-2")
    unclear(world, "one", "two")
    waiting, elsewhere = world.ready("three"), world.make("four", account="other")
    world.time.pass_(-GRACE)
    world.approve(elsewhere)
    x.visible = False
    world.change(elsewhere, lambda row: setattr(row, "due_at", world.time.now))
    world.change(waiting, lambda row: setattr(row, "due_at", world.time.now))
    world.go()
    assert (x.texts(), other.texts(), world.state(waiting)) == (["one"], ["four"], State.APPROVED)
    x.visible = True
    wait(world, 15)
    assert x.texts() == ["one", "two", "three"] or x.texts() == ["one", "three", "two"]


@pytest.mark.usefixtures("x")
def test_an_uncertain_post_does_not_hold_up_the_others(world: World) -> None:
    world.fake.finds = [REFUSED]
    post = unclear(world, "one")
    wait(world, 15)
    after = world.ready("two")
    world.go()
    assert (world.state(post), world.state(after)) == (State.UNCERTAIN, State.PUBLISHED)


def stalled(world: World, meanwhile: Callable[[int], object], looks: tuple[float, ...] = ()) -> tuple[int, FakePlatform, FakePlatform]:
    """A thread of two whose first call stalls past its lease, so that another worker takes it over; then `meanwhile`, then the answer.

    The post, and the platform as the slow worker and as the other one met it.
    """
    slow, other = world.platform(looks=looks), FakePlatform(looks=looks)
    post = world.ready("one", "two")

    def stall(request: Request) -> None:
        slow.before_send = lambda request: None
        world.time.pass_(61)
        world.go("two", fake=other)
        meanwhile(post)

    slow.before_send = stall
    world.go()
    return post, slow, other


@pytest.mark.parametrize("looks", [LOOKS, ()], ids=["publishing", "uncertain"])
def test_a_late_answer_that_it_is_out_is_taken_and_paid_once(world: World, looks: tuple[float, ...]) -> None:
    before: list[object] = []
    post, slow, other = stalled(world, lambda post: before.extend((world.state(post), *world.states(post))), looks)
    assert before == [State.PUBLISHING if looks else State.UNCERTAIN, "unknown", "pending"]
    assert world.states(post)[0] == "sent"
    assert "delivery 1 sent (its answer came late)" in world.history(post)
    world.later(1)
    world.later(3600)
    assert (slow.texts(), other.called, world.state(post)) == (["one", "two"], [], State.PUBLISHED)
    assert world.paid() == {"post": 30_000}


def test_a_late_answer_is_taken_before_what_a_person_thought_unsent_goes_again(world: World) -> None:
    post, slow, other = stalled(world, lambda post: rescue.resolve(world.bot, post, sent=None))
    assert world.states(post) == ["sent", "pending"]
    world.later(1)
    assert (slow.texts(), other.called, world.state(post)) == (["one", "two"], [], State.PUBLISHED)


def test_what_was_sent_as_another_account_is_neither_looked_for_nor_sent_on(world: World, x: FakePlatform) -> None:
    """The credentials were changed while a write of unknown outcome was looked for: in the other account's timeline nothing is."""
    post = unclear(world, "one", "two")
    x.visible = False
    x.fingerprint, x.identity = "keys of another", Identity(handle="another", remote_id="fake-9")
    world.time.pass_(15)
    assert "belong to @another" in world.troubles()[0]
    rescue.verify(world.bot, "fake")
    world.unpause()
    told: list[str] = []
    for _ in range(3):
        world.time.pass_(300)
        told += world.troubles()
    assert [line for line in told if "as another account" in line] == told != []
    assert (x.sought, len(x.called), world.state(post)) == ([], 1, State.UNCERTAIN)


def test_the_first_byte_leaves_within_half_the_lease_or_never(world: World) -> None:
    world.ready("one")
    limits: list[float] = []

    class Watched(FakePlatform):
        def send(self, request: Request, *, before: float = inf) -> Outcome:
            limits.append(before - clock.monotonic())
            return super().send(request, before=before)

    world.fakes["fake"] = Watched()
    world.go()
    assert limits
    assert 0 < limits[0] <= 30


def test_a_late_answer_leaves_a_post_that_is_being_taken_down_on_its_way_down(world: World) -> None:
    post, slow, other = stalled(world, lambda post: rescue.unwind(world.bot, post))
    for _ in range(3):
        world.later(60)
    assert (slow.texts(), slow.deleted, other.called, world.state(post)) == (["one"], ["1"], [], State.WITHDRAWN)


def test_resuming_an_uncertain_post_looks_again(world: World, x: FakePlatform) -> None:
    x.visible = False
    world.terms = {"may_resend": False}
    post = unclear(world, "one", "two")
    wait(world, 15, 60, 300)
    assert world.state(post) == State.UNCERTAIN
    assert rescue.resume(world.bot, post) == State.PUBLISHING
    world.go()
    assert (len(x.called), world.state(post)) == (1, State.UNCERTAIN), "still not to be seen"
    x.visible = True
    world.time.pass_(timedelta(days=1))
    rescue.resume(world.bot, post)
    world.go()
    assert (x.texts(), world.state(post)) == (["one", "two"], State.PUBLISHED)
    with pytest.raises(StateError):
        rescue.resume(world.bot, post)


def test_what_reading_cost_is_paid(world: World, x: FakePlatform) -> None:
    x.read_cost, x.visible = 5_000, False
    unclear(world, "one", lost=True)
    wait(world, 15, 60, 300)
    assert world.paid() == {"read": 15_000, "post": 15_000}


def test_a_middle_segment_is_looked_for_like_the_first(world: World, x: FakePlatform) -> None:
    post = world.ready("one", "two", "three")
    x.answers = [sent(1), Lost(UNKNOWN)]
    world.go()
    assert (world.states(post), world.state(post)) == (["sent", "unknown", "pending"], State.PUBLISHING)
    wait(world, 15, 60, 300)
    assert (x.texts(), world.state(post)) == (["one", "two", "three"], State.PUBLISHED)
