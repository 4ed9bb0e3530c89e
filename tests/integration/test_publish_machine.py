"""No sequence of answers, crashes, clocks, workers and people's commands doubles a message or forgets a post."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot import clock, rescue
from bot.errors import BotError
from bot.store import db, models, posts
from bot.store.states import DeliveryState, State
from bot.values import Cause, Outcome, Request
from tests.fakes import FakePlatform, Lost, sent
from tests.publishing import NOT_SENT, PRICE, REFUSED, UNKNOWN, Time, World

LOOKS = (15.0, 60.0, 300.0)
SPANS = (1, 15, 61, 121, 300, 1900, 7200, 90_000, -30, -3600)


class Died(BaseException):
    """The worker's process ended there."""


def _filter(fake: FakePlatform, request: Request) -> Outcome:
    """The platform's own guard against the same text twice."""
    if request.body in fake.taken and not fake.repeatable:
        return REFUSED.model_copy(update={"cause": Cause.DUPLICATE, "detail": "you said that already"})
    return sent(len(fake.taken) + 1 if request.body not in fake.taken else fake.taken.index(request.body) + 1)


Script = Callable[["Machine"], Any]
ANSWERS: dict[str, Script] = {
    "sent": lambda m: None,
    "unknown, taken": lambda m: UNKNOWN,
    "unknown, in flight": lambda m: UNKNOWN.model_copy(update={"call_ended": False}),
    "unknown, lost": lambda m: Lost(UNKNOWN),
    "not sent": lambda m: NOT_SENT,
    "not sent, for long": lambda m: NOT_SENT.model_copy(update={"retry_at": m.time.now + timedelta(minutes=40)}),
    "no replies": lambda m: NOT_SENT.model_copy(update={"cause": Cause.REPLIES, "pause": "no replies", "detail": "no replies"}),
    "out of credit": lambda m: NOT_SENT.model_copy(update={"pause": "out of credit"}),
    "daily cap": lambda m: NOT_SENT.model_copy(update={"pause": "cap", "pause_until": m.time.now + timedelta(hours=2)}),
    "refused": lambda m: REFUSED,
    "duplicate filter": lambda m: lambda request: _filter(m.fake, request),
    "dies after": lambda m: Died(),
    "fault of the adapter": lambda m: RuntimeError(),
}
UNCLEAR = ("unknown, taken", "unknown, taken", "unknown, taken", "unknown, lost", "unknown, in flight", "unknown, lost", "dies after", "fault of the adapter", "duplicate filter")
KINDS = {
    "X": (False, True, LOOKS), "X without resend": (False, False, LOOKS), "Bluesky": (True, True, LOOKS), "never looked for": (False, True, ()),
}
"""Can it not double; may what no look found be sent once more; when to look."""
FINDS: dict[str, Outcome | BaseException] = {"can not be asked": UNKNOWN, "can not be settled": REFUSED, "dies": Died(), "fault": ValueError()}
DELETES: dict[str, Outcome | BaseException] = {"not sent": NOT_SENT, "unknown": UNKNOWN, "refused": REFUSED, "dies": Died()}


class Machine(RuleBasedStateMachine):
    """One account, a few posts, and everything that can happen to them."""

    @initialize(kind=st.sampled_from(list(KINDS)))
    def begin(self, kind: str) -> None:
        repeatable, may_resend, looks = KINDS[kind]
        self.time = Time()
        clock.replace(lambda: self.time.now)
        self.store = db.open_store("sqlite://")
        self.world = World(self.store, self.time)
        self.fake = self.world.platform(looks=looks, repeatable=repeatable)
        self.may_resend = may_resend
        self.world.terms = {"may_resend": may_resend}
        self.posts: list[int] = []
        self.calls_when_sent: dict[int, int] = {}
        """By delivery: how often its text had been sent when it was first seen as sent."""

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self._settles()
        finally:
            clock.replace(None)
            if hasattr(self, "store"):
                self.store.close()

    # --- people ---

    @precondition(lambda self: len(self.posts) < 3)
    @rule(size=st.integers(1, 3))
    def write(self, size: int) -> None:
        number = len(self.posts)
        word = sha256(str(number).encode()).hexdigest()  # no two posts are to be alike: that is another test's matter
        post = self.world.make(*(f"{word} {n}" for n in range(size)))
        self.posts.append(post)
        self.world.approve(post)
        self.time.pass_(120)

    @precondition(lambda self: self.posts)
    @rule(data=st.data(), command=st.sampled_from(["approve", "unapprove", "cancel", "retry", "resolve", "resume", "abandon", "unwind"]))
    def command(self, data: st.DataObject, command: str) -> None:
        post = data.draw(st.sampled_from(self.posts))
        with suppress(BotError):
            if command == "approve":
                self.world.approve(post)
            elif command in ("unapprove", "cancel"):
                with self.store.write() as session:
                    getattr(posts, command)(session, posts.get(session, post, lock=True), who="ana", why=None, now=self.time.now)
            elif command == "resolve":
                self._resolve(post)
            else:
                getattr(rescue, command)(self.world.bot, post)

    def _resolve(self, post: int) -> None:
        """Truthfully: as far as anyone can see who looks at the platform itself, where nothing is hidden."""
        unknown = [row for row in self.world.post(post).revision.deliveries if row.state == DeliveryState.UNKNOWN]
        if unknown:
            there = [str(n) for n, body in enumerate(self.fake.taken, start=1) if body == unknown[0].request]
            self.world.resolve(post, there[0] if there else None)

    @precondition(lambda self: self.posts)
    @rule(threads=st.booleans())
    def unpause(self, threads: bool) -> None:
        self.world.unpause(threads=threads)

    @precondition(lambda self: self.posts)
    @rule()
    def pause(self) -> None:
        rescue.pause(self.world.bot, "fake")

    # --- the world ---

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: int) -> None:
        self.time.pass_(seconds)

    @rule(visible=st.booleans())
    def shows(self, visible: bool) -> None:
        self.fake.visible = visible

    # --- workers ---

    @rule(
        owner=st.sampled_from(["one", "two"]), answers=st.lists(st.sampled_from(list(ANSWERS)), max_size=3),
        finds=st.lists(st.sampled_from(list(FINDS)), max_size=1), deletes=st.lists(st.sampled_from(list(DELETES)), max_size=1),
        dead=st.booleans(),
    )
    def work(self, owner: str, answers: list[str], finds: list[str], deletes: list[str], dead: bool) -> None:
        self.fake.finds, self.fake.deletes = [FINDS[name] for name in finds], [DELETES[name] for name in deletes]
        self._pass(owner, dead, answers)

    @precondition(lambda self: len(self.posts) < 5)
    @rule(answers=st.lists(st.sampled_from(UNCLEAR), min_size=1, max_size=4), spans=st.lists(st.sampled_from([15, 61, 400]), min_size=2, max_size=4))
    def what_was_taken_does_not_show_for_a_while(self, answers: list[str], spans: list[int]) -> None:
        self.write(1)
        self.fake.visible = False
        self.world.unpause(threads=True)
        self._pass("one", dead=False, answers=answers[:1])
        for n, span in enumerate(spans, start=1):
            self.time.pass_(span)
            self._pass("two", dead=False, answers=answers[n : n + 1])

    @rule(dead=st.booleans())
    def dies_before_the_platform_took_it(self, dead: bool) -> None:
        def die(request: Request) -> None:
            raise Died

        with self._before_send(die):
            self._pass("one", dead)

    @precondition(lambda self: len(self.posts) < 5)
    @rule(spans=st.lists(st.sampled_from([20, 61, 400]), min_size=1, max_size=3), answer=st.sampled_from(["sent", "unknown, taken", "unknown, lost", "not sent"]))
    def stalls_while_another_worker_goes_on(self, spans: list[int], answer: str) -> None:
        """The call reaches the platform, and ends, only after that."""
        stalled: list[str] = []
        self.write(2)
        self.world.unpause(threads=True)

        def stall(request: Request) -> None:
            if not stalled:
                stalled.append(request.body)
                for span in (61, *spans):
                    self.time.pass_(span)
                    self.world.go("another")
                self.fake.answers = [ANSWERS[answer](self)]

        with self._before_send(stall):
            self._pass("one", dead=False)
        self.fake.unended += [self.fake.taken.index(body) + 1 for body in stalled if body in self.fake.taken]

    @contextmanager
    def _before_send(self, act: Callable[[Request], None]) -> Iterator[None]:
        self.fake.before_send = act
        yield
        self.fake.before_send = lambda request: None

    def _pass(self, owner: str, dead: bool, answers: Sequence[str] = ()) -> None:
        self.fake.answers = [ANSWERS[name](self) for name in answers]
        try:
            self.world.troubles(owner)
        except Died:
            if dead:  # it had no time to give its lease back
                with self.store.write() as session:
                    row = session.query(models.Account).one()
                    row.lease_owner, row.lease_until = owner, self.time.now + timedelta(seconds=60)
        self.fake.answers, self.fake.finds, self.fake.deletes = [], [], []

    # --- what always holds ---

    def _rows(self) -> list[models.Post]:
        return [self.world.post(post) for post in self.posts]

    @invariant()
    def all_is_well(self) -> None:
        if getattr(self, "posts", ()):
            rows = self._rows()
            self._nothing_is_taken_twice(rows)
            self._what_is_sent_is_never_sent_again(rows)
            self._the_rows_tell_the_truth(rows)

    def _nothing_is_taken_twice(self, stored: list[models.Post]) -> None:
        for body, times in Counter(self.fake.taken).items():
            if times > 1:
                assert times == 2
                assert self.may_resend
                assert body in self.fake.hidden, "only where the platform hid it at the looks"
                assert self.fake.taken.index(body) + 1 not in self.fake.unended, "and the first call had ended"
                (row,) = [one for post in stored for one in post.revision.deliveries if one.request == body]
                assert row.resends == 1, "by the one recorded resend"
        texts = Counter(json.loads(body)["text"] for body in set(self.fake.taken))
        assert all(times == 1 for times in texts.values()), "nor with another parent"

    def _what_is_sent_is_never_sent_again(self, stored: list[models.Post]) -> None:
        for post in stored:
            for row in post.revision.deliveries:
                if row.state == DeliveryState.SENT:
                    calls = self.fake.called.count(row.request or "")
                    assert calls == self.calls_when_sent.setdefault(row.id, calls)

    def _the_rows_tell_the_truth(self, stored: list[models.Post]) -> None:
        paid = 0
        for post in stored:
            rows = post.revision.deliveries
            there = [row.state == DeliveryState.SENT for row in rows]
            paid += sum(there)
            assert there == sorted(there, reverse=True), "in order"
            if post.state == State.PUBLISHED:
                assert rows
                assert all(there)
            if post.state == State.WITHDRAWN:
                assert all(remote.deleted for row in rows for remote in row.remote)
            if post.state in (State.IN_REVIEW, State.CANCELLED, State.FAILED, State.APPROVED):
                assert not any(there)
            for row, before in zip(rows, [None, *rows], strict=False):
                if row.state == DeliveryState.SENT:
                    body = self.fake.taken[int(row.remote[0].id) - 1]
                    assert body == row.request
                    assert json.loads(body)["after"] == (before.remote[0].id if before else None), "under the one before"
            if post.state == State.PUBLISHING:
                running = post.account.lease_until is not None and post.account.lease_until > self.time.now
                assert post.due_at is not None or running or any(row.look_at for row in rows), "something is scheduled"
        assert self.world.paid().get("post", 0) == PRICE * paid, "paid for what is known to be out"

    def _settles(self) -> None:
        """Once the platform tells the truth and nothing is paused, no post is left waiting for anything but a person."""
        self.fake.visible = True
        if not self.posts:
            return
        self.world.unpause(threads=True)
        for _ in range(8):
            self.time.pass_(timedelta(hours=2))
            self.world.troubles("last")
        self.all_is_well()
        for post in self._rows():
            assert post.state not in (State.APPROVED, State.PUBLISHING), "lost"
            assert post.unwind_at is None
            rows = post.revision.deliveries
            out = {body for body in self.fake.taken for row in rows if row.request == body}
            told = {row.request for row in rows if row.state in (DeliveryState.SENT, DeliveryState.UNKNOWN)}
            assert out - told <= set(self.fake.hidden), "nothing is out that the store does not know of, unless the platform hid it"


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
