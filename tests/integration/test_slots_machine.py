"""However approvals, pauses, downtime, retries and urgent posts interleave: gap, cap and quiet hours are kept, and no post is lost."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot import actions, clock, rescue, slots
from bot.errors import BotError
from bot.store import db
from bot.store.states import State
from tests.publishing import NOT_SENT, Time
from tests.slotting import Desk

RULES = (
    {"slots": "0 9,12,15,18,21 * * *"},
    {"slots": "0 9,12,15,18,21 * * *", "late": "now", "jitter": 1200, "quiet_hours": "20:00-08:00"},
    {"slots": "*/20 * * * *", "min_gap": 1800, "daily_cap": 4, "quiet_hours": "22:00-07:00"},
    {"slots": "30 2 * * *; 0 3 * * *; 0 12 * * *", "timezone": "America/New_York", "min_gap": 60},
    {"min_gap": 3600, "daily_cap": 3, "quiet_hours": "01:30-06:00"},
    {"daily_cap": 2, "timezone": "Africa/Cairo"},
)
SPANS = (5, 61, 130, 1200, 3600, 10_000, 50_000, 90_000, 200_000)


class Machine(RuleBasedStateMachine):
    """One account by some rules, its posts, and what happens to them."""

    @initialize(how=st.sampled_from(RULES), begin=st.integers(0, 400))
    def begin(self, how: dict[str, object], begin: int) -> None:
        self.time = Time()
        self.time.now += timedelta(days=begin)
        clock.replace(lambda: self.time.now)
        self.store = db.open_store("sqlite://")
        self.desk = Desk(self.store, self.time, **how)
        self.how = how
        self.posts: list[int] = []
        self.urgent: set[int] = set()

    def teardown(self) -> None:
        try:
            if hasattr(self, "desk"):
                self._all_goes_out()
        finally:
            clock.replace(None)
            if hasattr(self, "store"):
                self.store.close()

    @precondition(lambda self: len(self.posts) < 12)
    @rule(urgent=st.sampled_from([False, False, False, True]), many=st.integers(1, 4))
    def approve(self, urgent: bool, many: int) -> None:
        for _ in range(many):
            post = self.desk.planned(sha256(str(len(self.posts)).encode()).hexdigest(), urgent=urgent)
            self.posts.append(post)
            self.urgent |= {post} if urgent else set()

    @precondition(lambda self: self.posts)
    @rule(data=st.data(), again=st.booleans())
    def take_back(self, data: st.DataObject, again: bool) -> None:
        post = data.draw(st.sampled_from(self.posts))
        with suppress(BotError):
            actions.unapprove(self.desk.bot, post)
        if again:
            with suppress(BotError):
                actions.approve(self.desk.bot, post)

    @rule(on=st.booleans())
    def pause(self, on: bool) -> None:
        with suppress(BotError):
            (rescue.pause if on else rescue.unpause)(self.desk.bot, "fake")

    @rule(seconds=st.sampled_from(SPANS))
    def downtime(self, seconds: int) -> None:
        self.time.pass_(seconds)

    @rule(hours=st.integers(1, 12), minutes=st.sampled_from([1, 5, 15]))
    def works(self, hours: int, minutes: int) -> None:
        self.desk.passes(timedelta(hours=hours), timedelta(minutes=minutes))

    @rule(pause=st.sampled_from([None, "out of credit"]), wait=st.sampled_from([0, 1500]))
    def not_sent(self, pause: str | None, wait: int) -> None:
        self.desk.fake.answers = [NOT_SENT.model_copy(update={"pause": pause, "retry_at": self.time.now + timedelta(seconds=wait) if wait else None})]
        self.desk.note()
        self.desk.fake.answers = []

    @invariant()
    def the_rules_are_kept(self) -> None:
        if not getattr(self, "posts", ()):
            return
        rules = self.desk.bot.rules("fake")
        out = sorted(self.desk.post(post).out_at for post in self.posts if self.desk.state(post) == State.PUBLISHED)
        assert all(after - before >= rules.gap for before, after in pairwise(out))
        if rules.cap is not None:
            assert max(Counter(at.astimezone(ZoneInfo(rules.zone)).date() for at in out).values(), default=0) <= rules.cap
        for post in self.posts:
            row = self.desk.post(post)
            if row.state == State.PUBLISHED and post not in self.urgent:
                assert not slots.quiet(rules, row.out_at)
                if rules.slots and not rules.late_now:
                    assert row.slot_at is not None
                    assert slots.is_slot(rules, row.slot_at)
            assert row.state in (State.PUBLISHED, State.IN_REVIEW) or row.due_at is not None, "none is lost"
        taken = [row.slot_at for row in map(self.desk.post, self.posts) if row.slot_at is not None]
        assert len(taken) == len(set(taken))

    def _all_goes_out(self) -> None:
        with suppress(BotError):
            rescue.unpause(self.desk.bot, "fake")
        self.desk.passes(timedelta(days=12), timedelta(minutes=7))
        self.the_rules_are_kept()
        assert all(self.desk.state(post) in (State.PUBLISHED, State.IN_REVIEW) for post in self.posts)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=10, stateful_step_count=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
