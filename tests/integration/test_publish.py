"""Publishing: what is approved goes out once, in order, and never before its time, whatever the platform answers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import clock, publish
from bot.errors import ConfigError, HoldError, StateError
from bot.store import accounts, db, deliveries, models, posts
from bot.store.db import Store
from bot.store.states import ArticleState, DeliveryState, State
from bot.text import keys
from bot.values import Card, Content, Formatted, Hold, HoldCode, Identity, Kind, Outcome, OutcomeKind, Segment
from tests.fakes import FakePlatform, sent

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
GRACE = timedelta(seconds=120)
NOT_SENT = Outcome(kind=OutcomeKind.NOT_SENT, detail="connection refused")
UNKNOWN = Outcome(kind=OutcomeKind.UNKNOWN, detail="timed out")
REFUSED = Outcome(kind=OutcomeKind.REFUSED, detail="not allowed")


class Time:
    """The clock of a test: it stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def pass_(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def time() -> Iterator[Time]:
    moved = Time()
    clock.replace(lambda: moved.now)
    yield moved
    clock.replace(None)


def terms(owner: str = "one") -> publish.Terms:
    return publish.Terms(owner=owner, lease_seconds=60, segment_pause=0)


def make(store: Store, *texts: str, account: str = "fake", number: int = 1) -> int:
    """A post in review."""
    content = Content(
        segments=tuple(Segment(text=text, length=len(text), limit=280, has_url=False, cost_micros=15_000) for text in texts)
    )
    with store.write() as session:
        row = accounts.ensure(session, name=account, platform="fake", handle=None)
        article = models.Article(
            url_key=f"example.com/{number}", url=f"https://example.com/{number}", fingerprint=f"f{number}", title="T",
            dek="", body="B", hidden="", faq=(), image_alt="", tail_cut=False, notes=(), state=ArticleState.DRAFTED,
            created_at=clock.now(session),
        )
        session.add(article)
        session.flush()
        post = posts.create(session, article_id=article.id, kind=Kind.SHORT, account_id=row.id, now=clock.now(session))
        posts.revise(session, post, Formatted(content=content), who="test", now=clock.now(session))
        return post.id


def approve(store: Store, post_id: int, **more: object) -> None:
    with store.write() as session:
        now = clock.now(session)
        posts.approve(session, posts.get(session, post_id), who="ana", now=now, due_at=now + GRACE, expires_at=None, **more)  # type: ignore[arg-type]


def state(store: Store, post_id: int) -> State:
    with store.read() as session:
        return State(posts.get(session, post_id).state)


def states(store: Store, post_id: int) -> list[str]:
    with store.read() as session:
        return [str(row.state) for row in posts.get(session, post_id).revision.deliveries]


def untroubled(where: str, error: Exception) -> None:
    raise AssertionError(f"{where}: {error}")


def go(store: Store, fake: FakePlatform, owner: str = "one") -> None:
    publish.publish_due(store, {"fake": fake}, terms(owner), untroubled)


def ready(store: Store, time: Time, *texts: str) -> int:
    """A post that is approved and due."""
    post = make(store, *texts)
    approve(store, post)
    time.pass_(GRACE)
    return post


def test_an_approved_post_goes_out_once(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one", "two", "three"), FakePlatform()
    for _ in range(3):
        go(store, fake)
    assert fake.texts() == ["one", "two", "three"]
    assert state(store, post) == State.PUBLISHED
    with store.read() as session:
        assert deliveries.spent(session, START) == {"fake": 45_000}
        assert [row.remote[0].id for row in posts.get(session, post).revision.deliveries] == ["1", "2", "3"]


def test_what_is_not_approved_does_not_go_out(store: Store, time: Time) -> None:
    post, fake = make(store, "one"), FakePlatform()
    time.pass_(timedelta(days=1))
    go(store, fake)
    assert (fake.taken, state(store, post)) == ([], State.IN_REVIEW)


def test_nothing_goes_out_before_the_grace_time(store: Store, time: Time) -> None:
    post, fake = make(store, "one"), FakePlatform()
    approve(store, post)
    time.pass_(GRACE - timedelta(seconds=1))
    publish.publish_due(store, {"fake": fake}, terms(), untroubled, only=[post])
    assert (fake.taken, state(store, post)) == ([], State.APPROVED)
    time.pass_(timedelta(seconds=1))
    go(store, fake)
    assert fake.texts() == ["one"]


def test_the_intent_is_committed_before_the_socket_opens(store: Store, database_url: str, time: Time) -> None:
    post, fake = ready(store, time, "one", "two"), FakePlatform()
    seen: list[tuple[str, bool]] = []

    def look(request: object) -> None:
        with db.open_store(database_url) as other, other.read() as session:
            rows = posts.get(session, post).revision.deliveries
            seen.append((str(rows[len(seen)].state), rows[len(seen)].request == request.body))  # type: ignore[attr-defined]

    fake.before_send = look
    go(store, fake)
    assert seen == [("sending", True), ("sending", True)]


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_an_unknown_outcome_is_for_a_person_and_never_sent_again(store: Store, time: Time, segment: int) -> None:
    post, fake = ready(store, time, "one", "two", "three"), FakePlatform()
    fake.answers = [*(sent(n) for n in range(segment)), UNKNOWN]
    for _ in range(4):
        go(store, fake)
        time.pass_(timedelta(hours=1))
    assert fake.texts() == ["one", "two", "three"][: segment + 1]
    assert state(store, post) == State.UNCERTAIN
    assert states(store, post) == ["sent"] * segment + ["unknown"] + ["pending"] * (2 - segment)


def test_a_sender_that_died_in_mid_call_leaves_an_uncertain_post(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one", "two"), FakePlatform()
    fake.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        go(store, fake)
    assert states(store, post) == ["sending", "pending"]
    time.pass_(timedelta(seconds=61))
    go(store, fake, "two")
    assert fake.texts() == ["one"]
    assert (state(store, post), states(store, post)) == (State.UNCERTAIN, ["unknown", "pending"])


def test_not_sent_waits_and_goes_out_later_with_the_same_request(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one"), FakePlatform()
    bodies: list[str] = []
    fake.before_send = lambda request: bodies.append(request.body)
    fake.answers = [NOT_SENT]
    go(store, fake)
    assert (state(store, post), fake.taken) == (State.APPROVED, [])
    go(store, fake)
    assert fake.taken == [], "not before its new time"
    time.pass_(timedelta(minutes=10))
    go(store, fake)
    assert (state(store, post), fake.texts()) == (State.PUBLISHED, ["one"])
    assert bodies[0] == bodies[1]


def test_a_thread_goes_on_after_a_not_sent_at_its_first_unsent_segment(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one", "two", "three"), FakePlatform()
    retry_at = START + timedelta(hours=2)
    fake.answers = [sent(1), NOT_SENT.model_copy(update={"retry_at": retry_at})]
    go(store, fake)
    assert state(store, post) == State.PUBLISHING
    time.now = retry_at
    go(store, fake, "another machine")
    assert (state(store, post), fake.texts()) == (State.PUBLISHED, ["one", "two", "three"])


def test_a_refusal_fails_the_post_or_stops_the_thread(store: Store, time: Time) -> None:
    whole, fake = ready(store, time, "one", "two"), FakePlatform()
    fake.answers = [REFUSED]
    go(store, fake)
    assert state(store, whole) == State.FAILED
    part = make(store, "three", "four", number=2)
    approve(store, part)
    time.pass_(GRACE)
    fake.answers = [sent(1), REFUSED]
    go(store, fake)
    go(store, fake)
    assert (state(store, part), fake.texts()) == (State.STOPPED, ["three"])


def test_an_answer_about_the_account_pauses_it(store: Store, time: Time) -> None:
    first, fake = ready(store, time, "one"), FakePlatform()
    second = make(store, "two", number=2)
    approve(store, second)
    time.pass_(GRACE)
    fake.answers = [NOT_SENT.model_copy(update={"pause": "out of credit"})]
    for _ in range(3):
        go(store, fake)
        time.pass_(timedelta(hours=3))
    assert (fake.taken, state(store, first), state(store, second)) == ([], State.APPROVED, State.APPROVED)
    with store.write() as session:
        row = accounts.get(session, "fake")
        assert row.paused_reason == "out of credit"
        accounts.unpause(row)
    go(store, fake)
    assert sorted(fake.texts()) == ["one", "two"]


def test_a_failed_upload_promises_nothing(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one"), FakePlatform()
    fake.upload_fails = NOT_SENT
    go(store, fake)
    assert (state(store, post), states(store, post), fake.taken) == (State.APPROVED, ["pending"], [])
    fake.upload_fails = None
    time.pass_(timedelta(hours=1))
    go(store, fake)
    assert fake.texts() == ["one"]


def test_what_was_approved_is_what_is_sent(store: Store, time: Time) -> None:
    from sqlalchemy import text

    post, fake = ready(store, time, "one"), FakePlatform()
    with store.write() as session:
        session.execute(text("update revision set content = replace(content, 'one', 'won')"))
    go(store, fake)
    with store.read() as session:
        assert [hold.code for hold in posts.get(session, post).holds] == [HoldCode.REQUEST_MISMATCH]
    assert (fake.taken, state(store, post)) == ([], State.IN_REVIEW)


def test_a_row_that_can_not_be_read_does_not_hold_up_the_others(store: Store, time: Time) -> None:
    from sqlalchemy import text

    broken, sound, fake = make(store, "one"), make(store, "two", number=2), FakePlatform()
    approve(store, broken)
    approve(store, sound)
    time.pass_(GRACE)
    with store.write() as session:
        session.execute(text("update revision set content = '{}' where post_id = :post"), {"post": broken})
    troubles: list[str] = []
    done = publish.publish_due(store, {"fake": fake}, terms(), lambda where, error: troubles.append(f"{where}: {error}"))
    assert (done, fake.texts(), state(store, sound)) == ([sound], ["two"], State.PUBLISHED)
    assert len(troubles) == 1
    assert troubles[0].startswith(f"post {broken}: ValidationError")


def test_a_hold_that_came_after_approval_stops_it(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one"), FakePlatform()
    with store.write() as session:
        reason = Hold(code=HoldCode.ARTICLE_CHANGED, detail="the headline changed")
        posts.hold(session, posts.get(session, post), reason, who="test", now=clock.now(session))
    go(store, fake)
    assert (fake.taken, state(store, post)) == ([], State.IN_REVIEW)
    with pytest.raises(HoldError):
        approve(store, post)


def test_a_post_that_is_too_late_is_missed(store: Store, time: Time) -> None:
    post, fake = make(store, "one"), FakePlatform()
    with store.write() as session:
        now = clock.now(session)
        posts.approve(
            session, posts.get(session, post), who="ana", now=now, due_at=now + GRACE, expires_at=now + timedelta(hours=1)
        )
    time.pass_(timedelta(hours=1))
    go(store, fake)
    assert (fake.taken, state(store, post)) == ([], State.MISSED)
    approve(store, post)
    time.pass_(GRACE)
    go(store, fake)
    assert fake.texts() == ["one"]


def test_a_late_answer_changes_nothing_that_was_settled_since(store: Store, time: Time) -> None:
    """The first sender stalls past its lease; its post is taken over, looked up by a person, and sent by another worker."""
    post, stalled, other = ready(store, time, "one"), FakePlatform(), FakePlatform()

    def stall(request: object) -> None:
        time.pass_(timedelta(seconds=61))
        go(store, other, "two")
        assert state(store, post) == State.UNCERTAIN
        with store.write() as session:
            row = posts.get(session, post, lock=True)
            event = deliveries.resolve(session, row.revision.deliveries[0], None, clock.now(session))
            posts.move(session, row, event, "ana", "not sent", clock.now(session))
        time.pass_(GRACE)
        go(store, other, "two")
        assert (other.texts(), state(store, post)) == (["one"], State.PUBLISHED)

    stalled.before_send, stalled.answers = stall, [NOT_SENT]
    go(store, stalled)
    for _ in range(3):
        time.pass_(timedelta(hours=2))
        go(store, other, "three")
    assert (other.texts(), stalled.taken, state(store, post)) == (["one"], [], State.PUBLISHED)
    with store.read() as session:
        assert any(event.what.startswith("late answer") for event in posts.get(session, post).events)


def test_a_paused_account_is_not_even_asked_whose_it_is(store: Store, time: Time) -> None:
    ready(store, time, "one")
    fake, asked = FakePlatform(), []

    def refuse() -> Identity:
        asked.append(1)
        raise ConfigError("wrong key")

    fake.verify = refuse  # type: ignore[method-assign]
    troubles: list[str] = []
    for _ in range(3):
        publish.publish_due(store, {"fake": fake}, terms(), lambda where, error: troubles.append(f"{where}: {error}"))
    assert (len(asked), troubles) == (1, ["fake: wrong key"])


def test_another_worker_s_account_is_left_alone(store: Store, time: Time) -> None:
    from bot.store import leases

    post, fake = ready(store, time, "one"), FakePlatform()
    with store.write() as session:
        assert leases.claim(session, models.Account, accounts.get(session, "fake").id, "other", 60)
    go(store, fake)
    assert (fake.taken, state(store, post)) == ([], State.APPROVED)


def test_a_lease_lost_before_the_intent_sends_nothing(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one"), FakePlatform()

    def too_slow(content: object, images: object) -> None:
        time.pass_(timedelta(seconds=61))

    fake.upload = too_slow  # type: ignore[method-assign,assignment]
    go(store, fake)
    assert (fake.taken, states(store, post)) == ([], ["pending"])


def test_the_same_words_can_not_be_approved_twice(store: Store, time: Time) -> None:
    first, second = make(store, "one"), make(store, "one", number=2)
    approve(store, first)
    with pytest.raises(HoldError, match="duplicate"):
        approve(store, second)
    override = models.Override(code=HoldCode.DUPLICATE, reason="on purpose", by="ana")
    approve(store, second, overrides=(override,))
    with store.read() as session:
        assert [row.ordinal for row in posts.said_before(session, posts.get(session, first))] == [1]


def test_words_are_free_again_when_nothing_went_out(store: Store, time: Time) -> None:
    first, second = make(store, "one"), make(store, "one", number=2)
    approve(store, first)
    with store.write() as session:
        posts.reject(session, posts.get(session, first), who="ana", why="no", now=clock.now(session))
    approve(store, second)
    assert state(store, second) == State.APPROVED


def test_a_published_post_can_not_be_touched(store: Store, time: Time) -> None:
    post, fake = ready(store, time, "one"), FakePlatform()
    go(store, fake)
    with store.write() as session, pytest.raises(StateError):
        posts.reject(session, posts.get(session, post), who="ana", why="no", now=clock.now(session))
    with pytest.raises(StateError):
        approve(store, post)


def test_the_card_is_part_of_what_was_approved() -> None:
    segment = Segment(text="one", length=3, limit=280, has_url=False)
    plain = Content(segments=(segment,))
    with_card = plain.model_copy(update={"card": Card(uri="https://example.com/", title="T", description="")})
    assert keys.approval_hash(plain) != keys.approval_hash(with_card)


OUTCOMES = st.sampled_from([None, NOT_SENT, UNKNOWN, REFUSED, KeyboardInterrupt()])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(OUTCOMES, max_size=6), size=st.integers(1, 4))
def test_no_series_of_answers_sends_a_segment_twice(answers: list[object], size: int) -> None:
    moved, fake = Time(), FakePlatform()
    clock.replace(lambda: moved.now)
    try:
        with db.open_store("sqlite://") as store:
            texts = [f"segment {n}" for n in range(size)]
            post = ready(store, moved, *texts)
            fake.answers = [answer if answer is not None else (lambda request: sent(len(fake.taken) + 1)) for answer in answers]  # type: ignore[misc]
            for _ in range(8):
                with contextlib.suppress(KeyboardInterrupt):
                    go(store, fake)
                moved.pass_(timedelta(hours=2))
            assert fake.texts() == texts[: len(fake.taken)], "in order, and none twice"
            final = state(store, post)
            assert final in {State.PUBLISHED, State.UNCERTAIN, State.STOPPED, State.FAILED}, "nothing is forgotten"
            assert (final == State.PUBLISHED) == (states(store, post) == [DeliveryState.SENT] * size)
    finally:
        clock.replace(None)


