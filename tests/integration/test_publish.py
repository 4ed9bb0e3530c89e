"""Publishing: what is approved goes out once, in order, and never before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import clock
from bot.errors import HoldError, StateError
from bot.store import accounts, db, deliveries, leases, models, posts, said
from bot.store.states import State
from bot.text import keys
from bot.values import Card, Cause, Content, HoldCode, Outcome, OutcomeKind, Request, Segment
from tests.fakes import FakePlatform, sent
from tests.publishing import GRACE, NOT_SENT, REFUSED, START, UNKNOWN, World


def test_an_approved_post_goes_out_once(world: World) -> None:
    post = world.ready("one", "two", "three")
    for _ in range(3):
        world.go()
    assert world.fake.texts() == ["one", "two", "three"]
    assert world.state(post) == State.PUBLISHED
    assert world.paid() == {"post": 45_000}
    assert [row.remote[0].id for row in world.post(post).revision.deliveries] == ["1", "2", "3"]


def test_each_segment_goes_under_the_one_before(world: World) -> None:
    world.ready("one", "two", "three")
    world.go()
    assert [body.split('"after": ')[1] for body in world.fake.taken] == ["null}", '"1"}', '"2"}']


def test_what_is_not_approved_does_not_go_out(world: World) -> None:
    post = world.make("one")
    world.later(timedelta(days=1))
    assert (world.fake.called, world.state(post)) == ([], State.IN_REVIEW)


def test_nothing_goes_out_before_the_grace_time(world: World) -> None:
    post = world.make("one")
    world.approve(post)
    world.time.pass_(GRACE - timedelta(seconds=1))
    world.go(only=[post])
    assert (world.fake.called, world.state(post)) == ([], State.APPROVED)
    world.later(1)
    assert world.fake.texts() == ["one"]


def test_the_intent_is_committed_before_the_socket_opens(world: World, database_url: str) -> None:
    post = world.ready("one", "two")
    seen: list[tuple[str, bool]] = []

    def look(request: Request) -> None:
        with db.open_store(database_url) as other, other.read() as session:
            rows = posts.get(session, post).revision.deliveries
            seen.append((str(rows[len(seen)].state), rows[len(seen)].request == request.body))

    world.fake.before_send = look
    world.go()
    assert seen == [("sending", True), ("sending", True)]


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_what_can_not_be_looked_for_is_for_a_person_and_never_sent_again(world: World, segment: int) -> None:
    post = world.ready("one", "two", "three")
    world.fake.answers = [*(sent(n) for n in range(segment)), UNKNOWN]
    for _ in range(4):
        world.go()
        world.time.pass_(timedelta(hours=1))
    assert world.fake.texts() == ["one", "two", "three"][: segment + 1]
    assert world.state(post) == State.UNCERTAIN
    assert world.states(post) == ["sent"] * segment + ["unknown"] + ["pending"] * (2 - segment)


def test_a_refusal_fails_the_post_or_stops_the_thread(world: World) -> None:
    whole = world.ready("one", "two")
    world.fake.answers = [REFUSED]
    world.go()
    assert world.state(whole) == State.FAILED
    part = world.ready("three", "four")
    world.fake.answers = [sent(1), REFUSED]
    world.go()
    world.go()
    assert (world.state(part), world.fake.texts()) == (State.STOPPED, ["three"])


def test_a_first_try_that_is_called_a_duplicate_is_refused(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [REFUSED.model_copy(update={"cause": Cause.DUPLICATE})]
    world.go()
    assert (world.state(post), world.states(post)) == (State.FAILED, ["refused"])


def test_a_failed_upload_promises_nothing(world: World) -> None:
    post = world.ready("one")
    world.fake.upload_fails = NOT_SENT
    world.go()
    assert (world.state(post), world.states(post), world.fake.called) == (State.APPROVED, ["pending"], [])
    assert world.delivery(post).request is None
    world.fake.upload_fails = None
    world.later(timedelta(hours=1))
    assert world.fake.texts() == ["one"]


def test_an_upload_that_is_refused_fails_the_post(world: World) -> None:
    post = world.ready("one")
    world.fake.upload_fails = REFUSED
    world.go()
    assert (world.state(post), world.fake.called) == (State.FAILED, [])


def test_a_post_that_is_too_late_is_missed(world: World) -> None:
    post = world.make("one")
    world.approve(post, expires_at=START + timedelta(hours=1))
    world.later(timedelta(hours=1))
    assert (world.fake.called, world.state(post)) == ([], State.MISSED)
    world.approve(post)
    world.later(GRACE)
    assert world.fake.texts() == ["one"]


def test_another_worker_s_account_is_left_alone(world: World) -> None:
    post = world.ready("one")
    with world.store.write() as session:
        assert leases.claim(session, models.Account, accounts.get(session, "fake").id, "other", 60)
    world.go()
    assert (world.fake.called, world.state(post)) == ([], State.APPROVED)


def test_a_lease_lost_before_the_intent_sends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    post = world.ready("one")
    monkeypatch.setattr(world.fake, "upload", lambda content, images: world.time.pass_(61))
    world.go()
    assert (world.fake.called, world.states(post)) == ([], ["pending"])


def test_a_late_answer_changes_nothing_that_was_settled_since(world: World) -> None:
    """The first sender stalls past its lease; its post is taken over, looked up by a person, and sent by another worker."""
    post, stalled, other = world.ready("one"), FakePlatform(), FakePlatform()

    def stall(request: object) -> None:
        world.time.pass_(61)
        world.go("two", fake=other)
        assert world.state(post) == State.UNCERTAIN
        assert world.resolve(post) == State.APPROVED
        world.time.pass_(GRACE)
        world.go("two", fake=other)
        assert (other.texts(), world.state(post)) == (["one"], State.PUBLISHED)

    stalled.before_send, stalled.answers = stall, [NOT_SENT]
    world.go(fake=stalled)
    for _ in range(3):
        world.time.pass_(timedelta(hours=2))
        world.go("three", fake=other)
    assert (other.texts(), stalled.taken, world.state(post)) == (["one"], [], State.PUBLISHED)
    assert any(what.startswith("late answer") for what in world.history(post))


def test_an_adapter_that_raises_leaves_the_outcome_unknown(world: World) -> None:
    post = world.ready("one")
    world.fake.answers = [RuntimeError("a fault of the adapter")]
    world.go()
    assert (world.state(post), world.states(post)) == (State.UNCERTAIN, ["unknown"])
    assert not world.delivery(post).call_ended


def test_a_stop_ends_the_work_after_the_current_delivery_and_the_thread_goes_on_later(world: World) -> None:
    post = world.ready("one", "two", "three")
    world.go(stopping=lambda: len(world.fake.taken) == 1)
    assert (world.state(post), world.states(post)) == (State.PUBLISHING, ["sent", "pending", "pending"])
    assert world.account().lease_owner is None
    world.go("another machine")
    assert (world.state(post), world.fake.texts()) == (State.PUBLISHED, ["one", "two", "three"])


def test_priority_goes_before_time(world: World) -> None:
    world.make("never")
    first, second = world.ready("one"), world.ready("two")
    world.change(second, lambda row: setattr(row, "priority", 1))
    world.go()
    assert world.fake.texts() == ["two", "one"]
    assert world.state(first) == State.PUBLISHED


def test_the_same_words_can_not_be_approved_twice(world: World) -> None:
    first, second = world.make("one"), world.make("one")
    world.approve(first)
    with pytest.raises(HoldError, match="duplicate"):
        world.approve(second)
    override = models.Override(code=HoldCode.DUPLICATE, reason="on purpose", by="ana")
    world.approve(second, overrides=(override,))
    with world.store.read() as session:
        assert [row.ordinal for row in said.before(session, posts.get(session, first))] == [1]


def test_words_are_free_again_when_nothing_went_out(world: World) -> None:
    first, second = world.make("one"), world.make("one")
    world.approve(first)
    with world.store.write() as session:
        posts.reject(session, posts.get(session, first), who="ana", why="no", now=clock.now(session))
    world.approve(second)
    assert world.state(second) == State.APPROVED


def test_a_published_post_can_not_be_touched(world: World) -> None:
    post = world.ready("one")
    world.go()
    with world.store.write() as session, pytest.raises(StateError):
        posts.reject(session, posts.get(session, post), who="ana", why="no", now=clock.now(session))
    with pytest.raises(StateError):
        world.approve(post)


def test_the_card_is_part_of_what_was_approved() -> None:
    segment = Segment(text="one", length=3, limit=280, has_url=False)
    plain = Content(segments=(segment,))
    with_card = plain.model_copy(update={"card": Card(uri="https://example.com/", title="T", description="")})
    assert keys.approval_hash(plain) != keys.approval_hash(with_card)


def test_a_person_s_word_settles_what_is_uncertain(world: World) -> None:
    there, absent = world.ready("one", "two"), world.ready("three", "four")
    world.fake.answers = [UNKNOWN]
    world.go(only=[there])
    assert world.resolve(there, "1") == State.PUBLISHING
    world.later(GRACE, only=[there])
    assert (world.state(there), world.fake.texts()) == (State.PUBLISHED, ["one", "two"])
    world.fake.answers = [Outcome(kind=OutcomeKind.REFUSED)]
    world.go()
    assert world.state(absent) == State.FAILED
    with pytest.raises(StateError, match="only an uncertain post"):
        world.resolve(absent, "9")
    assert world.paid() == {"post": 30_000}


def test_a_post_put_off_is_not_read_to_do_so(world: World) -> None:
    post = world.ready("one")
    with world.store.write() as session:
        deliveries.put_off(session, post, START + timedelta(days=1))
    world.go()
    assert world.fake.called == []
    world.later(timedelta(days=1))
    assert world.fake.texts() == ["one"]


@pytest.mark.parametrize("state", [State.APPROVED, State.PUBLISHING])
def test_what_is_out_is_not_sent_again_when_somebody_changes_its_state_by_hand(world: World, state: State) -> None:
    post = world.ready("one", "two")
    world.go()
    world.change(post, lambda row: setattr(row, "state", state))
    world.later(1)
    assert (world.fake.texts(), world.state(post)) == (["one", "two"], State.PUBLISHED)
